"""
What people asked of a running watcher: not to be told of something for a time, and that somebody takes care of an
alert.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.sqlite import insert

from watcher.ingest import silence_rows
from watcher.model import AlertId, Silence
from watcher.store.codec import dump, load
from watcher.store.database import Database
from watcher.store.rows import of_wake
from watcher.store.tables import acknowledgements, alerts, holds, silences, wakes

KEPT = timedelta(days=31)
"""So long after its end a silence is still known to who decides: its report may be late."""


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """Somebody takes care of an alert."""

    alert: AlertId
    who: str
    time: datetime


@dataclass(frozen=True, slots=True)
class SilenceLine:
    """A silence, and how many developments it has hidden from teams."""

    silence: Silence
    hidden: int


class PeoplesWishes:
    """Silences and acknowledgements; any process may write them, the one that decides reads them. Raises StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def recent(self, *, now: datetime) -> tuple[tuple[Silence, ...], frozenset[AlertId]]:
        """Silences that may still matter, and the alerts that somebody takes care of."""
        since = now - KEPT
        with self._database.read() as connection:
            found = connection.execute(select(silences.c.payload).where(silences.c.end >= since)).scalars()
            wanted = tuple(load(Silence, payload) for payload in found)
            known = select(acknowledgements.c.alert).where(acknowledgements.c.time >= since)
            return wanted, frozenset(AlertId(key) for key in connection.execute(known).scalars())

    def silence(self, silence: Silence) -> None:
        """From its start to its end the silence hides what it names; the same id replaces an earlier one."""
        with self._database.write() as connection:
            _put(connection, silence)

    def change(self, beginning: str, *, end: datetime) -> Silence | None:
        """Let the silence whose id begins so end at another time; None: there is none, or more than one."""
        query = select(silences.c.payload).where(silences.c.id.startswith(beginning, autoescape=True)).limit(2)
        with self._database.write() as connection:
            found = connection.execute(query).scalars().all()
            if len(found) != 1:
                return None
            changed = replace(load(Silence, found[0]), end=end)
            _put(connection, changed)
        return changed

    def silences(self, *, since: datetime) -> tuple[SilenceLine, ...]:
        """Silences that end after this time, the first to end first."""
        query = select(silences.c.payload).where(silences.c.end > since).order_by(silences.c.end)
        with self._database.read() as connection:
            listed = [load(Silence, payload) for payload in connection.execute(query).scalars()]
            return tuple(SilenceLine(one, _hidden(connection, one)) for one in listed)

    def acknowledge(self, alert: AlertId, *, who: str, now: datetime) -> Acknowledgement:
        """
        Note that somebody takes care of the alert; who was first stays.

        Raises:
            KeyError: There is no such alert.
        """
        with self._database.write() as connection:
            if connection.execute(select(alerts.c.id).where(alerts.c.id == alert)).one_or_none() is None:
                raise KeyError(alert)
            row = {"alert": alert, "who": who, "time": now}
            connection.execute(insert(acknowledgements).on_conflict_do_nothing(index_elements=["alert"]), row)
            return _acknowledgement(connection, alert) or Acknowledgement(alert, who, now)

    def acknowledgement(self, alert: AlertId) -> Acknowledgement | None:
        """Who takes care of the alert; None: nobody said so."""
        with self._database.read() as connection:
            return _acknowledgement(connection, alert)


def _acknowledgement(connection: Connection, alert: AlertId) -> Acknowledgement | None:
    found = connection.execute(select(acknowledgements).where(acknowledgements.c.alert == alert)).one_or_none()
    return Acknowledgement(AlertId(found.alert), found.who, found.time) if found else None


def _put(connection: Connection, silence: Silence) -> None:
    row = {"id": silence.id, "start": silence.start, "end": silence.end, "payload": dump(silence)}
    query = insert(silences)
    changed = {"end": query.excluded.end, "payload": query.excluded.payload}
    connection.execute(query.on_conflict_do_update(index_elements=["id"], set_=changed), row)
    connection.execute(delete(wakes).where(wakes.c.subject == silence.id))
    connection.execute(insert(wakes), [of_wake(row) for row in silence_rows(silence)])


def _hidden(connection: Connection, silence: Silence) -> int:
    """Of the holds since it began, those that name it; each team and development once."""
    query = select(holds.c.team, holds.c.development, holds.c.payload).where(
        holds.c.time >= silence.start,
        holds.c.time <= silence.end,
        holds.c.payload.contains(silence.id, autoescape=True),
    )
    return len({(row.team, row.development) for row in connection.execute(query)})
