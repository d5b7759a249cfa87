"""
RSS 0.9x, 1.0 and 2.0, RDF, Atom and CDF → Feed, by lxml.

Titles, links, ids and dates come out as feedparser, which tests compare it with, gives them. Neither DTDs nor the
network are touched, entities are not expanded, and the library's limits on depth and size stay on.
"""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, tzinfo
from functools import lru_cache
from itertools import islice
from urllib.parse import urljoin

from lxml import etree
from lxml.etree import _Element as Element

from watcher.sources import plain
from watcher.sources.dates import read_date
from watcher.sources.entries import MOST_ENTRIES, Entry, Feed, joined, language

_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
_TEXT_TYPES = frozenset(("", "text", "plain", "text/plain"))
_HTML_TYPES = frozenset(("html", "text/html", "xhtml", "application/xhtml+xml"))
_IS_TEXT = re.compile(r"^text/|[+/]xml$")
_IS_MEDIA = re.compile("image/|audio/|video/")

# Namespaces whose elements count as the feed's own, and those that have something to say; case is ignored.
_OWN = (
    "http://backend.userland.com/rss",
    "http://blogs.law.harvard.edu/tech/rss",
    "http://purl.org/rss/1.0/",
    "http://my.netscape.com/rdf/simple/0.9/",
    "http://example.com/newformat#",
    "http://example.com/necho",
    "http://purl.org/echo/",
    "uri/of/echo/namespace#",
    "http://purl.org/pie/",
    "http://purl.org/atom/ns#",
    "http://www.w3.org/2005/atom",
    "http://purl.org/rss/1.0/modules/rss091#",
)
_PREFIXES = {
    **dict.fromkeys(_OWN, ""),
    "http://purl.org/dc/elements/1.1/": "dc:",
    "http://purl.org/dc/terms/": "dcterms:",
    "http://purl.org/rss/1.0/modules/content/": "content:",
    "http://purl.org/rss/1.0/modules/syndication/": "sy:",
    "http://search.yahoo.com/mrss": "media:",
    "http://search.yahoo.com/mrss/": "media:",
    "http://www.w3.org/1999/xhtml": "xhtml:",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf:",
}
_PUBLISHED = ("pubdate", "published", "issued", "dcterms:issued")
_UPDATED = ("updated", "modified", "dc:date", "dcterms:modified", "lastbuilddate")
_CREATED = ("created", "dcterms:created")
_TITLES = ("title", "dc:title", "media:title")
_SUMMARIES = ("description", "summary", "abstract", "dc:description")
_CONTENTS = ("content:encoded", "content", "xhtml:body", "body", "fullitem")
_READ = frozenset(
    (*_PUBLISHED, *_UPDATED, *_CREATED, *_TITLES, *_SUMMARIES, *_CONTENTS, "link", "guid", "id", "dc:language")
)

# What a feed says of itself, beside its items.
_HABITS = frozenset(("ttl", "sy:updateperiod", "sy:updatefrequency", "generator"))
_OLDER = frozenset(("next", "prev-archive"))  # RFC 5005
_LONGEST_TTL = 60 * 24 * 30
_PERIODS = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(days=7),
    "monthly": timedelta(days=30),
    "yearly": timedelta(days=365),
}

Found = dict[str, list[Element]]


