"""
Teams that nobody is to be sent anything of, and sources that are not to be asked, until somebody says otherwise.

What a paused team is told is decided and kept; when it is resumed it leaves as one list. A paused source keeps its
place, and is caught up with afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, exists, insert, select, update

from watcher.store.database import Database
from watcher.store.tables import deliveries, pauses

TEAM, SOURCE = "team", "source"


@dataclass(frozen=True, slots=True)
class Pause:
    """
    A pause in force.

    Args:
        kind: `team` or `source`.
        held: Deliveries that wait for a team; 0 for a source.
    """

    kind: str
    name: str
    who: str
    reason: str
    since: datetime
    held: int = 0


def rests(kind: str, name: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether the team or source of a row rests."""
    return exists().where(pauses.c.kind == kind, pauses.c.name == name)


class Pauses:
    """Any process may write them; who polls and who delivers ask at each turn. Raises StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def pause(self, pause: Pause) -> bool:
        """From now on it rests; False: it did already, and stays as it was."""
        row = {name: getattr(pause, name) for name in ("kind", "name", "who", "reason", "since")}
        known = exists().where(pauses.c.kind == pause.kind, pauses.c.name == pause.name)
        with self._database.write() as connection:
            if connection.execute(select(known)).scalar_one():
                return False
            connection.execute(insert(pauses), row)
            return True

    def resume(self, kind: str, name: str, *, now: datetime) -> Pause | None:
        """What is left to be sent leaves as one list for each recipient. None: it did not rest."""
        which = and_(pauses.c.kind == kind, pauses.c.name == name)
        waiting = and_(deliveries.c.team == name, deliveries.c.next <= now, deliveries.c.parcel.is_(None))
        alerts_only = deliveries.c.alert.is_not(None)
        with self._database.write() as connection:
            row = connection.execute(select(pauses).where(which)).one_or_none()
            if row is None:
                return None
            connection.execute(delete(pauses).where(which))
            held = 0
            if kind == TEAM:
                bundle = f"{name} resumed {now.isoformat()}"
                held = connection.execute(update(deliveries).where(waiting, alerts_only).values(bundle=bundle)).rowcount
            return Pause(row.kind, row.name, row.who, row.reason, row.since, held)

    def listed(self) -> tuple[Pause, ...]:
        """Every pause in force, the oldest first."""
        with self._database.read() as connection:
            return tuple(
                Pause(row.kind, row.name, row.who, row.reason, row.since)
                for row in connection.execute(select(pauses).order_by(pauses.c.since, pauses.c.name))
            )
