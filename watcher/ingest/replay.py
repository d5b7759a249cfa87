"""
An archive on simulated time, through the same calls as production: what would have been told, and when.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import groupby

from watcher.ingest.absence import ABSENCE
from watcher.ingest.commit import Commit
from watcher.ingest.deciding import Mind, ingest, wake
from watcher.model import Alert, Development, DevelopmentId, Hold, Item, Lane, Match, Team, TeamId, Wake


def replay(items: Iterable[Item], mind: Mind) -> Iterator[Commit]:
    """
    The commits of an archive whose items come in the order of `seen`.

    Items seen at one moment are one poll; between polls the clock wakes what has fallen due, and after the last one
    everything that is still held.
    """
    clock: dict[tuple[str, str], Wake] = {}
    for moment, poll in groupby(items, key=lambda item: item.seen):
        yield from _wake(clock, mind, until=moment)
        commit = ingest(poll, mind, now=moment)
        _set(clock, commit)
        yield commit
    for key in [key for key in clock if key[0] == ABSENCE]:
        del clock[key]  # what followed the archive is not known
    held = [row.due for row in clock.values() if row.subject]
    if held:
        yield from _wake(clock, mind, until=max(held))


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

    def lines(self) -> Iterator[Mapping[str, object]]:
        """A line for each alert and rule, by time; a digest's bears the time when its development was held for it."""
        lines = [line for alert in self._alerts for line in self._lines(alert)]
        yield from sorted(lines, key=lambda line: (str(line["time"]), str(line["alert"]), str(line["rule"])))

    def _lines(self, alert: Alert) -> Iterator[Mapping[str, object]]:
        held = self._held.get((alert.team, alert.development))
        time = held.time if held and alert.lane is Lane.DIGEST else alert.time
        for match in alert.matches:
            yield self._line(alert, match, time)

    def _line(self, alert: Alert, match: Match, time: datetime) -> Mapping[str, object]:
        development = self._developments[alert.development]
        title, url = self._titles.get(alert.item, (development.title, development.url))
        return {
            "time": time.isoformat(),
            "team": alert.team,
            "rule": match.rule,
            "alert": alert.id,
            "kind": alert.kind.value,
            "lane": alert.lane.value,
            "item_id": alert.item,
            "title": title,
            "url": url,
            "items": list(development.items),
            "cluster": development.id,
            "story": alert.story,
            "changed": {change.slot: [change.before, change.after] for change in development.changes},
        }


def _wake(clock: dict[tuple[str, str], Wake], mind: Mind, *, until: datetime) -> Iterator[Commit]:
    while due := sorted((row for row in clock.values() if row.due <= until), key=lambda row: (row.due, row.subject)):
        first = due[0].due
        commit = wake([row for row in due if row.due == first], mind, now=first)
        _set(clock, commit)
        yield commit


def _set(clock: dict[tuple[str, str], Wake], commit: Commit) -> None:
    for row in commit.settled:
        clock.pop((row.kind, row.subject), None)
    for row in commit.wakes:
        clock[row.kind, row.subject] = row
