"""JSON Feed 1.0 and 1.1 → Feed."""

from __future__ import annotations

import json
from datetime import tzinfo

from watcher.sources import plain
from watcher.sources.dates import read_date
from watcher.sources.entries import MOST_ENTRIES, Entry, Feed, joined, language

# More would cost hundreds of bytes each as a tree; a thousand long entries have 50,000.
_MOST_VALUES = 300_000


def read_json(text: str, zone: tzinfo) -> Feed | None:
    """
    The feed in a JSON document.

    Returns:
        None: it is no JSON Feed.
    """
    if text.count(",") + text.count("[") + text.count("{") > _MOST_VALUES:
        return None
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict) or "jsonfeed.org/version/" not in str(document.get("version")):
        return None
    found = document.get("items")
    if not isinstance(found, list):
        return None
    lang = _text(document, "language")
    return Feed(tuple(_entry(item, lang, zone) for item in found[:MOST_ENTRIES] if isinstance(item, dict)))


def _entry(item: dict[str, object], lang: str, zone: tzinfo) -> Entry:
    content = plain.lines_of_html(_text(item, "content_html")) or plain.lines(_text(item, "content_text"))
    return Entry(
        title=plain.line(_text(item, "title")),
        text=joined(plain.lines(_text(item, "summary")), content),
        link=_text(item, "url") or _text(item, "external_url"),
        guid=_text(item, "id"),
        published=read_date(_text(item, "date_published"), zone) or read_date(_text(item, "date_modified"), zone),
        lang=language(_text(item, "language") or lang),
    )


def _text(values: dict[str, object], key: str) -> str:
    value = values.get(key)
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""
