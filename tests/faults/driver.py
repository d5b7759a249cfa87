"""
A process to be killed: commits one decision after the other and delivers what they owe, each on a thread of its own.

    python -m tests.faults.driver DATABASE RECEIVER go|drain

`go` decides and delivers until it is killed; `drain` delivers what is left and ends. Time passes `SPEED` times as fast,
so that postponed deliveries are tried again while the test watches.
"""

from __future__ import annotations

import http.client
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Event, Semaphore, Thread
from urllib.parse import urlsplit

from tests.commits import decided
from tests.examples import HOOK, message
from tests.fakes import FastClock
from watcher.channels.webhook import WebhookChannel
from watcher.deliver import Courier, Letter
from watcher.errors import DeliveryError
from watcher.logs import configure
from watcher.model import Cursor, Source, SourceId
from watcher.protocols import Parcel, Polled, PollLog
from watcher.store import Store, open_store

SPEED = 300
BACKLOG = 20  # decisions that may be ahead of delivery
WIRE = Source(SourceId("wire"), "feed", "https://wire.example/feed")


@dataclass(frozen=True)
class Answer:
    status: int
    retry_after: timedelta | None = None
    body: bytes = b""


def post(url: str, *, headers: Mapping[str, str], body: bytes) -> Answer:
    """One POST to loopback."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=5)
    try:
        connection.request("POST", parts.path, body, dict(headers))
        return Answer(connection.getresponse().status)
    except (OSError, http.client.HTTPException) as error:
        raise DeliveryError(f"no answer: {type(error).__name__}", retryable=True) from error
    finally:
        connection.close()


def decide(log: PollLog, receiver: str, clock: FastClock, room: Semaphore) -> None:
    """One new item after the other; the cursor says which is next, so a lost commit is decided again."""
    log.enrol([WIRE], now=clock.now())
    recipients = (f"{receiver}/one", f"{receiver}/two")
    while room.acquire():
        now = clock.now()
        (due,) = log.due(now=now, limit=1)
        number = int(due.cursor.etag or 0)
        commit = decided(str(number), at=now, recipients=recipients, kind="webhook")
        log.commit((Polled(WIRE.id, Cursor(etag=str(number + 1)), now, "fetched", items=1),), commit, now=now)


def write(parcel: Parcel, now: datetime) -> Letter:
    """The least that a receiver needs to tell deliveries apart."""
    owed = parcel[0]
    payload = {"id": owed.id, "alert": owed.alert}
    return Letter(replace(message(key=owed.id), sent_at=now, payload=payload), HOOK)


def main(database: str, receiver: str, mode: str) -> None:
    """Until killed, or with `drain` until nothing is owed."""
    configure(level="error", form="json")
    clock, store, room = FastClock(SPEED), open_store(database), Semaphore(BACKLOG)
    lease = store.lease("driver", now=clock.now())
    if lease is None:
        sys.exit("another process has the lease")
    if mode == "go":
        Thread(target=decide, args=(store.poll_log(lease), receiver, clock, room), daemon=True).start()
    print("ready", flush=True)
    carry(store, clock, room, drain=mode == "drain")


def carry(store: Store, clock: FastClock, room: Semaphore, *, drain: bool) -> None:
    """Deliver what is due, again and again."""
    channel = WebhookChannel(post, lambda team, name: ())
    courier = Courier(store.outbox, {"webhook": channel}, write, clock)
    pause = Event()
    while not (drain and not store.views.deliveries(("due", "claimed", "postponed"), limit=1)):
        for _ in range(courier.deliver() // 2):
            room.release()
        pause.wait(0.005)


if __name__ == "__main__":
    main(*sys.argv[1:])
