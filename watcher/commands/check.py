"""`watcher check`: is what people wrote fit to run?"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from watcher.commands.screen import print_json, print_problems, status

if TYPE_CHECKING:
    from watcher.errors import Problem
    from watcher.matching import Ruleset


def check(
    rules: Path | None = typer.Argument(
        None, help="Folder of team folders; without it the whole deployment in this folder."
    ),
    schema: bool = typer.Option(
        False, "--schema", help="Write schemas for editors into .schema of that folder; later checks keep them fresh."
    ),
    json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """Validate rules and run their examples; every problem with its place and remedy, all at once."""
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
    show_editors(rules, ruleset, asked=schema)
    if errors:
        raise typer.Exit(1)


def show_editors(rules: Path, ruleset: Ruleset, *, asked: bool) -> None:
    """
    Write the schemas when asked to, and again where they were written once.

    Raises:
        ConfigError: They were asked for and cannot be written. Old ones that cannot be replaced are only mentioned: a
            deployment may keep its rules where this user must not write.
    """
    from watcher.errors import ConfigError
    from watcher.wiring.schemas import has_schemas, write_schemas

    if not (asked or has_schemas(rules)):
        return
    try:
        folder = write_schemas(rules, ruleset)
    except ConfigError as error:
        if asked:
            raise
        print_problems(error.problems)
        return
    if asked:
        sys.stderr.write(f"wrote {folder}\n")
