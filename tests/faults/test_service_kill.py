"""
`watcher run` itself, on real time, killed with SIGKILL at any moment from its first import on, while many feeds bring
news, the mail server and the receivers fail now and then, one receiver is gone for good, and now and then the disk is
full from some moment on. At the end: no item, decision, alert or delivery is
missing, every repeat came under its first id, and what was decided is what one process would have decided that never
died.

    pytest tests/faults/test_service_kill.py             three kills
    pytest tests/faults/test_service_kill.py -m long     a hundred, some twelve minutes; KILLS=20 for another number
"""

from __future__ import annotations

import json
import os
import random
import resource
import signal
import sqlite3
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from pathlib import Path
from threading import Event, Lock

import pytest
from standardwebhooks import Webhook

from tests.http_server import Answer, Request, Site, http_server, ok
from tests.smtp_server import Sink, smtp_server
from watcher.ingest import Mind, ingest
from watcher.matching import Ruleset
from watcher.model import Item, ItemId
from watcher.trial import scanner_of
from watcher.vocabulary import load
from watcher.wiring.rules import load_ruleset

ONE, TWO = "one@example.org", "two@example.org"
SECRET = "whsec_" + "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0"
TEAM = """
team: Desk
timezone: UTC
channels:
  mail: {{email: [one@example.org, two@example.org]}}
  hook: {{webhook: ["{hook}/a", "{hook}/b"], secret: "secret:hook"}}
  old: {{webhook: "{hook}/gone", secret: "secret:hook", fallback: new}}
  new: {{webhook: "{hook}/new", secret: "secret:hook"}}
default: mail
"""
RULES = """
rules:
  - rule: Anything
    what: talks
    severity: flash
    updates: each
    notify: [mail, hook, old]
    why: Every item of these feeds meets it.
"""
SETTINGS = """
private_webhooks = true
smtp_host = "127.0.0.1"
smtp_port = {port}
smtp_security = "none"
log_format = "json"
"""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
STATES = sorted(actor.english for actor in load().actors.values() if actor.cls == "state")
ROUNDS = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"
GOODS = "barley cotton ferries fish grain harbours honey jute linen maize oats olives rail rubber silk tea timber"


def title(number: int) -> str:
    """Two states and which round of their talks: no two numbers tell of the same development."""
    half, rounds, goods = len(STATES) // 2, ROUNDS.split(), GOODS.split()
    turn, first = divmod(number, half)
    about = f"{rounds[turn]} round of talks on {goods[number % len(goods)]}"
    return f"{STATES[first]} and {STATES[first + half]} to hold {about}"


@dataclass
class Wires:
    """
    Feeds that grow when they are asked, each item about something else, or what another feed had already.

    Args:
        runs: How often the watcher was started, and `full` how often the disk was full for it.
        growth: The chance that a feed has one more item at a request.
        trouble: The chance that a mail server or receiver fails.
        hooked: How often each webhook was taken, by recipient, alert and `webhook-id`.
        asked: Times of the requests of each feed.
    """

    folder: Path
    mail: Sink
    receiver: Site
    dice: random.Random
    growth: float
    trouble: float
    hooked: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    feeds: list[list[tuple[int, str]]] = field(default_factory=list)
    asked: dict[str, list[float]] = field(default_factory=dict)
    titles: int = 0
    runs: int = 0
    full: int = 0
    lock: Lock = field(default_factory=Lock)

    def entry(self) -> tuple[int, str]:
        """One that is new, or now and then a repeat in other hands."""
        number = self.titles
        if number and self.dice.random() < 0.15:
            number = self.dice.randrange(number)
        else:
            self.titles += 1
        return number, format_datetime(datetime.now(UTC))

    def feed(self, request: Request) -> Answer:
        key = int(request.path.rpartition("/")[2])
        with self.lock:
            self.asked.setdefault(request.path, []).append(time.monotonic())
            if self.dice.random() < self.growth:
                self.feeds[key].append(self.entry())
            items = "".join(
                f"<item><title>{title(number)}</title><link>https://wire{key}.example/{place}</link>"
                f"<guid>{key}-{place}</guid><pubDate>{moment}</pubDate></item>"
                for place, (number, moment) in enumerate(self.feeds[key])
            )
        return ok(f"<rss version='2.0'><channel><title>Wire {key}</title>{items}</channel></rss>".encode())

    def hook(self, request: Request) -> Answer:
        headers = request.headers
        sent = Webhook(SECRET).verify(request.body, dict(headers))
        fate = self.dice.random() / self.trouble if self.trouble else 1.0
        if fate < 0.4:
            return Answer(500)
        if fate < 0.6:
            return Answer(429, {"retry-after": "3"})
        if fate < 0.65:
            return Answer(200, stall=True)
        self.hooked[request.path, sent["alert"], headers["webhook-id"]] += 1
        return Answer(raw=b"") if fate < 1 else Answer(204)

    def mood(self) -> str:
        fate = self.dice.random() / self.trouble if self.trouble else 1.0
        return "451 try later" if fate < 0.6 else "cut" if fate < 1 else ""

    def mailed(self) -> Counter[tuple[str, str, str]]:
        """How often each mail came, by recipient, alert and Message-ID."""
        return Counter(
            (mail["To"], mail["X-Watcher-Alert"], mail["Message-ID"].strip("<>").partition("@")[0])
            for mail in self.mail.mails
        )


