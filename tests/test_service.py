"""The running service: how it starts, stops and loads again, and what a database that refuses costs."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.pool import Pool
from structlog.testing import capture_logs

from tests.http_server import Answer, Request
from tests.world import World, world
from watcher.errors import ConfigError, StoreError
from watcher.ingest import CLOSE
from watcher.service import Service

MINUTES = timedelta(minutes=1)
THIRD_ROUND = "Iran and US to hold third round of talks in Muscat on 18 February"
COMMAND = [sys.executable, "-c", "from watcher.cli import main; main()"]


@pytest.fixture
def gulf(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path) as made:
        yield made


@pytest.fixture
def handlers() -> Iterator[None]:
    """A service in this process leaves signals as they were."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
    yield
    for number, found in before.items():
        signal.signal(number, found)


def until(condition: Callable[[], object], *, within: float = 30) -> None:
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < within, "in vain"
        threading.Event().wait(0.02)


def serve(made: World, condition: Callable[[Sequence[Mapping[str, object]]], object]) -> Sequence[Mapping[str, object]]:
    """Run a service in this process until something is so, by what it logged or otherwise; what it logged."""
    service, made.desk = Service(made.desk or made.start()), None
    failed: list[BaseException] = []

    def watch() -> None:
        try:
            until(lambda: condition(lines))
        except AssertionError as error:
            failed.append(error)
        finally:
            service.stop()

    watching = threading.Thread(target=watch)
    with capture_logs() as lines:
        watching.start()
        try:
            service.run()
        finally:
            service.stop()
            watching.join()
    assert not failed
    return lines


