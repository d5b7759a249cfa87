"""
Finding stored items and alerts by their words, alerts as a feed, and everything of a kind for export. Reads only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, column, func, select, table
from sqlalchemy.engine import Row

from watcher.model import Alert, Appointment, Development, Item, ItemId, Story, TeamId
from watcher.store.codec import load
from watcher.store.database import Database, chunks
from watcher.store.indexing import match_of
from watcher.store.rows import to_item
from watcher.store.tables import (
    alert_feed,
    alerts,
    appointments,
    decisions,
    developments,
    items,
    search_rows,
    stories,
)

PAGE = 1_000
_words = table("search_words", column("rowid"), column("search_words"))


@dataclass(frozen=True, slots=True)
class Hit:
    """An item that was found, and the teams that were told of its development."""

    item: Item
    told: tuple[TeamId, ...]


@dataclass(frozen=True, slots=True)
class Fed:
    """An alert with what it is about; `cursor` names its place in the order of raising, for ever."""

    cursor: int
    alert: Alert
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Harvest:
    """
    What a search found.

    Args:
        hits: The last seen first; `total` counts those beyond the limit too.
        alerts: By the titles of their developments, the newest first.
    """

    hits: tuple[Hit, ...]
    total: int
    alerts: tuple[Fed, ...]


def search(
    connection: Connection, words: Sequence[str], *, since: datetime | None, until: datetime | None, limit: int
) -> Harvest:
    """Items and alerts that hold all the words, in any order and with any ending."""
    asked = match_of(words)
    if not asked:
        return Harvest((), 0, ())
    matching = _words.c.search_words.op("MATCH")(asked)
    within: list[ColumnElement[bool]] = [items.c.seen >= since] if since else []
    within += [items.c.seen <= until] if until else []
    joined = _words.join(search_rows, search_rows.c.seq == _words.c.rowid).join(items, items.c.id == search_rows.c.item)
    # By the numbers of the index, which are in the order of reading: nothing is sorted, however many there are.
    query = select(items).select_from(joined).where(matching, *within).order_by(_words.c.rowid.desc()).limit(limit)
    listed = [to_item(row) for row in connection.execute(query)]
    counted = select(func.count()).select_from(joined if within else _words).where(matching, *within)
    total = connection.execute(counted).scalar_one()
    told = _told(connection, [item.id for item in listed])
    hits = tuple(Hit(item, tuple(told.get(item.id, ()))) for item in listed)
    return Harvest(hits, total, _alerts(connection, asked, since=since, until=until, limit=limit))


def _told(connection: Connection, ids: Sequence[ItemId]) -> Mapping[ItemId, list[TeamId]]:
    told: dict[ItemId, list[TeamId]] = {}
    about = func.json_extract(decisions.c.payload, "$.development")
    for some in chunks(ids):
        query = select(decisions.c.item, alerts.c.team).join_from(decisions, alerts, alerts.c.development == about)
        for item, team in connection.execute(query.where(decisions.c.item.in_(some)).distinct()):
            told.setdefault(ItemId(item), []).append(TeamId(team))
    return told


def _alerts(
    connection: Connection, asked: str, *, since: datetime | None, until: datetime | None, limit: int
) -> tuple[Fed, ...]:
    """Alerts are kept longer than items, so they are found by the titles of their developments."""
    query = _fed().where(func.holds_words(developments.c.title, asked)).order_by(alert_feed.c.seq.desc()).limit(limit)
    query = query.where(alerts.c.time >= since) if since else query
    query = query.where(alerts.c.time <= until) if until else query
    return tuple(map(_to_fed, connection.execute(query)))


def feed(
    connection: Connection, *, after: int, team: TeamId | None, since: datetime | None, limit: int
) -> tuple[Fed, ...]:
    """Alerts raised after that one, in the order of raising; none is left out and none comes twice."""
    query = _fed().where(alert_feed.c.seq > after)
    query = query if team is None else query.where(alerts.c.team == team)
    query = query.where(alerts.c.time >= since) if since else query
    return tuple(map(_to_fed, connection.execute(query.order_by(alert_feed.c.seq).limit(limit))))


def _fed() -> Select[Any]:
    columns = (alert_feed.c.seq, alerts.c.payload, developments.c.title, developments.c.payload.label("about"))
    query = select(*columns).join_from(alert_feed, alerts, alerts.c.id == alert_feed.c.alert)
    return query.join(developments, developments.c.id == alerts.c.development, isouter=True)


def _to_fed(row: Row[Any]) -> Fed:
    about = load(Development, row.about) if row.about else None
    return Fed(row.seq, load(Alert, row.payload), row.title or "", about.url if about else "")


EXPORTS = {
    "items": (items, items.c.seen, None),
    "alerts": (alerts, alerts.c.time, Alert),
    "developments": (developments, developments.c.first_seen, Development),
    "stories": (stories, stories.c.last_seen, Story),
    "appointments": (appointments, appointments.c.changed, Appointment),
}


def export(
    database: Database, kind: str, *, since: datetime | None = None, until: datetime | None = None
) -> Iterator[object]:
    """
    Every value of a kind by time, read page by page so that no log of the database is held up.

    Args:
        kind: One of `EXPORTS`.
    """
    source, moment, shape = EXPORTS[kind]
    key = source.c.id
    last: tuple[datetime, str] | None = None
    while True:
        query = select(source).order_by(moment, key).limit(PAGE)
        query = query.where(moment >= since) if since else query
        query = query.where(moment <= until) if until else query
        if last:
            query = query.where((moment > last[0]) | ((moment == last[0]) & (key > last[1])))
        with database.read() as connection:
            rows = connection.execute(query).all()
        for row in rows:
            yield to_item(row) if shape is None else load(shape, row.payload)
        if len(rows) < PAGE:
            return
        last = (rows[-1]._mapping[moment], rows[-1].id)
