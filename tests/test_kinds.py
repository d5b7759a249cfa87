"""News sitemaps, pages by selector, APIs by path: what is asked, what is taken, and when nothing is."""

from __future__ import annotations

import gzip
import json
import os
import tarfile
from collections.abc import Iterator
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path

import pytest

from tests.http_server import Answer, Site, http_server, ok
from tests.rulebook import NOON
from watcher.model import Cursor, Failed, FailureReason, Fetched, Item, Parsed, Source, SourceId
from watcher.net import Client
from watcher.protocols import Reader
from watcher.sources.api import ApiReader
from watcher.sources.catalogue import read_catalogue
from watcher.sources.feed import FeedReader
from watcher.sources.page import PageReader
from watcher.sources.robots import Robots

LISTING = """<html><body><ul>
<li class="story"><h3><a href="/world/1">Envoys meet in Muscat</a></h3><time datetime="2026-02-10T09:00:00Z">now</time>
  <p>Both sides spoke of progress.</p></li>
<li class="story"><h3><a href="/world/2">Round moved to 11 February</a></h3></li>
<li class="advert"><a href="/buy">Buy now</a></li>
</ul></body></html>"""
PICK = (("items", "li.story"), ("title", "h3"), ("text", "p"))
SITEMAP = """<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
<url><loc>https://wire.example/1</loc><news:news><news:publication><news:name>Wire</news:name>
<news:language>en</news:language></news:publication><news:publication_date>2026-02-10T09:00:00Z</news:publication_date>
<news:title>Envoys meet &amp; part</news:title></news:news></url>
<url><loc>https://wire.example/about</loc></url></urlset>"""


@pytest.fixture
def site() -> Iterator[Site]:
    with http_server() as server:
        yield server


def client(site: Site) -> Client:
    return Client(resolve=site.resolve, permitted=[ip_network("127.0.0.0/8")])


def source(site: Site, kind: str, pick: tuple[tuple[str, str], ...] = (), path: str = "/list") -> Source:
    return Source(SourceId("wire"), kind, site.url(path, host="wire.example"), pick=pick)


def read(reader: Reader, one: Source) -> tuple[Item, ...] | Failed:
    fetched = reader.fetch(one, Cursor())
    parsed = reader.parse(one, fetched, now=NOON) if isinstance(fetched, Fetched) else fetched
    assert isinstance(parsed, Parsed | Failed)
    return parsed.items if isinstance(parsed, Parsed) else parsed


def page_reader(site: Site) -> PageReader:
    return PageReader(client(site), Robots(client(site)))


# Sitemaps


def test_a_news_sitemap_is_read_like_a_feed(site: Site) -> None:
    site.answers["/list"] = ok(SITEMAP.encode(), kind="text/xml")

    found = read(FeedReader(client(site)), source(site, "feed"))

    assert not isinstance(found, Failed)
    assert [(one.title, one.url, one.lang) for one in found] == [("Envoys meet & part", "https://wire.example/1", "en")]
    assert found[0].published
    assert found[0].published.hour == 9


def test_a_sitemap_of_sitemaps_is_no_feed_without_news(site: Site) -> None:
    site.answers["/list"] = ok(b"<sitemapindex><sitemap><loc>https://a.example/1</loc></sitemap></sitemapindex>")

    failed = read(FeedReader(client(site)), source(site, "feed"))

    assert isinstance(failed, Failed)
    assert "sitemap" in failed.detail


# Pages


def test_a_page_is_read_by_its_selectors(site: Site) -> None:
    site.answers["/list"] = ok(LISTING.encode(), kind="text/html")

    found = read(page_reader(site), source(site, "page", PICK))

    assert not isinstance(found, Failed)
    assert [(one.title, one.url.rpartition("/")[2], one.text) for one in found] == [
        ("Envoys meet in Muscat", "1", "Both sides spoke of progress."),
        ("Round moved to 11 February", "2", ""),
    ]
    assert found[0].published
    assert not found[1].published


