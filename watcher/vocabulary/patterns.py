"""
The pattern language: text of a pattern or alias → expression, anchors for the scan, and how to check where they meet.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise, product
from math import sqrt

from watcher.text import fold
from watcher.vocabulary.forms import NO_SPACES, Forms, exact
from watcher.vocabulary.inflect import inflect, inflect_name, script_language, wildcard

_DEFAULT_GAP = 2
_DEFAULT_GAP_CHINESE = 4
_LONGEST_GAP = 40
_MOST_ALTERNATIVES = 400
_MOST_LISTED = 24
_MOST_WORDS = 24

_NON_WORD = re.compile(r"[^\w ]")
_GAP_TOKEN = re.compile(r"^\.\.(\d{1,4})$")
_SIMPLE = re.compile(r"\w+")
_MARKED = re.compile(r"\w+(?:[\"']\w+)*")
# Possessive throughout: a gap must not try the same words twice.
_GAP_WORD = r"\w++(?:['.\-]\w++)*+\W++"
# Articles written together with the next word ("l'accord", "dell'intesa") are no words between.
_ELISION = r"(?:(?:[cdjlmnst]|qu|[ad]?ell|all|un)')?"
# Between neighbours with `..0`: quotes, spaces or one hyphen, but nothing that parts clauses ("sanctions — top envoy").
_BESIDE = r"(?:[^\w,;:|\-]++|-)"
_COMPOUND = r"(?:\w++-)?"  # what German writes to the front: "verschiebt China-Reise"
_ADJACENT = r"[^\w\n]{1,3}"

# Words so common in news that looking at every place they stand costs more than it finds. Folded.
_COMMON_LIST = """
a an the of and to in for on with is are was were be been by from at as after over up off out down into new say says
said will has have had not no more than about hold make take get go come call see set put give keep let talk talks
deal meet meeting us un eu president minister state day week year
le la les de des du et en un une dans pour sur avec que qui se est a au aux par el los las del y con por al lo
der die das und im den dem zu von mit auf fur ist sind ein eine sich nicht nach bei aus um wird hat
и в на с о по не что за из к от для до во как его он она это
في من على الى عن مع ان هذا التي الذي بين بعد قبل
از با به در را كه اين است و براي شد كرد بر مي
של את על עמ לא כי הוא היא בינ אל
"""
_COMMON = frozenset(_COMMON_LIST.split())


class Mode(IntEnum):
    """How an anchor's place is checked."""

    WHOLE = 0  # the anchor is the whole term, borders included
    PART = 1  # the anchor is the whole term, in a script without borders
    START = 2  # the anchor begins where the term begins
    WORD = 3  # the anchor stands within the term's first word
    LEAD = 4  # the anchor stands anywhere in the term, which begins where a `lead` anchor of the sentence stands
    SEARCH = 5  # the same, but nothing tells where the term begins, so the sentence is searched
    TITLE = 6  # there is no anchor: marks only, which are looked for in every title


@dataclass(frozen=True, slots=True)
class Compiled:
    """
    A pattern ready for the scan.

    Args:
        regex: For folded text; empty where `mode` needs none.
        also: What else must stand in the sentence; empty for nothing.
        anchors: Strings of which one occurs wherever the pattern does; see `Forms.anchors`.
        needs: For each further word, anchors of which one must occur in the item.
        lead: Anchors of the words it begins with; empty unless `mode` asks for them.
        at_start, at_end: Whether it must stand at the start, the end of the title.
    """

    mode: Mode
    regex: str
    anchors: tuple[str, ...]
    also: str = ""
    needs: tuple[tuple[str, ...], ...] = ()
    lead: tuple[str, ...] = ()
    at_start: bool = False
    at_end: bool = False


class PatternError(ValueError):
    """A pattern that cannot be used; the message says what to write instead."""


Phrase = tuple[Forms, ...]


@dataclass(frozen=True, slots=True)
class _Element:
    """One place of a pattern: alternatives, or a punctuation mark or number (no anchors); `gap` may precede it."""

    phrases: tuple[Phrase, ...]
    regex: str
    gap: int
    tight: bool = False  # a mark, which stands beside its neighbours


_SPACES = {code: " " for code in range(128) if _NON_WORD.fullmatch(chr(code))}


def spaced(folded: str) -> str:
    """Folded text as anchors see it: punctuation is space, and a space stands at both ends."""
    # English is ASCII once folded, and a table is four times as fast as an expression.
    return f" {folded.translate(_SPACES) if folded.isascii() else _NON_WORD.sub(' ', folded)} "


