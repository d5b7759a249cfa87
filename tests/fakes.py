"""Stand-ins with the real shape, whose failures can be switched."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from watcher.errors import DeliveryError
from watcher.model import Address, Message, Receipt


@dataclass
class SetClock:
    """A clock that stands still until it is moved."""

    at: datetime

    def now(self) -> datetime:
        return self.at

    def pass_(self, time: timedelta) -> None:
        self.at += time


@dataclass(frozen=True)
class FastClock:
    """Real time since a day long ago, so many times as fast; goes on from one process to the next."""

    speed: int
    start: datetime = datetime(2026, 1, 1, tzinfo=UTC)

    def now(self) -> datetime:
        return self.start + (datetime.now(UTC) - self.start) * self.speed


@dataclass
class FakeChannel:
    """
    Args:
        refusals: By recipient, what is raised instead of taking the message, one for each attempt.
        meanwhile: Called during each send, with the message.
    """

    taken: list[tuple[str, Message]] = field(default_factory=list)
    refusals: dict[str, list[Exception]] = field(default_factory=dict)
    meanwhile: Callable[[Message], None] | None = None

    def send(self, message: Message, address: Address, recipient: str) -> Receipt:
        if self.meanwhile:
            self.meanwhile(message)
        if waiting := self.refusals.get(recipient):
            raise waiting.pop(0)
        self.taken.append((recipient, message))
        return Receipt("taken")

    def close(self) -> None:
        """It keeps nothing open."""


def busy(retry_after: timedelta | None = None) -> DeliveryError:
    """A refusal that may pass."""
    return DeliveryError("try later", retryable=True, retry_after=retry_after)


def unknown() -> DeliveryError:
    """A refusal for ever."""
    return DeliveryError("550 no such user", retryable=False)
