"""
What a poll costs: CPU of this process for 304, an unchanged body and one new item each, beside a plain loop.

    python -m tests.bench.poll [--sources 300] [--memory 100000]

The server is a process of its own, so that its work is not counted. The plain loop is what one writes first: the
standard library's HTTP client and feedparser, one source after the other, ids in a set; it matches no rules and stores
nothing. `--memory N` also measures what N sources cost at rest. Read ratios, not times.
"""

from __future__ import annotations

import argparse
import http.client
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from ipaddress import ip_network
from multiprocessing.connection import Connection

import feedparser
import structlog

from tests.fakes import SetClock
from tests.http_server import Answer, Request, Script, http_server
from tests.rulebook import NOON, TALKS, ruleset, scanner
from watcher.ingest import Mind
from watcher.model import Source, SourceId
from watcher.net import Client
from watcher.poll import Poller
from watcher.schedule import Pace
from watcher.sources.feed import FeedReader
from watcher.store import open_store

SHOWN = 20
ROUNDS = ("first", "304", "unchanged 200", "one new item")


def serve(pipe: Connection) -> None:
    """Feeds of twenty items; the stage of the test comes through the pipe."""
    stage = ["first"]

    def answer(request: Request) -> Answer:
        new = 1 if stage[0] == "one new item" else 0
        tag = f'"{new}"'
        if stage[0] == "304" and request.headers.get("if-none-match") == tag:
            return Answer(304, {"etag": tag})
        name = request.path.rpartition("/")[2]
        entries = "".join(
            f"<item><title>Envoys of two states meet, round {number} of {name}</title><guid>{name}-{number}</guid>"
            f"<link>https://wire.example/{name}/{number}</link>"
            f"<pubDate>Tue, 10 Feb 2026 08:{59 - number:02}:00 GMT</pubDate>"
            f"<description>They spoke of what they had spoken of before, and agreed to meet again.</description></item>"
            for number in range(-new, SHOWN - new)
        )
        return Answer(200, {"etag": tag}, f"<rss><channel>{entries}</channel></rss>".encode())

    with http_server() as site:
        site.answers = _Everything(answer)
        pipe.send(site.port)
        while (told := pipe.recv()) != "end":
            stage[0] = told
            pipe.send("ready")


class _Everything(dict[str, Script]):
    """Every path has the same answer."""

    def __init__(self, answer: Callable[[Request], Answer]) -> None:
        super().__init__()
        self._answer = answer

    def get(self, key: str, default: object = None) -> Callable[[Request], Answer]:
        return self._answer


def listed(count: int, port: int) -> dict[SourceId, Source]:
    """So many sources, each on a host of its own."""
    names = [SourceId(f"s{number}") for number in range(count)]
    return {name: Source(name, "feed", f"http://{name}.example:{port}/{name}") for name in names}


def timed(work: Callable[[], object]) -> float:
    """CPU seconds of this process."""
    before = time.process_time()
    work()
    return time.process_time() - before


def watcher_rounds(port: int, count: int, stage: Callable[[str], None]) -> dict[str, float]:
    """CPU of each round of the whole watcher: fetch, parse, decide by a rule, store."""
    rules, clock, found = ruleset(TALKS), SetClock(NOON), {}
    with tempfile.TemporaryDirectory() as folder, closing(open_store(f"sqlite:///{folder}/w.db")) as store:
        lease = store.lease("bench", now=NOON)
        assert lease
        sources = {
            SourceId(f"s{n}"): Source(SourceId(f"s{n}"), "feed", f"http://h{n}.example:{port}/s{n}")
            for n in range(count)
        }
        log = store.poll_log(lease)
        log.enrol(sources.values(), now=NOON)
        client = Client(resolve=lambda host, port: ("127.0.0.1",), permitted=[ip_network("127.0.0.0/8")])
        mind = Mind(rules.vocabulary, scanner(rules), rules)
        poller = Poller(log, {"feed": FeedReader(client)}, sources, mind=mind, clock=clock, pace=Pace(workers=20))
        for name in ROUNDS:
            stage(name)
            clock.pass_(timedelta(hours=1))
            found[name] = timed(poller.run)
        poller.close()
    return found


def plain_rounds(port: int, count: int, stage: Callable[[str], None]) -> dict[str, float]:
    """CPU of each round of the plain loop."""
    tags: dict[str, str] = {}
    seen: set[str] = set()

    def poll() -> None:
        for number in range(count):
            connection = http.client.HTTPConnection("127.0.0.1", port)
            headers = {"If-None-Match": tags[f"s{number}"]} if f"s{number}" in tags else {}
            connection.request("GET", f"/s{number}", headers=headers)
            answer = connection.getresponse()
            body = answer.read()
            connection.close()
            if answer.status == 200:
                tags[f"s{number}"] = answer.headers["etag"]
                seen.update(entry.id for entry in feedparser.parse(body).entries)

    found = {}
    for name in ROUNDS:
        stage(name)
        found[name] = timed(poll)
    return found


def at_rest(count: int) -> tuple[float, float, float]:
    """Megabytes of this process, milliseconds to enrol so many, and to find what is due among them."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with tempfile.TemporaryDirectory() as folder, closing(open_store(f"sqlite:///{folder}/w.db")) as store:
        lease = store.lease("bench", now=NOON)
        assert lease
        log = store.poll_log(lease)
        sources = {
            SourceId(f"s{n}"): Source(SourceId(f"s{n}"), "feed", f"http://h{n}.example/s{n}") for n in range(count)
        }
        enrolling = timed(lambda: log.enrol(sources.values(), now=NOON))
        finding = timed(lambda: log.due(now=NOON, limit=128))
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return (after - before) / 1024, enrolling * 1e3, finding * 1e3


def main() -> None:
    """Print one line for each round."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sources", type=int, default=300)
    parser.add_argument("--memory", type=int, default=0)
    wanted = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    here, there = multiprocessing.Pipe()
    server = multiprocessing.Process(target=serve, args=(there,), daemon=True)
    server.start()
    port = here.recv()

    def stage(name: str) -> None:
        here.send(name)
        here.recv()

    ours, plain = watcher_rounds(port, wanted.sources, stage), plain_rounds(port, wanted.sources, stage)
    for name in ROUNDS:
        mine, theirs = (rounds[name] / wanted.sources * 1e3 for rounds in (ours, plain))
        sys.stdout.write(
            f"{name:15} {mine:6.2f} ms CPU a poll, {mine / theirs:5.2f} of the plain loop ({theirs:.2f} ms)\n"
        )
    here.send("end")
    server.join(5)
    for count in (1_000, 10_000, wanted.memory) if wanted.memory else ():
        size, enrolling, finding = at_rest(count)
        sys.stdout.write(
            f"{count:7,} sources {size:6.0f} MB more, {enrolling:6.0f} ms to enrol, {finding:.1f} ms to find due\n"
        )


if __name__ == "__main__":
    main()
