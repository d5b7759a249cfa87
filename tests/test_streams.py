"""Streams of reports through the whole core: what each item becomes, what it changes, and moves that nobody states."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from watcher.ingest import Commit, Mind, ingest
from watcher.matching import Ruleset, load_rules
from watcher.model import Development, Item, ItemId, Kind, Lane
from watcher.text import fold
from watcher.trial import scanner_of
from watcher.vocabulary import Scanner, load

DATA = Path(__file__).parent / "data"
SHARED = Path(__file__).parent.parent / "rules" / "_shared"
STREAMS = yaml.load((DATA / "streams.yaml").read_text("utf-8"), yaml.BaseLoader)
TEAM = """
team: Every rule
timezone: UTC
channels:
  screen: {console: yes}
default: screen
"""
# Meetings of any two, which no shared rule asks for as such.
OWN = """
as_of: 2026-02-10
rules:
  - rule: Any appointment
    who: [any state, any state]
    what: [talks, meeting, visit, summit, leaders.meet, schedule.set, schedule.held, schedule.begins, schedule.resumed]
    unless: [sport, market, opinion, explainer, entertainment, digest, history, live-page]
    severity: watch
    why: Somebody meets somebody.
    examples:
      alert: [Greece and Turkey to hold talks in Nicosia, Erdogan to visit Athens, Leaders of China and India to meet]
      quiet: ["Live: Greece and Turkey hold talks in Nicosia", Greece to meet Turkey in World Cup qualifier]
  - rule: Any deadline
    who: any state
    what: deadline.set
    severity: watch
    why: Somebody sets somebody a day.
    examples:
      alert: [US gives Iran until 14 February to answer, Kyiv sets deadline of Friday for Moscow]
      quiet: [Runner misses deadline for Tokyo marathon, Greece and Turkey to hold talks]
"""


@dataclass(frozen=True)
class Step:
    """One row of a stream."""

    at: str
    title: str
    publisher: str
    expect: str
    text: str = ""
    lang: str = ""
    tier: str = "2"
    zone: str = "UTC"
    published: str = ""
    key: str = ""
    link: str = ""
    lane: str = ""
    inferred: str = "none"
    cites: tuple[str, ...] = ()
    changed: Mapping[str, Sequence[str]] | None = None


@cache
def desk() -> tuple[Ruleset, Scanner]:
    """A team that has every shared rule, and the scanner of it."""
    shared = {str(path.name): path.read_text("utf-8") for path in sorted(SHARED.glob("*.yaml"))}
    names = [
        str(rule.get("id") or fold(rule["rule"]).replace(" ", "-"))
        for text in shared.values()
        for rule in yaml.load(text, yaml.BaseLoader)["rules"]
    ]
    uses = "rules:\n" + "".join(f"  - {{use: {name}}}\n" for name in names)
    texts = {"_shared": shared, "all": {"team.yaml": TEAM, "own.yaml": OWN, "uses.yaml": uses}}
    ruleset = load_rules(texts, load())
    assert not ruleset.all_problems, ruleset.all_problems
    return ruleset, scanner_of(ruleset)


def mind() -> Mind:
    ruleset, scanner = desk()
    return Mind(ruleset.vocabulary, scanner, ruleset)


def moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=UTC)


def item(step: Step, number: int) -> Item:
    key = step.key or f"s{number}"
    host = fold(step.publisher).replace(" ", "").replace(",", "")
    return Item(
        id=ItemId(key),
        title=step.title,
        url=f"https://{host}.example/{step.link or key}",
        source=step.publisher,
        seen=moment(step.at),
        published=moment(step.published or step.at),
        text=step.text,
        lang=step.lang or "en",
        publisher=step.publisher,
        tier=int(step.tier),
        timezone=step.zone,
    )


def became(commit: Commit, before: Mapping[str, Kind]) -> str:
    """
    What the item is to the team; `quiet` when no rule tells anything.

    Args:
        before: The developments so far, with what each was; a doubtful one that is settled now becomes an update.
    """
    if not commit.alerts and not commit.holds:
        return "quiet"
    if inferred_in(commit):
        return Kind.UPDATE.value
    first = commit.decisions[0]
    now = next(one.kind for one in commit.developments if one.id == first.development)
    return first.kind.value if before.get(first.development, now) is now else now.value


def lane_of(commit: Commit) -> str:
    """Whether it interrupts; what is withheld until the story's digest does not."""
    if commit.alerts:
        return Lane.NOW.value
    return Lane.DIGEST.value if any(hold.until for hold in commit.holds) else ""


def told_of(commit: Commit) -> Development:
    """The development that the team is, or would be, told: the inferred one, if there is any."""
    named = inferred_in(commit)[0].id if inferred_in(commit) else commit.decisions[0].development
    return {one.id: one for one in commit.developments}[named]


def inferred_in(commit: Commit) -> list[Development]:
    """Those raised now; a report may join one that was raised before."""
    return [one for one in commit.developments if one.inferred_from and len(one.items) == 1]


