"""
The running watcher: its bells, its signals, and a clean stop.

APScheduler only rings; what is due is in the database. Decisions (polls, the clock, reloads) happen on one thread.
Each kind of channel has its own, and webhooks, whose receivers are many, have several: a stalled server keeps no other
waiting.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import FrameType

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from watcher.deliver import Courier
from watcher.errors import ConfigError, StoreError
from watcher.settings import Settings
from watcher.supervisor import Supervisor
from watcher.wiring.aliveness import Aliveness
from watcher.wiring.desk import Desk
from watcher.wiring.health import Pulse, listening

TICK = timedelta(seconds=1)
POLL_TICK = timedelta(milliseconds=250)
"""Shorter: what a server has answered is decided at most so much later."""
ALIVE_EVERY = timedelta(minutes=1)
PUBLISH_EVERY = timedelta(minutes=1)
EDITS_TICK = timedelta(seconds=2)
"""Two looks at edited rules and sources must agree before they are read."""
PRUNE_EVERY = timedelta(hours=12)
PRUNE_FIRST = timedelta(minutes=10)
"""After the start: a machine that is off at night forgets too."""
SETBACK = timedelta(seconds=2)
"""A clock is set back by NTP after a wrong start, or by a person; less than this no bell can miss."""
GRACE = timedelta(seconds=5)
"""So long a stop waits for what is under way: containers get ten seconds before they are killed."""
AT_ONCE = {"webhook": 8, "chat": 4}
"""Messages under way by kind of channel, one for the others; no recipient gets two at a time (`Outbox.claim`)."""

log = structlog.get_logger()


class SystemClock:
    """The machine's time; the only place that reads it for the loops."""

    def now(self) -> datetime:
        """Aware UTC."""
        return datetime.now(UTC)


def holder() -> str:
    """Who we are, for the message another instance gets."""
    return f"process {os.getpid()} on {socket.gethostname()}"


def wall_ahead() -> float:
    """By how many seconds the clock on the wall is ahead of the time that has passed; constant unless it is set."""
    return time.time() - time.monotonic()


