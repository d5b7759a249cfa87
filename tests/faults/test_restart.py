"""
A watcher that is restarted again and again decides what one decides that never stops: the same alerts at the same
times, and the same reasons for withholding the others.

    pytest tests/faults/test_restart.py             two days of a wire
    pytest tests/faults/test_restart.py -m long     three weeks; stories close meanwhile
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Iterator
from contextlib import closing
from itertools import groupby, islice
from pathlib import Path

import pytest

from watcher.ingest import Commit, Mind, ingest, wake
from watcher.matching import Ruleset
from watcher.model import Alert, Hold, Item
from watcher.protocols import PollLog
from watcher.store import open_store
from watcher.wiring.archives import read_archive
from watcher.wiring.minding import recalled
from watcher.wiring.rules import load_ruleset

TEAM = """
team: Desk
timezone: Europe/London
channels:
  desk: {email: [desk@example.org]}
default: desk
quiet_hours: {from: "22:00", to: "06:30"}
cap: 10 per hour
"""
# Everything that looks back: at the story, at the rule, at the team.
RULES = """
rules:
  - {rule: Throttled, what: [talks, visit, statement, summit], severity: high, throttle: 2 per 6h}
  - {rule: First in, what: [talks, visit], severity: high, count: {first_in: 2d}}
  - {rule: Several, what: [statement, sanctions], severity: watch, count: {at_least: 3, within: 12h}}
  - {rule: Corroborated, what: [agreement, ceasefire], severity: high, corroborate: {publishers: 2, within: 3h}}
  - {rule: No updates, what: [warning, offer], severity: flash, updates: none}
"""


@pytest.fixture
def rules(tmp_path: Path) -> Ruleset:
    (tmp_path / "rules" / "desk").mkdir(parents=True)
    (tmp_path / "rules" / "desk" / "team.yaml").write_text(TEAM)
    (tmp_path / "rules" / "desk" / "rules.yaml").write_text(RULES)
    loaded = load_ruleset(tmp_path / "rules")
    assert not [problem for problem in loaded.all_problems if not problem.is_warning]
    return loaded


def archive(count: int) -> tuple[Item, ...]:
    folder = os.environ.get("WATCHER_TEST_DATA")
    if not folder:
        pytest.skip("WATCHER_TEST_DATA names no folder with an archive")
    found = read_archive(Path(folder) / "replay_wire_2025q4.items.jsonl.gz")
    return tuple(item for item in islice(found, count) if isinstance(item, Item))


def run(path: Path, items: tuple[Item, ...], rules: Ruleset, *, polls: int) -> tuple[list[Alert | Hold], list[float]]:
    """All that was decided, with a new mind after so many polls, and the seconds that each took to be recalled."""
    decided: list[Alert | Hold] = []
    took = [0.0]
    with closing(open_store(f"sqlite:///{path}")) as store:
        lease = store.lease("test", now=items[0].seen)
        assert lease
        log = store.poll_log(lease)
        mind = recalled(store, log, rules, now=items[0].seen)
        for number, (moment, some) in enumerate(groupby(items, key=lambda item: item.seen), 1):
            for commit in decide(log, mind, list(some)):
                decided += [*commit.alerts, *commit.holds]
            if number % polls == 0:
                began = time.perf_counter()
                mind = recalled(store, log, rules, now=moment)
                took.append(time.perf_counter() - began)
        lease.release()
    return decided, took


def decide(log: PollLog, mind: Mind, items: list[Item]) -> Iterator[Commit]:
    """What falls due until these were seen, then these."""
    now = items[0].seen
    while due := log.wakes(now=now, limit=500):
        moment = due[0].due
        commit = wake([row for row in due if row.due == moment], mind, now=moment)
        log.commit((), commit, now=moment)
        yield commit
    commit = ingest(items, mind, now=now)
    log.commit((), commit, now=now)
    yield commit


def test_restarts_change_no_decision(tmp_path: Path, rules: Ruleset) -> None:
    items = archive(1_500)

    once, _ = run(tmp_path / "once.db", items, rules, polls=10**9)
    often, _ = run(tmp_path / "often.db", items, rules, polls=5)

    assert len(once) > 300
    assert often == once


@pytest.mark.long
@pytest.mark.timeout(3_600)
def test_restarts_change_no_decision_in_three_weeks(
    tmp_path: Path, rules: Ruleset, capsys: pytest.CaptureFixture[str]
) -> None:
    items = archive(18_000)

    once, _ = run(tmp_path / "once.db", items, rules, polls=10**9)
    often, took = run(tmp_path / "often.db", items, rules, polls=9)

    assert often == once
    alerts = sum(isinstance(one, Alert) for one in once)
    decided = f"the same {alerts} alerts and {len(once) - alerts} holds"
    with capsys.disabled():
        print(
            f"\n{len(items)} items, {items[-1].seen - items[0].seen}, {len(took)} restarts: {decided};"
            f" a mind is recalled in {statistics.median(took):.2f} s, at most {max(took):.2f} s"
        )
