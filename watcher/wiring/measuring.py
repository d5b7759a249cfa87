"""Counts what the loops do, for `/metrics`: all that is decided passes through one commit, so one place counts."""

from __future__ import annotations

import resource
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from watcher.errors import StoreError
from watcher.ingest import Commit
from watcher.matching import Ruleset
from watcher.protocols import Polled
from watcher.store import Overview

DELAYS = (1, 5, 15, 60, 300, 900, 3600, 21600, 86400)
"""Seconds from the time an item bears to the decision about it."""


class Metrics:
    """Everything that is counted while the process lives; `registry` is what Prometheus reads."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        counter = self._counter
        self.polls = counter("watcher_polls", "Polls by how they ended", "outcome")
        self.items = counter("watcher_items", "New and edited items decided")
        self.decisions = counter("watcher_decisions", "Decisions by kind", "kind")
        self.alerts = counter("watcher_alerts", "Alerts raised by team and kind", "team", "kind")
        self.holds = counter("watcher_holds", "Outcomes withheld from a team", "team")
        self.poisoned = counter("watcher_poisoned_items", "Items that could not be decided and were set aside")
        self.crashes = counter("watcher_job_crashes", "Ticks of a loop that a bug ended", "loop")
        self.delay = Histogram(
            "watcher_item_delay_seconds", "From publication to decision", buckets=DELAYS, registry=self.registry
        )

    def _counter(self, name: str, says: str, *labels: str) -> Counter:
        return Counter(name, says, labels, registry=self.registry)

    def count(self, polls: Sequence[Polled], commit: Commit, *, now: datetime) -> None:
        """Add what one commit brought."""
        for polled in polls:
            self.polls.labels(polled.outcome).inc()
        self.items.inc(len(commit.items))
        for item in commit.items:
            if item.published and not item.baseline:
                self.delay.observe(max(0.0, (now - item.published).total_seconds()))
        for decision in commit.decisions:
            self.decisions.labels(decision.kind.value).inc()
        for alert in commit.alerts:
            self.alerts.labels(alert.team, alert.kind.value).inc()
        for hold in commit.holds:
            self.holds.labels(hold.team).inc()
        self.poisoned.inc(len(commit.poisoned))


class Standing(Collector):
    """What is read when it is asked for: the state of the database, of the rules and of the process."""

    def __init__(
        self, overview: Callable[[], Overview], ruleset: Callable[[], Ruleset], now: Callable[[], datetime]
    ) -> None:
        self._overview, self._ruleset, self._now = overview, ruleset, now

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The families; without those of the database while it cannot be read."""
        ruleset = self._ruleset()
        yield _family("watcher_rules", "Live rules by team", "team", _by_team(ruleset))
        yield _family("watcher_stale_teams", "Teams that run their last good rules", "", {"": len(ruleset.stale)})
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        yield _family("watcher_memory_peak_bytes", "Most memory the process has held", "", {"": peak})
        held = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize()
        yield _family("watcher_memory_bytes", "Memory the process holds", "", {"": held})
        try:
            found = self._overview()
        except StoreError:
            yield _family("watcher_database_up", "Whether the database answers", "", {"": 0})
            return
        yield _family("watcher_database_up", "Whether the database answers", "", {"": 1})
        yield _family("watcher_database_bytes", "Database and its log", "", {"": found.size_bytes})
        yield _family("watcher_sources", "Watched sources by state", "state", found.sources)
        yield _family("watcher_poll_overdue_seconds", "By how much the next poll is late", "", _seconds(found))
        yield _family("watcher_gaps", "Gaps of the last day by state", "state", found.gaps)
        yield _family("watcher_paused", "Sources and teams that rest", "", {"": len(found.paused)})
        yield _family("watcher_deliveries", "Deliveries by state", "state", found.deliveries)
        waits = (self._now() - found.oldest_owed).total_seconds() if found.oldest_owed else 0
        yield _family(
            "watcher_oldest_delivery_seconds", "How long the oldest due delivery waits", "", {"": max(0, waits)}
        )


def _seconds(found: Overview) -> dict[str, float]:
    return {"": found.overdue.total_seconds()}


def _by_team(ruleset: Ruleset) -> dict[str, int]:
    counted = dict.fromkeys(map(str, ruleset.teams), 0)
    for rule in ruleset.rules:
        counted[rule.team] = counted.get(rule.team, 0) + 1
    return counted


def _family(name: str, says: str, label: str, values: Mapping[str, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, says, labels=[label] if label else [])
    for key, value in values.items():
        family.add_metric([key] if label else [], float(value))
    return family
