"""
Months of simulated traffic through everything that decides, writes, forgets and sends, as fast as it goes: does memory,
file handles, threads, the database or the time of a decision grow?

    WATCHER_TEST_DATA=… python -m tests.faults.soak FOLDER --minutes 60

An archive is played again and again, each turn later and under other ids and addresses. Every batch (five minutes of
the archive) is decided and committed; real feeds are polled four times a simulated day; every alert goes to a real mail
server; what is old is pruned twice a simulated day. FOLDER gets `samples.csv` and `soak.svg`.
"""

from __future__ import annotations

import argparse
import csv
import os
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path

from tests.fakes import SetClock
from tests.faults.plot import chart
from tests.http_server import Answer, Request, Site, http_server, ok
from tests.smtp_server import Sink, smtp_server
from watcher.ingest import ingest
from watcher.logs import configure
from watcher.model import Item, ItemId
from watcher.settings import load_settings
from watcher.wiring.archives import read_archive
from watcher.wiring.desk import Desk

ARCHIVE = "replay_wire_2025q4.items.jsonl.gz"
BATCH, POLL, PRUNE = timedelta(minutes=5), timedelta(hours=6), timedelta(hours=12)
FEEDS = 4
RULES = Path(__file__).parents[2] / "rules"


@dataclass
class Sample:
    """
    The process at one moment, and its work since the sample before.

    Args:
        day: Simulated days since the start.
        decide_ms: p99 over batches, CPU of the deciding thread.
        commit_ms: p99 over batches, by the clock on the wall.
    """

    minute: float
    day: float
    items: int
    alerts: int
    mails: int
    memory_mb: float
    handles: int
    threads: int
    database_mb: float
    decide_ms: float
    commit_ms: float


@dataclass
class Work:
    """What was done so far; the lists hold what came since the last sample."""

    items: int = 0
    alerts: int = 0
    mails: int = 0
    decided: list[float] = field(default_factory=list)
    committed: list[float] = field(default_factory=list)


