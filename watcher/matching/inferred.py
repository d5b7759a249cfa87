"""
Rules against an inferred development: no text, only its event, actors, status and guards.

What a rule asks of words cannot be met by a development that nobody worded: phrases, expressions and fuzzy names are
not found, languages and sources are not asked, and where things stand does not matter.
"""

from __future__ import annotations

from collections.abc import Sequence

from watcher.matching.condition import holds
from watcher.matching.extract import extract_inferred
from watcher.matching.rule import Block, Probe, Rule, Slot
from watcher.model import Development, Match, Status
from watcher.vocabulary import Vocabulary


def meets(rule: Rule, development: Development, vocabulary: Vocabulary) -> bool:
    """Whether the rule selects the development."""
    if rule.statuses and development.status not in rule.statuses:
        return False
    concept = vocabulary.concepts.get(development.event)
    if concept and concept.outcome and development.status in (Status.DENIED, Status.CONSIDERED) and not rule.statuses:
        return False

    def truth(name: str) -> bool:
        if name == "who":
            return _who(rule, development)
        if name == "what":
            return development.event == rule.event or any(_found(probe, development) for probe in rule.what)
        if name == "unless":
            return any(_found(probe, development) for probe in rule.unless)
        return _block(rule.blocks[name], development)

    if not holds(rule.condition, truth):
        return False
    if rule.score is None:
        return True
    return sum(weight for name, weight in rule.score.weights.items() if truth(name)) >= rule.score.threshold


def _found(probe: Probe, development: Development) -> bool:
    facts = development.facts
    match probe.kind:
        case "concept":
            return development.event in probe.keys
        case "actor" | "class":
            return any(actor in probe.keys for actor in development.actors)
        case "office":
            level = {"leader": "leaders", "envoy": "envoys"}.get(probe.scope, "ministers")
            fits = any(not probe.keys or actor in probe.keys for actor in development.actors)
            return fits and facts is not None and facts.level == level
        case "guard":
            return facts is not None and probe.name in facts.guards
        case _:
            return False


def _block(block: Block, development: Development) -> bool:
    met = [
        _found(member, development) if isinstance(member, Probe) else _block(member, development)
        for member in block.members
    ]
    match block.mode:
        case "none":
            return not any(met)
        case "all" | "near":
            return all(met)
        case "at_least":
            return sum(met) >= block.number
        case _:
            return any(met)


def _who(rule: Rule, development: Development) -> bool:
    lists = [_candidates(slot, development) for slot in rule.everybody]
    facts = development.facts
    if rule.pair and rule.pair.ordered and facts and (facts.agent or facts.target):
        lists[0] = [actor for actor in lists[0] if facts.agent in (None, actor)]
        lists[1] = [actor for actor in lists[1] if facts.target in (None, actor)]
    return _distinct(lists, frozenset())


def _candidates(slot: Slot, development: Development) -> list[str]:
    return [
        actor
        for actor in development.actors
        if any(
            probe.kind in ("actor", "class", "office")
            and (not probe.keys or actor in probe.keys)
            and _found(probe, development)
            for probe in slot.probes
        )
    ]


def _distinct(lists: Sequence[Sequence[str]], taken: frozenset[str]) -> bool:
    if not lists:
        return True
    return any(_distinct(lists[1:], taken | {actor}) for actor in lists[0] if actor not in taken)


def match_of_development(rule: Rule, development: Development) -> Match:
    """The match of a rule with a development it selects; without evidence, for there are no words."""
    return Match(
        team=rule.team,
        rule=rule.id,
        title=rule.title,
        severity=rule.severity,
        events=(development.event,),
        status=development.status,
        evidence=(),
        extract=extract_inferred(development, rule.extract),
        wishes=rule.wishes,
    )
