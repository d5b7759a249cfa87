"""
How the watcher fares, for `status` and the health endpoint. Reads only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, case, func, select

from watcher.model import ItemId, SourceId
from watcher.store.database import Database
from watcher.store.pauses import SOURCE, TEAM, Pause, Pauses, rests
from watcher.store.rules import Rejected, RuleShelf
from watcher.store.tables import alerts, deliveries, gaps, lease, quarantine, sources, wakes

LIST_LIMIT = 20
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class SourceState:
    """A source as its last poll left it; None: never."""

    id: SourceId
    outcome: str | None
    detail: str
    failures: int
    polled_at: datetime | None
    succeeded_at: datetime | None
    next_poll: datetime


@dataclass(frozen=True, slots=True)
class Quarantined:
    """An item that made us crash, with the last line of the traceback."""

    item: ItemId
    source: str
    time: datetime
    error: str


@dataclass(frozen=True, slots=True)
class Overview:
    """
    How the watcher fares.

    Args:
        sources: Enrolled ones by state: `new`, `ok`, `failing`.
        failing: The worst of them first, at most `LIST_LIMIT`.
        last_poll: Of any source; None: there was none.
        overdue: By how much the source that waits longest is late.
        deliveries: By state: all that are owed or abandoned, and `sent` for alerts of the last day.
        oldest_owed: Since when the oldest delivery that may leave waits; None: nothing does.
        alerts: Raised in the last day.
        rejected: Teams whose folder has problems.
        gaps: Times of which items may be missing, opened in the last day, by state.
        quarantined: The latest first, at most `LIST_LIMIT`.
        holder: Who took the lease last, alive or not; empty: nobody did.
        size_bytes: Of the database and its log.
        paused: Teams and sources that rest; what waits for them is not late.
    """

    sources: Mapping[str, int]
    failing: tuple[SourceState, ...]
    last_poll: datetime | None
    overdue: timedelta
    deliveries: Mapping[str, int]
    oldest_owed: datetime | None
    alerts: int
    rejected: tuple[Rejected, ...]
    gaps: Mapping[str, int]
    quarantined: tuple[Quarantined, ...]
    holder: str
    size_bytes: int
    paused: tuple[Pause, ...]


def overview(database: Database, *, now: datetime) -> Overview:
    """How the watcher fares at this time. Raises StoreError."""
    enrolled = and_(sources.c.enrolled.is_(True), ~rests(SOURCE, sources.c.id))
    paused = Pauses(database).listed()
    rejected = RuleShelf(database).rejected()
    with database.read() as connection:
        polled, waiting = connection.execute(
            select(func.max(sources.c.polled_at), func.min(sources.c.next_poll)).where(enrolled)
        ).one()
        owed = select(func.min(deliveries.c.due)).where(
            deliveries.c.next.is_not(None), deliveries.c.due <= now, ~rests(TEAM, deliveries.c.team)
        )
        raised = select(func.count()).select_from(alerts).where(alerts.c.time >= now - DAY)
        return Overview(
            sources=_by_state(connection),
            failing=_failing(connection),
            last_poll=polled,
            overdue=max(now - waiting, timedelta()) if waiting else timedelta(),
            deliveries=_deliveries(connection, now),
            oldest_owed=connection.execute(owed).scalar_one(),
            alerts=connection.execute(raised).scalar_one(),
            rejected=rejected,
            gaps=_gaps(connection, now),
            quarantined=_quarantined(connection),
            holder=connection.execute(select(lease.c.holder)).scalar_one(),
            size_bytes=database.size_bytes(),
            paused=paused,
        )


def _by_state(connection: Connection) -> dict[str, int]:
    state = case((sources.c.polled_at.is_(None), "new"), (sources.c.failures > 0, "failing"), else_="ok")
    query = select(state, func.count()).where(sources.c.enrolled.is_(True)).group_by(state)
    return {row[0]: row[1] for row in connection.execute(query)}


def _failing(connection: Connection) -> tuple[SourceState, ...]:
    query = (
        select(sources)
        .where(sources.c.enrolled.is_(True), sources.c.failures > 0)
        .order_by(sources.c.failures.desc(), sources.c.id)
        .limit(LIST_LIMIT)
    )
    return tuple(
        SourceState(
            id=SourceId(row.id),
            outcome=row.outcome,
            detail=row.detail,
            failures=row.failures,
            polled_at=row.polled_at,
            succeeded_at=row.succeeded_at,
            next_poll=row.next_poll,
        )
        for row in connection.execute(query)
    )


def _deliveries(connection: Connection, now: datetime) -> dict[str, int]:
    """Counts by state; each part has an index of its own, so that a year of sent ones costs nothing."""
    counted = func.count()
    state = deliveries.c.state
    owed = select(state, counted).where(deliveries.c.next.is_not(None)).group_by(state)
    given_up = select(state, counted).where(state == "abandoned").group_by(state)
    sent = (
        select(state, counted)
        .join_from(deliveries, alerts, alerts.c.id == deliveries.c.alert)
        .where(state == "sent", alerts.c.time >= now - DAY)
        .group_by(state)
    )
    return {name: count for query in (owed, given_up, sent) for name, count in connection.execute(query)}


def _gaps(connection: Connection, now: datetime) -> dict[str, int]:
    query = select(gaps.c.state, func.count()).where(gaps.c.opened >= now - DAY, gaps.c.source != "")
    return {row[0]: row[1] for row in connection.execute(query.group_by(gaps.c.state))}


def _quarantined(connection: Connection) -> tuple[Quarantined, ...]:
    query = select(quarantine).order_by(quarantine.c.seq.desc()).limit(LIST_LIMIT)
    return tuple(
        Quarantined(ItemId(row.item), row.source, row.time, row.error.strip().rpartition("\n")[2])
        for row in connection.execute(query)
    )


def next_wake(database: Database) -> datetime | None:
    """When the first row of the clock falls due; None: there is none."""
    with database.read() as connection:
        found: datetime | None = connection.execute(select(func.min(wakes.c.due))).scalar_one()
    return found