# ── Aliases ────────────────────────────────────────────────────────────────────────────────────────────────────


def compile_alias(text: str, lang: str | None, *, fixed: bool = False) -> Compiled:
    """
    An alias, whole word, in the forms its language gives names; `fixed`: only as written.

    Raises:
        PatternError: When it has no letters or digits.
    """
    folded = fold(text).strip()
    lang = lang or script_language(folded)
    # A mark inside a Hebrew word is part of it: או"ם is not "או שם".
    words = (_MARKED if lang == "he" and not fixed else _SIMPLE).findall(folded)
    if not words or len(words) > _MOST_WORDS:
        raise PatternError(f"{text!r} is no name: write at least one word, at most {_MOST_WORDS}")
    if lang in NO_SPACES and script_language(folded) == "zh":
        return Compiled(Mode.PART, "", (spaced(folded.strip("*")).strip(),))  # 卡玛拉·哈里斯, 刚果(布)
    if folded.endswith("*"):
        forms = [*(exact(word, lang) for word in words[:-1]), wildcard(words[-1] + "*", lang)]
    elif fixed:
        forms = [exact(word, lang) for word in words]
    else:
        forms = [inflect_name(word, lang, last=index == len(words) - 1) for index, word in enumerate(words)]
    if all(form.listed for form in forms):
        return Compiled(Mode.WHOLE, "", tuple(_whole(folded, words, forms)))
    joined = _ADJACENT.join(form.regex for form in forms)
    regex = rf"(?<!\w){joined}(?!\w)"
    anchor = max(forms, key=lambda form: (min(map(len, form.anchors)), form is forms[0]))
    if anchor is forms[0]:
        return Compiled(Mode.START if anchor.bound else Mode.WORD, regex, anchor.anchors)
    needs = tuple(form.anchors for form in forms if form is not anchor)
    return Compiled(Mode.LEAD, regex, anchor.anchors, needs=needs, lead=forms[0].anchors)


def _whole(folded: str, words: Sequence[str], forms: Sequence[Forms]) -> Iterable[str]:
    """The name with its own punctuation as spaces, the last word in each form."""
    before = spaced(folded).rstrip().removesuffix(words[-1]).lstrip()
    return {f" {before}{form} " for form in forms[-1].listed}


# ── Patterns ───────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Parsed:
    """A pattern taken apart; which of its words the scan looks for is decided when all patterns are known."""

    text: str
    first: tuple[_Element, ...]
    second: tuple[_Element, ...]
    at_start: bool
    at_end: bool
    spaceless: bool

    @property
    def anchors(self) -> frozenset[str]:
        """Every anchor of every word."""
        phrases = (phrase for element in (*self.first, *self.second) for phrase in element.phrases)
        return frozenset(anchor for phrase in phrases for form in phrase for anchor in form.anchors)

    def compiled(self, weights: Mapping[str, int] | None = None) -> Compiled:
        """Ready for the scan. `weights`: how many patterns use an anchor; the least used one is looked for."""
        whole = _listed(self.first) if not (self.second or self.at_start or self.at_end) else ()
        if whole:
            return Compiled(Mode.PART if self.spaceless else Mode.WHOLE, "", whole)
        weights = weights or {}
        anchored = [element for element in (*self.first, *self.second) if element.phrases]
        if not anchored:
            regex = _joined(self.first, spaceless=self.spaceless)
            return Compiled(Mode.TITLE, regex, (), at_start=self.at_start, at_end=self.at_end)
        chosen = min(anchored, key=lambda element: _cost(element, weights))
        mode = _mode(chosen, self.first, weights)
        begin = {anchor: None for phrase in self.first[0].phrases for anchor in phrase[0].anchors}
        return Compiled(
            mode=mode,
            regex=_joined(self.first, spaceless=self.spaceless),
            anchors=_anchors(chosen, weights),
            also=_joined(self.second, spaceless=self.spaceless) if self.second else "",
            needs=tuple(_anchors(element, weights) for element in anchored if element is not chosen),
            lead=tuple(begin) if mode == Mode.LEAD else (),
            at_start=self.at_start,
            at_end=self.at_end,
        )


