"""
What is known of each source, for people. Reads only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from watcher.model import Cursor, Gap, SourceId
from watcher.store.codec import load
from watcher.store.database import Database
from watcher.store.rows import to_gap
from watcher.store.tables import gaps as table_of_gaps
from watcher.store.tables import sources


@dataclass(frozen=True, slots=True)
class Watched:
    """
    A source as its last poll left it.

    Args:
        outcome: See `Polled`; None: it was never polled.
        items: In the last body.
    """

    id: SourceId
    outcome: str | None
    detail: str
    items: int
    next_poll: datetime
    cursor: Cursor


def gaps(database: Database, *, since: datetime, limit: int) -> tuple[Gap, ...]:
    """Times of which items may be missing, the latest first. Raises StoreError."""
    query = select(table_of_gaps).where(table_of_gaps.c.opened >= since).order_by(table_of_gaps.c.opened.desc())
    with database.read() as connection:
        return tuple(to_gap(row) for row in connection.execute(query.limit(limit)))


def watched(database: Database) -> tuple[Watched, ...]:
    """Every source that is polled, by id. Raises StoreError."""
    query = select(sources).where(sources.c.enrolled.is_(True)).order_by(sources.c.id)
    with database.read() as connection:
        return tuple(
            Watched(SourceId(row.id), row.outcome, row.detail, row.items, row.next_poll, load(Cursor, row.cursor))
            for row in connection.execute(query)
        )
