"""
A small HTTP server beside the loops: health, metrics, and the pages that links in messages lead to.

It knows no route of its own (`wiring` hands them in), answers GET, HEAD and POST, and bounds what a stranger can ask of
it: bytes, seconds and requests at a time.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import socket
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import structlog

MOST_BODY = 64 * 1024
MOST_AT_ONCE = 16
_ALWAYS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
    "Connection": "close",
}
PATIENCE = timedelta(seconds=10)
"""So long a client may take to say what it wants."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Request:
    """
    What was asked.

    Args:
        path: Without the query.
        fields: Of the query and, for POST, of a form; the last of several wins.
        body: Of POST.
    """

    method: str
    path: str
    fields: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Response:
    """What is answered."""

    status: int
    body: bytes
    content_type: str = "text/plain; charset=utf-8"


Answer = Callable[[Request], Response]
Routes = Mapping[str, Answer]
"""By path; one that ends in `/` answers for everything below it."""


class Listener:
    """
    Serves the routes on one address from threads of its own.

    Raises:
        OSError: The address cannot be used.
    """

    def __init__(self, host: str, port: int, routes: Routes) -> None:
        self._server = _Server((host, port), _handler(routes))
        self._thread = threading.Thread(target=self._server.serve_forever, name="listener", daemon=True)

    @property
    def port(self) -> int:
        """The port that is listened on, also when any free one was asked for."""
        return int(self._server.server_address[1])

    def start(self) -> None:
        """Answer from now on."""
        self._thread.start()

    def close(self) -> None:
        """Answer no more."""
        if self._thread.is_alive():
            self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        self._free = threading.BoundedSemaphore(MOST_AT_ONCE)
        super().__init__(address, handler)

    def process_request(self, request: socket | tuple[bytes, socket], client_address: Any) -> None:
        """Hand the connection to a thread; wait for a free one, so that the backlog is the system's."""
        self._free.acquire()
        super().process_request(request, client_address)

    def process_request_thread(self, request: socket | tuple[bytes, socket], client_address: Any) -> None:
        """One connection, in its thread."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()

    def handle_error(self, _request: socket | tuple[bytes, socket], client_address: Any) -> None:
        """A client that went away or said nonsense is no news."""
        log.debug("listener.dropped", client=str(client_address[0]))


def _answer(routes: Routes, asked: str) -> Answer | None:
    below = (answer for path, answer in routes.items() if path.endswith("/") and asked.startswith(path))
    return routes.get(asked) or next(below, None)


def _handler(routes: Routes) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = PATIENCE.total_seconds()
        server_version, sys_version = "watcher", ""

        def do_GET(self) -> None:
            self._respond("GET", b"")

        def do_HEAD(self) -> None:
            self._respond("HEAD", b"")

        def do_POST(self) -> None:
            length = self.headers.get("Content-Length", "")
            if not length.isdecimal() or int(length) > MOST_BODY:
                self._send(Response(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, b"too large\n"))
                return
            self._respond("POST", self.rfile.read(int(length)))

        def _respond(self, method: str, body: bytes) -> None:
            parts = urlsplit(self.path)
            answer = _answer(routes, parts.path)
            if answer is None:
                self._send(Response(HTTPStatus.NOT_FOUND, b"not here\n"))
                return
            form = body.decode("utf-8", "replace") if "urlencoded" in self.headers.get("Content-Type", "") else ""
            fields = dict(parse_qsl(parts.query, max_num_fields=50) + parse_qsl(form, max_num_fields=50))
            self._send(answer(Request("GET" if method == "HEAD" else method, parts.path, fields, body)))

        def _send(self, response: Response) -> None:
            self.send_response(response.status)
            self.send_header("Content-Type", response.content_type)
            self.send_header("Content-Length", str(len(response.body)))
            self.send_header("Cache-Control", "no-store")
            self.send_header("X-Content-Type-Options", "nosniff")
            self.send_header("Referrer-Policy", "no-referrer")
            self.send_header(
                "Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'"
            )
            self.send_header("Connection", "close")
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(response.body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the base class
            log.debug("listener.asked", said=format % args)

    return Handler
