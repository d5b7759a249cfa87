"""
Document → Hits in one pass: one Aho-Corasick run over the folded text finds anchors, and each anchor's terms are
checked where it stands. What the places mean is `resolve`'s.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from watcher.errors import ConfigError, Problem
from watcher.text import Document, Range
from watcher.vocabulary.entries import Entry, Index, Mark, entry
from watcher.vocabulary.forms import ANY_PREFIX
from watcher.vocabulary.lexicon import Vocabulary
from watcher.vocabulary.patterns import Mode, Parsed, PatternError, parse_pattern, spaced
from watcher.vocabulary.resolve import Found, Resolver
from watcher.vocabulary.terms import Hits, Literal

if TYPE_CHECKING:
    from ahocorasick_rs import AhoCorasick

# Languages whose words may also stand in items of another. English ones may stand in any.
_ALSO_READ = {"uk": ("ru",), "be": ("ru",), "bg": ("ru",), "ur": ("fa",), "ps": ("fa",), "gl": ("es",), "ca": ("es",)}
# More places than these in one item say nothing new, and neither hostile text nor a careless rule may grow the work.
_MOST_FOUND = 5_000
_MOST_OF_ONE = 50
_LONGEST_WORD = 60
_LONGEST_PREFIX = 4  # Arabic "and", "for" and the article
# Bare numbers: the scan compares them for every anchor.
_WHOLE, _PART, _START, _WORD, _LEAD, _TITLE = (
    mode.value for mode in (Mode.WHOLE, Mode.PART, Mode.START, Mode.WORD, Mode.LEAD, Mode.TITLE)
)


class _Candidate:
    """An entry ready to be checked; its expressions are compiled when first needed."""

    __slots__ = ("_also", "_regex", "begins", "entry", "lead", "mode", "needs", "plain", "reach", "titled")

    def __init__(self, one: Entry, anchors: Mapping[str, int]) -> None:
        self.entry = one
        self.needs = tuple(frozenset(anchors[anchor] for anchor in need) for need in one.needs)
        self.lead = frozenset(anchors[anchor] for anchor in one.lead)
        self.mode = one.mode
        self.begins = one.mode
        if one.lead:
            bound = all(anchor.startswith(" ") for anchor in one.lead)
            self.begins = _START if bound else _WORD if one.regex.startswith("(?<!") else _PART
        self.reach = _LONGEST_WORD if ANY_PREFIX in one.regex else _LONGEST_PREFIX
        self.titled = bool(one.marks & (Mark.AT_START | Mark.AT_END))
        self.plain = not (self.titled or one.also)
        self._regex: re.Pattern[str] | None = None
        self._also: re.Pattern[str] | None = None

    @property
    def regex(self) -> re.Pattern[str]:
        if self._regex is None:
            self._regex = re.compile(self.entry.regex)
        return self._regex

    def has_also(self, folded: str, sentence: Range) -> bool:
        if not self.entry.also:
            return True
        if self._also is None:
            self._also = re.compile(self.entry.also)
        return self._also.search(folded, *sentence) is not None


class Scanner:
    """
    Finds every term of a vocabulary and of rules in a document.

    Args:
        literals: Words of rules.
        overlays: Vocabularies of teams with words of their own, by team; see `Hits.of`.

    Raises:
        ConfigError: When a literal is no pattern.
    """

    def __init__(
        self,
        vocabulary: Vocabulary,
        literals: Iterable[Literal] = (),
        overlays: Mapping[str, Vocabulary] | None = None,
    ) -> None:
        self.vocabulary = vocabulary
        self._resolver = Resolver(vocabulary.names)
        literal_entries = _literal_entries(literals)
        self._teams = [_Team(name, overlay, vocabulary.entries) for name, overlay in (overlays or {}).items()]
        own = (one for team in self._teams for one in team.added)
        self._entries = (*vocabulary.entries, *literal_entries, *own)
        self._foreign = frozenset(id(one) for team in self._teams for one in team.added)
        index = vocabulary.index
        if len(self._entries) > len(vocabulary.entries):
            index = index.extended(self._entries[len(vocabulary.entries) :], len(vocabulary.entries))
        self._index = index
        self._automaton = _automaton(index.anchors)
        self._ready: dict[int, _Candidate] = {}
        self._tables: dict[str, _Table] = {}
        self._titles = tuple(_Candidate(one, index.anchors) for one in self._entries if one.mode == _TITLE)

    def scan(self, document: Document) -> Hits:
        """Everything the document names; never fails, whatever the text."""
        found = self._find(document)
        if not self._teams:
            return self._resolver.resolve(found, document)
        foreign = self._foreign
        hits = self._resolver.resolve([one for one in found if id(one.entry) not in foreign], document)
        for team in self._teams:
            if (changed := team.view(found, foreign)) is not None:
                hits.by_team[team.name] = team.resolver.resolve(changed, document)
        return hits

    def _find(self, document: Document) -> list[Found]:
        matches = self._automaton.find_matches_as_indexes(spaced(document.folded), overlapping=True)
        look = _Look(document, self._table(document.lang))
        if document.title_end == len(document.folded):
            look.at((0, document.title_end), matches)
        else:
            # Sentence by sentence, because in a whole article some form of every common word stands somewhere.
            starts = [start for start, _ in document.sentences]
            groups: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
            for match in matches:
                groups[bisect_right(starts, match[1]) - 1].append(match)
            for number, group in groups.items():
                look.at(document.sentences[number], group)
                if len(look.found) > _MOST_FOUND:
                    look.thin_out()
                if len(look.found) > _MOST_FOUND:
                    break
        languages = _languages(document.lang)
        look.at_title([candidate for candidate in self._titles if candidate.entry.lang in languages])
        return look.found

    def _table(self, lang: str) -> _Table:
        if (table := self._tables.get(lang)) is None:
            table = self._tables[lang] = _Table(_languages(lang), self._entries, self._index, ready=self._ready)
        return table


class _Table(dict[int, tuple[_Candidate, ...]]):
    """Candidates by anchor for items of some languages; made when an anchor is first met, few of many ever are."""

    def __init__(
        self,
        languages: tuple[str | None, ...],
        entries: tuple[Entry, ...],
        index: Index,
        *,
        ready: dict[int, _Candidate],
    ) -> None:
        super().__init__()
        self._languages = languages
        self._entries = entries
        self._index = index
        # Shared by the tables of all languages: English terms stand in each, and their expressions are compiled once.
        self._ready = ready

    def __missing__(self, anchor: int) -> tuple[_Candidate, ...]:
        found = []
        for number in self._index.postings[anchor]:
            one = self._entries[number]
            if one.lang in self._languages:
                if number not in self._ready:
                    self._ready[number] = _Candidate(one, self._index.anchors)
                found.append(self._ready[number])
        self[anchor] = candidates = tuple(found)
        return candidates


def _automaton(anchors: Iterable[str]) -> AhoCorasick:
    # Imported here: compiling the words while the wheel is built needs no scan.
    from ahocorasick_rs import AhoCorasick

    return AhoCorasick(list(anchors))


def _languages(lang: str) -> tuple[str | None, ...]:
    return (None, "en", lang, *_ALSO_READ.get(lang, ()))


class _Look:
    """One document's scan; `found` grows as its sentences are looked at."""

    def __init__(self, document: Document, table: _Table) -> None:
        self.document = document
        self.table = table
        self.found: list[Found] = []

    def at(self, sentence: Range, matches: list[tuple[int, int, int]]) -> None:
        """Check every candidate of the anchors that stand in a sentence."""
        found, table = self.found, self.table
        present = {anchor for anchor, _, _ in matches}
        searched: set[int] = set()
        places: dict[int, list[int]] = {}
        for anchor, start, end in matches:
            for candidate in table[anchor]:
                # Offsets of the spaced text are one more than folded ones, and an anchor may begin with a space.
                mode = candidate.mode
                if mode == _WHOLE:
                    found.append(Found(candidate.entry, start, end - 2))
                    continue
                if mode == _PART:
                    found.append(Found(candidate.entry, start - 1, end - 1))
                    continue
                for need in candidate.needs:
                    if present.isdisjoint(need):
                        break
                else:
                    if mode in (_START, _WORD):
                        self._match(candidate, start, sentence)
                    elif id(candidate) not in searched:
                        searched.add(id(candidate))
                        places = places or _places(matches)
                        self._search(
                            candidate, sentence, [at for lead in candidate.lead & present for at in places[lead]]
                        )

    def thin_out(self) -> None:
        """Keep the first places of each term, so that a term that stands everywhere hides no other."""
        counts: Counter[int] = Counter()
        kept = []
        for one in self.found:
            counts[id(one.entry)] += 1
            if counts[id(one.entry)] <= _MOST_OF_ONE:
                kept.append(one)
        self.found = kept

    def at_title(self, candidates: Iterable[_Candidate]) -> None:
        """Check what has no anchor."""
        for candidate in candidates:
            self._search(candidate, (0, self.document.title_end), ())

    def _match(self, candidate: _Candidate, start: int, sentence: Range) -> None:
        folded = self.document.folded
        begins = candidate.begins
        begin = start if begins == _START else start - 1
        if begins == _WORD:
            begin = _word_start(folded, begin, candidate.reach)
            if begin < 0:
                return
        match = candidate.regex.match(folded, begin, sentence[1])
        if match and (candidate.plain or _fits(candidate, match, self.document, sentence)):
            self.found.append(Found(candidate.entry, match.start(), match.end()))

    def _search(self, candidate: _Candidate, sentence: Range, starts: Iterable[int]) -> None:
        if candidate.mode == _LEAD:
            for start in starts:
                self._match(candidate, start, sentence)
            return
        for match in candidate.regex.finditer(self.document.folded, *sentence):
            if _fits(candidate, match, self.document, sentence):
                self.found.append(Found(candidate.entry, match.start(), match.end()))


