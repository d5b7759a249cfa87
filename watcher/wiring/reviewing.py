"""
Looking back and ahead for one item: the rules of its day, and what would become of it now.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from watcher.ingest import Commit
from watcher.ingest.deciding import decide
from watcher.matching import Folders, Ruleset, load_rules
from watcher.matching.explaining import Explanation, explain_all
from watcher.model import Item, TeamId
from watcher.store import RuleShelf, Store
from watcher.trial import Study, scanner_of, study
from watcher.vocabulary import load
from watcher.wiring.folders import from_shelf
from watcher.wiring.minding import remembering
from watcher.wiring.rules import load_ruleset

SHARED = "_shared"


@dataclass(frozen=True, slots=True)
class Review:
    """
    An item as rules see it.

    Args:
        is_of_that_day: Whether the rules are those in force when it was seen; else those on disk today.
    """

    study: Study
    explanations: tuple[Explanation, ...]
    ruleset: Ruleset
    is_of_that_day: bool


def review(item: Item, shelf: RuleShelf, rules: Path) -> Review:
    """
    What the rules in force when the item was seen make of it; today's, if those are not kept.

    Raises:
        ConfigError: Nothing is kept and there is no folder of rules.
    """
    kept = {team: from_shelf(texts) for team, texts in shelf.in_force(at=item.seen).items()}
    rulesets = _rulesets(kept) if kept else (load_ruleset(rules),)
    studies = [(study(item, ruleset, scanner_of(ruleset)), ruleset) for ruleset in rulesets]
    found = [one for seen, ruleset in studies for one in _explained(seen, ruleset)]
    found.sort(key=lambda one: (not one.fired, -one.nearness))
    return Review(studies[0][0], tuple(found), rulesets[0], is_of_that_day=bool(kept))


def _explained(seen: Study, ruleset: Ruleset) -> tuple[Explanation, ...]:
    return explain_all(seen.document, seen.hits, seen.reports, ruleset=ruleset)


def _rulesets(kept: Mapping[TeamId, Folders]) -> tuple[Ruleset, ...]:
    """One ruleset for all teams that had the same shared folder, which is nearly always all of them."""
    groups: list[tuple[Mapping[str, str], dict[str, Mapping[str, str]]]] = []
    for folders in kept.values():
        shared = folders.get(SHARED, {})
        folder = next((known for texts, known in groups if texts == shared), None)
        if folder is None:
            folder = {SHARED: shared} if shared else {}
            groups.append((shared, folder))
        folder.update((name, texts) for name, texts in folders.items() if name != SHARED)
    return tuple(load_rules(folder, load()) for _, folder in groups)


def foretell(item: Item, store: Store, ruleset: Ruleset, *, now: datetime) -> Commit:
    """What would be decided if the item came in now, after everything that is on file; nothing is written."""
    return decide(item, remembering(store, ruleset, now=now), now=now).commit
