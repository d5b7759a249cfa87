"""
How rules do: what they told, what readers thought of it, what they share. Figures only; commands show them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from math import sqrt

from watcher.matching import Ruleset
from watcher.model import Feedback, RuleId, TeamId, Verdict
from watcher.store import Firing, RuleName, Store

Z = 1.96
"""For an interval that holds the truth 19 times in 20."""
NOISY = (Verdict.NOISE, Verdict.REPEAT)


@dataclass(frozen=True, slots=True)
class Precision:
    """
    The share of alerts that were worth telling, as far as readers said.

    Args:
        good: Alerts called useful; of an alert that readers disagree about the last word counts.
        judged: Alerts that anybody judged.
        low, high: Wilson's interval; 0 and 1 when nothing was judged.
    """

    good: int
    judged: int
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class RuleFigures:
    """
    One rule in a time.

    Args:
        said: Verdicts by kind; `missed` are items that it should have told.
        overlap: The rule that is named beside it most often, and the share of its alerts that name that too.
        noisy: Words and names that stand in most alerts called noise or repeat, with how many.
    """

    team: TeamId
    rule: RuleId
    firing: Firing
    said: Mapping[Verdict, int]
    precision: Precision
    overlap: tuple[RuleId, float] | None
    noisy: tuple[tuple[str, int], ...]


def wilson(good: int, judged: int) -> tuple[float, float]:
    """
    Wilson's score interval for a share (Wilson 1927): narrow only where much was judged, never outside 0..1.

    Returns:
        (0, 1) when nothing was judged.
    """
    if not judged:
        return 0.0, 1.0
    share = good / judged
    middle = share + Z * Z / (2 * judged)
    spread = Z * sqrt(share * (1 - share) / judged + Z * Z / (4 * judged * judged))
    scale = 1 + Z * Z / judged
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)


def figures(store: Store, ruleset: Ruleset, *, since: datetime, team: TeamId | None = None) -> tuple[RuleFigures, ...]:
    """
    Every live rule, and those that told something since and are gone, by team and rule.

    Raises:
        StoreError: The database cannot be read.
    """
    fired = store.firings(since=since, team=team)
    said: defaultdict[RuleName, list[Feedback]] = defaultdict(list)
    for one in store.feedback.given(team=team, since=since):
        for rule in one.rules:
            said[one.team, rule].append(one)
    live = {(rule.team, rule.id) for rule in ruleset.rules if team in (None, rule.team)}
    return tuple(_figures(name, fired.get(name, Firing()), said[name]) for name in sorted(live | fired.keys()))


def _figures(name: RuleName, firing: Firing, said: Iterable[Feedback]) -> RuleFigures:
    by_alert = {one.subject: one.verdict for one in said if one.verdict is not Verdict.MISSED}
    good = sum(verdict is Verdict.USEFUL for verdict in by_alert.values())
    bad = {subject for subject, verdict in by_alert.items() if verdict in NOISY}
    terms = Counter({term: len(ids & bad) for term, ids in firing.terms.items() if ids & bad})
    [(other, shared)] = firing.beside.most_common(1) or [(RuleId(""), 0)]
    return RuleFigures(
        *name,
        firing=firing,
        said=Counter(one.verdict for one in said),
        precision=Precision(good, len(by_alert), *wilson(good, len(by_alert))),
        overlap=(other, shared / firing.alerts) if shared else None,
        noisy=tuple(sorted(terms.items(), key=lambda pair: (-pair[1], pair[0]))[:3]),
    )


def by_day(found: Iterable[RuleFigures], days: Iterable[date]) -> list[int]:
    """Alerts of these rules together, day by day; one that names several counts for each."""
    sums = Counter[date]()
    for one in found:
        sums.update(one.firing.by_day)
    return [sums[day] for day in days]
