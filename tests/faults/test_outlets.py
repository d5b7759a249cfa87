"""
Real feeds, poll by poll, through the whole of watcher: each item that was served is remembered once, no server is asked
before its time, those in trouble keep no other waiting, and what is raised arrives, by mail and signed webhook.

    pytest tests/faults/test_outlets.py             on simulated time, without the slow servers
    pytest tests/faults/test_outlets.py -m long     `watcher run` itself, for ten minutes; MINUTES=6 for fewer
"""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from threading import Event

import feedparser
import pytest

from tests.fakes import SetClock
from tests.faults.outlets import Newsroom, Outlet, newsroom
from tests.http_server import Answer
from watcher.settings import load_settings
from watcher.text import canonical_url
from watcher.wiring.desk import Desk

MINUTE = timedelta(minutes=1)
ASKED_TO_WAIT = timedelta(seconds=150)
LATE = timedelta(seconds=12)  # a tick, a busy machine
SPREAD = 1.1  # of the interval


@pytest.fixture
def news(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Newsroom]:
    monkeypatch.chdir(tmp_path)
    with newsroom(tmp_path) as made:
        yield made


def entries(outlet: Outlet) -> set[str]:
    """The addresses that a parser which is not ours sees in the bodies that were served."""
    return {
        canonical_url(entry.link)
        for body in dict.fromkeys(outlet.served)
        for entry in feedparser.parse(body).entries
        if entry.get("link")
    }


def check_items(news: Newsroom, file: sqlite3.Connection) -> int:
    """Each item of each body is there once; what two feeds of one outlet share word for word is one item."""
    rows = [(source, canonical_url(url)) for source, url in file.execute("SELECT source, url FROM items")]
    served = set[str]().union(*map(entries, news.outlets))
    assert {url for _, url in rows} == served, {url for _, url in rows} ^ served
    assert max(Counter(rows).values()) == 1, f"twice: {Counter(rows).most_common(3)}"
    return len(rows)


def check_pauses(news: Newsroom) -> None:
    """Nobody is asked before its interval or the time it named; only who is in trouble is asked later."""
    for outlet in news.outlets:
        for (before, after), answer in zip(pairwise(outlet.times), outlet.answers, strict=False):
            least = ASKED_TO_WAIT if answer.status == 429 else MINUTE
            assert after - before >= least, f"{outlet.name}: asked after {after - before}"
            if not (answer.stall or answer.drip):
                assert after - before <= least * SPREAD + LATE, f"{outlet.name}: asked after {after - before}"


def check_validators(news: Newsroom) -> None:
    """Who gives a validator gets it back, and need not send its body again."""
    for outlet in news.outlets:
        statuses = Counter(answer.status for answer in outlet.answers)
        assert bool(statuses[304]) == bool(outlet.validator), f"{outlet.name}: {statuses}"


def check_deliveries(news: Newsroom, file: sqlite3.Connection) -> tuple[int, int]:
    """Alerts, and deliveries, all of which arrived."""
    owed = {
        kind: {
            (recipient.removeprefix(news.receiver.url("")), message)
            for recipient, message in file.execute(
                "SELECT recipient, coalesce(parcel, id) FROM deliveries WHERE kind = ? AND due <= ?",
                (kind, int(datetime.now(UTC).timestamp() * 1e6)),
            )
        }
        for kind in ("email", "webhook")
    }
    assert Counter(owed["email"]) == news.mailed()
    assert Counter(owed["webhook"]) == news.hooked
    assert not news.forged
    alerts = [development for (development,) in file.execute("SELECT team || development FROM alerts")]
    assert alerts
    assert len(alerts) == len(set(alerts))
    return len(alerts), sum(map(len, owed.values()))


def test_real_feeds_are_read_whole_and_what_they_raise_arrives(news: Newsroom) -> None:
    clock = SetClock(datetime.now(UTC) - 40 * MINUTE)
    for outlet in news.outlets:
        outlet.clock = clock.now
    news.outlets[0].troubles = {2: Answer(429, {"retry-after": "150"})}
    news.outlets[1].troubles = {2: Answer(500)}
    desk = Desk.open(load_settings(news.folder, {}), clock, holder="test")

    with closing(desk):
        while any(outlet.fresh() for outlet in news.outlets):
            desk.poller.run()
            desk.wake()
            clock.pass_(timedelta(seconds=5))
        for courier in desk.couriers.values():
            courier.deliver()

    with closing(sqlite3.connect(news.folder / "watcher.db")) as file:
        check_items(news, file)
        check_pauses(news)
        check_validators(news)
        check_deliveries(news, file)


def start(news: Newsroom) -> subprocess.Popen[bytes]:
    """`watcher run`; its log is in the folder."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("WATCHER_")}
    command = [sys.executable, "-c", "from watcher.cli import main; main()", "run"]
    with (news.folder / "log").open("wb") as log:
        return subprocess.Popen(command, cwd=news.folder, env=environment, stderr=log)


def used(process: subprocess.Popen[bytes]) -> tuple[float, float]:
    """Seconds of CPU and megabytes of memory so far."""
    fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    pages = int(Path(f"/proc/{process.pid}/statm").read_text().split()[1])
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"), pages * os.sysconf("SC_PAGE_SIZE") / 1e6


@pytest.mark.long
@pytest.mark.timeout(3_600)
def test_the_service_reads_real_feeds_for_ten_minutes(news: Newsroom, capsys: pytest.CaptureFixture[str]) -> None:
    minutes = float(os.environ.get("MINUTES", "10"))
    slow = (bytes([byte]) for byte in news.outlets[3].snapshots[0])
    news.outlets[0].troubles = {2: Answer(429, {"retry-after": "150"})}
    news.outlets[1].troubles = {2: Answer(500)}
    news.outlets[2].troubles = {1: Answer(200, stall=True)}
    news.outlets[3].troubles = {1: Answer(200, body=slow, drip=0.2)}
    began = datetime.now(UTC)

    with start(news) as process:
        while datetime.now(UTC) - began < minutes * MINUTE:
            Event().wait(1)
            assert process.poll() is None, "it ended by itself"
        seconds, megabytes = used(process)
        process.send_signal(signal.SIGTERM)
        assert process.wait(15) == 0

    with closing(sqlite3.connect(news.folder / "watcher.db")) as file:
        check_pauses(news)
        items = check_items(news, file)
        check_validators(news)
        alerts, deliveries = check_deliveries(news, file)
    requests = sum(len(outlet.times) for outlet in news.outlets)
    statuses = Counter(answer.status for outlet in news.outlets for answer in outlet.answers)
    with capsys.disabled():
        print(
            f"\nreal feeds, {minutes} min: {requests} requests {dict(statuses)}, {items} items each once,"
            f" {alerts} alerts, {deliveries} deliveries arrived; CPU {seconds:.1f} s, memory {megabytes:.0f} MB"
        )
