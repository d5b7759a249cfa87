"""
A real HTTP server on loopback that answers as it is told and keeps what it was asked.

    with http_server() as site:
        site.answers["/feed"] = [Answer(500), ok(b"<rss/>", etag='"1"')]    # one after the other, the last for ever
        client.get(site.url("/feed"))
        assert site.requests[0].headers["user-agent"]

Names: `site.resolve` sends every name to this server's address, so tests can use `http://feeds.example:{port}/`.
"""

from __future__ import annotations

import gzip
import ssl
import threading
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import brotli  # type: ignore[import-untyped]  # it has no stubs
import zstandard


@dataclass(frozen=True)
class Request:
    """What a client asked; header names in lower case."""

    method: str
    path: str
    host: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Answer:
    """
    Args:
        body: Bytes, or pieces that are sent one by one; then no length is announced.
        drip: Seconds between two pieces.
        stall: Sends headers, then nothing until the server is closed.
        raw: Sent as it is instead of everything else.
    """

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | Iterable[bytes] = b""
    drip: float = 0
    stall: bool = False
    raw: bytes | Iterable[bytes] | None = None


Script = Answer | Sequence[Answer] | Callable[[Request], Answer]


class Site:
    """The server as tests see it."""

    def __init__(self, address: str = "127.0.0.1") -> None:
        self.address = address
        self.port = 0
        self.scheme = "http"
        self.answers: dict[str, Script] = {}
        self.requests: list[Request] = []
        self.closing = threading.Event()
        self.most_at_once: Counter[str] = Counter()
        self._open: Counter[str] = Counter()
        self._asked: Counter[str] = Counter()
        self._lock = threading.Lock()

    def url(self, path: str, *, host: str = "") -> str:
        """The address of a path; `host` is any name when the client resolves through `resolve`; empty: this server."""
        return f"{self.scheme}://{host or self.address}:{self.port}{path}"

    def resolve(self, host: str, port: int) -> tuple[str, ...]:
        """Every name is here."""
        return ("127.0.0.1",)

    def begin(self, request: Request) -> Answer:
        """Note a request and choose its answer: by `host/path`, else by path; 404 when nothing was scripted."""
        name = request.host.partition(":")[0]
        with self._lock:
            self.requests.append(request)
            self._open[name] += 1
            self.most_at_once[name] = max(self.most_at_once[name], self._open[name])
            bare = request.path.partition("?")[0]
            script = self.answers.get(f"{name}{bare}") or self.answers.get(bare) or Answer(404)
            if isinstance(script, Answer):
                return script
            if isinstance(script, Sequence):
                turn = self._asked[f"{name}{bare}"]
                self._asked[f"{name}{bare}"] += 1
                return script[min(turn, len(script) - 1)]
        return script(request)

    def end(self, request: Request) -> None:
        """The answer was sent, or the client went away."""
        with self._lock:
            self._open[request.host.partition(":")[0]] -= 1


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256
    site: Site

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up in the middle is what many tests are about."""


class _Asked(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name in the base class
        """Quiet."""

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        site = self.server.site
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, self.path, headers.get("host", ""), headers, body)
        answer = site.begin(request)
        self.close_connection = True
        try:
            self._send(answer)
        finally:
            site.end(request)

    def _send(self, answer: Answer) -> None:
        if answer.raw is not None:
            self._write((answer.raw,) if isinstance(answer.raw, bytes) else answer.raw, answer.drip)
            return
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        has_length = "content-length" in answer.headers or answer.status == 304 or answer.stall
        if isinstance(answer.body, bytes) and not has_length:
            self.send_header("content-length", str(len(answer.body)))
        self.end_headers()
        if answer.stall:
            self.wfile.flush()
            self.server.site.closing.wait(30)
            return
        self._write((answer.body,) if isinstance(answer.body, bytes) else answer.body, answer.drip)

    def _write(self, pieces: Iterable[bytes], drip: float) -> None:
        for piece in pieces:
            self.wfile.write(piece)
            self.wfile.flush()
            if drip and self.server.site.closing.wait(drip):
                return


@contextmanager
def http_server(*, tls: ssl.SSLContext | None = None, address: str = "127.0.0.1") -> Iterator[Site]:
    """A server for the length of the block, at any address of loopback: 127.0.0.2 counts as another host."""
    server = _Server((address, 0), _Asked)
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    site = Site(address)
    site.port = server.server_address[1]
    site.scheme = "https" if tls else "http"
    server.site = site
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        site.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()


def ok(body: bytes, *, kind: str = "application/rss+xml", **headers: str) -> Answer:
    """200 with a body; `last_modified="…"` becomes a header."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(200, {"content-type": kind, **named}, body)


def conditional(body: bytes, etag: str) -> Callable[[Request], Answer]:
    """200 with a validator, and 304 to who has it."""

    def answer(request: Request) -> Answer:
        if request.headers.get("if-none-match") == etag:
            return Answer(304, {"etag": etag})
        return ok(body, etag=etag)

    return answer


def endless(piece: bytes = b"x" * 65_536) -> Iterator[bytes]:
    """A body without end."""
    while True:
        yield piece


def bomb(encoding: str, size: int = 200_000_000) -> bytes:
    """So many zero bytes, packed."""
    blank = bytes(1_000_000)
    count = size // len(blank)
    if encoding == "br":
        press: Any = brotli.Compressor(quality=1)
        return b"".join(press.process(blank) for _ in range(count)) + bytes(press.finish())
    if encoding == "zstd":
        press = zstandard.ZstdCompressor().compressobj()
    else:
        press = zlib.compressobj(9, zlib.DEFLATED, 31 if encoding == "gzip" else 15)
    return b"".join(press.compress(blank) for _ in range(count)) + bytes(press.flush())


def packed(body: bytes, encoding: str) -> bytes:
    """The body packed by a content encoding; `bare` is deflate without zlib's header."""
    if encoding == "br":
        return bytes(brotli.compress(body))
    if encoding == "zstd":
        return zstandard.ZstdCompressor().compress(body)
    if encoding == "bare":
        press = zlib.compressobj(wbits=-15)
        return press.compress(body) + press.flush()
    return gzip.compress(body) if encoding == "gzip" else zlib.compress(body)
