"""
What is owed, until it is sent or given up.

A delivery is `due`, `claimed` (an attempt is under way), `postponed` (it will be tried again), `sent` or `abandoned`.
Each has one recipient, so one recipient's success or failure says nothing about another's. Every attempt is a row; one
whose process died ends as `lost`, and the delivery goes out again under its own id.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Connection, Row, and_, bindparam, exists, insert, select, update

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
            head = connection.execute(_DUE, {"kinds": list(kinds), "now": now}).one_or_none()
            if head is None:
                return None
            found = _parcel(connection, head, now)
            if head.state == "claimed":
                _lose(connection, deliveries.c.id.in_([row.id for row in found]), now)
            parcel = tuple(replace(to_owed(row), attempts=row.attempts + 1) for row in found)
            ids = [owed.id for owed in parcel]
            connection.execute(_CLAIM, {"ids": ids, "first": ids[0], "until": now + lease})
            started = [{"delivery": owed.id, "number": owed.attempts, "started": now} for owed in parcel]
            connection.execute(insert(attempts), started)
            return parcel

    def settle(self, parcel: Parcel, outcome: Receipt | DeliveryError, *, now: datetime) -> datetime | None:
        """Record how the attempt ended: sent, postponed or abandoned."""
        number = parcel[0].attempts
        if isinstance(outcome, Receipt):
            state, again, detail = "sent", None, outcome.detail
        else:
            again = next_attempt(number, now=now, retry_after=outcome.retry_after) if outcome.retryable else None
            state, detail = "postponed" if again else "abandoned", str(outcome)
        ended = {"outcome": state, "ended": now, "detail": sound(detail)[:DETAIL_LIMIT]}
        which = {"ids": [owed.id for owed in parcel], "attempt": number}
        with self._database.write() as connection:
            if state == "sent":
                connection.execute(_SENT, {"ids": which["ids"]})
            else:
                connection.execute(_REFUSED, {**which, "to": state, "again": again})
            connection.execute(_END, {**which, **ended})
        return again


def free_claims(connection: Connection, *, now: datetime) -> None:
    """Make what a dead process was sending due again at once."""
    claimed = deliveries.c.state == "claimed"
    _lose(connection, claimed, now)
    connection.execute(update(deliveries).where(claimed).values(state="due", next=now))


def _busy() -> ColumnElement[bool]:
    """Something is being sent to the same recipient at this moment."""
    other = deliveries.alias()
    return exists().where(
        other.c.state == "claimed",
        other.c.next > bindparam("now"),
        other.c.kind == deliveries.c.kind,
        other.c.recipient == deliveries.c.recipient,
    )


# Built once: SQLAlchemy takes longer to build a statement than SQLite to run it.
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_DUE = (
    select(deliveries)
    .where(deliveries.c.next <= bindparam("now"), deliveries.c.kind.in_(bindparam("kinds", expanding=True)), ~_busy())
    .order_by(deliveries.c.next, deliveries.c.seq)
    .limit(1)
)
_CLAIM = (
    update(deliveries)
    .where(deliveries.c.id.in_(_IDS))
    .values(state="claimed", parcel=bindparam("first"), next=bindparam("until"), attempts=deliveries.c.attempts + 1)
)
_SENT = update(deliveries).where(deliveries.c.id.in_(_IDS)).values(state="sent", next=None)
# Who comes late, after the claim ran out and another took it, may only add that it was sent after all.
_REFUSED = (
    update(deliveries)
    .where(deliveries.c.id.in_(_IDS), deliveries.c.state == "claimed", deliveries.c.attempts == bindparam("attempt"))
    .values(state=bindparam("to"), next=bindparam("again"))
)
_END = update(attempts).where(attempts.c.delivery.in_(_IDS), attempts.c.number == bindparam("attempt"))


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
