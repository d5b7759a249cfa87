"""
What a rule reads out of an item: names and values as text, from the facts of the reports it met.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from watcher.model import DateFact, Development, PlaceFact, Report, Role

EXTRACTS = ("old_date", "new_date", "venue", "old_venue", "participants", "status", "count")
_CHANGES = {"date": ("old_date", "new_date"), "place": ("old_venue", "venue"), "venue": ("old_venue", "venue")}


def extract(reports: Iterable[Report], asked: tuple[str, ...]) -> Mapping[str, str]:
    """
    Values by name, from the first report that has each; dates ISO (`first/last` for several days), places by key.

    Args:
        asked: Which names; empty: all that the facts offer.
    """
    found: dict[str, str] = {}
    known = tuple(reports)
    for name in asked or EXTRACTS:
        value = next((value for report in known if (value := _READERS[name](report))), "")
        if value:
            found[name] = value
    if found.get("old_date") and found.get("old_date") == found.get("new_date"):
        del found["old_date"]
    return found


def extract_inferred(development: Development, asked: tuple[str, ...]) -> Mapping[str, str]:
    """The same of a development that no item states: first from what changed, then from its facts."""
    found: dict[str, str] = {}
    for change in development.changes:
        before, after = _CHANGES.get(change.slot, ("", change.slot))
        if before and change.before:
            found[before] = change.before
        found[after] = change.after
    facts = extract((development.facts,), asked) if development.facts else {}
    wanted = asked or EXTRACTS
    own = {"participants": ", ".join(development.actors), "status": development.status.value}
    return {name: value for name in wanted if (value := found.get(name) or facts.get(name) or own.get(name, ""))}


def _days(fact: DateFact) -> str:
    return fact.first.isoformat() if fact.first == fact.last else f"{fact.first.isoformat()}/{fact.last.isoformat()}"


def _date(report: Report, *roles: Role) -> str:
    return next((_days(fact) for role in roles for fact in report.dates if fact.role is role), "")


def _place(report: Report, *roles: Role) -> str:
    places: tuple[PlaceFact, ...] = report.places
    return next((fact.place for role in roles for fact in places if fact.role is role), "")


def _count(report: Report) -> str:
    return f"{report.counts[0].number} {report.counts[0].unit}" if report.counts else ""


_READERS: Mapping[str, Callable[[Report], str]] = {
    "old_date": lambda report: _date(report, Role.OLD),
    "new_date": lambda report: _date(report, Role.NEW, Role.PLANNED),
    "venue": lambda report: _place(report, Role.NEW, Role.PLANNED, Role.HELD),
    "old_venue": lambda report: _place(report, Role.OLD),
    "participants": lambda report: ", ".join(report.actors),
    "status": lambda report: report.status.value,
    "count": _count,
}
