"""
JSON of an API → items, by paths that the owner of the source writes.

    pick: {items: articles, title: title, link: url, time: seendate, lang: language, next: paging.next}

A path is names and numbers with dots between (`data.results`, `fields.headline`, `0.title`); without `items` the
document itself is the list. `next` leads to the address of the page before, which is read when items passed unseen.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from watcher.model import Cursor, Failed, FailureReason, Fetch, Fetched, Parsed, Source
from watcher.net import Client
from watcher.sources import plain
from watcher.sources.dates import read_date
from watcher.sources.decode import decode
from watcher.sources.entries import MOST_ENTRIES, Entry, address, language, to_items
from watcher.sources.feed import ask, in_the_way

_ACCEPT = "application/json, */*;q=0.5"
_MOST_VALUES = 300_000
_USUAL = {"title": "title", "link": "url", "time": "published", "text": "description", "lang": "language", "id": "id"}


class ApiReader:
    """Reads sources of kind `api`."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def fetch(self, source: Source, cursor: Cursor) -> Fetch:
        """A new body, that there is none, or why it failed."""
        return ask(self._client, source, cursor, accept=_ACCEPT)

    def parse(self, source: Source, fetched: Fetched, *, now: datetime) -> Parsed | Failed:
        """The items in the order of the list; Failed when the path leads to none."""
        pick = {**_USUAL, **dict(source.pick)}
        text = decode(fetched.body, fetched.content_type)[0]
        if text.count(",") + text.count("[") + text.count("{") > _MOST_VALUES:
            return Failed(FailureReason.TOO_LARGE, f"more than {_MOST_VALUES:,} values")
        try:
            document = json.loads(text)
        except (ValueError, RecursionError):
            said = Failed(FailureReason.UNREADABLE, f"no JSON: {plain.line(text[:80])!r}")
            return in_the_way(fetched.body, fetched.content_type, fetched.url) or said
        found = at(document, pick.get("items", ""))
        if found is None and document == {}:
            found = []  # GDELT's way to say that there is nothing
        if not isinstance(found, list):
            return Failed(FailureReason.UNREADABLE, f"no list at {pick.get('items') or 'the top'!r}")
        zone = ZoneInfo(source.timezone)
        entries = [_entry(one, pick, zone) for one in found[:MOST_ENTRIES]]
        items = to_items(source, [entry for entry in entries if entry.title], base=fetched.url, now=now)
        if found and not items:
            return Failed(FailureReason.UNREADABLE, f"none of {len(found)} records has a title at {pick['title']!r}")
        older = at(document, pick["next"]) if "next" in pick else None
        return Parsed(items, older=address(older, fetched.url) or None if isinstance(older, str) else None)


def at(document: object, path: str) -> object:
    """What a path leads to; None: nothing."""
    for name in path.split(".") if path else ():
        if isinstance(document, dict):
            document = document.get(name)
        elif isinstance(document, list) and name.isdigit() and int(name[:6]) < len(document):
            document = document[int(name[:6])]
        else:
            return None
    return document


def _entry(record: object, pick: Mapping[str, str], zone: ZoneInfo) -> Entry:
    def text(key: str) -> str:
        value = at(record, pick[key])
        return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""

    lang = text("lang")
    return Entry(
        title=plain.line_of_either(text("title")),
        text=plain.lines_of_html(text("text")),
        link=text("link"),
        guid=text("id"),
        published=read_date(text("time"), zone),
        lang=language(lang) or _LANGUAGES.get(lang.lower()),
    )


# GDELT writes languages out.
_LANGUAGES = {
    "english": "en", "arabic": "ar", "french": "fr", "german": "de", "spanish": "es", "russian": "ru", "persian": "fa",
    "chinese": "zh", "turkish": "tr", "portuguese": "pt", "italian": "it", "hebrew": "he", "ukrainian": "uk",
}  # fmt: skip
