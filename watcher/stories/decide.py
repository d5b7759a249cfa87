"""
Verdicts on the candidates → one answer: which development a report founds or joins, and why.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from watcher.model import (
    Appointment,
    Change,
    Decision,
    Development,
    DevelopmentId,
    Direction,
    Filed,
    Kind,
    Lane,
    Report,
    Role,
    Status,
    Story,
    StoryId,
)
from watcher.stories.calendar import Booking, Inference
from watcher.stories.compare import Verdict, agreements
from watcher.stories.ids import development_id, story_id
from watcher.stories.slots import days_of
from watcher.stories.track import Phase, Track, due_days, due_places, is_turn, is_voice, phase_of, voice_of
from watcher.stories.value import lane_of, mean_worth, sort_of, worth_of
from watcher.stories.weights import Joining, Worth

_INFERRED_WORTH = 0.9
_EXACT = timedelta(days=3)  # "early in March" is no day yet


@dataclass(frozen=True, slots=True)
class Scene:
    """
    Everything on file that a decision looks at.

    Args:
        stories: Open ones by id.
        edited: Developments that an earlier state of the same item belongs to.
        story: The open story that the report continues; None: it opens one.
        previous: The closed story of the same matter that a new one links back to.
        siblings: The developments of `story` that are still compared with, oldest first.
        booking: What the report does to the calendar.
    """

    verdicts: tuple[Verdict, ...]
    stories: Mapping[StoryId, Story]
    edited: tuple[DevelopmentId, ...]
    story: Story | None
    previous: StoryId | None
    siblings: tuple[Track, ...]
    booking: Booking | None

    def score(self, verdict: Verdict, weights: Joining) -> float:
        """The verdict's score; more for a new state of an item that the development already holds."""
        if verdict.track.development.id not in self.edited:
            return verdict.score
        if verdict.features["cosine"] < weights.edited_cosine and "foreign" not in verdict.features:
            return verdict.score  # a page that now tells of something else
        odds = verdict.score / (1 - min(verdict.score, 0.999)) * math.exp(weights.edited)
        same = verdict.features["actors"] == 1 and verdict.features["event"] == 1
        return max(odds / (1 + odds), weights.same if same else 0.0)


@dataclass(frozen=True, slots=True)
class Assigned:
    """
    The answer for one report, as values that replace what is on file.

    Args:
        inferred: A development that no report states, with what the report implies as its facts.
    """

    decision: Decision
    filed: Filed
    development: Development
    story: Story
    appointments: tuple[Appointment, ...] = ()
    inferred: Development | None = None

    def filings(self) -> Iterator[tuple[Filed, Development]]:
        """What is to be filed, in order."""
        yield self.filed, self.development
        if self.inferred and self.inferred.facts:
            yield Filed(self.inferred.facts, self.inferred.id), self.inferred


def decide(report: Report, scene: Scene, weights: Joining, *, worth: Worth, now: datetime) -> Assigned:
    """Join the best development that nothing forbids, or found one in the story that is closest."""
    booking = scene.booking
    free = [
        v for v in scene.verdicts if not v.vetoes and not _detail(report, v, weights) and _knows(v, report, booking)
    ]
    best = max(free, key=lambda v: (scene.score(v, weights), v.track.development.id), default=None)
    if best and scene.score(best, weights) >= weights.threshold:
        development = _joined(report, best, scene, worth=worth)
        story = scene.stories[development.story]
        kind, why = Kind.REPEAT, _why_joined(best, development)
    else:
        development = _founded(report, scene, weights, worth=worth)
        story = scene.story or _opened(report, development, scene.previous)
        kind, why = development.kind, _why_founded(development, best)
    decision = Decision(
        report.item,
        kind,
        development.id,
        story.id,
        why,
        scene.score(best, weights) if best else 0.0,
        now,
        best.closest if best else None,
    )
    answer = Assigned(decision, Filed(report, development.id), development, _continued(story, development, report))
    return _on_calendar(answer, booking)


def _knows(verdict: Verdict, report: Report, booking: Booking | None) -> bool:
    """Whether the development already tells what the report says otherwise than the calendar did."""
    if booking is None:
        return True
    said = (*booking.changes, booking.doubt) if booking.doubt else booking.changes
    if booking.is_new:  # a development that gives another day is of another appointment
        said = tuple(change for change in said if change.slot == "date" and verdict.track.days)
    return all(_is_told(change, verdict.track, report) for change in said if change.before or booking.is_new)


def _is_told(change: Change, track: Track, report: Report) -> bool:
    match change.slot:
        case "date":
            if not track.days:
                return report.direction is not None and report.direction is track.latest.direction
            first, last = days_of(change.after)
            return any(start <= last and first <= end for start, end in track.days)
        case "place":
            return change.after in track.places
        case _:
            return phase_of(report) is phase_of(track.latest)


