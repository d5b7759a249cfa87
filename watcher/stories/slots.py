"""
One report → the parts of an appointment that it gives, and whether an appointment on file can be the one it means.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from watcher.model import Appointment, DateFact, ItemId, Part, PlaceFact, Report, Role, Status
from watcher.stories.track import numbers

_KINDS = {
    "visit": "visit",
    "talks": "round",
    "talks.round": "round",
    "meeting": "meeting",
    "summit": "meeting",
    "leaders.meet": "meeting",
    "deadline.set": "deadline",
    "council.vote": "vote",
}
_ALIKE = frozenset(("round", "meeting"))  # outlets call one appointment both
_FAMILIES = frozenset(("talks", "council"))
_DOUBTFUL = frozenset(("opinion", "explainer", "hypothetical", "background", "history", "anniversary", "live-page"))
_UNSAID = frozenset((Status.CONSIDERED, Status.DENIED))
_LONGEST = timedelta(days=3)  # a week or a month is no day: only what falls within three days can contradict
_FARTHEST = timedelta(days=45)

Days = tuple[date, date]
Fact = TypeVar("Fact", DateFact, PlaceFact)


@dataclass(frozen=True, slots=True)
class Slots:
    """
    The parts of an appointment that one report gives, as claims write them; None: not said, or more than one.

    Args:
        old_day: The day that the report itself says was the former one; `old_place` the place.
        is_vague: It is given a time, but no day.
    """

    kind: str | None
    level: str | None
    day: str | None
    place: str | None
    ordinal: str | None
    old_day: str | None
    old_place: str | None
    is_vague: bool

    @property
    def is_placed_in_time_or_space(self) -> bool:
        """Whether it says enough to be put on file."""
        return bool(self.day or self.place or self.is_vague)


def slots_of(report: Report) -> Slots | None:
    """The slots of the report's appointment; None when it speaks of none, or not reliably."""
    events = (report.event, *report.also)
    kind = next((_KINDS[event] for event in events if event in _KINDS), None)
    scheduled = kind or any(event.startswith("schedule.") for event in events)
    if not scheduled or len(report.actors) < 2 or report.background or report.guards & _DOUBTFUL:
        return None
    if report.status in _UNSAID or (report.family not in _FAMILIES and kind != "deadline"):
        return None
    ordinals = [f"{unit} {max(values)}" for unit, values in numbers(report, ordinal=True).items()]
    planned = _of_role(report.dates, Role.NEW) or _of_role(report.dates, Role.PLANNED)
    places = _of_role(report.places, Role.NEW) or _of_role(report.places, Role.PLANNED)
    return Slots(
        kind,
        report.level,
        _day(planned),
        _place(places),
        ordinals[0] if len(ordinals) == 1 else None,
        _day(_of_role(report.dates, Role.OLD)),
        _place(_of_role(report.places, Role.OLD)),
        is_vague=bool(planned),
    )


def _of_role(facts: Iterable[Fact], role: Role) -> list[Fact]:
    """Facts of a role: those of the title, else those of the text."""
    found = [fact for fact in facts if fact.role is role]
    return [fact for fact in found if fact.span.part is Part.TITLE] or found


def _day(facts: list[DateFact]) -> str | None:
    """The shortest of days that overlap; None where some do not, or none is exact."""
    shortest = min(facts, key=lambda fact: fact.last - fact.first, default=None)
    if shortest is None or shortest.last - shortest.first > _LONGEST:
        return None
    if any(fact.last < shortest.first or shortest.last < fact.first for fact in facts):
        return None
    first, last = shortest.first.isoformat(), shortest.last.isoformat()
    return first if first == last else f"{first}..{last}"


def _place(facts: list[PlaceFact]) -> str | None:
    names = {fact.place for fact in facts}
    return next(iter(names)) if len(names) == 1 else None


def days_of(value: str) -> Days:
    """First and last day of a claim's value."""
    first, _, last = value.partition("..")
    return date.fromisoformat(first), date.fromisoformat(last or first)


def agree(slot: str, one: str, other: str) -> bool:
    """Whether two values of a slot can both be true."""
    if slot != "date" or not one or not other:
        return one == other
    (first, last), (start, end) = days_of(one), days_of(other)
    return first <= end and start <= last


def is_past(one: Appointment, today: date, *, by: timedelta) -> bool:
    """Whether its day lies further back than that."""
    day = on_file(one, "date")
    return bool(day) and days_of(day)[1] < today - by


def likeness(one: Appointment, told: Slots) -> int:
    """How many things besides the participants say that it is this one."""
    return (
        (told.level is not None and one.level == told.level)
        + (told.kind == one.kind)
        + _same(one, "place", told.place)
        + _same(one, "ordinal", told.ordinal)
        + _same(one, "date", told.day)
        + _same(one, "place", told.old_place)
        + _same(one, "date", told.old_day)
    )


def could_be(one: Appointment, told: Slots, *, today: date | None) -> bool:
    """
    Whether the report can mean this appointment.

    Args:
        today: Of a report that gives day or place as planned; None: it tells of an end or a move, which need not agree.
    """
    if not _is_same_sort(one, told):
        return False
    if today is None:
        return True
    other_day, other_place = _differ(one, "date", told.day), _differ(one, "place", told.place)
    if other_day and not (today < days_of(on_file(one, "date"))[0] and _is_near(one, told)):
        return False  # what has begun goes on, or is followed by the next
    if other_place:
        return is_identified(one, told, "place", givers_of(one, "place"))
    return True


def givers_of(one: Appointment, slot: str) -> frozenset[ItemId]:
    """The items that gave the value on file."""
    value = on_file(one, slot)
    return frozenset(c.item for c in one.claims if c.slot == slot and c.value and agree(slot, c.value, value))


def is_identified(one: Appointment, told: Slots, slot: str, items: Collection[ItemId]) -> bool:
    """
    Whether something besides the participants says that it is this one: another slot than the one that differs, on
    which the report agrees with those who gave the old value; or that a leader visits.

    Args:
        items: Of those who gave the old value; a day and a place from two reports may belong to two meetings.
    """
    for other, value in (("place", told.place), ("ordinal", told.ordinal), ("date", told.day)):
        given = (claim for claim in one.claims if claim.slot == other and claim.item in items)
        if other != slot and value and any(agree(other, claim.value, value) for claim in given):
            return True
    return one.kind == told.kind == "visit" and one.level == told.level == "leaders"


def _is_same_sort(one: Appointment, told: Slots) -> bool:
    """Whether neither kind nor level nor ordinal says that it is another."""
    alike = not told.kind or one.kind == told.kind or {told.kind, one.kind} <= _ALIKE
    other_level = one.level and told.level and one.level != told.level
    return alike and not other_level and not _differ(one, "ordinal", told.ordinal)


def _is_near(one: Appointment, told: Slots) -> bool:
    (first, _), (start, _) = days_of(on_file(one, "date")), days_of(told.day or "")
    return abs(start - first) <= _FARTHEST


def _same(one: Appointment, slot: str, told: str | None) -> bool:
    return bool(told) and bool(on_file(one, slot)) and agree(slot, on_file(one, slot), told or "")


def _differ(one: Appointment, slot: str, told: str | None) -> bool:
    return bool(told) and bool(on_file(one, slot)) and not agree(slot, on_file(one, slot), told or "")


def on_file(one: Appointment, slot: str) -> str:
    """The value that the claims leave on file; empty: none was given, or it is not known any more."""
    return next((claim.value for claim in reversed(one.claims) if claim.slot == slot), "")
