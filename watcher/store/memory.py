"""
What the decider must know again after a restart, read in one consistent view.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Select, func, or_, select

from watcher.model import Alert, Appointment, Development, DevelopmentId, Filed, Hold, ItemId, Report, Seen, Story
from watcher.store.codec import load
from watcher.store.database import Database
from watcher.store.tables import alerts, appointments, developments, holds, reports, seen, stories

BATCH = 2_000


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
    """
    What is open, was touched `since`, or was told or withheld `told_since`. Raises StoreError.
    """
    recent = select(developments.c.id).where(developments.c.last_seen >= since)
    touched = or_(stories.c.closed.is_(None), stories.c.last_seen >= since)
    about = select(stories.c.appointment).where(stories.c.closed.is_(None), stories.c.appointment.is_not(None))
    on_file = or_(
        appointments.c.day >= since.date().isoformat(),
        appointments.c.changed >= since,
        appointments.c.id.in_(about),
    )
    in_force = select(func.max(holds.c.seq)).group_by(holds.c.development, holds.c.team)
    with database.read() as connection:

        def payloads(query: Select[str]) -> Iterator[str]:
            return iter(connection.execute(query).yield_per(BATCH).scalars())

        yield Remembered(
            stories=(
                load(Story, payload)
                for payload in payloads(select(stories.c.payload).where(touched).order_by(stories.c.last_seen))
            ),
            developments=(
                load(Development, payload)
                for payload in payloads(select(developments.c.payload).where(developments.c.last_seen >= since))
            ),
            appointments=(
                load(Appointment, payload)
                for payload in payloads(select(appointments.c.payload).where(on_file).order_by(appointments.c.changed))
            ),
            reports=_reports(connection, recent),
            seen=_seen(connection),
            alerts=(
                load(Alert, payload)
                for payload in payloads(
                    select(alerts.c.payload)
                    .where(or_(alerts.c.time >= told_since, alerts.c.development.in_(recent)))
                    .order_by(alerts.c.time)
                )
            ),
            holds=(
                load(Hold, payload)
                for payload in payloads(
                    select(holds.c.payload)
                    .where(holds.c.seq.in_(in_force), or_(holds.c.time >= told_since, holds.c.development.in_(recent)))
                    .order_by(holds.c.seq)
                )
            ),
        )


def _reports(connection: Connection, recent: Select[str]) -> Iterator[Filed]:
    query = (
        select(reports.c.payload, reports.c.development)
        .where(reports.c.development.in_(recent))
        .order_by(reports.c.seq)
    )
    for payload, development in connection.execute(query).yield_per(BATCH):
        yield Filed(load(Report, payload), DevelopmentId(development))


def _seen(connection: Connection) -> Iterator[Seen]:
    query = select(seen.c.item, seen.c.url, seen.c.fingerprint, seen.c.time)
    for item, url, fingerprint, time in connection.execute(query).yield_per(BATCH):
        yield Seen(ItemId(item), url, fingerprint, time)
