"""
GET and POST under the guard, on httpcore's connections.

Each request has a connection of its own: with many hosts, keeping connections costs more than it saves. Redirects are
followed by hand, because every hop must be checked and permanent ones are worth knowing.
"""

from __future__ import annotations

import email.utils
import re
import socket
import ssl
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from urllib.parse import quote, urljoin, urlsplit

import certifi
import httpcore

from watcher import __version__
from watcher.errors import DeliveryError
from watcher.model import FailureReason
from watcher.net.addresses import Network, is_permitted
from watcher.net.decoding import ACCEPTED, unpack
from watcher.net.guard import Budget, GuardedBackend, NetError, Resolve

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})
_IN_PATH = "/%:@!$&'()*+,;=~"
_NAME = re.compile(rb"[A-Za-z0-9._:-]+")  # a colon: IPv6
_LONGEST_URL = 8_000


@dataclass(frozen=True, slots=True)
class Limits:
    """
    What one request may cost, redirects included.

    Args:
        bytes: Of everything received, and again of the body unpacked.
        redirects: Hops at most.
    """

    deadline: timedelta = timedelta(seconds=30)
    bytes: int = 10 * 1024 * 1024
    redirects: int = 5


@dataclass(frozen=True, slots=True)
class Response:
    """
    An answer, whatever its status.

    Args:
        url: Where it came from in the end.
        headers: By lower-case name; repeated ones joined with commas.
        body: Unpacked.
        moved_to: Where permanent redirects led, up to the first that was not; None: nowhere.
    """

    status: int
    url: str
    headers: Mapping[str, str]
    body: bytes
    moved_to: str | None = None

    @property
    def retry_after(self) -> timedelta | None:
        """How long the server asks us to wait (RFC 9110, 10.2.3); None: it does not say, or nothing sensible."""
        return _span(self.headers.get("retry-after", ""), self.headers.get("date", ""))

    @property
    def max_age(self) -> timedelta | None:
        """How long the answer stays fresh, by Cache-Control or Expires (RFC 9111); None: not said, or not at all."""
        control = self.headers.get("cache-control", "").lower()
        if re.search(r"no-cache|no-store", control):
            return None
        if found := re.search(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,10})", control):
            age = _span(self.headers.get("age", ""), "") or timedelta()
            return max(timedelta(seconds=int(found[1])) - age, timedelta()) or None
        expires = self.headers.get("expires", "")
        return None if expires.isdigit() else _span(expires, self.headers.get("date", ""))

    @property
    def is_redirect(self) -> bool:
        """Whether it sends us elsewhere and says where."""
        return self.status in _REDIRECTS and bool(self.headers.get("location"))


