"""
Why a rule fired on an item, or which clause failed and how near it was. The very evaluation that production runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from watcher.matching.condition import All, Any, Condition, Name, Not, holds, names_of, say
from watcher.matching.evaluation import Evaluation
from watcher.matching.guarding import silencer, why_not
from watcher.matching.nearest import nearness
from watcher.matching.outcome import evidence, evidence_of, match_of, outcome_of
from watcher.matching.parties import slot_hits
from watcher.matching.ruleset import Ruleset
from watcher.matching.wording import say_apart, say_block, say_unless, say_what, say_who, silenced_by
from watcher.model import Evidence, Match, Report, RuleId, TeamId
from watcher.text import Document
from watcher.vocabulary import Hits

_MOST_LOOKS = 12
_MOST_WAYS = 2


@dataclass(frozen=True, slots=True)
class GuardLook:
    """
    A guard, actor or phrase of `unless` whose words were found.

    Args:
        silenced: Whether it silences the deciding words.
        reason: Where it stands, or why it does not count.
    """

    guard: str
    evidence: Evidence
    silenced: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause of a rule: whether it is met and what was found, in words."""

    name: str
    met: bool
    said: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """
    What a rule made of an item.

    Args:
        match: Set when it fired.
        failed: The first clause that is not met, such as `who`; of alternatives that of the nearest. Empty: it fired.
        reason: Why it fired or failed, in one line: what was found, what silences it, how far apart it stands.
        clauses: All of them in order, whatever the first that failed; of a condition its names, then the condition.
        guards: What of `unless` was found, and whether it silenced anything.
        score: What each block adds, by name; empty for a rule without a score.
        evidence: Words that met clauses, also of a rule that stayed quiet.
        nearness: From 0, nothing of what it looks for was found, to 1.0 when it fired; from 0.9 on everything was found
            and is silenced, refused or too far apart.
    """

    team: TeamId
    rule: RuleId
    title: str
    match: Match | None
    failed: str
    reason: str
    clauses: tuple[Clause, ...]
    guards: tuple[GuardLook, ...]
    score: Mapping[str, int]
    evidence: tuple[Evidence, ...]
    nearness: float

    @property
    def fired(self) -> bool:
        """Whether the rule is met."""
        return self.match is not None


def explain(
    document: Document, hits: Hits, reports: Sequence[Report], *, ruleset: Ruleset, team: TeamId, rule: RuleId
) -> Explanation | None:
    """What the rule makes of the item; None when the team has no such rule."""
    found = ruleset.rule(team, rule)
    return explain_with(Evaluation(found, ruleset.reading(document, hits, reports, team))) if found else None


def explain_all(
    document: Document, hits: Hits, reports: Sequence[Report], *, ruleset: Ruleset
) -> tuple[Explanation, ...]:
    """What every rule makes of the item: those that fired first, then those that were nearest."""
    found: list[Explanation] = []
    for team in ruleset.teams:
        reading = ruleset.reading(document, hits, reports, team)
        found += [explain_with(Evaluation(rule, reading)) for rule in ruleset.rules_of(team)]
    return tuple(sorted(found, key=lambda one: (not one.fired, -one.nearness)))


def explain_with(evaluation: Evaluation) -> Explanation:
    """What came of an evaluation, in words."""
    rule = evaluation.rule
    fired = evaluation.fires()
    clauses = tuple(_clauses(evaluation))
    first = None if fired else _first_failing(evaluation, clauses)
    found = (one for one in clauses if one.met and one.said and one.name in evaluation.positive)
    return Explanation(
        team=rule.team,
        rule=rule.id,
        title=rule.title,
        match=match_of(rule, outcome_of(evaluation)) if fired else None,
        failed=first.name if first else "",
        reason=f"{first.name}: {first.said}" if first else "; ".join(f"{one.name}: {one.said}" for one in found),
        clauses=clauses,
        guards=tuple(_looks(evaluation))[:_MOST_LOOKS],
        score=evaluation.score,
        evidence=tuple(evidence(evaluation)),
        nearness=1.0 if fired else nearness(evaluation),
    )


def _clauses(evaluation: Evaluation) -> Iterator[Clause]:
    """Every clause in the order people think of them; a rule fires when all are met."""
    rule = evaluation.rule
    yield from _admission(evaluation)
    if rule.spec.condition is None:
        yield from _short_form(evaluation)
    else:
        yield from _conditional(evaluation)
    if wanted := rule.score:
        total = sum(evaluation.score.values())
        terms = " + ".join(f"{name} {weight}" for name, weight in evaluation.score.items()) or "nothing"
        yield Clause("score", evaluation.score_is_reached, f"{terms} = {total} of {wanted.threshold}")


def _admission(evaluation: Evaluation) -> Iterator[Clause]:
    rule, document = evaluation.rule, evaluation.reading.document
    if rule.languages:
        wanted = " or ".join(sorted(rule.languages))
        yield Clause("languages", document.lang in rule.languages, f"the item is in {document.lang}, not {wanted}")
    if rule.sources.tiers or rule.sources.only or rule.sources.exclude:
        item = document.item
        yield Clause("sources", evaluation.refusal != "sources", f"{item.source}, {item.url}, tier {item.tier}")


def _short_form(evaluation: Evaluation) -> Iterator[Clause]:
    asked = list(dict.fromkeys(names_of(evaluation.rule.condition)))
    if "who" in asked:
        yield from _who(evaluation)
    yield from _what(evaluation, is_asked="what" in asked)
    if (
        {"who", "what"} <= set(asked)
        and evaluation.alive
        and evaluation.who is None
        and _everybody_is_there(evaluation)
    ):
        yield Clause("where", met=False, said=say_apart(evaluation))
    for name, block in evaluation.rule.blocks.items():
        if name in asked:
            yield Clause(name, evaluation.truth(name), say_block(block, evaluation))


