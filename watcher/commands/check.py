"""`watcher check`: is what people wrote fit to run, and what would it do?"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from watcher.commands.screen import print_json, print_problems, print_table, status

if TYPE_CHECKING:
    from watcher.errors import Problem
    from watcher.ingest import Effect
    from watcher.matching import Ruleset

FORMATS = ("text", "json", "github")


def check(
    rules: Path | None = typer.Argument(
        None, help="Folder of team folders; without it the whole deployment in this folder."
    ),
    since: str = typer.Option(
        "",
        help="Also what the rules would have told of the last 12h or 7d as stored here, and lints that need the past.",
    ),
    archive: Path | None = typer.Option(None, "--archive", help="The same with items as JSON lines."),
    form: str = typer.Option("text", "--format", help="text, json, or github: annotations at the lines."),
    schema: bool = typer.Option(
        False, "--schema", help="Write schemas for editors into .schema of that folder; later checks keep them fresh."
    ),
    json: bool = typer.Option(False, "--json", help="Print JSON; the same as --format json."),
) -> None:
    """Validate rules, lint them and run their examples; every problem with its place and remedy, all at once."""
    from watcher.trial import prepare
    from watcher.wiring.rules import load_ruleset

    form = "json" if json else form
    if form not in FORMATS:
        raise typer.BadParameter(f"{form!r} is not {', '.join(FORMATS)}", param_hint="--format")
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
    effect = None
    if (since or archive is not None) and ruleset.rules:
        found, effect = looked_back(ruleset, archive, since)
        problems += found
    show(sorted(problems), ruleset, effect, form=form)
    show_editors(rules, ruleset, asked=schema)
    if any(not problem.is_warning for problem in problems):
        raise typer.Exit(1)


def looked_back(ruleset: Ruleset, archive: Path | None, since: str) -> tuple[list[Problem], Effect]:
    """
    Warnings that only the past gives, and what the rules would have told compared with those that ran here last.

    Raises:
        ConfigError: The archive cannot be read.
        StoreError: The database cannot be read.
    """
    from watcher.commands.alerts import opened
    from watcher.commands.diff import effect_between
    from watcher.commands.screen import track
    from watcher.commands.wire import wire_of
    from watcher.wiring import history
    from watcher.wiring.rehearsal import unhurried

    found: list[Problem] = []
    before = ruleset
    if archive is None:
        with opened() as store:
            found += history.lint_idle(store, ruleset, now=datetime.now(UTC))
            found += history.lint_width(store.latest_items(limit=history.LATEST), ruleset)
            before = history.in_force(store) or ruleset
    else:
        with wire_of(archive, since) as wire:
            latest = history.last_of(wire.items)
        found += history.lint_width(latest, ruleset)
    with wire_of(archive, since) as wire:
        items = track(wire.items, label="looking back", total=wire.total)
        effect = effect_between(items, unhurried(before), unhurried(ruleset))
    return [*found, *wire.bad], effect


def show(problems: Sequence[Problem], ruleset: Ruleset, effect: Effect | None, *, form: str) -> None:
    """Problems and the effect, for people, programs or a pull request's lines."""
    errors = sum(not problem.is_warning for problem in problems)
    if form == "json":
        from watcher.commands.diff import as_json

        found = {"problems": problems, "teams": sorted(ruleset.teams), "rules": len(ruleset.rules)}
        print_json(found | ({"effect": as_json(effect)} if effect else {}))
        return
    if form == "github":
        for problem in problems:
            sys.stdout.write(f"{annotation(problem)}\n")
    else:
        print_problems(problems)
    if effect:
        show_effect(effect)
    examples = sum(len(rule.examples) + len(rule.tales) for rule in ruleset.rules)
    said = f"{len(ruleset.teams)} teams, {len(ruleset.rules)} rules, {examples} examples"
    sys.stdout.write(f"{said}: {errors} errors, {len(problems) - errors} warnings\n")


def show_effect(effect: Effect) -> None:
    """Alerts by rule, and how many more or fewer than by the rules that ran here last."""
    from watcher.commands.diff import figures

    rows = [
        (team, rule, one.after, f"{one.after - one.before:+d}" if one.after != one.before else "")
        for (team, rule), one in effect.by_rule().items()
    ]
    print_table(("team", "rule", "alerts", "more or fewer"), rows)
    if not effect.is_none:
        sys.stdout.write(f"compared with the rules that ran last: {figures(effect)}; `watcher diff` shows which\n")


def annotation(problem: Problem) -> str:
    """A problem as GitHub shows it beside its line (workflow commands)."""
    kind = "warning" if problem.is_warning else "error"
    places = {"file": problem.path, "line": problem.line or "", "col": problem.column or ""}
    said = ",".join(f"{name}={quoted(str(value), more=True)}" for name, value in places.items() if value)
    title = quoted(f"watcher {problem.code}", more=True)
    return f"::{kind} {said}{',' if said else ''}title={title}::{quoted(problem.message)}"


def quoted(text: str, *, more: bool = False) -> str:
    """Text of others in a workflow command, so that it cannot end the command or begin another."""
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return text.replace(":", "%3A").replace(",", "%2C") if more else text


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
