"""
Rules tried before they run: the examples of their authors, through the very calls of production. Pure, like the core.

Doors: `study` (an item → what rules see of it), `prepare` (what `matching.load_rules` runs examples with),
`scanner_of` (the scanner that fits a ruleset).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from watcher.facts import read_facts
from watcher.matching import Example, Rule, Ruleset, RunExample, Tale, check_example, example_item, explain
from watcher.model import Item, Report
from watcher.text import Document, read
from watcher.vocabulary import Hits, Scanner

if TYPE_CHECKING:
    from watcher.ingest import Commit


@dataclass(frozen=True, slots=True)
class Study:
    """An item as rules see it."""

    document: Document
    hits: Hits
    reports: tuple[Report, ...]


def scanner_of(ruleset: Ruleset) -> Scanner:
    """A scanner for the ruleset's words and those of its teams."""
    overlays = {str(team): vocabulary for team, vocabulary in ruleset.overlays.items()}
    return Scanner(ruleset.vocabulary, ruleset.literals, overlays)


def study(item: Item, ruleset: Ruleset, scanner: Scanner) -> Study:
    """Read, scan and take the facts of one item."""
    document = read(item)
    hits = scanner.scan(document)
    return Study(document, hits, read_facts(document, hits, ruleset.vocabulary))


def prepare(ruleset: Ruleset) -> RunExample:
    """Makes ready to run examples of these rules; one scanner serves all of them."""
    scanner = scanner_of(ruleset)
    # Teams that use one shared rule have its examples in common: each item is studied once.
    studies: dict[Item, Study] = {}

    def run(rule: Rule, example: Example | Tale) -> str | None:
        if isinstance(example, Tale):
            return next(_wrong_steps(rule, example, ruleset, scanner), None)
        item = example_item(example)
        if item not in studies:
            studies[item] = study(item, ruleset, scanner)
        one = studies[item]
        found = explain(one.document, one.hits, one.reports, ruleset=ruleset, team=rule.team, rule=rule.id)
        return check_example(example, found.match, why=found.reason) if found else None

    return run


def _wrong_steps(rule: Rule, tale: Tale, ruleset: Ruleset, scanner: Scanner) -> Iterator[str]:
    """What is wrong with the first steps of a story that do not become what their author says."""
    # Few rules tell stories, and what these need takes a while to import.
    from watcher.ingest import Mind, ingest
    from watcher.ingest.replay import without_policy

    if rule.team not in ruleset.teams:
        return
    teams = {rule.team: without_policy(ruleset.teams[rule.team])}
    mind = Mind(ruleset.vocabulary, scanner, replace(ruleset, rules=(rule,), teams=teams))
    for number, step in enumerate(tale.steps, 1):
        item = example_item(step)
        commit = ingest([item], mind, now=step.published)
        became = _became(commit)
        if became != step.kind:
            yield f"step {number} “{step.title}” becomes {became}, not {step.kind}"
        changes = {change.slot: (change.before, change.after) for one in commit.developments for change in one.changes}
        for slot, wanted in step.changed.items():
            if changes.get(slot) != wanted:
                yield f"step {number} “{step.title}”: {slot} is {changes.get(slot)}, not {wanted}"


def _became(commit: Commit) -> str:
    """What an item became for the only rule: the kind of its alert or of what was withheld; `quiet` without either."""
    if commit.alerts:
        return commit.alerts[0].kind.value
    kinds = {decision.development: decision.kind.value for decision in commit.decisions}
    return next((kinds.get(hold.development, "quiet") for hold in commit.holds), "quiet")
