"""A source, asked once outside of any database: what it answers, what would be taken, and feeds that a page names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urljoin

from lxml import etree, html

from watcher.model import Cursor, Failed, FailureReason, Fetched, Parsed, Source
from watcher.protocols import Reader
from watcher.settings import Settings
from watcher.text import host
from watcher.wiring.watching import readers

AT_ONCE = 8
MOST_FEEDS = 20
_FEEDS = ("application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml")


@dataclass(frozen=True, slots=True)
class Tried:
    """
    What a source answered.

    Args:
        parsed: What was read in it, or why nothing was.
        url: Where redirects led; empty: nowhere.
        feeds: Addresses and titles of feeds that a page of HTML names.
    """

    source: Source
    parsed: Parsed | Failed
    url: str = ""
    moved_to: str | None = None
    feeds: tuple[tuple[str, str], ...] = ()


def try_source(settings: Settings, source: Source) -> Tried:
    """Ask a source as the first poll would. Remembers nothing."""
    return _try(readers(settings), source)


def try_sources(settings: Settings, sources: Iterable[Source]) -> Iterator[Tried]:
    """Ask many, several hosts at a time and each host's one after the other; in the order in which hosts are done."""
    by_host: dict[str, list[Source]] = {}
    for source in sources:
        by_host.setdefault(host(source.address) or source.id, []).append(source)
    kinds = readers(settings)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for tried in pool.map(lambda some: [_try(kinds, one) for one in some], by_host.values()):
            yield from tried


def _try(kinds: dict[str, Reader], source: Source) -> Tried:
    reader = kinds[source.kind]
    outcome = reader.fetch(source, Cursor())
    if isinstance(outcome, Failed):
        return Tried(source, outcome)
    if not isinstance(outcome, Fetched):
        return Tried(source, Failed(FailureReason.EMPTIED, "nothing there"))
    parsed = reader.parse(source, outcome, now=datetime.now(UTC))
    feeds = tuple(_feeds(outcome)) if isinstance(parsed, Failed) else ()
    return Tried(source, parsed, outcome.url, outcome.moved_to, feeds)


def _feeds(page: Fetched) -> Iterator[tuple[str, str]]:
    """Feeds that a page names in its head."""
    try:
        root = html.document_fromstring(page.body[:2_000_000])
    except (etree.LxmlError, ValueError):
        return
    for link in list(root.iter("link"))[: 50 * MOST_FEEDS]:
        is_feed = link.get("type", "").lower() in _FEEDS and "alternate" in link.get("rel", "").lower()
        if is_feed and link.get("href"):
            try:
                yield urljoin(page.url, link.get("href", "")), link.get("title", "")
            except ValueError:
                continue
