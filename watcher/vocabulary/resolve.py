"""
Places that terms were found → Hits: capitals are checked, `not` phrases and longer names take away what they overlap,
ambiguous names need company, people their office on the day, and a capital behind "in" is a place.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from watcher.text import Document, fold
from watcher.vocabulary.entries import Entry, Mark, Names
from watcher.vocabulary.terms import Hit, Hits, Term


class Found(NamedTuple):
    """An entry and the folded offsets where it was found."""

    entry: Entry
    start: int
    end: int


Grouped = dict[str, list[Hit]]

# Bare numbers: an IntFlag costs a microsecond for each test.
_CAPITALS, _CAPITAL, _AMBIGUOUS, _BLOCK, _FORBID = (
    mark.value for mark in (Mark.CAPITALS, Mark.CAPITAL, Mark.AMBIGUOUS, Mark.BLOCK, Mark.FORBID)
)

# Words before a capital that make it a place and not its government. Folded.
_LOCATIVES = {
    "en": {"in", "at", "near", "outside", "inside", "around", "across", "throughout"},
    "fr": {"a", "en", "dans", "pres"},
    "es": {"en"},
    "de": {"in", "bei", "nahe"},
    "it": {"a", "in"},
    "pt": {"em", "no", "na"},
    "nl": {"in"},
    "pl": {"w", "we"},
    "ru": {"в", "во", "под", "около"},
    "uk": {"в", "у"},
    "ar": {"في"},
    "fa": {"در"},
}
_PREFIXED = {"ar": "ب", "he": "ב"}
_CHINESE_LOCATIVES = "在于"
# What follows the town that a report was written in: "TEHRAN, May 26 (MNA) -", "MOSCOW, June 2. /TASS/.", "Paris -- ".
_DATELINE = re.compile(
    r"(?:, [a-z .']{2,20})??(?:, [a-z]{3,9}\.? \d{1,2}\b.{0,3}?)?\s*(?:\([a-z /.]{2,24}\)|/\w{2,12}/|--|- )"
)
_BEFORE = re.compile(r"(\w+)\s+$")


class Resolver:
    """Knows the names of a vocabulary; turns what was found in one document into hits."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self._terms: dict[tuple[int, str], Term] = {}
        parts = [(part.lower(), guard) for guard, parts in names.urls.items() for part in parts]
        self._urls = tuple(parts)
        self._url = re.compile("|".join(re.escape(part) for part, _ in parts)) if parts else None

    def resolve(self, found: Sequence[Found], document: Document) -> Hits:
        """What was found, by kind and name, in the order of the text."""
        if not found and (self._url is None or not self._url.search(document.item.url.lower())):
            return Hits()
        by_kind: dict[str, list[Found]] = {
            "actor": [],
            "person": [],
            "place": [],
            "concept": [],
            "guard": [],
            "literal": [],
        }
        for one in found:
            by_kind[one.entry.kind].append(one)
        view = _View(document)
        concepts = self._plain(_unblocked(by_kind["concept"]))
        guards = self._plain(_unblocked(by_kind["guard"]))
        self._add_urls(guards, document)
        actors, hosts, people = self._actors(by_kind["actor"] + by_kind["person"], concepts, view)
        places = self._places(by_kind["place"], by_kind["actor"], view)
        literals = self._plain(by_kind["literal"])
        return Hits(
            actors=_ordered(actors),
            hosts=_ordered(hosts),
            people=_ordered(people),
            concepts=_ordered(concepts),
            guards=_ordered(guards),
            places=_ordered(places),
            literals=_ordered(literals),
        )

    def _plain(self, found: Iterable[Found]) -> Grouped:
        grouped: Grouped = defaultdict(list)
        for one in _longest_of_each(found):
            name = one.entry.names[0]
            grouped[name].append(Hit(one.entry.kind, name, one.start, one.end, self._term(one.entry, name)))
        return grouped

    def _add_urls(self, guards: Grouped, document: Document) -> None:
        url = document.item.url.lower()
        if self._url is None or not self._url.search(url):
            return
        for part, guard in self._urls:
            if part in url:
                guards[guard].append(
                    Hit("guard", guard, 0, 0, Term("guard", guard, part, "guards/en.yaml", None, "url"))
                )

    # ── Names ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _actors(self, found: list[Found], concepts: Grouped, view: _View) -> tuple[Grouped, Grouped, Grouped]:
        kept = _longest([one for one in _allowed(found, view) if view.is_spelled(one)])
        kept = self._in_company(kept, concepts, view)
        actors: Grouped = defaultdict(list)
        hosts: Grouped = defaultdict(list)
        people: Grouped = defaultdict(list)
        for one in map(view.with_stop, kept):
            if one.entry.kind == "person":
                self._add_person(one, view, actors, people)
                continue
            locative = one.entry.sort == "capital" and (view.is_locative(one) or view.is_dateline(one))
            for name in one.entry.names:
                hit = Hit("actor", name, one.start, one.end, self._term(one.entry, name), locative)
                (hosts if locative else actors)[name].append(hit)
        return actors, hosts, people

    def _add_person(self, one: Found, view: _View, actors: Grouped, people: Grouped) -> None:
        key = one.entry.names[0]
        people[key].append(Hit("person", key, one.start, one.end, self._term(one.entry, key)))
        person = self.names.people.get(key)
        day = view.document.item.time.date()
        served: set[str] = set()
        for office in person.offices if person else ():
            if office.held_on(day) and office.of not in served:
                served.add(office.of)
                entry = one.entry
                term = Term("actor", office.of, entry.text, entry.origin, entry.lang, "person", key, office.role)
                actors[office.of].append(Hit("actor", office.of, one.start, one.end, term))

    def _in_company(self, kept: list[Found], concepts: Grouped, view: _View) -> list[Found]:
        """Without the ambiguous ones whose sentence has neither another actor nor a concept."""
        unsure = [one for one in kept if view.is_ambiguous(one)]
        if not unsure:
            return kept
        sure = [one for one in kept if one not in unsure]
        starts = sorted(hit.start for hits in concepts.values() for hit in hits)
        alone = set()
        for one in unsure:
            first, last = view.document.sentence_at(one.start)
            index = bisect_left(starts, first)
            beside = index < len(starts) and starts[index] < last
            owner = one.entry.owner
            if not beside and not any(first <= other.start < last and other.entry.owner != owner for other in sure):
                alone.add(one)
        return [one for one in kept if one not in alone]

    def _places(self, found: list[Found], actors: list[Found], view: _View) -> Grouped:
        if not found:
            return {}
        blocks = [(one.start, one.end) for one in actors if one.entry.marks & _BLOCK]
        kept = _longest([one for one in _allowed(found, view) if view.is_spelled(one)])
        places: Grouped = defaultdict(list)
        for one in kept:
            if any(start < one.end and one.start < end for start, end in blocks):
                continue
            for name in one.entry.names:
                term = self._term(one.entry, name)
                places[name].append(Hit("place", name, one.start, one.end, term, view.is_locative(one)))
        return places

    def _term(self, entry: Entry, name: str) -> Term:
        key = (id(entry), name)
        if (term := self._terms.get(key)) is None:
            term = Term(entry.kind, name, entry.text, entry.origin, entry.lang, entry.sort)
            self._terms[key] = term
        return term


