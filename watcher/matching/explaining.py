"""
Why a rule fired on an item, or which clause failed and how near it was. The very evaluation that production runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from watcher.matching.condition import holds, names_of, say
from watcher.matching.evaluation import Evaluation
from watcher.matching.guarding import silencer, why_not
from watcher.matching.outcome import evidence, evidence_of, match_of, outcome_of
from watcher.matching.parties import slot_hits
from watcher.matching.reading import Reading
from watcher.matching.rule import Block, Probe
from watcher.matching.ruleset import Ruleset
from watcher.model import Evidence, Match, Report, RuleId, TeamId
from watcher.text import Document
from watcher.vocabulary import Hit, Hits

_MOST_LOOKS = 12


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
        failed: The first clause that is not met, such as `who`; empty when it fired.
        reason: Why it fired or failed, in one line.
        clauses: All of them in order, whatever the first that failed.
        guards: What of `unless` was found, and whether it silenced anything.
        score: What each block adds, by name; empty for a rule without a score.
        evidence: Words that met clauses, also of a rule that stayed quiet.
        nearness: Share of its clauses that are met, 1.0 when it fired.
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
    clauses = tuple(_clauses(evaluation))
    fired = evaluation.fires()
    first = next((clause for clause in clauses if not clause.met), None)
    failed = "" if fired else (first.name if first else evaluation.failed)
    reason = "; ".join(f"{clause.name}: {clause.said}" for clause in clauses if clause.said)
    if not fired:
        reason = f"{first.name}: {first.said}" if first else f"condition: {evaluation.failed} is not met"
    met = sum(clause.met for clause in clauses)
    return Explanation(
        team=rule.team,
        rule=rule.id,
        title=rule.title,
        match=match_of(rule, outcome_of(evaluation)) if fired else None,
        failed=failed,
        reason=reason,
        clauses=clauses,
        guards=tuple(_looks(evaluation))[:_MOST_LOOKS],
        score=evaluation.score,
        evidence=tuple(evidence(evaluation)),
        nearness=1.0 if fired else met / max(len(clauses), 1),
    )


def _clauses(evaluation: Evaluation) -> Iterator[Clause]:
    """Every clause in the order people think of them; a rule fires when all are met."""
    yield from _admission(evaluation)
    if evaluation.rule.spec.condition is None:
        yield from _short_form(evaluation)
        yield from _named(evaluation)
    else:
        truths = [f"{name} {'met' if evaluation.truth(name) else 'not met'}" for name in _names(evaluation)]
        said = f"{say(evaluation.rule.condition)}: {', '.join(truths)}"
        yield Clause("condition", holds(evaluation.rule.condition, evaluation.truth), said)
    if wanted := evaluation.rule.score:
        total = sum(evaluation.score.values())
        terms = " + ".join(f"{name} {weight}" for name, weight in evaluation.score.items()) or "nothing"
        yield Clause("score", evaluation.score_is_reached, f"{terms} = {total} of {wanted.threshold}")


def _names(evaluation: Evaluation) -> list[str]:
    return list(dict.fromkeys(names_of(evaluation.rule.condition)))


def _admission(evaluation: Evaluation) -> Iterator[Clause]:
    rule, document = evaluation.rule, evaluation.reading.document
    if rule.languages:
        wanted = " or ".join(sorted(rule.languages))
        yield Clause("languages", document.lang in rule.languages, f"the item is in {document.lang}, not {wanted}")
    if rule.sources.tiers or rule.sources.only or rule.sources.exclude:
        item = document.item
        yield Clause("sources", evaluation.refusal != "sources", f"{item.source}, {item.url}, tier {item.tier}")


def _short_form(evaluation: Evaluation) -> Iterator[Clause]:
    rule = evaluation.rule
    asked = _names(evaluation)
    if "who" in asked:
        yield _who(evaluation)
    if "what" in asked:
        yield Clause("what", bool(evaluation.triggers), _what(evaluation))
    if rule.unless and evaluation.triggers:
        yield Clause("unless", bool(evaluation.unsilenced), _unless(evaluation))
    if "what" in asked and evaluation.unsilenced:
        refused = dict.fromkeys(filter(None, map(evaluation.status_refused, evaluation.unsilenced)))
        yield Clause("status_in", bool(evaluation.alive), "; ".join(refused))
    if {"who", "what"} <= set(asked) and evaluation.alive and evaluation.who is None and _all_found(evaluation):
        yield Clause("where", met=False, said=_apart(evaluation))


def _named(evaluation: Evaluation) -> Iterator[Clause]:
    for name, block in evaluation.rule.blocks.items():
        if name in _names(evaluation):
            met = evaluation.truth(name)
            yield Clause(name, met, _block(block, evaluation, met=met))


def _quoted(reading: Reading, hits: Sequence[Hit]) -> str:
    return ", ".join(dict.fromkeys(f"“{reading.document.original(hit.start, hit.end)}”" for hit in hits[:3]))


# ── who ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _all_found(evaluation: Evaluation) -> bool:
    return all(slot_hits(evaluation.rule, evaluation.reading, slot) for slot in evaluation.rule.everybody)


def _who(evaluation: Evaluation) -> Clause:
    rule, reading = evaluation.rule, evaluation.reading
    said = []
    for slot in rule.everybody:
        found = slot_hits(rule, reading, slot)
        said.append(f"{slot.name} found as {_quoted(reading, found)}" if found else f"{slot.name} not found")
    everybody = _all_found(evaluation)
    names = {hit.name for slot in rule.everybody for hit in slot_hits(rule, reading, slot)}
    if everybody and len(names) < len(rule.everybody):
        return Clause("who", met=False, said=f"{', '.join(said)}, but each slot needs somebody else")
    return Clause("who", everybody, ", ".join(said))


def _apart(evaluation: Evaluation) -> str:
    where, pair = evaluation.rule.where, evaluation.rule.pair
    trigger = evaluation.alive[0]
    report = evaluation.reading.report_of(trigger)
    if pair and pair.ordered and report and (report.agent or report.target):
        return f"the wrong way round: {report.agent or 'somebody'} does it to {report.target or 'somebody'}"
    if where.within and where.within.unit != "text":
        near = f"{where.within.words} words" if where.within.unit == "words" else f"one {where.within.unit}"
        return f"all is there, but not within {near}{' in the order given' if where.ordered else ''}"
    return "all is there, but not in the order given"


# ── what, unless ───────────────────────────────────────────────────────────────────────────────────────────────


def _what(evaluation: Evaluation) -> str:
    rule, reading = evaluation.rule, evaluation.reading
    if evaluation.triggers:
        names = " and ".join(
            dict.fromkeys(hit.term.text if hit.kind == "literal" else hit.name for hit in evaluation.triggers[:3])
        )
        return f"{names} found as {_quoted(reading, evaluation.triggers)}"
    elsewhere = reading.found(rule.what)
    names = " or ".join(probe.name for probe in rule.what[:6]) + (" …" if len(rule.what) > 6 else "")
    if not elsewhere:
        return f"{names} not found"
    number = _sentence_number(reading, elsewhere[0])
    place = "the title" if number == 0 else f"sentence {number} of the text"
    return f"{_quoted(reading, elsewhere[:1])} stands in {place}, too deep: {names} is looked for nearer the top"


def _sentence_number(reading: Reading, hit: Hit) -> int:
    sentence = reading.document.sentence_at(hit.start)
    return reading.document.sentences.index(sentence)


def _unless(evaluation: Evaluation) -> str:
    if evaluation.unsilenced:
        return ""
    said = (
        _silenced(evaluation.reading, found[0], found[1], trigger)
        for trigger in evaluation.triggers[:3]
        if (found := evaluation.silenced_by(trigger))
    )
    return "; ".join(dict.fromkeys(said))


def _silenced(reading: Reading, probe: Probe, hit: Hit, trigger: Hit) -> str:
    kind = "guard " if probe.kind == "guard" else ""
    if hit.term.sort == "url":
        return f"{kind}{probe.name} found in the address"
    places = {
        "title": "the title",
        "item": "the item",
        "sentence": "the sentence of the deciding words",
        "clause": "the clause of the deciding words",
        "before": "the words before the deciding words",
    }
    place = places.get(probe.scope, "the title" if hit.start < reading.document.title_end else "the same sentence")
    return f"{kind}{probe.name} found {_quoted(reading, [hit])} in {place} {_quoted(reading, [trigger])}"


def _looks(evaluation: Evaluation) -> Iterator[GuardLook]:
    """Every part of `unless` whose words stand somewhere in the item."""
    reading = evaluation.reading
    for probe in evaluation.rule.unless:
        found = reading.hits_of(probe)
        if not found:
            continue
        for trigger in evaluation.triggers:
            if hit := silencer(reading, probe, trigger):
                reason = _silenced(reading, probe, hit, trigger)
                yield GuardLook(probe.name, evidence_of(reading, "unless", hit), silenced=True, reason=reason)
                break
        else:
            trigger_or_none = evaluation.triggers[0] if evaluation.triggers else None
            reason = why_not(reading, probe, found[0], trigger_or_none) if trigger_or_none else "nothing to silence"
            yield GuardLook(probe.name, evidence_of(reading, "unless", found[0]), silenced=False, reason=reason)


# ── blocks ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _block(block: Block, evaluation: Evaluation, *, met: bool) -> str:
    reading = evaluation.reading
    found: list[str] = []
    missing: list[str] = []
    for member in block.members:
        if isinstance(member, Block):
            continue
        hits = reading.hits_of(member)
        (found if hits else missing).append(f"{member.name} as {_quoted(reading, hits)}" if hits else member.name)
    said = f"found {', '.join(found)}" if found else "nothing found"
    if missing and not met:
        said += f", not {', '.join(missing[:6])}"
    if not met and not missing and block.mode == "near":
        said += ", but not near each other"
    return said
