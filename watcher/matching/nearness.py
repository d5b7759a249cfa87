"""
Finding one hit of each of several lists that stand near each other, in order if asked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from watcher.matching.reading import Reading
from watcher.matching.spec import Within
from watcher.vocabulary import Hit

_MOST_STARTS = 100
_LONGEST_WORD = 40
_MOST_STEPS = 5_000
"""Choices that are tried before there is held to be none; an honest rule needs a dozen."""


class _Choice:
    """Backtracking over lists of hits, with a budget."""

    def __init__(self, lists: Sequence[Sequence[Hit]], *, distinct: bool, in_order: int) -> None:
        self.lists = lists
        self.distinct = distinct
        self.in_order = in_order
        self.steps = 0

    def make(self, chosen: tuple[Hit, ...] = ()) -> tuple[Hit, ...] | None:
        index = len(chosen)
        if index == len(self.lists):
            return chosen
        for hit in self.lists[index]:
            self.steps += 1
            if self.steps > _MOST_STEPS:
                return None
            if self.distinct and any(hit.name == other.name for other in chosen):
                continue
            if 0 < index < self.in_order and hit.start < chosen[-1].end:
                continue
            if found := self.make((*chosen, hit)):
                return found
        return None


def pick(
    lists: Sequence[Sequence[Hit]],
    *,
    distinct: bool = False,
    in_order: int = 0,
    fits: Callable[[Hit], bool] | None = None,
) -> tuple[Hit, ...] | None:
    """
    One hit of each list, the first that work; None when there is no choice.

    Args:
        distinct: Each of another name.
        in_order: How many of the first lists must give hits that stand one behind the other.
        fits: Which hits may be chosen; None: all.
    """
    usable = [hits if fits is None else [hit for hit in hits if fits(hit)] for hits in lists]
    if not usable or not all(usable):
        return None
    if in_order:
        return _Choice(usable, distinct=distinct, in_order=in_order).make()
    if not distinct:
        return tuple(hits[0] for hits in usable)
    # Only names matter: the first hit of each name is as good as any, and the list with the fewest chooses first.
    short = [_first_of_each_name(hits) for hits in usable]
    order = sorted(range(len(short)), key=lambda index: len(short[index]))
    found = _Choice([short[index] for index in order], distinct=True, in_order=0).make()
    if found is None:
        return None
    by_list = dict(zip(order, found, strict=True))
    return tuple(by_list[index] for index in range(len(short)))


def _first_of_each_name(hits: Sequence[Hit]) -> list[Hit]:
    found: dict[str, Hit] = {}
    for hit in hits:
        found.setdefault(hit.name, hit)
    return list(found.values())


def pick_near(
    reading: Reading,
    lists: Sequence[Sequence[Hit]],
    within: Within | None,
    *,
    distinct: bool = False,
    in_order: int = 0,
) -> tuple[Hit, ...] | None:
    """The same, all of them within one sentence, paragraph or number of words; None for `within`: anywhere."""
    if within is None or within.unit == "text":
        return pick(lists, distinct=distinct, in_order=in_order)
    fewest = min(lists, key=len, default=())
    for start in _starts(reading, lists, fewest, within):
        fits = _window(reading, start, within)
        if any(map(fits, fewest)) and (found := pick(lists, distinct=distinct, in_order=in_order, fits=fits)):
            return found
    return None


def _starts(reading: Reading, lists: Sequence[Sequence[Hit]], fewest: Sequence[Hit], within: Within) -> Sequence[int]:
    """Where windows are tried: one for each hit of the shortest list, or at each hit not too far before one."""
    if within.unit != "words":
        place = reading.document.sentence_at if within.unit == "sentence" else reading.paragraph
        return sorted({place(hit.start)[0] for hit in fewest})[:_MOST_STARTS]
    reach = within.words * _LONGEST_WORD
    first = min((hit.start for hit in fewest), default=0) - reach
    last = max((hit.start for hit in fewest), default=0)
    return sorted({hit.start for hits in lists for hit in hits if first <= hit.start <= last})[:_MOST_STARTS]


def _window(reading: Reading, start: int, within: Within) -> Callable[[Hit], bool]:
    if within.unit == "words":
        last = reading.after_words(start, within.words)
        return lambda hit: start <= hit.start and hit.end <= last
    begin, end = reading.document.sentence_at(start) if within.unit == "sentence" else reading.paragraph(start)
    return lambda hit: begin <= hit.start < end
