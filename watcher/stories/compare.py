"""
One report against one open development: what forbids a join, and how much speaks for one.

Vetoes come first and are outside the score, because a hot story would otherwise eat its own updates. Each is a
`Change`, so that the reason of a decision can say what is different.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from watcher.model import Change, ItemId, Report, Status
from watcher.stories.track import Phase, Track, due_days, due_places, numbers, phase_of, speakers_of
from watcher.stories.weights import Joining

_SPOKEN = frozenset(("statement", "offer", "threat"))
_UNSURE = (Status.CONSIDERED, Status.REPORTED, Status.CLAIMED)
_SHORT = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Verdict:
    """
    How a report stands to one development.

    Args:
        score: Sum of `terms`; only comparable with the thresholds of `Joining`.
        terms: What the score is made of, by name of the weight.
        agree: Names of the facts on which both agree.
        vetoes: What forbids a join; empty when nothing does.
        closest: The item whose title is closest.
    """

    track: Track
    score: float
    terms: Mapping[str, float]
    agree: tuple[str, ...]
    vetoes: tuple[Change, ...]
    closest: ItemId


def compare(report: Report, track: Track, idf: Callable[[str], float], weights: Joining) -> Verdict:
    """
    Everything that is known about whether the report belongs to the development.

    Args:
        idf: Weight of a word, larger the rarer.
    """
    nearest, cosine = closest(report, track, idf)
    agree = agreements(report, track)
    terms = {
        "cosine": weights.cosine * cosine if nearest.lang == report.lang else weights.foreign,
        "agree": weights.agree * min(len(agree), weights.agree_most),
        **timing(report, track, weights),
        **conflicts(report, track, weights),
    }
    terms = {name: value for name, value in terms.items() if value}
    return Verdict(track, sum(terms.values()), terms, agree, vetoes(report, track), nearest.item)


def closest(report: Report, track: Track, idf: Callable[[str], float]) -> tuple[Report, float]:
    """The member whose title shares most with the report's, and the cosine of the two (0..1)."""
    square = {word: idf(word) ** 2 for word in report.words}
    own = math.sqrt(sum(square.values()))
    best, best_cosine = track.lead, 0.0
    for member in track.titles:
        shared = member.words & report.words
        if not shared:
            continue
        if member.lang == report.lang and own:
            other = math.sqrt(sum(square.get(word) or idf(word) ** 2 for word in member.words))
            cosine = sum(square[word] for word in shared) / (own * other)
            if cosine > best_cosine:
                best, best_cosine = member, cosine
    return best, best_cosine


def agreements(report: Report, track: Track) -> tuple[str, ...]:
    """Names of the facts that both state and that are the same."""
    checks = (
        ("event", report.event in track.events),
        ("direction", report.direction is not None and report.direction is track.latest.direction),
        ("agent", report.agent is not None and report.agent is track.lead.agent),
        ("date", _overlap(due_days(report), track.days)),
        ("place", bool(due_places(report) & track.places)),
        ("ordinal", _same_number(numbers(report, ordinal=True), track.ordinals)),
        ("number", _same_number(numbers(report, ordinal=False), track.quantities)),
        ("actors", set(report.actors) == track.actors),
    )
    return tuple(name for name, holds in checks if holds)


def timing(report: Report, track: Track, weights: Joining) -> dict[str, float]:
    """Terms that come from who spoke when, and from how much is being reported."""
    age = abs(report.seen - track.last_seen)
    speakers = tuple(speakers_of(report))
    lately = any(
        speaker in track.speakers and abs(report.seen - track.speakers[speaker]) <= weights.speaker_within
        for speaker in speakers
    )
    other = report.speaker is not None and bool(track.speakers) and report.speaker not in track.speakers
    return {
        "speaker": weights.speaker if lately else 0.0,
        "other_speaker": weights.other_speaker if other else 0.0,
        "fresh": weights.fresh if age <= weights.fresh_within else 0.0,
        "stale": weights.stale if age > weights.stale_after else 0.0,
        "rate": weights.rate * min(track.busy(report.seen), 4),
    }


