"""`watcher status`: how it is, and what to do next."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from watcher.commands.screen import print_json, print_table

if TYPE_CHECKING:
    from watcher.store import Overview

LATE = timedelta(minutes=30)


def status(json: bool = typer.Option(False, "--json", help="Print JSON.")) -> None:
    """Sources, rules, deliveries and the database in one screen; what needs a person comes first."""
    from watcher.settings import load_settings
    from watcher.store import open_store

    store = open_store(load_settings(Path()).database)
    now = datetime.now(UTC)
    try:
        found = store.overview(now=now)
    finally:
        store.close()
    if json:
        print_json(found)
        return
    for line in troubles(found, now=now) or ["all is well"]:
        sys.stdout.write(f"{line}\n")
    sys.stdout.write("\n")
    print_table(("", ""), figures(found, now=now))
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
    if not sum(found.sources.values()):
        said.append("no source is watched: add some to sources.yaml, then `watcher once`")
    elif found.last_poll is None:
        said.append("nothing was polled yet: is `watcher run` running?")
    elif found.overdue > LATE:
        said.append(f"the next poll was due {ago(now - found.overdue, now)}: is `watcher run` running?")
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


def figures(found: Overview, *, now: datetime) -> list[tuple[str, str]]:
    """One line for each figure."""
    return [
        ("sources", ", ".join(f"{count} {state}" for state, count in sorted(found.sources.items())) or "none"),
        ("last poll", ago(found.last_poll, now)),
        ("gaps, last day", ", ".join(f"{count} {state}" for state, count in sorted(found.gaps.items())) or "none"),
        ("alerts, last day", str(found.alerts)),
        ("deliveries", ", ".join(f"{count} {state}" for state, count in sorted(found.deliveries.items())) or "none"),
        ("last decider", found.holder or "nobody yet"),
        ("database", f"{found.size_bytes / 1e6:.1f} MB"),
    ]


def ago(moment: datetime | None, now: datetime) -> str:
    """How long ago, in the largest unit that fits; `never` for None."""
    if moment is None:
        return "never"
    minutes = int((now - moment).total_seconds() // 60)
    if minutes < 120:
        return f"{max(minutes, 0)} min ago"
    return f"{minutes // 60} h ago" if minutes < 48 * 60 else f"{minutes // 1440} days ago"
