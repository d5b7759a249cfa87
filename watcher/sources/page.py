"""
Pages of HTML that list news → items, by CSS selectors that the owner of the source writes.

    pick: {items: "li.story", title: "h3", link: "a", time: "time", text: "p"}

`items` finds what holds one item; the others are looked for inside it. Without `title` it is the text of the link,
without `link` the first link. A selector that finds nothing is a failure, never "no news".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, tzinfo
from functools import cache, partial
from itertools import islice
from zoneinfo import ZoneInfo

from lxml import html
from lxml.cssselect import CSSSelector
from lxml.etree import LxmlError, ParserError

from watcher.model import Cursor, Failed, FailureReason, Fetch, Fetched, Parsed, Source
from watcher.net import Client
from watcher.sources import plain
from watcher.sources.dates import read_date
from watcher.sources.decode import decode
from watcher.sources.entries import MOST_ENTRIES, Entry, to_items
from watcher.sources.feed import MOST_TAGS, ask, in_the_way
from watcher.sources.robots import Robots

_ACCEPT = "text/html, application/xhtml+xml;q=0.9, */*;q=0.5"


class PageReader:
    """Reads sources of kind `page`; asks robots.txt before each page, redirects included."""

    def __init__(self, client: Client, robots: Robots) -> None:
        self._client, self._robots = client, robots

    def fetch(self, source: Source, cursor: Cursor) -> Fetch:
        """A new body, that there is none, or why it failed."""
        allowed = partial(self._robots.check, private=source.private)
        return ask(self._client, source, cursor, accept=_ACCEPT, allowed=allowed)

    def parse(self, source: Source, fetched: Fetched, *, now: datetime) -> Parsed | Failed:
        """The items in the order of the page; Failed when the selectors find none."""
        if fetched.body.count(b"<") > MOST_TAGS:
            return Failed(FailureReason.TOO_LARGE, f"more than {MOST_TAGS:,} tags")
        pick = dict(source.pick)
        try:
            root = html.document_fromstring(decode(fetched.body, fetched.content_type)[0])
            found = selector(pick["items"])(root)
        except (LxmlError, ParserError, ValueError):
            found = []
        zone = ZoneInfo(source.timezone)
        entries = [_entry(element, pick, zone) for element in islice(found, MOST_ENTRIES)]
        items = to_items(source, [entry for entry in entries if entry.title and entry.link], base=fetched.url, now=now)
        if items:
            return Parsed(items)
        said = f"{pick['items']!r} finds {len(found)} places and no item: the page may have been rebuilt"
        blocked = in_the_way(fetched.body, fetched.content_type, fetched.url)
        return blocked or Failed(FailureReason.UNREADABLE, said)


@cache
def selector(written: str) -> Callable[[html.HtmlElement], list[html.HtmlElement]]:
    """The compiled selector, which `catalogue` has checked."""
    compiled = CSSSelector(written, translator="html")

    def find(element: html.HtmlElement) -> list[html.HtmlElement]:
        found = compiled(element)
        return [one for one in found if isinstance(one, html.HtmlElement)] if isinstance(found, list) else []

    return find


def _entry(element: html.HtmlElement, pick: Mapping[str, str], zone: tzinfo) -> Entry:
    link = _first(element, pick.get("link", "a[href]"))
    if link is None and element.get("href"):
        link = element
    heading = _first(element, pick["title"]) if "title" in pick else link
    time = _first(element, pick.get("time", "time"))
    text = _first(element, pick["text"]) if "text" in pick else None
    said = "" if time is None else time.get("datetime") or time.text_content()
    return Entry(
        title=plain.line("" if heading is None else heading.text_content()),
        text=plain.lines("" if text is None else text.text_content()),
        link="" if link is None else link.get("href") or "",
        guid="",
        published=read_date(said.strip()[:100], zone),
        lang=None,
    )


def _first(element: html.HtmlElement, written: str) -> html.HtmlElement | None:
    return next(iter(selector(written)(element)), None)
