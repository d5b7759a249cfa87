"""
What is owed, until it is sent or given up.

A delivery is `due`, `claimed` (an attempt is under way), `postponed` (it will be tried again), `sent` or `abandoned`.
Each has one recipient, so one recipient's success or failure says nothing about another's. Every attempt is a row; one
whose process died ends as `lost`, and the delivery goes out again under its own id.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, exists, insert, select, update

from watcher.errors import DeliveryError
from watcher.model import Receipt
from watcher.protocols import Parcel
from watcher.schedule import next_attempt
from watcher.store.codec import sound
from watcher.store.database import Database
from watcher.store.rows import to_owed
from watcher.store.tables import attempts, deliveries

PARCEL_LIMIT = 100  # deliveries in one message; what is left over goes as another
DETAIL_LIMIT = 500  # characters of what the other side said


Found = Sequence[Row[Any]]


class SqlOutbox:
    """`protocols.Outbox` on the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def claim(self, kinds: Collection[str], *, now: datetime, lease: timedelta) -> Parcel | None:
        """The longest due parcel for channels of these kinds; None: nothing is due."""
        with self._database.write() as connection:
            head = connection.execute(_due(kinds, now).limit(1)).one_or_none()
            if head is None:
                return None
            found = _parcel(connection, head, now)
            ids = [row.id for row in found]
            _lose(connection, deliveries.c.id.in_(ids), now)
            connection.execute(
                update(deliveries)
                .where(deliveries.c.id.in_(ids))
                .values(state="claimed", parcel=found[0].id, next=now + lease, attempts=deliveries.c.attempts + 1)
            )
            started = [{"delivery": row.id, "number": row.attempts + 1, "started": now} for row in found]
            connection.execute(insert(attempts), started)
            claimed = select(deliveries).where(deliveries.c.id.in_(ids)).order_by(deliveries.c.seq)
            return tuple(to_owed(row) for row in connection.execute(claimed))

    def settle(self, parcel: Parcel, outcome: Receipt | DeliveryError, *, now: datetime) -> datetime | None:
        """Record how the attempt ended: sent, postponed or abandoned."""
        if isinstance(outcome, Receipt):
            state, again, detail = "sent", None, outcome.detail
        else:
            again = next_attempt(parcel[0].attempts, now=now, retry_after=outcome.retry_after)
            again = again if outcome.retryable else None
            state, detail = "postponed" if again else "abandoned", str(outcome)
        ids = [owed.id for owed in parcel]
        # Who comes late, after the claim ran out and another took it, may only add that it was sent after all.
        mine = and_(deliveries.c.state == "claimed", deliveries.c.attempts == parcel[0].attempts)
        still = deliveries.c.state != "sent" if state == "sent" else mine
        with self._database.write() as connection:
            connection.execute(
                update(deliveries).where(deliveries.c.id.in_(ids), still).values(state=state, next=again)
            )
            connection.execute(
                update(attempts)
                .where(attempts.c.delivery.in_(ids), attempts.c.number == parcel[0].attempts)
                .values(ended=now, outcome=state, detail=sound(detail)[:DETAIL_LIMIT])
            )
        return again


def free_claims(connection: Connection, *, now: datetime) -> None:
    """Make what a dead process was sending due again at once."""
    claimed = deliveries.c.state == "claimed"
    _lose(connection, claimed, now)
    connection.execute(update(deliveries).where(claimed).values(state="due", next=now))


def _due(kinds: Collection[str], now: datetime) -> Select[Any]:
    """Rows whose time has come, without those of recipients that something is being sent to."""
    other = deliveries.alias()
    busy = exists().where(
        other.c.state == "claimed",
        other.c.next > now,
        other.c.kind == deliveries.c.kind,
        other.c.recipient == deliveries.c.recipient,
    )
    return (
        select(deliveries)
        .where(deliveries.c.next <= now, deliveries.c.kind.in_(kinds), ~busy)
        .order_by(deliveries.c.next, deliveries.c.seq)
    )


def _parcel(connection: Connection, head: Row[Any], now: datetime) -> Found:
    """The rows that leave together with the first one: those it was sealed with, or its bundle as far as it is due."""
    if head.parcel is not None:
        together = and_(deliveries.c.parcel == head.parcel, deliveries.c.next.is_not(None))
    elif head.bundle:
        together = and_(
            deliveries.c.next <= now,
            deliveries.c.parcel.is_(None),
            *(deliveries.c[name] == head._mapping[name] for name in ("team", "channel", "kind", "recipient", "bundle")),
        )
    else:
        return [head]
    return connection.execute(select(deliveries).where(together).order_by(deliveries.c.seq).limit(PARCEL_LIMIT)).all()


def _lose(connection: Connection, which: ColumnElement[bool], now: datetime) -> None:
    """End the attempts of claims that nobody will settle."""
    ids = select(deliveries.c.id).where(which, deliveries.c.state == "claimed")
    connection.execute(
        update(attempts)
        .where(attempts.c.delivery.in_(ids), attempts.c.outcome.is_(None))
        .values(ended=now, outcome="lost", detail="the process ended before the attempt did")
    )
