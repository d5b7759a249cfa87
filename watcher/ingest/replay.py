"""
An archive on simulated time, through the same calls as production: what would have been told, and when.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby

from watcher.ingest.absence import ABSENCE
from watcher.ingest.commit import Commit
from watcher.ingest.deciding import Mind, ingest_together, wake
from watcher.ingest.effects import Told
from watcher.model import Alert, Development, DevelopmentId, Hold, Item, Lane, Match, Team, TeamId, Wake

_Clock = dict[tuple[str, str], Wake]


def replay(items: Iterable[Item], mind: Mind) -> Iterator[Commit]:
    """
    The commits of an archive whose items come in the order of `seen`.

    Items seen at one moment are one poll; between polls the clock wakes what has fallen due, and after the last one
    everything that is still held.
    """
    return (commit for [commit] in replay_together(items, (mind,)))


def replay_together(items: Iterable[Item], minds: Sequence[Mind]) -> Iterator[tuple[Commit, ...]]:
    """`replay` for minds that see the same world; see `ingest_together`."""
    clocks: tuple[_Clock, ...] = tuple({} for _ in minds)
    for moment, poll in groupby(items, key=lambda item: item.seen):
        yield from _wake(clocks, minds, until=moment)
        commits = ingest_together(poll, minds, now=moment)
        _set(clocks, commits)
        yield commits
    for clock in clocks:
        for key in [key for key in clock if key[0] == ABSENCE]:
            del clock[key]  # what followed the archive is not known
    held = [row.due for clock in clocks for row in clock.values() if row.subject]
    if held:
        yield from _wake(clocks, minds, until=max(held))


def without_policy(team: Team) -> Team:
    """The team without quiet hours, digest times and cap, so that a replay shows when things were decided."""
    return replace(team, quiet=None, digest=None, cap=None)


class Transcript:
    """Collects what a replay told, and gives it as the lines of `watcher replay --alerts`."""

    def __init__(self) -> None:
        self._alerts: list[Alert] = []
        self._held: dict[tuple[TeamId, DevelopmentId], Hold] = {}
        self._developments: dict[DevelopmentId, Development] = {}
        self._titles: dict[str, tuple[str, str]] = {}

    def add(self, commit: Commit) -> None:
        """Take in one commit; in order."""
        self._alerts += commit.alerts
        self._developments.update((one.id, one) for one in commit.developments)
        self._titles.update((item.id, (item.title, item.url)) for item in commit.items)
        for hold in commit.holds:
            if hold.until:
                self._held.setdefault((hold.team, hold.development), hold)

    def told(self) -> tuple[Told, ...]:
        """Every alert, by time; one from a digest bears the time when its development was held for it."""
        return tuple(sorted(map(self._told, self._alerts), key=lambda told: (told.time, told.alert.id)))

    def lines(self) -> Iterator[Mapping[str, object]]:
        """A line for each alert and rule, by time."""
        lines = [self._line(told, match) for told in self.told() for match in told.alert.matches]
        yield from sorted(lines, key=lambda line: (str(line["time"]), str(line["alert"]), str(line["rule"])))

    def _told(self, alert: Alert) -> Told:
        held = self._held.get((alert.team, alert.development))
        time = held.time if held and alert.lane is Lane.DIGEST else alert.time
        development = self._developments[alert.development]
        title, url = self._titles.get(alert.item, (development.title, development.url))
        return Told(alert, title, url, time, development.changes)

    def _line(self, told: Told, match: Match) -> Mapping[str, object]:
        alert = told.alert
        return {
            "time": told.time.isoformat(),
            "team": alert.team,
            "rule": match.rule,
            "alert": alert.id,
            "kind": alert.kind.value,
            "lane": alert.lane.value,
            "item_id": alert.item,
            "title": told.title,
            "url": told.url,
            "items": list(self._developments[alert.development].items),
            "cluster": alert.development,
            "story": alert.story,
            "changed": {change.slot: [change.before, change.after] for change in told.changes},
        }


def _wake(clocks: Sequence[_Clock], minds: Sequence[Mind], *, until: datetime) -> Iterator[tuple[Commit, ...]]:
    while rows := [row for clock in clocks for row in clock.values() if row.due <= until]:
        first = min(row.due for row in rows)
        due = (sorted((r for r in clock.values() if r.due == first), key=lambda r: r.subject) for clock in clocks)
        commits = tuple(wake(those, mind, now=first) for those, mind in zip(due, minds, strict=True))
        _set(clocks, commits)
        yield commits


def _set(clocks: Sequence[_Clock], commits: Sequence[Commit]) -> None:
    for clock, commit in zip(clocks, commits, strict=True):
        for row in commit.settled:
            clock.pop((row.kind, row.subject), None)
        for row in commit.wakes:
            clock[row.kind, row.subject] = row
