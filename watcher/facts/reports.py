"""
Document and hits → reports: which events an item reports, strongest first, each with its facts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TypeVar

from watcher.facts.background import background, guards_at
from watcher.facts.days import DateBinder, today_of
from watcher.facts.participants import Parties, parties_at
from watcher.facts.places import counts_at, places_at
from watcher.facts.sentence import Page
from watcher.facts.status import Standing, standing
from watcher.facts.titles import content_words
from watcher.model import (
    ActorId,
    ConceptId,
    CountFact,
    DateFact,
    Direction,
    PlaceFact,
    Report,
    Role,
    Span,
    Status,
)
from watcher.text import Document, publisher_of
from watcher.vocabulary import Hit, Hits, Vocabulary

MOST_REPORTS = 5
"""Events of one item that are reported; more say nothing that these do not."""
_MOST_FACTS = 6
_JUST_HELD = timedelta(days=3)
# Menus and lists of links come as one endless sentence; no reporter writes one.
_LONGEST_SENTENCE = 500
_BODY_SENTENCES = 25
_BODY_TRIGGERS = 12
# Specific before generic: 3 what became of an appointment, envoy or deal; 2 other events; 1 subjects; 0 utterances.
_RANKS = {
    "schedule.set": 2, "schedule.begins": 2, "schedule.held": 2, "schedule": 3, "diplomat": 3, "embassy": 3, "ties": 3,
    "agreement": 1, "agreement.reached": 3, "agreement.signed": 3, "agreement.ratified": 3, "agreement.close": 2,
    "sanctions": 1, "sanctions.imposed": 3, "sanctions.lifted": 3, "sanctions.extended": 3, "sanctions.threatened": 2,
    "treaty": 3, "talks": 1, "talks.collapsed": 3, "talks.walkout": 3, "talks.suspended": 3, "talks.resumed": 3,
    "talks.round": 2, "talks.progress": 2, "meeting": 1, "summit": 1, "visit": 2, "call": 2, "leaders.meet": 2,
    "ceasefire": 1, "ceasefire.agreed": 3, "ceasefire.extended": 3, "ceasefire.rejected": 3, "ceasefire.begins": 3,
    "ceasefire.violated": 2, "council": 2, "council.action": 1, "prisoners": 3, "hostages": 3, "offer": 1,
    "offer.rejected": 3, "offer.accepted": 3, "offer.made": 2, "mediation": 2, "envoy": 2, "threat": 2, "military": 2,
    "nuclear": 1, "statement": 0, "warning": 1, "condemnation": 1, "demand": 1, "aid": 1, "tariffs": 1, "arms": 1,
}  # fmt: skip
_DIRECTIONS = {
    "schedule.moved_up": Direction.UP,
    "schedule.postponed": Direction.BACK,
    "schedule.cancelled": Direction.CANCELLED,
    "schedule.off": Direction.CANCELLED,
    "schedule.resumed": Direction.RESUMED,
    "talks.resumed": Direction.RESUMED,
    "schedule.venue_changed": Direction.VENUE,
}
# Become moved up or postponed where the old and the new day say which.
_MOVABLE = frozenset(("schedule.changed", "schedule.postponed", "schedule.moved_up", "schedule.set"))
_MOVES = {
    Direction.UP: "schedule.moved_up",
    Direction.BACK: "schedule.postponed",
    Direction.VENUE: "schedule.venue_changed",
}
_DATED = frozenset(("talks", "meeting", "summit", "visit", "call", "leaders", "schedule"))


def read_facts(document: Document, hits: Hits, vocabulary: Vocabulary) -> tuple[Report, ...]:
    """
    The reports of an item: one for each event, at most five, the strongest first.

    The head clause of the title comes before its rest, that before the lead, that before the text; specific events
    before the talks they are about; what is told as past last. Empty when no actor or no event is named.
    """
    if not hits.actors or not hits.concepts:
        return ()
    page = Page(document, hits, vocabulary)
    voice = _Voice(publisher_of(document.item), content_words(page))
    reports: list[Report] = []
    for trigger in _triggers(page):
        report = _report(page, trigger, voice)
        if report and all(report.event != other.event for other in reports):
            reports.append(report)
            if len(reports) == MOST_REPORTS:
                break
    return tuple(sorted(_with_move(reports), key=lambda report: report.background))


def _with_move(reports: list[Report]) -> list[Report]:
    """Before a meeting whose old and new days or places are told, the move itself, when no words for it were found."""
    if any(report.event in _DIRECTIONS for report in reports):
        return reports
    for report in reports:
        direction = report.direction or (Direction.VENUE if _changes_venue(report) else None)
        if direction in _MOVES:
            moved = replace(report, event=ConceptId(_MOVES[direction]), direction=direction)
            return [moved, *reports][:MOST_REPORTS]
    return reports


def _changes_venue(report: Report) -> bool:
    """An old place and another that is planned or new."""
    roles = {fact.role for fact in report.places}
    is_meeting = report.event.partition(".")[0] in _DATED
    return is_meeting and Role.OLD in roles and bool(roles & {Role.NEW, Role.PLANNED})


def _triggers(page: Page) -> list[Hit]:
    """The strongest words of each event, strongest event first."""
    best: dict[str, tuple[tuple[int, int, int], Hit]] = {}
    for hit in page.concepts:
        concept = page.vocabulary.concepts.get(ConceptId(hit.name))
        if concept is None or hit.start >= _limit(page, concept.where) or _is_in_list(page.document, hit):
            continue
        key = (_zone(page.document, hit.start), -_rank(hit.name), hit.start)
        if hit.name not in best or key < best[hit.name][0]:
            best[hit.name] = key, hit
    return [hit for _, hit in sorted(best.values(), key=lambda pair: pair[0])]


def _is_in_list(document: Document, hit: Hit) -> bool:
    if hit.start < document.title_end:
        return False
    start, end = document.sentence_at(hit.start)
    return end - start > _LONGEST_SENTENCE


def _limit(page: Page, where: str) -> int:
    if where == "title":
        return page.document.title_end
    return page.document.lead_end if where == "lead" else len(page.document.folded)


def _zone(document: Document, position: int) -> int:
    """0 head clause of the title, 1 its rest, 2 lead, 3 text."""
    if position < document.head_end:
        return 0
    if position < document.title_end:
        return 1
    return 2 if position < document.lead_end else 3


def _rank(concept: str) -> int:
    return _RANKS.get(concept, _RANKS.get(concept.partition(".")[0], 2))


_Fact = TypeVar("_Fact", DateFact, PlaceFact)


@dataclass(frozen=True, slots=True)
class _Voice:
    """What every report of one item has in common."""

    publisher: str
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Facts:
    dates: tuple[DateFact, ...]
    places: tuple[PlaceFact, ...]
    counts: tuple[CountFact, ...]


def _report(page: Page, trigger: Hit, voice: _Voice) -> Report | None:
    parties = parties_at(page, trigger)
    concept = page.vocabulary.concepts[ConceptId(trigger.name)]
    if not parties.actors:
        return None
    stands = standing(page, trigger)
    past = background(page, trigger)
    facts = _facts(page, trigger, stands, parties)
    status = stands.status
    if _is_ahead(stands, facts, trigger):
        status = Status.ANNOUNCED
        facts = replace(facts, places=tuple(_ahead(place) for place in facts.places))
    event, direction = _moved(trigger.name, facts)
    document, item = page.document, page.document.item
    deciding = [document.span(trigger.start, trigger.end)]
    if stands.mark:
        deciding.append(document.span(stands.mark.start, stands.mark.end))
    return Report(
        item=item.id,
        event=event,
        family=concept.family,
        actors=parties.actors,
        status=status,
        publisher=voice.publisher,
        time=item.time,
        seen=item.seen,
        title=item.title,
        url=item.url,
        lang=document.lang,
        agent=parties.agent,
        target=parties.target,
        level=parties.level,
        speaker=parties.speaker,
        direction=direction,
        dates=facts.dates,
        places=facts.places,
        counts=facts.counts,
        background=past,
        principal=parties.principal,
        guards=guards_at(page, trigger),
        spans=_distinct(deciding),
        words=voice.words,
        tier=item.tier,
        baseline=item.baseline,
    )


def _is_ahead(stands: Standing, facts: _Facts, trigger: Hit) -> bool:
    """ "Hold talks on Friday": in the present tense, but every day given lies ahead."""
    roles = {fact.role for fact in facts.dates} - {Role.MENTIONED}
    return stands.status is Status.HELD and roles == {Role.PLANNED} and trigger.name.partition(".")[0] in _DATED


def _ahead(place: PlaceFact) -> PlaceFact:
    return replace(place, role=Role.PLANNED) if place.role is Role.HELD else place


def _distinct(spans: Iterable[Span]) -> tuple[Span, ...]:
    return tuple(dict.fromkeys(spans))


def _facts(page: Page, trigger: Hit, stands: Standing, parties: Parties) -> _Facts:
    """Dates, places and counts of the trigger's sentence, then of other sentences about the same appointment."""
    since = today_of(page.document.item) - _JUST_HELD
    is_held = stands.status is Status.HELD
    dates = [_of_this(fact, is_held) for fact in DateBinder(page, trigger, stands).facts()]
    places = [_of_this(fact, is_held or stands.mark is None) for fact in places_at(page, trigger, stands)]
    if trigger.name.partition(".")[0] in _DATED and page.document.item.text:
        for other in _elsewhere(page, trigger, parties):
            status = standing(page, other)
            told = is_held and page.is_title(other.start)
            dates += [
                _of_this(fact, is_held and fact.first >= since) for fact in DateBinder(page, other, status).facts()
            ]
            places += [_of_this(fact, told) for fact in places_at(page, other, status)]
    return _Facts(_first_dates(dates), _first_places(places), tuple(counts_at(page, trigger))[:_MOST_FACTS])


