"""
What watcher remembers: one SQLite file, written in whole transactions.

Doors:

    open_store(url)             the database, brought to this version's schema, after a backup of an older one
    back_up, inspect, put_back  a copy while it is used, looked through; and the way back
    Store.lease(holder, now=)   the right to decide; None: another process has it
    Store.poll_log(lease)       `protocols.PollLog`: what is due, and the commit of what was decided
    Store.outbox                `protocols.Outbox`: what is owed to whom
    Store.remembered(...)       what `Memory.restore` and the ledger need after a start
    Store.wishes                what people asked for: silences, acknowledgements
    Store.pauses                teams and sources that rest
    Store.rules                 rule texts by team: last good versions, and those of any day
    Store.firings(since=)       how rules did
    Store.feedback              what readers say of alerts
    Store.views                 alerts for people, and what the renderer needs
    Store.items(since=)         what was read, for a replay
    Store.export(kind)          everything of a kind
    Store.overview(now=)        how the watcher fares
    Store.today(now=)           the last day, and which process works now
    Store.prune(now=)           forgetting, by retention
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

from watcher.model import Development, Gap, Item, TeamId
from watcher.store import archive, firing, memory, overview, retention, searching
from watcher.store import lease as leases
from watcher.store.backup import Copied, back_up, inspect, put_back
from watcher.store.database import BUSY, Database, create_file, path_of
from watcher.store.feedback import FeedbackBook
from watcher.store.firing import Firing, RuleName
from watcher.store.lease import Lease
from watcher.store.memory import Remembered
from watcher.store.outbox import SqlOutbox
from watcher.store.overview import Overview
from watcher.store.pauses import Pause, Pauses
from watcher.store.poll_log import DOWNTIME, SLACK, Count, SqlPollLog
from watcher.store.retention import KEEP, Retention
from watcher.store.rules import Rejected, RuleShelf
from watcher.store.schema import HEAD, refuse_newer, upgrade, version
from watcher.store.today import Today, today
from watcher.store.views import AlertAccount, AlertLine, Attempt, DeliveryState, Views
from watcher.store.watched import Watched, gaps, watched
from watcher.store.wishes import PeoplesWishes

__all__ = [
    "DOWNTIME",
    "SLACK",
    "AlertAccount",
    "AlertLine",
    "Attempt",
    "Copied",
    "DeliveryState",
    "Firing",
    "Lease",
    "Overview",
    "Pause",
    "Rejected",
    "Remembered",
    "Retention",
    "RuleName",
    "RuleShelf",
    "SqlOutbox",
    "SqlPollLog",
    "Store",
    "Today",
    "Views",
    "Watched",
    "back_up",
    "bring_up",
    "inspect",
    "open_store",
    "path_of",
    "put_back",
]


class Store:
    """One database, from any thread; `open_store` makes it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.outbox = SqlOutbox(database)
        self.rules = RuleShelf(database)
        self.views = Views(database)
        self.wishes = PeoplesWishes(database)
        self.pauses = Pauses(database)
        self.feedback = FeedbackBook(database)

    def lease(self, holder: str, *, now: datetime) -> Lease | None:
        """The right to decide for this database; None: a living process has it. See `lease.take`."""
        return leases.take(self._database, holder, now=now)

    def poll_log(self, lease: Lease, count: Count | None = None) -> SqlPollLog:
        """What the holder of the lease reads and writes."""
        return SqlPollLog(self._database, lease, count)

    def remembered(self, *, since: datetime, told_since: datetime) -> AbstractContextManager[Remembered]:
        """What the decider must know again. See `memory.remembered`."""
        return memory.remembered(self._database, since=since, told_since=told_since)

    def items(self, *, since: datetime) -> Iterator[Item]:
        """The items seen since, oldest first. See `archive.read_items`."""
        return archive.read_items(self._database, since=since)

    def latest_items(self, *, limit: int) -> tuple[Item, ...]:
        """The last items that were seen, oldest first."""
        return archive.latest_items(self._database, limit=limit)

    def count_items(self, *, since: datetime) -> int:
        """How many items were seen since."""
        return archive.count_items(self._database, since=since)

    def firings(self, *, since: datetime, team: TeamId | None = None) -> Mapping[RuleName, Firing]:
        """What every rule that met something did since. See `firing.firings`."""
        return firing.firings(self._database, since=since, team=team)

    def recent_developments(self, *, since: datetime) -> tuple[Development, ...]:
        """Developments first seen since, oldest first."""
        return firing.recent_developments(self._database, since=since)

    def export(self, kind: str, *, since: datetime | None = None, until: datetime | None = None) -> Iterator[object]:
        """Every value of a kind, one at a time. See `searching.export`."""
        return searching.export(self._database, kind, since=since, until=until)

    def next_wake(self) -> datetime | None:
        """When the clock has something to decide next; None: never."""
        return overview.next_wake(self._database)

    def overview(self, *, now: datetime) -> Overview:
        """How the watcher fares at this time."""
        return overview.overview(self._database, now=now)

    def today(self, *, now: datetime) -> Today:
        """What the last day brought, and which process works now."""
        return today(self._database, now=now)

    def watched(self) -> tuple[Watched, ...]:
        """Every source that is polled, as its last poll left it."""
        return watched(self._database)

    def gaps(self, *, since: datetime, limit: int = 1000) -> tuple[Gap, ...]:
        """Times of which items may be missing, the latest first."""
        return gaps(self._database, since=since, limit=limit)

    def prune(self, *, now: datetime, keep: Retention = KEEP, stopping: Callable[[], bool] = bool) -> int:
        """Forget what is older than it is kept for; the number of rows. See `retention.prune`."""
        return retention.prune(self._database, keep, now=now, stopping=stopping)

    def close(self) -> None:
        """Let go of the file. A lease is released by itself."""
        self._database.close()


def open_store(url: str, *, busy: timedelta = BUSY) -> Store:
    """
    The database at a URL such as `sqlite:///watcher.db`, made if there is none, its schema brought to this version.

    Args:
        busy: How long a write waits for another program that holds the database.

    Raises:
        StoreError: It cannot be opened; not retryable when it is of a newer version, damaged, or no SQLite URL.
    """
    path = path_of(url)
    create_file(path)
    database = Database(path, busy=busy)
    bring_up(database)
    return Store(database)


def bring_up(database: Database) -> Copied | None:
    """
    Bring an older schema to this version, after a backup beside the file; that backup. None: there was none to make.

    Raises:
        StoreError: A running watcher uses the database, it is of a newer version, or there is no room for the backup.
    """
    found = version(database)
    if found is None or found == HEAD:
        upgrade(database)
        return None
    with leases.alone(database.path):
        refuse_newer(database)
        copy = database.path.with_name(f"{database.path.name}.schema-{found}")
        made = inspect(copy) if copy.exists() else back_up(database.path, copy)
        upgrade(database)
        return made