@contextmanager
def wires(folder: Path, *, feeds: int, hosts: int, growth: float, trouble: float) -> Iterator[Wires]:
    """Everything is up; nothing watches yet."""
    with ExitStack() as stack:
        mail, receiver = stack.enter_context(smtp_server()), stack.enter_context(http_server())
        made = Wires(folder, mail, receiver, random.Random(1), growth, trouble)
        mail.mood = made.mood
        receiver.answers["/hook/gone"] = Answer(410)
        receiver.answers |= {f"/hook/{name}": made.hook for name in ("a", "b", "new")}
        sites = [stack.enter_context(http_server(address=f"127.0.1.{1 + number}")) for number in range(hosts)]
        lines = ["sources:\n"]
        for key in range(feeds):
            made.feeds.append([made.entry(), made.entry()])
            site = sites[key % hosts]
            site.answers[f"/{key}"] = made.feed
            lines.append(f"  - {{source: wire-{key}, feed: '{site.url(f'/{key}')}', every: 1m, private: yes}}\n")
        (folder / "sources.yaml").write_text("".join(lines))
        (folder / "rules" / "desk").mkdir(parents=True)
        (folder / "rules" / "desk" / "team.yaml").write_text(TEAM.format(hook=receiver.url("/hook")))
        (folder / "rules" / "desk" / "any.yaml").write_text(RULES)
        (folder / "secrets" / "desk").mkdir(parents=True)
        (folder / "secrets" / "desk" / "hook").write_text(SECRET)
        (folder / "watcher.toml").write_text(SETTINGS.format(port=mail.port))
        yield made


