"""
What a reader of one format found → Items: ids that survive edits, addresses that are addresses, bounded plain text.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urljoin, urlsplit

from watcher.model import Item, ItemId, Source
from watcher.sources import plain
from watcher.text import canonical_url

MOST_ENTRIES = 5_000
"""Of one body; the largest real feeds have a thousand."""
_LONGEST_URL = 4_000
_LONGEST_TITLE_FROM_TEXT = 200
_BREAKS = re.compile(r"\s*[\t\r\n]\s*")
# What needs no mending: most links.
_PLAIN_ADDRESS = re.compile(r"https?://[A-Za-z0-9.-]{1,255}(?::\d{1,5})?/[!-~]{0,3000}")
_EDITION = re.compile(r"#\d{1,3}$")


@dataclass(frozen=True, slots=True)
class Entry:
    """
    One entry as a feed has it.

    Args:
        title: Plain text, one line; empty when there is none.
        text: Plain text.
        link: As written, resolved against `xml:base` only.
        guid: What the feed calls its identity; empty when there is none.
    """

    title: str
    text: str
    link: str
    guid: str
    published: datetime | None
    lang: str | None


@dataclass(frozen=True, slots=True)
class Feed:
    """
    Entries in the order of the feed; there may be none.

    Args:
        ttl: How often the feed says that it changes; None: it does not say.
        older: As written: where the entries before these are; empty: not said.
        generator: The program that made it; empty: not said.
    """

    entries: tuple[Entry, ...]
    ttl: timedelta | None = None
    older: str = ""
    generator: str = ""


def to_items(source: Source, entries: Sequence[Entry], *, base: str, now: datetime) -> tuple[Item, ...]:
    """
    The items of a source.

    The id of an item comes from its guid, so that an edit keeps it; without one from its address; without that from its
    title. A title that is missing is the beginning of the text; an entry with neither is no item.

    Args:
        base: The address the body came from, against which links are resolved.
    """
    links = [address(entry.link, base) or address(entry.guid) for entry in entries]
    items: dict[ItemId, Item] = {}
    for entry, link, name in zip(entries, links, _ids(source, entries, links), strict=True):
        title = entry.title or plain.cut(entry.text.partition("\n")[0], _LONGEST_TITLE_FROM_TEXT)
        if not title:
            continue
        item = Item(
            id=name,
            title=title,
            url=link,
            source=source.id,
            seen=now,
            published=entry.published,
            text=entry.text,
            lang=source.lang or entry.lang,
            publisher=source.publisher or "",
            tier=source.tier,
            timezone=source.timezone,
        )
        items.setdefault(name, item)
    return tuple(items.values())


def _ids(source: Source, entries: Sequence[Entry], links: Sequence[str]) -> Iterator[ItemId]:
    """
    One id for each entry.

    Some feeds give every entry the same guid, or link them all to the home page: what different entries share tells
    nothing apart and is passed over, lest one of them hide the others.
    """
    guids = [_guid(entry, link) for entry, link in zip(entries, links, strict=True)]
    family = source.publisher or source.id
    if all(guids) and len(set(guids)) == len(guids):
        yield from (_id_of_guid(guid, source, family) for guid in guids)
        return
    pages = [canonical_url(link) if link else "" for link in links]
    titles = [entry.title or entry.text for entry in entries]
    shared_guids = _shared(zip(guids, (page or title for page, title in zip(pages, titles, strict=True)), strict=True))
    shared_pages = _shared(zip(pages, (guid or title for guid, title in zip(guids, titles, strict=True)), strict=True))
    for guid, page, title in zip(guids, pages, titles, strict=True):
        if guid and guid not in shared_guids:
            yield _id_of_guid(guid, source, family)
        elif page and page not in shared_pages:
            yield item_id(family, page)
        else:
            yield item_id(source.id, page, title)


def _id_of_guid(guid: str, source: Source, family: str) -> ItemId:
    """A guid that is an address or a URN is the same thing in every feed of a family; a bare number is not."""
    return item_id(family if ":" in guid else source.id, guid)


def _guid(entry: Entry, link: str) -> str:
    """Without the number of the edition that some outlets append at each change (`…/articles/c1#2`)."""
    edition = _EDITION.search(entry.guid)
    page = entry.guid[: edition.start()] if edition else ""
    return page if page and page == link.partition("?")[0].partition("#")[0] else entry.guid


def _shared(pairs: Iterable[tuple[str, str]]) -> frozenset[str]:
    """The first halves that stand with different second halves."""
    other: dict[str, str] = {}
    return frozenset(key for key, value in pairs if other.setdefault(key, value) != value)


def item_id(*parts: str) -> ItemId:
    """A stable id: 128 bits of a hash, in hex."""
    text = "".join(f"{len(part)}:{part}" for part in parts)
    return ItemId(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest())


def address(link: str, base: str = "") -> str:
    """The absolute web address that a link means; empty for anything else, such as `javascript:`."""
    if _PLAIN_ADDRESS.fullmatch(link) and "&amp;" not in link:
        return link
    link = plain.line(_BREAKS.sub("", link.strip()), limit=_LONGEST_URL + 1).replace("&amp;", "&").replace(" ", "%20")
    if not link or len(link) > _LONGEST_URL:
        return ""
    try:
        whole = urljoin(base, link) if base and not link.startswith(("http://", "https://")) else link
        parts = urlsplit(whole)
        return whole if parts.scheme in ("http", "https") and parts.hostname else ""
    except ValueError:  # a bracket without its pair
        return ""


def joined(summary: str, content: str) -> str:
    """Summary and content as one text, each once."""
    if not content or content in summary:
        return summary
    if content.startswith(summary.rstrip(" .…")):
        return content
    return plain.cut(f"{summary}\n{content}", plain.LONGEST_TEXT)


def language(code: str) -> str | None:
    """ISO 639-1 of `en`, `en-US` or `en_us`; None for what is none."""
    main = code.strip().replace("_", "-").partition("-")[0].lower()
    return main if len(main) == 2 and main.isascii() and main.isalpha() else None
