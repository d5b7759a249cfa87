"""
What people did about alerts, and what the clock makes of it: a flash that nobody acknowledged goes on to the next
channel; a silence that ends is announced before and accounted for afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from watcher import notices
from watcher.ingest.commit import Commit
from watcher.model import Alert, Development, DevelopmentId, Notice, Severity, Silence, Team, TeamId, Wake
from watcher.policy import Ledger
from watcher.silences import reminder_at

ESCALATE, ENDS_SOON, ENDED = "escalate", "silence-ends-soon", "silence-ended"

Teams = Mapping[TeamId, Team]
Titled = Callable[[DevelopmentId], Development | None]


def watched(alerts: Iterable[Alert], teams: Teams) -> tuple[Wake, ...]:
    """A row of the clock for each flash that somebody must acknowledge."""
    return tuple(
        Wake(ESCALATE, f"{alert.team} {alert.development} 0", alert.due + team.escalation.after)
        for alert in alerts
        if alert.severity is Severity.FLASH and (team := teams[alert.team]).escalation
    )


def escalated(row: Wake, ledger: Ledger, teams: Teams, *, now: datetime) -> Commit:
    """The alert to the next channel, unless somebody acknowledged it; every channel gets it once."""
    name, key, step = row.subject.split(" ")
    alert, team = ledger.told(TeamId(name), DevelopmentId(key)), teams.get(TeamId(name))
    plan = team.escalation if team else None
    if alert is None or team is None or plan is None or alert.id in ledger.acknowledged:
        return Commit(settled=(row,))
    number = int(step)
    address = team.channels.get(plan.channels[number]) if number < len(plan.channels) else None
    owed = [notices.owe(alert.id, team, address, to, due=now) for to in address.recipients] if address else []
    more = number + 1 < len(plan.channels)
    following = (Wake(ESCALATE, f"{name} {key} {number + 1}", now + plan.after),) if more else ()
    return Commit(deliveries=tuple(owed), wakes=following, settled=(row,))


def silence_rows(silence: Silence) -> tuple[Wake, ...]:
    """The rows of the clock that a silence needs."""
    return Wake(ENDS_SOON, silence.id, reminder_at(silence)), Wake(ENDED, silence.id, silence.end)


def ends_soon(row: Wake, ledger: Ledger, teams: Teams, *, now: datetime) -> Commit:
    """The announcement that a silence is about to end; none when it has ended already."""
    silence = _silence(row, ledger)
    if silence is None or silence.end <= now:
        return Commit(settled=(row,))
    told = [
        (team, notices.silence_ends_soon(team, silence, len(ledger.hidden(silence.id, team.id)), now=now))
        for team in _concerned(silence, teams)
    ]
    return _telling(told, row)


def ended(row: Wake, ledger: Ledger, teams: Teams, titled: Titled, *, now: datetime) -> Commit:
    """The report of what a silence hid, to each team that it hid something from, or that it names."""
    silence = _silence(row, ledger)
    if silence is None:
        return Commit(settled=(row,))
    if silence.end > now:  # prolonged meanwhile
        return Commit(settled=(row,), wakes=(Wake(ENDED, silence.id, silence.end),))
    told = []
    for team in _concerned(silence, teams):
        holds = ledger.hidden(silence.id, team.id)
        found = [titled(hold.development) for hold in holds]
        lines = [(one.title, one.url) if one else ("a development that is not on file any more", "") for one in found]
        if holds or silence.team:
            told.append((team, notices.silence_ended(team, silence, lines, now=now)))
    return _telling(told, row)


def _silence(row: Wake, ledger: Ledger) -> Silence | None:
    return next((one for one in ledger.silences if one.id == row.subject), None)


def _concerned(silence: Silence, teams: Teams) -> list[Team]:
    return [team for key, team in teams.items() if silence.team in ("", key)]


def _telling(told: Iterable[tuple[Team, Notice]], row: Wake) -> Commit:
    pairs = list(told)
    return Commit(
        notices=tuple(notice for _, notice in pairs),
        deliveries=tuple(owed for team, notice in pairs for owed in notices.owed_for(notice, team)),
        settled=(row,),
    )
