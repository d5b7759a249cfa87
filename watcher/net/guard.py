"""
Holds one request to what it may do: connect to checked addresses only, end in time, receive so many bytes.

httpcore asks a network backend for every connection and stream; this one resolves the name itself and connects to the
very address it has checked, so a name that changes its answer in between (DNS rebinding) gains nothing. httpcore's own
time-outs are for each operation, and a server that drips a byte a second outlives them: here each operation gets what
is left of the whole.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import ip_address
from typing import Any

import httpcore

from watcher.errors import WatcherError
from watcher.model import FailureReason
from watcher.net.addresses import Address

Resolve = Callable[[str, int], Sequence[str]]
"""Name and port → addresses as text, best first. Raises OSError or UnicodeError when there are none."""

# Of several addresses, a dead one must leave time for the next.
_LONGEST_CONNECT = 10.0


class NetError(WatcherError):
    """There is no answer; `reason` says why, the text who, without query strings or secrets."""

    def __init__(self, reason: FailureReason, detail: str) -> None:
        self.reason = reason
        super().__init__(detail)


@dataclass(slots=True)
class Budget:
    """What a request may still cost: time, and bytes as they arrive, headers included."""

    deadline: timedelta
    limit_bytes: int
    received: int = 0
    started: float = field(default_factory=time.monotonic)

    def seconds(self) -> float:
        """Time left. Raises NetError when there is none."""
        left = self.started + self.deadline.total_seconds() - time.monotonic()
        if left <= 0:
            raise NetError(FailureReason.TIMEOUT, f"no complete answer within {self.deadline.total_seconds():g} s")
        return left

    def charge(self, count: int) -> None:
        """Note bytes received. Raises NetError beyond the limit."""
        self.received += count
        if self.received > self.limit_bytes:
            raise too_large(self.limit_bytes)


def too_large(limit_bytes: int) -> NetError:
    """The failure of an answer beyond the limit, packed or unpacked."""
    return NetError(FailureReason.TOO_LARGE, f"more than {limit_bytes:,} bytes")


class GuardedBackend(httpcore.NetworkBackend):
    """Opens connections for one request, redirects included."""

    def __init__(self, resolve: Resolve, permits: Callable[[Address], bool], budget: Budget) -> None:
        self._resolve = resolve
        self._permits = permits
        self._budget = budget
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - httpcore's signature; the budget knows better
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address of `host` that is permitted and answers."""
        addresses = self._addresses(host, port)
        for index, address in enumerate(addresses, start=1):
            seconds = min(self._budget.seconds(), _LONGEST_CONNECT)
            try:
                stream = self._plain.connect_tcp(address, port, seconds, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if index == len(addresses):
                    raise
            else:
                return _GuardedStream(stream, self._budget)
        raise NetError(FailureReason.REFUSED_ADDRESS, f"{host} has no address that we may connect to")

    def _addresses(self, host: str, port: int) -> list[str]:
        self._budget.seconds()
        try:
            found = self._resolve(host, port)
            addresses = [ip_address(text.partition("%")[0]) for text in found]
        except (OSError, ValueError) as error:  # UnicodeError is a ValueError
            raise NetError(FailureReason.REFUSED_ADDRESS, f"{host}: the name cannot be resolved") from error
        return [str(address) for address in addresses if self._permits(address)]


class _GuardedStream(httpcore.NetworkStream):
    """A connection whose reads and writes draw on the budget."""

    def __init__(self, stream: httpcore.NetworkStream, budget: Budget) -> None:
        self._stream = stream
        self._budget = budget

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        piece = self._stream.read(max_bytes, self._budget.seconds())
        self._budget.charge(len(piece))
        return piece

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        self._stream.write(buffer, self._budget.seconds())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, self._budget.seconds())
        return _GuardedStream(stream, self._budget)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
