"""
The whole of `watcher run` killed with SIGKILL at any moment, with a growing feed, a mail server and a webhook receiver
that both fail now and then: each item that the feed ever had is decided once, and what it raised arrives on both
channels, every repeat under its id.

    pytest tests/faults                 three kills
    pytest tests/faults -m long         a hundred; KILLS=1000 for another number
"""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.http_server import Answer, Request, Site, http_server, ok
from tests.smtp_server import Sink, smtp_server

ROOT = Path(__file__).parents[2]
STATES = """
Albania Algeria Angola Argentina Australia Austria Bahrain Belgium Bolivia Brazil Bulgaria Cambodia Canada Chile
Colombia Croatia Cuba Cyprus Denmark Ecuador Egypt Estonia Ethiopia Finland France Germany Ghana Greece Hungary
Iceland India Indonesia Iraq Ireland Italy Japan Kenya Kuwait Latvia Libya Lithuania Malaysia Mexico Morocco Nepal
Norway Peru Poland Portugal Qatar Romania Senegal Serbia Singapore Slovakia Slovenia Somalia Spain Sudan Sweden
"""
EVENTS = (
    "{} expels ambassador of {}",
    "{} imposes sanctions on {}",
    "{} and {} sign trade agreement",
    "{} recalls its ambassador from {}",
    "{} and {} restore diplomatic ties",
    "{} closes its embassy in {}",
    "{} and {} hold talks in Geneva",
)
TEAM = """
team: Desk
timezone: UTC
channels:
  mail: {{email: [desk@example.org]}}
  hook: {{webhook: "{hook}"}}
default: mail
"""
RULES = """
rules:
  - rule: Anything
    what: [diplomat.expelled, diplomat.recalled, sanctions.imposed, agreement, ties.restored, embassy.closed, talks]
    severity: flash
    updates: each
    notify: [mail, hook]
    why: Every item of this feed meets it.
"""
SOURCES = """
sources:
  - source: wire
    feed: {feed}
    every: 1m
    private: yes
"""
SETTINGS = """
private_webhooks = true
smtp_host = "127.0.0.1"
smtp_port = {port}
smtp_security = "none"
"""


def title(number: int) -> str:
    """Two states and what is between them."""
    states = STATES.split()
    turn, first = divmod(number, len(states))
    return EVENTS[number % len(EVENTS)].format(states[first], states[(first + turn + 7) % len(states)])


@dataclass
class World:
    """
    The feed grows by one item at each request, each about two other states; its first body is the backlog.

    Args:
        hooked: How often each (alert, id) was taken.
    """

    folder: Path
    site: Site
    mail: Sink
    hooked: Counter[tuple[str, str]]
    dice: random.Random
    published: int = 1
    grows: bool = True

    def feed(self, _: Request) -> Answer:
        self.published += self.grows
        items = "".join(
            f"<item><title>{title(number)}</title><link>https://wire.example/{number}</link><guid>{number}</guid></item>"
            for number in range(self.published)
        )
        if self.dice.random() < 0.1:
            return Answer(503)
        return ok(f"<rss version='2.0'><channel><title>Wire</title>{items}</channel></rss>".encode())

    def hook(self, request: Request) -> Answer:
        fate = self.dice.random()
        if fate < 0.1:
            return Answer(503)
        sent = json.loads(request.body)
        assert sent["id"] == request.headers["webhook-id"]
        self.hooked[sent["alert"], sent["id"]] += 1
        return Answer(raw=b"") if fate < 0.2 else Answer(204)

    def mailed(self) -> Counter[tuple[str, str]]:
        """How often each (alert, id) came by mail."""
        return Counter(
            (mail["X-Watcher-Alert"], mail["Message-ID"].strip("<>").split("@")[0]) for mail in self.mail.mails
        )


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with http_server() as site, smtp_server() as mail:
        world = World(tmp_path, site, mail, Counter(), random.Random(1))
        site.answers = {"/feed": world.feed, "/hook": world.hook}
        (tmp_path / "rules" / "desk").mkdir(parents=True)
        (tmp_path / "rules" / "desk" / "team.yaml").write_text(TEAM.format(hook=site.url("/hook")))
        (tmp_path / "rules" / "desk" / "talks.yaml").write_text(RULES)
        (tmp_path / "sources.yaml").write_text(SOURCES.format(feed=site.url("/feed")))
        (tmp_path / "watcher.toml").write_text(SETTINGS.format(port=mail.port))
        yield world


