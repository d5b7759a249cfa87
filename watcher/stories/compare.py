"""
One report against one open development: what forbids a join, and how much speaks for one.

Vetoes come first and are outside the score, because a hot story would otherwise eat its own updates. Each is a
`Change`, so that the reason of a decision can say what is different.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from watcher.model import ActorId, Change, Direction, ItemId, Report, Status
from watcher.stories.track import Phase, Track, deeds_of, due_days, due_places, is_turn, numbers, phase_of, speakers_of
from watcher.stories.weights import Joining

_SPOKEN = frozenset(("statement", "offer", "threat"))
_DISCRETE = ("diplomat.", "embassy.", "treaty.", "council.", "prisoners.", "ties.", "recognition.")
_MANIFOLD = ("agreement.", "offer.")
_UNSURE = (Status.CONSIDERED, Status.REPORTED, Status.CLAIMED)
_HOUR = timedelta(hours=1)
_RAREST = 5.0  # IDF of a word that hardly any open development holds
_LATEST = 6  # members whose actors are compared


@dataclass(frozen=True, slots=True)
class Verdict:
    """
    How a report stands to one development.

    Args:
        score: 0..1, the chance that the report belongs to it, vetoes aside.
        features: What the score is made of, by name of the weight.
        vetoes: What forbids a join; empty when nothing does.
        closest: The item whose title is closest.
    """

    track: Track
    score: float
    features: Mapping[str, float]
    vetoes: tuple[Change, ...]
    closest: ItemId


def compare(report: Report, track: Track, rarity: Mapping[str, float], weights: Joining) -> Verdict:
    """
    Everything that is known about whether the report belongs to the development.

    Args:
        rarity: Square of the IDF of any word.
    """
    closest, words = wording(report, track, rarity, weights)
    features = {**words, **timing(report, track, weights), **facts(report, track)}
    odds = weights.base + sum(weights.terms[name] * value for name, value in features.items() if value)
    chance = 1 / (1 + math.exp(-odds))
    comparable = "foreign" not in features
    if is_one_appointment(report, track, features, within=weights.same_within) or (
        (not comparable or features["cosine"] >= weights.same_cosine)
        and says_the_same(report, track, features, within=weights.same_within)
    ):
        chance = max(chance, weights.same)
    return Verdict(track, chance, features, vetoes(report, track), closest)


def is_one_appointment(report: Report, track: Track, features: Mapping[str, float], *, within: timedelta) -> bool:
    """
    Whether the facts say, whatever the words, that the same actors meet: two of day, place and ordinal agree, or
    soon after each other both say that it moved, and the same way.
    """
    if features["actors"] < 1 or (report.level and track.lead.level and report.level != track.lead.level):
        return False
    if features["date"] + features["place"] + features["ordinal"] > 1:
        return True
    lately = report.seen - track.last_seen <= within
    return lately and report.direction is not None and any(m.direction is report.direction for m in track.titles)


def says_the_same(report: Report, track: Track, features: Mapping[str, float], *, within: timedelta) -> bool:
    """Whether soon after each other both tell of the same specific deed of the same doer, or of one's denial."""
    if features["actors"] < 1 or report.seen - track.last_seen > within:
        return False
    if report.status is Status.DENIED and any(
        m.status is Status.DENIED and speakers_of(m) == speakers_of(report) for m in track.titles
    ):
        return True
    deeds = deeds_of(report)
    if "foreign" not in features:  # words of one language tell one agreement or offer of a day from another
        deeds = frozenset(deed for deed in deeds if not deed.startswith(_MANIFOLD))
    return any(_is_same_deed(report, member, deeds) for member in track.titles)


def _is_same_deed(report: Report, other: Report, deeds: frozenset[str]) -> bool:
    """One of the deeds at the same step, and nobody else who does it or to whom, as far as both say."""
    return (
        not deeds.isdisjoint(deeds_of(other))
        and phase_of(report) is phase_of(other)
        and (report.agent is None or other.agent in (None, report.agent))
        and (report.target is None or other.target in (None, report.target))
    )


def wording(
    report: Report, track: Track, rarity: Mapping[str, float], weights: Joining
) -> tuple[ItemId, dict[str, float]]:
    """The member whose title shares most with the report's, with the cosine of the two and their rarest common word."""
    weigh = rarity.__getitem__
    # fsum: words come in no order, and the last bit of a sum must not depend on it.
    own = math.fsum(map(weigh, report.words))
    best, cosine, rare = track.lead, 0.0, 0.0
    for member in track.titles:
        shared = member.words & report.words
        if not shared:
            continue
        common = [weigh(word) for word in shared]
        found = math.fsum(common) / math.sqrt(own * math.fsum(map(weigh, member.words)))
        if found > cosine:
            best, cosine = member, found
        rare = max(rare, *common)
    if all(member.lang != report.lang for member in track.titles):
        # Words of two languages cannot be compared; names that they share say little.
        return best.item, {"foreign": 1.0, "cosine": max(cosine, weights.foreign_cosine)}
    return best.item, {"cosine": cosine, "rare": math.sqrt(rare) / _RAREST}


