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
    "cosine": 7.7,
    "rare": 2.2,
    # Facts that agree; those on dates and ordinals are set by hand, since titles hardly ever give any.
    "actors": 2.0,
    "event": 0.7,
    "agent": 0.5,
    "status": 0.2,
    "date": 1.2,
    "place": 0.4,
    "ordinal": 0.8,
    # Facts that differ.
    "other_place": -1.0,
    "other_number": 0.0,
    # Who speaks: one appearance gives many sentences.
    "speaker": 0.6,
    "other_speaker": -0.55,
    # Time: log of hours since the last and since the first report; one report alone draws few; a busy one draws more.
    "last": -0.55,
    "first": -1.05,
    "alone": -0.9,
    "rate": 0.2,
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
        edited_cosine: The two titles must share so much for that; less is another piece of news on an old page.
        same: At least this chance where facts alone say that it is the same; deeds do so for `same_within`.
        same_cosine: Titles of one language must share so much besides.
        detail_after: A first day or place this much later than the development is an update, not more of the same.
    """

    base: float = -6.3
    terms: Mapping[str, float] = field(default_factory=lambda: _TERMS)
    threshold: float = 0.40
    thread: float = 0.02
    foreign_cosine: float = 0.30
    speaker_within: timedelta = timedelta(hours=6)
    edited: float = 2.5
    edited_cosine: float = 0.34
    same: float = 0.5
    same_cosine: float = 0.2
    same_within: timedelta = timedelta(hours=12)
    detail_after: timedelta = timedelta(hours=6)


_EVENTS: Mapping[str, float] = {
    # Trained where the labelled topics had at least 25 of a kind, the others by hand in their likeness.
    "agreement": 0.7, "agreement.close": 0.6, "agreement.ratified": 0.9, "agreement.reached": 0.9,
    "agreement.signed": 1.0, "aid": -0.3, "arms": 0.2, "attack": -0.3,
    "call": 0.6, "ceasefire": 0.4, "ceasefire.agreed": 1.2, "ceasefire.begins": 1.2, "ceasefire.extended": 1.0,
    "ceasefire.rejected": 0.7, "ceasefire.violated": 0.6, "condemnation": 0.4, "council": 0.6, "council.adopted": 1.0,
    "council.vetoed": 1.0, "deadline": 0.8, "demand": 0.0, "diplomat": 0.8, "diplomat.expelled": 1.2,
    "diplomat.recalled": 1.2, "embassy": 0.9, "envoy": 0.6, "hostages": 0.8, "leaders": 0.6, "mediation": 0.6,
    "meeting": 0.9, "military": 0.3, "nuclear": 0.4, "offer": 0.6, "offer.accepted": 0.8, "offer.made": 0.6,
    "offer.rejected": 0.8, "prisoners": 0.8, "prisoners.delayed": 1.2, "recognition": 0.8, "sanctions": 0.4,
    "sanctions.imposed": 0.8, "sanctions.lifted": 0.8, "schedule": 1.2, "schedule.begins": 1.4, "schedule.held": 0.3,
    "schedule.set": 0.5, "statement": 0.9, "summit": -0.4, "talks": 0.3, "talks.collapsed": 1.2, "talks.progress": 0.7,
    "talks.resumed": 0.9, "talks.suspended": 1.2, "talks.walkout": 1.2, "tariffs": -0.3, "threat": 0.3, "ties": 1.2,
    "treaty": 1.0, "troops": 0.6, "visit": 1.0, "war": 1.5, "warning": 0.3,
}  # fmt: skip

_STATUSES: Mapping[Status, float] = {
    Status.CONSIDERED: -0.3,
    Status.REPORTED: -0.35,
    Status.CLAIMED: -0.1,
    Status.DENIED: -0.1,
    Status.AGREED: 0.6,
    Status.ANNOUNCED: -0.1,
    Status.CONFIRMED: 0.4,
    Status.HELD: 0.45,
    Status.OFF: 0.6,
}

_NOISE: Mapping[str, float] = {
    "aside": -0.75,
    "mood": -1.6,
    "reaction": -1.2,
    "bystander": -1.8,
    "hypothetical": -0.2,
    "negated": -0.35,
    "background": -0.8,
    "rotation": 0.0,
    "company": -0.3,
    "domestic": 0.0,
    "anniversary": -0.8,
    "live-page": -0.5,
    "history": -1.5,
    "fighting": -2.0,
    "market": -2.0,
    "digest": -2.0,
    "opinion": -2.5,
    "explainer": -2.5,
    "entertainment": -3.0,
    "sport": -3.0,
}


# Of the lone reports above these, six in ten told something first on the four topics it was set on (tests/quality).
_LONE: Mapping[str, tuple[float, float]] = {
    "step": (0.75, 0.2),
    "new": (0.85, 0.1),
    "possible": (0.82, 0.04),
    "voice": (0.97, 0.04),
}


@dataclass(frozen=True, slots=True)
class Worth:
    """
    How much a report matters: the sum of what is true of it, as log odds that it reports a development at all.

    The chance that a title reports a development can be learned (area under the curve .69-.75 on a topic left out), how
    important it is cannot (.55-.60); so what lifts a development further is who else reports it.

    Args:
        events: By concept or what it begins with, the longer name first; every event of the item counts.
        guards: What noise takes away, by guard; `guard` for the others.
        lone: The report names one actor only.
        needed: Outlets and the worth (0..1) from which so many of them interrupt a person, the most outlets first.
        echo: With this chance of belonging to a development that interrupted already, a development waits for the
            digest, though it was not joined.
        lone_report: The worth from which, and the chance of being such an echo up to which, one outlet interrupts, by
            `Sort`.
        now: The worth of what interrupts whatever it is made of.
        answer: From this worth on a denial or confirmation by a party interrupts.
        followed: The same for a step ("begins", "off", "denied") that was told within `followed_within`; lower, because
            a step is worded in many ways.
    """

    base: float = -0.55
    principal: float = 0.7
    speaker: float = 0.75
    level: float = 0.3
    dated: float = 0.3
    placed: float = 0.65
    counted: float = 0.9
    lone: float = -0.55
    background: float = -0.8
    guard: float = -0.8
    events: Mapping[str, float] = field(default_factory=lambda: _EVENTS)
    statuses: Mapping[Status, float] = field(default_factory=lambda: _STATUSES)
    guards: Mapping[str, float] = field(default_factory=lambda: _NOISE)
    needed: tuple[tuple[int, float], ...] = ((4, 0.2), (3, 0.5), (2, 0.7))
    echo: float = 0.25
    lone_report: Mapping[str, tuple[float, float]] = field(default_factory=lambda: _LONE)
    now: float = 0.93
    answer: float = 0.9
    followed: float = 0.05
    followed_within: timedelta = timedelta(hours=12)


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
    candidates: int = 40
    members: int = 24
    common: int = 150


JOINING = Joining()
WORTH = Worth()
LIMITS = Limits()
