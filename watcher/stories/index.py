"""
Which open developments a report could belong to, without looking at all of them.

Proposals come from rare words, pairs of actors and speakers, newest first; lists are bounded, so the cost of a
decision grows with what is similar and recent, not with what is open.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import combinations, islice

from watcher.model import DevelopmentId, Report
from watcher.stories.track import speakers_of
from watcher.stories.weights import Limits

# Words that were never seen would otherwise weigh everything in a young memory.
_PRIOR = 100
_MOST_ACTORS = 6
_BY_PAIR, _BY_SPEAKER, _BY_WORD = 40, 24, 60


class Rarity(dict[str, float]):
    """Square of the IDF by word, each worked out once; good until the index changes."""

    def __init__(self, idf: Callable[[str], float]) -> None:
        super().__init__()
        self._idf = idf

    def __missing__(self, word: str) -> float:
        self[word] = square = self._idf(word) ** 2
        return square


class Index:
    """Open developments by word, by pair of actors and by speaker; each list in order of the last report."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._by_word: defaultdict[str, dict[DevelopmentId, None]] = defaultdict(dict)
        self._by_pair: defaultdict[str, dict[DevelopmentId, None]] = defaultdict(dict)
        self._by_speaker: defaultdict[str, dict[DevelopmentId, None]] = defaultdict(dict)
        self._words: dict[DevelopmentId, set[str]] = {}
        self._pairs: dict[DevelopmentId, set[str]] = {}
        self._speakers: dict[DevelopmentId, set[str]] = {}

    def __len__(self) -> int:
        return len(self._words)

    def add(self, key: DevelopmentId, report: Report) -> None:
        """The report now belongs to the development, which becomes the newest of its pairs and speakers."""
        words = self._words.setdefault(key, set())
        for word in report.words - words:
            self._by_word[word][key] = None
        words |= report.words
        pairs = self._pairs.setdefault(key, set())
        pairs.update(_pairs(report))
        speakers = self._speakers.setdefault(key, set())
        speakers.update(speakers_of(report))
        for lists, names in ((self._by_pair, pairs), (self._by_speaker, speakers)):
            for name in names:
                lists[name].pop(key, None)
                lists[name][key] = None

    def remove(self, key: DevelopmentId) -> None:
        """Forget the development."""
        known = ((self._by_word, self._words), (self._by_pair, self._pairs), (self._by_speaker, self._speakers))
        for lists, names in known:
            for name in names.pop(key, ()):
                lists[name].pop(key, None)
                if not lists[name]:
                    del lists[name]

    def idf(self, word: str) -> float:
        """How rare the word is among open developments."""
        found = self._by_word.get(word)
        return math.log((len(self._words) + _PRIOR) / ((len(found) if found else 0) + 1))

    def candidates(self, report: Report) -> tuple[DevelopmentId, ...]:
        """Developments that the report could belong to, the most promising first, at most `Limits.candidates`."""
        promise: defaultdict[DevelopmentId, float] = defaultdict(float)
        words = sorted((w for w in report.words if w in self._by_word), key=lambda w: (len(self._by_word[w]), w))
        for word in words:
            found = self._by_word[word]
            if len(found) > self._limits.common:
                break
            weight = self.idf(word)
            for key in islice(reversed(found), _BY_WORD):
                promise[key] += weight
        for pair in _pairs(report):
            _add(promise, islice(_newest(self._by_pair, pair), _BY_PAIR), 2.0)
        for speaker in speakers_of(report):
            _add(promise, islice(_newest(self._by_speaker, speaker), _BY_SPEAKER), 2.0)
        ranked = sorted(promise, key=lambda key: (-promise[key], key))
        return tuple(ranked[: self._limits.candidates])


def _newest(lists: defaultdict[str, dict[DevelopmentId, None]], name: str) -> Iterator[DevelopmentId]:
    return reversed(lists[name]) if name in lists else iter(())


def _add(promise: defaultdict[DevelopmentId, float], keys: Iterable[DevelopmentId], weight: float) -> None:
    for key in keys:
        promise[key] += weight


def _pairs(report: Report) -> tuple[str, ...]:
    """Every two of the actors, as one name; a lone actor pairs with itself."""
    actors = report.actors[:_MOST_ACTORS]
    if len(actors) == 1:
        return (actors[0],)
    if len(actors) == 2:  # nearly always
        return (f"{actors[0]} {actors[1]}",)
    return tuple(f"{one} {other}" for one, other in combinations(actors, 2))
