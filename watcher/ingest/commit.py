"""
What one call of the core decided, as one value to be written in one transaction.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from itertools import chain

from watcher.model import (
    Alert,
    Appointment,
    Decision,
    Development,
    Filed,
    Hold,
    Item,
    Notice,
    Owed,
    Seen,
    Story,
    Wake,
    Wanted,
)


@dataclass(frozen=True, slots=True)
class Poisoned:
    """An item that made us crash: set aside with the exception, so that a person can look."""

    item: Item
    error: Exception


@dataclass(frozen=True, slots=True)
class Commit:
    """
    Everything that one call decided, to be written in one transaction.

    Values replace what is stored under the same id; the last of several wins. Tuples are in the order of deciding.

    Args:
        items: New and edited ones; those seen before as they are now are left out.
        reports: Each with the development it founded or joined; append-only, the order matters to `Memory.restore`.
        alerts: Raised now; `due` says when they may leave.
        holds: What was withheld; the last one of a team and development is the one in force.
        notices: What teams are told about watcher itself.
        deliveries: One for each alert or notice, channel and recipient.
        wakes: Replace those of the same kind and subject.
        settled: Wakes that are done with and can be deleted.
        poisoned: Items that could not be decided; nothing else of them is in this value.
    """

    items: tuple[Item, ...] = ()
    seen: tuple[Seen, ...] = ()
    reports: tuple[Filed, ...] = ()
    stories: tuple[Story, ...] = ()
    developments: tuple[Development, ...] = ()
    appointments: tuple[Appointment, ...] = ()
    decisions: tuple[Decision, ...] = ()
    alerts: tuple[Alert, ...] = ()
    holds: tuple[Hold, ...] = ()
    notices: tuple[Notice, ...] = ()
    deliveries: tuple[Owed, ...] = ()
    wakes: tuple[Wake, ...] = ()
    settled: tuple[Wake, ...] = ()
    wanted: tuple[Wanted, ...] = ()
    poisoned: tuple[Poisoned, ...] = ()

    @classmethod
    def of(cls, steps: Iterable[Commit]) -> Commit:
        """All of them, in order."""
        parts = tuple(steps)
        return cls(*(tuple(chain.from_iterable(getattr(step, f.name) for step in parts)) for f in fields(cls)))
