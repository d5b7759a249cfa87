"""
Items → Commit, and what falls due without one: the whole core in one call. Read this file first.

    perceive (read → scan → read_facts → match) → stories.assign → judge → fold

An item is decided completely before the mind folds it in, so an item whose decision crashes leaves nothing behind; it
is returned as `Poisoned` and the others proceed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain

from watcher.ingest.absence import ABSENCE, development_of, restarted, run_out, running
from watcher.ingest.attention import ENDED, ENDS_SOON, ESCALATE, ended, ends_soon, escalated, watched
from watcher.ingest.commit import Commit, Poisoned
from watcher.ingest.perceiving import Look, look
from watcher.matching import Ruleset, match_inferred
from watcher.model import (
    Alert,
    DevelopmentId,
    Hold,
    Item,
    Kind,
    Lane,
    Match,
    Report,
    RuleId,
    Status,
    Team,
    TeamId,
    Wake,
)
from watcher.policy import Case, Ledger, deliveries, judge, overtaken
from watcher.stories import Assigned, Memory, Sight, matters
from watcher.text import canonical_url
from watcher.vocabulary import Scanner, Vocabulary

HOLD, CLOSE = "hold", "close"
_CLOSE_EVERY = timedelta(hours=1)


class Mind:
    """
    Everything that decides and everything it remembers; one thread owns it.

    Args:
        scanner: Of the vocabulary and of the ruleset's own words; both are replaced together by `follow`.
        look: How items are looked at, for a replay that has read them ahead; None: one by one, when they come.
    """

    def __init__(
        self,
        vocabulary: Vocabulary,
        scanner: Scanner,
        ruleset: Ruleset,
        *,
        memory: Memory | None = None,
        ledger: Ledger | None = None,
        look: Callable[[Item], Look] | None = None,
    ) -> None:
        self.look = look or self._look
        self.vocabulary, self.scanner, self.ruleset = vocabulary, scanner, ruleset
        self.memory = Memory() if memory is None else memory
        self.ledger = Ledger() if ledger is None else ledger
        self.closes_at: datetime | None = None
        self.absences: dict[tuple[TeamId, RuleId], Wake] = {}

    def _look(self, item: Item) -> Look:
        return look(item, self.vocabulary, self.scanner, ruleset=self.ruleset)

    def follow(self, ruleset: Ruleset, scanner: Scanner) -> None:
        """From now on decide by this ruleset; what was told stays told."""
        self.ruleset, self.scanner = ruleset, scanner

    def knows(self, item: Item) -> bool:
        """Whether the item was read before, as it is now or otherwise."""
        return self.memory.knows(item.id, canonical_url(item.url))


def ingest(items: Iterable[Item], mind: Mind, *, now: datetime) -> Commit:
    """
    Decide about the items, in the order of their time, and fold the answers into the mind.

    An item that was read before as it is now changes nothing.

    Raises:
        MemoryError: The mind is ahead of what was returned, and must be recalled.
    """
    [commit] = ingest_together(items, (mind,), now=now)
    return commit


def ingest_together(items: Iterable[Item], minds: Sequence[Mind], *, now: datetime) -> tuple[Commit, ...]:
    """`ingest` for minds that see the same world: of each item all decide before any of them folds its answer."""
    steps: list[list[Commit]] = [[] for _ in minds]
    for item in sorted(items, key=lambda item: (item.time, item.id)):
        try:
            decided = [decide(item, mind, now=now) for mind in minds]
            for step, mind in zip(decided, minds, strict=True):
                fold(step, mind)
        except MemoryError:
            raise  # no fault of the item: it is decided when there is memory again
        except Exception as error:  # noqa: BLE001  # named boundary: a bug costs one item; the caller logs it
            for own in steps:
                own.append(Commit(poisoned=(Poisoned(item, error),)))
            continue
        for own, step in zip(steps, decided, strict=True):
            own.append(step.commit)
    for own, mind in zip(steps, minds, strict=True):
        if mind.closes_at is None:
            mind.closes_at = now + _CLOSE_EVERY
            own.append(Commit(wakes=(Wake(CLOSE, "", mind.closes_at),)))
    return tuple(map(Commit.of, steps))


def wake(due: Iterable[Wake], mind: Mind, *, now: datetime) -> Commit:
    """Decide what has fallen due without a new item, and fold it into the mind."""
    kinds = {
        HOLD: _again,
        CLOSE: _close,
        ABSENCE: _silent,
        ESCALATE: _escalated,
        ENDS_SOON: _ends_soon,
        ENDED: _ended,
    }
    return Commit.of([kinds[row.kind](row, mind, now=now) for row in due])


@dataclass(frozen=True, slots=True)
class Step:
    """What one item amounts to: the rows, and the answers that memory folds in."""

    commit: Commit
    answers: tuple[Assigned, ...] = ()


def decide(item: Item, mind: Mind, *, now: datetime) -> Step:
    """Everything about one item; reads the mind, changes nothing."""
    view = mind.look(item)
    seen = view.seen
    if mind.memory.sight(seen.item, seen.url, seen.fingerprint) is Sight.SAME:
        is_known = mind.memory.knows(item.id, "")
        return Step(Commit() if is_known else Commit(seen=(seen,)))  # another name of a page that was read
    one = view.perceive()
    answers = tuple(mind.memory.assign(report, now=now) for report in matters(one.reports))
    cases = _cases(item, answers, one.matches, mind=mind, now=now)
    outcomes = [one for some in cases.values() for one in _as_one([judge(case, mind.ledger) for case in some])]
    clocks = restarted(chain.from_iterable(cases.values()), mind.absences)
    decided = Commit.of((_rows(answers, outcomes, mind), clocks))
    return Step(replace(decided, items=(item,), seen=(seen,)), answers)


def fold(step: Step, mind: Mind) -> None:
    """Make what was decided part of the mind."""
    for seen in step.commit.seen:
        mind.memory.saw(seen)
    for answer in step.answers:
        mind.memory.fold(answer)
    for hold in step.commit.holds:
        mind.ledger.fold(hold)
    for alert in step.commit.alerts:
        mind.ledger.fold(alert)
    mind.absences.update(running(step.commit.wakes))


def _cases(
    item: Item, answers: Sequence[Assigned], matches: Iterable[Match], *, mind: Mind, now: datetime
) -> Mapping[TeamId, Sequence[Case]]:
    """One case for each team and development that concerns it."""
    cases: defaultdict[TeamId, list[Case]] = defaultdict(list)
    by_team = _by_team(matches)
    for team, desk in mind.ruleset.teams.items():
        for answer, those in _concerned(answers, by_team.get(team, ())):
            kind = answer.decision.kind
            cases[team].append(Case(desk, those, answer.development, item.id, kind, now, item.baseline, item.late))
        if team not in cases and (denial := _denial(item, answers, desk, mind=mind, now=now)):
            cases[team].append(denial)
    for inferred in (answer.inferred for answer in answers if answer.inferred):
        for team, found in _by_team(match_inferred(inferred, mind.ruleset)).items():
            if owner := mind.ruleset.teams.get(team):
                cases[team].append(Case(owner, found, inferred, item.id, Kind.UPDATE, now, item.baseline, item.late))
    return cases


def _denial(item: Item, answers: Iterable[Assigned], team: Team, *, mind: Mind, now: datetime) -> Case | None:
    """
    The case of a team that was told what the item denies: the guards that silence denials must not silence these.

    It interrupts as that did; its rules are those, without their evidence, which marks the words of another item.
    """
    for answer in answers:
        denied, story = answer.development, answer.story
        earlier = (mind.memory.development(key) for key in reversed(story.developments) if key != denied.id)
        for one in earlier:
            told = mind.ledger.told(team.id, one.id) if one and one.event == denied.event else None
            if told and denied.status is Status.DENIED:
                matches = tuple(replace(match, evidence=()) for match in told.matches)
                loud = replace(denied, lane=Lane.NOW)
                return Case(team, matches, loud, item.id, answer.decision.kind, now, item.baseline, item.late)
    return None


def _by_team(matches: Iterable[Match]) -> dict[TeamId, tuple[Match, ...]]:
    found: defaultdict[TeamId, list[Match]] = defaultdict(list)
    for one in matches:
        found[one.team].append(one)
    return {team: tuple(those) for team, those in found.items()}


def _concerned(answers: Sequence[Assigned], matches: Iterable[Match]) -> Iterator[tuple[Assigned, tuple[Match, ...]]]:
    """Matches with the matter whose events they met; with the item's first for what met none of them."""
    by_answer: defaultdict[int, list[Match]] = defaultdict(list)
    for one in matches:
        places = (n for n, answer in enumerate(answers) if not _events(answer.filed.report).isdisjoint(one.events))
        by_answer[next(places, 0)].append(one)
    for place, those in sorted(by_answer.items()):
        yield answers[place], tuple(those)


