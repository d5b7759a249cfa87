"""Reports to tell stories with: each fact by keyword, everything else as an ordinary wire item has it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from watcher.model import ActorId, ConceptId, CountFact, DateFact, ItemId, Part, PlaceFact, Report, Role, Span, Status

START = datetime(2026, 2, 4, 12, 0, tzinfo=UTC)
NOWHERE = Span(Part.TITLE, 0, 0)
_SMALL = frozenset(re.findall(r"\w+", "a an the to of in on at for and with by from as is are will be that it its"))


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


def words(title: str) -> frozenset[str]:
    return frozenset(word for word in re.findall(r"\w+", title.lower()) if word not in _SMALL)


def report(title: str, at: float = 0, *, by: str = "wire.example", key: str = "", **facts: Any) -> Report:
    """A report seen `at` hours after the start; `facts` replace fields of the Report."""
    moment = START + hours(at)
    name = key or f"{by}:{title}:{at}"
    base = Report(
        item=ItemId(name),
        event=ConceptId("talks"),
        family="talks",
        actors=(ActorId("IRN"), ActorId("USA")),
        status=Status.ANNOUNCED,
        publisher=by,
        time=moment,
        seen=moment,
        title=title,
        url=f"https://{by}/{abs(hash(name))}",
        lang="en",
        words=words(title),
    )
    return replace(base, **facts)


def on(day: str, role: Role = Role.PLANNED) -> tuple[DateFact, ...]:
    return (DateFact(date.fromisoformat(day), date.fromisoformat(day), role, NOWHERE),)


def at_place(place: str, role: Role = Role.PLANNED) -> tuple[PlaceFact, ...]:
    return (PlaceFact(place, role, NOWHERE),)


def nth(number: int, unit: str = "round") -> tuple[CountFact, ...]:
    return (CountFact(number, unit, NOWHERE),)