class _View:
    """What spelling and neighbours of a document say about a name found in it."""

    def __init__(self, document: Document) -> None:
        self.document = document
        title = document.title
        self.shouts = title.isupper()
        self.whispers = title.islower()

    def is_spelled(self, one: Found) -> bool:
        """Whether an acronym is in capitals and a name has its first capital; a title without any passes."""
        marks = one.entry.marks
        if not marks & (_CAPITALS | _CAPITAL):
            return True
        original = self.document.original(one.start, one.end)
        if marks & _CAPITALS:
            return original[: len(one.entry.text)].isupper()
        return not original[:1].islower() or (self.whispers and one.end <= self.document.title_end)

    def with_stop(self, one: Found) -> Found:
        """With the full stop that ends an abbreviation such as `U.S.`."""
        if one.entry.text[-1] == "." and self.document.folded.startswith(".", one.end):
            return one._replace(end=one.end + 1)
        return one

    def is_ambiguous(self, one: Found) -> bool:
        """Whether a name needs company: it says so, or it is an acronym where everything is in capitals."""
        if one.entry.marks & _AMBIGUOUS:
            return True
        in_title = self.shouts and one.end <= self.document.title_end
        return bool(one.entry.marks & _CAPITALS) and in_title and len(one.entry.text) < 4

    def is_dateline(self, one: Found) -> bool:
        """Whether the text begins with the name as the place it was written in."""
        document = self.document
        begins = not document.folded[document.title_end : one.start].strip() and one.start > document.title_end
        return begins and _DATELINE.match(document.folded, one.end) is not None

    def is_locative(self, one: Found) -> bool:
        """Whether a preposition of place stands before a name and no possessive after it."""
        folded, lang = self.document.folded, self.document.lang
        if folded.startswith("'s", one.end):
            return False
        if lang == "zh":
            return folded[one.start - 1 : one.start] in _CHINESE_LOCATIVES and one.start > 0
        letter = _PREFIXED.get(lang)
        if letter and folded[one.start] != fold(one.entry.text)[:1] and letter in folded[one.start : one.start + 2]:
            return True
        before = _BEFORE.search(folded, max(one.start - 14, 0), one.start)
        return before is not None and before[1] in _LOCATIVES.get(lang, _LOCATIVES["en"])


