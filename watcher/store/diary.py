"""
Appointments on file, with the reports behind them. Reads only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, or_, select

from watcher.model import ActorId, Appointment, ItemId, StoryId
from watcher.store.codec import load, sound
from watcher.store.database import chunks
from watcher.store.tables import appointments, items, stories

MOST = 1_000


@dataclass(frozen=True, slots=True)
class Kept:
    """
    An appointment as it stands.

    Args:
        changed: When its row was last written.
        sources: Title and address by item, as far as items are kept.
        stories: What is told of it.
    """

    appointment: Appointment
    changed: datetime
    sources: Mapping[ItemId, tuple[str, str]]
    stories: tuple[StoryId, ...]


def diary(
    connection: Connection,
    *,
    since: date | None = None,
    until: date | None = None,
    fresh: datetime | None = None,
    actors: tuple[ActorId, ...] = (),
) -> tuple[Kept, ...]:
    """
    Appointments by day, those without one last.

    Args:
        since, until: First and last day, inclusive; None: no bound.
        fresh: Those without a day only if something of them changed since; None: they are left out.
        actors: All of them take part; empty: whoever.
    """
    day = appointments.c.day
    query = select(appointments.c.payload, appointments.c.changed).order_by(day.is_(None), day, appointments.c.id)
    dated: ColumnElement[bool] = day.is_not(None)
    dated = dated if since is None else dated & (day >= since.isoformat())
    dated = dated if until is None else dated & (day <= until.isoformat())
    wanted = dated if fresh is None else or_(dated, day.is_(None) & (appointments.c.changed >= fresh))
    found = [
        (load(Appointment, payload), changed) for payload, changed in connection.execute(query.where(wanted)).all()
    ]
    return _kept(connection, [pair for pair in found if set(actors) <= set(pair[0].participants)][:MOST])


def entry(connection: Connection, beginning: str) -> tuple[Kept, ...]:
    """The appointments whose id begins so; two at most."""
    query = select(appointments.c.payload, appointments.c.changed)
    which = appointments.c.id.startswith(beginning, autoescape=True)
    found = connection.execute(query.where(which).limit(2)).all()
    return _kept(connection, [(load(Appointment, payload), changed) for payload, changed in found])


def _items_of(one: Appointment) -> tuple[ItemId, ...]:
    return tuple(dict.fromkeys([*(claim.item for claim in one.claims), *(move.item for move in one.moves)]))


def _kept(connection: Connection, found: list[tuple[Appointment, datetime]]) -> tuple[Kept, ...]:
    keys = dict.fromkeys(sound(key) for one, _ in found for key in _items_of(one))
    known: dict[ItemId, tuple[str, str]] = {}
    told: dict[str, list[StoryId]] = {}
    for some in chunks(list(keys)):
        query = select(items.c.id, items.c.title, items.c.url).where(items.c.id.in_(some))
        known.update((ItemId(key), (title, url)) for key, title, url in connection.execute(query))
    for some_ids in chunks([one.id for one, _ in found]):
        about = select(stories.c.appointment, stories.c.id).where(stories.c.appointment.in_(some_ids))
        for appointment, story in connection.execute(about.order_by(stories.c.last_seen.desc())):
            told.setdefault(appointment, []).append(StoryId(story))
    return tuple(
        Kept(
            one,
            changed,
            {key: known[key] for key in _items_of(one) if key in known},
            tuple(told.get(one.id, ())),
        )
        for one, changed in found
    )
