"""`watcher replay`: what stored items or an archive would have told, on simulated time."""

from __future__ import annotations

import json as jsonlib
import os
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from watcher.commands.screen import print_json, print_problems, print_table, sparkline, track

if TYPE_CHECKING:
    from watcher.ingest import Commit, Transcript

Name = tuple[str, str]


@dataclass(slots=True)
class Account:
    """
    What a replay came to.

    Args:
        count: Items, developments, repeats, and items that crashed.
        first: Day of the first item; None: there was none.
        seconds: It took, by the clock.
    """

    count: Counter[str] = field(default_factory=lambda: Counter(items=0, crashed=0, developments=0, repeats=0))
    first: date | None = None
    last: date | None = None
    seconds: float = 0.0

    def add(self, commit: Commit) -> None:
        """Take in one commit; in order."""
        self.count["items"] += len(commit.items)
        self.count["crashed"] += len(commit.poisoned)
        self.count["developments"] += sum(decision.kind != "repeat" for decision in commit.decisions)
        self.count["repeats"] += sum(decision.kind == "repeat" for decision in commit.decisions)
        for item in commit.items:
            self.first = self.first or item.seen.date()
            self.last = item.seen.date()

    @property
    def days(self) -> tuple[date, ...]:
        """Every day from the first to the last."""
        if self.first is None or self.last is None:
            return ()
        return tuple(self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1))


def replay(
    archive: Path | None = typer.Argument(
        None,
        help="Items as JSON lines, plain or .gz, in the order of `seen`; without it the items of the database.",
    ),
    since: str = typer.Option(
        "", help="Only items of the last 12h or 7d, or since 2026-02-04; of the database at first 30d."
    ),
    rules: Path | None = typer.Option(
        None, "--rules", help="Folder of team folders; without it the one of the settings."
    ),
    alerts: Path | None = typer.Option(
        None, "--alerts", help="Write the alerts here, a JSON line for each alert and rule."
    ),
    policy: bool = typer.Option(False, "--policy", help="With quiet hours, digests, caps and throttles of the teams."),
    json: bool = typer.Option(False, "--json", help="Print the summary as JSON."),
) -> None:
    """Run stored items or an archive through the pipeline: alerts a day by team and rule, and what it cost."""
    from watcher.commands.wire import rules_folder, ruleset_at, wire_of
    from watcher.ingest import Transcript
    from watcher.wiring.rehearsal import rehearse, unhurried

    ruleset = ruleset_at(str(rules_folder(rules)), rules_folder(rules))
    ruleset = ruleset if policy else unhurried(ruleset)
    transcript, account, started = Transcript(), Account(), time.monotonic()
    with wire_of(archive, since) as wire:
        for commit in rehearse(track(wire.items, label="replaying", total=wire.total), ruleset):
            transcript.add(commit)
            account.add(commit)
    account.seconds = time.monotonic() - started
    if alerts is not None:
        write(alerts, transcript)
    print_problems(wire.bad)
    silent = sorted({(str(rule.team), str(rule.id)) for rule in ruleset.rules})
    summarise(transcript, account, silent, json=json)
    if wire.bad:
        raise typer.Exit(1)


def write(path: Path, transcript: Transcript) -> None:
    """Write the lines beside the target and move them there, so that a half-written file is never read."""
    part = path.with_name(path.name + ".part")
    with part.open("w", encoding="utf-8") as file:
        for line in transcript.lines():
            file.write(jsonlib.dumps(line, ensure_ascii=False) + "\n")
    os.replace(part, path)


def summarise(transcript: Transcript, account: Account, rules: Sequence[Name], *, json: bool) -> None:
    """How many items became how many alerts: by team and day, by rule and day, and what it cost."""
    by_team: dict[str, Counter[date]] = {}
    by_rule: dict[Name, Counter[date]] = {name: Counter() for name in rules}
    lanes: dict[Name, Counter[str]] = {name: Counter(now=0, digest=0) for name in rules}
    for told in transcript.told():
        by_team.setdefault(told.alert.team, Counter())[told.time.date()] += 1
        for name in told.rules:
            by_rule[name][told.time.date()] += 1
            lanes[name][told.alert.lane.value] += 1
    if json:
        print_json(as_json(account, by_team, by_rule, lanes=lanes))
        return
    count, days = account.count, account.days
    sys.stdout.write(", ".join(f"{number:,} {name}" for name, number in count.items() if number) + "\n")
    each = account.seconds * 1000 / max(count["items"], 1)
    sys.stdout.write(f"{len(days)} days in {account.seconds:.1f} s, {each:.2f} ms an item\n\n")
    teams = [(team, sum(found.values()), a_day(found, days), plot(found, days)) for team, found in by_team.items()]
    print_table(("team", "alerts", "a day", "by day"), teams)
    rows = [
        (*name, lanes[name]["now"], lanes[name]["digest"], a_day(found, days), plot(found, days))
        for name, found in sorted(by_rule.items())
        if found
    ]
    print_table(("team", "rule", "now", "digest", "a day", "by day"), rows)
    if quiet := [f"{team}/{rule}" for (team, rule), found in sorted(by_rule.items()) if not found]:
        sys.stdout.write(f"never: {', '.join(quiet)}\n")


def as_json(
    account: Account,
    by_team: Mapping[str, Counter[date]],
    by_rule: Mapping[Name, Counter[date]],
    *,
    lanes: Mapping[Name, Counter[str]],
) -> dict[str, object]:
    """The summary for programs; days without an alert are left out."""
    return {
        **account.count,
        "days": len(account.days),
        "seconds": round(account.seconds, 2),
        "teams": [
            {"team": team, "alerts": sum(found.values()), "by_day": dict(sorted(found.items()))}
            for team, found in sorted(by_team.items())
        ],
        "rules": [
            {"team": team, "rule": rule, **lanes[team, rule], "by_day": dict(sorted(found.items()))}
            for (team, rule), found in sorted(by_rule.items())
        ],
    }


def a_day(found: Counter[date], days: Sequence[date]) -> str:
    """The mean of a day."""
    return f"{sum(found.values()) / max(len(days), 1):.1f}"


def plot(found: Counter[date], days: Sequence[date]) -> str:
    """A bar for each day; of many days the sum of some at a time."""
    return sparkline([found[day] for day in days])
