"""
Message → SMTP.

A story is one thread: every message refers to an id made from the story, so mail programs keep its developments
together although each subject says its own news. The Message-ID comes from the delivery, so a second attempt is
recognisable. The connection is kept between messages; a server that closed it is dialled again.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from email.headerregistry import Address as MailAddress
from email.message import EmailMessage
from email.utils import format_datetime
from enum import StrEnum

from watcher.errors import DeliveryError
from watcher.model import Address, DeliveryId, Message, Receipt
from watcher.render import one_line


class Security(StrEnum):
    """How the connection to the mail server is protected."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class MailServer:
    """
    The relay that takes our mail.

    Args:
        sender: The address in From and in the envelope.
        login: User and a function that gives the password when it is needed; None: the relay asks for none.
        context: Trusted certificates; None: the system's.
        token: The function of `login` gives an OAuth 2.0 access token instead of a password.
        unsubscribe: The address that ends mail to the recipient of a delivery with one click; None: there is none.
    """

    host: str
    port: int
    sender: str
    security: Security = Security.STARTTLS
    login: tuple[str, Callable[[], str]] | None = None
    timeout: timedelta = timedelta(seconds=30)
    context: ssl.SSLContext | None = None
    token: bool = False
    unsubscribe: Callable[[DeliveryId], str] | None = None


class EmailChannel:
    """Sends each message to one recipient. Not for several threads at once: one connection is kept."""

    def __init__(self, server: MailServer) -> None:
        self._server = server
        self._connection: smtplib.SMTP | None = None

    def send(self, message: Message, address: Address, recipient: str) -> Receipt:
        """
        Hand the message to the relay.

        Raises:
            DeliveryError: Retryable for anything but a 5xx answer to the sender, recipient or text.
        """
        try:
            mail = compose(message, address, recipient, sender=self._server.sender)
            if self._server.unsubscribe:
                # RFC 8058: a mail program posts to it when its user clicks; a GET shows a page with a button.
                mail["List-Unsubscribe"] = f"<{self._server.unsubscribe(message.id)}>"
                mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
            self._connect().send_message(mail, from_addr=self._server.sender, to_addrs=[recipient])
        except smtplib.SMTPRecipientsRefused as error:
            code, said = next(iter(error.recipients.values()))
            raise refused("recipient", code, said) from error
        except smtplib.SMTPAuthenticationError as error:
            self.close()
            # An operator can mend a password, so the message waits instead of being lost.
            raise DeliveryError(f"mail server refused the login ({error.smtp_code})", retryable=True) from error
        except smtplib.SMTPResponseException as error:
            self.close()
            raise refused("message", error.smtp_code, error.smtp_error) from error
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise DeliveryError(
                f"mail server: {one_line(str(error)) or type(error).__name__}", retryable=True
            ) from error
        except ValueError as error:
            raise DeliveryError(f"address or header is not valid: {one_line(str(error))}", retryable=False) from error
        return Receipt(f"accepted by {self._server.host}")

    def close(self) -> None:
        """Drop the connection; the next message dials again."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _connect(self) -> smtplib.SMTP:
        if self._connection is not None:
            try:
                if self._connection.noop()[0] == 250:
                    return self._connection
            except (smtplib.SMTPException, OSError):
                pass  # the server hung up while we were idle, as it may
            self.close()
        self._connection = dial(self._server)
        return self._connection


def dial(server: MailServer) -> smtplib.SMTP:
    """An open, protected and authenticated connection. Raises what smtplib raises, and OSError."""
    seconds = server.timeout.total_seconds()
    context = server.context or ssl.create_default_context()
    if server.security is Security.TLS:
        connection: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=seconds, context=context)
    else:
        connection = smtplib.SMTP(server.host, server.port, timeout=seconds)
    with ExitStack() as unless_ready:
        unless_ready.callback(connection.close)
        if server.security is Security.STARTTLS:
            connection.starttls(context=context)
        if server.login:
            user, password = server.login
            if server.token:
                _log_in_with_token(connection, user, password())
            else:
                connection.login(user, password())
        unless_ready.pop_all()
    return connection


def _log_in_with_token(connection: smtplib.SMTP, user: str, token: str) -> None:
    """SASL XOAUTH2: what Google and Microsoft want. A refusal comes as a challenge, which is answered with nothing."""
    connection.ehlo_or_helo_if_needed()
    said = f"user={user}\x01auth=Bearer {token}\x01\x01"
    connection.auth("XOAUTH2", lambda challenge=None: said if challenge is None else "")


def compose(message: Message, address: Address, recipient: str, *, sender: str) -> EmailMessage:
    """
    The mail, text and HTML.

    Raises:
        ValueError: The sender or recipient is not a mail address.
    """
    domain = MailAddress(addr_spec=sender).domain or "localhost"
    mail = EmailMessage()
    headers: Mapping[str, str] = {
        "From": sender,
        "To": str(MailAddress(addr_spec=recipient)),
        "Subject": one_line(message.subject),
        "Date": format_datetime(message.sent_at),
        "Message-ID": f"<{message.id}@{domain}>",
        "References": f"<story-{message.thread}@{domain}>",
        "In-Reply-To": f"<story-{message.thread}@{domain}>",
        "Auto-Submitted": "auto-generated",
        "List-Id": f"{one_line(message.team)} <{list_label(message.team)}.{list_label(address.name)}.{domain}>",
        "X-Watcher-Alert": message.alert,
    }
    for name, value in headers.items():
        mail[name] = value
    mail.set_content(message.text, cte="quoted-printable")
    mail.add_alternative(message.html, subtype="html", cte="quoted-printable")
    return mail


def list_label(name: str) -> str:
    """A name as a label of a List-Id (RFC 2919): letters, digits and hyphens."""
    return "".join(char if char.isascii() and char.isalnum() else "-" for char in name.lower()) or "team"


def refused(what: str, code: int, said: bytes | str) -> DeliveryError:
    """The server's refusal: 4xx may pass later, 5xx will not (RFC 5321, 4.2.1)."""
    words = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return DeliveryError(f"{what} refused: {code} {one_line(words)[:200]}", retryable=code < 500)
