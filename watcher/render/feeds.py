"""
Alerts → feeds that any reader takes: Atom (RFC 4287) and JSON Feed 1.1. The newest first, ids that stay.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from html import escape

from watcher.model import DeliveryId
from watcher.render.words import link
from watcher.render.writing import Told, payload, subject, tag, text

Body = Callable[[Told], str]
"""The alert as HTML."""


def atom(tolds: Sequence[Told], *, key: str, title: str, body: Body, now: datetime) -> str:
    """
    An Atom feed.

    Args:
        key: Of the feed, such as `gulf` or `gulf/talks`; part of its id, so it must stay.
        now: Its time when it holds nothing.
    """
    updated = max((told.alert.time for told in tolds), default=now)
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom">',
        f"<id>urn:watcher:feed:{_xml(key)}</id><title>{_xml(title)}</title><updated>{updated.isoformat()}</updated>",
        "<author><name>watcher</name></author><generator>watcher</generator>",
    ]
    lines += [_entry(told, body) for told in tolds]
    return "\n".join([*lines, "</feed>\n"])


def json_feed(tolds: Iterable[Told], *, title: str, body: Body) -> str:
    """A JSON Feed; `_watcher` has what a webhook would have had."""
    items = [
        {
            "id": f"urn:watcher:alert:{told.alert.id}",
            "url": link(told.lead.url),
            "title": subject(told),
            "content_html": body(told),
            "content_text": text(told),
            "date_published": told.alert.time.isoformat(),
            "tags": [tag(told), *told.alert.rules],
            "_watcher": _without_id(payload(_NOBODY, told)),
        }
        for told in tolds
    ]
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": title,
        "authors": [{"name": "watcher"}],
        "items": items,
    }
    return json.dumps(feed, ensure_ascii=False, indent=1) + "\n"


_NOBODY = DeliveryId("")


def _without_id(said: Mapping[str, object]) -> dict[str, object]:
    """A feed is owed to nobody, so its entries are of no delivery."""
    return {name: value for name, value in said.items() if name != "id"}


def _entry(told: Told, body: Body) -> str:
    alert, url = told.alert, link(told.lead.url)
    to = f'<link rel="alternate" href="{_xml(url)}"/>' if url else ""
    rules = "".join(f'<category term="{_xml(rule)}"/>' for rule in (alert.severity.value, *alert.rules))
    return (
        f"<entry><id>urn:watcher:alert:{_xml(alert.id)}</id><title>{_xml(subject(told))}</title>{to}{rules}"
        f"<published>{alert.time.isoformat()}</published><updated>{alert.time.isoformat()}</updated>"
        f'<content type="html">{_xml(body(told))}</content></entry>'
    )


def _xml(words: str) -> str:
    """Escaped, without what XML 1.0 has no place for."""
    kept = "".join(char for char in words if char in "\n\t" or (char >= " " and char not in "\ufffe\uffff"))
    return escape(kept.encode("utf-8", "replace").decode())
