"""
A folder that files are put into → items.

Read are `.jsonl` (the item format), `.json` (items, or a JSON Feed), `.xml`, `.rss` and `.atom` (feeds) and `.txt` (the
first line is the title). Hidden files, `.part` and `.tmp` are left alone, and so is a file that was touched a moment
ago: it may be half written. Files stay where they are; whoever puts them there takes them away.

What was read is remembered as the change time of the latest file. Not the modification time: a file that is moved here
keeps the latter.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog

from watcher.errors import Problem
from watcher.model import Cursor, Failed, FailureReason, Fetch, Fetched, Item, NotModified, Parsed, Source
from watcher.sources.decode import decode
from watcher.sources.entries import item_id, to_items
from watcher.sources.feed import read_feed
from watcher.sources.items import read_items, to_item
from watcher.sources.plain import line, lines

FEEDS, LINES, TEXTS = (".xml", ".rss", ".atom"), (".jsonl", ".ndjson"), (".txt", ".md")
_KNOWN = frozenset((*FEEDS, *LINES, *TEXTS, ".json"))
SETTLING = timedelta(seconds=1)
MOST_FILES = 2_000
"""In one poll, and `MOST_BYTES` of them together; what is left over is read in the next."""
MOST_BYTES = 20_000_000

log = structlog.get_logger()

Stamped = tuple[int, str, int]
"""Change time in nanoseconds, name, size in bytes."""


class FolderReader:
    """
    Reads sources of kind `folder`.

    Args:
        settling: A file that changed since is left for the next poll.
    """

    def __init__(self, settling: timedelta = SETTLING) -> None:
        self._settling_ns = int(settling / timedelta(microseconds=1)) * 1_000

    def fetch(self, source: Source, cursor: Cursor) -> Fetch:
        """The names of files that came or changed since, oldest first; `etag` is the change time of the latest."""
        now = time.time_ns()
        since = int(cursor.etag) if cursor.etag and cursor.etag.isdigit() else 0
        try:
            # A latest change that lies ahead means that the clock was set back: all is read again, which harms nobody.
            found = _changed(source.address, since=since if since <= now else 0, until=now - self._settling_ns)
        except OSError as error:
            return Failed(FailureReason.CONNECTION, f"{source.address}: {error.strerror}")
        if not found:
            return NotModified()
        body = json.dumps([(name, stamp) for stamp, name, _ in found]).encode()
        return Fetched(body, "application/json", source.address, etag=str(found[-1][0]))

    def parse(self, source: Source, fetched: Fetched, *, now: datetime) -> Parsed | Failed:
        """The items of these files; a file or line that cannot be read costs itself and is logged."""
        folder = Path(source.address)
        names = [name for name, _ in json.loads(fetched.body)]
        return Parsed(tuple(item for name in names for item in _items(folder / name, source, now)))


def _changed(folder: str, *, since: int, until: int) -> list[Stamped]:
    """Files by the time of their last change, up to the limits; those of one moment are never torn apart."""
    found: list[Stamped] = []
    with os.scandir(folder) as files:
        for file in files:
            if file.name.startswith(".") or Path(file.name).suffix.lower() not in _KNOWN:
                continue
            with suppress(FileNotFoundError):  # gone since
                status = file.stat()
                if file.is_file() and since < status.st_ctime_ns <= until:
                    found.append((status.st_ctime_ns, file.name, status.st_size))
    found.sort()
    total = 0
    for index, (stamp, _, size) in enumerate(found):
        total += size
        if (index >= MOST_FILES or total > MOST_BYTES) and index and stamp > found[index - 1][0]:
            return found[:index]
    return found


def _items(path: Path, source: Source, now: datetime) -> Iterator[Item]:
    try:
        with path.open("rb") as file:
            body = file.read(MOST_BYTES + 1)
            modified = datetime.fromtimestamp(os.fstat(file.fileno()).st_mtime, UTC)
    except OSError as error:
        _reject(source, path, error.strerror or "cannot be read")
        return
    if len(body) > MOST_BYTES:
        _reject(source, path, f"larger than {MOST_BYTES:,} bytes")
        return
    for found in _read(path, body, source, now):
        if isinstance(found, Item):
            # What has no date of its own is as old as its file.
            yield found if found.published else replace(found, published=modified)
        else:
            _reject(source, path, str(found))


def _reject(source: Source, path: Path, detail: str) -> None:
    log.warning("file.rejected", source=source.id, file=path.name, detail=detail)


def _read(path: Path, body: bytes, source: Source, now: datetime) -> Iterator[Item | Problem | str]:
    suffix = path.suffix.lower()
    if suffix in LINES:
        for item in read_items(body.splitlines(), path=path.name, now=now):
            yield _of(source, item) if isinstance(item, Item) else item
    elif suffix in TEXTS:
        title, _, text = decode(body)[0].lstrip().partition("\n")
        name = item_id(source.id, path.name)
        if title:
            yield _of(source, Item(name, line(title), "", source.id, now, text=lines(text)))
        else:
            yield "an empty file"
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
