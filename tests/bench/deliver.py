"""
Delivering: messages a second by SMTP and HTTP through the outbox, and how long an item takes from poll to arrival.

    python -m tests.bench.deliver [--messages 500]

The baseline is a direct call: the same messages, already written, handed to the same channel one after the other.
Servers and watcher share the machine and, in this process, the interpreter: a server elsewhere leaves more to us.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from threading import Event

from tests.commits import decided
from tests.examples import TEAM
from tests.http_server import Answer, Request, http_server
from tests.smtp_server import smtp_server
from watcher.channels.email import EmailChannel, MailServer, Security
from watcher.channels.webhook import WebhookChannel
from watcher.deliver import Courier
from watcher.logs import configure
from watcher.model import Address, Message, Receipt, Source, SourceId, Team
from watcher.net import Client
from watcher.protocols import Channel
from watcher.service import SystemClock
from watcher.store import Store, open_store
from watcher.wiring.sending import renderer, writer

SECRET = "whsec_" + "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0"


@dataclass
class Arrivals:
    """When each message came, by its id."""

    at: dict[str, float] = field(default_factory=dict)

    def hook(self, request: Request) -> Answer:
        self.at.setdefault(request.headers["webhook-id"], time.perf_counter())
        return Answer(204)


def report(what: str, count: int, seconds: float, waits: list[float] | None = None) -> None:
    line = f"{what:34} {count / seconds:8,.0f} a second"
    if waits:
        cut = quantiles(waits, n=100)
        line += f"   commit to arrival: p50 {cut[49] * 1e3:,.0f} ms, p99 {cut[98] * 1e3:,.0f} ms"
    sys.stdout.write(line + "\n")


@contextmanager
def store_with(folder: Path, kind: str, recipient: str, messages: int) -> Iterator[Store]:
    """A database in which so many alerts are owed to one recipient."""
    with closing(open_store(f"sqlite:///{folder}/{kind}.db")) as store:
        now = datetime.now(UTC)
        lease = store.lease("bench", now=now)
        assert lease
        log = store.poll_log(lease)
        log.enrol([Source(SourceId("wire"), "feed", "https://wire.example/feed")], now=now)
        for number in range(messages):
            log.commit((), decided(str(number), at=now, recipients=(recipient,), kind=kind), now=now)
        yield store


def through_outbox(folder: Path, kind: str, recipient: str, channel: Channel, messages: int) -> list[Message]:
    """Send what is owed, and give the messages as they were sent."""
    desk = Address("desk", kind, (recipient,), secret="hook" if kind == "webhook" else None)
    team = Team(TEAM.id, "Gulf desk", "UTC", {"desk": desk}, "desk")
    with store_with(folder, kind, recipient, messages) as store:
        write = writer(store.views, lambda: {team.id: team}, renderer())
        sent: list[Message] = []

        class Kept:
            def send(self, message: Message, address: Address, recipient: str) -> Receipt:
                sent.append(message)
                return channel.send(message, address, recipient)

            def close(self) -> None:
                channel.close()

        began = time.perf_counter()
        count = Courier(store.outbox, {kind: Kept()}, write, SystemClock()).deliver()
        report(f"{kind}, through the outbox", count, time.perf_counter() - began)
    return sent


def directly(kind: str, recipient: str, channel: Channel, sent: list[Message]) -> None:
    """The same messages, already written, without a database."""
    desk = Address("desk", kind, (recipient,), secret="hook" if kind == "webhook" else None)
    began = time.perf_counter()
    for message in sent:
        channel.send(replace(message, id=type(message.id)(f"x{message.id}")), desk, recipient)
    report(f"{kind}, a direct call", len(sent), time.perf_counter() - began)


def one_by_one(folder: Path, recipient: str, channel: Channel, arrivals: Arrivals, messages: int) -> None:
    """An alert is committed every 50 ms, and a courier looks each second as in the service."""
    desk = Address("desk", "webhook", (recipient,), secret="hook")
    team = Team(TEAM.id, "Gulf desk", "UTC", {"desk": desk}, "desk")
    with store_with(folder / "late", "webhook", recipient, 0) as store:
        lease = store.lease("bench", now=datetime.now(UTC) + timedelta(seconds=1))
        assert lease
        log, pause = store.poll_log(lease), Event()
        write = writer(store.views, lambda: {team.id: team}, renderer())
        courier = Courier(store.outbox, {"webhook": channel}, write, SystemClock())
        committed: dict[str, float] = {}
        tick = began = time.perf_counter()
        for number in range(messages):
            now = datetime.now(UTC)
            commit = decided(f"late{number}", at=now, recipients=(recipient,), kind="webhook")
            log.commit((), commit, now=now)
            committed[commit.deliveries[0].id] = time.perf_counter()
            if time.perf_counter() - tick >= 1:
                courier.deliver()
                tick = time.perf_counter()
            pause.wait(0.05)
        courier.deliver()
        waits = [arrivals.at[key] - moment for key, moment in committed.items()]
    report("webhook, one each 50 ms", messages, time.perf_counter() - began, waits)


def main(messages: int) -> None:
    """Both kinds, and the baseline of each."""
    configure(level="error", form="json")
    arrivals = Arrivals()
    with TemporaryDirectory() as place, smtp_server() as sink, http_server() as site:
        folder = Path(place)
        (folder / "late").mkdir()
        site.answers["/hook"] = arrivals.hook
        hook = site.url("/hook")
        client = Client()
        posting = WebhookChannel(partial(client.post, private=True), lambda team, name: (SECRET,))
        mailing = EmailChannel(MailServer("127.0.0.1", sink.port, "watcher@example.org", Security.NONE))
        for kind, to, channel in (("email", "desk@example.org", mailing), ("webhook", hook, posting)):
            directly(kind, to, channel, through_outbox(folder, kind, to, channel, messages))
        one_by_one(folder, hook, posting, arrivals, min(messages, 200))
        mailing.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=500)
    main(parser.parse_args().messages)
