"""`watcher match`: which rules items satisfy; no database, no stories."""

from __future__ import annotations

import json as jsonlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from watcher.commands.screen import print_problems, track

if TYPE_CHECKING:
    from watcher.matching import Ruleset
    from watcher.model import Item
    from watcher.vocabulary import Scanner


def match(
    file: Path | None = typer.Argument(None, help="Items as JSON lines, plain or .gz; without it standard input."),
    rules: Path | None = typer.Option(
        None, "--rules", help="Folder of team folders; without it the one of the settings."
    ),
) -> None:
    """For each item a JSON line: id and rules, one entry for each rule that fires, with status, evidence, extracts."""
    from watcher.errors import Problem
    from watcher.trial import scanner_of
    from watcher.wiring.archives import read_archive
    from watcher.wiring.rules import load_ruleset

    if rules is None:
        from watcher.settings import load_settings

        rules = load_settings(Path()).rules
    ruleset = load_ruleset(rules)
    print_problems(problem for problem in ruleset.all_problems if not problem.is_warning)
    scanner = scanner_of(ruleset)
    failed = False
    for item in track(read_archive(file), label="matching"):
        if isinstance(item, Problem):
            print_problems([item])
            failed = True
            continue
        sys.stdout.write(
            jsonlib.dumps({"id": item.id, "rules": list(entries(item, ruleset, scanner))}, ensure_ascii=False)
        )
        sys.stdout.write("\n")
    if failed:
        raise typer.Exit(1)


def entries(item: Item, ruleset: Ruleset, scanner: Scanner) -> Iterator[dict[str, object]]:
    """One entry for each rule id that the item satisfies, whichever teams have it; drafts are left out."""
    from watcher.matching import match as find
    from watcher.trial import study

    one = study(item, ruleset, scanner)
    told: set[str] = set()
    for found in find(one.document, one.hits, one.reports, ruleset):
        if found.wishes.stage in ("draft", "retired") or found.rule in told:
            continue
        told.add(found.rule)
        yield {
            "rule": found.rule,
            "team": found.team,
            "status": found.status.value,
            "evidence": [
                {
                    "clause": e.clause,
                    "name": e.name,
                    "text": e.text,
                    "part": e.span.part.value,
                    "start": e.span.start,
                    "end": e.span.end,
                    "term": e.term,
                    "origin": e.origin,
                }
                for e in found.evidence
            ],
            "extract": dict(found.extract),
        }
