"""
One sentence of a document with everything found in it: words, marks, dates, actors, concepts, places.

Made once for a sentence that has an event, so that every fact is read from the same pieces.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property, lru_cache
from itertools import accumulate
from weakref import proxy

from watcher.facts.calendars import Written
from watcher.facts.dates import read_dates
from watcher.facts.marks import Mark, Marks, compile_marks
from watcher.text import Document, Range, Word
from watcher.vocabulary import Hit, Hits, Vocabulary

# English is written in both orders; outlets there write 11/2 for the 11th of February.
_DAY_FIRST = ("Europe/", "Asia/", "Africa/", "Australia/", "Pacific/Auckland")
_NO_WORDS = frozenset(("zh", "ja"))


class Sentence:
    """See the module. `start:end` are folded offsets."""

    def __init__(self, page: Page, start: int, end: int) -> None:
        # Weak, because a page keeps its sentences: the circle would leave 600 values of an article to be swept up.
        self.page: Page = proxy(page)
        self.start = start
        self.end = end
        self.words: tuple[Word, ...] = page.document.words_in(start, end)
        self.marks = page.marks.find(self.words)
        self.starts = [word.start for word in self.words]
        self._counts = [0, *accumulate(word.text[0].isalnum() for word in self.words)]

    @cached_property
    def dates(self) -> tuple[Written, ...]:
        """Every date written here, in order."""
        return read_dates(self.page.document.folded, self.words, self.marks, self.page.marks)

    @cached_property
    def actors(self) -> tuple[Hit, ...]:
        """Every actor named here, in order."""
        return tuple(self.inside(self.page.actors))

    @cached_property
    def by_kind(self) -> Mapping[str, tuple[Mark, ...]]:
        """Marks by section."""
        grown: dict[str, list[Mark]] = {}
        for mark in self.marks:
            grown.setdefault(mark.kind, []).append(mark)
        return {kind: tuple(marks) for kind, marks in grown.items()}

    def of(self, kind: str, *values: str) -> Iterator[Mark]:
        """Marks of a section, or of some keys of it."""
        return (mark for mark in self.by_kind.get(kind, ()) if not values or mark.value in values)

    def inside(self, hits: Iterable[Hit]) -> Iterator[Hit]:
        """Those hits that begin here."""
        return (hit for hit in hits if self.start <= hit.start < self.end)

    def between(self, end: int, start: int) -> int:
        """Words between two folded offsets; 0 when they touch or cross. Two characters of Chinese are one."""
        first, last = bisect_left(self.starts, end), bisect_left(self.starts, start)
        count = self._counts[last] - self._counts[first] if last > first else 0
        return (count + 1) // 2 if self.page.document.lang in _NO_WORDS else count

    def distance(self, one: Range, other: Range) -> int:
        """Words between two stretches, whichever comes first."""
        return self.between(one[1], other[0]) if one[0] <= other[0] else self.between(other[1], one[0])

    def clause(self, position: int) -> Range:
        """The clause at a position, within this sentence."""
        cached = self.page.clauses
        if position not in cached:
            cached[position] = self.page.document.clause_at(position)
        return cached[position]


class Page:
    """A document with its hits, and its sentences as they are asked for."""

    def __init__(self, document: Document, hits: Hits, vocabulary: Vocabulary) -> None:
        self.document = document
        self.hits = hits
        self.vocabulary = vocabulary
        self.marks = marks_of(vocabulary, document.lang)
        if self.marks.order == "md" and document.item.timezone.startswith(_DAY_FIRST):
            self.marks = replace(self.marks, order="dm")
        self.clauses: dict[int, Range] = {}
        self._sentences: dict[int, Sentence] = {}

    @cached_property
    def actors(self) -> tuple[Hit, ...]:
        """Every actor of the document, in order."""
        return _in_order(self.hits.actors)

    @cached_property
    def places(self) -> tuple[Hit, ...]:
        """Every place of the document, in order."""
        return _in_order(self.hits.places)

    @cached_property
    def concepts(self) -> tuple[Hit, ...]:
        """Every concept of the document, in order."""
        return _in_order(self.hits.concepts)

    def sentence(self, position: int) -> Sentence:
        """The sentence that holds a folded offset; the title is one, without the outlet after it."""
        start, end = self.document.sentence_at(position)
        if start == 0:
            end = max(self.document.title_core_end, min(position + 1, end))
        if start not in self._sentences or self._sentences[start].end < end:
            self._sentences[start] = Sentence(self, start, end)
        return self._sentences[start]

    def is_title(self, position: int) -> bool:
        """Whether a folded offset lies in the title."""
        return position < self.document.title_end


def _in_order(found: Mapping[str, tuple[Hit, ...]]) -> tuple[Hit, ...]:
    return tuple(sorted((hit for hits in found.values() for hit in hits), key=lambda hit: (hit.start, -hit.end)))


_KEPT = 64


@lru_cache(maxsize=_KEPT)
def _compiled(key: _ByIdentity) -> Marks:
    return compile_marks(key.raw)


class _ByIdentity:
    """A mapping as a key of a cache: the same object is the same key, and lives as long as its entry."""

    __slots__ = ("raw",)

    def __init__(self, raw: Mapping[str, object]) -> None:
        self.raw = raw

    def __hash__(self) -> int:
        return id(self.raw)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ByIdentity) and self.raw is other.raw


def marks_of(vocabulary: Vocabulary, lang: str) -> Marks:
    """The marks of a language; for one without a file, marks that find only dates in digits."""
    return _compiled(_ByIdentity(vocabulary.marks(lang)))
