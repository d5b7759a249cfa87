"""`watcher feeds`: alerts and appointments as files, now."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import typer


def feeds(folder: str = typer.Argument("", help="Where to; without: `feeds` of watcher.toml.")) -> None:
    """
    Write Atom and JSON feeds of each team and rule, and calendar.ics, into a folder that a web server can serve.

    With `feeds` in watcher.toml, `watcher run` does this each minute. Files are replaced whole, and only when changed.
    """
    from watcher.commands.alerts import opened
    from watcher.settings import load_settings
    from watcher.wiring.publishing import publish
    from watcher.wiring.rules import load_ruleset
    from watcher.wiring.sending import renderer

    settings = load_settings(Path())
    target = Path(folder) if folder else settings.feeds
    if target is None:
        raise typer.BadParameter("say where to, or set `feeds` in watcher.toml")
    ruleset = load_ruleset(settings.rules)
    with opened() as store:
        files = publish(target, store, ruleset, renderer(settings.templates), now=datetime.now(UTC))
    sys.stdout.write(f"{files} files changed in {target}\n")
