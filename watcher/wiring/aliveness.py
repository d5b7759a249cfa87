"""The dead-man's switch, which is pressed while all is well, and the drill that is held at its time."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from watcher.errors import ConfigError, StoreError
from watcher.model import TeamId
from watcher.net import Client, Limits, NetError
from watcher.policy import next_digest
from watcher.protocols import Clock
from watcher.settings import Settings
from watcher.wiring.drilling import DrillError, drill
from watcher.wiring.health import Pulse

LIMITS = Limits(deadline=timedelta(seconds=20), bytes=64 * 1024)

log = structlog.get_logger()


class Aliveness:
    """
    Belongs to one thread for each of its two duties.

    Attributes:
        drilled: Whether the last drill came through; True before the first.
    """

    def __init__(self, settings: Settings, pulse: Pulse, clock: Clock) -> None:
        self._settings, self._pulse, self._clock = settings, pulse, clock
        self._client = Client(settings.contact, limits=LIMITS)
        self.drilled = True
        self._next = self._following(clock.now())

    def press(self) -> bool:
        """Ask the dead-man's address, unless a loop hangs or the last drill failed; whether it answered."""
        url = self._settings.alive_url
        hanging = self._pulse.hanging(now=self._clock.now())
        if not url or hanging or not self.drilled:
            return False
        try:
            status = self._client.get(url, private=self._settings.private_webhooks).status
        except NetError as error:
            log.warning("alive.refused", detail=str(error))
            return False
        if not 200 <= status < 300:
            log.warning("alive.refused", detail=f"HTTP {status}")
        return 200 <= status < 300

    def practise(self) -> bool:
        """Hold the drill if its time has come; whether it was held."""
        if self._next is None or self._clock.now() < self._next:
            return False
        self._next = self._following(self._clock.now())
        team = TeamId(self._settings.drill.rpartition(" ")[2])
        try:
            failed = [step for step in drill(self._settings, team, self._clock) if not step.ok]
            said = "; ".join(f"{step.station}: {step.said}" for step in failed)
        except (DrillError, ConfigError, StoreError) as error:
            said = str(error)
        self.drilled = not said
        if said:
            log.error("drill.failed", team=team, detail=said)
        else:
            log.info("drill.passed", team=team)
        return True

    def _following(self, now: datetime) -> datetime | None:
        wish = self._settings.drill.rpartition(" ")[0]
        return next_digest(wish, "UTC", now=now) if wish else None