def facts(report: Report, track: Track) -> dict[str, float]:
    """Facts that agree or differ, each 0 or 1 but for `actors`, the share of actors in common."""
    days, places, counts = due_days(report), due_places(report), numbers(report, ordinal=False)
    return {
        "actors": max(_share(report.actors, member.actors) for member in track.titles[-_LATEST:]),
        "event": float(report.event in track.events),
        "status": float(any(report.status is member.status for member in track.titles)),
        "agent": float(any(report.agent == member.agent for member in track.titles)),
        "date": float(_overlap(days, track.days)),
        "place": float(bool(places & track.places)),
        "ordinal": float(_same_number(numbers(report, ordinal=True), track.ordinals)),
        "other_place": float(bool(places) and bool(track.places) and not places & track.places),
        "other_number": float(_other_number(counts, track.quantities)),
    }


def timing(report: Report, track: Track, weights: Joining) -> dict[str, float]:
    """Who spoke when, how long ago it was reported first and last, and how much of it there is."""
    speakers = tuple(speakers_of(report))
    lately = any(
        speaker in track.speakers and abs(report.seen - track.speakers[speaker]) <= weights.speaker_within
        for speaker in speakers
    )
    return {
        "speaker": float(lately),
        "other_speaker": float(bool(speakers) and bool(track.speakers) and track.speakers.keys().isdisjoint(speakers)),
        "last": math.log1p(max(0.0, (report.seen - track.last_seen) / _HOUR)),
        "first": math.log1p(max(0.0, (report.seen - track.lead.seen) / _HOUR)),
        "alone": float(len(track.titles) == 1),
        "rate": min(track.busy(report.seen), 4) / 4,
    }


def agreements(features: Mapping[str, float]) -> tuple[str, ...]:
    """Names of the facts on which both agree, for people."""
    return tuple(name for name in ("event", "date", "place", "ordinal", "status", "speaker") if features.get(name))


def vetoes(report: Report, track: Track) -> tuple[Change, ...]:
    """What makes the report a development of its own, whatever the words say."""
    found = (
        _strangers(report, track),
        _other_deed(report, track),
        _other_date(report, track),
        _other_ordinal(report, track),
        _other_place(report, track),
        _step(report, track),
        _granted(report, track),
        _direction(report, track),
        _other_agent(report, track),
        _reversal(report, track),
        _confirmation(report, track),
    )
    return tuple(change for change in found if change)


def _strangers(report: Report, track: Track) -> Change | None:
    """Nobody takes part in both: two states expelling envoys are not two others doing so, whatever the words share."""
    ours = set(report.actors)
    if not ours or not ours.isdisjoint(track.lead.actors):
        return None
    theirs = {actor for member in _nearby(track) for actor in member.actors}
    if not theirs or ours & theirs:
        return None
    agents = {member.agent for member in track.titles if member.agent}
    # One name alone may be one side of a matter that the other report calls by the other side.
    if min(len(ours), len(theirs)) < 2 and not (report.agent and agents and report.agent not in agents):
        return None
    return Change("actors", ", ".join(sorted(theirs)), ", ".join(sorted(ours)))


def _nearby(track: Track) -> tuple[Report, ...]:
    """What a long development began with and has come to; what it passed on its way widens it no further."""
    return (track.lead, *track.titles[-_LATEST:])


def _other_deed(report: Report, track: Track) -> Change | None:
    """Closing an embassy is not expelling its ambassador, though the same do it to the same on the same day."""
    mine = {deed for deed in deeds_of(report) if deed.startswith(_DISCRETE)}
    if not mine or not is_turn(report):
        return None
    theirs = {deed for member in track.titles for deed in deeds_of(member) if deed.startswith(_DISCRETE)}
    if not theirs or mine & theirs:
        return None
    return Change("event", track.latest.event, report.event)


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
    if any(phase_of(member) is mine for member in track.titles):
        return None  # the step was told before; another member spoke of an earlier one
    if Phase.OFF in (mine, theirs) or mine is Phase.DENIED or (mine is Phase.UNDERWAY and theirs is Phase.AHEAD):
        return Change("status", track.latest.status.value, report.status.value)
    return None


def _granted(report: Report, track: Track) -> Change | None:
    """A move that was asked for or considered is made."""
    asked = [m for m in track.titles if m.direction is report.direction and m.status is Status.CONSIDERED]
    if report.direction is None or not asked or len(asked) < len(track.titles) or phase_of(report) is Phase.OPEN:
        return None
    return Change("status", Status.CONSIDERED.value, report.status.value)


def _direction(report: Report, track: Track) -> Change | None:
    if report.direction is None or report.direction is track.latest.direction:
        return None
    if report.direction is Direction.CANCELLED and phase_of(track.latest) is Phase.OFF:
        return None  # told before, in words that had no direction
    if _overlap(due_days(report), track.days) or due_places(report) & track.places:
        return None  # the new day or place was told before
    return Change("direction", track.latest.direction, report.direction.value)


def _other_agent(report: Report, track: Track) -> Change | None:
    mine = next(iter(speakers_of(report)), None)
    if mine is None or not track.speakers or mine in track.speakers or report.family not in _SPOKEN:
        return None
    return Change("speaker", max(track.speakers, key=lambda actor: track.speakers[actor]), mine)


def _reversal(report: Report, track: Track) -> Change | None:
    """What one did to the other, the other now does to the one."""
    if report.agent is None or report.target is None:
        return None
    if any(member.agent == report.target and member.target == report.agent for member in track.titles):
        return Change("agent", report.target, report.agent)
    return None


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


def _share(mine: tuple[ActorId, ...], theirs: tuple[ActorId, ...]) -> float:
    common = len(set(mine) & set(theirs))
    return common / (len(mine) + len(theirs) - common) if common else 0.0