def _who(evaluation: Evaluation) -> Iterator[Clause]:
    yield Clause("who", _everybody_is_there(evaluation), say_who(evaluation))


def _everybody_is_there(evaluation: Evaluation) -> bool:
    lists = [slot_hits(evaluation.rule, evaluation.reading, slot) for slot in evaluation.rule.everybody]
    return all(lists) and len({hit.name for hits in lists for hit in hits}) >= len(lists)


def _what(evaluation: Evaluation, *, is_asked: bool) -> Iterator[Clause]:
    """The deciding words, what silences them, and whether their status counts."""
    if is_asked:
        yield Clause("what", bool(evaluation.subject), say_what(evaluation))
    if evaluation.rule.unless and evaluation.triggers:
        alive = bool(evaluation.unsilenced)
        yield Clause("unless", alive, "" if alive else say_unless(evaluation))
    if is_asked and evaluation.unsilenced:
        refused = dict.fromkeys(filter(None, map(evaluation.status_refused, evaluation.unsilenced)))
        yield Clause("status_in", bool(evaluation.alive), "; ".join(refused))


# ── Conditions ─────────────────────────────────────────────────────────────────────────────────────────────────


def _conditional(evaluation: Evaluation) -> Iterator[Clause]:
    """Each name of the condition by itself, those that must not be met as `not NAME`; then the condition."""
    condition = evaluation.rule.condition
    wanted = set(names_of(condition, positive=True))
    for name in dict.fromkeys(names_of(condition)):
        said = "; ".join(one.said for one in _named(name, evaluation) if one.said)
        if name in wanted:
            yield Clause(name, evaluation.truth(name), said)
        else:
            yield Clause(name if name == "unless" else f"not {name}", not evaluation.truth(name), said)
    yield Clause("condition", holds(condition, evaluation.truth), say(condition))


def _first_failing(evaluation: Evaluation, clauses: Sequence[Clause]) -> Clause:
    """The clause to tell; of a condition the failing name, of alternatives all that are as near as the nearest."""
    first = next((clause for clause in clauses if not clause.met), None)
    rule = evaluation.rule
    if rule.spec.condition is None or evaluation.refusal or holds(rule.condition, evaluation.truth):
        return first or Clause("condition", met=False, said=f"{evaluation.failed} is not met")
    told = _ways(rule.condition, evaluation, met=False)
    # What is silenced in one way is hardly ever met in another.
    others = () if told[0].name == "unless" else told[1:]
    also = "".join(f"; or {one.name}: {one.said}" for one in others)
    return Clause(told[0].name, met=False, said=told[0].said + also)


def _ways(part: Condition, evaluation: Evaluation, *, met: bool) -> list[Clause]:
    """What is to be told of a part of a condition: of one that fails the nearest ways in which it could be met."""
    match part:
        case Name():
            return _named(part.name, evaluation)
        case Not():
            return [_absent(part.inner, evaluation)]
        case All():
            failing = [one for one in part.parts if met or not holds(one, evaluation.truth)]
            told = [_ways(one, evaluation, met=met) for one in failing]
            return [clause for ways in told for clause in ways] if met else told[0]
        case Any():
            alike = [one for one in part.parts if holds(one, evaluation.truth) is met]
            alike.sort(key=lambda one: -nearness(evaluation, one))
            nearest = [one for one in alike if met or nearness(evaluation, one) >= nearness(evaluation, alike[0]) - 0.1]
            told = [_ways(one, evaluation, met=met) for one in nearest[:_MOST_WAYS]]
            return list(dict.fromkeys(clause for ways in told for clause in ways))


def _named(name: str, evaluation: Evaluation) -> list[Clause]:
    """What is told of one name: the clause of it that fails, or all that is met."""
    if name == "who":
        clauses = list(_who(evaluation))
        if evaluation.who is None and clauses[0].met:
            clauses = [Clause("where", met=False, said=say_apart(evaluation))]
    elif name == "what":
        clauses = list(_what(evaluation, is_asked=True))
    elif name == "unless":
        clauses = [Clause("unless", evaluation.truth(name), say_unless(evaluation))]
    else:
        clauses = [Clause(name, evaluation.truth(name), say_block(evaluation.rule.blocks[name], evaluation))]
    failing = [clause for clause in clauses if not clause.met]
    return failing[:1] or [clause for clause in clauses if clause.said]


def _absent(inner: Condition, evaluation: Evaluation) -> Clause:
    """What is told of something that must not be: what was found of it."""
    there = holds(inner, evaluation.truth)
    if isinstance(inner, Name) and inner.name == "unless":
        return Clause("unless", not there, say_unless(evaluation) if there else "")
    told = _ways(inner, evaluation, met=True) if there else []
    said = "; ".join(one.said for one in told if one.said)
    return Clause(say(Not(inner)), not there, said)


# ── Guards ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _looks(evaluation: Evaluation) -> Iterator[GuardLook]:
    """Every part of `unless` whose words stand somewhere in the item."""
    reading = evaluation.reading
    for probe in evaluation.rule.unless:
        found = reading.hits_of(probe)
        if not found:
            continue
        for trigger in evaluation.triggers:
            if hit := silencer(reading, probe, trigger):
                reason = silenced_by(reading, probe, hit, trigger)
                yield GuardLook(probe.name, evidence_of(reading, "unless", hit), silenced=True, reason=reason)
                break
        else:
            trigger_or_none = evaluation.triggers[0] if evaluation.triggers else None
            reason = why_not(reading, probe, found[0], trigger_or_none) if trigger_or_none else "nothing to silence"
            yield GuardLook(probe.name, evidence_of(reading, "unless", found[0]), silenced=False, reason=reason)
