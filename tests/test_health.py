"""Whether it lives: the pages of health, what a stranger may ask of them, and what systemd is told."""

from __future__ import annotations

import http.client
import json
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families

from tests.test_service import logged, running, until
from tests.world import World, world
from watcher.listener import Listener, Request, Response
from watcher.supervisor import Supervisor
from watcher.wiring.health import LONGEST_TICK, Pulse, listening, routes

MINUTES = timedelta(minutes=1)
NOON = datetime(2026, 2, 4, 12, tzinfo=UTC)


@pytest.fixture
def gulf(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path) as made:
        yield made


def ask(port: int, path: str, *, method: str = "GET", body: bytes | None = None) -> tuple[int, bytes]:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        connection.request(method, path, body)
        answer = connection.getresponse()
        return answer.status, answer.read()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def metrics(body: bytes) -> dict[tuple[str, ...], float]:
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(body.decode())
        for sample in family.samples
    }


def test_a_running_service_says_that_it_lives_and_what_it_did(gulf: World) -> None:
    port = free_port()
    gulf.listen = f"127.0.0.1:{port}"
    with running(gulf):
        until(lambda: logged(gulf, "service.started"))
        until(lambda: gulf.site.requests)
        until(lambda: b'watcher_polls_total{outcome="fetched"} 1.0' in ask(port, "/metrics")[1])

        assert ask(port, "/healthz")[0] == ask(port, "/readyz")[0] == 200
        assert {"decider", "email", "webhook"} <= set(json.loads(ask(port, "/healthz")[1])["seconds_since_tick"])


def test_metrics_count_polls_items_decisions_alerts_and_what_is_owed(gulf: World) -> None:
    gulf.listen = "127.0.0.1:0"
    gulf.poll()
    gulf.publish("Iran and US to hold third round of talks in Muscat on 18 February", key="a", age=MINUTES)
    gulf.poll(after=6 * MINUTES)
    gulf.publish("Iran, US to hold third round of talks in Muscat on 18 February", key="b")
    gulf.poll(after=6 * MINUTES)
    assert gulf.desk is not None
    listener = listening(gulf.desk, Pulse())
    assert listener is not None

    with closing(listener):
        found = metrics(ask(listener.port, "/metrics")[1])

    assert found["watcher_polls_total", "fetched"] == 3
    assert found["watcher_items_total",] == 2
    assert found["watcher_decisions_total", "new"] == found["watcher_decisions_total", "repeat"] == 1
    assert found["watcher_alerts_total", "new", "gulf"] == 1
    assert found["watcher_rules", "gulf"] == 1
    assert found["watcher_sources", "ok"] == found["watcher_database_up",] == 1
    assert found["watcher_deliveries", "due"] == 2
    assert found["watcher_oldest_delivery_seconds",] == 6 * 60
    assert found["watcher_item_delay_seconds_count",] == 2


def test_an_address_that_is_taken_stops_no_news(gulf: World) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        gulf.listen = f"127.0.0.1:{other.getsockname()[1]}"
        with running(gulf):
            until(lambda: logged(gulf, "listener.failed"))
            until(lambda: gulf.site.requests)


def test_a_loop_that_ends_no_tick_is_named() -> None:
    pulse, now = Pulse(), NOON + LONGEST_TICK + timedelta(seconds=1)
    pulse.expect("decider", now=NOON)
    pulse.expect("email", now=NOON)
    pulse.beat("email", now=now)
    pulse.beat("prune", now=NOON)
    pages = routes(pulse, CollectorRegistry(), lambda: None, lambda: now)

    answer = pages["/healthz"](Request("GET", "/healthz"))

    assert answer.status == 503
    assert json.loads(answer.body)["hanging"] == ["decider"]


def test_a_database_that_is_away_is_not_ready(gulf: World) -> None:
    gulf.listen = "127.0.0.1:0"
    desk = gulf.start()
    listener = listening(desk, Pulse())
    assert listener is not None
    (gulf.folder / "watcher.db").rename(gulf.folder / "moved.db")
    (gulf.folder / "watcher.db").mkdir()
    desk.store.close()

    with closing(listener):
        status, body = ask(listener.port, "/readyz")
        found = metrics(ask(listener.port, "/metrics")[1])

    assert (status, json.loads(body)["ok"]) == (503, False)
    assert found["watcher_database_up",] == 0


