"""
A rule that fires → its Match: what it found, how firm it is, what is read out. Shared by rules that look for the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from watcher.matching.evaluation import Evaluation
from watcher.matching.extract import extract
from watcher.matching.reading import Reading
from watcher.matching.rule import Rule
from watcher.model import ConceptId, Evidence, Match, Report, Status
from watcher.vocabulary import Hit

MOST_EVIDENCE = 12


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an evaluation that fires says, whichever team's rule it was."""

    reports: tuple[Report, ...]
    events: tuple[ConceptId, ...]
    status: Status
    evidence: tuple[Evidence, ...]


def outcome_of(evaluation: Evaluation) -> Outcome:
    """What came of an evaluation that fires."""
    reading = evaluation.reading
    deciding = evaluation.alive or evaluation.unsilenced or evaluation.triggers
    reports = _reports(reading, deciding)
    firm = reading.status(deciding[0]) if deciding and not reports else Status.REPORTED
    return Outcome(
        reports=reports,
        events=tuple(dict.fromkeys(ConceptId(hit.name) for hit in deciding if hit.kind == "concept")),
        status=reports[0].status if reports else firm,
        evidence=tuple(evidence(evaluation)),
    )


def match_of(rule: Rule, outcome: Outcome) -> Match:
    """The match of one of the rules that look for it."""
    return Match(
        team=rule.team,
        rule=rule.id,
        title=rule.title,
        severity=rule.severity,
        events=outcome.events or (rule.event,),
        status=outcome.status,
        evidence=outcome.evidence,
        extract=extract(outcome.reports, rule.extract),
        wishes=rule.wishes,
    )


def _reports(reading: Reading, deciding: Iterable[Hit]) -> tuple[Report, ...]:
    """The reports that deciding words made, each once."""
    found: list[Report] = []
    for hit in deciding:
        report = reading.report_of(hit)
        if report is not None and not any(report is other for other in found):
            found.append(report)
    return tuple(found)


def evidence(evaluation: Evaluation) -> Iterator[Evidence]:
    """Words that met the clauses of a rule, each once, a dozen at most."""
    rule, seen = evaluation.rule, set[tuple[int, int]]()
    clauses = [*(["what"] if rule.what else []), *(["who"] if rule.everybody else [])]
    clauses += [name for name in evaluation.positive if name not in clauses and name != "unless"]
    for clause in clauses:
        for hit in evaluation.hits_of(clause)[: MOST_EVIDENCE // 2]:
            if (hit.start, hit.end) not in seen and len(seen) < MOST_EVIDENCE:
                seen.add((hit.start, hit.end))
                yield evidence_of(evaluation.reading, clause, hit)


def evidence_of(reading: Reading, clause: str, hit: Hit) -> Evidence:
    """A hit as people are shown it."""
    document = reading.document
    name = hit.term.text if hit.kind == "literal" else hit.name
    text = document.original(hit.start, hit.end)
    return Evidence(clause, name, text, hit.term.text, hit.term.origin, document.span(hit.start, hit.end))
