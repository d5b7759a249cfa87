"""
What people ask about alerts: which there were, and what became of them. Reads only.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, and_, select, true

from watcher.model import ActorId, Alert, AlertId, Development, Item, ItemId, Notice, Owed, Story, Team, TeamId
from watcher.render import Thread, Told
from watcher.store.account import ItemAccount, account, find_items
from watcher.store.codec import load, sound
from watcher.store.database import Database, chunks
from watcher.store.diary import Kept, diary, entry
from watcher.store.rows import to_item, to_owed
from watcher.store.searching import Fed, Harvest, feed, search
from watcher.store.tables import alerts, attempts, deliveries, developments, items, notices, stories
from watcher.store.threads import Found, counted, earlier, find, thread

ITEM_LIMIT = 50  # items of one development that are shown; some have hundreds


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try. `outcome` is `sent`, `postponed`, `abandoned` or `lost` (the process died); None: under way."""

    number: int
    started: datetime
    ended: datetime | None
    outcome: str | None
    detail: str


@dataclass(frozen=True, slots=True)
class DeliveryState:
    """A delivery as it stands; `next`: when it is looked at again; None: it is done with."""

    owed: Owed
    state: str
    next: datetime | None
    attempts: tuple[Attempt, ...]


@dataclass(frozen=True, slots=True)
class AlertLine:
    """An alert for a list, with the number of its deliveries in each state."""

    alert: Alert
    title: str
    deliveries: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class AlertAccount:
    """Everything about one alert; items that retention has dropped are missing."""

    alert: Alert
    development: Development
    story: Story
    items: tuple[Item, ...]
    deliveries: tuple[DeliveryState, ...]


