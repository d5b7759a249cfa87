"""
Document → Hits in one pass: one Aho-Corasick run over the folded text finds anchors, and each anchor's terms are
checked where it stands. What the places mean is `resolve`'s.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from watcher.errors import ConfigError, Problem
from watcher.text import Document, Range
from watcher.vocabulary.entries import Entry, Mark, entry
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
# Words of which one stands in nearly every sentence: that a pattern needs one of them tells nothing.
_EVERYWHERE = frozenset(f" {word} " for word in ("the", "to", "and", "of", "in", "a"))
_LONGEST_PREFIX = 4  # Arabic "and", "for" and the article
# Bare numbers: the scan compares them for every anchor.
_WHOLE, _PART, _START, _WORD, _LEAD, _TITLE = (
    mode.value for mode in (Mode.WHOLE, Mode.PART, Mode.START, Mode.WORD, Mode.LEAD, Mode.TITLE)
)


class _Candidate:
    """An entry ready to be checked; its expressions are compiled when first needed."""

    __slots__ = ("_also", "_compiled", "_regex", "begins", "entry", "lead", "mode", "needs", "plain", "reach", "titled")

    def __init__(self, one: Entry, anchors: Mapping[str, int], compiled: dict[str, re.Pattern[str]]) -> None:
        self.entry = one
        self.needs = tuple(
            frozenset(anchors[anchor] for anchor in need) for need in one.needs if _EVERYWHERE.isdisjoint(need)
        )
        self.lead = frozenset(anchors[anchor] for anchor in one.lead)
        self.mode = one.mode
        self.begins = one.mode
        if one.lead:
            bound = all(anchor.startswith(" ") for anchor in one.lead)
            self.begins = _START if bound else _WORD if one.regex.startswith("(?<!") else _PART
        self.reach = _LONGEST_WORD if ANY_PREFIX in one.regex else _LONGEST_PREFIX
        self.titled = bool(one.marks & (Mark.AT_START | Mark.AT_END))
        self.plain = not (self.titled or one.also)
        self._compiled = compiled
        self._regex: re.Pattern[str] | None = None
        self._also: re.Pattern[str] | None = None

    @property
    def regex(self) -> re.Pattern[str]:
        if self._regex is None:
            text = self.entry.regex
            self._regex = self._compiled.get(text) or self._compiled.setdefault(text, re.compile(text))
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
        self._compiled: dict[str, re.Pattern[str]] = {}
        self._tables: dict[tuple[str | None, ...], _Table] = {}

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
        table = self._table(document.lang)
        matches = table.automaton.find_matches_as_indexes(spaced(document.folded), overlapping=True)
        look = _Look(document, table)
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
        look.at_title(table.titles)
        return look.found

    def _table(self, lang: str) -> _Table:
        languages = _languages(lang)
        if (table := self._tables.get(languages)) is None:
            entries = [one for one in self._entries if one.lang in languages]
            table = self._tables[languages] = _Table(entries, self._compiled)
        return table


_Behind = tuple[tuple[Entry, ...], tuple[Entry, ...], tuple[_Candidate, ...]] | None


class _Table(dict[int, _Behind]):
    """
    What is looked for in items of some languages: the anchors, and behind each the entries that are found with it, as a
    whole word and as part of one, and the candidates to be checked; made when first met, which few of many ever are.
    """

    def __init__(self, entries: Sequence[Entry], compiled: dict[str, re.Pattern[str]]) -> None:
        super().__init__()
        self._entries = entries
        # Shared by the tables of all languages: English terms stand in each, and their expressions are compiled once.
        self._compiled = compiled
        self._ready: dict[int, _Candidate] = {}
        self._anchors: dict[str, int] = {}
        self._postings: dict[int, list[int]] = {}
        number = self._anchors.setdefault
        for place, one in enumerate(entries):
            for anchor in one.anchors:
                self._postings.setdefault(number(anchor, len(self._anchors)), []).append(place)
            for anchor in one.lead:
                number(anchor, len(self._anchors))
            for need in one.needs:
                if _EVERYWHERE.isdisjoint(need):
                    for anchor in need:
                        number(anchor, len(self._anchors))
        self.automaton = _automaton(self._anchors)
        self.titles = tuple(_Candidate(one, self._anchors, compiled) for one in entries if one.mode == _TITLE)

    def __missing__(self, anchor: int) -> _Behind:
        places = self._postings.get(anchor)
        behind = None
        if places is not None:
            entries = [self._entries[place] for place in places]
            whole = tuple(one for one in entries if one.mode == _WHOLE)
            part = tuple(one for one in entries if one.mode == _PART)
            others = [place for place in places if self._entries[place].mode not in (_WHOLE, _PART)]
            behind = whole, part, tuple(map(self._candidate, others))
        self[anchor] = behind
        return behind

    def _candidate(self, place: int) -> _Candidate:
        if place not in self._ready:
            self._ready[place] = _Candidate(self._entries[place], self._anchors, self._compiled)
        return self._ready[place]


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
        self._searched: set[int] = set()

    def at(self, sentence: Range, matches: list[tuple[int, int, int]]) -> None:
        """Check every candidate of the anchors that stand in a sentence."""
        found, table, in_title = self.found, self.table, not sentence[0]
        present = {anchor for anchor, _, _ in matches}
        self._searched.clear()
        for anchor, start, end in matches:
            if (behind := table[anchor]) is None:
                continue
            # Offsets of the spaced text are one more than folded ones, and an anchor may begin with a space.
            for one in behind[0]:
                found.append(Found(one, start, end - 2))
            for one in behind[1]:
                found.append(Found(one, start - 1, end - 1))
            for candidate in behind[2]:
                for need in candidate.needs:
                    if present.isdisjoint(need):
                        break
                else:
                    if in_title or not candidate.titled:
                        self._try(candidate, start, sentence, matches)

    def _try(self, candidate: _Candidate, start: int, sentence: Range, matches: list[tuple[int, int, int]]) -> None:
        if candidate.mode in (_START, _WORD):
            self._match(candidate, start, sentence)
        elif id(candidate) not in self._searched:
            self._searched.add(id(candidate))
            self._search(candidate, sentence, [at for anchor, at, _ in matches if anchor in candidate.lead])

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
