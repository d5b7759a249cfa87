"""One source, on a worker: asked, and its answer read. Touches nothing that is shared."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from watcher.model import Cursor, Failed, FailureReason, Fetch, Fetched, Item, NotModified, Source
from watcher.protocols import Reader
from watcher.schedule import own_interval, rate_of

OUTAGE = timedelta(hours=1)
"""Who was not read for so long, and for three intervals, is being caught up with."""
FRESH = timedelta(hours=2)
"""What is younger is news all the same."""
MOST_EMPTY = 3
"""So often in a row an empty body counts as a fault; then it is what the source has to say."""


@dataclass(frozen=True, slots=True)
class Read:
    """
    What a worker brings back; `items` is empty unless there was a new body that could be read.

    Args:
        older: Where the items before these are.
        is_page: It was an older page, not the source itself.
    """

    source: Source
    before: Cursor
    outcome: Fetch
    items: tuple[Item, ...] = ()
    body_hash: str | None = None
    ttl: timedelta | None = None
    older: str | None = None
    is_page: bool = False


def read(reader: Reader, source: Source, cursor: Cursor, *, now: datetime) -> Read:
    """The answer of one source; also of the older page that is to be read first."""
    if cursor.address != source.address:
        # What was learnt elsewhere is no validator here; what the last version stored has no address.
        fresh = replace(cursor, etag=None, last_modified=None, body_hash=None, moved_to=None, gap=None, page=None)
        cursor = replace(fresh if cursor.address else cursor, address=source.address)
    if cursor.gap and cursor.page:
        return _page(reader, source, cursor, now=now)
    outcome = reader.fetch(source, cursor)
    if not isinstance(outcome, Fetched):
        return Read(source, cursor, outcome)
    body_hash = hashlib.blake2b(outcome.body, digest_size=16).hexdigest()
    if body_hash == cursor.body_hash:
        # Its validators may be new all the same, and only these will spare us the body next time.
        known = replace(cursor, etag=outcome.etag, last_modified=outcome.last_modified)
        return Read(source, known, NotModified(outcome.max_age))
    parsed = reader.parse(source, outcome, now=now)
    if isinstance(parsed, Failed):
        return Read(source, cursor, replace(parsed, max_age=outcome.max_age))
    if not parsed.items and cursor.visible and cursor.failures < MOST_EMPTY and source.kind != "folder":
        said = f"no items, where there were {cursor.visible}"
        return Read(source, cursor, Failed(FailureReason.EMPTIED, said, max_age=outcome.max_age))
    items = parsed.items
    if cursor.succeeded_at is None:
        cursor = replace(cursor, rate=rate_of(item.published for item in items))
        items = tuple(_on_first_contact(items, source, now))
    elif now - cursor.succeeded_at > max(OUTAGE, 3 * own_interval(source, cursor)):
        items = tuple(_late(items, now))
    return Read(source, cursor, replace(outcome, body=b""), items, body_hash, parsed.ttl, parsed.older)


def _page(reader: Reader, source: Source, cursor: Cursor, *, now: datetime) -> Read:
    """An older page: asked without validators, and what it has is late."""
    outcome = reader.fetch(source, Cursor(moved_to=cursor.page))
    if not isinstance(outcome, Fetched):
        return Read(source, cursor, outcome, is_page=True)
    parsed = reader.parse(source, outcome, now=now)
    if isinstance(parsed, Failed):
        return Read(source, cursor, parsed, is_page=True)
    items = tuple(_late(parsed.items, now))
    return Read(source, cursor, replace(outcome, body=b""), items, older=parsed.older, is_page=True)


def _on_first_contact(items: Iterable[Item], source: Source, now: datetime) -> Iterator[Item]:
    """The backlog is remembered and not told; an item without a date may be of any age, so it belongs to it."""
    oldest = now - source.baseline_age
    for item in items:
        yield replace(item, baseline=item.published is None or item.time < oldest)


def _late(items: Iterable[Item], now: datetime) -> Iterator[Item]:
    for item in items:
        yield replace(item, late=item.published is None or item.time < now - FRESH)
