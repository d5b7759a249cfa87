"""
Written dates in a sentence: a small grammar over marks, the same for every language.

Words become signs, a letter for each class, and patterns of signs are dates: `dFm` is "18 de junio", "18th of June".
Times of day, years alone, ages, scores and durations that are not tied to today are no dates.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from watcher.facts.calendars import MONTH, WEEK, WEEKEND, YEAR, Shape, Written
from watcher.facts.marks import Mark, Marks
from watcher.text import Word

__all__ = ["read_dates"]


class _Sign(NamedTuple):
    """One piece of a sentence as the grammar sees it: a letter for its class, and its number or name."""

    letter: str
    value: str
    start: int
    end: int


_LETTERS = {
    "weekdays": "w",
    "short_weekdays": "v",
    "months": "m",
    "short_months": "k",
    "lone_months": "l",  # need no "in" before them
    "modal_months": "z",  # "may", "march": words of other meaning too
    "jalali_months": "j",
    "days": "r",
    "stretches": "q",
    "numbers": "n",
    "ordinals": "b",
}
_UNITS = {"week": WEEK, "weekend": WEEKEND, "month": MONTH, "year": YEAR, "day": 0, "hour": 0}
_GLUE = {
    "of": "F", "the": "H", "to": "T", "and": "A", "from": "O", "in": "I", "within": "W", "ago": "G", "hence": "N",
    "end": "E", "early": "B", "middle": "Z", "late": "S", "next": "X", "coming": "C", "last": "L", "this": "D",
    "day_mark": "s", "year_mark": "Y", "on": "K", "after_day": "Q", "after": "P", "ahead": "U", "by": "V",
}  # fmt: skip
_PUNCTUATION = {
    ",": ",", "、": ",", "，": ",", "-": "-", "/": "/", ".": ".", "'": "'", "(": "(", ")": ")",
    ":": ";", ";": ";", "?": ";", "!": ";", "。": ";", "：": ";", "；": ";", '"': ";",
}  # fmt: skip
_SHIFTS = {"X": "next", "C": "coming", "L": "last", "D": "this"}
_PARTS = {"B": "early", "Z": "middle", "S": "late", "E": "end"}
_KINDS = frozenset(
    ("weekdays", "months", "short_months", "lone_months", "modal_months", "jalali_months", "days", "stretches", "units")
)

# d: 1-31 · o: the same with an ending, "18th" · b: an ordinal word · y: a year · n: another number · x: another word ·
# u: week, weekend, month, year · h: day, hour; the others are named in _LETTERS and _GLUE.
_D = "[do]"
_TO = "[-TA]"
_M = "[mkzjl]"
_WD = "(?:[wv][,.]?K?H?F?)?"
_OPEN = r"(?=$|[.,;TOFKIAQ?(-])"
# Where "10 may" or "14 march" can only be a date.
_SURE = r"(?:(?<=[KOWTPVwv,])|(?=[dob]F?zF?[y.,;TOKI)-])|(?=[ob])|(?=[d]F?z$))"
# Pattern names say what to make of it; the second column holds the letters it may begin with.
_PATTERNS: tuple[tuple[str, str, str], ...] = (
    (
        "two_months",
        "Odo",
        rf"O?H?(?P<a>{_D})[.]?F?H?(?P<m>[mkjl])[.]?{_TO}O?H?(?P<b>{_D})[.]?F?(?P<k>{_M})[.]?,?F?(?P<y>y)?",
    ),
    ("two_months", "Omkzl", rf"O?(?P<m>[mkzl])[.]?(?P<a>{_D})s?[-TA](?P<k>{_M})[.]?(?P<b>{_D})s?(?:,?(?P<y>y))?"),
    ("range", "OHdo", rf"O?H?(?P<a>{_D})[.s]?[-TA]O?K?H?(?P<b>{_D})[.]?F?(?P<m>{_M})[.]?(?:,?F?(?P<y>y))?"),
    (
        "range",
        "Oymkzl",
        rf"O?(?:(?P<z>y)Y)?(?P<m>{_M})[.]?H?(?P<a>{_D})s?{_TO}(?:H(?=o))?(?P<b>{_D})(?![-/mkzluhn])s?(?:,?(?P<y>y))?",
    ),
    ("range", "Odo", rf"O?(?P<a>{_D})s?[-T](?P<b>{_D})s"),
    ("range", "O", rf"OH?(?P<a>o)TH?(?P<b>o){_OPEN}"),
    ("range", "O", rf"O(?P<a>{_D})T(?P<b>{_D})(?=$|[.,;])"),
    ("day", "y", rf"(?P<y>y)Y(?P<m>[mjl])(?P<a>{_D})s?"),
    ("day", "wvdob", rf"{_WD}(?P<a>[dob])[.']?s?F?(?P<m>[mkjl])[.]?(?:,?F?(?P<y>y))?"),
    ("day", "wvdob", rf"{_WD}{_SURE}(?P<a>[dob])F?(?P<m>z)(?:,?F?(?P<y>y))?"),
    ("day", "wvmkzjl", rf"(?:[wv][,.]?)?(?P<m>{_M})[.]?H?(?P<a>[dob])(?![-/][do]|[.,]d[^.]|[nuh])s?(?:,?(?P<y>y))?"),
    ("near_month", "DXL", rf"(?P<s>[DXL])u(?P<a>{_D})s"),
    ("day_of_month", "do", rf"(?P<a>{_D})s"),
    ("day_of_month", "H", rf"H(?P<a>o){_OPEN}"),
    ("day_of_month", "KwT", r"(?:K|Kw,?|w,?K?|wH)(?P<a>[do])(?=$|[.,;](?![dmkzjl])|[TOQ])"),
    ("weekdays", "Ow", r"O?(?P<w>w)[-T](?P<v>w)"),
    ("weekday", "XCLDw", r"(?P<s>[XCLD])?(?P<w>w)(?P<t>[XCL])?"),
    ("month", "BZSE", r"(?P<p>[BZSE])-?F?H?(?P<s>[XLD])?(?P<m>[mzjl])(?:F?(?P<y>y))?"),
    ("month", "IWOV", r"[IWOV](?P<p>[BZSE])?(?P<s>[XLD])?(?P<m>[mzjl])(?![dob])(?:F?(?P<y>y))?"),
    ("month", "TKPXLD", r"(?:[TKP]|(?P<s>[XLD]))(?P<m>[mjl])(?![dob])(?:F?(?P<y>y))?"),
    ("month", "mjl", r"(?P<m>[mjl])(?P<p>[BZSE])"),
    ("month", "mkzjl", r"(?P<m>[mkzjl])(?:,?F?(?P<y>y))"),
    ("month", "l", r"(?P<m>l)(?![dob])"),
    ("span", "BZSE", r"(?P<p>[BZSE])F?H?(?P<s>[XCLD])?(?P<u>u)(?P<t>[XCL])?"),
    ("span", "XCLD", r"(?P<s>[XCLD])(?P<u>u)(?P<p>[BZSE])?"),
    ("span", "u", r"(?P<u>u)(?P<p>[BZSE])?(?P<t>[XCLD])"),
    ("span", "u", r"(?P<u>u)(?:'x)?(?P<p>E)"),
    ("within", "W", r"W(?P<u>u)(?![XCLDE'])"),
    ("within", "WIXC", r"(?:WH?[XC]?|IH?[XC]|[XC])(?P<c>[dn])[XC]?(?P<u>[uh])"),
    ("within", "dn", r"(?P<c>[dn])(?P<u>[uh])W"),
    ("after", "I", r"I(?P<c>[dn])(?P<u>[uh])(?![GF])"),
    ("after", "U", r"U(?P<c>[dn])?(?P<u>[uh])"),
    ("after", "dn", r"(?P<c>[dn])(?P<u>[uh])[NS]"),
    ("ago", "dnu", r"(?P<c>[dn])?(?P<u>[uh])G"),
    ("ago", "G", r"G(?P<c>[dn])?(?P<u>[uh])"),
    ("offset", "r", r"(?P<r>r)"),
    ("offset", "q", r"(?P<r>q)"),
)  # fmt: skip
# "du" and "del" are both "of the" and "from the".
_GRAMMAR: Mapping[str, tuple[tuple[str, re.Pattern[str]], ...]] = {
    letter: tuple(
        (name, re.compile(pattern.replace("F?", "[FO]?"))) for name, starts, pattern in _PATTERNS if letter in starts
    )
    for letter in {letter for _, starts, _ in _PATTERNS for letter in starts}
}

_ISO = re.compile(r"(?<![\w./-])(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?![\w/-])")
_NUMERIC = re.compile(
    r"(?<![\w./:])(?<!\d-)(\d{1,2})([./])(\d{1,2})(?:\2(\d{4}|\d{2})(?![\w/])|(\.)(?!\d)|(?![\w./:%-]))"
)
_FARTHEST = 3 * 366
_APPROXIMATE = {WEEK: (7, 3), WEEKEND: (7, 3), MONTH: (30, 10), YEAR: (365, 60)}


def read_dates(folded: str, words: Sequence[Word], marks: Sequence[Mark], language: Marks) -> tuple[Written, ...]:
    """
    Every date written in a sentence, in order, not overlapping.

    Args:
        folded: The whole folded text, which the offsets of words count in.
        words: Those of the sentence.
        marks: What `language.find(words)` gave.
    """
    if not words:
        return ()
    numeric = tuple(_numeric_dates(folded, words, language)) if any(word.text.isdigit() for word in words) else ()
    if not any(_may_date(mark) for mark in marks) and not any(_has_ending(word.text, language) for word in words):
        return numeric
    signs = _signs(words, marks, language)
    letters = "".join(sign.letter for sign in signs)
    found = [*numeric]
    at = 0
    while at < len(signs):
        step = 1
        for name, pattern in _GRAMMAR.get(letters[at], ()):
            if hit := pattern.match(letters, at):
                written = _written(name, hit, signs)
                if (
                    written
                    and not _repeats(written, found)
                    and not any(one.start < written.end and written.start < one.end for one in numeric)
                ):
                    found.append(written)
                step = hit.end() - at
                break
        at += step
    return tuple(sorted(found, key=lambda one: one.start))


def _repeats(written: Written, found: Sequence[Written]) -> bool:
    """ "12 February next year": the year of the date before it, and no date of its own."""
    is_year = written.shape == "span" and written.numbers[0] == YEAR
    return is_year and any(0 <= written.start - one.end <= 2 for one in found)


# ── Words become signs ─────────────────────────────────────────────────────────────────────────────────────────


def _signs(words: Sequence[Word], marks: Iterable[Mark], language: Marks) -> list[_Sign]:
    longest: dict[int, tuple[Mark, str]] = {}
    for mark in marks:
        letter = _letter_of(mark)
        if letter and (mark.first not in longest or mark.last > longest[mark.first][0].last):
            longest[mark.first] = (mark, letter)
    signs: list[_Sign] = []
    index = 0
    while index < len(words):
        word = words[index]
        if index in longest:
            mark, letter = longest[index]
            signs.append(_Sign(letter, mark.value, mark.start, mark.end))
            index = mark.last
        elif word.text[0].isdigit():
            used, sign = _number_sign(words, index, language)
            signs.append(sign)
            index += used
        else:
            signs.append(_Sign(_PUNCTUATION.get(word.text, "x"), "", word.start, word.end))
            index += 1
    return signs


def _may_date(mark: Mark) -> bool:
    return mark.kind in _KINDS or (mark.kind == "glue" and mark.value == "day_mark")


def _letter_of(mark: Mark) -> str:
    if mark.kind == "units":
        return "u" if _UNITS.get(mark.value) else "h"
    if mark.kind == "glue":
        return _GLUE.get(mark.value, "")
    return _LETTERS.get(mark.kind, "")


def _has_ending(word: str, language: Marks) -> bool:
    return word[0].isdigit() and not word.isdigit() and word.lstrip("0123456789") in language.day_endings


def _number_sign(words: Sequence[Word], index: int, language: Marks) -> tuple[int, _Sign]:
    """How many words a number takes, and its sign: "18", "18th", "18-го", "2026", "1,500"."""
    word = words[index]
    digits = word.text[: len(word.text) - len(word.text.lstrip("0123456789"))]
    if not digits or len(digits) > 4:
        return 1, _Sign("x", "", word.start, word.end)
    number, ending = int(digits), word.text[len(digits) :]
    after = words[index + 1 : index + 3]
    grouped = [one.text for one in after]
    if not ending and len(grouped) == 2 and grouped[0] in ",." and grouped[1].isdigit() and len(grouped[1]) == 3:
        return 3, _Sign("n", digits + grouped[1], word.start, after[1].end)
    if not ending and len(grouped) == 2 and grouped[0] == "-" and grouped[1] in language.day_endings:
        return 3, _Sign("o" if 0 < number < 32 else "n", digits, word.start, after[1].end)
    if ending:
        letter = "o" if ending in language.day_endings and 0 < number < 32 else "x"
        return 1, _Sign(letter, digits, word.start, word.end)
    if len(digits) == 4 and (1900 <= number <= 2100 or 1300 <= number <= 1500):
        return 1, _Sign("y", digits, word.start, word.end)
    return 1, _Sign("d" if 0 < number < 32 and len(digits) < 3 else "n", digits, word.start, word.end)


# ── Signs become dates ─────────────────────────────────────────────────────────────────────────────────────────


class _Hit:
    """A pattern found: its groups as signs and numbers."""

    def __init__(self, match: re.Match[str], signs: Sequence[_Sign]) -> None:
        self.match = match
        self.signs = signs
        self.groups = match.groupdict()
        self.start = signs[match.start()].start
        self.end = signs[match.end() - 1].end
        self.shift = _SHIFTS.get(self.letter("s") or self.letter("t"), "")
        self.part = _PARTS.get(self.letter("p"), "")
        self.jalali = self.letter("m") == "j"
        self.year = self.number("y") or self.number("z")

    def letter(self, group: str) -> str:
        return self.groups.get(group) or ""

    def sign(self, group: str) -> _Sign:
        return self.signs[self.match.start(group)]

    def number(self, group: str) -> int:
        return int(self.sign(group).value) if self.letter(group) else 0

    def says_to(self, first: str, last: str) -> bool:
        return "T" in self.match.string[self.match.start(first) : self.match.start(last)]

    def written(self, shape: Shape, *numbers: int) -> Written:
        return Written(self.start, self.end, shape, numbers, self.shift, self.part, jalali=self.jalali)


def _written(name: str, match: re.Match[str], signs: Sequence[_Sign]) -> Written | None:
    hit = _Hit(match, signs)
    if hit.year and (hit.year < 1900) != hit.jalali:
        return None
    return _READERS[name](hit)


def _day(hit: _Hit) -> Written:
    return hit.written("day", hit.year, hit.number("m"), hit.number("a"))


def _day_of_month(hit: _Hit) -> Written:
    return hit.written("day_of_month", hit.number("a"))


def _weekday(hit: _Hit) -> Written:
    return hit.written("weekday", hit.number("w"))


def _month(hit: _Hit) -> Written:
    return hit.written("month", hit.year, hit.number("m"))


def _offset(hit: _Hit) -> Written:
    first, _, last = hit.sign("r").value.partition("..")
    return hit.written("offset", int(first), int(last or first))


def _weekdays(hit: _Hit) -> Written:
    halves = tuple(
        Written(sign.start, sign.end, "weekday", (int(sign.value),)) for sign in (hit.sign("w"), hit.sign("v"))
    )
    whole = hit.written("weekdays", hit.number("w"), hit.number("v"))
    return replace(whole, halves=halves) if hit.says_to("w", "v") else whole


def _range(hit: _Hit) -> Written:
    month, last_month = hit.number("m"), hit.number("k") or hit.number("m")
    whole = hit.written("days", hit.year, month, hit.number("a"), last_month, hit.number("b"))
    if not hit.says_to("a", "b"):
        return whole
    halves = []
    for group, of_month in (("a", month), ("b", last_month)):
        sign, day = hit.sign(group), hit.number(group)
        if month:
            halves.append(Written(sign.start, sign.end, "day", (hit.year, of_month, day), jalali=hit.jalali))
        else:
            halves.append(Written(sign.start, sign.end, "day_of_month", (day,)))
    return replace(whole, halves=tuple(halves))


def _span(hit: _Hit) -> Written | None:
    unit, letter = hit.sign("u").value, hit.letter("s") or hit.letter("t")
    if unit == "year" and letter in ("", "D") and hit.part != "end":  # "this year" says nothing of a day
        return None
    shift = {"X": 1, "C": 0 if unit == "weekend" else 1, "L": -1}.get(letter, 0)
    return hit.written("span", _UNITS[unit], shift)


def _within(hit: _Hit) -> Written | None:
    return _counted(hit, lambda days, _, rest: (0, days + rest))


def _after(hit: _Hit) -> Written | None:
    return _counted(hit, lambda days, slack, rest: (days - slack, days + slack + rest))


def _ago(hit: _Hit) -> Written | None:
    return _counted(hit, lambda days, slack, rest: (-days - slack - rest, -days + slack))


def _counted(hit: _Hit, reach: Callable[[int, int, int], tuple[int, int]]) -> Written | None:
    """ "Within 48 hours", "in two weeks", "three days ago": weeks and months are meant roughly, days exactly."""
    count, unit = hit.number("c") or 1, hit.sign("u").value
    length, slack = _APPROXIMATE.get(_UNITS[unit], (1, 0))
    days, hours = divmod(count, 24) if unit == "hour" else (count * length, 0)
    return None if days > _FARTHEST else hit.written("reach", *reach(days, slack, 1 if hours else 0))


_READERS: Mapping[str, Callable[[_Hit], Written | None]] = {
    "day": _day,
    "range": _range,
    "two_months": _range,
    "near_month": _day_of_month,
    "day_of_month": _day_of_month,
    "weekday": _weekday,
    "weekdays": _weekdays,
    "month": _month,
    "span": _span,
    "within": _within,
    "after": _after,
    "ago": _ago,
    "offset": _offset,
}


# ── Dates in digits ────────────────────────────────────────────────────────────────────────────────────────────


def _numeric_dates(folded: str, words: Sequence[Word], language: Marks) -> Iterable[Written]:
    first, last = words[0].start, words[-1].end
    for hit in _ISO.finditer(folded, first, last):
        year, month, day = (int(group) for group in hit.groups())
        yield Written(hit.start(), hit.end(), "day", (year, month, day), jalali=1300 <= year <= 1500)
    for hit in _NUMERIC.finditer(folded, first, last):
        numbers = int(hit[1]), int(hit[3])
        month, day = numbers if language.order == "md" and hit[2] == "/" else numbers[::-1]
        sure = hit[4] or (hit[5] and hit[2] == ".") or _is_led_in(words, hit.start(), language)
        if sure and 0 < month < 13 and 0 < day < 32:
            year = int(hit[4] or 0)
            yield Written(hit.start(), hit.end(), "day", (year + 2000 if 0 < year < 100 else year, month, day))


def _is_led_in(words: Sequence[Word], position: int, language: Marks) -> bool:
    """Whether "on", "from", "to" or a weekday stands before the digits; alone, 11/2 may be a score or a share."""
    before = [word for word in words if word.end <= position][-1:]
    lead = language.find(before)
    return any(
        mark.kind == "weekdays" or (mark.kind == "glue" and mark.value in ("on", "from", "to", "within", "by"))
        for mark in lead
    )
