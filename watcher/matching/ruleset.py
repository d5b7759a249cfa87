"""
The rules of all teams, found by what they need, and what they make of an item or an inferred development.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from operator import itemgetter
from typing import NamedTuple

from watcher.errors import Problem
from watcher.matching.anchors import literals_of, probes_of
from watcher.matching.evaluation import Evaluation
from watcher.matching.inferred import match_of_development, meets
from watcher.matching.outcome import Outcome, match_of, outcome_of
from watcher.matching.patterns import Expressions
from watcher.matching.reading import Found, Reading
from watcher.matching.rule import Key, Rule
from watcher.model import Development, Match, Report, RuleId, Team, TeamId
from watcher.text import Document
from watcher.vocabulary import Hits, Literal, Vocabulary

Texts = Mapping[str, str]
"""Texts of one folder by path, as a person would name the file."""
Folders = Mapping[str, Texts]
"""Texts by folder name: `_shared` and the ids of teams."""


class Group(NamedTuple):
    """Rules that look for the same, each with its number in the ruleset: they are evaluated once."""

    rules: tuple[tuple[int, Rule], ...]

    @property
    def first(self) -> Rule:
        """The one that stands for all."""
        return self.rules[0][1]


class Index:
    """Rules by what must be found before one of them is worth evaluating."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        alike: dict[Hashable, list[tuple[int, Rule]]] = {}
        for number, rule in enumerate(rules):
            alike.setdefault((rule.look, rule.plain), []).append((number, rule))
        self._groups = tuple(Group(tuple(same)) for same in alike.values())
        self._by_kind: dict[str, dict[str, list[int]]] = {}
        for place, group in enumerate(self._groups):
            for kind, name in group.first.anchors:
                self._by_kind.setdefault(kind, {}).setdefault(name, []).append(place)
        self._actors = self._by_kind.get("actor", {})
        self._anybody = self._actors.pop("*", [])
        self._concepts = self._by_kind.get("concept", {})
        self._literals = self._by_kind.get("literal", {})
        self._guards = self._by_kind.get("guard", {})
        self._expressions: dict[Key, list[int]] = {
            (kind, name): places for kind in ("regex", "fuzzy") for name, places in self._by_kind.get(kind, {}).items()
        }

    def candidates(self, hits: Hits, found: Found, events: Iterable[str] = ()) -> list[Group]:
        """Rules whose rarest thing was found; `events` are those of reports."""
        places: set[int] = set()
        for known, names in (
            (self._concepts, hits.concepts),
            (self._concepts, events),
            (self._actors, hits.actors),
            (self._actors, hits.hosts),
            (self._literals, hits.literals),
            (self._guards, hits.guards),
            (self._expressions, found),
        ):
            if known and names:
                for name in names:
                    if name in known:
                        places.update(known[name])  # type: ignore[index]  # names and keys of one kind
        if self._anybody and hits.actors:
            places.update(self._anybody)
        return [self._groups[place] for place in places]

    def for_development(self, development: Development) -> list[Rule]:
        """Rules that could select a development without text, in the order of the ruleset."""
        places = set(self._concepts.get(development.event, ())) | set(self._anybody)
        for actor in development.actors:
            places.update(self._actors.get(actor, ()))
        numbered = [one for place in places for one in self._groups[place].rules]
        if development.event.startswith("phrase:"):
            numbered += [one for group in self._groups for one in group.rules if one[1].event == development.event]
        return [rule for _, rule in sorted(dict(numbered).items())]


@dataclass(frozen=True)
class View:
    """Rules that see the same words. `team`: whose own words these are; None: everybody else's."""

    team: TeamId | None
    vocabulary: Vocabulary
    index: Index


