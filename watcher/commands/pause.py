"""`watcher pause` and `watcher resume`: a team that is to be left in peace, a source that is not to be asked."""

from __future__ import annotations

import difflib
import getpass
import sys
from collections.abc import Collection
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

import typer

from watcher.commands.alerts import opened


class Kind(StrEnum):
    """What can rest."""

    TEAM = "team"
    SOURCE = "source"


def pause(
    kind: Kind = typer.Argument(help="team or source."),
    name: str = typer.Argument(help="The team's folder, or the source's name in sources.yaml."),
    reason: str = typer.Option(..., help="Why; `watcher status` shows it."),
    author: str = typer.Option("", help="Who asks for it; without: the user of this machine."),
) -> None:
    """Let a team or a source rest until it is resumed; what a team is told meanwhile is kept."""
    from watcher.store import Pause

    known = _teams() if kind is Kind.TEAM else _sources()
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(sorted(known)[:20]) or 'none'}"
        raise typer.BadParameter(f"no {kind} is called {name!r}: {hint}")
    wanted = Pause(kind.value, name, author or getpass.getuser(), reason, datetime.now(UTC))
    with opened() as store:
        is_new = store.pauses.pause(wanted)
    said = "rests" if is_new else "rests already"
    sys.stdout.write(f"{kind} {name} {said}; `watcher resume {kind} {name}`\n")


def resume(
    kind: Kind = typer.Argument(help="team or source."),
    name: str = typer.Argument(help="As it was paused."),
) -> None:
    """End a pause. A team gets what was kept as one list; a source is asked at once."""
    with opened() as store:
        ended = store.pauses.resume(kind.value, name, now=datetime.now(UTC))
        resting = [f"{one.kind} {one.name}" for one in store.pauses.listed()]
    if ended is None:
        sys.stderr.write(f"{kind} {name} does not rest; these do: {', '.join(resting) or 'none'}\n")
        raise typer.Exit(1)
    kept = f"; {ended.held} deliveries leave as a list" if ended.held else ""
    sys.stdout.write(f"{kind} {name} is back after a pause since {ended.since:%Y-%m-%d %H:%M} UTC{kept}\n")


def _teams() -> Collection[str]:
    from watcher.settings import load_settings
    from watcher.wiring.rules import load_ruleset

    return load_ruleset(load_settings(Path()).rules).teams.keys()


def _sources() -> Collection[str]:
    from watcher.settings import load_settings
    from watcher.wiring.watching import read_sources

    return {source.id for source in read_sources(load_settings(Path()).sources)[0]}
