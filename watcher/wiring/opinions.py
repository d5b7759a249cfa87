"""
Links in messages by which a reader says what an alert was worth: signed for one recipient, and good for some weeks.

GET shows a page, for programs that follow every link of a mail do that too; only POST keeps anything.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import escape
from urllib.parse import urlencode

from watcher.listener import Request, Response, Routes
from watcher.model import DeliveryId, Feedback, Item, Message, Verdict
from watcher.settings import Settings
from watcher.store import AlertAccount, Store
from watcher.wiring.links import is_genuine, mark_of

PATH = "/feedback"
GOOD_FOR = timedelta(days=60)
LONGEST_NOTE = 1_000
_WORDS = {
    Verdict.USEFUL: "Useful",
    Verdict.NOISE: "Noise: should not have been told",
    Verdict.REPEAT: "Repeat: was told before",
}
Link = Callable[[DeliveryId, datetime], str]
"""The address at which the recipient of a delivery says what it was worth."""


def feedback_link(settings: Settings) -> Link | None:
    """Makes the links of messages sent at a time; None: the settings allow no links."""
    key = settings.link_secret.get_secret_value()
    if not key or not settings.public_url:
        return None
    base = settings.public_url.rstrip("/")

    def link(delivery: DeliveryId, sent: datetime) -> str:
        until = int((sent + GOOD_FOR).timestamp())
        signed = mark_of(key, PATH, f"{delivery} {until}")
        return f"{base}{PATH}?{urlencode({'d': delivery, 'u': until, 'k': signed})}"

    return link


def with_links(message: Message, links: list[tuple[str, str]]) -> Message:
    """
    The message with a question at its end.

    Args:
        links: Headline and address of each alert in it; of a single one the headline is not repeated.
    """
    if len(links) == 1:
        said = [f"Useful, noise, a repeat? {links[0][1]}"]
        shown = f'<a href="{escape(links[0][1])}">Useful, noise, a repeat?</a>'
        payload = {**message.payload, "feedback": links[0][1]}
    else:
        said = ["Useful, noise, a repeat?", *(f"  {title}: {url}" for title, url in links)]
        each = "".join(f'<li><a href="{escape(url)}">{escape(title)}</a></li>' for title, url in links)
        shown = f"Useful, noise, a repeat?<ul>{each}</ul>"
        payload = {**message.payload, "feedback": [url for _, url in links]}
    foot = f'<div class="quiet" style="margin:16px 0 0;font-size:13px;color:#5b6470">{shown}</div>'
    head, end, tail = message.html.rpartition("</div></body>")
    html = f"{head}{foot}{end}{tail}" if end else f"{message.html}{foot}"
    return replace(message, text="\n".join((message.text.rstrip("\n"), "", *said, "")), html=html, payload=payload)


def feedback_routes(settings: Settings, store: Store, now: Callable[[], datetime]) -> Routes:
    """The page behind the links; none when the settings allow no links."""
    key = settings.link_secret.get_secret_value()
    if not key or not settings.public_url:
        return {}

    def feedback(request: Request) -> Response:
        fields = request.fields
        delivery, until = DeliveryId(fields.get("d", "")), fields.get("u", "")
        if not is_genuine(key, PATH, f"{delivery} {until}", fields.get("k", "")):
            return _page(403, "This link is not complete", "<p>Copy the whole of it from the message.</p>")
        if datetime.fromtimestamp(int(until), UTC) < now():
            return _page(410, "This link is too old", "<p>Use <code>watcher feedback</code>.</p>")
        found = store.views.delivery(delivery)
        account = store.views.alert(found.owed.alert) if found and found.owed.id == delivery else None
        if found is None or account is None:
            return _page(404, "This alert is not on file any more", "")
        if request.method != "POST":
            return _page(200, "What was this alert worth?", _form(account))
        if fields.get("verdict") not in set(_WORDS):
            return _page(400, "Choose one", _form(account))
        verdict = Verdict(fields["verdict"])
        note = " ".join(fields.get("note", "").split())[:LONGEST_NOTE]
        store.feedback.put(_given(account, verdict, by=found.owed.recipient, note=note, time=now()))
        return _page(200, "Thank you", f"<p>Kept as <b>{verdict}</b>. To say otherwise, go back and choose again.</p>")

    return {PATH: feedback}


def _given(account: AlertAccount, verdict: Verdict, *, by: str, note: str, time: datetime) -> Feedback:
    alert, development = account.alert, account.development
    items = {item.id: item for item in account.items}
    item = items.get(alert.item) or Item(alert.item, development.title, development.url, "", alert.time)
    return Feedback(alert.id, alert.team, by, verdict, time, item, alert.rules, alert.id, note)


def _form(account: AlertAccount) -> str:
    choices = "".join(
        f'<p><label><input type="radio" name="verdict" value="{verdict}" required> {words}</label></p>'
        for verdict, words in _WORDS.items()
    )
    rules = escape(", ".join(account.alert.rules))
    return (
        f'<p dir="auto"><b>{escape(account.development.title)}</b><br>{escape(account.alert.team)}: {rules}</p>'
        f'<form method="post">{choices}'
        f'<p><label>In your words (may stay empty)<br><input name="note" maxlength="{LONGEST_NOTE}"></label></p>'
        "<p><button>Send</button></p></form>"
    )


def _page(status: int, title: str, body: str) -> Response:
    html = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        '<meta name="color-scheme" content="light dark"><style>body{max-width:34em;margin:1em auto;padding:0 1em;'
        "font:17px/1.5 system-ui,sans-serif}input[name=note]{width:100%}button{font-size:1em;padding:.5em}</style>"
        f"<title>{title}</title></head><body><main><h1>{title}</h1>{body}</main></body></html>"
    )
    return Response(status, html.encode("utf-8", "replace"), "text/html; charset=utf-8")
