"""
What became of one item: what it was taken for, who was told, what was withheld. Reads only.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Column, ColumnElement, Connection, func, or_, select

from watcher.model import Alert, Decision, Development, DevelopmentId, Hold, Item, ItemId, Seen, Story
from watcher.store.codec import load
from watcher.store.rows import to_item
from watcher.store.tables import alerts, decisions, developments, holds, items, quarantine, seen, stories

MOST_FOUND = 20


@dataclass(frozen=True, slots=True)
class Taken:
    """One report of the item and what it was taken for; None where retention has dropped the rest."""

    decision: Decision
    development: Development | None
    story: Story | None


@dataclass(frozen=True, slots=True)
class ItemAccount:
    """
    Everything that is on file about one item.

    Args:
        item: None: retention has dropped it.
        seen: None: it was never read.
        taken: In the order of deciding; an edited item was decided more than once.
        alerts: About the developments that it founded or joined, whoever raised them.
        holds: Of the item itself, and the last one of each team and development.
        crash: The end of the traceback, when it made watcher crash.
    """

    item: Item | None
    seen: Seen | None
    taken: tuple[Taken, ...]
    alerts: tuple[Alert, ...]
    holds: tuple[Hold, ...]
    crash: str = ""


def find_items(connection: Connection, what: str, url: str) -> tuple[Item, ...]:
    """
    Items by address, by the beginning of an id (also of an alert or development), or by words of the title; the last
    seen first, twenty at most.

    Args:
        url: The canonical form of `what`.
    """
    what = what.strip()
    if what.startswith(("http://", "https://")):
        named = select(seen.c.item).where(seen.c.url == url)
        return _items(connection, or_(items.c.id.in_(named), items.c.url == what))
    if what and " " not in what:
        of_alert = select(func.json_extract(alerts.c.payload, "$.item")).where(_begins(alerts.c.id, what))
        of_development = select(func.json_extract(developments.c.payload, "$.items[0]")).where(
            _begins(developments.c.id, what)
        )
        if found := _items(
            connection, or_(_begins(items.c.id, what), items.c.id.in_(of_alert), items.c.id.in_(of_development))
        ):
            return found
    words = what.casefold().split()
    return (
        _items(connection, *(func.casefolded(items.c.title).contains(word, autoescape=True) for word in words))
        if words
        else ()
    )


def account(connection: Connection, key: ItemId) -> ItemAccount:
    """What is on file about the item of this id."""
    row = connection.execute(select(items).where(items.c.id == key)).one_or_none()
    sight = connection.execute(select(seen).where(seen.c.item == key)).one_or_none()
    query = select(decisions.c.payload).where(decisions.c.item == key).order_by(decisions.c.seq)
    made = [load(Decision, payload) for payload in connection.execute(query).scalars()]
    matters = _matters(connection, list(dict.fromkeys(decision.development for decision in made)))
    ids = list(matters) or [decision.development for decision in made]
    crash = select(quarantine.c.error).where(quarantine.c.item == key).order_by(quarantine.c.seq.desc()).limit(1)
    return ItemAccount(
        to_item(row) if row else None,
        Seen(ItemId(sight.item), sight.url, sight.fingerprint, sight.time) if sight else None,
        tuple(Taken(one, *matters.get(one.development, (None, None))) for one in made),
        _alerts(connection, ids),
        _holds(connection, key, ids),
        connection.execute(crash).scalar_one_or_none() or "",
    )


def _begins(column: Column[str], what: str) -> ColumnElement[bool]:
    return column.startswith(what, autoescape=True)


def _items(connection: Connection, *which: ColumnElement[bool]) -> tuple[Item, ...]:
    query = select(items).where(*which).order_by(items.c.seen.desc(), items.c.id).limit(MOST_FOUND)
    return tuple(to_item(row) for row in connection.execute(query))


def _matters(connection: Connection, ids: list[DevelopmentId]) -> dict[DevelopmentId, tuple[Development, Story]]:
    query = select(developments.c.payload, stories.c.payload).join_from(
        developments, stories, stories.c.id == developments.c.story
    )
    found = connection.execute(query.where(developments.c.id.in_(ids)))
    pairs = [(load(Development, development), load(Story, story)) for development, story in found]
    return {development.id: (development, story) for development, story in pairs}


def _alerts(connection: Connection, ids: list[DevelopmentId]) -> tuple[Alert, ...]:
    query = select(alerts.c.payload).where(alerts.c.development.in_(ids)).order_by(alerts.c.time, alerts.c.id)
    return tuple(load(Alert, payload) for payload in connection.execute(query).scalars())


def _holds(connection: Connection, key: ItemId, ids: list[DevelopmentId]) -> tuple[Hold, ...]:
    last = select(func.max(holds.c.seq)).where(holds.c.development.in_(ids))
    wanted = or_(holds.c.item == key, holds.c.seq.in_(last.group_by(holds.c.development, holds.c.team)))
    # Asked for by development, which has an index; the item itself is among their reports.
    query = select(holds.c.payload).where(holds.c.development.in_(ids), wanted).order_by(holds.c.seq)
    return tuple(load(Hold, payload) for payload in connection.execute(query).scalars())
