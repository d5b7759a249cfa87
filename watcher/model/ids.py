"""Ids: text with a type of its own, so that a story's cannot stand where an item's is meant."""

from __future__ import annotations

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
