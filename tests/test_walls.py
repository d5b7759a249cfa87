"""Pages that stand in the way: recognised, named, and never taken for a feed without news."""

from __future__ import annotations

import gzip
import os
import tarfile
from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path

import pytest

from tests.http_server import Answer, Site, http_server, ok
from tests.rulebook import NOON
from watcher.model import Cursor, Failed, FailureReason, Fetched, Source, SourceId
from watcher.net import Client
from watcher.sources.feed import FeedReader
from watcher.sources.walls import MOST_TEXT, Wall, recognise

LONG = "<p>" + "The ministers met in Muscat and agreed to meet again in a week. " * 60 + "</p>"
DATADOME = (
    "<html><head><title>wire.example</title></head><body><p>Please enable JS and disable any ad blocker</p>"
    "<script>var dd={'host':'geo.captcha-delivery.com'}</script></body></html>"
)


def page(body: str, title: str = "Gulf Wire") -> str:
    return f"<html><head><title>{title}</title></head><body>{body}</body></html>"


@pytest.mark.parametrize(
    ("markup", "url", "wall"),
    [
        pytest.param(DATADOME, "", Wall.CAPTCHA, id="a guard that wants JavaScript"),
        pytest.param(page("Checking", "Just a moment..."), "", Wall.CAPTCHA, id="a moment"),
        pytest.param(page("Проверка браузера"), "", Wall.CAPTCHA, id="in Russian"),
        pytest.param(page("人机验证"), "", Wall.CAPTCHA, id="in Chinese"),
        pytest.param(page('<form><input name=p type="password"></form>', "Welcome"), "", Wall.LOGIN, id="a login"),
        pytest.param(page("Welcome"), "https://a.example/login?next=/rss", Wall.LOGIN, id="a login by its address"),
        pytest.param(page("Before you continue: cookies"), "https://consent.a.example/m", Wall.CONSENT, id="consent"),
        pytest.param(page("Oops", "Page not found | Wire"), "", Wall.NOT_FOUND, id="not found under 200"),
        pytest.param(page("Oups", "Page introuvable"), "", Wall.NOT_FOUND, id="in French"),
        pytest.param(page(LONG[:3_000], "404"), "", Wall.NOT_FOUND, id="not found, and what else might interest you"),
        pytest.param(page("Reference #18", "Access Denied"), "", Wall.DENIED, id="denied"),
        pytest.param(page(LONG), "", None, id="an article"),
        pytest.param(page(LONG + "<script src='//hcaptcha.com'></script>"), "", None, id="with a guard on it"),
        pytest.param(page(LONG, "404 dead in quake"), "", None, id="a number in a headline"),
        pytest.param(page("Envoys meet"), "https://a.example/world/authority", None, id="a short page"),
        pytest.param("", "", None, id="nothing"),
    ],
)
def test_what_a_page_is(markup: str, url: str, wall: Wall | None) -> None:
    assert recognise(markup, url=url) is wall


@pytest.fixture
def site() -> Iterator[Site]:
    with http_server() as server:
        yield server


@pytest.mark.parametrize(
    ("answer", "reason", "said"),
    [
        pytest.param(ok(DATADOME.encode(), kind="text/html"), FailureReason.WALL, "a bot check", id="under 200"),
        pytest.param(Answer(403, body=DATADOME.encode()), FailureReason.WALL, "HTTP 403: a bot check", id="under 403"),
        pytest.param(Answer(503, body=b"<p>busy</p>"), FailureReason.STATUS, "HTTP 503", id="a plain 503"),
        pytest.param(
            Answer(429, {"retry-after": "60"}, DATADOME.encode()), FailureReason.RATE_LIMITED, "bot check", id="429"
        ),
        pytest.param(ok(page("Oops", "Page not found").encode()), FailureReason.GONE, "not found", id="gone under 200"),
        pytest.param(ok(page(LONG).encode()), FailureReason.UNREADABLE, "a page of HTML", id="another page"),
    ],
)
def test_a_wall_is_a_failure_with_its_name(site: Site, answer: Answer, reason: FailureReason, said: str) -> None:
    site.answers["/rss"] = answer
    reader = FeedReader(Client(resolve=site.resolve, permitted=[ip_network("127.0.0.0/8")]))
    source = Source(SourceId("wire"), "feed", site.url("/rss", host="wire.example"))

    fetched = reader.fetch(source, Cursor())
    failed = reader.parse(source, fetched, now=NOON) if isinstance(fetched, Fetched) else fetched

    assert isinstance(failed, Failed)
    assert failed.reason is reason
    assert said in failed.detail


def test_no_markup_takes_long() -> None:
    for unit in ("<script>", "<!--", "<title>", "<input ", "<", "<a ", "404 "):
        assert recognise(unit * 100_000) in (None, *Wall)


@pytest.mark.skipif("WATCHER_TEST_DATA" not in os.environ, reason="WATCHER_TEST_DATA names no folder with real pages")
def test_real_walls_are_recognised_and_no_real_page_is() -> None:
    """Five walls of one outlet; 181 articles and 28 listings. One listing was answered by a wall when it was kept."""
    folder = Path(os.environ["WATCHER_TEST_DATA"])
    found: dict[str, list[str]] = {"wall": [], "page": []}
    for name in ("html_pages.tar.xz", "html_listing.tar.xz"):
        with tarfile.open(folder / name) as archive:
            for member in archive:
                opened = archive.extractfile(member) if ".html" in member.name else None
                if opened is None:
                    continue
                body = opened.read()
                body = gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body
                is_page = "_wall" not in member.name and len(body) > MOST_TEXT
                wall = recognise(body.decode("utf-8", "replace"))
                found["page" if is_page else "wall"].append(str(wall))

    assert set(found["page"]) == {"None"}
    assert len(found["page"]) >= 209
    assert found["wall"].count(Wall.CAPTCHA.value) >= 6