class Views:
    """Questions to the database; each method is one consistent view. All raise StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def alerts(
        self, *, team: TeamId | None = None, since: datetime | None = None, limit: int = 100
    ) -> tuple[AlertLine, ...]:
        """The latest alerts, newest first."""
        query = select(alerts.c.payload, developments.c.title).join_from(
            alerts, developments, developments.c.id == alerts.c.development, isouter=True
        )
        if team is not None:
            query = query.where(alerts.c.team == team)
        if since is not None:
            query = query.where(alerts.c.time >= since)
        with self._database.read() as connection:
            found = connection.execute(query.order_by(alerts.c.time.desc(), alerts.c.id).limit(limit)).all()
            listed = [(load(Alert, payload), title or "") for payload, title in found]
            states = counted(connection, [alert.id for alert, _ in listed])
        return tuple(AlertLine(alert, title, states.get(alert.id, {})) for alert, title in listed)

    def item(self, name: str) -> Item | None:
        """The item with this id or address, the latest; None: it is not on file."""
        query = select(items).where((items.c.id == sound(name)) | (items.c.url == sound(name)))
        with self._database.read() as connection:
            row = connection.execute(query.order_by(items.c.seen.desc()).limit(1)).one_or_none()
        return None if row is None else to_item(row)

    def alert(self, beginning: str) -> AlertAccount | None:
        """The alert whose id begins so; None: there is none, or more than one."""
        query = select(alerts.c.payload).where(alerts.c.id.startswith(beginning, autoescape=True)).limit(2)
        with self._database.read() as connection:
            found = connection.execute(query).scalars().all()
            if len(found) != 1:
                return None
            alert = load(Alert, found[0])
            development, story = _matter(connection, alert)
            return AlertAccount(
                alert,
                development,
                story,
                _items(connection, development.items),
                _deliveries(connection, deliveries.c.alert == alert.id, ITEM_LIMIT),
            )

    def stories(self, what: str) -> Found:
        """The stories that an id of a story, development or alert begins, or whose titles hold all the words."""
        with self._database.read() as connection:
            return find(connection, what)

    def search(self, words: Sequence[str], *, since: datetime | None, until: datetime | None, limit: int) -> Harvest:
        """Items and alerts that hold all the words. See `searching.search`."""
        with self._database.read() as connection:
            return search(connection, words, since=since, until=until, limit=limit)

    def feed(
        self, *, after: int, team: TeamId | None = None, since: datetime | None = None, limit: int = 100
    ) -> tuple[Fed, ...]:
        """Alerts raised after that one, in the order of raising. See `searching.feed`."""
        with self._database.read() as connection:
            return feed(connection, after=after, team=team, since=since, limit=limit)

    def find_items(self, what: str, url: str) -> tuple[Item, ...]:
        """Items by address (`url` is its canonical form), id or words of the title. See `account.find_items`."""
        with self._database.read() as connection:
            return find_items(connection, what, url)

    def account(self, item: ItemId) -> ItemAccount:
        """Everything on file about one item."""
        with self._database.read() as connection:
            return account(connection, item)

    def appointments(
        self, *, since: date | None, until: date | None, fresh: datetime | None, actors: tuple[ActorId, ...] = ()
    ) -> tuple[Kept, ...]:
        """Appointments by day, those without one last. See `diary.diary`."""
        with self._database.read() as connection:
            return diary(connection, since=since, until=until, fresh=fresh, actors=actors)

    def appointment(self, beginning: str) -> tuple[Kept, ...]:
        """The appointments whose id begins so; two at most."""
        with self._database.read() as connection:
            return entry(connection, beginning)

    def thread(self, story: Story, *, team: TeamId | None = None) -> Thread:
        """The story whole; with a team, only what that team was told counts as told."""
        with self._database.read() as connection:
            return thread(connection, story, team=team)

    def deliveries(
        self, states: Collection[str], *, team: TeamId | None = None, limit: int = 100
    ) -> tuple[DeliveryState, ...]:
        """Deliveries in these states, oldest first, with every attempt."""
        which = and_(deliveries.c.state.in_(states), true() if team is None else deliveries.c.team == team)
        with self._database.read() as connection:
            return _deliveries(connection, which, limit)

    def delivery(self, beginning: str) -> DeliveryState | None:
        """The delivery whose id begins so, with every attempt; None: there is none, or more than one."""
        with self._database.read() as connection:
            found = _deliveries(connection, deliveries.c.id.startswith(beginning, autoescape=True), 2)
        return found[0] if len(found) == 1 else None

    def titles(self, told: Collection[AlertId]) -> Mapping[AlertId, str]:
        """What alerts and notices are about, in a line each."""
        found: dict[AlertId, str] = {}
        with self._database.read() as connection:
            for some in chunks(list(told)):
                query = select(alerts.c.id, developments.c.title).join_from(
                    alerts, developments, developments.c.id == alerts.c.development
                )
                found.update(
                    (AlertId(key), title) for key, title in connection.execute(query.where(alerts.c.id.in_(some)))
                )
                about = select(notices.c.payload).where(notices.c.id.in_(some))
                values = [load(Notice, payload) for payload in connection.execute(about).scalars()]
                found.update((value.id, value.subject) for value in values)
        return found

    def notice(self, key: AlertId) -> Notice:
        """
        What a team is told about watcher itself.

        Raises:
            KeyError: There is no such notice.
        """
        with self._database.read() as connection:
            payload = connection.execute(select(notices.c.payload).where(notices.c.id == key)).scalar_one_or_none()
        if payload is None:
            raise KeyError(key)
        return load(Notice, payload)

    def told(self, alert: AlertId, team: Team) -> Told:
        """
        What the renderer needs. An item that retention has dropped is replaced by what its development says.

        Raises:
            KeyError: There is no such alert.
        """
        with self._database.read() as connection:
            payload = connection.execute(select(alerts.c.payload).where(alerts.c.id == alert)).scalar_one_or_none()
            if payload is None:
                raise KeyError(alert)
            raised = load(Alert, payload)
            development, story = _matter(connection, raised)
            found = {item.id: item for item in _items(connection, (raised.item, *development.items))}
            lead = found.get(raised.item) or Item(
                raised.item, development.title, development.url, "", development.first_seen
            )
            joined = tuple(found[key] for key in development.items if key in found)
            return Told(raised, team, development, story, lead, joined, earlier(connection, raised, development))


def _matter(connection: Connection, alert: Alert) -> tuple[Development, Story]:
    """What the alert is about, as it stands now."""
    query = select(developments.c.payload, stories.c.payload).join_from(
        developments, stories, stories.c.id == developments.c.story
    )
    development, story = connection.execute(query.where(developments.c.id == alert.development)).one()
    return load(Development, development), load(Story, story)


def _items(connection: Connection, ids: Sequence[ItemId]) -> tuple[Item, ...]:
    """The first `ITEM_LIMIT` of these that are still on file, in this order."""
    wanted = [sound(key) for key in dict.fromkeys(ids)][:ITEM_LIMIT]
    found = {row.id: to_item(row) for row in connection.execute(select(items).where(items.c.id.in_(wanted)))}
    return tuple(found[key] for key in wanted if key in found)


def _deliveries(connection: Connection, which: ColumnElement[bool], limit: int) -> tuple[DeliveryState, ...]:
    rows = connection.execute(select(deliveries).where(which).order_by(deliveries.c.seq).limit(limit)).all()
    tried: dict[str, list[Attempt]] = {}
    for some in chunks([row.id for row in rows]):
        query = select(attempts).where(attempts.c.delivery.in_(some)).order_by(attempts.c.number)
        for row in connection.execute(query):
            attempt = Attempt(row.number, row.started, row.ended, row.outcome, row.detail)
            tried.setdefault(row.delivery, []).append(attempt)
    return tuple(DeliveryState(to_owed(row), row.state, row.next, tuple(tried.get(row.id, ()))) for row in rows)