def traffic(archive: Path) -> Iterator[tuple[datetime, list[Item]]]:
    """The archive without end, in batches: each turn begins where the one before ended."""
    turn, shift, last = 0, timedelta(), datetime.min.replace(tzinfo=UTC)
    while True:
        items = (item for item in read_archive(archive) if isinstance(item, Item))
        for _, some in groupby(items, key=lambda item: (item.seen.date(), item.seen.hour, item.seen.minute // 5)):
            batch = [later(item, turn, shift) for item in some]
            last = max(item.seen for item in batch)
            yield last, batch
        first = next(item.seen for item in read_archive(archive) if isinstance(item, Item))
        turn, shift = turn + 1, last + BATCH - first


def later(item: Item, turn: int, shift: timedelta) -> Item:
    """The same words as a new item of a later time."""
    return replace(
        item,
        id=ItemId(f"{item.id}-{turn}"),
        url=f"{item.url}#" if not turn else f"{item.url.partition('#')[0]}/again-{turn}",
        published=item.published and item.published + shift,
        seen=item.seen + shift,
    )


@contextmanager
def desk(folder: Path, clock: SetClock, site: Site, mail: Sink) -> Iterator[Desk]:
    """The shipped rules, their mail to a real server, and feeds on loopback."""
    feeds = "".join(
        f"  - {{source: feed-{n}, private: yes, every: 1h, feed: '{site.url(f'/feed/{n}')}'}}\n" for n in range(FEEDS)
    )
    (folder / "sources.yaml").write_text(f"sources:\n{feeds}")
    environment = {
        "WATCHER_SMTP_HOST": "127.0.0.1",
        "WATCHER_SMTP_PORT": str(mail.port),
        "WATCHER_SMTP_SECURITY": "none",
        "WATCHER_DATABASE": f"sqlite:///{folder / 'watcher.db'}",
        "WATCHER_RULES": str(RULES),
        "WATCHER_SOURCES": str(folder / "sources.yaml"),
        "WATCHER_SECRETS": str(folder / "secrets"),
        "WATCHER_LISTEN": "",
        "WATCHER_HOST_GAP": "0",
    }
    opened = Desk.open(load_settings(folder, environment), clock, holder="soak")
    try:
        yield opened
    finally:
        opened.close()


def feed(request: Request) -> Answer:
    """Another item at each request; every fifth is a failure, every second body an old one."""
    number = int(time.monotonic() * 1000)
    if number % 5 == 0:
        return Answer(503)
    entries = "".join(
        f"<item><title>Local weather {number // 2 - n}</title><guid>{request.path}-{number // 2 - n}</guid>"
        f"<link>https://wire.example{request.path}/{number // 2 - n}</link></item>"
        for n in range(20)
    )
    return ok(f"<rss version='2.0'><channel><title>Wire</title>{entries}</channel></rss>".encode())


def work_off(running: Desk, batch: Sequence[Item], work: Work, now: datetime) -> None:
    """Decide, write and send one batch."""
    began = time.thread_time()
    commit = ingest(batch, running.poller.mind, now=now)
    work.decided.append(1000 * (time.thread_time() - began))
    began = time.perf_counter()
    running.poller._log.commit((), commit, now=now)
    work.committed.append(1000 * (time.perf_counter() - began))
    work.items += len(batch)
    work.alerts += len(commit.alerts)
    running.wake()
    work.mails += sum(courier.deliver() for courier in running.couriers.values())


def p99(values: list[float]) -> float:
    """0 for none."""
    return sorted(values)[int(0.99 * len(values))] if values else 0.0


def sample(running: Desk, work: Work, *, minute: float, day: float) -> Sample:
    """Measure, and begin a new window."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    memory = int(status.partition("VmRSS:")[2].split()[0]) / 1024
    size = running.store.overview(now=running.now()).size_bytes / 1e6
    handles = len(os.listdir("/proc/self/fd"))
    decide, commit = p99(work.decided), p99(work.committed)
    work.decided.clear()
    work.committed.clear()
    return Sample(
        round(minute, 2), round(day, 2), work.items, work.alerts, work.mails, round(memory, 1), handles,
        threading.active_count(), round(size, 1), round(decide, 2), round(commit, 2),
    )  # fmt: skip


def samples(folder: Path, archive: Path, *, minutes: float, every: float) -> Iterator[Sample]:
    """One every so many seconds, for so many minutes."""
    batches = traffic(archive)
    start, _ = next(batches)
    clock, work = SetClock(start), Work()
    began = sampled = time.monotonic()
    polled = pruned = start
    with http_server() as site, smtp_server() as mail, desk(folder, clock, site, mail) as running:
        site.answers |= {f"/feed/{n}": feed for n in range(FEEDS)}
        for now, batch in batches:
            clock.at = now
            work_off(running, batch, work, now)
            if now - polled > POLL:
                running.poll()
                polled = now
            if now - pruned > PRUNE:
                running.store.prune(now=now)
                pruned = now
            for grown in (site.requests, mail.mails, mail.recipients, mail.sessions):
                grown.clear()
            passed = time.monotonic()
            if passed - sampled >= every:
                yield sample(running, work, minute=(passed - began) / 60, day=(now - start) / timedelta(days=1))
                sampled = passed
            if passed - began > minutes * 60:
                return


def draw(taken: Sequence[Sample], path: Path) -> None:
    """A small chart for each figure, one below the other."""
    days = [one.day for one in taken]
    last = taken[-1]
    title = f"{last.minute:.0f} minutes, {last.day:.0f} simulated days, {last.items:,} items, {last.mails:,} mails"
    panels = {
        "memory, MB": [one.memory_mb for one in taken],
        "file handles": [float(one.handles) for one in taken],
        "threads": [float(one.threads) for one in taken],
        "database, MB": [one.database_mb for one in taken],
        "decide a batch, p99, ms of CPU": [one.decide_ms for one in taken],
        "commit a batch, p99, ms": [one.commit_ms for one in taken],
    }
    path.write_text(chart(title, days, panels, unit="simulated days"), encoding="utf-8")


def main(folder: Path, *, minutes: float, every: float = 10) -> list[Sample]:
    """Run, and keep what was measured even when it is stopped half-way."""
    configure(level="error", form="json")
    folder.mkdir(parents=True, exist_ok=True)
    taken: list[Sample] = []
    with (folder / "samples.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(Sample.__annotations__))
        writer.writeheader()
        for one in samples(folder, Path(os.environ["WATCHER_TEST_DATA"]) / ARCHIVE, minutes=minutes, every=every):
            taken.append(one)
            writer.writerow(asdict(one))
            file.flush()
            draw(taken, folder / "soak.svg")
    return taken


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--minutes", type=float, default=60)
    given = parser.parse_args()
    print(main(given.folder, minutes=given.minutes)[-1])
