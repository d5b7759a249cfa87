"""Feeds: what is asked of a server, what its answers mean, and what is read out of every kind of body."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.http_server import Answer, Site, conditional, http_server, ok
from watcher.model import Cursor, Failed, FailureReason, Fetched, Item, NotModified, Parsed, Source, SourceId
from watcher.net import Client, Limits
from watcher.sources.dates import read_date
from watcher.sources.feed import FeedReader

NOON = datetime(2026, 2, 4, 12, 0, tzinfo=UTC)
PAIRS = sorted(Path(__file__).parent.joinpath("data", "feeds").glob("*.items.json"))
SOURCE = Source(SourceId("gulf-wire"), "feed", "https://feeds.example/world/rss", publisher="Gulf Wire", tier=1)
READER = FeedReader(Client())
RSS = b"<rss><channel><item><title>Talks</title><link>https://gulfwire.example/1</link></item></channel></rss>"


@pytest.fixture
def site() -> Iterator[Site]:
    with http_server() as server:
        yield server


def reader(site: Site) -> FeedReader:
    limits = Limits(deadline=timedelta(seconds=5), bytes=1_000_000)
    return FeedReader(Client(resolve=site.resolve, limits=limits, permitted=[ip_network("127.0.0.0/8")]))


def at(site: Site, path: str = "/rss") -> Source:
    return replace(SOURCE, address=site.url(path, host="feeds.example"))


def parse(body: bytes, *, source: Source = SOURCE, kind: str = "") -> tuple[Item, ...] | Failed:
    found = READER.parse(source, Fetched(body, kind, source.address), now=NOON)
    return found if isinstance(found, Failed) else found.items


def items(body: bytes | str, *, source: Source = SOURCE, kind: str = "") -> tuple[Item, ...]:
    found = parse(body if isinstance(body, bytes) else body.encode(), source=source, kind=kind)
    assert not isinstance(found, Failed), found
    return found


# What is asked, and what the answers mean


def test_validators_are_sent_back_and_nothing_new_is_nothing_new(site: Site) -> None:
    site.answers["/rss"] = conditional(RSS, '"v1"')

    first = reader(site).fetch(at(site), Cursor())
    assert isinstance(first, Fetched)
    second = reader(site).fetch(at(site), Cursor(etag=first.etag, last_modified="Wed, 04 Feb 2026 09:00:00 GMT"))

    assert (first.body, first.etag) == (RSS, '"v1"')
    assert second == NotModified()
    assert "if-none-match" not in site.requests[0].headers
    assert site.requests[1].headers["if-modified-since"] == "Wed, 04 Feb 2026 09:00:00 GMT"


def test_what_a_server_says_about_its_answer_is_kept(site: Site) -> None:
    site.answers["/rss"] = Answer(301, {"location": "/new"})
    site.answers["/new"] = ok(RSS, kind="text/xml; charset=utf-8", last_modified="then", cache_control="max-age=900")

    fetched = reader(site).fetch(at(site), Cursor())

    assert isinstance(fetched, Fetched)
    assert (fetched.content_type, fetched.last_modified) == ("text/xml; charset=utf-8", "then")
    assert fetched.url == fetched.moved_to == site.url("/new", host="feeds.example")
    assert fetched.max_age == timedelta(minutes=15)


MINUTE = {"retry-after": "60"}


@pytest.mark.parametrize(
    ("answer", "reason", "asked"),
    [
        pytest.param(Answer(429, MINUTE), FailureReason.RATE_LIMITED, 60, id="429 with a time"),
        pytest.param(Answer(429), FailureReason.RATE_LIMITED, None, id="429 without"),
        pytest.param(Answer(503, MINUTE), FailureReason.RATE_LIMITED, 60, id="503 with a time"),
        pytest.param(Answer(403, MINUTE), FailureReason.RATE_LIMITED, 60, id="403 with a time"),
        pytest.param(Answer(403), FailureReason.STATUS, None, id="403"),
        pytest.param(Answer(404), FailureReason.GONE, None, id="404"),
        pytest.param(Answer(410), FailureReason.GONE, None, id="410"),
        pytest.param(Answer(500), FailureReason.STATUS, None, id="500"),
        pytest.param(Answer(304), FailureReason.STATUS, None, id="a 304 that nobody asked for"),
        pytest.param(Answer(302), FailureReason.STATUS, None, id="a redirect to nowhere"),
        pytest.param(Answer(204), FailureReason.STATUS, None, id="no content"),
        pytest.param(Answer(206, body=RSS[:50]), FailureReason.STATUS, None, id="a part"),
        pytest.param(Answer(raw=b""), FailureReason.CONNECTION, None, id="a hang-up"),
        pytest.param(Answer(200, body=b"x" * 2_000_000), FailureReason.TOO_LARGE, None, id="too much"),
        pytest.param(
            Answer(302, {"location": "http://169.254.169.254/"}), FailureReason.REFUSED_ADDRESS, None, id="bad hop"
        ),
    ],
)
def test_a_failure_is_a_value_with_its_reason(
    site: Site, answer: Answer, reason: FailureReason, asked: int | None
) -> None:
    site.answers["/rss"] = answer
    resolving = Client(
        resolve=lambda host, port: ("127.0.0.1",) if host == "feeds.example" else (host,),
        limits=Limits(bytes=1_000_000),
        permitted=[ip_network("127.0.0.0/8")],
    )

    failed = FeedReader(resolving).fetch(at(site), Cursor())

    assert isinstance(failed, Failed)
    assert failed.reason == reason
    assert failed.retry_after == (timedelta(seconds=asked) if asked else None)


def test_a_validator_beyond_reason_is_not_kept(site: Site) -> None:
    site.answers["/rss"] = ok(RSS, etag='"' + "x" * 5_000 + '"')

    fetched = reader(site).fetch(at(site), Cursor())

    assert isinstance(fetched, Fetched)
    assert fetched.etag is None


# What is read


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.name.removesuffix(".items.json"))
def test_every_quirk_is_read_as_the_file_beside_it_says(pair: Path) -> None:
    name = pair.name.removesuffix(".items.json")
    body = next(path for path in pair.parent.glob(f"{name}.*") if path != pair).read_bytes()
    expected = json.loads(pair.read_text(encoding="utf-8"))

    found = items(body)

    said = [
        {
            key: getattr(item, key).isoformat() if isinstance(getattr(item, key), datetime) else getattr(item, key)
            for key in wanted
        }
        for item, wanted in zip(found, expected, strict=True)
    ]
    assert said == expected
    assert len({item.id for item in found}) == len(found)


HOURLY = "<sy:updatePeriod> hourly </sy:updatePeriod>"


@pytest.mark.parametrize(
    ("said", "ttl"),
    [
        pytest.param("<ttl>30</ttl>", 30, id="ttl in minutes"),
        pytest.param("<ttl>soon</ttl>", None, id="a ttl that is none"),
        pytest.param("<ttl>0</ttl>", None, id="nor zero"),
        pytest.param("<ttl>99999999999999999999</ttl>", 43_200, id="a month at most"),
        pytest.param(
            "<sy:updatePeriod> hourly </sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>", 15, id="sy"
        ),
        pytest.param("<sy:updatePeriod>daily</sy:updatePeriod><ttl>5</ttl>", 1440, id="the longer of both"),
        pytest.param(
            "<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>", 60, id="sy 0"
        ),
        pytest.param("", None, id="nothing is said"),
    ],
)
def test_how_often_a_feed_says_it_changes(said: str, ttl: int | None) -> None:
    rss = (
        f'<rss xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"><channel>{said}'
        "<item><title>Talks</title></item></channel></rss>"
    )

    found = READER.parse(SOURCE, Fetched(rss.encode(), "", SOURCE.address), now=NOON)

    assert isinstance(found, Parsed)
    assert found.ttl == (timedelta(minutes=ttl) if ttl else None)


A = "https://a.example"
ATOM = '<feed xmlns="http://www.w3.org/2005/Atom">{}<entry><id>1</id><title>Talks</title></entry></feed>'
PRESS = "<rss><channel><generator>https://wordpress.org/?v=6.5</generator><item><title>T</title></item></channel></rss>"


@pytest.mark.parametrize(
    ("body", "url", "older"),
    [
        pytest.param(ATOM.format('<link rel="next" href="?p=2"/>'), f"{A}/f", f"{A}/f?p=2", id="next"),
        pytest.param(
            ATOM.format('<link rel="prev-archive" href="/2026/01"/>'), f"{A}/f", f"{A}/2026/01",
            id="archive",
        ),
        pytest.param(ATOM.format('<link rel="next" href="javascript:x"/>'), f"{A}/f", None, id="no address"),
        pytest.param(PRESS, f"{A}/feed/", f"{A}/feed/?paged=2", id="WordPress has pages"),
        pytest.param(PRESS, f"{A}/?feed=rss2&paged=2", f"{A}/?feed=rss2&paged=3", id="the next"),
        pytest.param(ATOM.format(""), f"{A}/f", None, id="nothing older"),
    ],
)  # fmt: skip
def test_where_a_feed_has_its_older_entries(body: str, url: str, older: str | None) -> None:
    found = READER.parse(SOURCE, Fetched(body.encode(), "", url), now=NOON)

    assert isinstance(found, Parsed)
    assert found.older == older


def test_a_source_that_moved_is_asked_for_where_it_is(site: Site) -> None:
    site.answers["/new"] = ok(RSS)
    one = at(site, "/rss")

    found = reader(site).fetch(one, Cursor(moved_to=site.url("/new", host="feeds.example")))

    assert isinstance(found, Fetched)
    assert [request.path for request in site.requests] == ["/new"]


def test_an_item_has_what_its_source_says_about_it() -> None:
    source = replace(SOURCE, lang="fa", timezone="Asia/Tehran")
    body = RSS.replace(b"<item>", b"<language>en</language><item><pubDate>04 Feb 2026 12:00</pubDate>")

    (item,) = items(body, source=source)

    assert (item.source, item.publisher, item.tier, item.timezone) == ("gulf-wire", "Gulf Wire", 1, "Asia/Tehran")
    assert (item.lang, item.seen, item.baseline) == ("fa", NOON, False)
    assert item.published == datetime(2026, 2, 4, 8, 30, tzinfo=UTC), "a time without a zone is the source's"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"   \n", id="blanks"),
        pytest.param(b"Service temporarily unavailable", id="a sentence"),
        pytest.param(b"<!DOCTYPE html><html><head><title>News</title></head><body>", id="a page"),
        pytest.param(b"<!-- cached --><HTML><body><item>x</item></body></HTML>", id="a page behind a comment"),
        pytest.param(b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'><feed/></html>", id="XHTML"),
        pytest.param(b"<html><body>Checking that you are <b>human</b> &amp; <rss>", id="a captcha"),
        pytest.param(b"<urlset><url><loc>https://a.example</loc></url></urlset>", id="a sitemap"),
        pytest.param(b"<opml><body><outline text='x'/></body></opml>", id="OPML"),
        pytest.param(b"<error><code>429</code></error>", id="an error as XML"),
        pytest.param(b'{"error": "rate limited"}', id="an error as JSON"),
        pytest.param(b'{"version": "https://jsonfeed.org/version/1", "items": 5}', id="JSON without items"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b"\x1f\x8b\x08\x00" + b"\x00" * 100, id="gzip inside"),
        pytest.param(b"%PDF-1.7 <item>", id="a document"),
    ],
)
def test_what_is_no_feed_is_unreadable_and_never_no_news(body: bytes) -> None:
    found = parse(body)

    assert isinstance(found, Failed)
    assert found.reason == FailureReason.UNREADABLE


@pytest.mark.parametrize(
    ("kind", "encoding"),
    [("text/xml; charset=windows-1251", "cp1251"), ('application/xml; charset="koi8-r"', "koi8-r")],
)
def test_the_header_names_the_encoding_where_the_feed_does_not(kind: str, encoding: str) -> None:
    body = RSS.decode().replace("Talks", "Переговоры").encode(encoding)

    assert items(body, kind=kind)[0].title == "Переговоры"


@pytest.mark.parametrize(
    "kind", ["text/xml; charset=us-ascii", "text/xml; charset=iso-8859-1", "text/xml; charset=idna"]
)
def test_a_header_that_is_wrong_spoils_nothing(kind: str) -> None:
    assert items(RSS.replace(b"Talks", "Gespräche".encode()), kind=kind)[0].title == "Gespräche"


# Identity


def entry(title: str, *, link: str = "https://gulfwire.example/1", guid: str = "") -> str:
    return f"<item><title>{title}</title><link>{link}</link>" + (f"<guid>{guid}</guid>" if guid else "") + "</item>"


def identity(entry: str, *, source: Source = SOURCE) -> str:
    return items(f"<rss><channel>{entry}</channel></rss>", source=source)[0].id


OTHER_FEED = replace(SOURCE, id=SourceId("gulf-wire-politics"))
STRANGER = replace(SOURCE, id=SourceId("stranger"), publisher="Stranger")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(entry("Talks on", guid="g1"), entry("Talks off", guid="g1"), id="a new title"),
        pytest.param(
            entry("T", guid="g1"), entry("T", link="https://gulfwire.example/new", guid="g1"), id="a new address"
        ),
        pytest.param(entry("Talks on"), entry("Talks off"), id="without a guid, the address"),
        pytest.param(
            entry("T"), entry("T", link="http://www.gulfwire.example/1?utm_source=rss#top"), id="the same page"
        ),
        pytest.param(
            entry("T", link="https://a.example/c1?at=rss", guid="https://a.example/c1#0"),
            entry("T", link="https://a.example/c1?at=rss", guid="https://a.example/c1#3"),
            id="the edition in a guid",
        ),
    ],
)
def test_an_edit_keeps_the_id(before: str, after: str) -> None:
    assert identity(before) == identity(after)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(entry("T", guid="g1"), entry("T", guid="g2"), id="another guid"),
        pytest.param(entry("T"), entry("T", link="https://gulfwire.example/2"), id="another address"),
        pytest.param(
            entry("T", link="https://a.example/live", guid="https://a.example/live#p1"),
            entry("T", link="https://a.example/live", guid="https://a.example/live#p2"),
            id="posts of one live page",
        ),
    ],
)
def test_different_entries_have_different_ids(one: str, other: str) -> None:
    assert identity(one) != identity(other)


def test_an_address_as_guid_is_the_same_item_in_every_feed_of_a_family_and_in_no_other() -> None:
    url, number = entry("T", guid="https://gulfwire.example/1"), entry("T", guid="1")

    assert identity(url) == identity(url, source=OTHER_FEED) != identity(url, source=STRANGER)
    assert identity(number) != identity(number, source=OTHER_FEED)


# Dates


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Wed, 04 Feb 2026 09:30:00 GMT", "2026-02-04T09:30"),
        ("Wed,04 Feb 2026 09:30:00 +0330", "2026-02-04T06:00"),
        ("4 Feb 2026 09:30 EST", "2026-02-04T14:30"),
        ("Wednesday, 04-Feb-26 09:30:00 UTC", "2026-02-04T09:30"),
        ("Wed, 04 February 2026 9:30:00 PM -0500", "2026-02-05T02:30"),
        ("Wed, 04 Feb 2026 24:00:00 GMT", "2026-02-05T00:00"),
        ("Wed, 04 Feb 2026 23:59:60 GMT", "2026-02-04T23:59:59"),
        ("Wed Feb  4 09:30:00 2026", "2026-02-04T08:30"),
        ("Wed Feb  4 09:30:00 PST 2026", "2026-02-04T17:30"),
        ("February 4, 2026 9:30 am GMT", "2026-02-04T09:30"),
        ("Feb. 4th, 2026", "2026-02-03T23:00"),
        ("2026-02-04T09:30:00Z", "2026-02-04T09:30"),
        ("2026-02-04T09:30:00.123456+01:00", "2026-02-04T08:30"),
        ("2026-02-04 09:30:00 +0100", "2026-02-04T08:30"),
        ("2026-02-04T09:30", "2026-02-04T08:30"),
        ("2026-02-04", "2026-02-03T23:00"),
        ("20260204T093000Z", "2026-02-04T09:30"),
        ("2026/02/04 09:30 GMT+2", "2026-02-04T07:30"),
        ("2026-02", "2026-01-31T23:00"),
        ("mer., 04 févr. 2026 09:30:00 +0100", "2026-02-04T08:30"),
        ("Mi, 04 März 2026 09:30:00 +0100", "2026-03-04T08:30"),
        ("4 de febrero de 2026 09:30", "2026-02-04T08:30"),
        ("Ср, 04 фев 2026 09:30:00 +0300", "2026-02-04T06:30"),
        ("Wed, 04 Feb 2026 09:30:00 IST", "2026-02-04T08:30"),
        ("Wed, 04 Feb 2026 09:30:00 XYZ", "2026-02-04T08:30"),
    ],
)
def test_dates_are_read_as_they_are_really_written(text: str, expected: str) -> None:
    moment = read_date(text, ZoneInfo("Europe/Berlin"))

    assert moment == datetime.fromisoformat(f"{expected}+00:00")


@pytest.mark.parametrize(
    "text",
    ["", "  ", "soon", "yesterday", "04/02/2026", "Wed, 31 Feb 2026 09:30:00 GMT", "Thu, 01 Jan 1970 00:00:00 GMT",
     "0001-01-01T00:00:00Z", "-0001-11-30T00:00:00+00:00", "9999-12-31T23:59:59-23:59", "2026-02-04T09:30:00+99:99",
     "Wed, 04 Feb 2026 25:00:00 GMT", "1" * 1000, "2026-13-01", "null", "\x00", "Smarch 4, 2026"],
)  # fmt: skip
def test_what_is_no_date_is_none(text: str) -> None:
    assert read_date(text) is None