@pytest.mark.parametrize(
    ("body", "pick", "reason", "said"),
    [
        pytest.param(LISTING, (("items", "div.gone"),), FailureReason.UNREADABLE, "rebuilt", id="finds nothing"),
        pytest.param(LISTING, (("items", "ul"), ("title", "h9")), FailureReason.UNREADABLE, "no item", id="no title"),
        pytest.param("", PICK, FailureReason.UNREADABLE, "finds 0", id="an empty page"),
        pytest.param(
            "<html><head><title>Just a moment...</title></head></html>", PICK, FailureReason.WALL, "bot", id="a wall"
        ),
    ],
)
def test_a_selector_that_finds_nothing_is_a_failure(
    site: Site, body: str, pick: tuple[tuple[str, str], ...], reason: FailureReason, said: str
) -> None:
    site.answers["/list"] = ok(body.encode(), kind="text/html")

    failed = read(page_reader(site), source(site, "page", pick))

    assert isinstance(failed, Failed)
    assert failed.reason is reason
    assert said in failed.detail


FORBIDDING = b"User-agent: *\nDisallow: /list\n"


@pytest.mark.parametrize(
    ("robots", "is_read"),
    [
        pytest.param(Answer(404), True, id="no file permits all"),
        pytest.param(ok(FORBIDDING), False, id="forbidden to all"),
        pytest.param(ok(b"User-agent: watcher\nAllow: /list\n\n" + FORBIDDING), True, id="allowed to us by name"),
        pytest.param(ok(b"User-agent: other\nDisallow: /\n"), True, id="forbidden to another"),
        pytest.param(Answer(503), False, id="a server that fails permits nothing"),
        pytest.param(ok(b"\xff\x00<html>" * 100), True, id="rubbish permits all"),
    ],
)
def test_robots_txt_is_asked_before_a_page(site: Site, robots: Answer, is_read: bool) -> None:
    site.answers["/robots.txt"] = robots
    site.answers["/list"] = ok(LISTING.encode(), kind="text/html")

    found = read(page_reader(site), source(site, "page", PICK))

    assert isinstance(found, Failed) is not is_read
    assert [request.path for request in site.requests] == ["/robots.txt", "/list"][: 1 + is_read]
    if isinstance(found, Failed):
        assert found.reason is FailureReason.ROBOTS


def test_robots_txt_of_every_hop_is_asked_and_kept(site: Site) -> None:
    site.answers["wire.example/list"] = Answer(302, {"location": site.url("/moved", host="other.example")})
    site.answers["other.example/robots.txt"] = ok(b"User-agent: *\nDisallow: /moved\n")
    site.answers["other.example/moved"] = ok(LISTING.encode())
    reader = page_reader(site)

    failed = [read(reader, source(site, "page", PICK)) for _ in range(2)]

    assert all(isinstance(one, Failed) and one.reason is FailureReason.ROBOTS for one in failed)
    assert sum(request.path == "/robots.txt" for request in site.requests) == 2
    assert not any(request.path == "/moved" for request in site.requests)


def test_feeds_are_made_for_programs_and_robots_txt_is_not_asked(site: Site) -> None:
    site.answers["/robots.txt"] = ok(FORBIDDING)
    site.answers["/list"] = ok(SITEMAP.encode())

    assert not isinstance(read(FeedReader(client(site)), source(site, "feed")), Failed)


# APIs


GDELT = {
    "articles": [
        {
            "url": "https://wire.example/1",
            "title": "Envoys meet in Muscat",
            "seendate": "20260210T090000Z",
            "language": "English",
        }
    ]
}
GDELT_PICK = (("items", "articles"), ("time", "seendate"))


@pytest.mark.parametrize(
    ("document", "pick"),
    [
        pytest.param(GDELT, GDELT_PICK, id="GDELT DOC"),
        pytest.param(GDELT["articles"], (("time", "seendate"),), id="the document is the list"),
        pytest.param(
            {"data": [{"results": [{"fields": {"head": "Envoys meet in Muscat"}, "web": "https://wire.example/1",
                                    "at": "2026-02-10T09:00:00Z", "language": "en"}]}]},
            (("items", "data.0.results"), ("title", "fields.head"), ("link", "web"), ("time", "at")),
            id="deep down",
        ),
    ],
)  # fmt: skip
def test_an_api_is_read_by_its_paths(site: Site, document: object, pick: tuple[tuple[str, str], ...]) -> None:
    site.answers["/list"] = ok(json.dumps(document).encode(), kind="application/json")

    found = read(ApiReader(client(site)), source(site, "api", pick))

    assert not isinstance(found, Failed)
    (one,) = found
    assert (one.title, one.url, one.lang) == ("Envoys meet in Muscat", "https://wire.example/1", "en")
    assert one.published
    assert one.published.hour == 9


