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


@dataclass(frozen=True, slots=True)
class Joining:
    """
    Terms of the score that a report belongs to a development; a join needs `threshold`, the same thread
    `thread`.

    Args:
        cosine: For each point of the IDF-weighted cosine of the closest two titles; the trial's strongest term.
        foreign: Instead of the cosine when the languages differ and titles cannot be compared.
        agree: For each agreeing fact (event, status, date, place, number, direction, agent), `agree_most` at most.
        speaker: The same person or office spoke within `speaker_within`: one appearance, many sentences.
        fresh: The last report is younger than `fresh_within`.
        share: For the part of the matter's reports of the last three hours that the development holds.
        rate: For each of its reports in the last three hours, four at most, so that a hot story does not eat its own.
        conflict: For a differing date or ordinal; `differ` for a differing place or number.
        other_speaker: Both quote somebody, and not the same.
        reversal: One says yes, the other no.
        done: The report says done, the development is still ahead; `undone` the other way round.
        stale: The last report is older than `stale_after`.
        family: The events are of different families.
        edited: The report is a new state of an item that the development already holds.
        detail_after: A first day or place this much later than the development is an update, not more of the same.
    """

    threshold: float = 0.55
    thread: float = 0.25
    cosine: float = 1.0
    foreign: float = 0.30
    agree: float = 0.06
    agree_most: int = 2
    speaker: float = 0.15
    speaker_within: timedelta = timedelta(hours=6)
    fresh: float = 0.08
    fresh_within: timedelta = timedelta(hours=6)
    share: float = 0.10
    rate: float = 0.02
    conflict: float = -0.15
    differ: float = -0.10
    other_speaker: float = -0.12
    reversal: float = -0.12
    done: float = -0.15
    undone: float = -0.05
    stale: float = -0.10
    stale_after: timedelta = timedelta(hours=24)
    edited: float = 0.25
    detail_after: timedelta = timedelta(hours=6)
    family: float = -0.05


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
