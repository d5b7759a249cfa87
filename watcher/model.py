"""
The domain's words: frozen values that cross stages.

Read top to bottom, they are the data flow: Source → Item → Report → Development, Story, Appointment → Match →
Alert | Hold → Owed → Message. Times are aware UTC. What belongs to one stage only lives with that stage.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NewType

SourceId = NewType("SourceId", str)
ItemId = NewType("ItemId", str)
ActorId = NewType("ActorId", str)
"""ISO 3166 alpha-3 for states (`USA`), our own upper-case code for others (`UN`, `HAMAS`)."""
ConceptId = NewType("ConceptId", str)
"""Dotted snake_case, such as `schedule.moved_up`; `phrase:<rule id>` for what only a rule's own words found."""
TeamId = NewType("TeamId", str)
RuleId = NewType("RuleId", str)
StoryId = NewType("StoryId", str)
DevelopmentId = NewType("DevelopmentId", str)
AppointmentId = NewType("AppointmentId", str)
AlertId = NewType("AlertId", str)
DeliveryId = NewType("DeliveryId", str)


# ── Sources ────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Source:
    """
    A place where items appear.

    Args:
        kind: Which reader reads it: `feed` or `folder`.
        address: A URL, or the path of a folder.
        every: The interval its owner asked for.
        publisher: The family that speaks through it, so that one newsroom's feeds count once; None: the item's host.
        tier: 1 (agencies, ministries) to 3; how much one report of it is worth.
        lang: What its items are written in; None: detected for each item.
        timezone: IANA name; what "Tuesday" means there.
        baseline_age: On first contact, items older than this are remembered and never alerted.
        private: Whether addresses of private networks are allowed for it.
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


@dataclass(frozen=True, slots=True)
class Cursor:
    """
    What we remember of a source between polls.

    Args:
        etag: Validator of the last body that parsed; None: the server gave none.
        last_modified: The same, as the server wrote it.
        body_hash: Hash of the last body that parsed, so that an unchanged one is not parsed again.
        failures: In a row, up to now.
        moved_to: Where a permanent redirect led.
        polled_at: The last attempt; None: never contacted.
        succeeded_at: The last success; None: no baseline was taken yet.
    """

    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    failures: int = 0
    moved_to: str | None = None
    polled_at: datetime | None = None
    succeeded_at: datetime | None = None


class FailureReason(StrEnum):
    """Why a source gave us nothing."""

    REFUSED_ADDRESS = "refused_address"  # a private network, or no such name
    CONNECTION = "connection"  # refused, reset, TLS
    TIMEOUT = "timeout"  # the whole fetch took too long
    TOO_LARGE = "too_large"  # more bytes than a source may send
    STATUS = "status"  # an HTTP status that is not success
    RATE_LIMITED = "rate_limited"  # 429, or 403/503 with Retry-After
    UNREADABLE = "unreadable"  # not what its kind promises
    READER_BUG = "reader_bug"  # our fault, logged with a traceback


@dataclass(frozen=True, slots=True)
class Fetched:
    """A new body. `max_age` and `ttl` say how long it is good for; None: not said."""

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
    """The source gave us nothing; `detail` is for people and carries no secret or query string."""

    reason: FailureReason
    detail: str
    retry_after: timedelta | None = None


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

    @property
    def time(self) -> datetime:
        """When it was published; when seen, if that is unknown or in the future."""
        return min(self.published, self.seen) if self.published else self.seen


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


# ── Facts ──────────────────────────────────────────────────────────────────────────────────────────────────────


class Status(StrEnum):
    """How firm a report is; listed from least to most firm, then `off`."""

    CONSIDERED = "considered"
    REPORTED = "reported"
    CLAIMED = "claimed"
    DENIED = "denied"
    AGREED = "agreed"
    ANNOUNCED = "announced"
    CONFIRMED = "confirmed"
    HELD = "held"
    OFF = "off"


class Direction(StrEnum):
    """Which way an appointment moved."""

    UP = "up"
    BACK = "back"
    CANCELLED = "cancelled"
    RESUMED = "resumed"
    VENUE = "venue"


class Role(StrEnum):
    """What a date or place is to the appointment it stands beside."""

    PLANNED = "planned"
    OLD = "old"
    NEW = "new"
    HELD = "held"
    MENTIONED = "mentioned"


@dataclass(frozen=True, slots=True)
class DateFact:
    """Calendar days `first`..`last`, inclusive, read in the item's own date and zone."""

    first: date
    last: date
    role: Role
    span: Span


