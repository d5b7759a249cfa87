"""
Appointments on file, and what follows when fresh reports give another day or place than the one on file.

Precision before recall: kind and level are part of an appointment's identity, "begins" and "held" close it, only
planned or new days and places count, something besides the actors must identify it (level, place, ordinal or day), and
a single outlet moves nothing: a second publisher, a first-tier source or the outlet that corrects itself does.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, timedelta

from watcher.model import (
    ActorId,
    Appointment,
    Change,
    Claim,
    ConceptId,
    Direction,
    Report,
    Role,
    Status,
)
from watcher.stories.ids import appointment_id
from watcher.stories.track import Phase, numbers, phase_of

PENDING = "?"  # after a slot's name: claimed by one outlet, not on file
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
_FAMILIES = frozenset(("talks", "council"))
_DOUBTFUL = frozenset(("opinion", "explainer", "hypothetical", "background", "history", "anniversary", "live-page"))
_FARTHEST = timedelta(days=45)
_NEAR = timedelta(days=3)
_FIRST_TIER = 1


@dataclass(frozen=True, slots=True)
class Inference:
    """A move that no report states: the appointment after it, the event it amounts to, and the two claims behind it."""

    appointment: Appointment
    event: ConceptId
    direction: Direction
    change: Change
    before: Claim
    after: Claim


@dataclass(frozen=True, slots=True)
class Booking:
    """What a report does to the calendar."""

    appointment: Appointment
    inference: Inference | None = None


class Calendar:
    """Open appointments by participants."""

    def __init__(self) -> None:
        self._by_participants: defaultdict[tuple[ActorId, ...], list[Appointment]] = defaultdict(list)

    def put(self, appointment: Appointment) -> None:
        """Replace the appointment of that id, or add it; a held or cancelled one leaves."""
        known = self._by_participants[appointment.participants]
        kept = [one for one in known if one.id != appointment.id]
        if is_open(appointment):
            kept.append(appointment)
        self._by_participants[appointment.participants] = kept
        if not kept:
            del self._by_participants[appointment.participants]

    def open(self) -> tuple[Appointment, ...]:
        """Every open appointment."""
        return tuple(one for known in self._by_participants.values() for one in known)

    def book(self, report: Report) -> Booking | None:
        """What the report says about an appointment; None: nothing, or nothing that may be trusted."""
        slots = slots_of(report)
        if slots is None:
            return None
        known = [one for one in self._by_participants.get(report.actors, ()) if _may_be(one, report, slots)]
        if not known:
            return Booking(_opened(report, slots)) if slots.day or slots.place else None
        best = max(known, key=lambda one: (_identity(one, report, slots), one.date == slots.day, one.id))
        return _told(best, report, slots)


@dataclass(frozen=True, slots=True)
class Slots:
    """The parts of an appointment that one report gives; None: not said, or more than one."""

    kind: str | None
    day: date | None
    place: str | None
    ordinal: str | None


def is_open(appointment: Appointment) -> bool:
    """Whether it is still ahead as far as reports say."""
    return appointment.status not in (Status.HELD, Status.OFF)


def slots_of(report: Report) -> Slots | None:
    """The slots of the report's appointment; None when it speaks of none, or not reliably."""
    events = (report.event, *report.also)
    kind = next((_KINDS[event] for event in events if event in _KINDS), None)
    scheduled = kind or any(event.startswith("schedule.") for event in events)
    if not scheduled or len(report.actors) < 2 or report.background or report.guards & _DOUBTFUL:
        return None
    if report.family not in _FAMILIES and kind != "deadline":
        return None
    days = {(fact.first, fact.last) for fact in report.dates if fact.role in (Role.PLANNED, Role.NEW)}
    places = {fact.place for fact in report.places if fact.role in (Role.PLANNED, Role.NEW)}
    ordinals = [f"{unit} {max(values)}" for unit, values in numbers(report, ordinal=True).items()]
    # A week or a month is no day: only what falls within three days can contradict.
    exact = [first for first, last in days if last - first <= _NEAR]
    return Slots(
        kind,
        exact[0] if len(days) == 1 and exact else None,
        next(iter(places)) if len(places) == 1 else None,
        ordinals[0] if ordinals else None,
    )


def _may_be(one: Appointment, report: Report, slots: Slots) -> bool:
    """Whether nothing that identifies the appointment contradicts the report."""
    if slots.kind and one.kind != slots.kind:
        return False
    if one.level and report.level and one.level != report.level:
        return False
    ordinal = _on_file(one, "ordinal")
    return not (ordinal and slots.ordinal and ordinal != slots.ordinal)


