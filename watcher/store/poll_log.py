"""
The decider's side of the store: what is due, and one transaction for everything that was decided about it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from sqlalchemy import Connection, Executable, Table, bindparam, delete, func, insert, select, update
from sqlalchemy.dialects.sqlite import Insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from watcher.ingest import Commit
from watcher.model import Cause, Cursor, Gap, GapState, Source, SourceId, Wake
from watcher.protocols import Due, Polled
from watcher.store import rows, tables
from watcher.store.codec import dump, load
from watcher.store.database import Database, chunks
from watcher.store.lease import Lease
from watcher.store.outbox import OWE, TELL
from watcher.store.pauses import SOURCE, rests

Value = TypeVar("Value")
DOWNTIME = timedelta(minutes=30)
"""Longer than the longest usual interval between two polls of anything."""
SLACK = timedelta(minutes=5)
"""A clock that is set back by less only puts everything off by as much."""


class Count(Protocol):
    """Adds up what is committed."""

    def __call__(self, polls: Sequence[Polled], commit: Commit, *, now: datetime) -> None:
        """Add one commit."""


class SqlPollLog:
    """
    `protocols.PollLog` on the database, for the holder of the lease.

    Args:
        count: Told of each commit once it is written.
    """

    def __init__(self, database: Database, lease: Lease, count: Count | None = None) -> None:
        self._database = database
        self._lease = lease
        self._count = count

    def enrol(self, sources: Iterable[Source], *, now: datetime) -> None:
        """From now on these sources are polled and no others."""
        table = tables.sources
        wanted = {source.id for source in sources}
        with self._database.write() as connection:
            self._lease.check(connection)
            known = {row.id: row.enrolled for row in connection.execute(select(table.c.id, table.c.enrolled))}
            back = [key for key in wanted if known.get(key) is False]
            gone = [key for key, enrolled in known.items() if enrolled and key not in wanted]
            for keys, enrolled in ((back, True), (gone, False)):
                for some in chunks(keys):
                    connection.execute(update(table).where(table.c.id.in_(some)).values(enrolled=enrolled))
            empty = dump(Cursor())
            new = [{"id": key, "enrolled": True, "next_poll": now, "cursor": empty} for key in wanted - known.keys()]
            if new:
                connection.execute(insert(table), new)

    def due(self, *, now: datetime, limit: int) -> tuple[Due, ...]:
        """Sources to poll now, the longest due first."""
        table = tables.sources
        query = (
            select(table.c.id, table.c.cursor, table.c.next_poll)
            .where(table.c.enrolled.is_(True), table.c.next_poll <= now, ~rests(SOURCE, table.c.id))
            .order_by(table.c.next_poll)
            .limit(limit)
        )
        with self._database.read() as connection:
            found = connection.execute(query)
            return tuple(Due(SourceId(key), load(Cursor, cursor), at) for key, cursor, at in found)

    def resting(self, *, now: datetime) -> tuple[tuple[SourceId, datetime], ...]:
        """Sources whose server asked to be left alone, and until when, as far as that lies ahead."""
        table = tables.sources
        query = select(table.c.id, table.c.cursor).where(
            table.c.failures > 0, table.c.next_poll > now, table.c.polled_at <= now + SLACK
        )
        with self._database.read() as connection:
            asked = [(SourceId(key), load(Cursor, text).rest_until) for key, text in connection.execute(query)]
        return tuple((key, until) for key, until in asked if until and until > now)

    def away(self, *, now: datetime) -> Gap | None:
        """The time since the last poll of any source, put on file if it is a downtime; None: it is none."""
        table = tables.sources
        polled = select(func.max(table.c.polled_at)).where(table.c.enrolled.is_(True))
        with self._database.write() as connection:
            self._lease.check(connection)
            last = connection.execute(polled).scalar_one()
            if last is None or now - last < DOWNTIME:
                return None
            gap = Gap(SourceId(""), now, last, now, Cause.DOWNTIME, GapState.LOST)
            _put(connection, tables.gaps, [rows.of_gap(gap)])
        return gap

    def rewind(self, *, now: datetime) -> int:
        """
        Make due what was put off by a clock that was ahead: else it would wait until that time comes again.

        Returns:
            Sources and deliveries.
        """
        ahead = now + SLACK
        raised = select(tables.alerts.c.id).where(tables.alerts.c.time > ahead)
        tried = select(tables.attempts.c.delivery).where(tables.attempts.c.started > ahead)
        owed = tables.deliveries
        with self._database.write() as connection:
            self._lease.check(connection)
            polled = update(tables.sources).where(tables.sources.c.polled_at > ahead).values(next_poll=now)
            late = owed.c.alert.in_(raised) | owed.c.id.in_(tried)
            sent = update(owed).where(owed.c.next > ahead, owed.c.state != "claimed", late).values(next=now)
            return connection.execute(polled).rowcount + connection.execute(sent).rowcount

    def wakes(self, *, now: datetime, limit: int) -> tuple[Wake, ...]:
        """Rows of the clock whose time has come, the longest due first."""
        table = tables.wakes
        query = select(table.c.kind, table.c.subject, table.c.due).where(table.c.due <= now)
        with self._database.read() as connection:
            found = connection.execute(query.order_by(table.c.due).limit(limit))
            return tuple(Wake(kind, subject, due) for kind, subject, due in found)

    def commit(self, polls: Sequence[Polled], commit: Commit, *, now: datetime) -> None:
        """Write everything that was decided and the polls it came from, or nothing."""
        with self._database.write() as connection:
            self._lease.check(connection)
            _put(connection, tables.items, map(rows.of_item, _last(commit.items, lambda item: item.id)))
            _put(connection, tables.seen, map(rows.of_seen, _last(commit.seen, lambda seen: seen.item)))
            # Stories before developments before reports, alerts before deliveries: the later refer to the earlier.
            _put(connection, tables.stories, map(rows.of_story, _last(commit.stories, lambda s: s.id)))
            _put(connection, tables.developments, map(rows.of_development, _last(commit.developments, lambda d: d.id)))
            _append(connection, tables.reports, map(rows.of_report, commit.reports))
            appointments = _last(commit.appointments, lambda appointment: appointment.id)
            _put(connection, tables.appointments, [rows.of_appointment(value, now) for value in appointments])
            _append(connection, tables.decisions, map(rows.of_decision, commit.decisions))
            _put(connection, tables.alerts, map(rows.of_alert, _last(commit.alerts, lambda alert: alert.id)))
            _append(connection, tables.holds, map(rows.of_hold, commit.holds))
            _run(connection, TELL, map(rows.of_notice, commit.notices))
            _run(connection, OWE, map(rows.of_owed, commit.deliveries))
            _run(connection, _SETTLE, ({"its_kind": w.kind, "its_subject": w.subject} for w in commit.settled))
            _put(connection, tables.wakes, map(rows.of_wake, _last(commit.wakes, lambda w: (w.kind, w.subject))))
            _append(connection, tables.quarantine, [rows.of_poisoned(value, now) for value in commit.poisoned])
            _run(connection, _POLL, map(rows.of_poll, polls))
            _put(connection, tables.gaps, [rows.of_gap(poll.gap) for poll in polls if poll.gap])
        if self._count:
            self._count(polls, commit, now=now)


def _upsert(table: Table) -> Insert:
    """Insert, or replace what is stored under the same key."""
    query = sqlite_insert(table)
    keys = [column.name for column in table.primary_key]
    return query.on_conflict_do_update(
        index_elements=keys, set_={name: value for name, value in query.excluded.items() if name not in keys}
    )


_UPSERTS = {
    table: _upsert(table)
    for table in (
        tables.items,
        tables.seen,
        tables.stories,
        tables.developments,
        tables.appointments,
        tables.alerts,
        tables.wakes,
        tables.gaps,
    )
}
_SETTLE = delete(tables.wakes).where(
    tables.wakes.c.kind == bindparam("its_kind"), tables.wakes.c.subject == bindparam("its_subject")
)
_POLL = update(tables.sources).where(tables.sources.c.id == bindparam("source"))


def _put(connection: Connection, table: Table, values: Iterable[rows.Values]) -> None:
    _run(connection, _UPSERTS[table], values)


def _append(connection: Connection, table: Table, values: Iterable[rows.Values]) -> None:
    _run(connection, insert(table), values)


def _run(connection: Connection, query: Executable, values: Iterable[rows.Values]) -> None:
    """Once for each of the values."""
    if listed := list(values):
        connection.execute(query, listed)


def _last(values: Iterable[Value], key: Callable[[Value], Hashable]) -> Iterable[Value]:
    """The last value of each key, in the order in which the keys first appear."""
    return {key(value): value for value in values}.values()