@dataclass(frozen=True, slots=True)
class PlaceFact:
    """A place by its vocabulary key, such as `muscat`."""

    place: str
    role: Role
    span: Span


@dataclass(frozen=True, slots=True)
class CountFact:
    """A number with what it counts, such as 48 `hour` or 314 `prisoner`; ordinals have the unit `round` or `package`."""

    number: int
    unit: str
    span: Span


@dataclass(frozen=True, slots=True)
class Report:
    """
    What one item claims about one event, as language-neutral facts.

    Args:
        event: The concept, or `phrase:<rule id>`.
        family: What events of one matter share, such as `talks`.
        actors: Everyone who takes part, sorted; never empty but for phrase reports.
        agent: Who acts, where direction matters; None: unknown or mutual.
        target: Whom it is done to; None: unknown or mutual.
        level: Who meets: `leaders`, `ministers`, `envoys`; None: not said.
        speaker: Who is quoted as saying so; None: the outlet itself.
        direction: For schedule events; None otherwise.
        background: Told as something already past.
        spans: Every fact's place is in the fact; these are the deciding words, first the event's.
        words: Folded content words of title, for comparing texts.
        principal: Whether speaker or agent is a party to the event.
    """

    item: ItemId
    event: ConceptId
    family: str
    actors: tuple[ActorId, ...]
    status: Status
    publisher: str
    time: datetime
    seen: datetime
    title: str
    url: str
    lang: str
    agent: ActorId | None = None
    target: ActorId | None = None
    level: str | None = None
    speaker: ActorId | None = None
    direction: Direction | None = None
    dates: tuple[DateFact, ...] = ()
    places: tuple[PlaceFact, ...] = ()
    counts: tuple[CountFact, ...] = ()
    background: bool = False
    principal: bool = True
    guards: frozenset[str] = frozenset()
    spans: tuple[Span, ...] = ()
    words: frozenset[str] = frozenset()
    tier: int = 2
    baseline: bool = False


# ── Stories ────────────────────────────────────────────────────────────────────────────────────────────────────


class Kind(StrEnum):
    """What a report turned out to be."""

    NEW = "new"
    UPDATE = "update"
    REPEAT = "repeat"
    POSSIBLE = "possible"
    RETRACTED = "retracted"


class Lane(StrEnum):
    """Whether a development interrupts a person or waits for the story's digest."""

    NOW = "now"
    DIGEST = "digest"


@dataclass(frozen=True, slots=True)
class Change:
    """One slot of a story that is not what it was: `before` is None when it was not known."""

    slot: str
    before: str | None
    after: str


@dataclass(frozen=True, slots=True)
class Development:
    """
    One new fact state of a story; an analyst wants exactly one alert for it.

    Args:
        kind: NEW, UPDATE, POSSIBLE or RETRACTED; a repeat joins one and makes none.
        items: Every item that joined, in order; the first is the lead.
        publishers: Independent voices among them, in order of appearance.
        changes: What is different from the state before it.
        inferred_from: The items that imply it, though none says so; empty when it was stated.
        value: 0..1, how much it matters; the lane follows from it.
    """

    id: DevelopmentId
    story: StoryId
    kind: Kind
    event: ConceptId
    actors: tuple[ActorId, ...]
    status: Status
    lane: Lane
    value: float
    title: str
    url: str
    items: tuple[ItemId, ...]
    publishers: tuple[str, ...]
    first_seen: datetime
    last_seen: datetime
    changes: tuple[Change, ...] = ()
    inferred_from: tuple[ItemId, ...] = ()
    facts: Report | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """The thread of one matter; open while it is reported, then closed, and a later report opens one that links back."""

    id: StoryId
    family: str
    actors: tuple[ActorId, ...]
    title: str
    opened: datetime
    last_seen: datetime
    developments: tuple[DevelopmentId, ...]
    appointment: AppointmentId | None = None
    previous: StoryId | None = None
    closed: datetime | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """One value that reports give for a slot of an appointment, and the item that said so first."""

    slot: str
    value: str
    item: ItemId
    publisher: str
    time: datetime


