"""
What the decider must know again after a restart, read in one consistent view.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Column, Connection, Select, func, or_, select

from watcher.model import Alert, Appointment, Development, DevelopmentId, Filed, Hold, ItemId, Report, Seen, Story
from watcher.store.codec import load
from watcher.store.database import Database
from watcher.store.tables import alerts, appointments, developments, holds, reports, seen, stories

BATCH = 2_000
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Remembered:
    """
    Streams that can each be read once, while the block of `remembered` lasts.

    Args:
        stories: Open ones, and closed ones that were seen since; the last seen last.
        developments: Those seen since.
        appointments: Those ahead, those that open stories are about, and those that changed since.
        reports: Of these developments, in the order of their commits.
        alerts: About these developments, and all since `told_since`; the oldest first.
        holds: The last one of each team and development, of the same reach.
    """

    stories: Iterator[Story]
    developments: Iterator[Development]
    appointments: Iterator[Appointment]
    reports: Iterator[Filed]
    seen: Iterator[Seen]
    alerts: Iterator[Alert]
    holds: Iterator[Hold]


@contextmanager
def remembered(database: Database, *, since: datetime, told_since: datetime) -> Iterator[Remembered]:
    """What is open, was touched `since`, or was told or withheld `told_since`. Raises StoreError."""
    with database.read() as connection:
        yield Remembered(
            stories=_values(connection, Story, _stories(since)),
            developments=_values(connection, Development, _recent(developments.c.payload, since)),
            appointments=_values(connection, Appointment, _appointments(since)),
            reports=_reports(connection, since),
            seen=_seen(connection),
            alerts=_values(connection, Alert, _alerts(since, told_since)),
            holds=_values(connection, Hold, _holds(since, told_since)),
        )


def _values(connection: Connection, shape: type[Value], query: Select[str]) -> Iterator[Value]:
    for payload in connection.execute(query).yield_per(BATCH).scalars():
        yield load(shape, payload)


def _recent(column: Column[str], since: datetime) -> Select[str]:
    """A column of the developments that were seen since."""
    return select(column).where(developments.c.last_seen >= since)


def _stories(since: datetime) -> Select[str]:
    touched = or_(stories.c.closed.is_(None), stories.c.last_seen >= since)
    return select(stories.c.payload).where(touched).order_by(stories.c.last_seen)


def _appointments(since: datetime) -> Select[str]:
    about = select(stories.c.appointment).where(stories.c.closed.is_(None), stories.c.appointment.is_not(None))
    on_file = or_(
        appointments.c.day >= since.date().isoformat(), appointments.c.changed >= since, appointments.c.id.in_(about)
    )
    return select(appointments.c.payload).where(on_file).order_by(appointments.c.changed)


def _alerts(since: datetime, told_since: datetime) -> Select[str]:
    wanted = or_(alerts.c.time >= told_since, alerts.c.development.in_(_recent(developments.c.id, since)))
    return select(alerts.c.payload).where(wanted).order_by(alerts.c.time)


def _holds(since: datetime, told_since: datetime) -> Select[str]:
    last = select(func.max(holds.c.seq)).group_by(holds.c.development, holds.c.team)
    wanted = or_(holds.c.time >= told_since, holds.c.development.in_(_recent(developments.c.id, since)))
    return select(holds.c.payload).where(holds.c.seq.in_(last), wanted).order_by(holds.c.seq)


def _reports(connection: Connection, since: datetime) -> Iterator[Filed]:
    query = (
        select(reports.c.payload, reports.c.development)
        .where(reports.c.development.in_(_recent(developments.c.id, since)))
        .order_by(reports.c.seq)
    )
    for payload, development in connection.execute(query).yield_per(BATCH):
        yield Filed(load(Report, payload), DevelopmentId(development))


def _seen(connection: Connection) -> Iterator[Seen]:
    query = select(seen.c.item, seen.c.url, seen.c.fingerprint, seen.c.time)
    for item, url, fingerprint, time in connection.execute(query).yield_per(BATCH):
        yield Seen(ItemId(item), url, fingerprint, time)