def _identity(one: Appointment, report: Report, slots: Slots) -> int:
    """How many things besides the participants say that it is this one."""
    return (
        (report.level is not None and one.level == report.level)
        + (slots.place is not None and slots.place == one.place)
        + (slots.ordinal is not None and slots.ordinal == _on_file(one, "ordinal"))
        + (slots.day is not None and slots.day == one.date)
    )


def _opened(report: Report, slots: Slots) -> Appointment:
    claims = tuple(
        _claim(report, slot, value)
        for slot, value in (
            ("date", slots.day and slots.day.isoformat()),
            ("place", slots.place),
            ("ordinal", slots.ordinal),
        )
        if value
    )
    return Appointment(
        appointment_id(report),
        slots.kind or "meeting",
        report.actors,
        report.status,
        level=report.level,
        date=slots.day,
        place=slots.place,
        claims=claims,
    )


def _told(one: Appointment, report: Report, slots: Slots) -> Booking:
    """The appointment after the report, with a move if one follows."""
    phase = phase_of(report)
    today = report.time.date()
    if phase is Phase.UNDERWAY:
        return Booking(replace(one, status=Status.HELD))
    if phase is Phase.OFF:
        postponed = report.direction is Direction.BACK
        return Booking(
            replace(one, status=one.status if postponed else Status.OFF, date=None if postponed else one.date)
        )
    if one.date and one.date < today - timedelta(days=1):
        # Its day has passed unreported; what is planned now is the next one.
        return Booking(_opened(report, slots))
    one = replace(one, status=report.status, level=one.level or report.level)
    stated = report.direction is not None
    moved = _moved(one, report, slots.day.isoformat() if slots.day else None, stated=stated, slot="date")
    moved_on = moved.appointment
    place = _moved(moved_on, report, slots.place, stated=stated, slot="place")
    inference = moved.inference or place.inference
    return Booking(place.appointment, replace(inference, appointment=place.appointment) if inference else None)


def _moved(one: Appointment, report: Report, value: str | None, *, stated: bool, slot: str) -> Booking:
    """One slot after the report: filled, confirmed, moved because it is stated or corroborated, or pending."""
    before = _last(one, slot)
    if value is None or (before and before.value == value and not stated):
        return Booking(one)
    claim = _claim(report, slot, value)
    if before is None or stated:
        return Booking(_with(one, claim))
    pending = [c for c in one.claims if c.slot == slot + PENDING and c.value == value]
    voices = {c.publisher for c in pending} | {report.publisher}
    earlier = {c.publisher for c in one.claims if c.slot == slot and c.value == before.value}
    trusted = len(voices) > 1 or report.tier <= _FIRST_TIER or report.publisher in earlier
    if not trusted or not _may_move(one, report, before, claim):
        kept = replace(claim, slot=slot + PENDING)
        return Booking(one if report.publisher in {c.publisher for c in pending} else _with(one, kept))
    after = _with(one, claim)
    event, direction = _event(before, claim)
    change = Change(slot, before.value, value)
    return Booking(after, Inference(after, event, direction, change, before, pending[0] if pending else claim))


def _may_move(one: Appointment, report: Report, before: Claim, after: Claim) -> bool:
    """Whether the two values can only be about one appointment that moved."""
    slots = slots_of(report)
    if slots is None or report.time < before.time:
        return False
    today = report.time.date()
    if after.slot == "date":
        old, new = date.fromisoformat(before.value), date.fromisoformat(after.value)
        return old >= today and new >= today and abs(new - old) <= _FARTHEST and _identity(one, report, slots) >= 1
    near = one.date is not None and slots.day is not None and abs(one.date - slots.day) <= _NEAR
    same_level = one.level is not None and one.level == report.level
    return near and (same_level or slots.ordinal is not None or one.date == slots.day)


def _event(before: Claim, after: Claim) -> tuple[ConceptId, Direction]:
    if after.slot == "place":
        return ConceptId("schedule.venue_changed"), Direction.VENUE
    if after.value < before.value:
        return ConceptId("schedule.moved_up"), Direction.UP
    return ConceptId("schedule.postponed"), Direction.BACK


def _with(one: Appointment, claim: Claim) -> Appointment:
    after = replace(one, claims=(*one.claims, claim))
    if claim.slot == "date":
        return replace(after, date=date.fromisoformat(claim.value))
    return replace(after, place=claim.value) if claim.slot == "place" else after


def _claim(report: Report, slot: str, value: str) -> Claim:
    return Claim(slot, value, report.item, report.publisher, report.time)


def _last(one: Appointment, slot: str) -> Claim | None:
    return next((claim for claim in reversed(one.claims) if claim.slot == slot), None)


def _on_file(one: Appointment, slot: str) -> str | None:
    found = _last(one, slot)
    return found.value if found else None
