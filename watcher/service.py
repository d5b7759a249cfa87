"""
The running watcher: three loops, their bells, and a clean stop.

APScheduler only rings; what is due is in the database. Decisions (polls, the clock, reloads) happen on one thread, and
each kind of channel has a thread of its own, so that a stalled mail server keeps no webhook waiting.
"""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import FrameType

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from watcher.deliver import Courier
from watcher.errors import ConfigError, StoreError
from watcher.settings import Settings
from watcher.wiring.desk import Desk

TICK = timedelta(seconds=1)
PRUNE_AT_HOUR = 3

log = structlog.get_logger()


class SystemClock:
    """The machine's time; the only place that reads it for the loops."""

    def now(self) -> datetime:
        """Aware UTC."""
        return datetime.now(UTC)


def holder() -> str:
    """Who we are, for the message another instance gets."""
    return f"process {os.getpid()} on {socket.gethostname()}"


class Service:
    """Runs until told to stop; made by `wiring` from settings."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._stopping = threading.Event()
        self._reload = threading.Event()
        self._fatal: BaseException | None = None
        self._scheduler = BackgroundScheduler(timezone=UTC, executors=self._executors())

    def run(self) -> None:
        """
        Work until SIGTERM or SIGINT; SIGHUP loads rules and sources again.

        Raises:
            StoreError: The database can no longer be used: another instance decides, or it is damaged.
        """
        signal.signal(signal.SIGTERM, self._on_stop)
        signal.signal(signal.SIGINT, self._on_stop)
        signal.signal(signal.SIGHUP, self._on_reload)
        self._ring("decider", self._decide, TICK)
        for kind in self._desk.couriers:
            self._ring(kind, self._deliver(self._desk.couriers[kind]), TICK)
        self._scheduler.add_job(
            self._guarded,
            "cron",
            args=("prune", self._prune),
            hour=PRUNE_AT_HOUR,
            executor="decider",
            misfire_grace_time=None,
        )
        self._scheduler.start()
        log.info("service.started", teams=sorted(self._desk.ruleset.teams), sources=len(self._desk.sources))
        self._stopping.wait()
        self._scheduler.shutdown(wait=True)
        self._desk.close()
        log.info("service.stopped")
        if self._fatal is not None:
            raise self._fatal

    def stop(self) -> None:
        """Finish what is being written, then end."""
        self._stopping.set()

    def _executors(self) -> dict[str, ThreadPoolExecutor]:
        return {name: ThreadPoolExecutor(1) for name in ("decider", "default", *self._desk.couriers)}

    def _ring(self, name: str, job: Callable[[], None], every: timedelta) -> None:
        self._scheduler.add_job(
            self._guarded,
            "interval",
            args=(name, job),
            seconds=every.total_seconds(),
            next_run_time=datetime.now(UTC),
            executor=name,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )

    def _guarded(self, name: str, job: Callable[[], None]) -> None:
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
            log.exception("job.crashed", job=name)

    def _decide(self) -> None:
        if self._reload.is_set():
            self._reload.clear()
            self._reload_rules()
        self._desk.decide(stopping=self._stopping.is_set)

    def _reload_rules(self) -> None:
        try:
            ruleset = self._desk.reload()
        except ConfigError as error:
            log.error("rules.rejected", problems=[str(problem) for problem in error.problems])
            return
        log.info("rules.reloaded", teams=sorted(ruleset.teams), rules=len(ruleset.rules), stale=sorted(ruleset.stale))

    def _deliver(self, courier: Courier) -> Callable[[], None]:
        def deliver() -> None:
            courier.deliver(stopping=self._stopping.is_set)

        return deliver

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
    Service(Desk.open(settings, SystemClock(), holder=holder())).run()