@dataclass(frozen=True, slots=True)
class Appointment:
    """
    A planned meeting, visit, round or deadline that reports talk about.

    Args:
        kind: `meeting`, `visit`, `round`, `deadline`, `vote`.
        date: The day on file; None: not known.
        place: Vocabulary key; None: not known.
        claims: Where each value came from, oldest first; the last of a slot is on file.
    """

    id: AppointmentId
    kind: str
    participants: tuple[ActorId, ...]
    status: Status
    level: str | None = None
    date: date | None = None
    place: str | None = None
    claims: tuple[Claim, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of one report, with the reason in words that name the slots."""

    item: ItemId
    kind: Kind
    development: DevelopmentId
    story: StoryId
    reason: str
    score: float
    time: datetime
    closest: ItemId | None = None


@dataclass(frozen=True, slots=True)
class Filed:
    """A report and the development that it founded or joined."""

    report: Report
    development: DevelopmentId


@dataclass(frozen=True, slots=True)
class Seen:
    """
    That an item was read, so that a second sight of it is known as a repeat or an edit.

    Args:
        url: Canonical address; two items with the same one are the same.
        fingerprint: 63-bit hash of the folded title and text.
    """

    item: ItemId
    url: str
    fingerprint: int
    time: datetime


@dataclass(frozen=True, slots=True)
class Wake:
    """
    A row for the clock: what must be looked at again without a new item.

    Args:
        kind: `hold` (subject: team and development, a space between), or `close` (quiet stories; no subject).
    """

    kind: str
    subject: str
    due: datetime


@dataclass(frozen=True, slots=True)
class Wanted:
    """The article behind an item is worth fetching, because a rule could match on its text."""

    item: ItemId
    url: str
    reason: str


# ── Rules meet developments ────────────────────────────────────────────────────────────────────────────────────


class Severity(StrEnum):
    """How loud an alert is; listed from quiet to loud."""

    INFO = "info"
    WATCH = "watch"
    HIGH = "high"
    FLASH = "flash"

    @property
    def rank(self) -> int:
        """0 for info to 3 for flash."""
        return tuple(Severity).index(self)


@dataclass(frozen=True, slots=True)
class Evidence:
    """
    Words that made a rule fire.

    Args:
        clause: The rule's key that they satisfy, such as `who` or `what`.
        name: Actor, concept or phrase.
        text: The words as published.
        term: The alias or pattern that found them.
        origin: The file that has that term, or `rule`.
    """

    clause: str
    name: str
    text: str
    term: str
    origin: str
    span: Span


@dataclass(frozen=True, slots=True)
class Corroboration:
    """`publishers` independent voices within `within`; without them `otherwise` says `hold` or `send`."""

    publishers: int
    within: timedelta
    otherwise: str = "hold"


@dataclass(frozen=True, slots=True)
class Wishes:
    """
    What a rule asks of policy: who is told, how often and when.

    Args:
        channels: Names of the team's channels; empty: the team's default.
        updates: `thread` (told in the story's thread), `each` (every detail at once) or `none`.
        grain: How fine developments are cut: `coarse`, `normal`, `fine`.
        throttle: At most so many alerts of one story within a time; None: no limit.
        digest: `hourly` or `daily HH:MM` in the team's zone; None: at once.
        at_least: Developments that are needed within a time; None: one is enough.
        first_in: Told only when the rule met nothing for so long before; None: always.
        none_for: Told when nothing met the rule for so long (an absence rule); None: it is told of what happens.
        stage: `live` is sent; `test` goes to the console only; `draft` is evaluated and shown, never sent.
        was: Earlier ids of the rule, whose ledger it carries on.
    """

    channels: tuple[str, ...] = ()
    updates: str = "thread"
    grain: str = "normal"
    throttle: tuple[int, timedelta] | None = None
    digest: str | None = None
    corroborate: Corroboration | None = None
    at_least: tuple[int, timedelta] | None = None
    first_in: timedelta | None = None
    none_for: timedelta | None = None
    stage: str = "live"
    was: tuple[RuleId, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """
    A rule that an item, or an inferred development, satisfies.

    Args:
        events: The concepts of `what` that were met; they choose among the reports of the item.
        extract: What the rule asked to be read out, by name, such as `old_date`; values are text, dates ISO.
    """

    team: TeamId
    rule: RuleId
    title: str
    severity: Severity
    events: tuple[ConceptId, ...]
    status: Status
    evidence: tuple[Evidence, ...]
    extract: Mapping[str, str] = field(default_factory=dict)
    wishes: Wishes = Wishes()


@dataclass(frozen=True, slots=True)
class Alert:
    """
    What a team is told about one development: once, naming every rule of the team that it meets.

    Args:
        id: Stable: derived from team and development, so that every attempt to deliver bears it.
        rules: Rule ids in the order of severity; the first gives the subject its tag.
        channels: Names of the team's channels, the union of what the rules ask for.
        due: When it may leave; later than `time` for digests and quiet hours.
    """

    id: AlertId
    team: TeamId
    rules: tuple[RuleId, ...]
    severity: Severity
    kind: Kind
    lane: Lane
    story: StoryId
    development: DevelopmentId
    item: ItemId
    channels: tuple[str, ...]
    matches: tuple[Match, ...]
    time: datetime
    due: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Hold:
    """
    Why a team was not told, or not yet: nothing is withheld without one.

    Args:
        until: When it is looked at again; None: it is settled.
        matches: What it would be told for, so that it can still be raised; empty when settled.
    """

    team: TeamId
    rules: tuple[RuleId, ...]
    development: DevelopmentId
    item: ItemId
    reason: str
    time: datetime
    until: datetime | None = None
    matches: tuple[Match, ...] = ()


@dataclass(frozen=True, slots=True)
class Owed:
    """One alert owed to one recipient of one channel."""

    id: DeliveryId
    alert: AlertId
    team: TeamId
    channel: str
    kind: str
    recipient: str
    due: datetime
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Receipt:
    """The other side took it; `detail` is its answer."""

    detail: str


@dataclass(frozen=True, slots=True)
class Address:
    """
    One channel of a team: where alerts go.

    Args:
        kind: `email`, `webhook` or `console`.
        recipients: Mail addresses or URLs; each is owed and settled on its own.
        secret: Name of the secret that signs or authorises, within the team's own secrets; None: none.
    """

    name: str
    kind: str
    recipients: tuple[str, ...]
    secret: str | None = None


@dataclass(frozen=True, slots=True)
class Team:
    """
    A desk with its own rules, channels and habits.

    Args:
        channels: By the name rules use in `notify`.
        default: The channel of rules that name none.
        quiet: Start and end of quiet hours as local wall-clock minutes after midnight; None: none.
        cap: Alerts that may leave in `cap_within`; None: no limit.
    """

    id: TeamId
    name: str
    timezone: str
    channels: Mapping[str, Address]
    default: str
    quiet: tuple[int, int] | None = None
    digest: str | None = None
    cap: int | None = None
    cap_within: timedelta = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Message:
    """A rendered alert: everything a channel needs and nothing it must decide."""

    id: DeliveryId
    alert: AlertId
    team: TeamId
    subject: str
    text: str
    html: str
    payload: Mapping[str, object]
    thread: StoryId
    first_in_thread: bool
    sent_at: datetime