def read_xml(document: bytes, zone: tzinfo, *, mend: bool) -> Feed | None:
    """
    The feed in a UTF-8 document.

    Args:
        zone: What times without a zone are in.
        mend: Make the best of markup that is not well-formed.

    Returns:
        None: not well-formed, or no feed.
    """
    parser = etree.XMLParser(
        encoding="utf-8",
        recover=mend,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(document, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    # Entities that a DTD declares would stay unread: `repair` puts them in their places first.
    if root is None or root.getroottree().docinfo.internalDTD is not None:
        return None
    kind = _kind(root.tag, root.prefix)
    if kind in ("html", "xhtml:html"):
        return None
    reader = _Reader(is_atom=kind in ("feed", "entry"), has_bases=b"base=" in document, zone=zone)
    entries = tuple(reader.entry(element, lang) for element, lang in islice(_elements(root), MOST_ENTRIES))
    if not entries and kind not in ("rss", "feed") and not _has_channel(root):
        return None
    return _with_habits(entries, root)


def _with_habits(entries: tuple[Entry, ...], root: Element) -> Feed:
    """The entries with what the feed says of itself: how often it changes, what made it, where older ones are."""
    said: dict[str, str] = {}
    for element in _outline(root):
        kind = _kind(element.tag, element.prefix)
        if kind in _HABITS:
            said.setdefault(kind, (element.text or "").strip())
        elif kind == "link" and element.get("rel") in _OLDER:
            said.setdefault("older", element.get("href") or "")
    return Feed(entries, _ttl(said), said.get("older", ""), said.get("generator", "")[:200])


def _ttl(said: Mapping[str, str]) -> timedelta | None:
    """Minutes of `ttl`, or a period of the syndication module; the longer where a feed has both."""
    waits = []
    if (minutes := said.get("ttl", "")).isascii() and minutes.isdigit():
        waits.append(timedelta(minutes=min(int(minutes[:6]), _LONGEST_TTL)))
    if period := _PERIODS.get(said.get("sy:updateperiod", "").lower()):
        times = said.get("sy:updatefrequency", "")
        waits.append(period / (int(times[:4]) or 1 if times.isascii() and times.isdigit() else 1))
    return max(waits, default=None) or None


def _has_channel(root: Element) -> bool:
    return any(_kind(element.tag, element.prefix) == "channel" for element in (root, *root))


def _elements(root: Element) -> Iterator[tuple[Element, str]]:
    """Items and entries, each with the language of what surrounds it."""
    found, lang = False, root.get(_LANG) or ""
    for element in _outline(root):
        kind = _kind(element.tag, element.prefix)
        if kind in ("item", "entry"):
            found = True
            yield element, lang
        elif kind == "channel":
            lang = element.get(_LANG) or lang
        elif kind in ("language", "dc:language"):
            lang = element.text or lang
    if not found:
        yield from (
            (element, lang) for element in root.iter() if _kind(element.tag, element.prefix) in ("item", "entry")
        )


def _outline(root: Element) -> Iterator[Element]:
    """What stands where items should: below the root, and below its channels."""
    for child in root:
        yield child
        if _kind(child.tag, child.prefix) == "channel":
            yield from child


@lru_cache(maxsize=4096)
def _kind(tag: object, prefix: str | None) -> str:
    """`title`, `dc:date`, `x:y`: the lower-case name, with a prefix unless it is the feed's own."""
    if not isinstance(tag, str):
        return ""
    namespace, _, local = tag.rpartition("}")
    namespace = namespace[1:].lower()
    if "backend.userland.com/rss" in namespace:
        namespace = _OWN[0]
    return _PREFIXES.get(namespace, f"{prefix}:" if prefix else "") + local.lower()


class _Reader:
    """
    Args:
        is_atom: Then a text without a type is plain; elsewhere one has to guess.
        has_bases: Whether `xml:base` may stand somewhere.
    """

    def __init__(self, *, is_atom: bool, has_bases: bool, zone: tzinfo) -> None:
        self._is_atom = is_atom
        self._has_bases = has_bases
        self._zone = zone
        self._kinds: dict[str, str] = {}

    def entry(self, element: Element, lang: str) -> Entry:
        """What one item says; `lang` is what its surroundings are written in."""
        found: Found = {}
        for child in element:
            tag = child.tag
            kind = self._kinds.get(tag)
            if kind is None:
                kind = self._kinds[tag] = _kind(tag, child.prefix)
            if kind in _READ:
                found.setdefault(kind, []).append(child)
        guid, is_permalink = self._guid(element, found)
        own = element.get(_LANG) or next((e.text for e in found.get("dc:language", ()) if e.text), "")
        return Entry(
            title=next(filter(None, map(self._line, _all(found, _TITLES))), ""),
            text=self._text(found),
            link=self._link(found) or (guid if is_permalink else "") or _attribute(element, "href"),
            guid=guid,
            published=self._published(element, found),
            lang=language(own or lang),
        )

    def _link(self, found: Found) -> str:
        """The last alternate that is a web page, or the text of the element; else an alternate of another type."""
        link = other = ""
        for element in found.get("link", ()):
            href = element.get("href") or element.get("url") or element.get("uri")
            if href is None:
                link = self._resolved(element, (element.text or "").strip()) or link
            elif element.get("rel", "alternate").lower() == "alternate":
                href = self._resolved(element, href)
                if element.get("type", "text/html").lower() in _HTML_TYPES:
                    link = href
                other = href
        return link or other

    def _guid(self, element: Element, found: Found) -> tuple[str, bool]:
        """The identity and whether it is an address too."""
        for guid in reversed([*found.get("guid", ()), *found.get("id", ())]):
            if text := (guid.text or "").strip():
                said = next((value for name, value in guid.items() if name.lower() == "ispermalink"), "true")
                return (self._resolved(guid, text), True) if said == "true" else (text, False)
        return element.get(_ABOUT) or "", False

    def _resolved(self, element: Element, address: str) -> str:
        if not (self._has_bases and address and element.base):
            return address
        try:
            return urljoin(str(element.base), address)
        except ValueError:  # a bracket without its pair
            return address

    def _published(self, element: Element, found: Found) -> datetime | None:
        for names in (_PUBLISHED, _UPDATED, _CREATED):
            texts = [date.text for date in _all(found, names) if date.text]
            if texts and (moment := read_date(texts[-1], self._zone)):
                return moment
        return read_date(_attribute(element, "lastmod"), self._zone)

    def _text(self, found: Found) -> str:
        summary = next(filter(None, map(self._lines, _all(found, _SUMMARIES))), "")
        content = next(filter(None, map(self._lines, _all(found, _CONTENTS))), "")
        return joined(summary, content)

    def _line(self, element: Element) -> str:
        value, is_html = self._value(element)
        if is_html is None:
            return plain.line_of_either(value)
        return plain.line_of_html(value) if is_html else plain.line(value)

    def _lines(self, element: Element) -> str:
        value, is_html = self._value(element)
        # A description outside Atom is HTML; hardly a feed says so.
        return plain.lines(value) if is_html is False else plain.lines_of_html(value)

    def _value(self, element: Element) -> tuple[str, bool | None]:
        """The value and whether it is HTML; None: the element does not say, and one has to guess."""
        kind = element.get("type", "").lower() if element.attrib else ""
        if len(element):
            inner = "".join(etree.tostring(child, encoding="unicode") for child in element)
            return html.escape(element.text or "") + inner, True
        value = element.text or ""
        if element.get("mode") == "base64" or not (kind in _TEXT_TYPES or kind in _HTML_TYPES or _IS_TEXT.search(kind)):
            value, kind = _unpacked(value, kind), kind or "html"
        is_plain = kind in _TEXT_TYPES
        return value, None if not kind and not self._is_atom else not is_plain


def _attribute(element: Element, name: str) -> str:
    """An attribute whose case is not certain, as in CDF; empty when it is not there."""
    return element.get(name) or element.get(name.upper()) or ""


def _unpacked(value: str, kind: str) -> str:
    """What base64 holds; the value itself if that is no text, nothing for pictures and sounds."""
    try:
        return base64.b64decode(value).decode("utf-8")
    except ValueError:
        return "" if _IS_MEDIA.match(kind) else value


def _all(found: Found, names: tuple[str, ...]) -> Iterator[Element]:
    for name in names:
        yield from found.get(name, ())
