"""
The small words facts are read from, found in one pass: months, weekdays, "to", "denies", "according to" …

`marks/<lang>.yaml` → `Marks`, words of a sentence → `Mark`s. What they mean together the other files here decide.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from watcher.text import Word, fold

_HAN = "\u3040-\u30ff\u3400-\u9fff"
# The same cuts as Document.words, so that a phrase and the text it stands in fall into equal pieces.
_TOKEN = re.compile(rf"[{_HAN}]|[^\W{_HAN}]+|[^\w\s]")
_GAP = ".."
_GAP_WORDS = 4  # punctuation counts: "no Trump-Putin meeting"
_SHORTEST_STEM = 3
_NO_SECTION = frozenset(("order", "prefixes", "day_endings", "stop", "endings"))


class Mark(NamedTuple):
    """One phrase found: its section and key in the file, folded offsets, and its words `first:last` of the sentence."""

    kind: str
    value: str
    start: int
    end: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class _Phrase:
    kind: str
    value: str
    parts: tuple[tuple[str, ...], ...]  # alternatives for each word; () is a gap
    rest: tuple[tuple[frozenset[str], tuple[str, ...]] | None, ...]  # the same behind the first: words, stems

    def end_in(self, words: Sequence[Word], index: int) -> int | None:
        """Index after the last word when the phrase, whose first word was found at `index`, stands there."""
        at = index + 1
        gap = 0
        for part in self.rest:
            if part is None:
                gap = _GAP_WORDS
                continue
            whole, stems = part
            for number in range(at, min(at + gap + 1, len(words))):
                text = words[number].text
                if text in whole or (stems and text.startswith(stems)):
                    at, gap = number + 1, 0
                    break
            else:
                return None
        return at


def _phrase(kind: str, value: str, parts: tuple[tuple[str, ...], ...]) -> _Phrase:
    rest = tuple(
        (
            frozenset(one for one in part if one[-1] != "*"),
            tuple(one[:-1] for one in part if one[-1] == "*"),
        )
        if part
        else None
        for part in parts[1:]
    )
    return _Phrase(kind, value, parts, rest)


@dataclass(frozen=True, slots=True)
class Marks:
    """
    The marks of one language, ready to be found.

    Args:
        order: `dm` or `md`: which comes first in 11/2.
        day_endings: What may be written to the number of a day, such as `th`.
        stop: Folded words that say nothing about what a title is about.
        endings: Inflections taken off a title's words, longest first.
    """

    exact: Mapping[str, tuple[_Phrase, ...]] = field(default_factory=dict)
    stems: Mapping[str, tuple[tuple[str, _Phrase], ...]] = field(default_factory=dict)
    prefixes: tuple[str, ...] = ()
    order: str = "dm"
    day_endings: frozenset[str] = frozenset()
    stop: frozenset[str] = frozenset()
    endings: tuple[str, ...] = ()

    def find(self, words: Sequence[Word]) -> tuple[Mark, ...]:
        """Every phrase in the words of a sentence, in order of their first word; of one key the longest."""
        found: list[Mark] = []
        exact, stems, prefixes = self.exact, self.stems, self.prefixes
        for index, word in enumerate(words):
            if not prefixes and word.text not in exact and word.text[:_SHORTEST_STEM] not in stems:
                continue
            here: dict[tuple[str, str], Mark] = {}
            for phrase in self._beginning(word.text):
                last = phrase.end_in(words, index) if phrase.rest else index + 1
                if last is None:
                    continue
                key = phrase.kind, phrase.value
                if key not in here or last > here[key].last:
                    here[key] = Mark(*key, word.start, words[last - 1].end, index, last)
            found.extend(here.values())
        return tuple(found)

    def _beginning(self, word: str) -> Iterable[_Phrase]:
        if not self.prefixes:
            return self._stem_of(word)
        phrases = [*self._stem_of(word)]
        for prefix in self.prefixes:
            if len(word) > len(prefix) + 1 and word.startswith(prefix):
                phrases += self._stem_of(word[len(prefix) :])
        return phrases

    def _stem_of(self, word: str) -> Sequence[_Phrase]:
        whole = self.exact.get(word, ())
        stems = self.stems.get(word[:_SHORTEST_STEM])
        if not stems:
            return whole
        return (*whole, *(phrase for stem, phrase in stems if word.startswith(stem)))


def compile_marks(raw: Mapping[str, object]) -> Marks:
    """
    The marks of a file as `Vocabulary.marks` gives it. An empty mapping gives marks that find nothing.

    Sections become the kinds of marks, their keys the values; a section that is a plain list has the value ``.
    """
    prefixes = tuple(sorted(map(fold, _texts(raw.get("prefixes"))), key=len, reverse=True))
    exact: dict[str, list[_Phrase]] = {}
    stems: dict[str, list[tuple[str, _Phrase]]] = {}
    for kind, content in raw.items():
        if kind in _NO_SECTION:
            continue
        keyed = content.items() if isinstance(content, Mapping) else (("", content),)
        for value, texts in keyed:
            for text in _texts(texts):
                _index(_phrase(kind, str(value), _parts(text)), exact, stems)
    return Marks(
        exact={word: tuple(phrases) for word, phrases in exact.items()},
        stems={word: tuple(phrases) for word, phrases in stems.items()},
        prefixes=prefixes,
        order=str(raw.get("order", "dm")),
        day_endings=frozenset(map(fold, _texts(raw.get("day_endings")))),
        stop=frozenset(map(fold, _texts(raw.get("stop")))),
        endings=tuple(sorted(map(fold, _texts(raw.get("endings"))), key=len, reverse=True)),
    )


def _texts(content: object) -> tuple[str, ...]:
    if content is None:
        return ()
    if isinstance(content, str):
        return tuple(content.split())
    return tuple(str(text) for text in content) if isinstance(content, Iterable) else ()


def _parts(text: str) -> tuple[tuple[str, ...], ...]:
    parts: list[tuple[str, ...]] = []
    for piece in fold(text).split():
        if piece == _GAP:
            parts.append(())
        elif "|" in piece or piece.endswith("*"):
            parts.append(tuple(piece.split("|")))
        else:
            parts.extend((word,) for word in _TOKEN.findall(piece))
    return tuple(parts)


def _index(phrase: _Phrase, exact: dict[str, list[_Phrase]], stems: dict[str, list[tuple[str, _Phrase]]]) -> None:
    for word in phrase.parts[0]:
        if word.endswith("*"):
            stems.setdefault(word[:_SHORTEST_STEM], []).append((word[:-1], phrase))
        else:
            exact.setdefault(word, []).append(phrase)
