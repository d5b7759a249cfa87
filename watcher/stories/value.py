"""
How much a development matters, and so which lane it takes.

A sum of what is true of a report, pressed into 0..1; a development is worth the mean of its reports. Noise, hearsay and
third parties take away; principals, events that change things, days, places and numbers add. One outlet interrupts with
a report of high worth only, with a step of a story on file sooner than with another voice on it; several with less.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum

from watcher.model import Change, Kind, Lane, Report, is_step
from watcher.stories.track import due_days, due_places
from watcher.stories.weights import Worth

_SURE = 0.99  # no report is worth more or less than this and its opposite


def worth_of(report: Report, weights: Worth) -> float:
    """The worth of one report, 0..1."""
    return _chance(sum(terms_of(report, weights).values()))


def terms_of(report: Report, weights: Worth) -> Mapping[str, float]:
    """What the worth is made of, by name."""
    terms = {
        "base": weights.base,
        **{event: _event(event, weights) for event in (report.event, *report.also)},
        "status": weights.statuses.get(report.status, 0.0),
        "principal": weights.principal if report.principal else 0.0,
        "speaker": weights.speaker if report.speaker else 0.0,
        "level": weights.level if report.level else 0.0,
        "dated": weights.dated if due_days(report) else 0.0,
        "placed": weights.placed if due_places(report) else 0.0,
        "counted": weights.counted if report.counts else 0.0,
        "lone": weights.lone if len(report.actors) < 2 else 0.0,
        "background": weights.background if report.background else 0.0,
        **{guard: weights.guards.get(guard, weights.guard) for guard in report.guards},
    }
    return {name: value for name, value in terms.items() if value}


def mean_worth(before: float, reports: int, more: float) -> float:
    """The worth of a development of so many reports once another has joined, as the mean of their log odds."""
    return _chance((_odds(before) * reports + _odds(more)) / (reports + 1))


class Sort(StrEnum):
    """What a development is to its story, as far as one outlet alone may interrupt with it."""

    STEP = "step"  # a day, a place, a status, an event is another than before
    VOICE = "voice"  # somebody else says or does what is on file already
    NEW = "new"
    POSSIBLE = "possible"


def sort_of(kind: Kind, changes: Iterable[Change]) -> Sort:
    """The sort of a development by its kind and what it changes."""
    if kind in (Kind.NEW, Kind.POSSIBLE):
        return Sort(kind.value)
    known = tuple(changes)
    return Sort.VOICE if known and not is_step(known) else Sort.STEP


def lane_of(worth: float, outlets: int, echo: float, *, sort: Sort, weights: Worth) -> Lane:
    """
    Whether to interrupt.

    Args:
        echo: The best chance that its latest report belongs to a development that interrupted already.
    """
    if outlets > 1:
        enough = any(outlets >= number and worth >= least for number, least in weights.needed)
        return Lane.NOW if enough and echo < weights.echo else Lane.DIGEST
    least, most_echo = weights.lone_report[sort.value]
    return Lane.NOW if worth >= least and echo < most_echo else Lane.DIGEST


def _chance(odds: float) -> float:
    return min(max(1 / (1 + math.exp(-odds)), 1 - _SURE), _SURE)


def _odds(chance: float) -> float:
    return math.log(chance / (1 - chance))


def _event(event: str, weights: Worth) -> float:
    return next((weights.events[name] for name in _names(event) if name in weights.events), 0.0)


def _names(event: str) -> Iterator[str]:
    yield event
    while "." in event:
        event = event.rpartition(".")[0]
        yield event
