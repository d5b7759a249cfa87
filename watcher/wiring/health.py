"""Whether the loops live: what `/healthz`, `/readyz`, `/metrics` and systemd's watchdog are told."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import structlog
from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import CollectorRegistry

from watcher.errors import StoreError
from watcher.listener import Listener, Request, Response, Routes
from watcher.store import Overview
from watcher.wiring.desk import Desk
from watcher.wiring.links import link_routes
from watcher.wiring.measuring import Standing
from watcher.wiring.opinions import feedback_routes

log = structlog.get_logger()

LONGEST_TICK = timedelta(minutes=3)
"""A loop that has ended no tick for so long hangs; a delivery gives up long before, see `channels`."""


class Pulse:
    """When each loop last came to an end of a tick; loops beat, health listens."""

    def __init__(self) -> None:
        self._last: dict[str, datetime] = {}
        self._lock = threading.Lock()

    def expect(self, loop: str, *, now: datetime) -> None:
        """The loop runs from now on, and is missed when it ends no tick."""
        with self._lock:
            self._last[loop] = now

    def beat(self, loop: str, *, now: datetime) -> None:
        """The loop lives; of one that is not expected nothing is noted."""
        with self._lock:
            if loop in self._last:
                self._last[loop] = now

    def ages(self, *, now: datetime) -> Mapping[str, timedelta]:
        """For each loop, since when it has ended no tick."""
        with self._lock:
            return {loop: now - last for loop, last in sorted(self._last.items())}

    def hanging(self, *, now: datetime) -> tuple[str, ...]:
        """Loops that have ended no tick for `LONGEST_TICK`."""
        return tuple(loop for loop, age in self.ages(now=now).items() if age > LONGEST_TICK)


def listening(desk: Desk, pulse: Pulse) -> Listener | None:
    """
    The listener of the settings, started; None when they name none, or when its address cannot be used.

    Without it the news goes on, and whoever watches us sees that nobody answers.
    """
    where = desk.settings.listen
    if not where:
        return None
    host, _, port = where.rpartition(":")

    def reach() -> Overview:
        return desk.store.overview(now=desk.now())

    desk.metrics.registry.register(Standing(reach, lambda: desk.ruleset, desk.now))
    pages = {
        **routes(pulse, desk.metrics.registry, reach, desk.now),
        **link_routes(desk.settings, desk.store, desk.now),
        **feedback_routes(desk.settings, desk.store, desk.now),
    }
    try:
        listener = Listener(host.strip("[]"), int(port), pages)
    except (OSError, OverflowError) as error:
        log.error("listener.failed", address=where, detail=str(error), remedy="set `listen` to a free address")
        return None
    listener.start()
    log.info("listener.started", address=f"{host}:{listener.port}")
    return listener


def routes(
    pulse: Pulse, registry: CollectorRegistry, reach: Callable[[], object], now: Callable[[], datetime]
) -> Routes:
    """
    The pages of health.

    Args:
        reach: Asks the database something; raises StoreError when it does not answer.
    """

    def healthz(_request: Request) -> Response:
        moment = now()
        hanging = pulse.hanging(now=moment)
        ages = {loop: round(age.total_seconds(), 1) for loop, age in pulse.ages(now=moment).items()}
        return _json(503 if hanging else 200, {"ok": not hanging, "hanging": hanging, "seconds_since_tick": ages})

    def readyz(_request: Request) -> Response:
        try:
            reach()
        except StoreError as error:
            return _json(503, {"ok": False, "database": str(error)})
        return _json(200, {"ok": True})

    def metrics(_request: Request) -> Response:
        return Response(200, generate_latest(registry), CONTENT_TYPE_LATEST)

    return {"/healthz": healthz, "/readyz": readyz, "/metrics": metrics}


def _json(status: int, found: Mapping[str, object]) -> Response:
    return Response(status, json.dumps(found).encode() + b"\n", "application/json")
