"""
What the loops need from outside: reading sources, remembering, sending, the time of day.

Each protocol is as narrow as its one consumer: `Reader` and `PollLog` serve `poll`, `Outbox` and `Channel` serve
`deliver`, `Clock` serves both. The docstrings say what an implementation must guarantee.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from watcher.aftermath import Aftermath
from watcher.ingest import Commit
from watcher.model import (
    Address,
    Cursor,
    Failed,
    Fetch,
    Fetched,
    Gap,
    Message,
    Owed,
    Parsed,
    Receipt,
    Source,
    SourceId,
    Wake,
)


@dataclass(frozen=True, slots=True)
class Due:
    """A source whose time has come, `at` the time that was set for it."""

    source: SourceId
    cursor: Cursor
    at: datetime


@dataclass(frozen=True, slots=True)
class Polled:
    """
    What one poll leaves behind.

    Args:
        cursor: As it stands after the poll.
        next_poll: When the source is due again.
        outcome: `fetched`, `not_modified`, `older_page` or the value of a `FailureReason`.
        detail: For people; of a failure only.
        items: Items in what was fetched, known ones included.
        gap: One that opened, or as an older page has left it.
    """

    source: SourceId
    cursor: Cursor
    next_poll: datetime
    outcome: str
    detail: str = ""
    items: int = 0
    gap: Gap | None = None


Parcel = tuple[Owed, ...]
"""What leaves as one message to one recipient: one alert, or a list. The first one's id is the message's."""


class Clock(Protocol):
    """The time of day. `service.py` has the real one; tests and `replay` set theirs."""

    def now(self) -> datetime:
        """Aware UTC."""


class Reader(Protocol):
    """
    Reads one kind of source: `sources/feed.py`, `sources/folder.py`.

    Called from several threads at once. Nothing that a source does may raise; it becomes a `Failed`.
    """

    def fetch(self, source: Source, cursor: Cursor) -> Fetch:
        """Ask for what is new. Bounded in time and bytes whatever the other side does."""

    def parse(self, source: Source, fetched: Fetched, *, now: datetime) -> Parsed | Failed:
        """The items, in the order of the source; the same item has the same id in every poll, also when edited."""


class PollLog(Protocol):
    """
    What the decider reads and writes: `store/poll_log.py`.

    One process decides for a database. An implementation belongs to a lease, and every write of a process that has
    lost it raises StoreError (not retryable) and changes nothing.
    """

    def enrol(self, sources: Iterable[Source], *, now: datetime) -> None:
        """
        From now on these sources are polled and no others.

        A new one is due at once; one that was known keeps its cursor and its time, also when it was away for a while.
        """

    def due(self, *, now: datetime, limit: int) -> tuple[Due, ...]:
        """
        Sources to poll now, the longest due first.

        A source stays due until its poll is committed; the caller knows which it is reading
        and asks for so many more.
        """

    def resting(self, *, now: datetime) -> tuple[tuple[SourceId, datetime], ...]:
        """Sources whose server asked to be left alone, and until when, as far as that lies ahead."""

    def away(self, *, now: datetime) -> Gap | None:
        """The time since the last poll of any source, put on file if it is a downtime; None: it is none."""

    def wakes(self, *, now: datetime, limit: int) -> tuple[Wake, ...]:
        """Rows of the clock whose time has come, the longest due first. They stay until a Commit settles them."""

    def commit(self, polls: Sequence[Polled], commit: Commit, *, now: datetime) -> None:
        """
        Write everything that was decided and the polls it came from, or nothing.

        When it returns, the result survives a power cut. A delivery that is on file already stays as it is. Each call
        costs one fsync: hand over polls that brought nothing new in batches.

        Raises:
            StoreError: Nothing was written.
        """


class Outbox(Protocol):
    """
    What is owed, until it is sent or given up: `store/outbox.py`.

    Called from several threads at once. Every parcel that became due is handed out again until it is settled; one
    that is sent or abandoned never is. A recipient gets one parcel at a time.
    """

    def claim(self, kinds: Collection[str], *, now: datetime, lease: timedelta) -> Parcel | None:
        """
        The longest due alert for channels of these kinds, or else the longest due list, counted as attempted; None:
        nothing is due.

        Nobody else gets it before `now + lease`. A parcel is sealed when first claimed: every later attempt holds the
        same deliveries under the same id, whatever else was bundled meanwhile.
        """

    def settle(self, parcel: Parcel, outcome: Receipt | Aftermath, said: str, *, now: datetime) -> None:
        """
        Record how the attempt ended: sent, postponed or abandoned, and what follows, in one transaction.

        Args:
            said: By the other side.
        """

    def disabled(self, owed: Owed) -> str | None:
        """Why its recipient is not sent anything any more; None: it is."""


class Channel(Protocol):
    """
    Hands messages over: `channels/email.py`, `channels/webhook.py`, `channels/console.py`.

    Bounded in time. Sending the same message again shows the receiver the same id. Remembers no message.
    """

    def send(self, message: Message, address: Address, recipient: str) -> Receipt:
        """
        Returns only when the other side has taken responsibility for the message.

        Raises:
            DeliveryError: It did not, or we cannot know.
        """

    def close(self) -> None:
        """Let go of whatever was kept open between messages; the next message opens it again."""
