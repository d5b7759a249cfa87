"""
Ids of what we found: hashes of the report that founded it, so that replaying an archive gives the same ids.
"""

from __future__ import annotations

from hashlib import blake2b

from watcher.model import AppointmentId, DevelopmentId, Report, StoryId


def development_id(report: Report) -> DevelopmentId:
    """Of the development that the report founds."""
    return DevelopmentId("d" + _hash("development", report))


def story_id(report: Report) -> StoryId:
    """Of the story that the report opens."""
    return StoryId("s" + _hash("story", report))


def appointment_id(report: Report) -> AppointmentId:
    """Of the appointment that the report first speaks of."""
    return AppointmentId("p" + _hash("appointment", report))


def _hash(kind: str, report: Report) -> str:
    # An edited item may found a second development, so the moment belongs to the name.
    parts = (kind, report.item, report.event, " ".join(report.actors), report.seen.isoformat())
    return blake2b("\n".join(parts).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
