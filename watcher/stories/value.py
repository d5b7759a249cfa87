"""
How much a new development matters, and so which lane it takes.

A sum of what is true of its report, pressed into 0..1. Guards, hearsay and third parties take away; principals, firm
statuses, events that change things, days and places add. What a story has just told makes its next development worth
less, so that one appearance does not ring ten times.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from watcher.model import Lane, Report
from watcher.stories.track import due_days, due_places
from watcher.stories.weights import Worth


def worth_of(report: Report, weights: Worth, *, near: float = 0.0, lately: int = 0) -> float:
    """
    The worth of a development that this report founds, 0..1.

    Args:
        near: Score of the closest development that it did not join, forbidden ones left out.
        lately: Developments of its story that interrupted somebody within the last hours.
    """
    return 1 / (1 + math.exp(-sum(terms_of(report, weights, near=near, lately=lately).values())))


def terms_of(report: Report, weights: Worth, *, near: float, lately: int) -> Mapping[str, float]:
    """What the worth is made of, by name."""
    terms = {
        "base": weights.base,
        "event": max(_event(event, weights) for event in (report.event, *report.also)),
        "status": weights.statuses.get(report.status, 0.0),
        "outsider": 0.0 if report.principal else weights.outsider,
        "speaker": weights.speaker if report.speaker else 0.0,
        "agent": weights.agent if report.agent else 0.0,
        "leaders": weights.leaders if report.level == "leaders" else 0.0,
        "dated": weights.dated if due_days(report) else 0.0,
        "placed": weights.placed if due_places(report) else 0.0,
        "background": weights.background if report.background else 0.0,
        "tier": weights.tier * (2 - report.tier),
        "near": weights.near * near,
        "lately": weights.lately * min(lately, 4),
        **{guard: weights.guards.get(guard, weights.guard) for guard in report.guards},
    }
    return {name: value for name, value in terms.items() if value}


def lane_of(value: float, publishers: int, weights: Worth) -> Lane:
    """Whether to interrupt: worth enough, or enough independent voices."""
    return Lane.NOW if value >= weights.now or publishers >= weights.publishers else Lane.DIGEST


def _event(event: str, weights: Worth) -> float:
    return next((weights.events[name] for name in _names(event) if name in weights.events), 0.0)


def _names(event: str) -> Iterable[str]:
    yield event
    while "." in event:
        event = event.rpartition(".")[0]
        yield event
