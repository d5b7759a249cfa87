"""
Storing: commits and deliveries a second, and how long a start takes with many open stories.

    python -m tests.bench.store [--stories 100000]

A commit is one poll with one new item, its report, story, development, decision, alert and delivery. The baseline is
the same rows written by sqlite3 alone, one transaction each, synced as fully. An item costs what the file grew by.
"""

from __future__ import annotations

import argparse
import resource
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.commits import decided, joined
from tests.examples import NOON
from watcher.ingest import Commit
from watcher.model import Cursor, Receipt, Source, SourceId
from watcher.protocols import Polled
from watcher.store import Store, open_store
from watcher.store.codec import dump

COMMITS = 2_000
LEASE = timedelta(minutes=5)
EVERY = timedelta(minutes=15)


@contextmanager
def measured(what: str, count: int) -> Iterator[None]:
    """Prints how often a second, and the CPU of each."""
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    sys.stdout.write(f"{what:34} {count / wall:9,.0f} a second, {cpu / count * 1e3:7.3f} ms CPU each\n")


def polled(number: int) -> Polled:
    cursor = Cursor(etag='"v1"', polled_at=NOON, succeeded_at=NOON)
    return Polled(SourceId(f"s{number}"), cursor, NOON + EVERY, "fetched", items=20)


def bare(path: Path, commits: list[Commit]) -> None:
    """The payloads of the same values, without anything around them."""
    rows = [
        [
            dump(value)
            for part in (c.items, c.reports, c.stories, c.developments, c.decisions, c.alerts)
            for value in part
        ]
        for c in commits
    ]
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        file.execute("PRAGMA journal_mode=WAL")
        file.execute("PRAGMA synchronous=FULL")
        file.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, payload TEXT)")
        with measured("bare sqlite3, six rows", len(commits)):
            for payloads in rows:
                file.execute("BEGIN IMMEDIATE")
                file.executemany("INSERT INTO t (payload) VALUES (?)", [(payload,) for payload in payloads])
                file.execute("COMMIT")


def loops(store: Store, commits: list[Commit]) -> None:
    """What the poll loop and the couriers do."""
    lease = store.lease("bench", now=NOON)
    assert lease
    log = store.poll_log(lease)
    count = len(commits)
    polls = [polled(number) for number in range(count)]
    log.enrol([Source(poll.source, "feed", "https://wire.example/feed") for poll in polls], now=NOON)
    with measured("polls with one new item", count):
        for poll, commit in zip(polls, commits, strict=True):
            log.commit((poll,), commit, now=NOON)
    with measured("unchanged polls, each by itself", count):
        for poll in polls:
            log.commit((poll,), Commit(), now=NOON)
    with measured("unchanged polls, fifty at a time", count):
        for start in range(0, count, 50):
            log.commit(polls[start : start + 50], Commit(), now=NOON)
    with measured("claim and settle", count):
        while parcel := store.outbox.claim(["email"], now=NOON, lease=LEASE):
            store.outbox.settle(parcel, Receipt("taken"), "taken", now=NOON)


def fill(store: Store, stories: int) -> None:
    """Open stories with three items each."""
    lease = store.lease("bench", now=NOON)
    assert lease
    log = store.poll_log(lease)
    for start in range(0, stories, 500):
        steps = []
        for number in range(start, min(start + 500, stories)):
            first = decided(f"m{number}")
            steps += [first, *(joined(first, f"m{number}-{again}", at=NOON) for again in ("b", "c"))]
        log.commit((), Commit.of(steps), now=NOON)


def start(store: Store) -> None:
    """Read what the decider must know."""
    wall, cpu = time.perf_counter(), time.process_time()
    with store.remembered(since=NOON - timedelta(days=14), told_since=NOON - timedelta(days=31)) as found:
        counts = {name: sum(1 for _ in getattr(found, name)) for name in ("stories", "developments", "reports", "seen")}
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(f"read {counts}: {wall:.1f} s, {cpu:.1f} s CPU, {peak:.0f} MiB at most\n")


def main() -> None:
    """Run all of it in a folder that is thrown away."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    options.add_argument("--stories", type=int, default=100_000)
    stories = options.parse_args().stories
    commits = [decided(str(number)) for number in range(COMMITS)]
    with TemporaryDirectory() as name:
        folder = Path(name)
        bare(folder / "bare.db", commits)
        with closing(open_store(f"sqlite:///{folder}/loops.db")) as store:
            loops(store, commits)
        with closing(open_store(f"sqlite:///{folder}/start.db")) as store:
            fill(store, stories)
            store.close()
            size = (folder / "start.db").stat().st_size
            sys.stdout.write(f"{size / stories / 3:,.0f} bytes an item that belongs to a story\n")
            start(store)


if __name__ == "__main__":
    main()
