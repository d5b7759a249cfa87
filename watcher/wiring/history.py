"""
What only the past shows about rules: that one matches nearly everything, or nothing any more.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from watcher.errors import Problem
from watcher.matching import Ruleset, load_rules, match
from watcher.matching.rule import Rule
from watcher.model import Item
from watcher.store import Store
from watcher.trial import scanner_of, study
from watcher.vocabulary import load
from watcher.wiring.folders import from_shelf

TOO_WIDE, IDLE = "W201", "W202"
LATEST = 10_000
"""Items that are looked at."""
FEWEST = 1_000
"""With fewer items a share says nothing."""
MOST = 0.02
"""Share of all items that a rule may match; the widest shipped one matches 0.9 % of a quarter of world news."""
QUIET = timedelta(days=90)
"""As long as what was withheld is kept."""


def lint_width(items: Iterable[Item], ruleset: Ruleset) -> Iterator[Problem]:
    """Warnings about rules that match more than `MOST` of the items."""
    scanner = scanner_of(ruleset)
    matched = Counter[tuple[str, str]]()
    total = 0
    for item in items:
        total += 1
        one = study(item, ruleset, scanner)
        matched.update((found.team, found.rule) for found in match(one.document, one.hits, one.reports, ruleset))
    for rule in ruleset.rules if total >= FEWEST else ():
        share = matched[rule.team, rule.id] / total
        if share > MOST:
            yield _about(
                rule,
                f"{rule.id}: matches {share:.1%} of the last {total:,} items, more than {MOST:.0%}: narrow it with "
                "`who`, `unless` or `where`",
                TOO_WIDE,
            )


def lint_idle(store: Store, ruleset: Ruleset, *, now: datetime) -> Iterator[Problem]:
    """Warnings about rules that have run for `QUIET` and met nothing in it. Raises StoreError."""
    fired = store.firings(since=now - QUIET)
    before = ids_at(store, at=now - QUIET)
    for rule in ruleset.rules:
        names = {rule.id, *rule.wishes.was}
        if any((rule.team, name) in before for name in names) and not any((rule.team, n) in fired for n in names):
            message = f"{rule.id}: has met nothing for {QUIET.days} days: widen it, or set `stage: retired`"
            yield _about(rule, message, IDLE)


def ids_at(store: Store, *, at: datetime) -> frozenset[tuple[str, str]]:
    """Team and id of every rule that was in force at a time. Raises StoreError."""
    found: set[tuple[str, str]] = set()
    for team, texts in store.rules.in_force(at=at).items():
        before = load_rules(from_shelf(texts), load())
        found.update((team, rule.id) for rule in before.rules_of(team))
    return frozenset(found)


def in_force(store: Store) -> Ruleset | None:
    """The rules that last ran here; None: none ever did. Raises StoreError."""
    folders: dict[str, dict[str, str]] = {}
    for texts in store.rules.in_force().values():
        folders.update(from_shelf(texts))
    return load_rules(folders, load()) if folders else None


def _about(rule: Rule, message: str, code: str) -> Problem:
    place = rule.spec.at
    return Problem(place.path, place.line, place.column, message, code)


def last_of(items: Iterable[Item]) -> tuple[Item, ...]:
    """The last items of an archive, as many as are looked at."""
    return tuple(deque(items, maxlen=LATEST))
