"""
SIGKILL at any moment: nothing that was decided is lost, nothing is half decided, every repeat bears its first id.

    pytest tests/faults               a few kills
    pytest tests/faults -m long       a thousand; KILLS=100 for another number
"""

from __future__ import annotations

import json
import os
import random
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock, Thread

import pytest

ROOT = Path(__file__).parents[2]


@dataclass
class Receiver:
    """
    Takes webhooks, and sometimes does not.

    Args:
        arrived: How often each (path, alert, id) was taken; the sender may not know that it was.
    """

    seed: int
    url: str = ""
    arrived: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    lock: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)

    def take(self, path: str, webhook_id: str | None, body: bytes) -> int | None:
        """The status to answer; None: hang up without one."""
        with self.lock:
            fate = self.dice.random()
            if fate < 0.05:
                return 503
            sent = json.loads(body)
            assert sent["id"] == webhook_id
            self.arrived[path, sent["alert"], sent["id"]] += 1
            return None if fate < 0.1 else 204


@contextmanager
def receiver(seed: int) -> Iterator[Receiver]:
    state = Receiver(seed)

    class Requests(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            status = state.take(self.path, self.headers["webhook-id"], body)
            if status is None:
                self.close_connection = True
                return
            with suppress(OSError):  # the sender was killed while we answered
                self.send_response(status)
                self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            pass  # senders die in the middle of their requests here

    with Server(("127.0.0.1", 0), Requests) as server:
        state.url = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield state
        finally:
            server.shutdown()
            thread.join()


def start(database: Path, to: Receiver, mode: str) -> subprocess.Popen[str]:
    """A driver that has begun its work."""
    command = [sys.executable, "-m", "tests.faults.driver", f"sqlite:///{database}", to.url, mode]
    driver = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert driver.stdout
    assert driver.stdout.readline() == "ready\n"
    return driver


def kill_often(database: Path, to: Receiver, *, kills: int, seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(kills):
        with start(database, to, "go") as driver:
            with suppress(subprocess.TimeoutExpired):
                driver.wait(timeout=dice.uniform(0.0, 0.5))
                pytest.fail("the driver ended by itself")
            driver.kill()
    with start(database, to, "drain") as driver:
        assert driver.wait(timeout=100) == 0


def check(database: Path, to: Receiver) -> str:
    """What was decided against what arrived; the figures in words."""
    with closing(sqlite3.connect(database)) as file:
        assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        owed = set(file.execute("SELECT recipient, alert, id FROM deliveries"))
        decided = int(json.loads(file.execute("SELECT cursor FROM sources").fetchone()[0])["etag"])
        counts = {name: file.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in ("items", "alerts")}
        attempts = Counter(dict(file.execute("SELECT outcome, count(*) FROM attempts GROUP BY outcome")))
        states = dict(file.execute("SELECT state, count(*) FROM deliveries GROUP BY state"))
    arrived = {(f"{to.url}{path}", alert, key): times for (path, alert, key), times in to.arrived.items()}

    assert counts == {"items": decided, "alerts": decided}, "half a decision"
    assert len(owed) == 2 * decided
    assert states == {"sent": len(owed)}
    assert owed - arrived.keys() == set(), "lost"
    assert arrived.keys() - owed == set(), "repeated under another id, or never decided"
    repeats = sum(arrived.values()) - len(arrived)
    return f"decided {decided}, owed {len(owed)}, lost 0, repeated {repeats}, all under their id; {dict(attempts)}"


def test_nothing_is_lost_when_it_is_killed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with receiver(seed=1) as to:
        kill_often(tmp_path / "watcher.db", to, kills=5, seed=1)

        check(tmp_path / "watcher.db", to)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_nothing_is_lost_when_it_is_killed_a_thousand_times(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kills = int(os.environ.get("KILLS", "1000"))
    with receiver(seed=2) as to:
        kill_often(tmp_path / "watcher.db", to, kills=kills, seed=2)

        figures = check(tmp_path / "watcher.db", to)
    with capsys.disabled():
        print(f"\n{kills} kills: {figures}")
