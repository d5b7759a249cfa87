"""
All days, places and counts of one event: those of its sentence, then of other sentences about the same appointment.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TypeVar

from watcher.facts.background import background
from watcher.facts.days import DateBinder, today_of
from watcher.facts.participants import Parties
from watcher.facts.places import counts_at, places_at
from watcher.facts.sentence import Page
from watcher.facts.status import Standing, standing
from watcher.model import CountFact, DateFact, PlaceFact, Role, Status
from watcher.text import Document
from watcher.vocabulary import Hit

_MOST_FACTS = 6
_JUST_HELD = timedelta(days=3)
# Menus and lists of links come as one endless sentence; no reporter writes one.
_LONGEST_SENTENCE = 500
_BODY_SENTENCES = 25
_BODY_TRIGGERS = 12
APPOINTED = frozenset(("talks", "meeting", "summit", "visit", "call", "leaders", "schedule"))
"""Roots of the concepts that are held on a day at a place."""

_Fact = TypeVar("_Fact", DateFact, PlaceFact)


@dataclass(frozen=True, slots=True)
class Facts:
    """What one event is told to be about, in the order of the text, and the status that its days leave it."""

    status: Status
    dates: tuple[DateFact, ...]
    places: tuple[PlaceFact, ...]
    counts: tuple[CountFact, ...]


def facts_of(page: Page, trigger: Hit, stands: Standing, parties: Parties) -> Facts:
    """
    Dates, places and counts of the trigger's sentence, then of other sentences about the same appointment.

    Of a meeting that took place, other sentences tell the next one's plans and earlier ones' days: only mentioned.
    """
    dates = list(DateBinder(page, trigger, stands).facts())
    places = list(places_at(page, trigger, stands))
    status = stands.status
    if _is_ahead(stands, dates, trigger):
        status = Status.ANNOUNCED
        places = [_as(Role.PLANNED, fact, Role.HELD) for fact in places]
    elif status is not Status.HELD:
        dates = [_as(Role.MENTIONED, fact, Role.HELD) for fact in dates]
        places = [_as(Role.MENTIONED, fact, Role.HELD) for fact in places] if stands.mark else places
    if trigger.name.partition(".")[0] in APPOINTED and page.document.item.text:
        foreign = (Role.PLANNED, Role.NEW) if status is Status.HELD else (Role.HELD,)
        since = today_of(page.document.item) - _JUST_HELD
        for other in _elsewhere(page, trigger, parties):
            told = standing(page, other)
            found = [_as(Role.MENTIONED, fact, *foreign) for fact in DateBinder(page, other, told).facts()]
            dates += [_as(Role.MENTIONED, fact, Role.HELD) if fact.first < since else fact for fact in found]
            away = foreign if page.is_title(other.start) else (*foreign, Role.HELD)
            places += [_as(Role.MENTIONED, fact, *away) for fact in places_at(page, other, told)]
    counts = tuple(counts_at(page, trigger))[:_MOST_FACTS]
    return Facts(status, _first_dates(dates), _first_places(places), counts)


def _as(role: Role, fact: _Fact, *roles: Role) -> _Fact:
    """The fact in another role if it has one of these."""
    return replace(fact, role=role) if fact.role in roles else fact


def _elsewhere(page: Page, trigger: Hit, parties: Parties) -> Iterator[Hit]:
    """
    Words about the same appointment in other sentences: not told as past, and with no actor of another matter.

    The date line of an article ("the talks will be held on Friday") is rarely in its title.
    """
    own = page.document.sentence_at(trigger.start)
    seen = {own}
    limit = page.document.sentences[: _BODY_SENTENCES + 1][-1][1]
    for hit in page.concepts:
        if hit.start >= limit or len(seen) > _BODY_TRIGGERS or hit.name.partition(".")[0] not in APPOINTED:
            continue
        where = page.document.sentence_at(hit.start)
        if where in seen or is_in_list(page.document, hit):
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


def _is_ahead(stands: Standing, dates: Iterable[DateFact], trigger: Hit) -> bool:
    """ "Hold talks on Friday": in the present tense, but every day its sentence gives lies ahead."""
    roles = {fact.role for fact in dates} - {Role.MENTIONED}
    return stands.status is Status.HELD and roles == {Role.PLANNED} and trigger.name.partition(".")[0] in APPOINTED


def is_in_list(document: Document, hit: Hit) -> bool:
    """Whether the words stand in an endless sentence of the text."""
    if hit.start < document.title_end:
        return False
    start, end = document.sentence_at(hit.start)
    return end - start > _LONGEST_SENTENCE