def conflicts(report: Report, track: Track, weights: Joining) -> dict[str, float]:
    """Terms for facts that differ but do not forbid."""
    days = due_days(report)
    mine, theirs = phase_of(report), phase_of(track.latest)
    differ = bool(due_places(report)) and bool(track.places) and not due_places(report) & track.places
    return {
        "conflict": weights.conflict if days and track.days and not _overlap(days, track.days) else 0.0,
        "differ": weights.differ if differ or _other_number(numbers(report, ordinal=False), track.quantities) else 0.0,
        "done": weights.done if mine is Phase.UNDERWAY and theirs is Phase.AHEAD else 0.0,
        "undone": weights.undone if mine is Phase.AHEAD and theirs is Phase.UNDERWAY else 0.0,
        "family": weights.family if report.family not in track.families else 0.0,
    }


def vetoes(report: Report, track: Track) -> tuple[Change, ...]:
    """What makes the report a development of its own, whatever the words say."""
    found = (
        _other_date(report, track),
        _other_ordinal(report, track),
        _other_place(report, track),
        _step(report, track),
        _direction(report, track),
        _other_agent(report, track),
        _confirmation(report, track),
    )
    return tuple(change for change in found if change)


def _other_date(report: Report, track: Track) -> Change | None:
    days = due_days(report)
    if not days or not track.days or _overlap(days, track.days) or not _same_matter(report, track):
        return None
    return Change("date", _say_days(track.days[-1]), _say_days(days[0]))


def _other_ordinal(report: Report, track: Track) -> Change | None:
    for unit, values in numbers(report, ordinal=True).items():
        if (known := track.ordinals.get(unit)) and not values & known:
            return Change("ordinal", f"{unit} {max(known)}", f"{unit} {max(values)}")
    return None


def _other_place(report: Report, track: Track) -> Change | None:
    places = due_places(report)
    if not places or not track.places or places & track.places or not _same_matter(report, track):
        return None
    return Change("place", min(track.places), min(places))


def _step(report: Report, track: Track) -> Change | None:
    mine, theirs = phase_of(report), phase_of(track.latest)
    if mine is theirs or mine is Phase.OPEN:
        return None
    if Phase.OFF in (mine, theirs) or mine is Phase.DENIED or (mine is Phase.UNDERWAY and theirs is Phase.AHEAD):
        return Change("status", track.latest.status.value, report.status.value)
    return None


def _direction(report: Report, track: Track) -> Change | None:
    if report.direction is None or report.direction is track.latest.direction:
        return None
    return Change("direction", track.latest.direction, report.direction.value)


def _other_agent(report: Report, track: Track) -> Change | None:
    mine = next(iter(speakers_of(report)), None)
    if mine is None or not track.speakers or mine in track.speakers or report.family not in _SPOKEN:
        return None
    return Change("speaker", max(track.speakers, key=lambda actor: track.speakers[actor]), mine)


def _confirmation(report: Report, track: Track) -> Change | None:
    if report.status is not Status.CONFIRMED or not report.principal or track.latest.status not in _UNSURE:
        return None
    return Change("status", track.latest.status.value, report.status.value)


def _same_matter(report: Report, track: Track) -> bool:
    """Whether dates and places of the two can be about one appointment: same family, and level if both say it."""
    level = track.lead.level
    return report.family in track.families and (report.level is None or level is None or report.level == level)


def _overlap(days: tuple[tuple[date, date], ...], known: list[tuple[date, date]]) -> bool:
    return any(first <= end and start <= last for first, last in days for start, end in known)


def _same_number(mine: Mapping[str, frozenset[int]], known: Mapping[str, set[int]]) -> bool:
    return any(values & known.get(unit, set()) for unit, values in mine.items())


def _other_number(mine: Mapping[str, frozenset[int]], known: Mapping[str, set[int]]) -> bool:
    return any(unit in known and not values & known[unit] for unit, values in mine.items())


def _say_days(days: tuple[date, date]) -> str:
    first, last = days
    return first.isoformat() if first == last else f"{first.isoformat()}..{last.isoformat()}"


def age_of(report: Report, moment: datetime) -> timedelta:
    """How much older the report is than a moment; zero when it is not."""
    return max(timedelta(0), moment - report.time)
