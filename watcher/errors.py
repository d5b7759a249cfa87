"""
What can go wrong, by what the caller can do about it.

    WatcherError
    ├── ConfigError     rules, words, settings: carries every problem found, each with its place and remedy
    ├── StoreError      the database: locked (try the next tick) or of a newer schema (stop)
    └── DeliveryError   a channel: try again later, or never

What a source does to us is no exception but a value (`Failed`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """
    A fault in something a person wrote.

    Args:
        path: The file as the person would name it; empty for settings of the environment.
        line: From 1; 0 when the file as a whole is meant.
        column: From 1; 0 when the line as a whole is meant.
        message: What is wrong, what was expected, and what to do.
        code: Short stable name for machines, such as `unknown-key`; warnings begin with `W`.
    """

    path: str
    line: int
    column: int
    message: str
    code: str = "invalid"

    @property
    def is_warning(self) -> bool:
        """Whether the file may still be used."""
        return self.code.startswith("W")

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.path, self.line, self.column) if part)
        return f"{place}: {self.message}" if place else self.message


class WatcherError(Exception):
    """Something we did wrong and the caller can act on."""


class ConfigError(WatcherError):
    """What people wrote cannot be used; every problem found is in `problems`."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class StoreError(WatcherError):
    """The database refused; `retryable` is False when its schema is newer than this program or it is damaged."""

    def __init__(self, message: str, *, retryable: bool = True) -> None:
        self.retryable = retryable
        super().__init__(message)


class DeliveryError(WatcherError):
    """
    A channel did not take a message.

    Args:
        message: What the other side said, without secrets.
        retryable: Whether the same message may be accepted later.
        retry_after: How long the other side asked us to wait; None when it did not say.
        gone: The address will never work again (HTTP 410), so the team is told.
    """

    def __init__(
        self, message: str, *, retryable: bool, retry_after: timedelta | None = None, gone: bool = False
    ) -> None:
        self.retryable = retryable
        self.retry_after = retry_after
        self.gone = gone
        super().__init__(message)
