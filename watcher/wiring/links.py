"""Links in messages that lead to the listener: signed, so that nobody can make one up, and what they do."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime
from html import escape
from urllib.parse import urlencode

from watcher.listener import Request, Response, Routes
from watcher.model import DeliveryId
from watcher.settings import Settings
from watcher.store import Store

UNSUBSCRIBE = "/unsubscribe"


def unsubscribe_link(settings: Settings) -> Callable[[DeliveryId], str] | None:
    """Makes the address that ends mail to the recipient of a delivery; None: the settings allow no links."""
    key = settings.link_secret.get_secret_value()
    if not key or not settings.public_url:
        return None
    base = settings.public_url.rstrip("/")
    return lambda delivery: (
        f"{base}{UNSUBSCRIBE}?{urlencode({'d': delivery, 'k': mark_of(key, UNSUBSCRIBE, delivery)})}"
    )


def link_routes(settings: Settings, store: Store, now: Callable[[], datetime]) -> Routes:
    """The pages that links lead to; none when the settings allow no links."""
    key = settings.link_secret.get_secret_value()
    if not key or not settings.public_url:
        return {}

    def unsubscribe(request: Request) -> Response:
        delivery = DeliveryId(request.fields.get("d", ""))
        if not is_genuine(key, UNSUBSCRIBE, delivery, request.fields.get("k", "")):
            return _page(403, "This link is not complete", "Copy the whole of it from the message.")
        found = store.views.delivery(delivery)
        if found is None or found.owed.id != delivery:
            return _page(404, "This message is too old", "Use the link of a newer one.")
        who = escape(found.owed.recipient)
        if request.method != "POST":  # mail scanners follow links: only a click may change anything
            return _page(200, "Unsubscribe", f"No more messages to {who} from {escape(found.owed.team)}?", button=True)
        store.outbox.unsubscribe(found.owed, now=now())
        return _page(200, "Done", f"{who} gets no more messages from {escape(found.owed.team)}.")

    return {UNSUBSCRIBE: unsubscribe}


def mark_of(key: str, purpose: str, subject: str) -> str:
    """The signature of a link: for one purpose and one subject."""
    return hmac.new(key.encode(), f"{purpose} {subject}".encode(), hashlib.sha256).hexdigest()[:32]


def is_genuine(key: str, purpose: str, subject: str, given: str) -> bool:
    """Whether the signature of a link is ours; comparing takes as long whatever was given."""
    return hmac.compare_digest(mark_of(key, purpose, subject).encode(), given.encode("ascii", "replace"))


def _page(status: int, title: str, text: str, *, button: bool = False) -> Response:
    form = '<form method="post"><button>Unsubscribe</button></form>' if button else ""
    html = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{title}</title></head><body><h1>{title}</h1><p>{text}</p>{form}</body></html>"
    )
    return Response(status, html.encode(), "text/html; charset=utf-8")