def _allowed(found: list[Found], view: _View) -> list[Found]:
    """Without what phrases under `not` take away: what they overlap, or all of their owner's in the sentence."""
    forbidden = [(one.entry.owner, view.document.sentence_at(one.start)) for one in found if one.entry.marks & _FORBID]
    kept = _unblocked(found)
    if not forbidden:
        return kept
    return [
        one
        for one in kept
        if not one.entry.marks & _FORBID
        and not any(owner == one.entry.owner and start <= one.start < end for owner, (start, end) in forbidden)
    ]


def _unblocked(found: list[Found]) -> list[Found]:
    """Without the blocking phrases and what they overlap of their owner's."""
    blocks = [one for one in found if one.entry.marks & _BLOCK]
    if not blocks:
        return found
    by_owner: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for one in blocks:
        by_owner[one.entry.owner].append((one.start, one.end))
    return [
        one
        for one in found
        if not one.entry.marks & _BLOCK
        and not any(start < one.end and one.start < end for start, end in by_owner.get(one.entry.owner, ()))
    ]


def _longest(found: list[Found]) -> list[Found]:
    """Without names that a longer one overlaps; different names of the same words all stay."""
    kept: list[Found] = []
    for one in sorted(found, key=lambda one: (one.start, -one.end)):
        last = kept[-1] if kept else None
        if last is None or one.start >= last.end:
            kept.append(one)
        elif (one.start, one.end) == (last.start, last.end):
            if not any(one.entry.names == other.entry.names for other in kept if other.start == one.start):
                kept.append(one)
        elif one.end - one.start > last.end - last.start:
            while kept and kept[-1].end > one.start:
                kept.pop()
            kept.append(one)
    return kept


def _longest_of_each(found: Iterable[Found]) -> list[Found]:
    """Without what a longer place of the same name contains."""
    kept: list[Found] = []
    last_of: dict[str, Found] = {}
    for one in sorted(found, key=lambda one: (one.start, -one.end)):
        last = last_of.get(one.entry.names[0])
        if last is None or one.end > last.end:
            last_of[one.entry.names[0]] = one
            kept.append(one)
    return kept


def _ordered(group: Grouped) -> Mapping[str, tuple[Hit, ...]]:
    return {
        name: tuple(hits) if len(hits) == 1 else tuple(sorted(hits, key=lambda hit: (hit.start, hit.end)))
        for name, hits in group.items()
    }
