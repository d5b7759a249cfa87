"""
What watcher tells a team about itself: a channel that is gone, a silence that ends. Words and ids only; whoever
decides that something is to be told owes it in the same transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from html import escape

from watcher.model import (
    Address,
    AlertId,
    DeliveryId,
    Message,
    Notice,
    Owed,
    Silence,
    StoryId,
    Team,
    delivery_id,
    notice_id,
)
from watcher.silences import about

SCHEMA = "watcher.notice.v1"
LISTED = 50  # developments in one report


def gone(team: Team, owed: Owed, said: str, *, now: datetime) -> Notice:
    """That an address will never take anything again (HTTP 410)."""
    text = (
        f"The address {where(owed.kind, owed.recipient)} of your channel {owed.channel} said that it is gone: {said}\n"
        "Nothing is sent to it any more.\n\n"
        f"What to do: write another address into rules/{team.id}/team.yaml. If it works again, send what it missed:\n"
        f"watcher resend --abandoned --team {team.id}\n"
    )
    subject = f"[WATCHER] {team.name}: channel {owed.channel} is gone"
    # The delivery belongs to the id: an address that was taken into use again and goes again is told again.
    return Notice(notice_id(team.id, "gone", owed.kind, owed.recipient, owed.id), team.id, subject, text, now)


def silence_ends_soon(team: Team, silence: Silence, hidden: int, *, now: datetime) -> Notice:
    """That alerts will come again soon."""
    text = (
        f"The silence of {about(silence)} ends at {silence.end:%Y-%m-%d %H:%M} UTC. It has hidden {hidden} so far.\n"
        f"Asked for by {silence.author}: {silence.reason}\n\n"
        f"To prolong it: watcher silence extend {silence.id} 6h\n"
    )
    key = notice_id(team.id, "silence-ends-soon", silence.id, silence.end.isoformat())
    return Notice(key, team.id, f"[WATCHER] {team.name}: a silence ends soon", text, now)


def silence_ended(team: Team, silence: Silence, hidden: Sequence[tuple[str, str]], *, now: datetime) -> Notice:
    """
    What a silence hid.

    Args:
        hidden: Title and address of each development.
    """
    lines = [f"- {title[:200]}\n  {url}\n" if url else f"- {title}\n" for title, url in hidden[:LISTED]]
    more = f"and {len(hidden) - LISTED} more: watcher silence list --ended\n" if len(hidden) > LISTED else ""
    text = (
        f"The silence of {about(silence)} has ended. It hid {len(hidden)} from you; what comes from now on is told.\n"
        f"Asked for by {silence.author}: {silence.reason}\n\n{''.join(lines)}{more}"
    )
    subject = f"[WATCHER] {team.name}: a silence has ended, {len(hidden)} hidden"
    return Notice(notice_id(team.id, "silence-ended", silence.id, silence.end.isoformat()), team.id, subject, text, now)


def owed_for(notice: Notice, team: Team, *, avoiding: str = "") -> tuple[Owed, ...]:
    """
    What each recipient of one channel of the team is owed: the default, or the first other one.

    Args:
        avoiding: A recipient that cannot be reached.

    Returns:
        Empty when the team has no other recipient.
    """
    for name in (team.default, *team.channels):
        address = team.channels[name]
        recipients = [recipient for recipient in address.recipients if recipient != avoiding]
        if recipients:
            return tuple(owe(notice.id, team, address, to, due=notice.time, notice=True) for to in recipients)
    return ()


def owe(what: AlertId, team: Team, address: Address, to: str, *, due: datetime, notice: bool = False) -> Owed:
    """One alert or notice owed to one recipient."""
    return Owed(
        id=delivery_id(what, address.name, to),
        alert=what,
        team=team.id,
        channel=address.name,
        kind=address.kind,
        recipient=to,
        due=due,
        notice=notice,
    )


def where(kind: str, recipient: str) -> str:
    """A recipient as it may be shown: of a web address the part before the path, which may hold a token."""
    if kind == "email" or "://" not in recipient:
        return recipient
    scheme, _, rest = recipient.partition("://")
    host = rest.partition("/")[0].rpartition("@")[2]
    return f"{scheme}://{host}/…" if "/" in rest.rstrip("/") else f"{scheme}://{host}"


def message(owed: Owed, notice: Notice, *, now: datetime) -> Message:
    """The notice for one recipient."""
    return Message(
        id=DeliveryId(owed.id),
        alert=notice.id,
        team=notice.team,
        subject=notice.subject,
        text=notice.text,
        html=_PAGE.format(title=escape(notice.subject), text=escape(notice.text)),
        payload={
            "schema": SCHEMA,
            "id": owed.id,
            "notice": notice.id,
            "team": notice.team,
            "time": notice.time.isoformat(),
            "subject": notice.subject,
            "text": notice.text,
        },
        thread=StoryId(notice.id),
        first_in_thread=True,
        sent_at=now,
    )


_PAGE = (
    '<!doctype html><html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    '<meta name="color-scheme" content="light dark"></head>'
    '<body style="margin:0;padding:16px;font:16px/1.45 system-ui,sans-serif">'
    '<div style="max-width:640px;margin:0 auto">'
    '<h1 dir="auto" style="font-size:19px">{title}</h1>'
    '<p dir="auto" style="white-space:pre-line;overflow-wrap:anywhere">{text}</p></div></body></html>'
)
