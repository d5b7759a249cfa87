"""`watcher status`: how it is, and what to do next."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from watcher.commands.alerts import vars_of
from watcher.commands.screen import print_json, print_table

if TYPE_CHECKING:
    from watcher.store import Overview, Today

LATE = timedelta(minutes=30)
MANY = 10
"""One in so many sources that fails is no news: servers do."""


def status(json: bool = typer.Option(False, "--json", help="Print JSON.")) -> None:
    """Sources, rules, deliveries and the database in one screen; what needs a person comes first."""
    from watcher.settings import load_settings
    from watcher.store import open_store

    store = open_store(load_settings(Path()).database)
    now = datetime.now(UTC)
    try:
        found, day = store.overview(now=now), store.today(now=now)
    finally:
        store.close()
    if json:
        print_json({**vars_of(found), "today": day})
        return
    for line in troubles(found, now=now) or ["all is well"]:
        sys.stdout.write(f"{line}\n")
    sys.stdout.write("\n")
    print_table(("", ""), figures(found, day, now=now))
    if found.failing:
        rows = [(s.id, s.failures, s.outcome, s.detail, ago(s.succeeded_at, now)) for s in found.failing]
        print_table(("failing source", "in a row", "why", "detail", "last good"), rows)
    for team in found.rejected:
        print_table(
            (f"{team.team}: rules refused since {team.since:%Y-%m-%d %H:%M} UTC",), [(p,) for p in team.problems]
        )


def troubles(found: Overview, *, now: datetime) -> list[str]:
    """What a person should look at, each with what to do."""
    said = []
    failing = found.sources.get("failing", 0)
    if not found.holder:
        said.append("nothing has run here yet: `watcher once` polls what is due, `watcher run` keeps on")
    elif not sum(found.sources.values()):
        said.append("no source is watched: add some to sources.yaml, then `watcher once`")
    elif found.last_poll is None:
        said.append("nothing was polled yet: is `watcher run` running?")
    elif found.overdue > LATE:
        said.append(f"the next poll was due {ago(now - found.overdue, now)}: is `watcher run` running?")
    if failing * MANY >= sum(found.sources.values()) and failing:
        said.append(f"{failing} of {sum(found.sources.values())} sources fail, the worst are below: `watcher doctor`")
    if found.oldest_owed and now - found.oldest_owed > LATE:
        said.append(f"the oldest delivery was due {ago(found.oldest_owed, now)}: see the log, or `watcher try-channel`")
    if found.deliveries.get("abandoned"):
        said.append(
            f"{found.deliveries['abandoned']} deliveries were given up: `watcher deliveries`, then `watcher resend`"
        )
    if lost := found.gaps.get("lost"):
        said.append(f"{lost} times in the last day items may have passed unseen: `watcher gaps`")
    said += [
        f"{pause.kind} {pause.name} rests since {ago(pause.since, now)}, by {pause.who}: {pause.reason}"
        f" (`watcher resume {pause.kind} {pause.name}`)"
        for pause in found.paused
    ]
    said += [f"{team.team}: rules are refused, the last good ones run: `watcher check`" for team in found.rejected]
    if found.quarantined:
        said.append(f"{len(found.quarantined)} items made watcher crash and were set aside: please report them")
    return said


def figures(found: Overview, day: Today, *, now: datetime) -> list[tuple[str, str]]:
    """One line for each figure."""
    return [
        ("sources", counted(found.sources)),
        ("failures", counted(day.failures)),
        ("last poll", ago(found.last_poll, now)),
        ("items, last day", str(day.items)),
        ("from publication", " / ".join(map(lasting, day.delays)) + " (half / 95 of 100)" if day.delays else "unknown"),
        ("decisions, last day", counted(day.decisions)),
        ("gaps, last day", counted(found.gaps)),
        ("alerts, last day", str(found.alerts)),
        ("deliveries", counted(found.deliveries)),
        ("oldest owed", ago(found.oldest_owed, now) if found.oldest_owed else "none"),
        ("running", running(found, day)),
        ("database", f"{found.size_bytes / 1e6:.1f} MB"),
    ]


def counted(numbers: Mapping[str, int]) -> str:
    """`3 ok, 1 failing`, or `none`."""
    return ", ".join(f"{count} {name}" for name, count in sorted(numbers.items())) or "none"


def running(found: Overview, day: Today) -> str:
    """Which process works, and how large it is."""
    if day.process is None:
        return f"no; the last was {found.holder}" if found.holder else "no"
    return f"process {day.process}, {day.memory_bytes / 1e6:.0f} MB" if day.memory_bytes else f"process {day.process}"


def lasting(time: timedelta) -> str:
    """`40 s`, `3 min`, `5 h`."""
    seconds = int(time.total_seconds())
    if seconds < 120:
        return f"{seconds} s"
    return f"{seconds // 60} min" if seconds < 7200 else f"{seconds // 3600} h"


def ago(moment: datetime | None, now: datetime) -> str:
    """How long ago, in the largest unit that fits; `never` for None."""
    if moment is None:
        return "never"
    minutes = int((now - moment).total_seconds() // 60)
    if minutes < 120:
        return f"{max(minutes, 0)} min ago"
    return f"{minutes // 60} h ago" if minutes < 48 * 60 else f"{minutes // 1440} days ago"