def _joined(report: Report, best: Verdict, scene: Scene, *, worth: Worth) -> Development:
    before, track, booking = best.track.development, best.track, scene.booking
    publishers = before.publishers
    if is_voice(report, track.voices) and report.publisher not in publishers:
        publishers = (*publishers, report.publisher)
    after = replace(
        before,
        items=before.items if report.item in before.items else (*before.items, report.item),
        publishers=publishers,
        outlets=tuple(dict.fromkeys((*(before.outlets or before.publishers), report.publisher))),
        last_seen=max(before.last_seen, report.seen),
    )
    if booking and booking.changes and before.kind is Kind.POSSIBLE and before.lane is Lane.DIGEST:
        # What was doubtful is on file now.
        return replace(
            after, kind=Kind.UPDATE, changes=booking.changes, lane=Lane.NOW, value=max(before.value, worth.now)
        )
    if booking and booking.doubt:
        return after
    value = mean_worth(before.value, track.reports, worth_of(report, worth))
    if before.lane is Lane.NOW:
        return replace(after, value=value)
    outlets = len(track.outlets | {report.publisher})
    sort = sort_of(before.kind, before.changes)
    return replace(after, value=value, lane=lane_of(value, outlets, _echo(scene), sort=sort, weights=worth))


def _echo(scene: Scene) -> float:
    """The best chance that the report belongs to a development that interrupted somebody already."""
    told = (v.score for v in scene.verdicts if not v.vetoes and v.track.development.lane is Lane.NOW)
    return max(told, default=0.0)


def _founded(report: Report, scene: Scene, weights: Joining, *, worth: Worth) -> Development:
    kind, changes = _kind(report, scene, weights)
    value = worth_of(report, worth)
    lane = lane_of(value, 1, _echo(scene), sort=sort_of(kind, changes), weights=worth)
    if (scene.booking and scene.booking.doubt) or _is_followed(report, scene, worth):
        lane = Lane.DIGEST  # what one outlet says against the calendar waits for a second voice
    elif _must_be_told(report, scene.booking, changes, likely=value >= worth.answer and _echo(scene) < worth.echo):
        value, lane = max(value, worth.now), Lane.NOW
    return Development(
        id=development_id(report),
        story=scene.story.id if scene.story else story_id(report),
        kind=kind,
        event=report.event,
        actors=report.actors,
        status=report.status,
        lane=lane,
        value=value,
        title=report.title,
        url=report.url,
        items=(report.item,),
        publishers=(report.publisher,),
        outlets=(report.publisher,),
        first_seen=report.seen,
        last_seen=report.seen,
        changes=changes,
        facts=report,
    )


def _is_followed(report: Report, scene: Scene, worth: Worth) -> bool:
    """Whether the step that it reports, such as "begins" or "denied", was told lately in other words."""
    phase = phase_of(report)
    if phase in (Phase.OPEN, Phase.AHEAD):
        return False
    return any(
        v.track.development.lane is Lane.NOW
        and v.score >= worth.followed
        and report.seen - v.track.last_seen <= worth.followed_within
        and phase_of(v.track.latest) is phase
        and set(report.actors) & v.track.actors
        for v in scene.verdicts
        if not v.vetoes
    )


def _must_be_told(report: Report, booking: Booking | None, changes: Iterable[Change], *, likely: bool) -> bool:
    """
    Whether it interrupts though one outlet alone reports it: a party denies or confirms what was reported, the calendar
    has changed, or two have agreed on a day.

    Args:
        likely: It is more likely a development than not, and no echo of one.
    """
    answers = report.status in (Status.DENIED, Status.CONFIRMED) and any(change.slot == "status" for change in changes)
    if answers and report.principal and likely:
        return True
    if booking is None or booking.doubt or not report.principal:
        return False
    return any(change.before or (booking.is_new and change.slot == "date") for change in booking.changes)


def _kind(report: Report, scene: Scene, weights: Joining) -> tuple[Kind, tuple[Change, ...]]:
    """What the new development is to its story, and what it changes there."""
    booking = scene.booking
    if booking and booking.doubt:
        return Kind.POSSIBLE, (booking.doubt,)
    if scene.story is None:
        return Kind.NEW, ()
    own = [v for v in scene.verdicts if v.track.development.story == scene.story.id]
    forbidden = [v for v in own if v.vetoes and (scene.score(v, weights) >= weights.thread or _is_return(v))]
    on_file = booking.changes if booking else ()
    if scene.siblings and report.time < max(track.latest.time for track in scene.siblings) and not forbidden:
        return Kind.POSSIBLE, ()  # it is late: its facts may be older than what is on file
    if not forbidden:
        details = on_file or _asked(report) or [change for v in own for change in _detail(report, v, weights)][:1]
        details = details or _turn(report, scene.siblings)
        return (Kind.UPDATE, tuple(details)) if details else (Kind.POSSIBLE, ())
    # The newest state is what changed; of several as new, the closest.
    nearest = max(forbidden, key=lambda v: (v.track.latest.time, scene.score(v, weights), v.track.development.id))
    retracted = report.status is Status.DENIED and _own_source(report, nearest.track)
    return (Kind.RETRACTED if retracted else Kind.UPDATE), _told_changes(nearest.vetoes, on_file)