def _of_this(fact: _Fact, is_this: bool) -> _Fact:
    """The fact; only mentioned when it is the held day or place of another appointment than this one."""
    return fact if is_this or fact.role is not Role.HELD else replace(fact, role=Role.MENTIONED)


def _elsewhere(page: Page, trigger: Hit, parties: Parties) -> Iterator[Hit]:
    """
    Words about the same appointment in other sentences: not told as past, and with no actor of another matter.

    The date line of an article ("the talks will be held on Friday") is rarely in its title.
    """
    own = page.document.sentence_at(trigger.start)
    seen = {own}
    limit = page.document.sentences[: _BODY_SENTENCES + 1][-1][1]
    for hit in page.concepts:
        if hit.start >= limit or len(seen) > _BODY_TRIGGERS or hit.name.partition(".")[0] not in _DATED:
            continue
        where = page.document.sentence_at(hit.start)
        if where in seen or _is_in_list(page.document, hit):
            continue
        seen.add(where)
        sentence = page.sentence(hit.start)
        named = {one.name for one in sentence.actors}
        if named and len(named & set(parties.actors)) < min(2, len(named)):
            continue
        if not background(page, hit):
            yield hit


def _first_dates(dates: Iterable[DateFact]) -> tuple[DateFact, ...]:
    """Each date once, with the role it has first that says more than that it is mentioned."""
    kept: dict[tuple[object, object], DateFact] = {}
    for fact in dates:
        key = fact.first, fact.last
        if key not in kept or (kept[key].role is Role.MENTIONED and fact.role is not Role.MENTIONED):
            kept[key] = fact
    return tuple(kept.values())[:_MOST_FACTS]


