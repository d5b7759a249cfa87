"""Items as they are stored, for a replay: page by page, so that no reader holds the log of the database up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import and_, func, or_, select

from watcher.model import Item
from watcher.store.database import Database
from watcher.store.rows import to_item
from watcher.store.tables import items

PAGE = 2_000


def count_items(database: Database, *, since: datetime) -> int:
    """How many items were seen since. Raises StoreError."""
    with database.read() as connection:
        return connection.execute(select(func.count()).where(items.c.seen >= since)).scalar_one()


def read_items(database: Database, *, since: datetime) -> Iterator[Item]:
    """The items seen since, in the order of `seen`; retention empties their texts after a week. Raises StoreError."""
    start, last = since, ""
    while True:
        further = or_(items.c.seen > start, and_(items.c.seen == start, items.c.id > last))
        query = select(items).where(items.c.seen >= start, further).order_by(items.c.seen, items.c.id).limit(PAGE)
        with database.read() as connection:
            page = [to_item(row) for row in connection.execute(query)]
        if not page:
            return
        yield from page
        start, last = page[-1].seen, page[-1].id


def latest_items(database: Database, *, limit: int) -> tuple[Item, ...]:
    """The last items that were seen, oldest first. Raises StoreError."""
    query = select(items).order_by(items.c.seen.desc(), items.c.id.desc()).limit(limit)
    with database.read() as connection:
        return tuple(reversed([to_item(row) for row in connection.execute(query)]))
