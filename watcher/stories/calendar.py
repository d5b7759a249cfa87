"""
Appointments on file, and what follows when fresh reports give another day or place than the one on file.

Precision before recall. Kind, level and ordinal are part of an appointment's identity; "begins" and "held" close it;
only planned and new days and places count; besides its participants something must say that it is this appointment:
the place, the ordinal, the day, or that leaders meet. What one outlet alone gives otherwise is a doubt: on file stays
what others say, until a second voice agrees, a first-tier source says so, or the only item that gave the old value is
edited. Voices are publishers whose titles are no copies of each other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from watcher.model import (
    ActorId,
    Appointment,
    Change,
    Claim,
    ConceptId,
    Direction,
    ItemId,
    Move,
    Report,
    Status,
)
from watcher.stories.ids import appointment_id
from watcher.stories.sight import key_of
from watcher.stories.slots import (
    Slots,
    agree,
    could_be,
    days_of,
    givers_of,
    is_identified,
    is_past,
    likeness,
    on_file,
    slots_of,
)
from watcher.stories.track import Phase, phase_of, voice_of
from watcher.text import family_of

PENDING = "?"  # after a slot's name: given by one outlet, not on file
_FIRST_TIER = 1
_FRESH = timedelta(days=7)  # two outlets that far apart do not confirm each other
_STALE = timedelta(days=10)  # an appointment without a day that nobody has spoken of for so long is none
_ONE_EVENING = timedelta(days=1)  # in two time zones it has two dates
_MOST_OF_A_VALUE = 6
_MOST_CLAIMS = 40
# From least to most firm.
_LADDER = (Status.REPORTED, Status.CLAIMED, Status.AGREED, Status.ANNOUNCED, Status.CONFIRMED)
_MOVES = {Direction.UP: "date", Direction.BACK: "date", Direction.VENUE: "place"}


@dataclass(frozen=True, slots=True)
class Inference:
    """A move that no report states: the event it amounts to, the items that imply it (on file first), who says so."""

    event: ConceptId
    direction: Direction
    items: tuple[ItemId, ...]
    publishers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Booking:
    """
    What a report does to the calendar.

    Args:
        appointment: As it is after the report.
        changes: What is on file otherwise than before; `before` None: it was not known.
        doubt: What the report alone gives otherwise.
        inference: What the changes amount to, when no report states them and the old value was firm.
        is_new: The appointment was not on file; then all it gives is among the changes.
    """

    appointment: Appointment
    changes: tuple[Change, ...] = ()
    doubt: Change | None = None
    inference: Inference | None = None
    is_new: bool = False


class Calendar:
    """Open appointments by participants."""

    def __init__(self) -> None:
        self._by_participants: defaultdict[tuple[ActorId, ...], list[Appointment]] = defaultdict(list)

    def put(self, appointment: Appointment) -> None:
        """Replace the appointment of that id, or add it; a held or cancelled one leaves."""
        known = self._by_participants[appointment.participants]
        kept = [one for one in known if one.id != appointment.id]
        self._keep(appointment.participants, [*kept, appointment] if is_open(appointment) else kept)

    def open(self) -> tuple[Appointment, ...]:
        """Every open appointment."""
        return tuple(one for known in self._by_participants.values() for one in known)

    def forget(self, *, now: datetime) -> None:
        """Drop what no report can be about any more."""
        for participants, known in list(self._by_participants.items()):
            self._keep(participants, [one for one in known if not _is_over(one, now)])

    def book(self, report: Report) -> Booking | None:
        """What the report says about an appointment; None: nothing, or nothing that may be trusted."""
        told = slots_of(report)
        if told is None:
            return None
        known = self._by_participants.get(report.actors, ())
        meant = [one for one in known if not _is_over(one, report.time) and _is_meant(one, report, told)]
        if meant:
            best = max(meant, key=lambda one: (likeness(one, told), one.claims[-1].time, one.id))
            return _revised(best, _after(best, report, told), report)
        if phase_of(report) in (Phase.UNDERWAY, Phase.OFF) or not told.is_placed_in_time_or_space:
            return None
        given = (("date", told.day, told.old_day), ("place", told.place, told.old_place))
        changes = tuple(Change(slot, old, value) for slot, value, old in given if value and value != old)
        return Booking(_opened(report, told), changes, is_new=True)

    def _keep(self, participants: tuple[ActorId, ...], known: list[Appointment]) -> None:
        self._by_participants[participants] = known
        if not known:
            del self._by_participants[participants]


def is_open(appointment: Appointment) -> bool:
    """Whether it is still ahead as far as reports say."""
    return appointment.status not in (Status.HELD, Status.OFF)


def _is_over(one: Appointment, now: datetime) -> bool:
    """Past by more days than a round lasts, or without a day and not spoken of any more."""
    if one.date is None:
        return now - one.claims[-1].time > _STALE
    return is_past(one, now.date(), by=timedelta(days=3))


def _is_meant(one: Appointment, report: Report, told: Slots) -> bool:
    ends = phase_of(report) in (Phase.UNDERWAY, Phase.OFF) or report.direction in _MOVES
    return could_be(one, told, today=None if ends else report.time.date())


def _opened(report: Report, told: Slots) -> Appointment:
    values = (("date", told.day), ("place", told.place), ("ordinal", told.ordinal))
    claims = tuple(_claim(report, slot, value) for slot, value in values if value)
    return Appointment(
        appointment_id(report),
        told.kind or "meeting",
        report.actors,
        report.status,
        level=told.level,
        date=days_of(told.day)[0] if told.day else None,
        place=told.place,
        claims=claims or (_claim(report, "date", ""),),
    )


def _after(one: Appointment, report: Report, told: Slots) -> Booking:
    """The appointment after the report."""
    match phase_of(report):
        case Phase.UNDERWAY:
            return _ended(one, Status.HELD)
        case Phase.OFF if report.direction is not Direction.BACK:
            return _ended(one, Status.OFF)
        case Phase.OFF:
            return _postponed(one, report)
    booking = Booking(replace(one, status=_firmer(one.status, report.status), level=one.level or told.level))
    for slot, value, old in (("date", told.day, told.old_day), ("place", told.place, told.old_place)):
        if value is None:
            continue
        now = booking.appointment
        is_stated = report.direction is not None and _MOVES.get(report.direction) == slot
        claim = _claim(report, slot, value)
        step = _stated(now, claim, old) if is_stated else _weighed(now, claim, told)
        booking = Booking(
            step.appointment,
            (*booking.changes, *step.changes),
            booking.doubt or step.doubt,
            booking.inference or step.inference,
        )
    return booking


def _revised(before: Appointment, booking: Booking, report: Report) -> Booking:
    """The booking with what it changed of the appointment noted there."""
    after = booking.appointment
    values = [(slot, on_file(before, slot), on_file(after, slot)) for slot in ("date", "place")]
    values.append(("status", before.status.value, after.status.value))
    moves = [
        Move(slot, old or None, new, report.item, report.publisher, report.time)
        for slot, old, new in values
        if old != new
    ]
    if not moves:
        return booking
    noted = replace(after, moves=(*after.moves, *moves)[-_MOST_CLAIMS:], revision=before.revision + 1)
    return replace(booking, appointment=noted)


def _ended(one: Appointment, status: Status) -> Booking:
    return Booking(replace(one, status=status), (Change("status", one.status.value, status.value),))


def _postponed(one: Appointment, report: Report) -> Booking:
    """Without a day from now on."""
    if one.date is None:
        return Booking(one)
    return Booking(_with(one, _claim(report, "date", "")), (Change("status", one.status.value, "postponed"),))


def _stated(one: Appointment, claim: Claim, old: str | None) -> Booking:
    """What the report says has moved."""
    before = on_file(one, claim.slot)
    if before and agree(claim.slot, before, claim.value):
        return Booking(_confirmed(one, claim))
    known = before or old
    return Booking(_with(one, claim), (Change(claim.slot, known, claim.value),) if known != claim.value else ())


def _weighed(one: Appointment, claim: Claim, told: Slots) -> Booking:
    """A value that a report gives as if nothing had moved."""
    slot, value, before = claim.slot, claim.value, on_file(one, claim.slot)
    if not before:
        former = next((c.value for c in reversed(one.claims) if c.slot == slot and c.value), None)
        return Booking(_with(one, claim), (Change(slot, former, value),))
    if agree(slot, before, value):
        return Booking(_confirmed(one, claim))
    held = [c for c in one.claims if c.slot == slot and c.value and agree(slot, c.value, before)]
    was = any(c.slot == slot and c.value and agree(slot, c.value, value) for c in one.claims)
    if claim.time < held[0].time or (was and claim.tier > _FIRST_TIER):
        return Booking(one)  # an old report, or an outlet that has not heard of the move
    pending = [c for c in one.claims if c.slot == slot + PENDING and agree(slot, c.value, value)]
    voices = [*(c for c in pending if claim.time - c.time <= _FRESH), claim]
    change = Change(slot, before, value)
    if not _is_trusted(voices, held, change):
        return Booking(_kept(one, replace(claim, slot=slot + PENDING)), doubt=change)
    after = _with(_settled(one, pending), claim)
    firm = len(_voices(held)) > 1 or held[0].tier <= _FIRST_TIER
    givers = givers_of(one, slot)
    if not firm or claim.item in givers or not is_identified(one, told, slot, givers):
        return Booking(after, (change,))
    return Booking(after, (change,), inference=_inference(change, held[0], voices))


def _is_trusted(voices: list[Claim], held: list[Claim], change: Change) -> bool:
    """Whether those who give the new value outweigh those who have kept the old one since the first of them."""
    new, old = _voices(voices), _voices(held)
    if old == new and voices[-1].item == held[0].item:
        return True  # the only item that gave the old value was edited
    keepers = _voices(claim for claim in held if claim.time > voices[0].time) - new
    if len(new) <= len(keepers) or (change.slot == "place" and voices[-1].country == held[0].country):
        return False  # of two places in one state one may be within the other
    if change.slot == "date" and _is_one_evening(change):
        return len(new) > 1 and bool(new & old)
    return len(new) > 1 or voices[-1].tier <= _FIRST_TIER


def _is_one_evening(change: Change) -> bool:
    """Whether the days touch; then only an outlet that gave both shows that it is not the time zone."""
    old, new = days_of(change.before or ""), days_of(change.after)
    return new[0] - old[1] <= _ONE_EVENING and old[0] - new[1] <= _ONE_EVENING


def _voices(claims: Iterable[Claim]) -> set[str]:
    """Who gives the value in truth, of those whose titles are copies of each other the first."""
    first: dict[int | str, str] = {}
    for claim in claims:
        first.setdefault(claim.mark or _voice(claim), _voice(claim))
    return set(first.values())


def _voice(claim: Claim) -> str:
    return claim.voice or family_of(claim.publisher)  # an earlier version stored none


def _inference(change: Change, held: Claim, voices: list[Claim]) -> Inference:
    items = tuple(dict.fromkeys((held.item, voices[0].item, voices[-1].item)))
    publishers = tuple(dict.fromkeys({_voice(claim): claim.publisher for claim in reversed(voices)}.values()))[::-1]
    if change.slot == "place":
        return Inference(ConceptId("schedule.venue_changed"), Direction.VENUE, items, publishers)
    if days_of(change.after) < days_of(change.before or ""):
        return Inference(ConceptId("schedule.moved_up"), Direction.UP, items, publishers)
    return Inference(ConceptId("schedule.postponed"), Direction.BACK, items, publishers)


# ── Claims ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _claim(report: Report, slot: str, value: str) -> Claim:
    mark = key_of(" ".join(sorted(report.words))) >> 1 if report.words else 0
    country = next((fact.country for fact in report.places if slot == "place" and fact.place == value), "")
    return Claim(
        slot,
        value,
        report.item,
        report.publisher,
        report.time,
        tier=report.tier,
        mark=mark,
        country=country,
        voice=voice_of(report),
    )


def _with(one: Appointment, claim: Claim) -> Appointment:
    """The appointment with the claim's value on file."""
    after = replace(one, claims=(*one.claims, claim)[-_MOST_CLAIMS:])
    if claim.slot == "date":
        return replace(after, date=days_of(claim.value)[0] if claim.value else None)
    return replace(after, place=claim.value)


def _confirmed(one: Appointment, claim: Claim) -> Appointment:
    """One more outlet gives the value on file, which stays as it was first written."""
    return _kept(one, replace(claim, value=on_file(one, claim.slot) or claim.value))


def _kept(one: Appointment, claim: Claim) -> Appointment:
    """The appointment with the claim noted, if it is a new voice for its value and there are not many already."""
    same = [c for c in one.claims if (c.slot, c.value) == (claim.slot, claim.value)]
    if len(same) >= _MOST_OF_A_VALUE or claim.publisher in {c.publisher for c in same}:
        return one
    return replace(one, claims=(*one.claims, claim)[-_MOST_CLAIMS:])


def _settled(one: Appointment, pending: list[Claim]) -> Appointment:
    """The appointment with these claims on file instead of pending."""
    claims = (replace(c, slot=c.slot.removesuffix(PENDING)) if c in pending else c for c in one.claims)
    return replace(one, claims=tuple(claims))


def _firmer(known: Status, told: Status) -> Status:
    return max(known, told, key=lambda status: _LADDER.index(status) if status in _LADDER else -1)
