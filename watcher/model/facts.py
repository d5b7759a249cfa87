"""What one item claims, as language-neutral codes, each with its place in the text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from watcher.model.ids import ActorId, ConceptId, ItemId
from watcher.model.sources import Span


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
    """A place by its vocabulary key, such as `muscat`; `country` is the state it lies in, empty where unknown."""

    place: str
    role: Role
    span: Span
    country: str = ""


@dataclass(frozen=True, slots=True)
class CountFact:
    """A number with what it counts, such as 48 `hour`, 314 `prisoner`; ordinals count `round` or `package`."""

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
        also: Other events that the same item reports of the same actors; ingest fills it when it joins reports.
        credit: The key of the agency whose report the item prints or passes on; empty: it is the outlet's own.
        sketch: Numbers by which copies of the body are known, see `text.voices`; empty: there is hardly any body.
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
    also: tuple[ConceptId, ...] = ()
    credit: str = ""
    sketch: tuple[int, ...] = ()
