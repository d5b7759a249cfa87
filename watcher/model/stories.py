"""What reports add up to: developments, stories, appointments, and the rows that remember them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from watcher.model.facts import Report, Status
from watcher.model.ids import ActorId, AppointmentId, ConceptId, DevelopmentId, ItemId, StoryId

Day = date  # the name by which a field called `date` can be typed, also where annotations are evaluated


class Kind(StrEnum):
    """What a report turned out to be; `absent`: no report came, and a rule asked to be told."""

    NEW = "new"
    UPDATE = "update"
    REPEAT = "repeat"
    POSSIBLE = "possible"
    RETRACTED = "retracted"
    ABSENT = "absent"


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


_VOICES = frozenset(("speaker", "agent"))


def is_step(changes: Iterable[Change]) -> bool:
    """Whether a day, a place, a status or an event is another than before, and not only who says or does it."""
    return any(change.slot not in _VOICES for change in changes)


@dataclass(frozen=True, slots=True)
class Development:
    """
    One new fact state of a story; an analyst wants exactly one alert for it.

    Args:
        kind: NEW, UPDATE, POSSIBLE or RETRACTED; a repeat joins one and makes none.
        items: Every item that joined, in order; the first is the lead.
        publishers: Independent voices among them, in order of appearance: of one newsroom, of those that print one
            agency and of copies of one text the first.
        outlets: Every publisher among them, in order of appearance; empty in what an earlier version stored.
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
    outlets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Story:
    """The thread of one matter; it closes when reports cease, and a later report opens one that links back."""

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
    """
    One value that an outlet gives for a slot of an appointment, and the item that says so.

    Args:
        slot: `date`, `place` or `ordinal`; with `?` behind it one that is not on file, because it stands alone.
        value: A day `2026-02-18` or days `2026-02-18..2026-02-20`, a place's key, `round 3`; empty: not known any more.
        tier: Of the item's source.
        mark: Names the words of its title, so that copies of one text count once; 0: not known.
        country: Of a place; empty where unknown.
        voice: Who speaks in truth: the agency that is credited, else the newsroom.
    """

    slot: str
    value: str
    item: ItemId
    publisher: str
    time: datetime
    tier: int = 2
    mark: int = 0
    country: str = ""
    voice: str = ""


@dataclass(frozen=True, slots=True)
class Move:
    """
    One time that what is on file of an appointment changed, and the report that changed it.

    Args:
        slot: `date`, `place` or `status`.
        before: None: it was not known.
        after: Empty: not known any more.
    """

    slot: str
    before: str | None
    after: str
    item: ItemId
    publisher: str
    time: datetime


@dataclass(frozen=True, slots=True)
class Appointment:
    """
    A planned meeting, visit, round or deadline that reports talk about.

    Args:
        kind: `meeting`, `visit`, `round`, `deadline`, `vote`.
        date: The day on file, the first of several; None: not known.
        place: Vocabulary key; None: not known.
        claims: Who gave which value, oldest first; the last of a slot is on file.
        moves: How it came to be what it is, oldest first, the last forty; empty in what an earlier version stored.
        revision: How often it changed; never falls.
    """

    id: AppointmentId
    kind: str
    participants: tuple[ActorId, ...]
    status: Status
    level: str | None = None
    date: Day | None = None
    place: str | None = None
    claims: tuple[Claim, ...] = ()
    moves: tuple[Move, ...] = ()
    revision: int = 0


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
        kind: `hold` (subject: team and development, a space between), `absence` (team, rule and development),
            `escalate` (team, development and step), `silence-ends-soon` and `silence-ended` (the silence), or
            `close` (quiet stories; no subject).
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
