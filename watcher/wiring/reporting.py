"""
What a team lead wants to see of a time on one page: how much was told, which stories, by whom reported, what was noise.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from watcher.matching import Ruleset
from watcher.model import Development, StoryId, TeamId
from watcher.store import AlertLine, Store
from watcher.wiring.statistics import RuleFigures, figures

MOST_ALERTS = 20_000
MOST_STORIES = 12
MOST_OUTLETS = 15
MOST_POINTS = 40


@dataclass(frozen=True, slots=True)
class Day:
    """Alerts of one day: those that interrupted and those of digests."""

    date: date
    now: int
    digest: int

    @property
    def total(self) -> int:
        """Both."""
        return self.now + self.digest


@dataclass(frozen=True, slots=True)
class Point:
    """One alert of a story; `at` is its place in the time of the report, from 0 to 1."""

    time: datetime
    at: float
    title: str
    kind: str
    severity: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """One story; `points` are its first alerts, oldest first, `more` how many are not shown."""

    title: str
    points: tuple[Point, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Outlet:
    """One publisher: developments told that it reported, and those that it reported first."""

    name: str
    told: int
    first: int


@dataclass(frozen=True, slots=True)
class Report:
    """The page as values."""

    team: str
    start: datetime
    end: datetime
    days: tuple[Day, ...]
    stories: tuple[Timeline, ...]
    outlets: tuple[Outlet, ...]
    rules: tuple[RuleFigures, ...]
    silent: tuple[str, ...]

    @property
    def total(self) -> int:
        """Alerts in all."""
        return sum(day.total for day in self.days)


def report_of(store: Store, ruleset: Ruleset, *, since: datetime, now: datetime, team: TeamId | None) -> Report:
    """
    The report of a team, or of all.

    Raises:
        StoreError: The database cannot be read.
    """
    lines = store.views.alerts(team=team, since=since, limit=MOST_ALERTS)
    found = figures(store, ruleset, since=since, team=team)
    told = {line.alert.development for line in lines}
    developments = [one for one in store.recent_developments(since=since) if one.id in told]
    busy = [one for one in found if one.firing.alerts or one.said]
    names = ", ".join(one.name for key, one in sorted(ruleset.teams.items()) if team in (None, key))
    return Report(
        team=names,
        start=since,
        end=now,
        days=_days(lines, since, now),
        stories=_stories(lines, since, now),
        outlets=_outlets(developments),
        rules=tuple(sorted(busy, key=lambda one: -one.firing.alerts)),
        silent=tuple(f"{one.team}/{one.rule}" for one in found if not (one.firing.alerts or one.firing.withheld)),
    )


def _days(lines: Sequence[AlertLine], since: datetime, now: datetime) -> tuple[Day, ...]:
    found: Counter[tuple[date, str]] = Counter((line.alert.time.date(), line.alert.lane.value) for line in lines)
    days = (since.date() + timedelta(days=n) for n in range((now.date() - since.date()).days + 1))
    return tuple(Day(day, found[day, "now"], found[day, "digest"]) for day in days)


def _stories(lines: Sequence[AlertLine], since: datetime, now: datetime) -> tuple[Timeline, ...]:
    by_story: defaultdict[StoryId, dict[str, AlertLine]] = defaultdict(dict)
    for line in reversed(lines):
        # Several teams told of one development make one point.
        by_story[line.alert.story].setdefault(line.alert.development, line)
    top = sorted(by_story.values(), key=lambda those: (-len(those), min(one.alert.time for one in those.values())))
    whole = max((now - since).total_seconds(), 1.0)
    found = []
    for those in top[:MOST_STORIES]:
        points = tuple(
            Point(
                one.alert.time,
                min(max((one.alert.time - since).total_seconds() / whole, 0.0), 1.0),
                one.title,
                one.alert.kind.value,
                one.alert.severity.value,
            )
            for one in those.values()
        )
        found.append(Timeline(points[0].title, points[:MOST_POINTS], max(len(points) - MOST_POINTS, 0)))
    return tuple(found)


def _outlets(developments: Sequence[Development]) -> tuple[Outlet, ...]:
    told, first = Counter[str](), Counter[str]()
    for one in developments:
        names = one.outlets or one.publishers
        told.update(set(names))
        first.update(names[:1])
    ranked = sorted(told.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(Outlet(name, count, first[name]) for name, count in ranked[:MOST_OUTLETS])
