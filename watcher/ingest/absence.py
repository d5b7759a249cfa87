"""
Rules that are told of silence (`count: {none_for: 24h}`): nothing more has met them for so long.

Each development that meets such a rule starts its clock again; when the clock runs out, the team is told which was the
last. A rule that has never been met has no clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from watcher.ingest.commit import Commit
from watcher.matching import Rule, Ruleset
from watcher.model import Alert, Development, DevelopmentId, Kind, Match, RuleId, TeamId, Wake
from watcher.policy import Case, Ledger, silence

ABSENCE = "absence"

Clocks = Mapping[tuple[TeamId, RuleId], Wake]
"""The clock of each rule that waits for silence; subject: team, rule and development, a space between."""


def running(wakes: Iterable[Wake]) -> Iterator[tuple[tuple[TeamId, RuleId], Wake]]:
    """The clocks among these rows, by team and rule."""
    for row in wakes:
        if row.kind == ABSENCE:
            team, rule, _ = row.subject.split(" ")
            yield (TeamId(team), RuleId(rule)), row


def restarted(cases: Iterable[Case], clocks: Clocks) -> Commit:
    """The clocks that these developments start again; a repeat starts only one that does not run."""
    started: dict[tuple[TeamId, RuleId], Wake] = {}
    for case in cases:
        for match in case.matches:
            key = (case.team.id, match.rule)
            if match.wishes.none_for is None or (case.kind is Kind.REPEAT and (key in clocks or key in started)):
                continue
            subject = f"{case.team.id} {match.rule} {case.development.id}"
            started[key] = Wake(ABSENCE, subject, case.now + match.wishes.none_for)
    stopped = tuple(clocks[key] for key, row in started.items() if key in clocks and clocks[key].subject != row.subject)
    return Commit(wakes=tuple(started.values()), settled=stopped)


def run_out(
    row: Wake, clocks: Clocks, ruleset: Ruleset, *, last: Development | None, ledger: Ledger, now: datetime
) -> Alert | None:
    """
    What the team is told of the silence. None: something met the rule since, or the rule asks no longer.

    Args:
        last: The development that the clock was started by; None: nothing knows it any more.
    """
    [(key, _)] = running([row])
    team = ruleset.teams.get(key[0])
    rule = next((one for one in ruleset.rules if (one.team, one.id) == key), None)
    if clocks.get(key) != row or team is None or last is None or rule is None or rule.wishes.none_for is None:
        return None
    case = Case(team, (_match(rule, last),), last, last.items[0], Kind.ABSENT, now)
    return silence(case, ledger)


def development_of(row: Wake) -> DevelopmentId:
    """The development that the clock was started by."""
    return DevelopmentId(row.subject.rpartition(" ")[2])


def _match(rule: Rule, last: Development) -> Match:
    return Match(
        rule.team, rule.id, rule.title, rule.severity, (last.event,), last.status, evidence=(), wishes=rule.wishes
    )
