"""A real SMTP server on loopback that keeps what it accepts and can be told how to answer."""

from __future__ import annotations

import asyncio
import base64
import email
import email.policy
import ssl
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword


@dataclass
class Sink:
    """
    Args:
        refuse_recipient: Answer to RCPT TO by address, such as `550 no such user`.
        answers: Answers to DATA, one for each message, before it accepts again.
        mood: Asked for the answer to DATA; empty: it accepts; `cut`: it accepts and hangs up without saying so.
    """

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    connections: int = 0
    sessions: list[Any] = field(default_factory=list)
    refuse_recipient: dict[str, str] = field(default_factory=dict)
    answers: list[str] = field(default_factory=list)
    mood: Callable[[], str] = str

    async def handle_EHLO(
        self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        self.sessions.append(server)
        session.host_name = hostname
        return responses

    def hang_up(self) -> None:
        """Close every connection from the server's side, as an idle time-out does."""
        for session in self.sessions:
            session.loop.call_soon_threadsafe(session.transport.close)

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        if address in self.refuse_recipient:
            return self.refuse_recipient[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        mood = self.answers.pop(0) if self.answers else self.mood()
        if mood not in ("", "cut"):
            return mood
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        self.recipients += envelope.rcpt_tos
        if mood == "cut":
            server.transport.abort()
        return "250 accepted"


class TokenSink(Sink):
    """Takes mail from one user with a token, as Google and Microsoft do."""

    def __init__(self, user: str, token: str) -> None:
        super().__init__()
        self._said = f"user={user}\x01auth=Bearer {token}\x01\x01".encode()

    async def auth_XOAUTH2(self, server: Any, args: list[str]) -> AuthResult:
        if base64.b64decode(args[1]) == self._said:
            return AuthResult(success=True)
        await server.challenge_auth(b'{"status":"401"}')
        return AuthResult(success=False, handled=False)


class AnyPort(Controller):
    """A controller whose port the system chooses."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]  # aiosmtpd leaves this one method untyped


@contextmanager
def smtp_server(
    *,
    tls: ssl.SSLContext | None = None,
    starttls: ssl.SSLContext | None = None,
    login: tuple[str, str] | None = None,
    tokens: tuple[str, str] | None = None,
) -> Iterator[Sink]:
    """
    A server for the length of the block. With `login` it takes nothing before AUTH with that user and password; with
    `tokens` nothing before XOAUTH2 with that user and token.
    """
    sink = TokenSink(*tokens) if tokens else Sink()

    def authenticate(server: Any, session: Any, envelope: Any, mechanism: str, given: Any) -> AuthResult:
        right = isinstance(given, LoginPassword) and login == (given.login.decode(), given.password.decode())
        return AuthResult(success=right, handled=right)

    more: dict[str, Any] = {"auth_required": True, "auth_require_tls": False} if tokens else {}
    if tokens:
        warnings.filterwarnings("ignore", "Requiring AUTH while not requiring TLS", UserWarning)
    if login:
        more = {"authenticator": authenticate, "auth_required": True, "auth_require_tls": bool(starttls)}
    if starttls:
        more |= {"tls_context": starttls, "require_starttls": True}
    if login and tls:
        # aiosmtpd does not see that the whole connection is already inside TLS.
        warnings.filterwarnings("ignore", "Requiring AUTH while not requiring TLS", UserWarning)
    controller = AnyPort(sink, hostname="127.0.0.1", port=0, ssl_context=tls, **more)
    controller.start()
    try:
        sink.port = controller.port
        yield sink
    finally:
        controller.stop()