def _places(matches: Iterable[tuple[int, int, int]]) -> dict[int, list[int]]:
    places: dict[int, list[int]] = defaultdict(list)
    for anchor, start, _ in matches:
        places[anchor].append(start)
    return places


def _word_start(folded: str, position: int, reach: int) -> int:
    """Where the word that holds a position starts; negative when that is more than `reach` letters before."""
    start = position
    while start > 0 and folded[start - 1].isalnum():
        start -= 1
        if position - start > reach:
            return -1
    return start


def _fits(candidate: _Candidate, match: re.Match[str], document: Document, sentence: Range) -> bool:
    """Whether what else the pattern asks of its sentence and of the title holds."""
    folded = document.folded
    if candidate.titled:
        if sentence[0] != 0 or match.end() > document.title_end:
            return False
        marks = candidate.entry.marks
        if marks & Mark.AT_START and any(letter.isalnum() for letter in folded[: match.start()]):
            return False
        if marks & Mark.AT_END and folded[match.end() : document.title_core_end].strip(" \"'.,)"):
            return False
    return candidate.has_also(folded, sentence)


class _Team:
    """What a team's vocabulary adds to and removes from the common one."""

    def __init__(self, name: str, overlay: Vocabulary, common: tuple[Entry, ...]) -> None:
        self.name = name
        self.resolver = Resolver(overlay.names)
        shared = {id(one) for one in common}
        own = {id(one) for one in overlay.entries}
        self.added = tuple(one for one in overlay.entries if id(one) not in shared)
        self.removed = frozenset(shared - own)
        self._own = frozenset(id(one) for one in self.added)

    def view(self, found: list[Found], foreign: frozenset[int]) -> list[Found] | None:
        """What counts for the team; None when that is what counts for everybody."""
        if not any(id(one.entry) in self._own or id(one.entry) in self.removed for one in found):
            return None
        hidden = (foreign - self._own) | self.removed
        return [one for one in found if id(one.entry) not in hidden]


def _literal_entries(literals: Iterable[Literal]) -> tuple[Entry, ...]:
    parsed: list[tuple[Literal, Parsed]] = []
    problems: list[Problem] = []
    for literal in literals:
        try:
            parsed.append((literal, parse_pattern(literal.pattern, literal.lang)))
        except PatternError as error:
            problems.append(Problem(literal.origin, 0, 0, str(error), "bad-pattern"))
    if problems:
        raise ConfigError(problems)
    weights = Counter(anchor for _, pattern in parsed for anchor in pattern.anchors)
    return tuple(
        entry(
            pattern.compiled(weights),
            kind="literal",
            names=(literal.key,),
            text=literal.pattern,
            place=(literal.origin, literal.lang, ""),
            marks=Mark.NONE,
        )
        for literal, pattern in parsed
    )
