"""What a reader says on the page behind the link of a message."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from tests.test_aftermath import raise_alert
from tests.test_links import Linked
from tests.world import world
from watcher.listener import Listener
from watcher.model import Verdict
from watcher.wiring.opinions import GOOD_FOR, LONGEST_NOTE, feedback_routes

TALKS = "Iran and US to hold third round of talks <b>in Muscat</b> on 18 February"


@pytest.fixture
def gulf(tmp_path: Path) -> Iterator[Linked]:
    with world(tmp_path) as made:
        linked = Linked(made.folder, made.site, made.mail, made.clock)
        yield linked
        linked.stop()


@pytest.fixture
def listener(gulf: Linked) -> Iterator[Listener]:
    desk = gulf.start()
    made = Listener("127.0.0.1", 0, feedback_routes(desk.settings, desk.store, gulf.clock.now))
    made.start()
    yield made
    made.close()


def asked(listener: Listener, method: str, path: str, form: str = "") -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", listener.port, timeout=5)
    connection.request(method, path, form or None, {"content-type": "application/x-www-form-urlencoded"})
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def link_in(mail: EmailMessage) -> str:
    """Of the plain text, as the listener behind the public address gets it; the HTML has the same."""
    text, html = (mail.get_body((kind,)) for kind in ("plain", "html"))
    assert text
    assert html
    url = text.get_content().strip().rpartition(" ")[2]
    assert url.replace("&", "&amp;") in html.get_content()
    parts = urlsplit(url)
    assert (parts.scheme, parts.netloc, parts.path) == ("https", "watch.example", "/base/feedback")
    return f"/feedback?{parts.query}"


def told(gulf: Linked) -> str:
    gulf.poll()
    raise_alert(gulf, TALKS)
    return link_in(gulf.mail.mails[0])


def test_a_look_keeps_nothing_and_a_press_keeps_who_said_what(gulf: Linked, listener: Listener) -> None:
    link = told(gulf)
    assert gulf.desk
    book = gulf.desk.store.feedback

    looked = asked(listener, "GET", link)
    before = book.given()
    pressed = asked(listener, "POST", link, "verdict=noise&note=" + quote("not\nours " + "x" * 2_000))
    asked(listener, "POST", link, "verdict=useful")
    [kept] = book.given()

    assert looked[0] == 200
    assert "<b>in Muscat</b>" not in looked[1].replace('<p dir="auto"><b>', "")
    assert before == ()
    assert (pressed[0], "Kept as <b>noise</b>" in pressed[1]) == (200, True)
    assert (kept.by, kept.team, kept.verdict, kept.rules) == (
        "gulf@example.org",
        "gulf",
        Verdict.USEFUL,
        ("us-iran-talks",),
    )
    assert len(kept.note) <= LONGEST_NOTE


def test_a_link_is_for_one_recipient_one_purpose_and_some_weeks(gulf: Linked, listener: Listener) -> None:
    link = told(gulf)
    other = link.replace("d=", "d=0")
    longer = link.replace("u=1", "u=2")

    assert [asked(listener, "POST", one, "verdict=noise")[0] for one in (other, longer, "/feedback", link[:-1])] == [
        403
    ] * 4
    assert asked(listener, "POST", link, "verdict=perfect")[0] == 400
    gulf.clock.time += GOOD_FOR + timedelta(minutes=1)
    assert asked(listener, "POST", link, "verdict=noise")[0] == 410
    assert gulf.desk
    assert not gulf.desk.store.feedback.given()


def test_a_webhook_has_the_link_of_its_own_recipient(gulf: Linked, listener: Listener) -> None:
    mail = told(gulf)

    [body] = [json.loads(body) for body in gulf.hooks()]
    parts = urlsplit(body["feedback"])

    assert f"/feedback?{parts.query}" != mail
    assert asked(listener, "GET", f"/feedback?{parts.query}")[0] == 200


def test_without_a_public_address_there_is_no_link_and_no_page(tmp_path: Path) -> None:
    with world(tmp_path) as made:
        made.poll()
        raise_alert(made, TALKS)
        desk = made.desk
        assert desk

        assert "feedback" not in json.loads(made.hooks()[0])
        assert feedback_routes(desk.settings, desk.store, made.clock.now) == {}
