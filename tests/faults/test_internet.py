"""
A small internet on loopback under simulated time: hosts that publish much or nothing, that are dead, limit us or answer
with a captcha. Its own log says whether we were polite, and what it published whether anything was lost unsaid.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from ipaddress import ip_network
from itertools import pairwise
from pathlib import Path

import pytest

from tests.fakes import SetClock
from tests.http_server import Answer, Request, Site, http_server, ok
from tests.rulebook import NOON, TALKS, ruleset, scanner
from watcher.ingest import Mind
from watcher.model import Source, SourceId
from watcher.net import Client
from watcher.poll import Poller
from watcher.sources.catalogue import LEARNT
from watcher.sources.feed import FeedReader
from watcher.store import Store, open_store

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
CAPTCHA = b"<html><head><title>Just a moment...</title></head><body></body></html>"
STEP = timedelta(seconds=40)


@dataclass
class Feed:
    """
    One feed of the internet.

    Args:
        published: Minutes after noon at which it publishes an item.
        shown: Items it shows at a time.
        kind: `good`, `dead`, `limited` (each third answer), `captcha`, or `outage` for forty minutes.
    """

    name: str
    host: str
    published: list[float]
    shown: int
    kind: str = "good"
    max_age: int = 0
    served: list[tuple[datetime, frozenset[str]]] = field(default_factory=list)

    def visible(self, minute: float) -> list[float]:
        return sorted((at for at in self.published if at <= minute), reverse=True)[: self.shown]


@dataclass
class Internet:
    feeds: dict[str, Feed]
    clock: SetClock
    asked: list[tuple[datetime, str, str]] = field(default_factory=list)
    not_before: dict[str, datetime] = field(default_factory=dict)
    too_early: list[str] = field(default_factory=list)

    def answer(self, request: Request) -> Answer:
        now, feed = self.clock.now(), self.feeds[request.path.strip("/")]
        self.asked.append((now, feed.host, feed.name))
        for key in (feed.host, feed.name):
            if now < self.not_before.get(key, now):
                self.too_early.append(f"{key} at {now}")
        minute = (now - NOON) / MINUTE
        if feed.kind == "dead" or (feed.kind == "outage" and 60 < minute < 100):
            return Answer(raw=b"")
        if feed.kind == "captcha":
            return ok(CAPTCHA, kind="text/html")
        if feed.kind == "limited" and sum(name == feed.name for _, _, name in self.asked[-200:]) % 3 == 0:
            self.not_before[feed.host] = now + 20 * MINUTE
            return Answer(429, {"retry-after": "1200"})
        visible = feed.visible(minute)
        tag = f'"{len(feed.published)}-{visible[0] if visible else 0}"'
        headers = {"etag": tag}
        if feed.max_age:
            headers["cache-control"] = f"max-age={feed.max_age}"
            self.not_before[feed.name] = now + timedelta(seconds=feed.max_age)
        feed.served.append((now, frozenset(f"{feed.name}-{at}" for at in visible)))
        if request.headers.get("if-none-match") == tag:
            return Answer(304, headers)
        entries = "".join(
            f"<item><title>News of {feed.name} {at}</title><guid>{feed.name}-{at}</guid>"
            f"<pubDate>{format_datetime(NOON + at * MINUTE)}</pubDate></item>"
            for at in visible
        )
        return Answer(200, headers, f"<rss><channel>{entries}</channel></rss>".encode())


def internet(clock: SetClock, *, feeds: int, hours: int) -> Internet:
    """Feeds by a fixed seed: 0 to 60 items an hour, of which some show only ten, on half as many hosts."""
    dice = random.Random(5)
    found: dict[str, Feed] = {}
    for number in range(feeds):
        kind = {1: "dead", 2: "limited", 5: "captcha", 6: "outage"}.get(number % 50, "good")
        rate = {"outage": 60, "limited": 15}.get(kind) or dice.choice([0, 0.2, 1, 4, 15, 60])
        times = [dice.uniform(-600, hours * 60) for _ in range(int(rate * (hours + 10)))]
        name = f"feed{number}"
        found[name] = Feed(
            name,
            f"host{number // 2}.example",
            sorted(round(at, 1) for at in times),
            shown=10 if number % 3 == 0 else 40,
            kind=kind,
            max_age=1200 if number % 7 == 0 else 0,
        )
    return Internet(found, clock)


@dataclass
class World:
    net: Internet
    site: Site
    store: Store
    poller: Poller

    def run(self, hours: float) -> None:
        end = self.net.clock.now() + hours * HOUR
        while self.net.clock.now() < end:
            self.poller.run()
            self.net.clock.pass_(STEP)

    def items(self) -> dict[str, set[str]]:
        with self.store._database.read() as connection:
            found = defaultdict(set)
            for source, title in connection.exec_driver_sql("SELECT source, title FROM items"):
                found[str(source)].add(f"{source}-{title.rpartition(' ')[2]}")
            return found


def world(folder: Path, *, feeds: int, hours: int) -> Iterator[World]:
    clock = SetClock(NOON)
    net, rules = internet(clock, feeds=feeds, hours=hours), ruleset(TALKS)
    with closing(open_store(f"sqlite:///{folder}/watcher.db")) as store, http_server() as site:
        lease = store.lease("test", now=NOON)
        assert lease
        sources = {}
        for feed in net.feeds.values():
            site.answers[f"/{feed.name}"] = net.answer
            plain = Source(SourceId(feed.name), "feed", site.url(f"/{feed.name}", host=feed.host))
            sources[plain.id] = replace(plain, between=LEARNT)
        log = store.poll_log(lease)
        log.enrol(sources.values(), now=NOON)
        client = Client(resolve=site.resolve, permitted=[ip_network("127.0.0.0/8")])
        mind = Mind(rules.vocabulary, scanner(rules), rules)
        poller = Poller(log, {"feed": FeedReader(client)}, sources, mind=mind, clock=clock)
        yield World(net, site, store, poller)
        poller.close()


@pytest.fixture
def small(tmp_path: Path) -> Iterator[World]:
    yield from world(tmp_path, feeds=12, hours=4)


@pytest.fixture
def whole(tmp_path: Path) -> Iterator[World]:
    yield from world(tmp_path, feeds=200, hours=24)


def test_a_small_internet_is_read_politely_and_nothing_is_lost_unsaid(small: World) -> None:
    small.run(4)

    check(small)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_a_day_of_the_internet_is_read_politely_and_nothing_is_lost_unsaid(whole: World) -> None:
    whole.run(24)

    check(whole)


def check(made: World) -> None:
    """What the servers' log and the store must say."""
    net = made.net
    assert net.too_early == [], "no request came earlier than a server allowed"
    assert max(made.site.most_at_once.values()) == 1, "no host was asked in parallel"
    by_host: dict[str, list[datetime]] = defaultdict(list)
    for moment, host, _ in net.asked:
        by_host[host].append(moment)
    apart = min(after - before for times in by_host.values() for before, after in pairwise(times))
    assert apart >= timedelta(seconds=1)

    stored, gaps = made.items(), made.store.gaps(since=NOON)
    outcomes = {found.id: found.outcome for found in made.store.watched()}
    lost_in_all = 0
    for feed in net.feeds.values():
        if feed.kind in ("dead", "captcha"):
            assert outcomes[SourceId(feed.name)] in ("connection", "wall")
            continue
        seen = frozenset().union(*(items for _, items in feed.served))
        assert stored[feed.name] == seen, f"{feed.name}: what was visible at some poll is stored"
        for (before, _), (after, visible) in pairwise(feed.served):
            since, until = (before - NOON) / MINUTE, (after - NOON) / MINUTE
            lost = [at for at in feed.published if since < at <= until and f"{feed.name}-{at}" not in visible]
            lost_in_all += len(lost)
            said = any(gap.source == feed.name and gap.opened == after for gap in gaps)
            assert said or not lost, f"{feed.name}: {len(lost)} items passed unsaid before {after}"
    assert lost_in_all > 0, "nothing was lost, so the gaps were not tried"
