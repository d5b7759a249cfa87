"""`watcher replay`: what an archive would have told, on simulated time."""

from __future__ import annotations

import json as jsonlib
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace as with_fields
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from watcher.commands.screen import print_json, print_problems, print_table, track

if TYPE_CHECKING:
    from collections.abc import Mapping

    from watcher.errors import Problem
    from watcher.ingest import Transcript
    from watcher.matching import Ruleset
    from watcher.model import Item


def replay(
    archive: Path = typer.Argument(help="Items as JSON lines, plain or .gz, in the order of `seen`."),
    rules: Path | None = typer.Option(
        None, "--rules", help="Folder of team folders; without it the one of the settings."
    ),
    alerts: Path | None = typer.Option(
        None, "--alerts", help="Write the alerts here, a JSON line for each alert and rule."
    ),
    policy: bool = typer.Option(False, "--policy", help="With quiet hours, digests, caps and throttles of the teams."),
    json: bool = typer.Option(False, "--json", help="Print the summary as JSON."),
) -> None:
    """Run an archive through the pipeline of production and say how many alerts each rule would have raised."""
    from watcher.errors import ConfigError
    from watcher.ingest import Mind, Transcript
    from watcher.ingest import replay as run
    from watcher.trial import scanner_of
    from watcher.wiring.archives import read_archive
    from watcher.wiring.rules import load_ruleset

    if rules is None:
        from watcher.settings import load_settings

        rules = load_settings(Path()).rules
    ruleset = load_ruleset(rules)
    print_problems(problem for problem in ruleset.all_problems if not problem.is_warning)
    if not ruleset.rules:
        raise ConfigError(ruleset.all_problems)
    ruleset = ruleset if policy else unhurried(ruleset)
    transcript = Transcript()
    bad: list[Problem] = []
    mind = Mind(ruleset.vocabulary, scanner_of(ruleset), ruleset)
    count = Counter[str]()
    for commit in run(ordered(track(read_archive(archive), label="replaying"), bad), mind):
        transcript.add(commit)
        count["items"] += len(commit.items)
        count["crashed"] += len(commit.poisoned)
        count["developments"] += sum(decision.kind != "repeat" for decision in commit.decisions)
        count["repeats"] += sum(decision.kind == "repeat" for decision in commit.decisions)
    if alerts is not None:
        write(alerts, transcript)
    print_problems(bad)
    summarise(transcript, count, json=json)
    if bad:
        raise typer.Exit(1)


def unhurried(ruleset: Ruleset) -> Ruleset:
    """The ruleset with every team told at once, so that times are those of the decisions."""
    from watcher.ingest.replay import without_policy

    return with_fields(ruleset, teams={name: without_policy(team) for name, team in ruleset.teams.items()})


def ordered(read: Iterable[Item | Problem], bad: list[Problem]) -> Iterator[Item]:
    """The items; lines that are none, and items that go back in time, are noted in `bad`."""
    from watcher.errors import Problem

    last = None
    for item in read:
        if isinstance(item, Problem):
            bad.append(item)
        elif last is not None and item.seen < last:
            message = f"item {item.id} was seen before the one ahead of it: sort the archive by `seen`"
            bad.append(Problem("", 0, 0, message, "out-of-order"))
        else:
            last = item.seen
            yield item


def write(path: Path, transcript: Transcript) -> None:
    """Write the lines beside the target and move them there, so that a half-written file is never read."""
    part = path.with_name(path.name + ".part")
    with part.open("w", encoding="utf-8") as file:
        for line in transcript.lines():
            file.write(jsonlib.dumps(line, ensure_ascii=False) + "\n")
    os.replace(part, path)


def summarise(transcript: Transcript, count: Mapping[str, int], *, json: bool) -> None:
    """How many items became how many alerts, by team and rule."""
    by_rule: dict[tuple[str, str], Counter[str]] = {}
    for line in transcript.lines():
        by_rule.setdefault((str(line["team"]), str(line["rule"])), Counter())[str(line["lane"])] += 1
    if json:
        rules = [{"team": team, "rule": rule, **lanes} for (team, rule), lanes in sorted(by_rule.items())]
        print_json({**count, "rules": rules})
        return
    sys.stdout.write(", ".join(f"{number:,} {name}" for name, number in count.items() if number) + "\n")
    rows = [(team, rule, lanes["now"], lanes["digest"]) for (team, rule), lanes in sorted(by_rule.items())]
    print_table(("team", "rule", "now", "digest"), rows)