def _first_places(places: Iterable[PlaceFact]) -> tuple[PlaceFact, ...]:
    kept: dict[str, PlaceFact] = {}
    for fact in places:
        if fact.place not in kept or (kept[fact.place].role is Role.MENTIONED and fact.role is not Role.MENTIONED):
            kept[fact.place] = fact
    return tuple(kept.values())[:_MOST_FACTS]


def _moved(event: str, facts: _Facts) -> tuple[ConceptId, Direction | None]:
    """
    The event and which way the appointment went; the dates decide where they say it.

    `schedule.changed` becomes moved up or postponed, and so does a "postponed" whose new day is the earlier one.
    """
    old = next((fact for fact in facts.dates if fact.role is Role.OLD), None)
    new = next((fact for fact in facts.dates if fact.role is Role.NEW), None)
    if old and new and old.first != new.first and event.partition(".")[0] in _DATED:
        up = new.first < old.first
        if event in _MOVABLE:
            event = "schedule.moved_up" if up else "schedule.postponed"
        return ConceptId(event), Direction.UP if up else Direction.BACK
    if event == "schedule.changed" and {fact.role for fact in facts.places} >= {Role.OLD, Role.NEW}:
        event = "schedule.venue_changed"
    return ConceptId(event), _DIRECTIONS.get(event)


def named_actors(report: Report) -> frozenset[ActorId]:
    """Everyone the report names: parties, speaker, agent and target."""
    named = {report.speaker, report.agent, report.target} - {None}
    return frozenset(report.actors) | frozenset(actor for actor in named if actor)
