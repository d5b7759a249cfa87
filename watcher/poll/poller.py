"""
Due sources → fetched in parallel → decided on one thread as they finish → written in one transaction each.

Workers fetch and parse and touch nothing that is shared; whoever calls `finish` decides. A round never waits for a slow
server: what has not come back is looked at in the next one. What came back and could not be written is kept and decided
again, so a full disk makes us ask no server twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Event
from typing import NamedTuple

import structlog

from watcher.errors import StoreError
from watcher.ingest import Commit, Mind, Poisoned, ingest
from watcher.model import Failed, FailureReason, Source, SourceId
from watcher.poll.care import Care
from watcher.poll.reading import Read, read
from watcher.poll.settling import settle
from watcher.protocols import Clock, Due, Polled, PollLog, Reader
from watcher.schedule import USUAL, Hosts, Pace, host_of

AHEAD = 4
"""Due sources looked at for each free worker: of one host only one is read at a time, so some are passed over."""
LONGEST_PAUSE = timedelta(seconds=10)
"""A round waits so long for a host that was just asked; who asked for more is left to the next round."""
_OURS = "a fault of watcher itself; see its log"

log = structlog.get_logger()


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
        self.care = Care()
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
            self._deciding = future
            polled, commit = self._decide(future, is_crashed=future is crashed)
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

    def rewind(self) -> None:
        """The clock was set back: no host waits for a time that the wrong one set."""
        self._hosts.forget()

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

    def _decide(self, future: Future[Read], *, is_crashed: bool) -> tuple[Polled, Commit]:
        found, now = future.result(), self._clock.now()
        if is_crashed:
            # What it brought made us crash outside of any item: that costs this poll, not every round from now on.
            found = replace(found, outcome=Failed(FailureReason.READER_BUG, _OURS), items=())
        new = sum(not self.mind.knows(item) for item in found.items)
        commit = ingest(found.items, self.mind, now=now) if found.items else Commit()
        left = settle(found, new=new, now=now)
        cursor = left.cursor
        if not found.is_page:
            host = self._reading[future].host
            looked = self.care.look(found, cursor, host=host, teams=self.mind.ruleset.teams, now=now)
            cursor = looked.cursor
            commit = Commit.of((commit, looked.commit)) if looked.commit.notices else commit
        source = found.source.id
        return Polled(source, cursor, left.next_poll, left.outcome, left.detail, len(found.items), left.gap), commit

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
            return read(self._readers[source.kind], source, due.cursor, now=now)
        except Exception:  # named boundary: a reader's bug costs one poll of one source
            log.exception("source.crashed", source=source.id)
            return Read(source, due.cursor, Failed(FailureReason.READER_BUG, _OURS))


def _report_poll(polled: Polled, commit: Commit) -> None:
    bound = log.bind(source=polled.source, outcome=polled.outcome, items=polled.items, new=len(commit.items))
    if polled.cursor.failures:
        failures, again = polled.cursor.failures, polled.next_poll.isoformat()
        bound.warning("source.polled", detail=polled.detail, failures=failures, again=again)
    else:
        bound.info("source.polled", alerts=len(commit.alerts))
    if gap := polled.gap:
        said = log.bind(source=gap.source, cause=gap.cause, state=gap.state, about=gap.about, found=gap.found)
        if gap.pages:
            said.info("gap.read", pages=gap.pages)
        else:
            said.warning("gap.opened", since=gap.since.isoformat(), until=gap.until.isoformat())


def report(commit: Commit) -> None:
    """Log what was decided: alerts, holds and notices by id, never text."""
    for notice in commit.notices:
        log.warning("notice.raised", notice=notice.id, team=notice.team)
    for alert in commit.alerts:
        log.info("alert.raised", alert=alert.id, team=alert.team, rules=alert.rules, kind=alert.kind, item=alert.item)
    for hold in commit.holds:
        log.debug("alert.held", team=hold.team, rules=hold.rules, item=hold.item, reason=hold.reason)
    for poisoned in commit.poisoned:
        _quarantined(poisoned)


def _quarantined(poisoned: Poisoned) -> None:
    log.error("item.quarantined", item=poisoned.item.id, source=poisoned.item.source, exc_info=poisoned.error)