def system_resolve(host: str, port: int) -> tuple[str, ...]:
    """What the machine's resolver says. Its own time-outs apply: a name server that stalls is beyond our deadline."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(str(address[0]) for *_, address in found)


class Client:
    """
    Sends requests; safe to use from many threads.

    Args:
        contact: Address or URL in the User-Agent, so that a site's owner can reach us; empty: none.
        permitted: Networks that may be connected to although they are private.
        tls: Whom to trust; None: the machine's authorities and certifi's.
    """

    def __init__(
        self,
        contact: str = "",
        *,
        resolve: Resolve = system_resolve,
        limits: Limits | None = None,
        permitted: Iterable[Network] = (),
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._agent = f"watcher/{__version__}" + (f" (+{contact})" if contact else "")
        self._resolve = resolve
        self._limits = limits or Limits()
        self._permitted = tuple(permitted)
        self._tls = tls or _trust()

    def get(
        self, url: str, *, headers: Mapping[str, str] | None = None, private: bool = False,
        allowed: Callable[[str], None] | None = None,
    ) -> Response:  # fmt: skip
        """
        The answer, redirects followed.

        Args:
            private: Whether addresses of private networks are allowed.
            allowed: Called with the address of each hop before it is asked; raises NetError when it must not be.

        Raises:
            NetError: There is none, or it is larger or slower than the limits allow.
        """
        backend = self._backend(private=private)
        moved_to, is_permanent = None, True
        for _ in range(self._limits.redirects + 1):
            if allowed:
                allowed(url)
            response = self._exchange("GET", url, headers or {}, None, backend)
            if not response.is_redirect:
                return replace(response, moved_to=moved_to)
            url = _joined(url, response.headers["location"])
            is_permanent = is_permanent and response.status in _PERMANENT
            moved_to = url if is_permanent else moved_to
        raise NetError(FailureReason.STATUS, f"more than {self._limits.redirects} redirects")

    def post(self, url: str, *, headers: Mapping[str, str], body: bytes, private: bool = False) -> Response:
        """
        The answer to one POST; a redirect is an answer and not followed.

        Raises:
            DeliveryError: There is none; retryable, as whatever is wrong may be mended at the other end.
        """
        try:
            return self._exchange("POST", url, headers, body, self._backend(private=private))
        except NetError as error:
            raise DeliveryError(str(error), retryable=True) from error

    def _backend(self, *, private: bool) -> GuardedBackend:
        budget = Budget(self._limits.deadline, self._limits.bytes)
        permits = partial(is_permitted, private=private, permitted=self._permitted)
        return GuardedBackend(self._resolve, permits, budget)

    def _exchange(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None, backend: GuardedBackend
    ) -> Response:
        target = _target(url)
        name = target.host.decode("ascii")
        sent = {"User-Agent": self._agent, "Accept-Encoding": ACCEPTED, "Connection": "close", **headers}
        # Values go back as they came: a validator may hold bytes that are no ASCII.
        fields = [(field.encode("ascii"), value.encode("latin-1", "replace")) for field, value in sent.items()]
        connection = httpcore.HTTPConnection(target.origin, ssl_context=self._tls, network_backend=backend)
        try:
            with connection, connection.stream(method, target, headers=fields, content=body) as answer:
                return self._read(url, answer)
        except httpcore.TimeoutException as error:
            raise NetError(FailureReason.TIMEOUT, f"{name}: {str(error) or 'too slow'}") from error
        except (httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise NetError(FailureReason.CONNECTION, f"{name}: {str(error) or 'the connection broke'}") from error

    def _read(self, url: str, answer: httpcore.Response) -> Response:
        headers: dict[str, str] = {}
        for raw_name, raw_value in answer.headers:
            name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
        response = Response(answer.status, url, headers, b"")
        if response.is_redirect:
            return response
        pieces = answer.iter_stream()
        body = unpack(pieces, headers.get("content-encoding", ""), limit_bytes=self._limits.bytes)
        return replace(response, body=body)


def _trust() -> ssl.SSLContext:
    """The machine's authorities, private ones among them, and certifi's where an image has none."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


def _target(url: str) -> httpcore.URL:
    """The address as it goes over the wire. Raises NetError for what is no address of the web."""
    try:
        parts = urlsplit(url.strip())
        name, port = (parts.hostname or "").encode("idna"), parts.port
    except ValueError:  # UnicodeError is one
        name, port = b"", None
    scheme = parts.scheme.lower() if name else ""
    if scheme not in ("http", "https") or len(url) > _LONGEST_URL or not _NAME.fullmatch(name):
        raise NetError(FailureReason.REFUSED_ADDRESS, "not an http or https address with a host")
    path = quote(parts.path or "/", safe=_IN_PATH) + (
        "?" + quote(parts.query, safe=_IN_PATH + "?") if parts.query else ""
    )
    return httpcore.URL(scheme=scheme.encode(), host=name, port=port, target=path.encode("ascii"))


def _joined(url: str, location: str) -> str:
    # Headers are latin-1 on the wire; servers that put a path into them unescaped mean UTF-8.
    location = location.encode("latin-1").decode("utf-8", "replace")
    try:
        return urljoin(url, location)
    except ValueError as error:
        raise NetError(FailureReason.REFUSED_ADDRESS, "a redirect to something that is no address") from error


def _span(value: str, since: str) -> timedelta | None:
    """Seconds, or the time from `since`, if it can be read, else from now, to a date; None: neither, or not ahead."""
    if value.isascii() and value.isdigit():
        return timedelta(seconds=min(int(value[:10]), 10**9))
    try:
        until = email.utils.parsedate_to_datetime(value)
    except ValueError:
        return None
    try:
        start = email.utils.parsedate_to_datetime(since)
    except ValueError:
        start = datetime.now(UTC)
    span = _aware(until) - _aware(start)
    return span if span > timedelta() else None


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
