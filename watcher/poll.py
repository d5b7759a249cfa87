"""
Due sources → fetched in parallel → decided on one thread as they finish → written in one transaction each.

Workers fetch and parse and touch nothing that is shared; whoever calls `finish` decides. A round never waits for a slow
server: what has not come back is looked at in the next one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from watcher.ingest import Commit, Mind, Poisoned, ingest
from watcher.model import Cursor, Failed, FailureReason, Fetch, Fetched, Item, NotModified, Source, SourceId
from watcher.protocols import Clock, Due, Polled, PollLog, Reader
from watcher.schedule import host_of, next_poll, one_per_host

AHEAD = 4
"""Due sources asked for on each free worker: of one host only one is read at a time, so some are passed over."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Read:
    """What a worker brings back; `items` is empty unless there was a new body that could be read."""

    source: Source
    before: Cursor
    outcome: Fetch
    items: tuple[Item, ...] = ()
    body_hash: str | None = None


class Poller:
    """
    Polls what is due.

    Args:
        readers: By the kind of source.
        sources: What is watched, by id.
        mind: What decides; the thread that calls `finish` owns it.
        workers: Sources read at the same time.
    """

    def __init__(
        self, poll_log: PollLog, readers: Mapping[str, Reader], sources: Mapping[SourceId, Source], *,
        mind: Mind, clock: Clock, workers: int = 32,
    ) -> None:  # fmt: skip
        self._log, self._readers, self._clock, self._workers = poll_log, readers, clock, workers
        self.sources = sources
        self.mind = mind
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="fetch")
        self._reading: dict[Future[Read], Source] = {}

    def start(self) -> int:
        """Hand due sources to free workers, one for each host; how many were begun. Raises StoreError."""
        free = self._workers - len(self._reading)
        if free <= 0:
            return 0
        now = self._clock.now()
        due = {one.source: one for one in self._log.due(now=now, limit=len(self._reading) + free * AHEAD)}
        reading = {source.id for source in self._reading.values()}
        waiting = [self.sources[key] for key in due if key in self.sources and key not in reading]
        busy = {host_of(source) for source in self._reading.values()}
        begun = one_per_host(waiting, busy)[:free]
        for source in begun:
            self._reading[self._pool.submit(self._read, source, due[source.id], now)] = source
        return len(begun)

    def finish(self) -> int:
        """
        Decide and write what has come back since; how many polls.

        Raises:
            StoreError: Something could not be written. The mind is ahead of the store and must be recalled; the
                sources concerned stay due.
        """
        done = [future for future in self._reading if future.done()]
        quiet: list[Polled] = []
        for future in done:
            del self._reading[future]
            read = future.result()
            now = self._clock.now()
            polled = _polled(read, now=now)
            commit = ingest(read.items, self.mind, now=now) if read.items else Commit()
            if commit == Commit():
                quiet.append(polled)
            else:
                self._log.commit([polled], commit, now=now)
                report(commit)
            _report_poll(polled, commit)
        if quiet:
            self._log.commit(quiet, Commit(), now=self._clock.now())
        return len(done)

    def run(self, *, stopping: Callable[[], bool] = bool) -> int:
        """Poll until nothing is due any more; how many polls. Raises StoreError as `finish` does."""
        count = 0
        while not stopping():
            self.start()
            if not self._reading:
                break
            wait(self._reading, return_when=FIRST_COMPLETED, timeout=1)
            count += self.finish()
        return count

    def close(self) -> None:
        """Begin nothing more; what is being fetched is let go and read again after the next start."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _read(self, source: Source, due: Due, now: datetime) -> Read:
        """One source, on a worker."""
        try:
            return _read(self._readers[source.kind], source, due.cursor, now=now)
        except Exception:  # named boundary: a reader's bug costs one poll of one source
            log.exception("source.crashed", source=source.id)
            detail = "a fault of watcher itself; see its log"
            return Read(source, due.cursor, Failed(FailureReason.READER_BUG, detail))


def _read(reader: Reader, source: Source, cursor: Cursor, *, now: datetime) -> Read:
    outcome = reader.fetch(source, cursor)
    if not isinstance(outcome, Fetched):
        return Read(source, cursor, outcome)
    body_hash = hashlib.blake2b(outcome.body, digest_size=16).hexdigest()
    if body_hash == cursor.body_hash:
        return Read(source, cursor, NotModified(outcome.max_age))
    items = reader.parse(source, outcome, now=now)
    if isinstance(items, Failed):
        return Read(source, cursor, items)
    if cursor.succeeded_at is None:
        items = tuple(_on_first_contact(items, source, now))
    return Read(source, cursor, outcome, items, body_hash)


def _on_first_contact(items: tuple[Item, ...], source: Source, now: datetime) -> Iterator[Item]:
    """The backlog is remembered and not told; an item without a date may be of any age, so it belongs to it."""
    oldest = now - source.baseline_age
    for item in items:
        yield replace(item, baseline=item.published is None or item.time < oldest)


def _polled(read: Read, *, now: datetime) -> Polled:
    """The row of a poll: validators are kept only of a body that was read."""
    good = replace(read.before, failures=0, polled_at=now, succeeded_at=now)
    match read.outcome:
        case Fetched() as fetched:
            cursor = replace(
                good,
                etag=fetched.etag,
                last_modified=fetched.last_modified,
                body_hash=read.body_hash,
                moved_to=fetched.moved_to,
            )
            outcome, detail = "fetched", ""
        case NotModified():
            cursor, outcome, detail = good, "not_modified", ""
        case Failed(reason=reason, detail=detail):
            cursor = replace(read.before, failures=read.before.failures + 1, polled_at=now)
            outcome = reason.value
    at = next_poll(read.source, cursor, read.outcome, now=now)
    return Polled(read.source.id, cursor, at, outcome, detail, len(read.items))


def _report_poll(polled: Polled, commit: Commit) -> None:
    bound = log.bind(source=polled.source, outcome=polled.outcome, items=polled.items, new=len(commit.items))
    if polled.cursor.failures:
        failures, again = polled.cursor.failures, polled.next_poll.isoformat()
        bound.warning("source.polled", detail=polled.detail, failures=failures, again=again)
    else:
        bound.info("source.polled", alerts=len(commit.alerts))


def report(commit: Commit) -> None:
    """Log what was decided: alerts and holds by id, never text."""
    for alert in commit.alerts:
        log.info("alert.raised", alert=alert.id, team=alert.team, rules=alert.rules, kind=alert.kind, item=alert.item)
    for hold in commit.holds:
        log.debug("alert.held", team=hold.team, rules=hold.rules, item=hold.item, reason=hold.reason)
    for poisoned in commit.poisoned:
        _quarantined(poisoned)


def _quarantined(poisoned: Poisoned) -> None:
    log.error("item.quarantined", item=poisoned.item.id, source=poisoned.item.source, exc_info=poisoned.error)
