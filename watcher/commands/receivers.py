"""A mail server and a webhook receiver on loopback, for `demo`: real sockets, so that what is shown was delivered."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from aiosmtpd.controller import Controller

MOST_BYTES = 1_000_000


@dataclass
class Received:
    """What arrived: the recipients of mails, and the headers and body of each POST."""

    port: int = 0
    mails: list[str] = field(default_factory=list)
    posts: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: ARG002, N802 - aiosmtpd calls it so
        """Take a mail."""
        self.mails += envelope.rcpt_tos
        return "250 accepted"


class _AnyPort(Controller):
    """A mail server whose port the system chooses."""

    def _trigger_server(self) -> None:
        if isinstance(self.server, asyncio.Server):
            self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]  # aiosmtpd leaves this one method untyped


@contextmanager
def mail_server() -> Iterator[Received]:
    """An SMTP server on a free port of 127.0.0.1 for the length of the block."""
    received = Received()
    controller = _AnyPort(received, hostname="127.0.0.1", port=0)
    controller.start()
    try:
        received.port = controller.port
        yield received
    finally:
        controller.stop()


@contextmanager
def webhook_receiver() -> Iterator[Received]:
    """An HTTP server on a free port of 127.0.0.1 that answers each POST with 204."""
    received = Received()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(min(int(self.headers.get("content-length", 0)), MOST_BYTES))
            received.posts.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's own name
            """Say nothing: the demo shows what arrived."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        received.port = server.server_port
        yield received
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def bodies(received: Received) -> list[dict[str, Any]]:
    """The JSON of each POST."""
    return [json.loads(body) for _, body in received.posts]
