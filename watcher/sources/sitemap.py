"""Sitemaps, with the names of Google's news schema where they have them → Feed."""

from __future__ import annotations

from datetime import tzinfo
from itertools import islice

from lxml import etree

from watcher.sources import plain
from watcher.sources.dates import read_date
from watcher.sources.entries import MOST_ENTRIES, Entry, Feed, language

_NAMES = ("title", "publication_date", "language", "lastmod", "loc")


def read_sitemap(document: bytes, zone: tzinfo) -> Feed | None:
    """
    The pages of a sitemap that have a title, as entries; their addresses are their identities.

    Returns:
        None: not well-formed, no sitemap, or one of which no page has a title.
    """
    parser = etree.XMLParser(encoding="utf-8", resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(document, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    if str(root.tag).rpartition("}")[2] != "urlset":
        return None
    entries = tuple(_entry(url, zone) for url in islice(root.iterchildren("{*}url"), MOST_ENTRIES))
    return Feed(entries) if any(entry.title for entry in entries) or not entries else None


def _entry(url: etree._Element, zone: tzinfo) -> Entry:
    said: dict[str, str] = {}
    for element in url.iter():
        name = str(element.tag).rpartition("}")[2]
        if name in _NAMES:
            said.setdefault(name, (element.text or "").strip())
    address = said.get("loc", "")
    dates = (read_date(said.get(name, ""), zone) for name in ("publication_date", "lastmod"))
    return Entry(
        title=plain.line(said.get("title", "")),
        text="",
        link=address,
        guid=address,
        published=next(filter(None, dates), None),
        lang=language(said.get("language", "")),
    )
