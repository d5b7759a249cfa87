"""What people say of what they were told, and of what they were not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from watcher.model.ids import AlertId, RuleId, TeamId
from watcher.model.sources import Item


class Verdict(StrEnum):
    """What one reader thinks of one alert, or of an item that raised none."""

    USEFUL = "useful"
    NOISE = "noise"  # should not have been told
    REPEAT = "repeat"  # was told before
    MISSED = "missed"  # should have been told


@dataclass(frozen=True, slots=True)
class Feedback:
    """
    One verdict. Who says something else later replaces it.

    Args:
        subject: What it is about: the alert's id, or that of an item nobody was told of.
        by: The recipient, or who gave it on the machine.
        rules: Those that the alert names; of a missed item those that should have fired, empty when not said.
        item: As it was, so that an example can be made of it when retention has dropped it.
        alert: None: of an item.
    """

    subject: str
    team: TeamId
    by: str
    verdict: Verdict
    time: datetime
    item: Item
    rules: tuple[RuleId, ...] = ()
    alert: AlertId | None = None
    note: str = ""