@contextmanager
def running(world: Wires) -> Iterator[subprocess.Popen[bytes]]:
    """`watcher run`, killed at the end if it still runs; its log is in the folder."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("WATCHER_")}
    command = [sys.executable, "-c", "from watcher.cli import main; main()", "run"]
    world.runs += 1
    with (world.folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=world.folder, env=environment, stderr=log)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def started(world: Wires, process: subprocess.Popen[bytes]) -> float:
    """Seconds until it watches."""
    began = time.monotonic()
    while b"service.started" not in (world.folder / "log").read_bytes():
        assert process.poll() is None, (world.folder / "log").read_text()
        assert time.monotonic() - began < 100
        Event().wait(0.02)
    return time.monotonic() - began


def fill(world: Wires, process: subprocess.Popen[bytes]) -> None:
    """From now on no file of the process may grow by more than a little, as on a full disk."""
    wal = world.folder / "watcher.db-wal"
    limit = (wal.stat().st_size if wal.exists() else 0) + world.dice.randrange(4_096, 40_000)
    logged = (world.folder / "log").stat().st_size + 200_000  # it is not about the log
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (max(limit, logged),) * 2)


def kill_often(world: Wires, *, kills: int, within: float) -> list[float]:
    """Kill so often, one time in five before it is up; how long it took to be up the other times."""
    starts = []
    for number in range(kills):
        with running(world) as process:
            if number % 5 == 4:
                pause = world.dice.uniform(0, 3)
            else:
                starts.append(started(world, process))
                pause = world.dice.uniform(0, within)
                if number % 5 == 3:
                    fill(world, process)
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=pause)
                pytest.fail(f"it ended by itself: {(world.folder / 'log').read_text()[-2000:]}")
            world.full += b"job.postponed" in (world.folder / "log").read_bytes()
    return starts


def finish(world: Wires, *, within: float) -> None:
    """The feeds stand still and nobody fails; when everything is told, it is stopped as an operator would."""
    world.growth = world.trouble = 0.0
    with running(world) as process:
        started(world, process)  # before that a signal ends it as it would end any program
        began = time.monotonic()
        published = sum(map(len, world.feeds))
        while count(world, "SELECT count(*) FROM items") < published or count(
            world, "SELECT count(*) FROM deliveries WHERE next IS NOT NULL"
        ):
            assert process.poll() is None
            assert time.monotonic() - began < within, "it does not come to an end"
            Event().wait(0.2)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0


def count(world: Wires, query: str) -> int:
    with suppress(sqlite3.OperationalError), closing(sqlite3.connect(world.folder / "watcher.db")) as file:
        return int(file.execute(query).fetchone()[0])
    return 0  # killed before there was a table


def check(world: Wires) -> str:
    """What the feeds had against what is on file and what arrived; the figures in words."""
    with closing(sqlite3.connect(world.folder / "watcher.db")) as file:
        assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        check_items(world, file)
        alerts = check_alerts(file, load_ruleset(world.folder / "rules"))
        owed, repeated = check_deliveries(world, file)
        attempts = dict(file.execute("SELECT outcome, count(*) FROM attempts GROUP BY outcome"))
        states = dict(file.execute("SELECT state, count(*) FROM deliveries GROUP BY state"))
    assert states == {"sent": owed, "abandoned": alerts}
    return (
        f"{sum(map(len, world.feeds))} items, {alerts} alerts, {owed} deliveries, lost 0, {repeated} repeated under"
        f" their id; attempts {attempts}"
    )


def check_items(world: Wires, file: sqlite3.Connection) -> None:
    """Each item that a feed had is there, and was decided once."""
    urls = Counter(url for (url,) in file.execute("SELECT url FROM items"))
    wanted = Counter(
        f"https://wire{key}.example/{place}" for key, some in enumerate(world.feeds) for place in range(len(some))
    )
    assert urls == wanted
    decided = Counter(item for (item,) in file.execute("SELECT item FROM decisions"))
    assert decided == Counter(item for (item,) in file.execute("SELECT id FROM items"))


def check_alerts(file: sqlite3.Connection, ruleset: Ruleset) -> int:
    """The alerts are those of one process that decides the same items in the same order and never dies."""
    mind = Mind(ruleset.vocabulary, scanner_of(ruleset), ruleset)
    expected = []
    for item, now in decided_items(file):
        expected += [(alert.id, alert.item, alert.time) for alert in ingest([item], mind, now=now).alerts]
    alerts = [
        (key, json.loads(payload)["item"], EPOCH + timedelta(microseconds=moment))
        for key, moment, payload in file.execute("SELECT id, time, payload FROM alerts")
    ]
    titles = dict(file.execute("SELECT id, title FROM items"))
    told = Counter(titles[item] for _, item, _ in alerts)
    assert set(told) == set(titles.values()), "not told"
    assert max(told.values()) == 1, f"told twice: {told.most_common(3)}"
    assert sorted(alerts) == sorted(expected)
    return len(alerts)


def decided_items(file: sqlite3.Connection) -> Iterator[tuple[Item, datetime]]:
    """Each item with the time of its decision, in the order of deciding."""
    file.row_factory = sqlite3.Row
    query = "SELECT i.*, d.time AS decided FROM decisions d JOIN items i ON i.id = d.item ORDER BY d.seq"
    for row in file.execute(query).fetchall():
        published = EPOCH + timedelta(microseconds=row["published"])
        yield (
            Item(
                id=ItemId(row["id"]),
                title=row["title"],
                url=row["url"],
                source=row["source"],
                seen=EPOCH + timedelta(microseconds=row["seen"]),
                published=published,
                text=row["text"] or "",
                lang=row["lang"],
                publisher=row["publisher"],
                tier=row["tier"],
                timezone=row["timezone"],
                baseline=bool(row["baseline"]),
            ),
            EPOCH + timedelta(microseconds=row["decided"]),
        )
    file.row_factory = None


def check_deliveries(world: Wires, file: sqlite3.Connection) -> tuple[int, int]:
    """All that is owed, and how many came more than once; each came, under its id only, to each recipient."""
    here = world.receiver.url("")
    query = "SELECT recipient, coalesce(alert, notice), id FROM deliveries"
    owed = {(recipient.removeprefix(here), told, key) for recipient, told, key in file.execute(query)}
    alerts = {key for (key,) in file.execute("SELECT id FROM alerts")}
    (notice,) = (key for (key,) in file.execute("SELECT id FROM notices"))
    hooks = ("/hook/a", "/hook/b", "/hook/gone", "/hook/new")
    wanted = {(to, key) for key in alerts for to in (ONE, TWO, *hooks)} | {(ONE, notice), (TWO, notice)}
    assert {row[:2] for row in owed} == wanted
    owed = {row for row in owed if row[0] != "/hook/gone"}
    assert sum(request.path == "/hook/gone" for request in world.receiver.requests) <= world.runs
    arrived = world.mailed() + world.hooked
    assert owed - arrived.keys() == set(), "lost"
    assert arrived.keys() - owed == set(), "under another id, or never decided"
    return len(owed), arrived.total() - len(arrived)


def test_nothing_is_lost_and_nothing_told_twice_when_it_is_killed(tmp_path: Path) -> None:
    with wires(tmp_path, feeds=24, hosts=8, growth=0.0, trouble=0.1) as world:
        kill_often(world, kills=3, within=1.5)
        finish(world, within=60)

        check(world)


@pytest.mark.long
@pytest.mark.timeout(14_400)
def test_nothing_is_lost_when_it_is_killed_a_hundred_times(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kills = int(os.environ.get("KILLS", "100"))
    growth = min(0.4, 50 / kills)  # there are some thousand titles that tell of different things
    with wires(tmp_path, feeds=150, hosts=30, growth=growth, trouble=0.15) as world:
        began = time.monotonic()
        starts = kill_often(world, kills=kills, within=6)
        seconds = time.monotonic() - began
        finish(world, within=1800)

        figures = check(world)
    gaps = [after - before for some in world.asked.values() for before, after in pairwise(some)]
    with capsys.disabled():
        print(
            f"\nwatcher run, {kills} kills in {seconds:.0f} s: {figures}; the disk was full {world.full} times;"
            f" up after {statistics.median(starts):.1f} s"
            f" (median), requests {sum(map(len, world.asked.values()))}, shortest pause of a feed {min(gaps):.1f} s"
        )
