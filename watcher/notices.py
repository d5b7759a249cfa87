"""
What watcher tells a team about itself: a channel that is gone, a silence that ends, a source that fails or is silent,
rules that are refused. Words and ids only; whoever decides that something is to be told owes it in the same
transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from html import escape

from watcher.errors import Problem
from watcher.model import (
    Address,
    AlertId,
    Cursor,
    DeliveryId,
    Failed,
    Message,
    Notice,
    Owed,
    Silence,
    Source,
    StoryId,
    Team,
    Weight,
    delivery_id,
    notice_id,
)
from watcher.silences import about

SCHEMA = "watcher.notice.v1"
LISTED = 50  # developments in one report
FAULTS = 20


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


def rules_refused(team: Team, problems: Sequence[Problem], *, since: datetime, now: datetime) -> Notice:
    """
    That what the team has edited is not in force.

    Args:
        since: Of the first of its faults in a row; however often it is looked at again, it is told once.
    """
    shown = [f"  {problem}" for problem in problems[:FAULTS]]
    more = [f"  and {len(problems) - FAULTS} more"] if len(problems) > FAULTS else []
    lines = [
        f"The rules of {team.name} as they lie there now cannot be used; the last good ones go on running.",
        "",
        *shown,
        *more,
        "",
        "What to do: `watcher check` names every fault; once it is mended the new rules are taken over by themselves.",
    ]
    key = notice_id(team.id, "rules-refused", since.isoformat())
    subject = f"[WATCHER] {team.name}: the edited rules are refused"
    return Notice(key, team.id, subject, "\n".join(lines) + "\n", now)


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


def failing(team: Team, source: Source, cursor: Cursor, failed: Failed, *, now: datetime) -> Notice:
    """That a source has given nothing for long."""
    good = f"{cursor.succeeded_at:%-d %b %Y, %H:%M} UTC" if cursor.succeeded_at else "never"
    text = (
        f"{source.id} could not be read {cursor.failures} times in a row.\n"
        f"Why: {failed.reason.value}: {failed.detail}\nLast good: {good}\n\n"
        f"What to do: {_REMEDIES[failed.reason.weight]} `watcher sources try {source.id}` shows what it answers.\n"
        "It is tried again, less and less often, for ever; you are told when it works again.\n"
    )
    subject = f"[WATCHER] Source {source.id} fails: {failed.detail}"[:160]
    return Notice(_about("failing", team, source, cursor.succeeded_at or now), team.id, subject, text, now)


def recovered(team: Team, source: Source, since: datetime, *, now: datetime) -> Notice:
    """That a source works again whose owner was told `since` that it fails."""
    text = f"{source.id} can be read again. What it no longer shows of the time between: `watcher gaps`.\n"
    return Notice(_about("works", team, source, since), team.id, f"[WATCHER] Source {source.id} works again", text, now)


def silent(team: Team, source: Source, cursor: Cursor, *, now: datetime) -> Notice:
    """That a source can be read and has nothing new for much longer than usual."""
    last = cursor.fresh_at or now
    usual = (
        "" if source.silent_after else f" Its longest quiet of late was {cursor.quiet / timedelta(hours=1):.0f} hours."
    )
    text = (
        f"{source.id} can be read and has given nothing new since {last:%-d %b %Y, %H:%M} UTC.{usual}\n\n"
        "What to do: look whether the feed was moved or given up. If this is normal, write `silent_after: 7d` "
        "(or `never`) at the source.\n"
    )
    hours = (now - last) / timedelta(hours=1)
    subject = f"[WATCHER] Source {source.id} is silent for {hours:.0f} hours"
    return Notice(_about("silent", team, source, last), team.id, subject, text, now)


def speaks(team: Team, source: Source, since: datetime, *, now: datetime) -> Notice:
    """That a source gives news again whose owner was told `since` that it is silent."""
    text = f"{source.id} gives news again.\n"
    return Notice(
        _about("speaks", team, source, since), team.id, f"[WATCHER] Source {source.id} speaks again", text, now
    )


def _about(what: str, team: Team, source: Source, since: datetime) -> AlertId:
    return notice_id(team.id, what, source.id, since.isoformat())


_REMEDIES = {
    Weight.HARD: "correct the address in the list of sources, or take it out.",
    Weight.SOFT: "the server does not want us: read it less often, or ask its owner; `contact` in watcher.toml helps.",
    Weight.TEMPORARY: "look whether the site is up, and whether this machine reaches it.",
}


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