def parse_pattern(text: str, lang: str | None, *, lists: Mapping[str, Sequence[str]] | None = None) -> Parsed:
    """
    A pattern as README.md describes it.

    Args:
        lang: Whose forms the words take; None: told from their script.
        lists: Members of `$name`, by name without the `$`.

    Raises:
        PatternError: When it is malformed, or nothing in it can be looked for.
    """
    parts = [_Parser(part, lang, lists or {}) for part in re.split(r"(?:^|\s)&(?:\s|$)", text)]
    if len(parts) > 2:
        raise PatternError("at most one & in a pattern")
    sides = [tuple(parser.elements()) for parser in parts]
    titled = parts[0].at_start or parts[-1].at_end or len(sides[0]) > 1
    if not all(any(element.phrases for element in side) for side in sides) and not (titled and len(parts) == 1):
        raise PatternError(f"{text!r} has no word to look for")
    second = sides[1] if len(sides) > 1 else ()
    alone = len(sides) == 1 and len(sides[0]) == 1 and not (titled or parts[0].spaceless)
    if alone and _is_letter(sides[0][0]):
        raise PatternError(f"{text!r}: one letter finds everything, write a word")
    return Parsed(text, sides[0], second, parts[0].at_start, parts[-1].at_end, parts[0].spaceless)


def _is_letter(element: _Element) -> bool:
    return any(len(phrase) == 1 and max(map(len, phrase[0].listed), default=2) < 2 for phrase in element.phrases)


def check_pattern(text: str, lang: str | None = None) -> str | None:
    """What is wrong with a pattern that uses no lists, for people; None when it can be used."""
    try:
        parse_pattern(text, lang)
    except PatternError as error:
        return str(error)
    return None


class _Parser:
    """Reads the words of one pattern, or of one side of `&`."""

    def __init__(self, text: str, lang: str | None, lists: Mapping[str, Sequence[str]]) -> None:
        self.text = text.strip()
        self.lang = lang
        self.lists = lists
        self.at_start = False
        self.at_end = False
        self.spaceless = (lang or script_language(fold(text))) in NO_SPACES

    def elements(self) -> list[_Element]:
        pieces = self.text.split()
        if pieces and pieces[0].startswith("^"):
            self.at_start = True
            pieces[0] = pieces[0][1:]
        if pieces and len(pieces[-1]) > 1 and pieces[-1].endswith("$"):
            self.at_end = True
            pieces[-1] = pieces[-1][:-1]
        pieces = [piece for piece in pieces if piece]
        if not pieces or len(pieces) > _MOST_WORDS:
            raise PatternError(f"a pattern has one to {_MOST_WORDS} words")
        found: list[_Element] = []
        gap: int | None = None
        for piece in pieces:
            if wide := _GAP_TOKEN.match(piece):
                gap = self._gap(int(wide[1]), found)
                continue
            found.append(self._element(piece, gap, found))
            gap = None
        if gap is not None:
            raise PatternError("`..N` stands between two words")
        return found

    def _gap(self, size: int, found: list[_Element]) -> int:
        if not found:
            raise PatternError("`..N` stands between two words")
        if size > _LONGEST_GAP:
            raise PatternError(f"`..{size}` is too wide: at most {_LONGEST_GAP} words")
        return size

    def _element(self, piece: str, gap: int | None, found: list[_Element]) -> _Element:
        mark = "|" if piece == "||" else fold(piece)
        tight = not _SIMPLE.search(mark) and piece[0] not in "#*$"
        if gap is None:
            beside = tight or (bool(found) and found[-1].tight)
            gap = 0 if beside else _DEFAULT_GAP_CHINESE if self.spaceless else _DEFAULT_GAP
        if piece[0] == "#":
            return _Element((), r"\d++(?:[.,]\d++)*+", gap)
        if tight:
            return _Element((), re.escape(mark), gap, tight=True)
        phrases = tuple(self._phrases(piece, depth=0))
        if not phrases:
            raise PatternError(f"{piece!r} has no word in it")
        if len(phrases) > _MOST_ALTERNATIVES:
            raise PatternError(f"{len(phrases):,} alternatives in one place: at most {_MOST_ALTERNATIVES}")
        front = _COMPOUND * bool(found and gap and self.lang == "de")
        return _Element(phrases, front + self._alternation(phrases), gap)

    def _phrases(self, piece: str, depth: int) -> Iterable[Phrase]:
        for part in piece.split("|"):
            if not part.startswith("$"):
                if phrase := tuple(self._words(part)):
                    yield phrase
                continue
            members = self.lists.get(part[1:])
            if members is None:
                raise PatternError(f"there is no list _{part[1:]} in this file")
            if depth > 3:
                raise PatternError(f"the list _{part[1:]} is used within itself")
            for member in members:
                if member.startswith("$") or "|" in member:
                    yield from self._phrases(member, depth + 1)
                elif phrase := tuple(word for piece in member.split() for word in self._words(piece)):
                    yield phrase

    def _words(self, piece: str) -> Iterable[Forms]:
        """The words of one piece: inner punctuation parts them ("cease-fire"), wildcards bind to the outer ones."""
        fixed = piece.startswith("=")
        folded = fold(piece.lstrip("="))
        words = re.findall(r"\*?\w+\*?", folded)
        for index, word in enumerate(words):
            if "*" in word:
                if len(word.strip("*")) < (1 if self.spaceless else 2):
                    raise PatternError(f"{piece!r}: at least two letters beside *")
                yield wildcard(word, self.lang or script_language(word))
            elif fixed or index < len(words) - 1:
                yield exact(word, self.lang or script_language(word))
            else:
                yield inflect(word, self.lang)

    def _alternation(self, phrases: Sequence[Phrase]) -> str:
        joint = "" if self.spaceless else _ADJACENT
        texts = sorted(
            {joint.join(form.regex for form in phrase) for phrase in phrases}, key=lambda text: (-len(text), text)
        )
        body = texts[0] if len(texts) == 1 else f"(?:{'|'.join(texts)})"
        return body if self.spaceless else rf"(?<!\w){body}(?!\w)"