@contextmanager
def running(made: World, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """`watcher run` as its own process, with this world's settings; killed at the end if it still runs."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("WATCHER_")}
    log = made.folder / "log"
    with log.open("w") as errors:
        process = subprocess.Popen(
            [*COMMAND, *(arguments or ("run",))], cwd=made.folder, env=environment | made.environment(),
            stderr=errors, text=True,
        )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def logged(made: World, what: str) -> bool:
    return what in (made.folder / "log").read_text()


# How it stops


def test_told_to_stop_during_a_slow_fetch_it_ends_within_seconds(gulf: World) -> None:
    gulf.answer(Answer(200, stall=True))
    with running(gulf) as process:
        until(lambda: gulf.site.requests)
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)

        assert process.wait(20) == 0
        assert time.monotonic() - began < 6
        assert not logged(gulf, "service.abandoned")


def test_told_to_stop_while_a_mail_server_says_nothing_it_ends_and_sends_later(gulf: World) -> None:
    gulf.clock.time = datetime.now(UTC)
    gulf.publish("Iran and US to hold third round of talks in Muscat tomorrow", key="a")
    right = gulf.mail.port
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        gulf.mail.port = silent.getsockname()[1]
        with running(gulf) as process:
            connection, _ = silent.accept()
            process.send_signal(signal.SIGTERM)

            assert process.wait(20) == 0
            connection.close()
    assert logged(gulf, "service.abandoned")

    gulf.mail.port = right
    gulf.start()
    gulf.deliver()

    assert len(gulf.subjects()) == 1


# How it goes on


def test_silent_receivers_keep_no_other_waiting(gulf: World, handlers: None) -> None:
    team = gulf.folder / "rules" / "gulf" / "team.yaml"
    hook = gulf.site.url("/hook")
    others = [gulf.site.url(f"/silent/{number}") for number in range(4)]
    team.write_text(team.read_text().replace(f'"{hook}"', json.dumps([*others[:2], hook, *others[2:]])))
    gate = threading.Event()

    def silent(_: Request) -> Answer:
        gate.wait(30)
        return Answer(204)

    def is_told(_: object) -> bool:
        if len(gulf.hooks()) == 1 and len(gulf.site.requests) == 6:
            gate.set()
        return gate.is_set()

    gulf.site.answers |= {f"/silent/{number}": silent for number in range(4)}
    gulf.publish(THIRD_ROUND, key="a")

    lines = serve(gulf, is_told)

    assert "job.crashed" not in [line["event"] for line in lines]


def test_a_signal_loads_rules_again_and_a_broken_folder_changes_nothing(gulf: World) -> None:
    gulf.clock.time = datetime.now(UTC)
    rules = gulf.folder / "rules" / "gulf" / "talks.yaml"
    good = rules.read_text()
    with running(gulf) as process:
        until(lambda: logged(gulf, "service.started"))
        rules.write_text(good.replace("severity: high", "severity: urgent"))
        process.send_signal(signal.SIGHUP)
        until(lambda: logged(gulf, "rules.reloaded"))
        rejected = [json.loads(line) for line in (gulf.folder / "log").read_text().splitlines()]

        assert process.poll() is None
    assert [line["team"] for line in rejected if line["event"] == "rules.rejected"] == ["gulf"]
    assert next(line["stale"] for line in rejected if line["event"] == "rules.reloaded") == ["gulf"]


def test_beside_a_running_service_once_says_so_and_a_second_run_refuses(gulf: World) -> None:
    desk = gulf.start()
    holder = desk.store.overview(now=gulf.clock.time).holder
    with running(gulf, "once") as once:
        assert once.wait(60) == 0
    with running(gulf, "run") as second:
        assert second.wait(60) == 3

    assert logged(gulf, f"another watcher decides for this database: {holder}")
    assert not gulf.site.requests


def test_a_list_of_sources_that_breaks_while_it_runs_stops_no_source(gulf: World) -> None:
    desk = gulf.start()
    listed = gulf.folder / "sources.yaml"
    listed.write_text(listed.read_text().replace("every: 5m", "every: [").replace("gulf-wire", "other"))

    with capture_logs() as lines:
        desk.reload()
    gulf.publish(THIRD_ROUND, key="a")
    gulf.poll()
    gulf.deliver()

    assert [line["event"] for line in lines if line["log_level"] == "error"] == ["sources.rejected"]
    assert len(gulf.subjects()) == 1


def test_a_list_of_sources_that_is_gone_is_refused_and_everything_stays(gulf: World) -> None:
    desk = gulf.start()
    rules = gulf.folder / "rules" / "gulf" / "talks.yaml"
    rules.write_text(rules.read_text().replace("severity: high", "severity: flash"))
    (gulf.folder / "sources.yaml").unlink()
    with pytest.raises(ConfigError, match=r"sources\.yaml"):
        desk.reload()
    gulf.publish(THIRD_ROUND, key="a")
    gulf.poll()
    gulf.deliver()

    assert [subject[:6] for subject in gulf.subjects()] == ["[HIGH]"]


def test_it_does_not_start_with_a_list_of_sources_that_cannot_be_read(gulf: World) -> None:
    (gulf.folder / "sources.yaml").write_text("sources: [")

    with pytest.raises(ConfigError, match=r"sources\.yaml:\d"):
        gulf.start()


def test_quiet_stories_are_closed_on_time_however_often_it_is_restarted(gulf: World) -> None:
    desk = gulf.start()
    gulf.publish(THIRD_ROUND, key="a")
    gulf.poll()
    due = desk.poller.mind.closes_at

    for _ in range(3):
        gulf.clock.time += 10 * MINUTES
        desk = gulf.start()
        gulf.publish("Local weather", key="w", text=f"{gulf.clock.time}")
        gulf.poll()

    assert desk.poller.mind.closes_at == due
    (row,) = desk.poller._log.wakes(now=gulf.clock.time + 60 * MINUTES, limit=9)
    assert (row.kind, row.due) == (CLOSE, due)


# A database that refuses


@contextmanager
def full_disk(pages: dict[str, int]) -> Iterator[None]:
    """No connection may grow the file beyond `pages["limit"]` pages of 4 kB."""

    def limit(connection: sqlite3.Connection, *_: object) -> None:
        connection.execute(f"PRAGMA max_page_count={pages['limit']}")

    event.listen(Pool, "checkout", limit)
    try:
        yield
    finally:
        event.remove(Pool, "checkout", limit)


def test_a_full_disk_is_a_warning_each_tick_and_passes(gulf: World, handlers: None) -> None:
    gulf.poll()
    for number in range(60):
        gulf.publish(f"Local weather {number}", key=f"w{number}", text="Rain and more of it. " * 100)
    gulf.publish(THIRD_ROUND, key="a")
    gulf.clock.time += 6 * MINUTES
    pages = {"limit": 1}  # SQLite takes what the file has for the least
    asked = len(gulf.site.requests)

    def is_told(lines: Sequence[Mapping[str, object]]) -> bool:
        if sum(line["event"] == "job.postponed" for line in lines) >= 3:
            pages["limit"] = 1_000_000
        return len(gulf.subjects()) == len(gulf.hooks()) == 1

    with full_disk(pages):
        lines = serve(gulf, is_told)

    postponed = [line for line in lines if line["event"] == "job.postponed"]
    assert all("the disk is full" in str(line["detail"]) for line in postponed)
    assert {line["log_level"] for line in postponed} == {"warning"}
    assert [request.path for request in gulf.site.requests[asked:]].count("/feed") == 1, "asked again for what it had"


def test_what_could_not_be_written_is_decided_anew(gulf: World) -> None:
    desk = gulf.start()
    gulf.poll()
    gulf.publish(THIRD_ROUND, key="a")
    gulf.clock.time += 6 * MINUTES
    desk.decide()
    until(desk.poller.has_news)
    with closing(sqlite3.connect(gulf.folder / "watcher.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="locked"):
            desk.decide()
        other.execute("ROLLBACK")

    desk.decide()
    gulf.deliver()

    assert len(gulf.subjects()) == 1


def test_who_lost_the_database_to_another_stops_and_says_so(gulf: World, handlers: None) -> None:
    gulf.start()
    gulf.publish(THIRD_ROUND, key="a")

    def overtake(_: Request) -> Answer:
        """Meanwhile another process takes over, as it can on a disk of a network."""
        with closing(sqlite3.connect(gulf.folder / "watcher.db")) as other, other:
            other.execute("UPDATE lease SET number = number + 1, holder = 'another machine'")
        return gulf.site.answers["/later"]  # type: ignore[return-value]  # a plain answer

    gulf.site.answers["/later"] = gulf.site.answers["/feed"]
    gulf.site.answers["/feed"] = overtake

    with pytest.raises(StoreError, match="another machine"):
        serve(gulf, lambda lines: any(line["event"] == "service.stopped" for line in lines))
    assert gulf.subjects() == []
