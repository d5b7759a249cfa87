"""Where items come from, what a fetch gives, and the item itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from watcher.model.ids import ItemId, SourceId, TeamId


@dataclass(frozen=True, slots=True)
class Source:
    """
    A place where items appear.

    Args:
        kind: Which reader reads it: `feed`, `page`, `api` or `folder`.
        address: A URL, or the path of a folder.
        every: The interval its owner asked for; with `between` only until something is known of the source.
        publisher: The family that speaks through it, so that one newsroom's feeds count once; None: the item's host.
        tier: 1 (agencies, ministries) to 3; how much one report of it is worth.
        lang: What its items are written in; None: detected for each item.
        timezone: IANA name; what "Tuesday" means there.
        baseline_age: On first contact, items older than this are remembered and never alerted.
        private: Whether addresses of private networks are allowed for it.
        between: The shortest and longest interval that may be learnt from what it publishes; None: `every` it is.
        patience: How long a feed's own wishes (ttl, Cache-Control, Expires) may keep us away.
        owner: The team that is told when it fails or falls silent; None: the deployment's.
        silent_after: Without news for so long it counts as silent; None: learnt from its habits.
        pick: Selectors of a page or paths of an API, by what they find.
        archive: Where what the feed no longer shows can be read: another feed or page of it; None: nowhere else.
    """

    id: SourceId
    kind: str
    address: str
    every: timedelta = timedelta(minutes=15)
    publisher: str | None = None
    tier: int = 2
    lang: str | None = None
    timezone: str = "UTC"
    baseline_age: timedelta = timedelta(hours=6)
    private: bool = False
    between: tuple[timedelta, timedelta] | None = None
    patience: timedelta = timedelta(hours=1)
    owner: TeamId | None = None
    silent_after: timedelta | None = None
    archive: str | None = None
    pick: tuple[tuple[str, str], ...] = ()


class Cause(StrEnum):
    """Why items of a source may have passed unseen."""

    BUSY = "busy"  # it published more between two polls than it shows
    SOURCE = "source"  # it could not be read
    DOWNTIME = "downtime"  # watcher was not running


class GapState(StrEnum):
    """What became of a gap."""

    OPEN = "open"  # older pages are being read
    FILLED = "filled"  # what is known was met again
    LOST = "lost"  # there is nowhere to read on


@dataclass(frozen=True, slots=True)
class Gap:
    """
    A time of which items may be missing: nothing that was latest before was visible after.

    Args:
        source: Empty: watcher itself did not run.
        since: The latest that is known.
        until: The earliest that was visible again.
        about: How many are likely to be missing, by the source's rate; 0: not known.
        found: Items that older pages gave.
        pages: So many were read.
    """

    source: SourceId
    opened: datetime
    since: datetime
    until: datetime
    cause: Cause
    state: GapState
    about: int = 0
    found: int = 0
    pages: int = 0


@dataclass(frozen=True, slots=True)
class Cursor:
    """
    What we remember of a source between polls.

    Args:
        address: What the rest was learnt at; empty: before this was kept.
        etag: Validator of the last body that parsed; None: the server gave none.
        last_modified: The same, as the server wrote it.
        body_hash: Hash of the last body that parsed, so that an unchanged one is not parsed again.
        failures: In a row, up to now.
        moved_to: Where a permanent redirect led.
        polled_at: The last attempt; None: never contacted.
        succeeded_at: The last success; None: no baseline was taken yet.
        ttl: How long the last body said that it is good for; None: it did not.
        rest_until: Until when its server asked to be left alone; None: it did not.
        visible: Items in the last body.
        rate: New items an hour of late, see `schedule.learnt`; None: not known yet.
        hurry: How often the interval was halved because items were lost.
        calm: Polls with news since, none of which lost anything.
        latest: Ids of the latest items, shortened, the latest first; empty: none were seen.
        newest: The date of the latest; None: it had none.
        gap: One that is being filled.
        mark: What was latest before the gap.
        page: The page to read next, to fill it.
        fresh_at: When it last gave something new.
        quiet: The longest time between two news of late.
        quiets: How many such times were seen.
        told_failing: When its owner was told that it fails; None: not since it worked.
        told_silent: The same of silence.
    """

    address: str = ""
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    failures: int = 0
    moved_to: str | None = None
    polled_at: datetime | None = None
    succeeded_at: datetime | None = None
    ttl: timedelta | None = None
    rest_until: datetime | None = None
    visible: int = 0
    rate: float | None = None
    hurry: int = 0
    calm: int = 0
    latest: tuple[str, ...] = ()
    newest: datetime | None = None
    gap: Gap | None = None
    mark: tuple[str, ...] = ()
    page: str | None = None
    fresh_at: datetime | None = None
    quiet: timedelta = timedelta()
    quiets: int = 0
    told_failing: datetime | None = None
    told_silent: datetime | None = None


class Weight(StrEnum):
    """How likely it is that a failure passes by itself."""

    HARD = "hard"  # it will not: somebody has to change something
    SOFT = "soft"  # it may: the server does not want us now
    TEMPORARY = "temporary"  # it will: networks and servers have bad days


class FailureReason(StrEnum):
    """Why a source gave us nothing."""

    REFUSED_ADDRESS = "refused_address"  # a private network, or no such name
    CONNECTION = "connection"  # refused, reset, TLS
    TIMEOUT = "timeout"  # the whole fetch took too long
    TOO_LARGE = "too_large"  # more bytes than a source may send
    STATUS = "status"  # an HTTP status that is not success
    RATE_LIMITED = "rate_limited"  # 429, or 403/503 with Retry-After
    GONE = "gone"  # 404 or 410
    WALL = "wall"  # a page that wants something else of us: a captcha, a login, a consent
    ROBOTS = "robots"  # robots.txt of the host forbids the page
    EMPTIED = "emptied"  # no items where there were many: a fault of the source, until it lasts
    UNREADABLE = "unreadable"  # not what its kind promises
    READER_BUG = "reader_bug"  # our fault, logged with a traceback

    @property
    def weight(self) -> Weight:
        """How likely it is to pass by itself."""
        if self in (FailureReason.REFUSED_ADDRESS, FailureReason.GONE, FailureReason.UNREADABLE, FailureReason.ROBOTS):
            return Weight.HARD
        if self in (FailureReason.RATE_LIMITED, FailureReason.WALL, FailureReason.EMPTIED, FailureReason.TOO_LARGE):
            return Weight.SOFT
        return Weight.TEMPORARY


@dataclass(frozen=True, slots=True)
class Fetched:
    """A new body; `max_age` says how long it is good for, None: not said."""

    body: bytes
    content_type: str
    url: str
    etag: str | None = None
    last_modified: str | None = None
    moved_to: str | None = None
    max_age: timedelta | None = None


@dataclass(frozen=True, slots=True)
class NotModified:
    """Nothing changed since the last good body."""

    max_age: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """
    The source gave us nothing; `detail` is for people and carries no secret or query string.

    Args:
        retry_after: How long we were asked to wait; None: not said.
        max_age: How long the refusal is good for; None: not said.
    """

    reason: FailureReason
    detail: str
    retry_after: timedelta | None = None
    max_age: timedelta | None = None


Fetch = Fetched | NotModified | Failed


@dataclass(frozen=True, slots=True)
class Item:
    """
    One thing a source published, as it stands now.

    Args:
        id: Stable when the title or text is edited.
        source: The id of the source, or what an archive names.
        text: Plain text: summary or article; empty when there is only a title.
        lang: ISO 639-1; None: to be detected.
        published: As the source says; None: absent or unreadable.
        seen: When we first saw it.
        publisher: Family or host that speaks; empty: derived from `url`.
        tier: See `Source`.
        timezone: IANA name of the zone its weekdays are read in.
        baseline: Seen on first contact and too old to alert about.
        late: Found only after an outage or in an archive, when it was no news any more.
    """

    id: ItemId
    title: str
    url: str
    source: str
    seen: datetime
    published: datetime | None = None
    text: str = ""
    lang: str | None = None
    publisher: str = ""
    tier: int = 2
    timezone: str = "UTC"
    baseline: bool = False
    late: bool = False

    @property
    def time(self) -> datetime:
        """When it was published; when seen, if that is unknown or in the future."""
        return min(self.published, self.seen) if self.published else self.seen


@dataclass(frozen=True, slots=True)
class Parsed:
    """
    What a body holds.

    Args:
        items: In the order of the source.
        ttl: How often it says that it changes; None: it does not say.
        older: The address of a page with what came before; None: it names none.
    """

    items: tuple[Item, ...]
    ttl: timedelta | None = None
    older: str | None = None


class Part(StrEnum):
    """The halves of an item that offsets refer to."""

    TITLE = "title"
    TEXT = "text"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Characters `start:end` of the item's title or text as published."""

    part: Part
    start: int
    end: int
