"""
How rules did: alerts and holds that name them. Reads only.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select

from watcher.model import Alert, Development, Hold, Kind, RuleId, TeamId
from watcher.store.codec import load
from watcher.store.database import Database
from watcher.store.tables import alerts, developments, holds

BATCH = 2_000
RuleName = tuple[TeamId, RuleId]


@dataclass(slots=True)
class Firing:
    """
    What one rule did in a time.

    Args:
        alerts: That name it.
        by_day: Alerts, by the day they were raised.
        folded: Reports of developments that a team had been told of: repeats it was spared.
        withheld: Developments that were withheld and not told since, for any other reason.
        alone: Alerts that name no other rule.
        beside: Alerts that name another rule too, by that rule.
        terms: Ids of the alerts that each concept or actor, with the words that named it, is the evidence of.
        ids: Of the alerts.
    """

    alerts: int = 0
    by_day: Counter[date] = field(default_factory=Counter)
    folded: int = 0
    withheld: int = 0
    alone: int = 0
    beside: Counter[RuleId] = field(default_factory=Counter)
    terms: dict[str, set[str]] = field(default_factory=dict)
    ids: set[str] = field(default_factory=set)


def firings(database: Database, *, since: datetime, team: TeamId | None = None) -> Mapping[RuleName, Firing]:
    """What every rule that met something did since. Raises StoreError."""
    found: defaultdict[RuleName, Firing] = defaultdict(Firing)
    told: set[tuple[str, str]] = set()
    for alert in _alerts(database, since, team):
        told.add((alert.team, alert.development))
        for match in alert.matches:
            one = found[alert.team, match.rule]
            one.alerts += 1
            one.ids.add(alert.id)
            one.by_day[alert.time.date()] += 1
            one.alone += len(alert.rules) == 1
            one.beside.update(rule for rule in alert.rules if rule != match.rule)
            for evidence in match.evidence:
                words = " ".join(evidence.text.split()).lower()
                one.terms.setdefault(f"{evidence.name} “{words}”", set()).add(alert.id)
    last: dict[tuple[str, str], Hold] = {}
    for hold in _holds(database, since, team):
        key = (hold.team, hold.development)
        if hold.reason.startswith("repeat:"):
            for rule in hold.rules:
                found[hold.team, rule].folded += 1
        elif key not in told:
            last[key] = hold
    for hold in last.values():
        for rule in hold.rules:
            found[hold.team, rule].withheld += 1
    return dict(found)


def _alerts(database: Database, since: datetime, team: TeamId | None) -> Iterator[Alert]:
    query = select(alerts.c.payload).where(alerts.c.time >= since).order_by(alerts.c.time)
    query = query if team is None else query.where(alerts.c.team == team)
    with database.read() as connection:
        for payload in connection.execute(query).yield_per(BATCH).scalars():
            alert = load(Alert, payload)
            if alert.kind is not Kind.ABSENT:
                yield alert


def _holds(database: Database, since: datetime, team: TeamId | None) -> Iterator[Hold]:
    query = select(holds.c.payload).where(holds.c.time >= since).order_by(holds.c.seq)
    query = query if team is None else query.where(holds.c.team == team)
    with database.read() as connection:
        for payload in connection.execute(query).yield_per(BATCH).scalars():
            yield load(Hold, payload)


def recent_developments(database: Database, *, since: datetime) -> tuple[Development, ...]:
    """Developments first seen since, oldest first. Raises StoreError."""
    query = select(developments.c.payload).where(developments.c.first_seen >= since).order_by(developments.c.first_seen)
    with database.read() as connection:
        return tuple(load(Development, payload) for payload in connection.execute(query).scalars())
