"""Mail through a real SMTP server on loopback."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import trustme

from tests.examples import DESK, message
from tests.smtp_server import smtp_server
from watcher.channels.email import EmailChannel, MailServer, Security
from watcher.errors import DeliveryError

SENDER = "watcher@example.org"
TO = "desk@example.org"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def contexts(authority: trustme.CA) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(server)
    client = ssl.create_default_context()
    authority.configure_trust(client)
    return server, client


def plain(port: int) -> MailServer:
    return MailServer("127.0.0.1", port, SENDER, Security.NONE)


@contextmanager
def channel_to(server: MailServer) -> Iterator[EmailChannel]:
    channel = EmailChannel(server)
    try:
        yield channel
    finally:
        channel.close()


def test_a_mail_has_both_parts_and_the_headers_that_make_a_thread() -> None:
    with smtp_server() as sink, channel_to(plain(sink.port)) as channel:
        channel.send(message(first=False), DESK, TO)

    (mail,) = sink.mails
    body, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert body
    assert html
    assert body.get_content().strip() == "Talks moved up"
    assert "<p>Talks moved up</p>" in html.get_content()
    assert mail["Message-ID"] == "<del1@example.org>"
    assert mail["References"] == mail["In-Reply-To"] == "<story-s1@example.org>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert "<gulf.desk.example.org>" in mail["List-Id"]


def test_two_attempts_bear_one_message_id() -> None:
    with smtp_server() as sink, channel_to(plain(sink.port)) as channel:
        channel.send(message(), DESK, TO)
        channel.send(message(), DESK, TO)

    assert len({mail["Message-ID"] for mail in sink.mails}) == 1


def test_one_connection_serves_several_mails() -> None:
    with smtp_server() as sink, channel_to(plain(sink.port)) as channel:
        for key in ("a", "b", "c"):
            channel.send(message(key=key), DESK, TO)

    assert (len(sink.mails), sink.connections) == (3, 1)


def test_line_breaks_in_a_subject_add_no_header() -> None:
    with smtp_server() as sink, channel_to(plain(sink.port)) as channel:
        channel.send(message(subject="Talks\r\nBcc: all@example.org\u2028X"), DESK, TO)

    (mail,) = sink.mails
    assert mail["Bcc"] is None
    assert mail["Subject"] == "Talks Bcc: all@example.org X"


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
def test_mail_is_protected_and_authenticated(security: Security, authority: trustme.CA) -> None:
    server_side, client_side = contexts(authority)
    tls, starttls = (server_side, None) if security is Security.TLS else (None, server_side)
    with smtp_server(tls=tls, starttls=starttls, login=("desk", "right")) as sink:
        server = MailServer(
            "127.0.0.1", sink.port, SENDER, security, login=("desk", lambda: "right"), context=client_side
        )
        with channel_to(server) as channel:
            channel.send(message(), DESK, TO)

    assert len(sink.mails) == 1


def test_a_certificate_nobody_trusts_is_refused_and_the_mail_waits(authority: trustme.CA) -> None:
    server_side, _ = contexts(authority)
    with (
        smtp_server(tls=server_side) as sink,
        channel_to(MailServer("127.0.0.1", sink.port, SENDER, Security.TLS)) as channel,
        pytest.raises(DeliveryError) as caught,
    ):
        channel.send(message(), DESK, TO)

    assert caught.value.retryable
    assert sink.mails == []


def test_a_wrong_password_waits_for_a_person_and_is_never_shown(authority: trustme.CA) -> None:
    server_side, client_side = contexts(authority)
    with smtp_server(tls=server_side, login=("desk", "right")) as sink:
        server = MailServer(
            "127.0.0.1", sink.port, SENDER, Security.TLS, login=("desk", lambda: "hunter2"), context=client_side
        )
        with channel_to(server) as channel, pytest.raises(DeliveryError) as caught:
            channel.send(message(), DESK, TO)

    assert caught.value.retryable
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("answer", "retryable"),
    [
        pytest.param("550 no such user", False, id="unknown for good"),
        pytest.param("451 greylisted, try later", True, id="greylisting passes"),
    ],
)
def test_a_refused_recipient_is_told_apart(answer: str, retryable: bool) -> None:
    with smtp_server() as sink:
        sink.refuse_recipient[TO] = answer
        with channel_to(plain(sink.port)) as channel, pytest.raises(DeliveryError) as caught:
            channel.send(message(), DESK, TO)

    assert caught.value.retryable is retryable
    assert answer[:3] in str(caught.value)


@pytest.mark.parametrize(("answer", "retryable"), [("452 disk full", True), ("554 looks like spam", False)])
def test_a_refused_text_is_told_apart_and_the_next_mail_goes_through(answer: str, retryable: bool) -> None:
    with smtp_server() as sink, channel_to(plain(sink.port)) as channel:
        sink.answers.append(answer)
        with pytest.raises(DeliveryError) as caught:
            channel.send(message(), DESK, TO)
        channel.send(message(key="next"), DESK, TO)

    assert caught.value.retryable is retryable
    assert [mail["Message-ID"] for mail in sink.mails] == ["<next@example.org>"]


def test_a_server_that_is_away_is_tried_again_later() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with channel_to(plain(taken.getsockname()[1])) as channel, pytest.raises(DeliveryError) as caught:
            channel.send(message(), DESK, TO)

    assert caught.value.retryable


def test_a_connection_that_the_server_closed_meanwhile_is_dialled_again() -> None:
    with smtp_server() as sink, channel_to(plain(sink.port)) as channel:
        channel.send(message(), DESK, TO)
        sink.hang_up()
        channel.send(message(key="again"), DESK, TO)

    assert [mail["Message-ID"] for mail in sink.mails] == ["<del1@example.org>", "<again@example.org>"]


@pytest.mark.parametrize("recipient", ["not an address", "a@b\r\nRCPT TO:<c@d>"])
def test_an_address_that_is_none_is_abandoned(recipient: str) -> None:
    with smtp_server() as sink, channel_to(plain(sink.port)) as channel, pytest.raises(DeliveryError) as caught:
        channel.send(message(), DESK, recipient)

    assert not caught.value.retryable
