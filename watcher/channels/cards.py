"""
Message → what each chat or pager service wants to be posted. Words only; nothing here sends.

Titles of strangers are never markup: where a service has plain elements these are used, elsewhere they are escaped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from watcher.model import Message
from watcher.render import link, one_line, say_value

LINES = 12  # facts, or developments of a digest, in one message
TITLE_LIMIT, LINE_LIMIT = 150, 300  # characters; Slack takes 150 in a header, Telegram 4,096 in all
LOUDNESS = {"flash": ("critical", 5), "high": ("error", 4), "watch": ("warning", 3), "info": ("info", 2)}
"""Severity → PagerDuty's severity and ntfy's priority."""

Json = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Card:
    """
    A message in the few parts that every chat can show.

    Args:
        lines: Text and the address it leads to, if any.
        url: The first report; empty: none.
        key: Of the story: what bears the same one is about the same matter.
        ends: The story's alert is withdrawn.
    """

    title: str
    lines: tuple[tuple[str, str], ...]
    url: str
    severity: str
    key: str
    ends: bool = False


def card(message: Message) -> Card:
    """What is said of an alert, a digest, a notice or a test."""
    payload = message.payload
    alerts = _rows(payload.get("alerts")) or ([payload] if "development" in payload else [])
    severity = next((str(alert.get("severity", "info")) for alert in alerts), "info")
    title = _cut(message.subject, TITLE_LIMIT)
    if len(alerts) > 1 or "alerts" in payload:
        lines = [(f"[{str(alert.get('severity', '')).upper()}] {_titled(alert)}", _url(alert)) for alert in alerts]
        more = len(lines) - LINES
        kept = [*lines[:LINES], *([(f"and {more} more", "")] if more > 0 else [])]
        return Card(title, _lines(kept), _url(alerts[0]) if alerts else "", severity, f"digest-{message.id}")
    if alerts:
        return Card(title, _lines(_facts(alerts[0])), _url(alerts[0]), severity, message.thread, _ends(alerts[0]))
    return Card(
        title, _lines([(line, "") for line in message.text.splitlines() if line][:LINES]), "", "info", message.id
    )


def slack(shown: Card) -> Json:
    """An incoming webhook's body: blocks, and the text that notifications show."""
    rows = [f"• <{_slack(url)}|{_slack(text)}>" if url else f"• {_slack(text)}" for text, url in shown.lines]
    parts = ["\n".join(rows[start : start + 6]) for start in range(0, len(rows), 6)]  # a section takes 3,000 characters
    if shown.url:
        parts.append(f"<{_slack(shown.url)}|Read the report>")
    blocks: list[Json] = [
        {"type": "header", "text": {"type": "plain_text", "text": shown.title, "emoji": False}},
        *({"type": "section", "text": {"type": "mrkdwn", "text": part}} for part in parts),
    ]
    return {"text": _slack(shown.title), "blocks": blocks, "unfurl_links": False, "unfurl_media": False}


def teams(shown: Card) -> Json:
    """A workflow's body: an Adaptive Card. Text runs are plain, so a title with brackets stays a title."""
    rows = [_runs(text, url) for text, url in shown.lines]
    action = [{"type": "Action.OpenUrl", "title": "Read the report", "url": shown.url}] if shown.url else []
    content = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": [_runs(shown.title, "", weight="Bolder", size="Medium"), *rows],
        "actions": action,
    }
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": content}
    return {"type": "message", "attachments": [attachment]}


def telegram(shown: Card, chat: str) -> Json:
    """`sendMessage`: HTML with everything escaped."""
    rows = [
        f'• <a href="{escape(url)}">{escape(text)}</a>' if url else f"• {escape(text)}" for text, url in shown.lines
    ]
    title = (
        f'<a href="{escape(shown.url)}"><b>{escape(shown.title)}</b></a>'
        if shown.url
        else f"<b>{escape(shown.title)}</b>"
    )
    # Cut by lines, so that no tag is ever open: addresses may be long.
    said, length = [title], len(title)
    for row in rows:
        length += len(row) + 1
        if length > 4_000:
            break
        said.append(row)
    return {
        "chat_id": chat,
        "text": "\n".join(said),
        "parse_mode": "HTML",
        "link_preview_options": {"is_disabled": True},
        "disable_notification": shown.severity == "info",
    }


