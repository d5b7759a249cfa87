"""
Document and hits → reports: which events an item reports, strongest first, each with its facts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from watcher.facts.appointment import APPOINTED, Facts, facts_of, is_in_list
from watcher.facts.background import background, guards_at
from watcher.facts.participants import Parties, parties_at
from watcher.facts.sentence import Page
from watcher.facts.status import VERB_LAST, Standing, standing
from watcher.facts.titles import content_words
from watcher.model import (
    ConceptId,
    Direction,
    Report,
    Role,
    Span,
    Status,
)
from watcher.text import Document, credit_of, publisher_of, sketch_of
from watcher.vocabulary import Hit, Hits, Vocabulary

MOST_REPORTS = 5
"""Events of one item that are reported; more say nothing that these do not."""
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


def read_facts(document: Document, hits: Hits, vocabulary: Vocabulary) -> tuple[Report, ...]:
    """
    The reports of an item: one for each event, at most five, the strongest first.

    The head clause of the title comes before its rest, that before the lead, that before the text; specific events
    before the talks they are about; what is told as past last. Empty when no actor or no event is named.
    """
    if not hits.actors or not hits.concepts:
        return ()
    page = Page(document, hits, vocabulary)
    voice = _voice(page)
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
            plain = report.status is Status.REPORTED and len(report.spans) == 1  # no word said how firm
            status = Status.ANNOUNCED if plain else report.status
            moved = replace(report, event=ConceptId(_MOVES[direction]), direction=direction, status=status)
            return [moved, *reports][:MOST_REPORTS]
    return reports


def _changes_venue(report: Report) -> bool:
    """An old place and another that is planned or new."""
    roles = {fact.role for fact in report.places}
    is_meeting = report.event.partition(".")[0] in APPOINTED
    return is_meeting and Role.OLD in roles and bool(roles & {Role.NEW, Role.PLANNED})


def _triggers(page: Page) -> list[Hit]:
    """The strongest words of each event, strongest event first."""
    best: dict[str, tuple[tuple[int, int, int], Hit]] = {}
    for hit in page.concepts:
        concept = page.vocabulary.concepts.get(ConceptId(hit.name))
        if concept is None or hit.start >= _limit(page, concept.where) or is_in_list(page.document, hit):
            continue
        if hit.start < page.document.head_end < hit.end and page.document.lang not in VERB_LAST:
            continue  # "peace plan after Geneva talks" plans no talks
        key = (_zone(page.document, hit.start), -_rank(hit.name), hit.start)
        if hit.name not in best or key < best[hit.name][0]:
            best[hit.name] = key, hit
    return [hit for _, hit in sorted(best.values(), key=lambda pair: pair[0])]


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


@dataclass(frozen=True, slots=True)
class _Voice:
    """What every report of one item has in common."""

    publisher: str
    words: frozenset[str]
    credit: str
    sketch: tuple[int, ...]


def _voice(page: Page) -> _Voice:
    document = page.document
    title, text = document.folded[: document.title_end], document.folded[document.title_end :]
    return _Voice(publisher_of(document.item), content_words(page), credit_of(title, text), sketch_of(text))


def _report(page: Page, trigger: Hit, voice: _Voice) -> Report | None:
    parties = parties_at(page, trigger)
    concept = page.vocabulary.concepts[ConceptId(trigger.name)]
    if not parties.actors:
        return None
    stands = standing(page, trigger)
    past = background(page, trigger)
    facts = facts_of(page, trigger, stands, parties)
    event, direction = _moved(trigger.name, facts)
    document, item = page.document, page.document.item
    return Report(
        item=item.id,
        event=event,
        family=concept.family,
        actors=parties.actors,
        status=facts.status,
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
        principal=parties.principal or _brings_together(page, parties),
        guards=guards_at(page, trigger),
        spans=_deciding(document, trigger, stands),
        words=voice.words,
        tier=item.tier,
        baseline=item.baseline,
        credit=voice.credit,
        sketch=voice.sketch,
    )


def _brings_together(page: Page, parties: Parties) -> bool:
    """Whether who speaks hosts or mediates: a place in his state is named, or mediation is."""
    if parties.speaker is None:
        return False
    places = (page.vocabulary.places.get(hit.name) for hit in page.places)
    is_host = any(place is not None and place.country == parties.speaker for place in places)
    return is_host or any(hit.name.startswith("mediation") for hit in page.concepts)


def _deciding(document: Document, trigger: Hit, stands: Standing) -> tuple[Span, ...]:
    spans = [document.span(trigger.start, trigger.end)]
    if stands.mark:
        spans.append(document.span(stands.mark.start, stands.mark.end))
    return tuple(dict.fromkeys(spans))


def _moved(event: str, facts: Facts) -> tuple[ConceptId, Direction | None]:
    """
    The event and which way the appointment went; the dates decide where they say it.

    `schedule.changed` becomes moved up or postponed, and so does a "postponed" whose new day is the earlier one.
    """
    old = next((fact for fact in facts.dates if fact.role is Role.OLD), None)
    new = next((fact for fact in facts.dates if fact.role is Role.NEW), None)
    if old and new and old.first != new.first and event.partition(".")[0] in APPOINTED:
        up = new.first < old.first
        if event in _MOVABLE:
            event = "schedule.moved_up" if up else "schedule.postponed"
        return ConceptId(event), Direction.UP if up else Direction.BACK
    if event == "schedule.changed" and {fact.role for fact in facts.places} >= {Role.OLD, Role.NEW}:
        event = "schedule.venue_changed"
    return ConceptId(event), _DIRECTIONS.get(event)
