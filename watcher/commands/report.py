"""`watcher report`: one page for a team lead."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from watcher.errors import ConfigError, Problem

if TYPE_CHECKING:
    from watcher.wiring.reporting import Report


def report(
    file: Path = typer.Argument(Path("report.html"), help="Where to write it; `-` for standard output."),
    since: str = typer.Option("30d", help="Of the last 12h or 7d, or since 2026-02-04."),
    team: str = typer.Option("", "--team", help="Only this team's."),
) -> None:
    """Write one static page: alerts by day, top stories as timelines, sources, rules and noise."""
    from watcher.commands.alerts import moment, opened
    from watcher.commands.wire import rules_folder
    from watcher.model import TeamId
    from watcher.wiring.reporting import report_of
    from watcher.wiring.rules import load_ruleset

    now = datetime.now(UTC)
    ruleset = load_ruleset(rules_folder(None))
    if team and team not in ruleset.teams:
        message = f"no team is called {team!r}: {', '.join(sorted(ruleset.teams))}"
        raise ConfigError([Problem("", 0, 0, message, "no-team")])
    with opened() as store:
        found = report_of(store, ruleset, since=moment(since, now=now), now=now, team=TeamId(team) if team else None)
    text = as_html(found)
    if str(file) == "-":
        sys.stdout.write(text)
        return
    part = file.with_name(f"{file.name}.part")
    try:
        part.write_text(text, encoding="utf-8", errors="replace")
        os.replace(part, file)
    except OSError as error:
        raise ConfigError([Problem(str(file), 0, 0, f"cannot be written: {error.strerror}")]) from error
    sys.stdout.write(f"wrote {file}: {found.total} alerts, {len(found.stories)} stories\n")


def as_html(found: Report) -> str:
    """The page; every text of others is escaped."""
    from jinja2 import Environment, StrictUndefined

    template = (resources.files("watcher") / "templates" / "report.html").read_text(encoding="utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return environment.from_string(template).render(report=found)
