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
from datetime import datetime, timedelta
from threading import Event
from typing import NamedTuple

import structlog

from watcher.errors import StoreError
from watcher.ingest import Commit, Mind, Poisoned, ingest
from watcher.model import Cursor, Failed, FailureReason, Fetch, Fetched, Item, NotModified, Source, SourceId
from watcher.protocols import Clock, Due, Polled, PollLog, Reader
from watcher.schedule import LONGEST_REQUESTED_WAIT, USUAL, Hosts, Pace, host_of, learnt, next_poll, rate_of

AHEAD = 4
"""Due sources looked at for each free worker: of one host only one is read at a time, so some are passed over."""
LONGEST_PAUSE = timedelta(seconds=10)
"""A round waits so long for a host that was just asked; who asked for more is left to the next round."""
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
    ttl: timedelta | None = None


class _Errand(NamedTuple):
    """A source that a worker is reading, and the host that is asked."""

    source: Source
    host: str


class Poller:
    """
    Polls what is due.

    Args:
        readers: By the kind of source.
        sources: What is watched, by id.
        mind: What decides; the thread that calls `finish` owns it.
        pace: How much is asked at the same time, and of one host.
    """

    def __init__(
        self, poll_log: PollLog, readers: Mapping[str, Reader], sources: Mapping[SourceId, Source], *,
        mind: Mind, clock: Clock, pace: Pace = USUAL,
    ) -> None:  # fmt: skip
        self._log, self._readers, self._clock, self._workers = poll_log, readers, clock, pace.workers
        self.sources = sources
        self.mind = mind
        self._pool = ThreadPoolExecutor(pace.workers, thread_name_prefix="fetch")
        self._reading: dict[Future[Read], _Errand] = {}
        self._held: datetime | None = None
        self._deciding: Future[Read] | None = None
        self._hosts = Hosts(pace)
        for one, until in poll_log.resting(now=clock.now()):
            if source := sources.get(one):
                self._hosts.rest(host_of(source), until)

    def start(self, *, by: datetime | None = None) -> int:
        """
        Hand due sources to free workers, as far as their hosts may be asked; how many were begun. Raises StoreError.

        Args:
            by: Only those that were due then; None: now.
        """
        free = self._workers - len(self._reading)
        if free <= 0:
            return 0
        now = self._clock.now()
        begun = self._next(free, by or now, now)
        for errand, due in begun:
            self._reading[self._pool.submit(self._read, errand.source, due, now)] = errand
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
            new = sum(not self.mind.knows(item) for item in read.items)
            commit = ingest(read.items, self.mind, now=now) if read.items else Commit()
            polled = _polled(read, new=new, now=now)
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
        """
        Poll what is due now, waiting for hosts as long as each wants between two requests; how many polls.

        Raises StoreError as `finish` does.
        """
        count, began = 0, self._clock.now()
        while not stopping():
            self.start(by=began)
            now = self._clock.now()
            if not self._reading:
                if self._held is None or self._held - now > LONGEST_PAUSE:
                    break
                Event().wait(max(self._held - now, timedelta()) / timedelta(seconds=1))
                if self._clock.now() == now:  # a clock that stands still would hold us for ever
                    break
                continue
            wait(self._reading, return_when=FIRST_COMPLETED, timeout=1)
            count += self.finish(stopping=stopping)
        return count

    def close(self) -> None:
        """Begin nothing more; what is being fetched is let go and read again after the next start."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _next(self, free: int, by: datetime, now: datetime) -> list[tuple[_Errand, Due]]:
        """The longest due sources that can be read now, so many at most; one host's many hide no other's few."""
        taken = {errand.source.id for errand in self._reading.values()}
        limit = len(taken) + free * AHEAD
        begun: list[tuple[_Errand, Due]] = []
        while True:
            self._held = None
            found = self._log.due(now=by, limit=limit)
            for due in found:
                source = self.sources.get(due.source)
                if source is None or due.source in taken:
                    continue
                errand = _Errand(source, host_of(source, due.cursor))
                if self._hosts.begin(errand.host, now=now):
                    begun.append((errand, due))
                    taken.add(due.source)
                    if len(begun) == free:
                        return begun
                elif at := self._hosts.free_at(errand.host):
                    self._held = min(at, self._held or at)
            if len(found) < limit:
                return begun
            limit *= 8

    def _write(self, polls: Mapping[Future[Read], Polled], commit: Commit) -> None:
        try:
            self._log.commit(tuple(polls.values()), commit, now=self._clock.now())
        except StoreError:
            self._deciding = None
            raise
        now = self._clock.now()
        for future, polled in polls.items():
            host = self._reading.pop(future).host
            self._hosts.end(host, now=now, rest_until=polled.cursor.rest_until)
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
    if cursor.address != source.address:
        # What was learnt elsewhere is no validator here; what the last version stored has no address.
        fresh = replace(cursor, etag=None, last_modified=None, body_hash=None, moved_to=None)
        cursor = replace(fresh if cursor.address else cursor, address=source.address)
    outcome = reader.fetch(source, cursor)
    if not isinstance(outcome, Fetched):
        return Read(source, cursor, outcome)
    body_hash = hashlib.blake2b(outcome.body, digest_size=16).hexdigest()
    if body_hash == cursor.body_hash:
        # Its validators may be new all the same, and only these will spare us the body next time.
        known = replace(cursor, etag=outcome.etag, last_modified=outcome.last_modified)
        return Read(source, known, NotModified(outcome.max_age), ttl=cursor.ttl)
    parsed = reader.parse(source, outcome, now=now)
    if isinstance(parsed, Failed):
        return Read(source, cursor, replace(parsed, max_age=outcome.max_age))
    items = parsed.items
    if cursor.succeeded_at is None:
        cursor = replace(cursor, rate=rate_of(item.published for item in items))
        items = tuple(_on_first_contact(items, source, now))
    return Read(source, cursor, replace(outcome, body=b""), items, body_hash, parsed.ttl)


def _on_first_contact(items: tuple[Item, ...], source: Source, now: datetime) -> Iterator[Item]:
    """The backlog is remembered and not told; an item without a date may be of any age, so it belongs to it."""
    oldest = now - source.baseline_age
    for item in items:
        yield replace(item, baseline=item.published is None or item.time < oldest)


def _polled(read: Read, *, new: int, now: datetime) -> Polled:
    """The row of a poll: validators are kept only of a body that was read."""
    good = replace(read.before, failures=0, polled_at=now, succeeded_at=now, rest_until=None)
    match read.outcome:
        case Fetched() as fetched:
            taught = learnt(read.before, new=new, visible=len(read.items), now=now)
            cursor = replace(
                good,
                etag=fetched.etag,
                last_modified=fetched.last_modified,
                body_hash=read.body_hash,
                moved_to=fetched.moved_to or read.before.moved_to,
                ttl=read.ttl,
                rate=taught.rate,
                visible=taught.visible,
            )
            outcome, detail = "fetched", ""
        case NotModified():
            cursor = replace(good, rate=learnt(read.before, new=0, visible=None, now=now).rate)
            outcome, detail = "not_modified", ""
        case Failed(reason=reason, detail=detail, retry_after=asked):
            # From where it moved to we go back to the address on file, which may lead elsewhere by now.
            rest = now + min(asked, LONGEST_REQUESTED_WAIT) if asked else None
            failures = read.before.failures + 1
            cursor = replace(read.before, failures=failures, polled_at=now, rest_until=rest, moved_to=None)
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
