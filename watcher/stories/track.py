"""
What is on file for one open development: its reports, summed up so that the next one is compared quickly.

A `Track` is rebuilt by adding the same reports in the same order, which is all that a restart does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from watcher.model import ActorId, Development, Direction, Report, Role, Status
from watcher.text import family_of, is_copy

_DUE = frozenset((Role.PLANNED, Role.NEW, Role.HELD))
_AHEAD = frozenset((Role.PLANNED, Role.NEW))
ORDINALS = frozenset(("round", "package", "phase", "session", "day"))
_OFF_EVENTS = ("schedule.off", "schedule.cancelled", "schedule.postponed", "talks.collapsed", "talks.suspended")
# Named with a dot, but what a story is about and not what becomes of it.
_PLAIN = frozenset(("schedule.set", "schedule.held"))
_SUBJECTS = frozenset(("talks.round", "talks.progress", "leaders.meet", "council.action", "nuclear.enrichment"))
_BUSY = timedelta(hours=3)


class Phase(StrEnum):
    """How far a matter has come, coarser than status; what steps and reversals are read from."""

    OPEN = "open"  # said, asked, considered: nothing to step from
    AHEAD = "ahead"
    UNDERWAY = "underway"
    OFF = "off"
    DENIED = "denied"


def phase_of(report: Report) -> Phase:
    """The phase one report speaks of."""
    if report.status is Status.DENIED:
        return Phase.DENIED
    if report.event == "schedule.postponed" and any(fact.role in _AHEAD for fact in report.dates):
        return Phase.AHEAD  # put off to a day that is known
    if report.status is Status.OFF or report.direction is Direction.CANCELLED or report.event in _OFF_EVENTS:
        return Phase.OFF
    if report.status is Status.HELD:
        return Phase.UNDERWAY
    if report.status in (Status.AGREED, Status.ANNOUNCED, Status.CONFIRMED):
        return Phase.AHEAD
    return Phase.OPEN


def deeds_of(report: Report) -> frozenset[str]:
    """What is done, and not only what it is about: its event, and others but for mere plans and their being held."""
    also = (event for event in report.also if event not in _PLAIN)
    return frozenset(event for event in (report.event, *also) if "." in event and event not in _SUBJECTS)


def is_turn(report: Report) -> bool:
    """Whether the event alone is news: a deed, firmly told."""
    firm = report.status in (Status.HELD, Status.OFF, Status.AGREED, Status.ANNOUNCED, Status.CONFIRMED)
    return firm and report.event in deeds_of(report)


def due_days(report: Report) -> tuple[tuple[date, date], ...]:
    """The days that the report gives for what it reports, old and merely mentioned ones left out."""
    return tuple((fact.first, fact.last) for fact in report.dates if fact.role in _DUE)


def due_places(report: Report) -> frozenset[str]:
    """The places that the report gives for what it reports."""
    return frozenset(fact.place for fact in report.places if fact.role in _DUE)


def numbers(report: Report, *, ordinal: bool) -> dict[str, frozenset[int]]:
    """Counted things by unit, ordinals or all the others."""
    found: dict[str, set[int]] = {}
    for fact in report.counts:
        if (fact.unit in ORDINALS) is ordinal:
            found.setdefault(fact.unit, set()).add(fact.number)
    return {unit: frozenset(values) for unit, values in found.items()}


class Said(NamedTuple):
    """What copies of a report are known by: the words of its title and the sketch of its body."""

    words: frozenset[str]
    sketch: tuple[int, ...]


class Track:
    """An open development with its reports; mutable, owned by `Memory`."""

    __slots__ = (
        "actors",
        "days",
        "development",
        "events",
        "families",
        "last_seen",
        "latest",
        "lead",
        "members",
        "ordinals",
        "outlets",
        "pages",
        "places",
        "quantities",
        "recent",
        "reports",
        "speakers",
        "titles",
        "voices",
    )

    def __init__(self, development: Development, lead: Report, *, members: int) -> None:
        self.development = development
        self.lead = lead
        self.latest = lead
        self.members = members
        self.titles: list[Report] = []
        self.actors: set[ActorId] = set()
        self.events: set[str] = set()
        self.families: set[str] = set()
        self.speakers: dict[ActorId, datetime] = {}
        self.days: list[tuple[date, date]] = []
        self.places: set[str] = set()
        self.ordinals: dict[str, set[int]] = {}
        self.quantities: dict[str, set[int]] = {}
        self.voices: dict[str, Said] = {}
        self.recent: list[datetime] = []
        self.pages: set[str] = set()
        self.outlets: set[str] = set()
        self.reports = 0
        self.last_seen = lead.seen

    def add(self, report: Report) -> None:
        """Take one more report in; the first is the lead itself."""
        if len(self.titles) >= self.members:
            del self.titles[1]
        self.titles.append(report)
        self.reports += 1
        self.outlets.add(report.publisher)
        self.latest = report if report.time >= self.latest.time else self.latest
        self.last_seen = max(self.last_seen, report.seen)
        self.actors.update(report.actors)
        self.events.add(report.event)
        self.families.add(report.family)
        for speaker in speakers_of(report):
            self.speakers[speaker] = max(report.seen, self.speakers.get(speaker, report.seen))
        if report.dates:
            self.days.extend(day for day in due_days(report) if day not in self.days)
        if report.places:
            self.places |= due_places(report)
        if report.counts:
            _merge(self.ordinals, numbers(report, ordinal=True))
            _merge(self.quantities, numbers(report, ordinal=False))
        if is_voice(report, self.voices):
            self.voices[voice_of(report)] = Said(report.words, report.sketch)
        self.recent = [*self.recent[-15:], report.seen]

    def busy(self, now: datetime) -> int:
        """How many of its reports came in the last three hours (16 at most are counted)."""
        return sum(1 for seen in self.recent if now - seen <= _BUSY)


def voice_of(report: Report) -> str:
    """Who speaks in truth: the agency that is credited, else the newsroom whatever its feed is called."""
    return report.credit or family_of(report.publisher)


def is_voice(report: Report, voices: Mapping[str, Said]) -> bool:
    """
    Whether the report is one more independent voice: nobody who spoke already, and neither the same title word for word
    nor nearly the same body, which is how copies of one agency text look.
    """
    if voice_of(report) in voices or (report.words and any(report.words == said.words for said in voices.values())):
        return False
    return not is_copy(report.sketch, (said.sketch for said in voices.values()))


def speakers_of(report: Report) -> Iterable[ActorId]:
    """Who says or does what is reported: the speaker, else the one who acts."""
    if report.speaker:
        return (report.speaker,)
    return (report.agent,) if report.agent else ()


def _merge(into: dict[str, set[int]], found: dict[str, frozenset[int]]) -> None:
    for unit, values in found.items():
        into.setdefault(unit, set()).update(values)