def _events(report: Report) -> set[str]:
    return {report.event, *report.also}


def _as_one(outcomes: Sequence[Alert | Hold]) -> Iterator[Alert | Hold]:
    """Of several alerts of one item for a team one stays, the inferred before the stated, and names all rules."""
    alerts = [outcome for outcome in outcomes if isinstance(outcome, Alert)]
    yield from (outcome for outcome in outcomes if isinstance(outcome, Hold))
    if not alerts:
        return
    kept = alerts[-1]
    matches = tuple({one.rule: one for alert in alerts for one in alert.matches}.values())
    matches = tuple(sorted(matches, key=lambda one: (-one.severity.rank, one.rule)))
    yield replace(
        kept,
        matches=matches,
        rules=tuple(one.rule for one in matches),
        severity=matches[0].severity,
        channels=tuple(dict.fromkeys(name for alert in alerts for name in alert.channels)),
    )
    for other in alerts[:-1]:
        reason = f"told with alert {kept.id}, which the same item raised"
        yield Hold(other.team, other.rules, other.development, other.item, reason, other.time)


def _rows(answers: Sequence[Assigned], outcomes: Sequence[Alert | Hold], mind: Mind) -> Commit:
    alerts = tuple(outcome for outcome in outcomes if isinstance(outcome, Alert))
    holds = tuple(outcome for outcome in outcomes if isinstance(outcome, Hold))
    filings = [filing for answer in answers for filing in answer.filings()]
    return Commit(
        reports=tuple(filed for filed, _ in filings),
        stories=tuple(answer.story for answer in answers),
        developments=tuple(development for _, development in filings),
        appointments=tuple(one for answer in answers for one in answer.appointments),
        decisions=tuple(answer.decision for answer in answers),
        alerts=alerts,
        holds=holds,
        deliveries=tuple(owed for alert in alerts for owed in deliveries(alert, mind.ruleset.teams[alert.team])),
        wakes=(
            *(Wake(HOLD, f"{hold.team} {hold.development}", hold.until) for hold in holds if hold.until),
            *watched(alerts, mind.ruleset.teams),
        ),
    )


