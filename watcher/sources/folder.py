"""
A folder that files are put into → items.

Read are `.jsonl` (the item format), `.json` (items, or a JSON Feed), `.xml`, `.rss` and `.atom` (feeds)
and `.txt` (the first line is the title). Hidden files, `.part` and `.tmp` are left alone, and so is a file that was
touched a moment ago: it may be half written. Files stay where they are; whoever puts them there takes them away.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog

from watcher.errors import Problem
from watcher.model import Cursor, Failed, FailureReason, Fetch, Fetched, Item, ItemId, NotModified, Source
from watcher.sources.entries import to_items
from watcher.sources.feed import read_feed
from watcher.sources.items import read_items, to_item
from watcher.sources.plain import line, lines

FEEDS, LINES, TEXTS = (".xml", ".rss", ".atom"), (".jsonl", ".ndjson"), (".txt", ".md")
SETTLING_NS = 1_000_000_000
MOST_FILES = 2_000  # in one poll; what is left over is read in the next
MOST_BYTES = 20_000_000

log = structlog.get_logger()


class FolderReader:
    """Reads sources of kind `folder`."""

    def fetch(self, source: Source, cursor: Cursor) -> Fetch:
        """The names of files that came or changed since; `etag` is the change time of the latest."""
        since = int(cursor.etag) if cursor.etag and cursor.etag.isdigit() else 0
        settled = time.time_ns() - SETTLING_NS
        try:
            # The change time, not the modification time: a file that is moved here keeps the latter.
            found = sorted(
                (status.st_ctime_ns, path.name)
                for path in Path(source.address).iterdir()
                if _is_wanted(path) and since < (status := path.stat()).st_ctime_ns <= settled
            )[:MOST_FILES]
        except OSError as error:
            return Failed(FailureReason.CONNECTION, f"{source.address}: {error.strerror}")
        if not found:
            return NotModified()
        body = json.dumps([name for _, name in found] + [found[-1][0]]).encode()
        return Fetched(body, "application/json", source.address, etag=str(found[-1][0]))

    def parse(self, source: Source, fetched: Fetched, *, now: datetime) -> tuple[Item, ...] | Failed:
        """The items of these files; a file or line that cannot be read costs itself and is logged."""
        *names, _ = json.loads(fetched.body)
        folder = Path(source.address)
        return tuple(item for name in names for item in _items(folder / str(name), source, now))


def _is_wanted(path: Path) -> bool:
    known = (*FEEDS, *LINES, *TEXTS, ".json")
    return path.suffix.lower() in known and not path.name.startswith(".") and path.is_file()


def _items(path: Path, source: Source, now: datetime) -> Iterator[Item]:
    try:
        with path.open("rb") as file:
            body = file.read(MOST_BYTES + 1)
    except OSError as error:
        log.warning("file.rejected", source=source.id, file=path.name, detail=error.strerror)
        return
    if len(body) > MOST_BYTES:
        log.warning("file.rejected", source=source.id, file=path.name, detail=f"larger than {MOST_BYTES:,} bytes")
        return
    for found in _read(path, body, source, now):
        if isinstance(found, Item):
            yield found
        else:
            log.warning("file.rejected", source=source.id, file=path.name, detail=str(found))


def _read(path: Path, body: bytes, source: Source, now: datetime) -> Iterator[Item | Problem | str]:
    suffix = path.suffix.lower()
    if suffix in LINES:
        for item in read_items(body.splitlines(), path=path.name, now=now):
            yield _of(source, item) if isinstance(item, Item) else item
    elif suffix in TEXTS:
        title, _, text = body.decode("utf-8", "replace").lstrip().partition("\n")
        key = sha256(f"{source.id}\0{path.name}".encode("utf-8", "surrogatepass")).hexdigest()[:20]
        item = Item(ItemId(key), line(title), f"urn:watcher:{source.id}:{key}", source.id, now, text=lines(text))
        yield _of(source, item)
    elif suffix == ".json" and (records := _records(body)):
        for record in records:
            found = to_item(record, now=now)
            yield _of(source, found) if found else "an entry has neither title nor url"
    else:
        feed = read_feed(body, "", ZoneInfo(source.timezone))
        if isinstance(feed, Failed):
            yield feed.detail
        else:
            yield from to_items(source, feed.entries, base="", now=now)


def _records(body: bytes) -> list[object]:
    """The records of a JSON file; none when it is a JSON Feed or no JSON."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return []
    if isinstance(found, dict) and "version" in found and "items" in found:
        return []
    return found if isinstance(found, list) else [found]


def _of(source: Source, item: Item) -> Item:
    """The item as this source's: what it does not say itself, the source says."""
    return replace(
        item,
        source=source.id,
        publisher=item.publisher or source.publisher or "",
        lang=item.lang or source.lang,
        tier=source.tier,
        timezone=source.timezone,
    )
