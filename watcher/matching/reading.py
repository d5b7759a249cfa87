"""
A document with its hits and reports, and what rules asked of it so far.

Made once for a document that some rule may match; every question is answered once, however many rules ask it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import cached_property
from itertools import islice
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from watcher.facts.sentence import Page
from watcher.facts.status import standing
from watcher.matching.rule import Probe
from watcher.model import ConceptId, Part, Report, Role, Span, Status
from watcher.text import Document, Range
from watcher.vocabulary import Concept, Hit, Hits, Term, Vocabulary

MOST_HITS = 200
"""Hits of one probe that are looked at: more do not change what an item is about."""
Found = Mapping[tuple[str, str], tuple[tuple[int, int], ...]]
"""Folded offsets of expressions and fuzzy names, by kind and text."""

_HAN = "\u3040-\u30ff\u3400-\u9fff"
# A character of Chinese, or a word from its beginning on.
_WORD = re.compile(rf"[{_HAN}]|(?<![^\W{_HAN}])[^\W{_HAN}]+")
_NO_WORDS = frozenset(("zh", "ja"))
_OFFICE_WITHIN = 1
_CERTAIN = timedelta(days=3)


class Reading:
    """See the module. `found` is what expressions and fuzzy names found."""

    def __init__(
        self, document: Document, hits: Hits, reports: Sequence[Report], *, vocabulary: Vocabulary, found: Found
    ) -> None:
        self.document = document
        self.hits = hits
        self.reports = reports
        self.vocabulary = vocabulary
        self._found = found
        self._by_probe: dict[Probe, tuple[Hit, ...]] = {}
        self._status: dict[tuple[str, int], Status] = {}
        self._clauses: dict[int, Range] = {}

    # ── What stands where ──────────────────────────────────────────────────────────────────────────────────────

    def hits_of(self, probe: Probe) -> tuple[Hit, ...]:
        """What a probe finds, in the order of the text."""
        found = self._by_probe.get(probe)
        if found is None:
            found = self._by_probe[probe] = self._look(probe)[:MOST_HITS]
        return found

    def found(self, probes: Iterable[Probe]) -> list[Hit]:
        """What any of the probes finds, each once, in the order of the text."""
        several = [self.hits_of(probe) for probe in probes]
        if len(several) == 1:
            return list(several[0])
        return sorted({hit for hits in several for hit in hits}, key=lambda hit: (hit.start, hit.end, hit.name))

    def _look(self, probe: Probe) -> tuple[Hit, ...]:
        match probe.kind:
            case "actor" | "class":
                return _merged(self.hits.actors, probe.keys)
            case "concept":
                return _merged(self._concepts, probe.keys)
            case "guard":
                return _merged(self.hits.guards, probe.keys)
            case "literal":
                return _merged(self.hits.literals, probe.keys)
            case "office":
                names = probe.keys or frozenset(self.hits.actors)
                return tuple(hit for hit in _merged(self.hits.actors, names) if self._holds_office(hit, probe.scope))
            case _:
                key = next(iter(probe.keys))
                term = Term("literal", key, probe.name, "rule", None)
                places = self._found.get((probe.kind, key), ())
                return tuple(Hit(probe.kind, key, start, end, term) for start, end in places)

    @cached_property
    def _concepts(self) -> Mapping[str, tuple[Hit, ...]]:
        """
        Concepts by name, with what only the facts could tell: a meeting whose old and new day are given was moved,
        though no word says so. Words that the facts read otherwise ("postponed" to an earlier day) are no longer found.
        """
        told = [report for report in self.reports if report.spans and report.event not in self.hits.concepts]
        if not told:
            return self.hits.concepts
        found = dict(self.hits.concepts)
        for report in told:
            start, end = folded_range(self.document, report.spans[0])
            for name in [name for name in found if name.partition(".")[0] == "schedule"]:
                if not any(other.event == name for other in self.reports):
                    found[name] = tuple(hit for hit in found[name] if (hit.start, hit.end) != (start, end))
            term = Term("concept", report.event, "its dates or places", "facts", report.lang)
            found[report.event] = (Hit("concept", report.event, start, end, term),)
        return found

    def _holds_office(self, hit: Hit, role: str) -> bool:
        """A person in that office, or a state with the word for it beside it ("the Israeli premier")."""
        if hit.term.role:
            return hit.term.role == role
        level = {"leader": "leaders", "envoy": "envoys"}.get(role, "ministers")
        if not any(report.level == level and hit.name in report.actors for report in self.reports):
            return False
        sentence = self.page.sentence(hit.start)
        return any(
            sentence.between(min(hit.end, mark.end), max(hit.start, mark.start)) <= _OFFICE_WITHIN
            for mark in sentence.of("level", level)
        )

    def limit(self, part: str) -> int:
        """Folded offset where `title`, `lead` or `text` ends."""
        if part == "title":
            return self.document.title_end
        return self.document.lead_end if part == "lead" else len(self.document.folded)

    def clause(self, position: int) -> Range:
        """The clause at a folded offset."""
        if position not in self._clauses:
            self._clauses[position] = self.document.clause_at(position)
        return self._clauses[position]

    def paragraph(self, position: int) -> Range:
        """The paragraph at a folded offset: between line breaks."""
        text = self.document.folded
        end = text.find("\n", position)
        return text.rfind("\n", 0, position) + 1, end if end >= 0 else len(text)

    def after_words(self, position: int, count: int) -> int:
        """
        The folded offset behind so many words from a folded offset on: where the next one begins, or the text ends. Two
        characters of Chinese are one word.
        """
        wanted = count * 2 if self.document.lang in _NO_WORDS else count
        following = islice(_WORD.finditer(self.document.folded, position), wanted, None)
        return next((word.start() for word in following), len(self.document.folded))

    # ── What it means ──────────────────────────────────────────────────────────────────────────────────────────

    def concept(self, hit: Hit) -> Concept | None:
        """The concept behind a hit; None for a phrase, an actor or a guard."""
        if hit.kind != "concept":
            return None
        return self.vocabulary.concepts.get(ConceptId(hit.name))

    def report_of(self, hit: Hit) -> Report | None:
        """The report that these words made, else the first of the same event; None when there is none."""
        if hit.kind != "concept":
            return None
        return self._report_at(hit) or next((one for one in self.reports if one.event == hit.name), None)

    def _report_at(self, hit: Hit) -> Report | None:
        of_event = [report for report in self.reports if report.event == hit.name and report.spans]
        if not of_event:
            return None
        span = self.document.span(hit.start, hit.end)
        return next((report for report in of_event if report.spans[0] == span), None)

    def status(self, hit: Hit) -> Status:
        """How firm what the words say is."""
        key = (hit.name, hit.start)
        if key not in self._status:
            report = self._report_at(hit)
            self._status[key] = report.status if report else standing(self.page, hit).status
        return self._status[key]

    @cached_property
    def page(self) -> Page:
        """The document as facts are read from it."""
        return Page(self.document, self.hits, self.vocabulary)

    def is_ahead(self, hit: Hit) -> bool:
        """
        Whether the sentence of these words has a date that has not passed on the day of the item: one that something is
        planned for, or a certain day. "Last year" and "by a week" are stretches of time and no appointments.
        """
        start, end = self.document.sentence_at(hit.start)
        sentence = self.document.span(start, end)
        return any(
            fact.last >= self.day
            and (fact.role in (Role.NEW, Role.PLANNED) or fact.last - fact.first <= _CERTAIN)
            and _is_inside(fact.span, sentence)
            for report in self.reports
            for fact in report.dates
        )

    @cached_property
    def day(self) -> date:
        """The day of the item where it was written."""
        item = self.document.item
        if item.timezone == "UTC":
            return item.time.date()
        try:
            return item.time.astimezone(ZoneInfo(item.timezone)).date()
        except (ZoneInfoNotFoundError, ValueError, OverflowError):
            return item.time.date()


def folded_range(document: Document, span: Span) -> Range:
    """Folded offsets of a place in the title or text as published."""
    base = 0 if span.part is Part.TITLE else len(document.title) + 2
    size = len(document.folded)

    def folded(position: int) -> int:
        return bisect_left(range(size), position, key=lambda at: document.original_range(at, at + 1)[0])

    return folded(base + span.start), folded(base + span.end)


def _merged(by_name: Mapping[str, tuple[Hit, ...]], names: frozenset[str]) -> tuple[Hit, ...]:
    found = [
        by_name[name] for name in (names if len(names) < len(by_name) else by_name) if name in names and name in by_name
    ]
    if len(found) <= 1:
        return found[0] if found else ()
    return tuple(sorted((hit for hits in found for hit in hits), key=lambda hit: (hit.start, hit.end)))


def _is_inside(inner: Span, outer: Span) -> bool:
    return inner.part is outer.part and outer.start <= inner.start and inner.end <= outer.end
