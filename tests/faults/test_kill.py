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
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.http_server import Answer, Request, Site, http_server

ROOT = Path(__file__).parents[2]


@dataclass
class Receiver:
    """
    Takes webhooks, and sometimes does not.

    Args:
        arrived: How often each (url, alert, id) was taken; the sender may not know that it was.
    """

    dice: random.Random
    site: Site
    arrived: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def take(self, request: Request) -> Answer:
        """Most are taken; some of these get no answer."""
        fate = self.dice.random()
        if fate < 0.05:
            return Answer(503)
        sent = json.loads(request.body)
        assert sent["id"] == request.headers["webhook-id"]
        self.arrived[self.site.url(request.path), sent["alert"], sent["id"]] += 1
        return Answer(raw=b"") if fate < 0.1 else Answer(204)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with http_server() as site:
        receiver = Receiver(random.Random(1), site)
        site.answers = {"/one": receiver.take, "/two": receiver.take}
        yield receiver


def start(database: Path, to: Receiver, mode: str) -> subprocess.Popen[str]:
    """A driver that has begun its work."""
    command = [sys.executable, "-m", "tests.faults.driver", f"sqlite:///{database}", to.site.url(""), mode]
    driver = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert driver.stdout
    assert driver.stdout.readline() == "ready\n"
    return driver


def kill_often(database: Path, to: Receiver, *, kills: int) -> None:
    for _ in range(kills):
        with start(database, to, "go") as driver:
            with suppress(subprocess.TimeoutExpired):
                driver.wait(timeout=to.dice.uniform(0.0, 0.5))
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

    assert counts == {"items": decided, "alerts": decided}, "half a decision"
    assert len(owed) == 2 * decided
    assert states == {"sent": len(owed)}
    assert owed - to.arrived.keys() == set(), "lost"
    assert to.arrived.keys() - owed == set(), "repeated under another id, or never decided"
    repeats = sum(to.arrived.values()) - len(to.arrived)
    return f"decided {decided}, owed {len(owed)}, lost 0, repeated {repeats}, all under their id; {dict(attempts)}"


def test_nothing_is_lost_when_it_is_killed(tmp_path: Path, receiver: Receiver) -> None:
    kill_often(tmp_path / "watcher.db", receiver, kills=5)

    check(tmp_path / "watcher.db", receiver)


@pytest.mark.long
@pytest.mark.timeout(14_400)
def test_nothing_is_lost_when_it_is_killed_a_thousand_times(
    tmp_path: Path, receiver: Receiver, capsys: pytest.CaptureFixture[str]
) -> None:
    kills = int(os.environ.get("KILLS", "1000"))
    kill_often(tmp_path / "watcher.db", receiver, kills=kills)

    figures = check(tmp_path / "watcher.db", receiver)
    with capsys.disabled():
        print(f"\nstore and outbox, {kills} kills: {figures}")
