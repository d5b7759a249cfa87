"""
Nights on which something outside fails: clocks that jump, names that cannot be resolved, a write that the power cut
in two. Each ends with everything told once. (Full disks, locks, two instances: `test_service`;
kills: `test_kill`, `test_service_kill`; items that crash: `test_poll`.)
"""

from __future__ import annotations

import shutil
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from tests.commits import decided
from tests.test_service import until
from tests.world import World, world
from watcher.ingest.perceiving import Look
from watcher.model import Item
from watcher.service import Service
from watcher.store import open_store

TALKS = "Iran and US to hold third round of talks in Muscat on 18 February"
MINUTES, HOURS, DAYS = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NOON = datetime(2026, 2, 4, 12, tzinfo=UTC)


@pytest.fixture
def gulf(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path) as made:
        yield made


def decide(made: World, *, wait: timedelta = timedelta()) -> Sequence[Mapping[str, object]]:
    """One round of the loops until what is due was read; what it logged. Then, some time later, what it held leaves."""
    desk = made.desk or made.start()
    with capture_logs() as lines:
        desk.decide()
        if desk.poller._reading:
            until(desk.poller.has_news)
            desk.decide()
    made.clock.time += wait
    desk.wake()
    made.deliver()
    return lines


# Clocks


def test_a_clock_that_was_a_year_ahead_puts_nothing_off_for_a_year(gulf: World) -> None:
    """A board without a battery starts in the wrong year, polls, and is then set right."""
    right = gulf.clock.time
    gulf.clock.time += 365 * DAYS
    decide(gulf)
    gulf.publish(TALKS, key="a")
    gulf.clock.time = right

    lines = decide(gulf)

    assert [line["event"] for line in lines if line["log_level"] == "warning"] == ["clock.rewound"]
    assert len(gulf.subjects()) == 1


def test_after_a_restart_with_the_right_time_nothing_waits_for_the_wrong_one(gulf: World) -> None:
    right = gulf.clock.time
    gulf.clock.time += 365 * DAYS
    gulf.mail.answers = ["451 try later"]
    gulf.publish(TALKS, key="a")
    decide(gulf)
    gulf.clock.time = right
    gulf.start()

    gulf.deliver()

    assert len(gulf.subjects()) == 1, "a second attempt would be due in a year"


def test_a_clock_that_ntp_corrects_by_seconds_asks_nobody_twice(gulf: World) -> None:
    decide(gulf)
    asked = len(gulf.site.requests)
    gulf.clock.time -= 10 * timedelta(seconds=1)

    decide(gulf)

    assert len(gulf.site.requests) == asked


def test_a_machine_that_slept_reads_everything_once_and_says_what_it_missed(gulf: World) -> None:
    decide(gulf)
    gulf.publish(TALKS, key="a", age=-9 * HOURS)
    gulf.clock.time += 10 * HOURS

    lines = decide(gulf, wait=10 * MINUTES)

    assert [line["event"] for line in lines if line["log_level"] == "warning"] == ["gap.opened"]
    assert [request.path for request in gulf.site.requests].count("/feed") == 2
    assert len(gulf.subjects()) == 1


def test_bells_ring_on_after_the_clock_was_set_back(gulf: World) -> None:
    desk, gulf.desk = gulf.start(), None
    fell = threading.Event()
    service = Service(desk, ahead=lambda: -7200.0 if fell.is_set() else 0.0)

    def night() -> None:
        until(lambda: "source.polled" in [line["event"] for line in lines])
        # What a clock that is set back by two hours leaves: bells that are to ring in two hours.
        for job in service._scheduler.get_jobs():
            job.modify(next_run_time=datetime.now(UTC) + 2 * HOURS)
        gulf.publish(TALKS, key="a")
        gulf.clock.time += 6 * MINUTES
        fell.set()
        try:
            until(gulf.subjects)
        finally:
            service.stop()

    outside = threading.Thread(target=night)
    with capture_logs() as lines:
        outside.start()
        service.run()
        outside.join()

    assert "clock.set_back" in [line["event"] for line in lines]
    assert len(gulf.subjects()) == 1


# Names


def test_without_dns_sources_and_mail_wait_and_then_go_on(gulf: World) -> None:
    listed = gulf.folder / "sources.yaml"
    good = listed.read_text()
    listed.write_text(good.replace("127.0.0.1", "nowhere.invalid"))
    gulf.publish(TALKS, key="a")
    gulf.poll()
    assert gulf.desk
    [failing] = gulf.desk.store.overview(now=gulf.clock.time).failing
    assert (failing.failures, "nowhere.invalid" in failing.detail) == (1, True)

    listed.write_text(good)
    gulf.desk.reload()
    gulf.poll(after=HOURS)
    gulf.deliver()

    assert len(gulf.subjects()) == 1


# Memory (a limit of the system kills: see `test_service_kill`)


def test_memory_that_runs_out_sets_no_item_aside(gulf: World) -> None:
    desk = gulf.start()
    decide(gulf)
    gulf.publish(TALKS, key="a")
    gulf.clock.time += 6 * MINUTES

    def short(_: Item) -> Look:
        raise MemoryError

    desk.poller.mind.look = short
    desk.decide()
    until(desk.poller.has_news)
    with pytest.raises(MemoryError):
        desk.decide()
    desk.decide()

    gulf.poll(after=HOURS)
    gulf.poll(after=10 * MINUTES)  # found late, so told a little later
    gulf.deliver()

    assert desk.store.overview(now=gulf.clock.time).quarantined == ()
    assert len(gulf.subjects()) == 1


# Power


@pytest.mark.parametrize("lost", [1, 24, 4_000, 4_120, 20_000, 10**9], ids=lambda lost: f"{lost} bytes")
def test_a_write_that_the_power_cut_in_two_leaves_whole_commits(tmp_path: Path, lost: int) -> None:
    """What a disk holds after a cut: the file, and a log that ends anywhere."""
    path, after = tmp_path / "watcher.db", tmp_path / "after"
    after.mkdir()
    store = open_store(f"sqlite:///{path}")
    lease = store.lease("test", now=NOON)
    assert lease
    with closing(store):
        for number in range(20):
            at = NOON + number * MINUTES
            store.poll_log(lease).commit((), decided(str(number), at=at), now=at)
        shutil.copy(path, after)
        log = path.with_name("watcher.db-wal").read_bytes()
    lease.release()
    (after / "watcher.db-wal").write_bytes(log[: max(0, len(log) - lost)] + b"\xff" * min(lost, 100))

    with closing(open_store(f"sqlite:///{after / 'watcher.db'}")) as found:
        assert found.lease("test", now=NOON)
    with closing(sqlite3.connect(after / "watcher.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        counts = {
            table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in ("items", "developments", "alerts", "deliveries")
        }
    whole = counts["alerts"]
    assert counts == {"items": whole, "developments": whole, "alerts": whole, "deliveries": whole}
    assert whole >= 18 if lost < 4_100 else whole < 20