@pytest.mark.parametrize(
    ("body", "said"),
    [
        pytest.param(b"Your query was too short", "no JSON: 'Your query was too short'", id="an answer in words"),
        pytest.param(b'{"error": "no key"}', "no list at 'articles'", id="an error"),
        pytest.param(b'{"articles": [{"headline": "x"}]}', "none of 1 records has a title", id="other names"),
        pytest.param(b"[" * 100_000, "no JSON", id="a bomb of brackets"),
        pytest.param(b"[1," * 400_000, "more than", id="too many values"),
        pytest.param(b'\xff{"articles": 3}', "no ", id="broken bytes"),
    ],
)
def test_what_is_no_list_is_never_no_news(site: Site, body: bytes, said: str) -> None:
    site.answers["/list"] = ok(body, kind="application/json")

    failed = read(ApiReader(client(site)), source(site, "api", GDELT_PICK))

    assert isinstance(failed, Failed)
    assert said in failed.detail


def test_an_api_that_finds_nothing_has_no_news(site: Site) -> None:
    site.answers["/list"] = ok(b"{}", kind="application/json")

    assert read(ApiReader(client(site)), source(site, "api", GDELT_PICK)) == ()


def test_the_next_page_of_an_api_is_where_older_items_are(site: Site) -> None:
    document = {**GDELT, "paging": {"next": "?page=2"}}
    site.answers["/list"] = ok(json.dumps(document).encode())
    one = source(site, "api", (*GDELT_PICK, ("next", "paging.next")))
    reader = ApiReader(client(site))
    fetched = reader.fetch(one, Cursor())
    assert isinstance(fetched, Fetched)

    parsed = reader.parse(one, fetched, now=NOON)

    assert isinstance(parsed, Parsed)
    assert parsed.older == site.url("/list?page=2", host="wire.example")


# Lists of sources


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        pytest.param("{source: a, page: 'https://a.example'}", "a page needs `pick:", id="no selectors"),
        pytest.param("{source: a, page: 'https://a.example', pick: {title: h3}}", "`items` is missing", id="no items"),
        pytest.param("{source: a, page: 'https://a.example', pick: {items: 'li['}}", "no CSS selector", id="a slip"),
        pytest.param("{source: a, page: 'a.example', pick: {items: li}}", "no http or https", id="no address"),
        pytest.param("{source: a, api: 'https://a.example', pick: {itms: li}}", "did you mean", id="a misspelt key"),
    ],
)
def test_a_faulty_page_or_api_is_said_with_its_place(entry: str, said: str) -> None:
    sources, problems = read_catalogue({"s.yaml": f"sources:\n- {entry}\n- {{source: z, feed: 'https://z.example'}}\n"})

    assert said in str(problems[0])
    assert sources[-1].id == "z"


@pytest.mark.skipif("WATCHER_TEST_DATA" not in os.environ, reason="WATCHER_TEST_DATA names no folder with real pages")
def test_real_listings_give_their_items_and_a_wall_among_them_none() -> None:
    """28 listings of one agency; the one that was answered by a bot check is a failure."""
    pick = (("items", "[data-testid=Body]"), ("link", "a[data-testid=TitleLink]"))
    one = Source(SourceId("agency"), "page", "https://agency.example/world/", pick=pick)
    reader = PageReader(Client(), Robots(Client()))
    counts, failures = [], []
    with tarfile.open(Path(os.environ["WATCHER_TEST_DATA"]) / "html_listing.tar.xz") as archive:
        for member in archive:
            opened = archive.extractfile(member) if member.name.endswith(".html.gz") else None
            if opened:
                fetched = Fetched(gzip.decompress(opened.read()), "text/html; charset=utf-8", one.address)
                parsed = reader.parse(replace(one), fetched, now=NOON)
                if isinstance(parsed, Parsed):
                    counts.append(len(parsed.items))
                else:
                    failures.append(parsed.reason)

    assert failures == [FailureReason.WALL]
    assert len(counts) == 28
    assert min(counts) >= 8
