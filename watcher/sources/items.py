"""
The one item format, as JSON lines → Item or Problem: archives, `match`, folders.

A line is `{id?, title, url, source?, text?, lang?, published?, seen?}`; `link` is read for url, `first_seen` for seen,
`summary` and `description` for text. What is no web address is no url. A bad line costs itself and no other.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from watcher.errors import Problem
from watcher.model import Item, ItemId
from watcher.sources.dates import read_date
from watcher.sources.entries import address, item_id, language
from watcher.sources.plain import line as one_line
from watcher.sources.plain import lines as paragraphs
from watcher.text import host

LONGEST_LINE = 2_000_000
"""Bytes of one line; an article of a million characters is a mistake, not news."""


def read_items(lines: Iterable[bytes], *, path: str, now: datetime) -> Iterator[Item | Problem]:
    """
    The items in the order of the lines; empty lines are passed over.

    Args:
        path: For problems, as a person would name the file.
        now: When items without `seen` are seen.
    """
    for number, raw in enumerate(lines, 1):
        if not raw.strip():
            continue
        if len(raw) > LONGEST_LINE:
            yield Problem(path, number, 0, f"longer than {LONGEST_LINE:,} bytes: split or shorten it", "too-large")
            continue
        try:
            record = json.loads(raw)
        except (ValueError, RecursionError) as error:
            yield Problem(path, number, 0, f"not JSON: {error}"[:200], "bad-json")
            continue
        yield to_item(record, now=now) or Problem(
            path, number, 0, "expected an object with at least a title or a url, both text", "bad-item"
        )


def to_item(record: object, *, now: datetime, source: str = "") -> Item | None:
    """
    The item a JSON object describes; None when it has neither title nor address.

    Args:
        source: For records that name none; without one it is the host of the address.
    """
    if not isinstance(record, Mapping):
        return None
    title = one_line(_text(record, "title"))
    url = address(_text(record, "url", "link"))
    if not title and not url:
        return None
    return Item(
        id=ItemId(_text(record, "id")[:200]) or item_id(url, title),
        title=title,
        url=url,
        source=_text(record, "source")[:200] or source or host(url),
        seen=read_date(_text(record, "seen", "first_seen")) or now,
        published=read_date(_text(record, "published")),
        text=paragraphs(_text(record, "text", "summary", "description")),
        lang=language(_text(record, "lang")),
        publisher=_text(record, "publisher")[:200],
    )


def _text(record: Mapping[object, object], *keys: str) -> str:
    """The first of these keys that holds text or a number, as text."""
    for key in keys:
        value = record.get(key)
        if isinstance(value, str) and value:
            return value
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
    return ""
