"""Mail that its reader can end with one click, and a mail server that wants tokens."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.examples import DESK, message
from tests.smtp_server import smtp_server
from tests.test_aftermath import raise_alert
from tests.test_commands import run
from tests.test_email import SENDER, TO, channel_to
from tests.world import World, world
from watcher.channels.email import MailServer, Security
from watcher.errors import DeliveryError
from watcher.listener import Listener
from watcher.wiring.links import link_routes

TALKS = "Iran and US to hold third round of talks in Muscat on 18 February"
MOVED = "Iran-US talks in Muscat brought forward to 11 February"


class Linked(World):
    def environment(self) -> dict[str, str]:
        links = {"WATCHER_PUBLIC_URL": "https://watch.example/base", "WATCHER_LINK_SECRET": "a long random text"}
        return {**super().environment(), **links}


@pytest.fixture
def gulf(tmp_path: Path) -> Iterator[Linked]:
    with world(tmp_path) as made:
        linked = Linked(made.folder, made.site, made.mail, made.clock)
        yield linked
        linked.stop()


@pytest.fixture
def listener(gulf: Linked) -> Iterator[Listener]:
    desk = gulf.start()
    made = Listener("127.0.0.1", 0, link_routes(desk.settings, desk.store, gulf.clock.now))
    made.start()
    yield made
    made.close()


def asked(listener: Listener, method: str, path: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", listener.port, timeout=5)
    form = "List-Unsubscribe=One-Click" if method == "POST" else None
    connection.request(method, path, form, {"content-type": "application/x-www-form-urlencoded"})
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def link_of(mail: Any) -> str:
    parts = urlsplit(str(mail["List-Unsubscribe"]).strip("<>"))
    assert (parts.scheme, parts.netloc) == ("https", "watch.example")
    return f"{parts.path.removeprefix('/base')}?{parts.query}"


def test_one_click_ends_the_mail_and_a_look_does_not(gulf: Linked, listener: Listener) -> None:
    gulf.poll()
    raise_alert(gulf)
    (mail,) = gulf.mail.mails
    link = link_of(mail)

    looked = asked(listener, "GET", link)
    raise_alert(gulf, MOVED, key="b")
    clicked = asked(listener, "POST", link)
    raise_alert(gulf, "Iran-US talks in Muscat cancelled", key="c")

    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert (looked[0], "<button>" in looked[1]) == (200, True)
    assert (clicked[0], "gulf@example.org gets no more" in clicked[1]) == (200, True)
    assert len(gulf.mail.mails) == 2
    gulf.stop()
    assert "not sent: unsubscribed by its reader" in run("deliveries", folder=gulf.folder)
    assert "is used again" in run("deliveries", "enable", "gulf@example.org", folder=gulf.folder)
    assert run("deliveries", "enable", "gulf@example.org", folder=gulf.folder, expect=1)


@pytest.mark.parametrize(
    ("change", "status"),
    [
        pytest.param(lambda link: link[:-1] + ("0" if link[-1] != "0" else "1"), 403, id="a forged mark"),
        pytest.param(lambda link: link.partition("&")[0], 403, id="half a link"),
        pytest.param(lambda link: "/unsubscribe?k=é", 403, id="nonsense"),
    ],
)
def test_a_link_that_is_not_ours_does_nothing(change: Any, status: int, gulf: Linked, listener: Listener) -> None:
    gulf.poll()
    raise_alert(gulf)
    link = change(link_of(gulf.mail.mails[0])).encode("ascii", "ignore").decode()

    assert asked(listener, "POST", link)[0] == status
    raise_alert(gulf, MOVED, key="b")
    assert len(gulf.mail.mails) == 2


def test_without_an_address_there_is_no_such_header() -> None:
    with smtp_server() as sink, channel_to(MailServer("127.0.0.1", sink.port, SENDER, Security.NONE)) as channel:
        channel.send(message(), DESK, TO)

    assert sink.mails[0]["List-Unsubscribe"] is None


@pytest.mark.parametrize("token", ["right", "expired"])
def test_a_mail_server_may_want_a_token(token: str) -> None:
    with smtp_server(tokens=("watch@example.org", "right")) as sink:
        login = ("watch@example.org", lambda: token)
        server = MailServer("127.0.0.1", sink.port, SENDER, Security.NONE, login, token=True)
        with channel_to(server) as channel:
            if token == "right":
                channel.send(message(), DESK, TO)
                channel.send(message(key="del2"), DESK, TO)
            else:
                with pytest.raises(DeliveryError, match="refused the login") as refused:
                    channel.send(message(), DESK, TO)
                assert refused.value.retryable
                assert "expired" not in str(refused.value)

    assert len(sink.mails) == (2 if token == "right" else 0)
    assert sink.connections <= 2
