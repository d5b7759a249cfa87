"""Ids: text with a type of its own, so that a story's cannot stand where an item's is meant."""

from __future__ import annotations

import hashlib
from typing import NewType

SourceId = NewType("SourceId", str)
ItemId = NewType("ItemId", str)
ActorId = NewType("ActorId", str)
"""ISO 3166 alpha-3 for states (`USA`), our own upper-case code for others (`UN`, `HAMAS`)."""
ConceptId = NewType("ConceptId", str)
"""Dotted snake_case, such as `schedule.moved_up`; `phrase:<rule id>` for what only a rule's own words found."""
TeamId = NewType("TeamId", str)
RuleId = NewType("RuleId", str)
StoryId = NewType("StoryId", str)
DevelopmentId = NewType("DevelopmentId", str)
AppointmentId = NewType("AppointmentId", str)
AlertId = NewType("AlertId", str)
DeliveryId = NewType("DeliveryId", str)


def alert_id(team: TeamId, development: DevelopmentId) -> AlertId:
    """The id of what a team is told about a development: deciding it again gives the same one."""
    return AlertId(_digest("alert", team, development))


def delivery_id(alert: AlertId, channel: str, recipient: str) -> DeliveryId:
    """The id of one alert to one recipient of one channel, on every attempt and after every restart."""
    return DeliveryId(_digest("delivery", alert, channel, recipient))


def notice_id(team: TeamId, about: str, *keys: str) -> AlertId:
    """The id of what a team is told about watcher itself; it shares the space of alerts."""
    return AlertId(_digest("notice", team, about, *keys))


def _digest(*parts: str) -> str:
    """128 bits in hex; lengths are hashed too, so that no two lists of parts run together."""
    text = "".join(f"{len(part)}:{part}" for part in parts)
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
