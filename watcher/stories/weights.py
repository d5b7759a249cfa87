"""
The numbers that decide, each with where it comes from.

`Joining` says when a report joins a development: the terms are added and compared with `threshold`. `Worth` says how
much a new development matters. The trial of the design (four topics of late 2025, titles only) gave the first values;
they were tuned on three of its topics by replay and confirmed on the fourth (tests/quality).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from watcher.model import Status

_TERMS: Mapping[str, float] = {
    # Words: IDF-weighted cosine of the closest two titles, the strongest term by far; rarest word in common (0..1).
    "cosine": 8.1,
    "rare": 1.6,
    # Facts that agree; those on dates and ordinals are set by hand, since titles hardly ever give any.
    "actors": 1.3,
    "event": 0.75,
    "agent": 0.9,
    "status": 0.35,
    "date": 1.2,
    "place": 0.4,
    "ordinal": 0.8,
    # Facts that differ.
    "other_place": -0.25,
    "other_number": -0.5,
    # Who speaks: one appearance gives many sentences.
    "speaker": 0.4,
    "other_speaker": -0.5,
    # Time: log of hours since the last and since the first report; one report alone draws few; a busy one draws more.
    "last": -0.55,
    "first": -1.1,
    "alone": -1.1,
    "rate": 0.15,
    # Another language: agreeing facts must do what words cannot.
    "foreign": 1.0,
}


@dataclass(frozen=True, slots=True)
class Joining:
    """
    When a report joins a development: a logistic sum of `terms`, trained on labelled pairs of report and development.

    Args:
        base: Log odds with nothing said.
        terms: By name of the feature (`compare`).
        threshold: From this chance on it joins; low, because many developments compete for a report and the best one
            is taken.
        thread: From this chance on it continues the same story.
        foreign_cosine: What two titles in different languages count as sharing.
        speaker_within: So long one appearance lasts.
        edited: Log odds for a new state of an item that the development already holds.
        same: At least this chance where facts alone say that it is the same; deeds do so for `same_within`.
        detail_after: A first day or place this much later than the development is an update, not more of the same.
    """

    base: float = -5.8
    terms: Mapping[str, float] = field(default_factory=lambda: _TERMS)
    threshold: float = 0.15
    thread: float = 0.02
    foreign_cosine: float = 0.30
    speaker_within: timedelta = timedelta(hours=6)
    edited: float = 2.5
    same: float = 0.5
    same_within: timedelta = timedelta(hours=12)
    detail_after: timedelta = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Worth:
    """
    How much a new development matters: the sum of what is true of it, as log odds.

    Args:
        events: By concept, or what it begins with (the longer name wins).
        statuses: By status.
        guards: What noise takes away, by guard; `guard` for the others.
        near: For each point of score by which it nearly joined another development.
        lately: For each development of its story that interrupted somebody within `lately_within`, four at most.
        now: From this worth on (0..1) a development interrupts a person.
        publishers: So many independent voices make it interrupt all the same.
    """

    base: float = 0.6
    outsider: float = -0.8
    speaker: float = -0.2
    agent: float = 0.2
    leaders: float = 0.2
    dated: float = 0.4
    placed: float = 0.2
    background: float = -0.8
    tier: float = 0.2
    guard: float = -1.0
    near: float = -1.0
    lately: float = -0.2
    lately_within: timedelta = timedelta(hours=3)
    now: float = 0.6
    publishers: int = 3
    events: Mapping[str, float] = field(default_factory=dict)
    statuses: Mapping[Status, float] = field(default_factory=dict)
    guards: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Limits:
    """
    What bounds memory and the cost of a decision.

    Args:
        quiet: A story without a report for so long closes.
        horizon: A development without a report for so long is no candidate any more.
        candidates: Compared at most, the most promising first.
        members: Titles of a development that are compared: the first and the latest.
        common: A word that so many developments hold proposes none.
    """

    quiet: timedelta = timedelta(days=10)
    horizon: timedelta = timedelta(days=4)
    candidates: int = 80
    members: int = 24
    common: int = 150


JOINING = Joining()
WORTH = Worth()
LIMITS = Limits()
