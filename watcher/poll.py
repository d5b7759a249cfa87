"""
Due sources → fetched in parallel → decided on one thread as they finish → written in one transaction each.

Workers fetch and parse and touch nothing that is shared; whoever calls `finish` decides. A round never waits for a slow
server: what has not come back is looked at in the next one. What came back and could not be written is kept and decided
again, so a full disk makes us ask no server twice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from watcher.errors import StoreError
from watcher.ingest import Commit, Mind, Poisoned, ingest
from watcher.model import Cursor, Failed, FailureReason, Fetch, Fetched, Item, NotModified, Source, SourceId
from watcher.protocols import Clock, Due, Polled, PollLog, Reader
from watcher.schedule import host_of, next_poll, one_per_host

AHEAD = 4
"""Due sources looked at for each free worker: of one host only one is read at a time, so some are passed over."""
_OURS = "a fault of watcher itself; see its log"

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
        self._deciding: Future[Read] | None = None

    def start(self, *, by: datetime | None = None) -> int:
        """
        Hand due sources to free workers, one for each host; how many were begun. Raises StoreError.

        Args:
            by: Only those that were due then; None: now.
        """
        free = self._workers - len(self._reading)
        if free <= 0:
            return 0
        now = self._clock.now()
        begun = self._next(free, by or now)
        for source, due in begun:
            self._reading[self._pool.submit(self._read, source, due, now)] = source
        return len(begun)

    def has_news(self) -> bool:
        """Whether something has come back."""
        return any(future.done() for future in self._reading)

    def finish(self, *, stopping: Callable[[], bool] = bool) -> int:
        """
        Decide and write what has come back since; how many polls.

        Args:
            stopping: Asked between two.

        Raises:
            StoreError: Something could not be written. The mind is ahead of the store and must be recalled; what was
                not written is kept for the next call.
        """
        crashed, self._deciding = self._deciding, None
        quiet: dict[Future[Read], Polled] = {}
        count = 0
        for future in [one for one in self._reading if one.done()]:
            if stopping():
                break
            read, now = future.result(), self._clock.now()
            if future is crashed:
                # What it brought made us crash outside of any item: that costs this poll, not every round from now on.
                read = replace(read, outcome=Failed(FailureReason.READER_BUG, _OURS), items=())
            self._deciding = future
            commit = ingest(read.items, self.mind, now=now) if read.items else Commit()
            polled = _polled(read, now=now)
            if commit == Commit():
                quiet[future] = polled
            else:
                self._write({future: polled}, commit)
            self._deciding = None
            count += 1
        if quiet:
            self._write(quiet, Commit())
        return count

    def run(self, *, stopping: Callable[[], bool] = bool) -> int:
        """Poll what is due now; how many polls. Raises StoreError as `finish` does."""
        count, began = 0, self._clock.now()
        while not stopping():
            self.start(by=began)
            if not self._reading:
                break
            wait(self._reading, return_when=FIRST_COMPLETED, timeout=1)
            count += self.finish(stopping=stopping)
        return count

    def close(self) -> None:
        """Begin nothing more; what is being fetched is let go and read again after the next start."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _next(self, free: int, by: datetime) -> tuple[tuple[Source, Due], ...]:
        """The longest due sources that can be read now, so many at most; one host's many hide no other's few."""
        reading = {source.id for source in self._reading.values()}
        busy = {host_of(source) for source in self._reading.values()}
        limit = len(reading) + free * AHEAD
        while True:
            found = self._log.due(now=by, limit=limit)
            due = {one.source: one for one in found if one.source in self.sources and one.source not in reading}
            begun = one_per_host((self.sources[key] for key in due), busy)[:free]
            if len(begun) == free or len(found) < limit:
                return tuple((source, due[source.id]) for source in begun)
            limit *= 8

    def _write(self, polls: Mapping[Future[Read], Polled], commit: Commit) -> None:
        try:
            self._log.commit(tuple(polls.values()), commit, now=self._clock.now())
        except StoreError:
            self._deciding = None
            raise
        for future, polled in polls.items():
            del self._reading[future]
            _report_poll(polled, commit)
        report(commit)

    def _read(self, source: Source, due: Due, now: datetime) -> Read:
        """One source, on a worker."""
        try:
            return _read(self._readers[source.kind], source, due.cursor, now=now)
        except Exception:  # named boundary: a reader's bug costs one poll of one source
            log.exception("source.crashed", source=source.id)
            return Read(source, due.cursor, Failed(FailureReason.READER_BUG, _OURS))


def _read(reader: Reader, source: Source, cursor: Cursor, *, now: datetime) -> Read:
    outcome = reader.fetch(source, cursor)
    if not isinstance(outcome, Fetched):
        return Read(source, cursor, outcome)
    body_hash = hashlib.blake2b(outcome.body, digest_size=16).hexdigest()
    if body_hash == cursor.body_hash:
        # Its validators may be new all the same, and only these will spare us the body next time.
        known = replace(cursor, etag=outcome.etag, last_modified=outcome.last_modified)
        return Read(source, known, NotModified(outcome.max_age))
    items = reader.parse(source, outcome, now=now)
    if isinstance(items, Failed):
        return Read(source, cursor, items)
    if cursor.succeeded_at is None:
        items = tuple(_on_first_contact(items, source, now))
    return Read(source, cursor, replace(outcome, body=b""), items, body_hash)


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