class Service:
    """
    Runs until told to stop; made by `serve` from settings.

    Args:
        ahead: By how many seconds the clock is ahead of passing time; a fall says that it was set back.
    """

    def __init__(self, desk: Desk, ahead: Callable[[], float] = wall_ahead) -> None:
        self._desk = desk
        self._ahead = ahead
        self._stopping = threading.Event()
        self._reload = threading.Event()
        self._fatal: BaseException | None = None
        self._pulse = Pulse()
        self._supervisor = Supervisor()
        self._scheduler = BackgroundScheduler(timezone=UTC, executors=self._executors())

    def run(self) -> None:
        """
        Work until SIGTERM or SIGINT. Edited rules and sources are read again by themselves; SIGHUP does it at once.

        What is under way when it is told to stop gets `GRACE`; what then still waits for a server is left behind, as
        after a kill.

        Raises:
            StoreError: The database can no longer be used: another instance decides, or it is damaged.
        """
        signal.signal(signal.SIGTERM, self._on_stop)
        signal.signal(signal.SIGINT, self._on_stop)
        signal.signal(signal.SIGHUP, self._on_reload)
        # It warns of every tick that is passed over because the one before has not ended: by design, here.
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        listener = listening(self._desk, self._pulse)
        self._ring("decider", self._decide, executor="decider", every=POLL_TICK)
        self._ring("edits", self._look_for_edits, executor="decider", every=EDITS_TICK)
        self._ring("clock", self._desk.wake, executor="decider")
        for kind, courier in self._desk.couriers.items():
            self._ring(kind, self._deliver(kind, courier), executor=kind, at_once=AT_ONCE.get(kind, 1))
        aliveness = Aliveness(self._desk.settings, self._pulse, SystemClock())
        if self._desk.settings.alive_url:
            self._ring("alive", aliveness.press, every=ALIVE_EVERY)
        if self._desk.settings.drill:
            self._ring("drill", aliveness.practise, every=ALIVE_EVERY)
        if self._desk.settings.feeds:
            self._ring("publish", self._publish, every=PUBLISH_EVERY)
        self._ring("prune", self._prune, every=PRUNE_EVERY, first=PRUNE_FIRST)
        if self._supervisor.every:
            self._scheduler.add_job(self._reassure, "interval", seconds=self._supervisor.every.total_seconds())
        self._scheduler.start()
        self._supervisor.ready()
        log.info("service.started", teams=sorted(self._desk.ruleset.teams), sources=len(self._desk.sources))
        self._watch_clock()
        self._supervisor.stopping()
        self._end()
        if listener:
            listener.close()
        if self._fatal is not None:
            raise self._fatal

    def _watch_clock(self) -> None:
        """Until told to stop. A clock that is set back would leave every bell silent until it is as late again."""
        before = self._ahead()
        while not self._stopping.wait(TICK.total_seconds()):
            ahead = self._ahead()
            if ahead < before - SETBACK.total_seconds():
                log.warning("clock.set_back", seconds=round(before - ahead))
                for job in self._scheduler.get_jobs():
                    job.modify(next_run_time=datetime.now(UTC))
            before = ahead

    def stop(self) -> None:
        """Finish what is being written, then end."""
        self._stopping.set()

    def _end(self) -> None:
        ending = threading.Thread(target=self._scheduler.shutdown, daemon=True)
        ending.start()
        ending.join(GRACE.total_seconds())
        if ending.is_alive():
            log.warning("service.abandoned", detail="a job still waits for a server; what it sent may be sent again")
        else:
            self._desk.close()
        log.info("service.stopped")

    def _executors(self) -> dict[str, ThreadPoolExecutor]:
        return {name: ThreadPoolExecutor(AT_ONCE.get(name, 1)) for name in ("decider", "default", *self._desk.couriers)}

    def _reassure(self) -> None:
        """Tell systemd that we live, unless a loop hangs: then it starts us anew."""
        hanging = self._pulse.hanging(now=datetime.now(UTC))
        if hanging:
            log.error("service.hanging", loops=hanging)
            self._supervisor.status(f"hanging: {', '.join(hanging)}")
            return
        self._supervisor.alive()

    def _going(self, name: str) -> Callable[[], bool]:
        """Asked between two units of a loop's work: whether to stop; that it is asked shows that the loop lives."""

        def stopping() -> bool:
            self._pulse.beat(name, now=datetime.now(UTC))
            return self._stopping.is_set()

        return stopping

    def _ring(
        self, name: str, job: Callable[[], object], *, executor: str = "default",
        every: timedelta = TICK, first: timedelta = timedelta(), at_once: int = 1,
    ) -> None:  # fmt: skip
        if every <= TICK and name != "clock":  # which waits while the decider works
            self._pulse.expect(name, now=datetime.now(UTC))
        self._scheduler.add_job(
            self._guarded,
            "interval",
            args=(name, job),
            seconds=every.total_seconds(),
            next_run_time=datetime.now(UTC) + first,
            executor=executor,
            coalesce=True,
            max_instances=at_once,
            misfire_grace_time=None,
        )

    def _guarded(self, name: str, job: Callable[[], object]) -> None:
        """One tick of a job: what it raises costs this tick, or, if the database is lost to us, the service."""
        if self._stopping.is_set():
            return
        try:
            job()
        except StoreError as error:
            if error.retryable:
                log.warning("job.postponed", job=name, detail=str(error))
                return
            self._fatal = error
            self.stop()
        except Exception:  # named boundary: a bug costs one tick of one job and stays visible
            self._desk.metrics.crashes.labels(name).inc()
            log.exception("job.crashed", job=name)
        self._going(name)()

    def _decide(self) -> None:
        if self._reload.is_set():
            self._reload.clear()
            self._reload_rules()
        self._desk.decide(stopping=self._going("decider"))

    def _look_for_edits(self) -> None:
        if self._desk.has_edits():
            self._reload.set()

    def _reload_rules(self) -> None:
        try:
            ruleset = self._desk.reload()
        except ConfigError as error:
            log.error("rules.rejected", problems=[str(problem) for problem in error.problems])
            return
        except StoreError:
            self._reload.set()
            raise
        log.info(
            "rules.reloaded",
            teams=sorted(ruleset.teams),
            rules=len(ruleset.rules),
            stale=sorted(ruleset.stale),
            sources=len(self._desk.sources),
        )

    def _deliver(self, kind: str, courier: Courier) -> Callable[[], None]:
        def deliver() -> None:
            courier.deliver(stopping=self._going(kind))

        return deliver

    def _publish(self) -> None:
        try:
            files = self._desk.publish()
        except ConfigError as error:
            log.error("feeds.failed", problems=[str(problem) for problem in error.problems])
            return
        if files:
            log.info("feeds.written", files=files)

    def _prune(self) -> None:
        rows = self._desk.store.prune(now=datetime.now(UTC), stopping=self._stopping.is_set)
        log.info("store.pruned", rows=rows)

    def _on_stop(self, _signal: int, _frame: FrameType | None) -> None:
        self._stopping.set()

    def _on_reload(self, _signal: int, _frame: FrameType | None) -> None:
        self._reload.set()


def serve(settings: Settings) -> None:
    """
    Run watcher with these settings until it is stopped.

    Raises:
        ConfigError: The settings, or no team with a rule.
        StoreError: The database cannot be used, or another instance decides for it.
    """
    # Its default would end us while we read the very files it is about; a handler is there once we run.
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    Service(Desk.open(settings, SystemClock(), holder=holder())).run()
