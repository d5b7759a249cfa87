"""
Rules: what people write, what we run, and what it finds.

Doors: `load_rules` (folders of texts → `Ruleset` with its problems), `match` (rules against an item), `match_inferred`
(against a development that no item states), `explain` and `explain_all` (why it fired, or which clause failed),
`check_example` and `example_item` (what a rule's author vouches for), `schema_files` (for editors).
"""

from __future__ import annotations

from watcher.matching.examples import check_example, example_item
from watcher.matching.explaining import Clause, Explanation, GuardLook, explain, explain_all
from watcher.matching.loading import Prepare, RunExample, load_rules
from watcher.matching.rule import Rule
from watcher.matching.ruleset import Folders, Ruleset, match, match_inferred
from watcher.matching.schema import rule_schema, schema_files, team_schema
from watcher.matching.spec import Example, Tale

__all__ = [
    "Clause",
    "Example",
    "Explanation",
    "Folders",
    "GuardLook",
    "Prepare",
    "Rule",
    "Ruleset",
    "RunExample",
    "Tale",
    "check_example",
    "example_item",
    "explain",
    "explain_all",
    "load_rules",
    "match",
    "match_inferred",
    "rule_schema",
    "schema_files",
    "team_schema",
]
