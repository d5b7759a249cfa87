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

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Row,
    and_,
    bindparam,
    delete,
    exists,
    false,
    insert,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from watcher.aftermath import Aftermath
from watcher.model import Owed, Receipt, TeamId
from watcher.protocols import Parcel
from watcher.store.codec import sound
from watcher.store.database import Database, chunks
from watcher.store.pauses import TEAM, rests
from watcher.store.rows import of_notice, of_owed, to_owed
from watcher.store.tables import attempts, deliveries, disabled, notices

PARCEL_LIMITS = {"webhook": 100, "chat": 5_000}
"""Deliveries in one message by kind, `PARCEL_LIMIT` of others; what is left over goes as another. A receiver of
webhooks may refuse a large body; a chat shows a dozen and counts the rest."""
PARCEL_LIMIT = 500
UNSUBSCRIBED = "unsubscribed by its reader"
DETAIL_LIMIT = 500  # characters of what the other side said

Found = Sequence[Row[Any]]


class SqlOutbox:
    """`protocols.Outbox` on the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def claim(self, kinds: Collection[str], *, now: datetime, lease: timedelta) -> Parcel | None:
        """The longest due alert for channels of these kinds, or else the longest due list; None: nothing is due."""
        with self._database.write() as connection:
            asked = {"kinds": list(kinds), "now": now}
            # An alert that leaves by itself does not wait until a storm of lists is written.
            head = connection.execute(_DUE_ALONE, asked).one_or_none() or connection.execute(_DUE, asked).one_or_none()
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

    def settle(self, parcel: Parcel, outcome: Receipt | Aftermath, said: str, *, now: datetime) -> None:
        """Record how the attempt ended: sent, postponed or abandoned, and what follows."""
        which = {"ids": [owed.id for owed in parcel], "attempt": parcel[0].attempts}
        with self._database.write() as connection:
            if isinstance(outcome, Receipt):
                state = "sent"
                connection.execute(_SENT, {"ids": which["ids"]})
            else:
                state = "postponed" if outcome.again else "abandoned"
                connection.execute(_REFUSED, {**which, "to": state, "again": outcome.again})
                _follow(connection, parcel[0], outcome, now)
            ended = {"outcome": state, "ended": now, "detail": sound(said)[:DETAIL_LIMIT]}
            connection.execute(_END, {**which, **ended})

    def disabled(self, owed: Owed) -> str | None:
        """Why its recipient is not sent anything any more; None: it is."""
        with self._database.read() as connection:
            found = connection.execute(_DISABLED, _recipient(owed)).one_or_none()
        return f"{found.detail} on {found.since:%Y-%m-%d}; `watcher deliveries enable` ends that" if found else None

    def unsubscribe(self, owed: Owed, *, now: datetime) -> None:
        """Send nothing more to the recipient of this delivery through this kind of channel of the team."""
        with self._database.write() as connection:
            connection.execute(_DISABLE, {**_recipient(owed), "since": now, "detail": UNSUBSCRIBED})

    def enable(self, recipient: str, *, team: TeamId | None = None) -> int:
        """Use a recipient again that was gone or wanted nothing more; how many entries that ended."""
        which = and_(disabled.c.recipient == recipient, true() if team is None else disabled.c.team == team)
        with self._database.write() as connection:
            return connection.execute(delete(disabled).where(which)).rowcount

    def resend(
        self, beginnings: Collection[str], *, team: TeamId | None = None, abandoned: bool = False, now: datetime
    ) -> tuple[Owed, ...]:
        """
        Make deliveries due again, whatever became of them, with all that left with them and under their ids.

        Their attempts so far are forgiven, and an address that was gone is tried again.

        Args:
            beginnings: Of delivery ids.
            abandoned: Besides, everything that was given up, of the team if one is named.
        """
        named = [deliveries.c.id.startswith(one, autoescape=True) for one in beginnings]
        given_up = deliveries.c.state == "abandoned"
        if abandoned:
            named.append(given_up if team is None else given_up & (deliveries.c.team == team))
        with self._database.write() as connection:
            # What is being sent at this moment will be settled by whoever sends it.
            meant = select(deliveries).where(or_(false(), *named), deliveries.c.state != "claimed")
            parcels = {row.parcel for row in connection.execute(meant) if row.parcel}
            rows = {row.id: row for row in connection.execute(meant)}
            for some in chunks(sorted(parcels)):
                together = select(deliveries).where(deliveries.c.parcel.in_(some), deliveries.c.state != "claimed")
                rows.update((row.id, row) for row in connection.execute(together))
            for row in rows.values():
                connection.execute(_AGAIN, {"key": row.id, "now": now})
                connection.execute(_ENABLE, _recipient(to_owed(row)))
        return tuple(to_owed(row) for row in rows.values())


def free_claims(connection: Connection, *, now: datetime) -> None:
    """Make what a dead process was sending due again at once."""
    claimed = deliveries.c.state == "claimed"
    _lose(connection, claimed, now)
    connection.execute(update(deliveries).where(claimed).values(state="due", next=now))


def _follow(connection: Connection, first: Owed, outcome: Aftermath, now: datetime) -> None:
    """What others owe because of a failure, and whether its recipient stays in use. Told once: derived ids."""
    if outcome.notices:
        connection.execute(TELL, [of_notice(notice) for notice in outcome.notices])
    if outcome.owed:
        connection.execute(OWE, [of_owed(owed) for owed in outcome.owed])
    if outcome.disabled:
        detail = sound(outcome.disabled)[:DETAIL_LIMIT]
        connection.execute(_DISABLE, {**_recipient(first), "since": now, "detail": detail})


def _recipient(owed: Owed) -> dict[str, str]:
    return {"team": owed.team, "kind": owed.kind, "recipient": owed.recipient}


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
    .where(
        deliveries.c.next <= bindparam("now"),
        deliveries.c.kind.in_(bindparam("kinds", expanding=True)),
        ~_busy(),
        ~rests(TEAM, deliveries.c.team),
    )
    .order_by(deliveries.c.next, deliveries.c.seq)
    .limit(1)
)
_DUE_ALONE = _DUE.where(deliveries.c.bundle == "")
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
OWE = sqlite_insert(deliveries).on_conflict_do_nothing(index_elements=["id"])
TELL = sqlite_insert(notices).on_conflict_do_nothing(index_elements=["id"])
_DISABLE = sqlite_insert(disabled).on_conflict_do_nothing(index_elements=["team", "kind", "recipient"])
_IT = and_(*(disabled.c[name] == bindparam(name) for name in ("team", "kind", "recipient")))
_DISABLED = select(disabled).where(_IT)
_ENABLE = delete(disabled).where(_IT, disabled.c.detail != UNSUBSCRIBED)
_AGAIN = (
    update(deliveries)
    .where(deliveries.c.id == bindparam("key"))
    .values(state="due", next=bindparam("now"), forgiven=deliveries.c.attempts)
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
    limit = PARCEL_LIMITS.get(head.kind, PARCEL_LIMIT)
    return connection.execute(select(deliveries).where(together).order_by(deliveries.c.seq).limit(limit)).all()


def _lose(connection: Connection, which: ColumnElement[bool], now: datetime) -> None:
    """End the attempts of claims that nobody will settle."""
    ids = select(deliveries.c.id).where(which, deliveries.c.state == "claimed")
    connection.execute(
        update(attempts)
        .where(attempts.c.delivery.in_(ids), attempts.c.outcome.is_(None))
        .values(ended=now, outcome="lost", detail="the process ended before the attempt did")
    )
