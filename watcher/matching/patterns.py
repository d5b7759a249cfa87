"""
Expressions and fuzzy names of rules: checked when a rule is read, found in one linear pass when an item is.

Both are RE2: no backtracking. A fuzzy name is first narrowed to words that share its first letter and one of its
pieces (with k typing errors one of k + 1 pieces is intact), then measured.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import pairwise

import re2
from rapidfuzz.distance import DamerauLevenshtein

from watcher.text import Document, fold

LIMIT_EXPRESSION = 300
"""Characters of an expression."""
LIMIT_PROGRAM = 2_000
"""Instructions RE2 may need for one expression; `[a-z]{1,900}` of a thing of ten letters has more."""
LIMIT_EXPRESSIONS = 2_000
"""Different expressions and fuzzy names of all rules together."""
_MEMORY = 16 << 20
_SET_MEMORY = 64 << 20
_LONGEST_TEXT = 50_000  # folded characters that expressions are looked for in
_RETRIED_TEXT = 5_000  # the same, when the one pass ran out of memory and each is looked for alone
_MOST_FOUND = 200
_ALWAYS = r"(?s:.)"
SHORTEST_FUZZY = 5
# Written out, because \pL would need a program of hundreds of instructions.
_NO_LETTER = r"""[\s.,:;!?'"()\[\]/|-]"""
_LETTERS = r"""[^\s.,:;!?'"()\[\]/|-]"""


def fold_expression(expression: str) -> str:
    """Folded as the text is, but for what means something: only letters outside ASCII change, and one to one."""
    folded = (fold(character) if character > "\x7f" else character for character in expression)
    return "".join(new if len(new) == 1 else old for new, old in zip(folded, expression, strict=True))


def _options(memory: int) -> re2.Options:
    options = re2.Options()
    options.max_mem = memory
    options.log_errors = False
    options.case_sensitive = False
    return options


@cache
def _compiled(expression: str) -> re2._Regexp[str]:
    return re2.compile(expression, _options(_MEMORY))


def check_expression(expression: str) -> str | None:
    """What is wrong with an expression, for people; None when it can be used."""
    if len(expression) > LIMIT_EXPRESSION:
        return f"an expression of {len(expression)} characters: at most {LIMIT_EXPRESSION} are allowed"
    try:
        compiled = _compiled(fold_expression(expression))
    except re2.error as error:
        said = error.args[0] if error.args else error
        said = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
        return f"not an RE2 expression ({said}); look-arounds and back-references do not exist there"
    if compiled.programsize > LIMIT_PROGRAM:
        return (
            f"an expression that needs {compiled.programsize:,} steps, at most {LIMIT_PROGRAM:,}: shorten its repeats"
        )
    if compiled.search("") is not None:
        return "an expression that matches nothing at all, so it would match everywhere: ask for a letter at least"
    letters = "abcdefghijklmnopqrstuvwxyz 0123456789"
    if any(compiled.search(letter) for letter in letters):
        return "an expression that one letter satisfies, so nearly every item would match: make it longer"
    return None


def check_fuzzy(name: str) -> str | None:
    """What is wrong with a fuzzy name; None when it can be used."""
    folded = fold(name).strip()
    if not re.fullmatch(r"[^\W\d_]+", folded):
        return f"~{name}: fuzzy spelling is for one name, written in letters only"
    if len(folded) < SHORTEST_FUZZY:
        return f"~{name}: fuzzy spelling needs {SHORTEST_FUZZY} letters or more: {name} would meet too much"
    if len(folded) > 30 or len(set(folded)) < 3:
        return f"~{name} is not a name"
    return None


def errors_allowed(folded: str) -> int:
    """Letters that may be wrong, missing, doubled or swapped: one up to seven letters, two from eight on."""
    return 1 if len(folded) < 8 else 2


def _pieces(folded: str) -> Iterator[str]:
    """
    Pieces of the name after its first letter, of which one is intact in every spelling that is allowed.

    With k errors one of k + 1 pieces is, unless neighbours across a cut were swapped, which spoils two; so those two
    are also given as a swap leaves them.
    """
    rest = folded[1:]
    count = errors_allowed(folded) + 1
    cuts = [len(rest) * n // count for n in range(count + 1)]
    yield from (rest[start:end] for start, end in pairwise(cuts))
    for start, cut, end in zip(cuts, cuts[1:], cuts[2:], strict=False):
        yield rest[start : cut - 1] + rest[cut]
        yield rest[cut - 1] + rest[cut + 1 : end]


def _narrowing(folded: str) -> str:
    pieces = "|".join(dict.fromkeys(re.escape(piece) for piece in _pieces(folded)))
    return rf"(?:^|{_NO_LETTER}){re.escape(folded[0])}{_LETTERS}*(?:{pieces})"


class Expressions:
    """All expressions and fuzzy names of a ruleset; `find` is one pass, whatever their number."""

    def __init__(self, regexes: Iterable[str], fuzzies: Iterable[str]) -> None:
        self._regexes = tuple(dict.fromkeys(regexes))[:LIMIT_EXPRESSIONS]
        self._fuzzies = tuple(dict.fromkeys(fuzzies))[:LIMIT_EXPRESSIONS]
        self._set = self._compile([*self._regexes, *map(_narrowing, self._fuzzies)])

    def __bool__(self) -> bool:
        return self._set is not None

    @staticmethod
    def _compile(patterns: Sequence[str]) -> re2.Set | None:
        if not patterns:
            return None
        combined = re2.Set.SearchSet(_options(_SET_MEMORY))
        for pattern in (*patterns, _ALWAYS):
            combined.Add(pattern)
        combined.Compile()
        return combined

    def find(self, document: Document) -> dict[tuple[str, str], tuple[tuple[int, int], ...]]:
        """Folded offsets of what was found, by `("regex", text)` and `("fuzzy", name)`; what was not is left out."""
        if self._set is None or not document.folded:
            return {}
        text = document.folded[:_LONGEST_TEXT]
        indexes: Iterable[int] = self._set.Match(text) or ()
        count = len(self._regexes) + len(self._fuzzies)
        if count not in indexes:  # the pattern that always matches did not: RE2 gave up on this text
            indexes, text = range(count), text[:_RETRIED_TEXT]
        found: dict[tuple[str, str], tuple[tuple[int, int], ...]] = {}
        for index in sorted(indexes):
            if index == count:
                continue
            if index < len(self._regexes):
                key = ("regex", self._regexes[index])
                places = _search(_compiled(key[1]), text)
            else:
                key = ("fuzzy", self._fuzzies[index - len(self._regexes)])
                places = find_fuzzy(key[1], document)
            if places:
                found[key] = places
        return found


def _search(compiled: re2._Regexp[str], text: str) -> tuple[tuple[int, int], ...]:
    places = []
    for found in compiled.finditer(text):
        if found.end() > found.start():
            places.append((found.start(), found.end()))
        if len(places) == _MOST_FOUND:
            break
    return tuple(places)


def find_fuzzy(name: str, document: Document) -> tuple[tuple[int, int], ...]:
    """Folded offsets of words that are a spelling of the folded name."""
    allowed = errors_allowed(name)
    places = [
        (word.start, word.end)
        for word in document.words
        if word.text[0] == name[0]
        and abs(len(word.text) - len(name)) <= allowed
        and DamerauLevenshtein.distance(word.text, name, score_cutoff=allowed) <= allowed
    ]
    return tuple(places[:_MOST_FOUND])