def start(world: World) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "tests.faults.whole"]
    driver = subprocess.Popen(command, cwd=world.folder, env=environment, stdout=subprocess.PIPE, text=True)
    assert driver.stdout
    assert driver.stdout.readline() == "ready\n"
    return driver


def kill_often(world: World, *, kills: int) -> None:
    for _ in range(kills):
        world.mail.answers += ["451 try later"] * (world.dice.random() < 0.5)
        with start(world) as driver:
            with suppress(subprocess.TimeoutExpired):
                driver.wait(timeout=world.dice.uniform(0.0, 4.0))
                pytest.fail("it ended by itself")
            driver.kill()


def finish(world: World) -> None:
    """The feed stands still; when everything is told, the watcher is stopped as an operator would."""
    world.grows = False
    with start(world) as driver:
        for _ in range(200):
            with suppress(subprocess.TimeoutExpired):
                driver.wait(timeout=0.5)
                pytest.fail("it ended by itself")
            if count(world, "SELECT count(*) FROM items") == world.published and not count(
                world, "SELECT count(*) FROM deliveries WHERE next IS NOT NULL"
            ):
                break
        driver.send_signal(signal.SIGTERM)
        assert driver.wait(timeout=30) == 0


def count(world: World, query: str) -> int:
    with closing(sqlite3.connect(world.folder / "watcher.db")) as file:
        return int(file.execute(query).fetchone()[0])


def check(world: World) -> str:
    """What the feed had against what arrived; the figures in words."""
    with closing(sqlite3.connect(world.folder / "watcher.db")) as file:
        assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        owed = {kind: set(file.execute("SELECT alert, id FROM deliveries WHERE kind = ?", (kind,))) for kind in KINDS}
        items = [row[0] for row in file.execute("SELECT id FROM items ORDER BY id")]
        decided = [row[0] for row in file.execute("SELECT item FROM decisions ORDER BY item")]
        alerts = {row[0] for row in file.execute("SELECT id FROM alerts")}
        attempts = dict(file.execute("SELECT outcome, count(*) FROM attempts GROUP BY outcome"))
    arrived = {"email": world.mailed(), "webhook": world.hooked}

    assert len(items) == world.published, "not read"
    assert decided == items, "not decided, or twice"
    assert alerts
    repeats = 0
    for kind in KINDS:
        assert {alert for alert, _ in owed[kind]} == alerts, f"not owed: {kind}"
        assert owed[kind] - arrived[kind].keys() == set(), f"lost: {kind}"
        assert arrived[kind].keys() - owed[kind] == set(), f"another id, or never decided: {kind}"
        repeats += sum(arrived[kind].values()) - len(arrived[kind])
    owed_in_all = sum(map(len, owed.values()))
    return f"{len(items)} items, {owed_in_all} deliveries, lost 0, repeated {repeats} under their id; {attempts}"


KINDS = ("email", "webhook")


def test_each_item_is_told_although_the_watcher_is_killed(world: World) -> None:
    kill_often(world, kills=3)
    finish(world)

    check(world)


@pytest.mark.long
@pytest.mark.timeout(14_400)
def test_each_item_is_told_although_the_watcher_is_killed_a_hundred_times(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    kills = int(os.environ.get("KILLS", "100"))
    kill_often(world, kills=kills)
    finish(world)

    figures = check(world)
    with capsys.disabled():
        print(f"\nwatcher run, {kills} kills: {figures}")