def _joined(elements: Sequence[_Element], *, spaceless: bool) -> str:
    text = elements[0].regex
    for before, element in pairwise(elements):
        text += _gap_regex(element, before, spaceless=spaceless) + element.regex
    return text


def _gap_regex(element: _Element, before: _Element, *, spaceless: bool) -> str:
    if spaceless:
        return f".{{0,{element.gap}}}?" if element.gap else r"\s*"
    if element.tight or before.tight:
        return rf"\W*?(?:{_GAP_WORD}){{0,{element.gap}}}?" if element.gap else r"[\s\"']*"
    return rf"\W++(?:{_GAP_WORD}){{0,{element.gap}}}?{_ELISION}" if element.gap else rf"{_BESIDE}{_ELISION}"


def _listed(elements: Sequence[_Element]) -> tuple[str, ...]:
    """The anchors that are the whole pattern, where it is one place with few forms; else empty."""
    if len(elements) != 1 or not elements[0].phrases:
        return ()
    whole: set[str] = set()
    for phrase in elements[0].phrases:
        if all(form.listed for form in phrase):
            count = 1
            for form in phrase:
                count *= len(form.listed)
            if count > _MOST_LISTED:
                return ()
            whole.update(f" {' '.join(words)} " for words in product(*(form.listed for form in phrase)))
        elif len(phrase) == 1 and not phrase[0].bound and phrase[0].regex == re.escape(phrase[0].anchors[0]):
            whole.add(phrase[0].anchors[0])
        else:
            return ()
    return tuple(sorted(whole))


def _weight(form: Forms, weights: Mapping[str, int]) -> float:
    """How often looking for this word is in vain: by patterns that use it, more for short and for common ones."""
    total = 0.0
    for anchor in form.anchors:
        word = anchor.strip()
        total += (1 + weights.get(anchor, 0)) * (20 if word in _COMMON else 1) * (8 / (1 + len(word)))
    return total / sqrt(len(form.anchors))


def _rarest(phrase: Phrase, weights: Mapping[str, int]) -> Forms:
    return min(phrase, key=lambda form: _weight(form, weights))


def _cost(element: _Element, weights: Mapping[str, int]) -> float:
    return sum(_weight(_rarest(phrase, weights), weights) for phrase in element.phrases)


def _anchors(element: _Element, weights: Mapping[str, int]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(anchor for phrase in element.phrases for anchor in _rarest(phrase, weights).anchors))


def _mode(chosen: _Element, first: Sequence[_Element], weights: Mapping[str, int]) -> Mode:
    found = [(_rarest(phrase, weights), phrase[0]) for phrase in chosen.phrases]
    spaceless = any(anchor.anchors[0] == anchor.regex for anchor, _ in found)
    if spaceless or chosen is not first[0] or any(anchor is not begin for anchor, begin in found):
        return Mode.LEAD if first[0].phrases else Mode.SEARCH
    return Mode.START if all(anchor.bound for anchor, _ in found) else Mode.WORD
