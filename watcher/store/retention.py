"""
How long what is remembered, and forgetting the rest in small batches.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Table, delete, exists, select, update
from sqlalchemy.sql.dml import Delete, Update

from watcher.store.database import Database, chunks
from watcher.store.tables import (
    alerts,
    appointments,
    decisions,
    deliveries,
    developments,
    feedback,
    gaps,
    holds,
    items,
    notices,
    quarantine,
    reports,
    seen,
    silences,
    stories,
)

SCAN = 50_000  # rows that one search gives


@dataclass(frozen=True, slots=True)
class Retention:
    """
    For how long each is kept after it was last touched.

    Args:
        seen: Must exceed the time for which feeds repeat their old items, or those alert anew.
        stories: With their developments and appointments, once closed; alerts too, once nothing of them is owed, and
            what readers said of them.
        reports: Of closed stories.
    """

    text: timedelta = timedelta(days=7)
    items: timedelta = timedelta(days=35)
    decisions: timedelta = timedelta(days=90)
    reports: timedelta = timedelta(days=90)
    seen: timedelta = timedelta(days=400)
    stories: timedelta = timedelta(days=730)


KEEP = Retention()


def prune(database: Database, keep: Retention, *, now: datetime, stopping: Callable[[], bool]) -> int:
    """
    Forget what is older than it is kept for, in transactions of `CHUNK` rows so that no poll waits long.

    Args:
        stopping: Asked between transactions; what is left over waits for the next time.

    Returns:
        Rows deleted or emptied.
    """
    total = 0
    for table, which, query in _steps(keep, now):
        key = table.c.seq if "seq" in table.c else next(iter(table.primary_key))
        found: Sequence[Any] = ("",)
        while found and not stopping():
            # Looking for rows may take a second and locks nobody out; deleting these few by their key is quick.
            with database.read() as connection:
                found = connection.execute(select(key).where(which).limit(SCAN)).scalars().all()
            for some in chunks(found):
                if stopping():
                    break
                with database.write() as connection:
                    total += connection.execute(query.where(key.in_(some), which)).rowcount
    return total


def _steps(keep: Retention, now: datetime) -> tuple[tuple[Table, ColumnElement[bool], Delete | Update], ...]:
    closed = exists().where(
        developments.c.id == reports.c.development,
        stories.c.id == developments.c.story,
        stories.c.closed < now - keep.reports,
    )
    told = exists().where(deliveries.c.notice == notices.c.id, deliveries.c.next.is_not(None))
    owed = exists().where(deliveries.c.alert == alerts.c.id, deliveries.c.next.is_not(None))
    used = select(stories.c.appointment).where(stories.c.appointment.is_not(None))
    return (
        (items, (items.c.seen < now - keep.text) & items.c.text.is_not(None), update(items).values(text=None)),
        (items, items.c.seen < now - keep.items, delete(items)),
        (decisions, decisions.c.time < now - keep.decisions, delete(decisions)),
        (holds, holds.c.time < now - keep.decisions, delete(holds)),
        (quarantine, quarantine.c.time < now - keep.decisions, delete(quarantine)),
        (gaps, gaps.c.opened < now - keep.decisions, delete(gaps)),
        (reports, closed, delete(reports)),
        (seen, seen.c.time < now - keep.seen, delete(seen)),
        (alerts, (alerts.c.time < now - keep.stories) & ~owed, delete(alerts)),
        (feedback, feedback.c.time < now - keep.stories, delete(feedback)),
        (notices, (notices.c.time < now - keep.decisions) & ~told, delete(notices)),
        (silences, silences.c.end < now - keep.decisions, delete(silences)),
        (stories, (stories.c.last_seen < now - keep.stories) & stories.c.closed.is_not(None), delete(stories)),
        (
            appointments,
            (appointments.c.changed < now - keep.stories) & appointments.c.id.not_in(used),
            delete(appointments),
        ),
    )