def faults(step: Step, commit: Commit, before: Mapping[str, Kind]) -> Iterator[str]:
    """What is otherwise than the step says."""
    if commit.poisoned:
        yield f"crashed: {commit.poisoned[0].error!r}"
    elif (kind := became(commit, before)) != step.expect:
        yield f"becomes {kind}, not {step.expect}: {[d.reason for d in commit.decisions]}"
    elif step.lane and lane_of(commit) != step.lane:
        yield f"goes to {lane_of(commit) or 'nobody'}, not {step.lane}: {[h.reason for h in commit.holds]}"
    yield from wrong_moves(step, inferred_in(commit))
    if step.changed is not None and (commit.alerts or commit.holds):
        changes = {change.slot: [change.before or "", change.after] for change in told_of(commit).changes}
        wanted = {slot: list(values) for slot, values in step.changed.items()}
        if any(changes.get(slot) != values for slot, values in wanted.items()) or (changes and not wanted):
            yield f"changes {changes}, not {wanted}"


def wrong_moves(step: Step, raised: Sequence[Development]) -> Iterator[str]:
    """Inferred moves that should not be, are missing, or cite other items."""
    moves = [one.event.removeprefix("schedule.") for one in raised] or ["none"]
    if moves != [step.inferred]:
        yield f"infers {moves}, not {step.inferred}"
    elif raised and sorted(raised[0].inferred_from) != sorted(f"s{place}" for place in step.cites):
        yield f"cites {raised[0].inferred_from}, not {step.cites}"


@pytest.mark.parametrize(
    "rows",
    [pytest.param(stream["steps"], id=f"{part}: {stream['name']}") for part in STREAMS for stream in STREAMS[part]],
)
def test_a_stream_becomes_what_an_analyst_would_say(rows: list[dict[str, Any]]) -> None:
    desk_mind = mind()
    found: list[str] = []
    before: dict[str, Kind] = {}
    for number, row in enumerate(rows):
        step = Step(**row)
        commit = ingest([item(step, number)], desk_mind, now=moment(step.at))
        found += [f"step {number} “{step.title}” {fault}" for fault in faults(step, commit, before)]
        before.update((one.id, one.kind) for one in commit.developments)

    assert not found, "\n".join(found)


def test_who_was_told_hears_of_the_denial_though_the_rule_is_silent_on_denials() -> None:
    ruleset, scanner = desk()
    only = replace(ruleset, rules=tuple(rule for rule in ruleset.rules if rule.id == "meeting-off"))
    desk_mind = Mind(only.vocabulary, scanner, only)
    rows = [
        Step("2026-02-04 09:30", "Doha talks between Congo and Rwanda cancelled", "Gulf Wire", ""),
        Step("2026-02-04 09:50", "Talks of Rwanda and Congo in Doha called off", "Northern Post", ""),
        Step("2026-02-04 11:20", "Correction: Doha talks between Congo and Rwanda were not cancelled", "Gulf Wire", ""),
    ]

    told = [ingest([item(row, number)], desk_mind, now=moment(row.at)).alerts for number, row in enumerate(rows)]

    assert [alert.kind for alert in told[2]] == [Kind.RETRACTED]
    assert told[2][0].rules == ("meeting-off",)


def test_there_are_enough_streams() -> None:
    assert len(STREAMS["inferred"]) >= 30
    assert len(STREAMS["ordinary"]) >= 10


PAIRS = yaml.load((DATA / "pairs.yaml").read_text("utf-8"), yaml.BaseLoader)
FLOORS: dict[str, Any] = json.loads((DATA / "floors.json").read_text("utf-8"))["pairs"]


def joins(first: tuple[str, str], second: tuple[str, str]) -> bool:
    """Whether the second title, an hour after the first and from another outlet, is a repeat of it."""
    desk_mind = mind()
    rows = [
        Step(at=f"2026-02-10 {12 + number}:00", title=title, publisher=f"outlet {number}", expect="", lang=lang)
        for number, (lang, title) in enumerate((first, second))
    ]
    commits = [ingest([item(row, number)], desk_mind, now=moment(row.at)) for number, row in enumerate(rows)]
    return any(decision.kind is Kind.REPEAT for decision in commits[1].decisions[:1])


@pytest.mark.parametrize("part", ["known", "fresh"])
@pytest.mark.parametrize("kind", ["same", "near"])
def test_languages_meet_on_facts_as_often_as_they_did(part: str, kind: str) -> None:
    wrong = []
    count = 0
    for group in PAIRS[part]:
        for other in group[kind].items():
            count += 1
            answers = [joins(("en", group["en"]), other), joins(other, ("en", group["en"]))]
            if any(answer is not (kind == "same") for answer in answers):
                wrong.append(other)

    share = 1 - len(wrong) / count
    assert share >= FLOORS[part][kind], f"{share:.3f} of {count}: {wrong}"


def test_there_are_enough_pairs() -> None:
    assert sum(len(group[kind]) for group in PAIRS["known"] for kind in ("same", "near")) >= 100