@dataclass(frozen=True)
class Ruleset:
    """
    What is live, and what is wrong with what people wrote.

    Args:
        teams: Teams that run, by id.
        rules: Their rules, without retired ones, in the order of teams and files.
        problems: By folder, `_shared` among them; warnings too. A folder without any is not there.
        stale: Teams that run their last good version, because the folder as it stands has problems.
        vocabulary: What all teams share: the shipped words and those of `_shared`.
        overlays: Vocabulary of each team that has words of its own.
        texts: What each team that runs was read from, so that it can be kept as its last good version.
        digest: Hash of what is live: the same rules, words and teams have the same.
    """

    teams: Mapping[TeamId, Team]
    rules: tuple[Rule, ...]
    problems: Mapping[str, tuple[Problem, ...]]
    stale: frozenset[TeamId]
    vocabulary: Vocabulary
    overlays: Mapping[TeamId, Vocabulary] = field(default_factory=dict)
    texts: Mapping[TeamId, Folders] = field(default_factory=dict)
    digest: str = ""

    @cached_property
    def literals(self) -> tuple[Literal, ...]:
        """Phrases of rules that the scanner must look for."""
        return literals_of(self.rules)

    @cached_property
    def expressions(self) -> Expressions:
        """Expressions and fuzzy names of all rules, for one pass."""
        probes = [probe for rule in self.rules for probe in probes_of(rule) if probe.kind in ("regex", "fuzzy")]
        by_kind = {
            kind: [key for probe in probes if probe.kind == kind for key in probe.keys] for kind in ("regex", "fuzzy")
        }
        return Expressions(by_kind["regex"], by_kind["fuzzy"])

    @cached_property
    def views(self) -> tuple[View, ...]:
        """Rules grouped by whose words they see."""
        common = [rule for rule in self.rules if rule.team not in self.overlays]
        own = [
            View(team, vocabulary, Index([rule for rule in self.rules if rule.team == team]))
            for team, vocabulary in self.overlays.items()
        ]
        return (View(None, self.vocabulary, Index(common)), *own)

    @cached_property
    def _by_id(self) -> Mapping[tuple[TeamId, RuleId], Rule]:
        return {(rule.team, rule.id): rule for rule in self.rules}

    def rule(self, team: TeamId, rule: RuleId) -> Rule | None:
        """A rule by its team and id; None when it is not live."""
        return self._by_id.get((team, rule))

    def rules_of(self, team: TeamId) -> tuple[Rule, ...]:
        """The live rules of a team."""
        return tuple(rule for rule in self.rules if rule.team == team)

    @property
    def all_problems(self) -> tuple[Problem, ...]:
        """Every problem of every folder once, by file and line; warnings too."""
        return tuple(sorted({problem for problems in self.problems.values() for problem in problems}))

    def reading(self, document: Document, hits: Hits, reports: Sequence[Report], team: TeamId) -> Reading:
        """The document as the rules of one team read it."""
        found = self.expressions.find(document) if self.expressions else {}
        own = hits.of(team) if team in self.overlays else hits
        return Reading(document, own, reports, vocabulary=self.overlays.get(team, self.vocabulary), found=found)


def match(document: Document, hits: Hits, reports: Sequence[Report], ruleset: Ruleset) -> tuple[Match, ...]:
    """Every rule that the item satisfies, drafts too, in the order of the ruleset."""
    found: Found = ruleset.expressions.find(document) if ruleset.expressions else {}
    matches: list[Match] = []
    events = [report.event for report in reports]
    for view in ruleset.views:
        own = hits if view.team is None else hits.of(view.team)
        candidates = view.index.candidates(own, found, events)
        if candidates:
            reading = Reading(document, own, reports, vocabulary=view.vocabulary, found=found)
            matches += _matches(candidates, reading)
    return tuple(matches)


def _matches(candidates: Iterable[Group], reading: Reading) -> Iterator[Match]:
    fired: list[tuple[int, Rule, Outcome]] = []
    for group in candidates:
        evaluation = Evaluation(group.first, reading)
        if evaluation.fires():
            outcome = outcome_of(evaluation)
            fired += [(number, rule, outcome) for number, rule in group.rules]
    fired.sort(key=itemgetter(0))
    return (match_of(rule, outcome) for _, rule, outcome in fired)


def match_inferred(development: Development, ruleset: Ruleset) -> tuple[Match, ...]:
    """Every rule that selects a development that no item states: by its event, actors, status and guards."""
    return tuple(
        match_of_development(rule, development)
        for view in ruleset.views
        for rule in view.index.for_development(development)
        if meets(rule, development, view.vocabulary)
    )