def ntfy(shown: Card, topic: str) -> Json:
    """A message to a topic, published as JSON: headers would take ASCII only."""
    said: dict[str, object] = {
        "topic": topic,
        "title": shown.title,
        "message": "\n".join(text for text, _ in shown.lines) or shown.title,
        "priority": LOUDNESS.get(shown.severity, LOUDNESS["info"])[1],
    }
    return said | ({"click": shown.url} if shown.url else {})


def pagerduty(shown: Card, routing_key: str) -> Json:
    """An event: developments of one story are one incident, which a retraction resolves."""
    if shown.ends:
        return {"routing_key": routing_key, "event_action": "resolve", "dedup_key": shown.key}
    links = [{"href": shown.url, "text": "Report"}] if shown.url else []
    return {
        "routing_key": routing_key,
        "event_action": "trigger",
        "dedup_key": shown.key,
        "client": "watcher",
        "links": links,
        "payload": {
            "summary": shown.title,
            "source": "watcher",
            "severity": LOUDNESS.get(shown.severity, LOUDNESS["info"])[0],
            "custom_details": {"facts": [text for text, _ in shown.lines]},
        },
    }


def plain(shown: Card) -> str:
    """For services without a template of their own: a line each, addresses in full."""
    rows = [f"- {text}" + (f"\n  {url}" if url else "") for text, url in shown.lines]
    return "\n".join([*rows, *([shown.url] if shown.url else [])])


def _facts(alert: Json) -> list[tuple[str, str]]:
    development = alert.get("development")
    facts = development if isinstance(development, Mapping) else {}
    changed = facts.get("changed")
    rows = [
        f"{slot.replace('_', ' ').capitalize()}: {say_value(str(before or ''))} → {say_value(str(after))}"
        if before
        else f"{slot.replace('_', ' ').capitalize()}: {say_value(str(after))}"
        for slot, (before, after) in (changed.items() if isinstance(changed, Mapping) else ())
    ]
    if facts.get("inferred_from"):
        rows.append("Inferred: no report says so; it follows from dates or places")
    publishers = facts.get("publishers")
    names = [str(name) for name in publishers] if isinstance(publishers, Sequence) else []
    rows.append(f"{facts.get('status', '')}, says {', '.join(names[:4]) or 'nobody yet'}")
    rules = [str(rule.get("title", "")) for rule in _rows(alert.get("rules"))]
    rows.append(f"Rule: {', '.join(rules)}")
    return [(row, "") for row in rows][:LINES]


def _rows(value: object) -> list[Json]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list | tuple) else []


def _titled(alert: Json) -> str:
    items = _rows(alert.get("items"))
    return str(items[0].get("title", "")) if items else ""


def _url(alert: Json) -> str:
    items = _rows(alert.get("items"))
    found = link(str(items[0].get("url", ""))) if items else ""
    return found if len(found) <= 2_000 and not set(found) & set(' "<>|\\\n\r\t') else ""


def _ends(alert: Json) -> bool:
    return alert.get("kind") == "retracted"


def _lines(rows: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((_cut(text, LINE_LIMIT), url) for text, url in rows)


def _cut(text: str, limit: int) -> str:
    line = one_line(text)
    return line if len(line) <= limit else line[: limit - 1] + "…"


def _slack(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _runs(text: str, url: str, **style: str) -> Json:
    run: dict[str, object] = {"type": "TextRun", "text": text, **style}
    if url:
        run["selectAction"] = {"type": "Action.OpenUrl", "url": url}
    return {"type": "RichTextBlock", "inlines": [run]}
