"""
An item made ready for reading: folded text with sentences, clauses and words, all leading back to the original.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from watcher.model import Item, Part, Span
from watcher.text.folding import fold, origins
from watcher.text.language import settled_language
from watcher.text.outlets import core_end
from watcher.text.sentences import Range, clause_cuts, head_end, sentences_of

LONGEST_TITLE = 2_000
LONGEST_TEXT = 200_000
_GAP = "\n\n"
_LEAD_SENTENCES = 2
_HAN = "\u3040-\u30ff\u3400-\u9fff"
_TOKEN = re.compile(rf"[{_HAN}]|[^\W{_HAN}]+|[^\w\s]")


class Word(NamedTuple):
    """A word, a Chinese character or one punctuation mark, folded; `start:end` are folded offsets."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, eq=False)
class Document:
    """
    An item with its text folded once. Offsets named folded count characters of `folded`.

    Args:
        lang: The item's own, unless its script says otherwise; detected when it has none.
        text: Title, an empty line, then the text, as published (very long ones cut).
        folded: The same, as words are compared; the title ends at `title_end`.
    """

    item: Item
    lang: str
    title: str
    text: str
    folded: str
    title_end: int

    @cached_property
    def sentences(self) -> tuple[Range, ...]:
        """Sentences in order; the first is the title, even when it holds several or none."""
        return ((0, self.title_end), *sentences_of(self.folded, min(self.title_end + len(_GAP), len(self.folded))))

    @cached_property
    def lead_end(self) -> int:
        """Where the title and the first two sentences of the text end."""
        return self.sentences[: _LEAD_SENTENCES + 1][-1][1]

    @cached_property
    def title_core_end(self) -> int:
        """Where the title ends if the name of the outlet after it (` - BBC`, ` | Reuters`) is left out."""
        return core_end(self.folded[: self.title_end], self.item.url)

    @cached_property
    def head_end(self) -> int:
        """Where the title's head clause ends: what follows "amid", "after", "as" … is another matter."""
        return head_end(self.folded, self.title_core_end, self.lang)

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """All words and punctuation marks in order."""
        return self.words_in(0, len(self.folded))

    def words_in(self, start: int, end: int) -> tuple[Word, ...]:
        """Those in folded `start:end`, which begins where a word does; most of an article is never asked for."""
        return tuple(Word(*found.span(), found[0]) for found in _TOKEN.finditer(self.folded, start, end))

    def sentence_at(self, position: int) -> Range:
        """The sentence that holds a folded offset, or the last one before it."""
        return self.sentences[max(bisect_right(self._starts, position) - 1, 0)]

    def clause_at(self, position: int) -> Range:
        """The clause, within its sentence, that holds a folded offset."""
        first, last = sentence = self.sentence_at(position)
        cuts = self._cuts.get(first)
        if cuts is None:
            cuts = self._cuts[first] = (first, *clause_cuts(self.folded, sentence, self.lang), last)
        number = min(max(bisect_right(cuts, position), 1), len(cuts) - 1)
        return cuts[number - 1], cuts[number]

    def span(self, start: int, end: int) -> Span:
        """Where folded `start:end` stands in the title or text as published. What crosses the border is cut at it."""
        first, last = self.original_range(start, end)
        border = len(self.title)
        if first < border or border == last:
            return Span(Part.TITLE, first, min(last, border))
        return Span(Part.TEXT, max(first - border - len(_GAP), 0), max(last - border - len(_GAP), 0))

    def original(self, start: int, end: int) -> str:
        """Folded `start:end` as published."""
        first, last = self.original_range(start, end)
        return self.text[first:last]

    def original_range(self, start: int, end: int) -> Range:
        """Offsets in `text` of folded `start:end`."""
        indexes = self._origins
        if indexes is None:
            return start, end
        return indexes[start], indexes[end - 1] + 1 if end > start else indexes[start]

    @cached_property
    def _origins(self) -> array[int] | None:
        return origins(self.text)

    @cached_property
    def _cuts(self) -> dict[int, tuple[int, ...]]:
        """Where clauses begin and end, by the start of their sentence, as far as they were asked for."""
        return {}

    @cached_property
    def _starts(self) -> tuple[int, ...]:
        return tuple(start for start, _ in self.sentences)


def read(item: Item) -> Document:
    """The item as a document. Never fails, whatever the text; a text beyond 200,000 characters is cut."""
    title = item.title[:LONGEST_TITLE]
    if "\n" in title:
        title = title.replace("\n", " ")
    text = item.text[:LONGEST_TEXT]
    whole = title + _GAP + text if text else title
    folded_title = fold(title)
    folded = folded_title + _GAP + fold(text) if text else folded_title
    return Document(item, settled_language(item.lang, whole), title, whole, folded, len(folded_title))
