"""Bodies that are made to crash, hang, bloat or give away: bounded in time and memory."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.http_server import Site, http_server
from watcher.model import Failed, FailureReason, Fetched, Item, Source, SourceId
from watcher.net import Client
from watcher.sources.feed import FeedReader

NOON = datetime(2026, 2, 4, 12, 0, tzinfo=UTC)
SOURCE = Source(SourceId("gulf-wire"), "feed", "https://feeds.example/rss")
READER = FeedReader(Client())


@pytest.fixture
def site() -> Iterator[Site]:
    with http_server() as server:
        yield server


def parse(body: bytes) -> tuple[Item, ...] | Failed:
    found = READER.parse(SOURCE, Fetched(body, "", SOURCE.address), now=NOON)
    return found if isinstance(found, Failed) else found.items


def flood(head: bytes, unit: bytes, tail: bytes = b"") -> bytes:
    return head + unit * (1_500_000 // len(unit)) + tail


HEAD, TAIL = b"<rss><channel><item><title>x</title>", b"</item></channel></rss>"
JSON = b'{"version":"https://jsonfeed.org/version/1",'
TEXT = HEAD + b"<description><![CDATA["


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(flood(HEAD, b"<a>"), id="nested without end"),
        pytest.param(HEAD + b"<a>" * 100_000, id="nested deep"),
        pytest.param(HEAD + b"<item>" * 100_000, id="items in items"),
        pytest.param(flood(b"<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>", b"<div>"), id="XHTML"),
        pytest.param(flood(HEAD, b"<"), id="only <"),
        pytest.param(flood(HEAD, b"&"), id="only &"),
        pytest.param(flood(HEAD, b"&a;"), id="only entities"),
        pytest.param(flood(HEAD, b"<![CDATA["), id="CDATA in CDATA"),
        pytest.param(flood(HEAD, b"<!-- --"), id="comments that do not end"),
        pytest.param(flood(HEAD, b"<a b=\""), id="quotes that do not end"),
        pytest.param(flood(HEAD + b"<title>", b" ") + b"&", id="blanks"),
        pytest.param(flood(b"", b"\n") + b"<!DOCTYPE" + HEAD, id="lines before a DOCTYPE"),
        pytest.param(flood(b"<!DOCTYPE rss [", b"<!ENTITY a 'b'>") + HEAD, id="a DOCTYPE without end"),
        pytest.param(HEAD + b"<a " + b" ".join(b"a%d=''" % n for n in range(120_000)), id="attributes"),
        pytest.param(HEAD + b"<a " + b" ".join(b"xmlns:a%d='u'" % n for n in range(60_000)) + b"/>" + TAIL, id="names"),
        pytest.param(flood(b"<rss><channel>", b"<item><title>x</title></item>"), id="items"),
        pytest.param(flood(TEXT, b"<a '\""), id="tags in text"),
        pytest.param(flood(TEXT, b"<script></script "), id="scripts in text"),
        pytest.param(flood(HEAD + b"<pubDate>", b"1 "), id="a date"),
        pytest.param(flood(HEAD + b"<link>", b"http://["), id="an address"),
        pytest.param(flood(b"", b"\x00\xff<"), id="rubbish"),
        pytest.param(flood(b"", b"["), id="JSON in JSON"),
        pytest.param(flood(JSON + b'"items":[', b"{},"), id="JSON without end"),
        pytest.param(JSON + b'"items":[{"id":' + b"9" * 10**6 + b"}]}", id="a number"),
        pytest.param(flood(b"<!DOCTYPE rss [<!ENTITY a '" + b"x" * 200 + b"'>]>" + HEAD, b"&a;"), id="growth"),
    ],
)  # fmt: skip
def test_no_body_takes_long(body: bytes) -> None:
    started = time.process_time()
    found = parse(body)

    assert time.process_time() - started < 3
    assert isinstance(found, Failed) or all(len(item.title) < 1_100 and len(item.text) < 21_000 for item in found)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(flood(b"<rss><channel>", b"<a/>" * 9, b"</channel></rss>") * 3, id="a tree of small tags"),
        pytest.param(flood(b"<!DOCTYPE rss [<!ENTITY a '" + b"x" * 200 + b"'>]>" + HEAD, b"&a;"), id="entities"),
        pytest.param(JSON + b'"items":[' + b'{"a":1},' * 400_000, id="small objects"),
    ],
)
def test_no_body_takes_much_memory(body: bytes) -> None:
    tracemalloc.start()
    parse(body)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 60_000_000


def test_more_tags_than_any_feed_has_are_not_made_a_tree_of() -> None:
    found = parse(b"<rss><channel>" + b"<a/>" * 400_001 + b"</channel></rss>")

    assert isinstance(found, Failed)
    assert found.reason == FailureReason.TOO_LARGE


def test_entities_open_no_file_and_no_connection(tmp_path: Path, site: Site) -> None:
    (tmp_path / "secret").write_text("s3cret")
    declared = f"""<!DOCTYPE rss SYSTEM "{site.url("/rss.dtd")}" [
      <!ENTITY file SYSTEM "file://{tmp_path}/secret"><!ENTITY net SYSTEM "{site.url("/net")}">
      <!ENTITY % more SYSTEM "{site.url("/more")}"> %more;
    ]>"""

    found = parse((declared + "<rss><channel><item><title>Talks &file; &net;</title></item></channel></rss>").encode())

    assert not isinstance(found, Failed)
    assert found[0].title.startswith("Talks")
    assert "s3cret" not in found[0].title
    assert not site.requests
