"""
Stories as people see them: developments with who reported them when, who was told, and what is noise. Reads only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import takewhile

from sqlalchemy import Connection, func, literal_column, select

from watcher.model import (
    Alert,
    AlertId,
    Appointment,
    Development,
    DevelopmentId,
    Hold,
    Kind,
    Story,
    StoryId,
    TeamId,
)
from watcher.render import Heard, Step, Thread, with_undone
from watcher.store.codec import load
from watcher.store.database import chunks
from watcher.store.tables import (
    acknowledgements,
    alerts,
    appointments,
    deliveries,
    developments,
    holds,
    reports,
    stories,
)

MOST_STEPS = 500  # developments of one story that are shown; the latest
MOST_FOUND = 20


@dataclass(frozen=True, slots=True)
class Found:
    """Stories that a search could mean, the last seen first; exactly one is an answer."""

    stories: tuple[Story, ...]


def find(connection: Connection, what: str) -> Found:
    """The stories that an id of a story, development or alert begins, or whose titles hold all the words."""
    what = what.strip()
    if what and " " not in what:
        keys = [
            select(column).where(known.startswith(what, autoescape=True)).limit(MOST_FOUND)
            for known, column in (
                (stories.c.id, stories.c.id),
                (developments.c.id, developments.c.story),
                (alerts.c.id, alerts.c.story),
            )
        ]
        found = {key for query in keys for key in connection.execute(query).scalars()}
        if found:
            return Found(_stories(connection, found))
    words = what.casefold().split()
    if not words:
        return Found(())
    told = select(developments.c.story, func.max(developments.c.last_seen)).group_by(developments.c.story)
    for word in words:
        told = told.where(func.casefolded(developments.c.title).contains(word, autoescape=True))
    query = told.order_by(func.max(developments.c.last_seen).desc()).limit(MOST_FOUND)
    return Found(_stories(connection, [key for key, _ in connection.execute(query)]))


def thread(connection: Connection, story: Story, *, team: TeamId | None = None) -> Thread:
    """The story whole; with a team, only what that team was told counts as told."""
    appointment = None
    if story.appointment:
        found = connection.execute(select(appointments.c.payload).where(appointments.c.id == story.appointment))
        payload = found.scalar_one_or_none()
        appointment = load(Appointment, payload) if payload else None
    previous = _stories(connection, [story.previous]) if story.previous else ()
    whole = tuple(step.of(story.actors) for step in steps(connection, story.id, team=team))
    told = [alert.id for step in whole for alert in step.alerts]
    return Thread(story, whole, appointment, previous[0] if previous else None, _carers(connection, told))


def steps(
    connection: Connection, story: StoryId, *, team: TeamId | None = None, until: datetime | None = None
) -> tuple[Step, ...]:
    """
    The developments of a story, oldest first, noise included and marked.

    Args:
        until: Only those first seen by then.
    """
    query = select(developments.c.payload).where(developments.c.story == story)
    if until is not None:
        query = query.where(developments.c.first_seen <= until)
    # Of those that one poll brought, the order of deciding.
    query = query.order_by(developments.c.first_seen.desc(), literal_column("developments.rowid").desc())
    latest = connection.execute(query.limit(MOST_STEPS))
    found = [load(Development, payload) for payload in latest.scalars()][::-1]
    ids = [one.id for one in found]
    heard, told = _heard(connection, ids), _told(connection, ids, team)
    held = _held(connection, ids, team)
    sent = counted(connection, [alert.id for some in told.values() for alert in some])
    made = []
    for one in found:
        mine = tuple(told.get(one.id, ()))
        states = {alert.id: sent.get(alert.id, {}) for alert in mine}
        waiting = tuple(hold for hold in held.get(one.id, ()) if hold.team not in {alert.team for alert in mine})
        made.append(Step(one, heard.get(one.id, ()), mine, states, waiting))
    return with_undone(made)


def earlier(connection: Connection, alert: Alert, development: Development) -> tuple[Step, ...]:
    """
    What the story told before this alert's development, as its team may see it.

    Without noise, and of what the team was not told without what only may be new.
    """
    before = steps(connection, development.story, team=alert.team, until=development.first_seen)
    kept = takewhile(lambda step: step.development.id != development.id, before)
    # What the team is told later, such as at the next digest, was not told before this alert.
    known = (_as_known(step, alert, development) for step in kept)
    return tuple(
        step for step in known if not step.is_noise and (step.alerts or step.development.kind is not Kind.POSSIBLE)
    )


def _carers(connection: Connection, ids: Sequence[AlertId]) -> dict[AlertId, str]:
    columns = (acknowledgements.c.alert, acknowledgements.c.who)
    found: dict[AlertId, str] = {}
    for some in chunks(ids):
        query = select(*columns).where(acknowledgements.c.alert.in_(some))
        found.update((AlertId(key), who) for key, who in connection.execute(query))
    return found


def _as_known(step: Step, alert: Alert, development: Development) -> Step:
    told = tuple(one for one in step.alerts if one.time <= alert.time)
    return replace(step, alerts=told, holds=()).of(development.actors)


def _stories(connection: Connection, keys: Iterable[str]) -> tuple[Story, ...]:
    query = select(stories.c.payload).where(stories.c.id.in_(list(keys)[:MOST_FOUND]))
    found = [
        load(Story, payload) for payload in connection.execute(query.order_by(stories.c.last_seen.desc())).scalars()
    ]
    return tuple(found)


def _heard(connection: Connection, ids: Sequence[DevelopmentId]) -> dict[DevelopmentId, tuple[Heard, ...]]:
    """The first report of each outlet, by development."""
    fields = [func.json_extract(reports.c.payload, f"$.{name}") for name in ("publisher", "time", "seen", "credit")]
    first: dict[DevelopmentId, dict[str, Heard]] = {}
    for some in chunks(ids):
        query = select(reports.c.development, *fields).where(reports.c.development.in_(some)).order_by(reports.c.seq)
        for key, publisher, time, seen, credit in connection.execute(query):
            one = Heard(publisher, datetime.fromisoformat(time), datetime.fromisoformat(seen), credit or "")
            known = first.setdefault(DevelopmentId(key), {})
            if publisher not in known or one.time < known[publisher].time:
                known[publisher] = one
    return {key: tuple(sorted(known.values(), key=lambda one: one.time)) for key, known in first.items()}


def _told(
    connection: Connection, ids: Sequence[DevelopmentId], team: TeamId | None
) -> Mapping[DevelopmentId, list[Alert]]:
    told: dict[DevelopmentId, list[Alert]] = {}
    for some in chunks(ids):
        query = select(alerts.c.payload).where(alerts.c.development.in_(some))
        query = query if team is None else query.where(alerts.c.team == team)
        for payload in connection.execute(query.order_by(alerts.c.time, alerts.c.team)).scalars():
            alert = load(Alert, payload)
            told.setdefault(alert.development, []).append(alert)
    return told


def _held(
    connection: Connection, ids: Sequence[DevelopmentId], team: TeamId | None
) -> Mapping[DevelopmentId, list[Hold]]:
    """The hold in force of each team, by development."""
    held: dict[DevelopmentId, list[Hold]] = {}
    for some in chunks(ids):
        last = select(func.max(holds.c.seq)).where(holds.c.development.in_(some))
        last = last if team is None else last.where(holds.c.team == team)
        query = select(holds.c.payload).where(holds.c.seq.in_(last.group_by(holds.c.development, holds.c.team)))
        for payload in connection.execute(query.order_by(holds.c.seq)).scalars():
            hold = load(Hold, payload)
            held.setdefault(hold.development, []).append(hold)
    return held


def counted(connection: Connection, ids: Sequence[AlertId]) -> dict[AlertId, dict[str, int]]:
    """The number of deliveries in each state, by alert."""
    counted: dict[AlertId, dict[str, int]] = {}
    for some in chunks(ids):
        query = select(deliveries.c.alert, deliveries.c.state, func.count()).where(deliveries.c.alert.in_(some))
        query = query.group_by(deliveries.c.alert, deliveries.c.state)
        for alert, state, count in connection.execute(query):
            counted.setdefault(AlertId(alert), {})[state] = count
    return counted