def _is_return(verdict: Verdict) -> bool:
    return any(change.slot == "agent" for change in verdict.vetoes)


def _told_changes(vetoes: Iterable[Change], on_file: Iterable[Change]) -> tuple[Change, ...]:
    """What changed, as the calendar has it where it knows; which way a date went only where nothing says more."""
    by_slot = {change.slot: change for change in (*vetoes, *on_file) if change.before != change.after}
    more = {slot: change for slot, change in by_slot.items() if slot != "direction"}
    return tuple((more or by_slot).values())


def _asked(report: Report) -> tuple[Change, ...]:
    """The move that somebody asks for or considers, as far as the report tells from where and to where."""
    if report.direction is not Direction.VENUE:
        return ()
    old = next((fact.place for fact in report.places if fact.role is Role.OLD), None)
    new = next((fact.place for fact in report.places if fact.role in (Role.NEW, Role.PLANNED)), None)
    return (Change("place", old, new),) if new else ()


def _turn(report: Report, siblings: Iterable[Track]) -> tuple[Change, ...]:
    """An event that the story has not seen and that is news whatever it follows, such as a truce that takes effect."""
    tracks = tuple(siblings)
    known = {event for track in tracks for member in track.titles for event in (member.event, *member.also)}
    if report.event in known or not is_turn(report) or not tracks:
        return ()
    return (Change("event", max(tracks, key=lambda track: track.latest.time).latest.event, report.event),)


def _own_source(report: Report, track: Track) -> bool:
    """
    Whether who denies it is who said it: the outlet, in its own name and of the same event.

    An outlet that quotes a denial takes nothing back; a party that denies only answers, also what it said itself.
    """
    quotes = report.speaker is not None or report.agent is not None
    return not quotes and voice_of(report) in track.voices and report.event in track.events


def _detail(report: Report, verdict: Verdict, weights: Joining) -> tuple[Change, ...]:
    """A first day or place for a matter that has been on file for a while without one."""
    track = verdict.track
    if report.seen - track.development.first_seen < weights.detail_after or report.family not in track.families:
        return ()
    days, places = due_days(report), due_places(report)
    found = []
    exact = next((first for first, last in days if last - first <= _EXACT), None)
    if exact and all(last - first > _EXACT for first, last in track.days):
        found.append(Change("date", None, exact.isoformat()))
    if places and not track.places:
        found.append(Change("place", None, min(places)))
    return tuple(found)


def _opened(report: Report, development: Development, previous: StoryId | None) -> Story:
    return Story(
        id=development.story,
        family=report.family,
        actors=report.actors,
        title=report.title,
        opened=report.seen,
        last_seen=report.seen,
        developments=(),
        previous=previous,
    )


def _continued(story: Story, development: Development, report: Report) -> Story:
    known = development.id in story.developments
    return replace(
        story,
        last_seen=max(story.last_seen, report.seen),
        developments=story.developments if known else (*story.developments, development.id),
    )


def _on_calendar(answer: Assigned, booking: Booking | None) -> Assigned:
    """The answer with what the report does to the calendar."""
    if booking is None:
        return answer
    story = replace(answer.story, appointment=answer.story.appointment or booking.appointment.id)
    answer = replace(answer, story=story, appointments=(booking.appointment,))
    return _with_inference(answer, booking, booking.inference) if booking.inference else answer


def _with_inference(answer: Assigned, booking: Booking, found: Inference) -> Assigned:
    report = answer.filed.report
    facts = replace(report, event=found.event, direction=found.direction, also=(), family="talks")
    key = development_id(facts)
    inferred = replace(
        answer.development,
        id=key,
        kind=Kind.UPDATE,
        event=found.event,
        actors=booking.appointment.participants,
        status=report.status,
        lane=Lane.NOW,
        value=_INFERRED_WORTH,
        title=report.title,
        url=report.url,
        items=(report.item,),
        publishers=found.publishers,
        first_seen=report.seen,
        last_seen=report.seen,
        changes=booking.changes,
        inferred_from=found.items,
        facts=facts,
    )
    return replace(answer, story=_continued(answer.story, inferred, report), inferred=inferred)


def _why_joined(best: Verdict, development: Development) -> str:
    said = [f"same {name}" for name in agreements(best.features)]
    said.append(f"words {best.features['cosine']:.2f}")
    return f"repeat of {development.id} ({best.score:.2f}): {', '.join(said)}"


def _why_founded(development: Development, best: Verdict | None) -> str:
    if development.changes:
        what = "; ".join(f"{c.slot}: {c.before or 'unknown'} → {c.after}" for c in development.changes)
        return f"{development.kind}: {what}"
    if development.kind is Kind.NEW:
        return "new: no open story of these actors is close"
    near = f", closest {best.track.development.id} at {best.score:.2f}" if best else ""
    return f"{development.kind}: same actors, other words and facts{near}"
