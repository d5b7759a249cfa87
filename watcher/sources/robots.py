"""
What robots.txt says about pages (RFC 9309). Feeds are made to be fetched by programs and are not asked about.

No file, and one that cannot be had for a client's error, permits everything; a server that fails permits nothing until
it answers, for an hour at most.
"""

from __future__ import annotations

import time
from threading import Lock
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

from watcher.model import FailureReason
from watcher.net import Client, NetError

KEPT = 24 * 3600.0
KEPT_FAILED = 3600.0
MOST_BYTES = 512_000
MOST_HOSTS = 10_000
_AGENT = "watcher"


class Robots:
    """Rules by host, kept for a day; safe to use from many threads."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._rules: dict[str, tuple[float, RobotFileParser | None]] = {}
        self._lock = Lock()

    def check(self, url: str, *, private: bool) -> None:
        """Raises NetError with ROBOTS when the host does not want the page to be fetched."""
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        with self._lock:
            until, rules = self._rules.get(origin, (0.0, None))
        if until < time.monotonic():
            until, rules = self._ask(origin, private=private)
            with self._lock:
                if len(self._rules) >= MOST_HOSTS:
                    self._rules.clear()
                self._rules[origin] = (until, rules)
        if rules is None or not rules.can_fetch(_AGENT, url):
            why = "cannot be had, so nothing may be fetched" if rules is None else "forbids this page"
            raise NetError(FailureReason.ROBOTS, f"{parts.hostname}: robots.txt {why}")

    def _ask(self, origin: str, *, private: bool) -> tuple[float, RobotFileParser | None]:
        rules, now = RobotFileParser(), time.monotonic()
        try:
            answer = self._client.get(f"{origin}/robots.txt", private=private)
        except NetError:
            return now + KEPT_FAILED, None
        if answer.status >= 500 or answer.status == 429:
            return now + KEPT_FAILED, None
        text = answer.body[:MOST_BYTES].decode("utf-8", "replace") if answer.status == 200 else ""
        rules.parse(text.splitlines())
        return now + KEPT, rules