@pytest.fixture
def echo() -> Iterator[Listener]:
    def answer(request: Request) -> Response:
        return Response(200, json.dumps([request.method, request.path, dict(request.fields)]).encode())

    listener = Listener("127.0.0.1", 0, {"/echo": answer, "/below/": answer})
    listener.start()
    with closing(listener):
        yield listener


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        pytest.param("GET", "/nothing", None, 404, id="no such page"),
        pytest.param("GET", "/echo?a=1&a=2", None, 200, id="query"),
        pytest.param("POST", "/below/token", b"x=1", 200, id="below a folder"),
        pytest.param("POST", "/echo", b"x" * 70_000, 413, id="too large"),
        pytest.param("PUT", "/echo", b"", 501, id="method that is not served"),
        pytest.param("GET", "/" + "a" * 70_000, None, 414, id="endless address"),
    ],
)
def test_what_is_asked_is_answered_or_refused(
    echo: Listener, method: str, path: str, body: bytes | None, status: int
) -> None:
    assert ask(echo.port, path, method=method, body=body)[0] == status


def test_a_head_has_no_body_and_pages_cannot_be_framed_or_kept(echo: Listener) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", echo.port, timeout=10)) as connection:
        connection.request("HEAD", "/echo")
        answer = connection.getresponse()

        assert answer.read() == b""
        assert "default-src 'none'" in str(answer.headers["Content-Security-Policy"])
        assert answer.headers["Cache-Control"] == "no-store"


def test_strangers_who_say_nothing_keep_nobody_out(echo: Listener) -> None:
    silent = [socket.create_connection(("127.0.0.1", echo.port)) for _ in range(10)]
    try:
        assert ask(echo.port, "/echo")[0] == 200
    finally:
        for one in silent:
            one.close()


@pytest.mark.parametrize("abstract", [True, False], ids=["abstract socket", "socket file"])
def test_systemd_hears_that_we_are_ready_alive_and_stopping(tmp_path: Path, abstract: bool) -> None:
    name = f"@watcher-test-{os.getpid()}" if abstract else str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind("\0" + name[1:] if abstract else name)
        systemd.settimeout(5)
        supervisor = Supervisor({"NOTIFY_SOCKET": name, "WATCHDOG_USEC": "20000000"})
        supervisor.ready()
        supervisor.alive()
        supervisor.status("two\nlines")
        supervisor.stopping()

        assert supervisor.every == timedelta(seconds=10)
        said = [systemd.recv(100).decode() for _ in range(4)]

    assert said == ["READY=1", "WATCHDOG=1", "STATUS=two lines", "STOPPING=1"]


@pytest.mark.parametrize(
    "environment",
    [
        pytest.param({}, id="nobody started us"),
        pytest.param({"WATCHDOG_USEC": "1000"}, id="no socket"),
        pytest.param({"NOTIFY_SOCKET": "/nowhere/at/all", "WATCHDOG_USEC": "soon"}, id="nonsense"),
        pytest.param({"NOTIFY_SOCKET": "/x", "WATCHDOG_USEC": "1000", "WATCHDOG_PID": "1"}, id="another process"),
    ],
)
def test_without_systemd_nothing_is_said(environment: dict[str, str]) -> None:
    supervisor = Supervisor(environment)
    supervisor.ready()

    assert supervisor.every is None


def test_a_service_under_systemd_is_ready_reassures_and_says_when_it_stops(gulf: World, tmp_path: Path) -> None:
    said: list[str] = []
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))

        def hear() -> None:
            while "STOPPING=1" not in said:
                said.append(systemd.recv(200).decode())

        hearing = threading.Thread(target=hear, daemon=True)
        hearing.start()
        gulf.supervised = {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "400000"}
        with running(gulf) as process:
            until(lambda: "WATCHDOG=1" in said)
            process.terminate()
            hearing.join(10)

    assert said[0] == "READY=1"
    assert said[-1] == "STOPPING=1"
