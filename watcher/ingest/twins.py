"""
One archive and two rulesets: two minds that see the same world.

Stories belong to the world and not to rules, so both minds share one memory, which is most of the work of a replay.
Only a report that bears a rule's name (see `perceiving`) can be one mind's and not the other's; from the first such
item on each remembers by itself.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator
from datetime import datetime

from watcher.ingest.deciding import Mind
from watcher.ingest.perceiving import Percept
from watcher.model import Item, ItemId, Report
from watcher.stories import Assigned, Memory, Sight


class SharedMemory(Memory):
    """A memory that several minds ask about each item, and that is told what became of it by each: it listens once."""

    def __init__(self) -> None:
        super().__init__()
        self._item: ItemId | None = None
        self._answers: dict[Report, Assigned] = {}

    def sight(self, item: ItemId, url: str, mark: int) -> Sight:
        """Whether the item was read before."""
        if item != self._item:
            self._item = item
            self._answers.clear()
        return super().sight(item, url, mark)

    def assign(self, report: Report, *, now: datetime) -> Assigned:
        """Which development the report founds or joins; worked out once."""
        if report not in self._answers:
            self._answers[report] = super().assign(report, now=now)
        return self._answers[report]

    def fold(self, assigned: Assigned) -> None:
        """Make an answer part of what is known, when it is told so for the first time."""
        for report, answer in self._answers.items():
            if answer is assigned:
                del self._answers[report]
                super().fold(assigned)
                return


def apart(items: Iterable[tuple[Item, tuple[Percept, ...]]], old: Mind, new: Mind) -> Iterator[Item]:
    """The items; before the first about which the minds do not agree what it reports, each gets its own memory."""
    for item, percepts in items:
        if new.memory is old.memory and len({percept.reports for percept in percepts}) > 1:
            new.memory = copy.deepcopy(old.memory)
        yield item
