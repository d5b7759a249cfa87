"""
What follows from an attempt that failed: whether it is tried again, who takes over, and who is told. Pure.

| failure | again | the channel's fallback takes over |
|---|---|---|
| DNS, TLS, login, no answer, 4xx of SMTP, 429, 5xx of HTTP | for three days | after `fallback_after` attempts |
| 5xx of SMTP, 400, 405, 411, 413, 414, 415, 422 | no | at once |
| 410 | no; nothing more is sent there and the team is told | at once |
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from watcher.errors import DeliveryError
from watcher.model import Notice, Owed, Team
from watcher.notices import gone, owe, owed_for
from watcher.schedule import next_attempt


@dataclass(frozen=True, slots=True)
class Aftermath:
    """
    What is written together with the end of an attempt.

    Args:
        again: When it is tried again; None: it is given up.
        owed: By others, because of this.
        notices: What they are told, if no alert.
        disabled: Why nothing more is sent to this recipient; empty: it stays in use.
    """

    again: datetime | None
    owed: tuple[Owed, ...] = ()
    notices: tuple[Notice, ...] = ()
    disabled: str = ""


def aftermath(parcel: tuple[Owed, ...], error: DeliveryError, team: Team | None, *, now: datetime) -> Aftermath:
    """
    What to do about a failed attempt.

    Args:
        team: Whose parcel it is, as it is now; None: there is no such team any more, so nobody can take over.
    """
    first = parcel[0]
    tried = first.attempts - first.forgiven
    again = next_attempt(tried, now=now, retry_after=error.retry_after) if error.retryable else None
    if team is None:
        return Aftermath(again)
    owed = _taken_over(parcel, team, tried=tried, final=again is None, now=now)
    if not error.gone:
        return Aftermath(again, owed)
    notice = gone(team, first, str(error), now=now)
    told = owed_for(notice, team, avoiding=first.recipient)
    return Aftermath(again, (*owed, *told), (notice,) if told else (), disabled=str(error))


def _taken_over(parcel: tuple[Owed, ...], team: Team, *, tried: int, final: bool, now: datetime) -> tuple[Owed, ...]:
    address = team.channels.get(parcel[0].channel)
    other = team.channels.get(address.fallback) if address and address.fallback else None
    if address is None or other is None or not (final or tried >= address.fallback_after):
        return ()
    return tuple(
        replace(owe(owed.alert, team, other, to, due=now, notice=owed.notice), bundle=owed.bundle)
        for owed in parcel
        for to in other.recipients
    )