def _again(row: Wake, mind: Mind, *, now: datetime) -> Commit:
    """What becomes of a hold whose time has come."""
    name, _, key = row.subject.partition(" ")
    hold = mind.ledger.waiting(TeamId(name), DevelopmentId(key), now=now)
    if hold is None:
        return Commit(settled=(row,))
    outcome = _released(hold, mind, now=now)
    mind.ledger.fold(outcome)
    return replace(_rows((), (outcome,), mind), settled=(row,))


def _released(hold: Hold, mind: Mind, *, now: datetime) -> Alert | Hold:
    team = mind.ruleset.teams.get(hold.team)
    development = mind.memory.development(hold.development)
    settled = replace(hold, time=now, until=None, matches=())
    if team is None:
        return replace(settled, reason="the team is gone")
    if development is None:
        return replace(settled, reason=f"{hold.reason}; not reported any more when its time came")
    for echo in mind.memory.echoes(development, now=now):
        if told := mind.ledger.told(hold.team, echo):
            return replace(settled, reason=f"told meanwhile by alert {told.id}")
    story = mind.memory.story(development.story)
    if story and (ended := overtaken(settled, story, mind.ledger)):
        return ended
    first = development.items[0]
    return judge(Case(team, hold.matches, development, first, development.kind, now, late=hold.late), mind.ledger)


def _silent(row: Wake, mind: Mind, *, now: datetime) -> Commit:
    """What becomes of a rule that nothing has met for so long."""
    last = mind.memory.development(development_of(row))
    alert = run_out(row, mind.absences, mind.ruleset, last=last, ledger=mind.ledger, now=now)
    if alert is None:
        return Commit(settled=(row,))
    mind.ledger.fold(alert)
    return replace(_rows((), (alert,), mind), settled=(row,))


def _escalated(row: Wake, mind: Mind, *, now: datetime) -> Commit:
    return escalated(row, mind.ledger, mind.ruleset.teams, now=now)


def _ends_soon(row: Wake, mind: Mind, *, now: datetime) -> Commit:
    return ends_soon(row, mind.ledger, mind.ruleset.teams, now=now)


def _ended(row: Wake, mind: Mind, *, now: datetime) -> Commit:
    return ended(row, mind.ledger, mind.ruleset.teams, mind.memory.development, now=now)


def _close(row: Wake, mind: Mind, *, now: datetime) -> Commit:
    """Close stories that nobody reports any more, and look again in an hour."""
    closed = mind.memory.close_quiet(now=now)
    mind.ledger.forget(lambda key: mind.memory.development(key) is not None, now=now)
    mind.closes_at = now + _CLOSE_EVERY
    return Commit(stories=closed, wakes=(Wake(CLOSE, "", mind.closes_at),), settled=(row,))
