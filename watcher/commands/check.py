"""`watcher check`: is what people wrote fit to run?"""

from __future__ import annotations

import sys
from pathlib import Path

import typer

from watcher.commands.screen import print_json, print_problems, status


def check(
    rules: Path | None = typer.Argument(
        None, help="Folder of team folders; without it the whole deployment in this folder."
    ),
    json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """Validate rules and run their examples; every problem with its place and remedy, all at once."""
    from watcher.errors import Problem
    from watcher.trial import prepare
    from watcher.wiring.rules import load_ruleset

    problems: list[Problem] = []
    secrets = None
    if rules is None:
        from watcher.settings import load_settings
        from watcher.wiring.watching import read_sources

        settings = load_settings(Path())
        problems += read_sources(settings.sources)[1]
        rules, secrets = settings.rules, settings.secrets
    with status("running the examples"):
        ruleset = load_ruleset(rules, secrets=secrets, prepare=prepare)
    problems += ruleset.all_problems
    errors = [problem for problem in problems if not problem.is_warning]
    if json:
        print_json({"problems": sorted(problems), "teams": sorted(ruleset.teams), "rules": len(ruleset.rules)})
    else:
        print_problems(problems)
        examples = sum(len(rule.examples) + len(rule.tales) for rule in ruleset.rules)
        said = f"{len(ruleset.teams)} teams, {len(ruleset.rules)} rules, {examples} examples"
        sys.stdout.write(f"{said}: {len(errors)} errors, {len(problems) - len(errors)} warnings\n")
    if errors:
        raise typer.Exit(1)
