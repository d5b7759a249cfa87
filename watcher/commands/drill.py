"""`watcher drill`: does an item come through, from a source to the channels of a team?"""

from __future__ import annotations

import sys
from pathlib import Path

import typer

from watcher.commands.screen import print_json


def drill(
    team: str = typer.Argument(help="The team's folder; its channels get one message marked TEST."),
    json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """
    Send a marked test item through a source, a rule of the team, its story and the team's channels, and back.

    The item is an example of the rule; nothing of it stays in the database. Ends with 1 at a station that failed.
    `drill` in watcher.toml holds one each day or week.
    """
    from watcher import logs
    from watcher.model import TeamId
    from watcher.service import SystemClock
    from watcher.settings import load_settings
    from watcher.wiring.drilling import DrillError
    from watcher.wiring.drilling import drill as hold

    settings = load_settings(Path())
    logs.configure(level="error", form=settings.log_format)
    try:
        steps = hold(settings, TeamId(team), SystemClock())
    except DrillError as error:
        raise typer.BadParameter(str(error)) from error
    if json:
        print_json(steps)
    else:
        for step in steps:
            sys.stdout.write(f"{'ok    ' if step.ok else 'FAILED'}  {step.station:8} {step.said}\n")
    if not all(step.ok for step in steps):
        raise typer.Exit(1)
