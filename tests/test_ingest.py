"""The core as a whole: an item is decided once, a crash costs one item, what is stored is enough to go on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest

from watcher.ingest import HOLD, Commit, Mind, Transcript, ingest, replay, wake
from watcher.matching import Ruleset, load_rules
from watcher.model import Item, ItemId, Kind
from watcher.policy import Ledger
from watcher.stories import Memory
from watcher.trial import scanner_of
from watcher.vocabulary import Scanner, load

START = datetime(2026, 2, 2, 8, tzinfo=UTC)
TEAM = "team: Desk\ntimezone: UTC\nchannels: {desk: {email: [desk@example.org]}}\ndefault: desk\n"
RULES = """
as_of: 2026-02-10
rules:
  - {rule: Talks, who: [any state, any state], what: [talks, meeting, visit, schedule.set], severity: high}
  - {rule: Pact, what: {phrase: seaweed pact}, severity: watch}
"""
TITLES = (
    "Iran and United States to hold third round of talks in Muscat on 18 February",
    "US-Iran talks: third round set for Feb. 18 in Oman",
    "Armenia and Azerbaijan may hold border talks, officials say",
    "Third round of US-Iran talks to be held in Muscat on 11 February",
    "Iran and US negotiators to meet in Muscat for third round on Feb. 11",
    "Fishermen applaud seaweed pact",
    "Iran and US hold third round of talks in Muscat",
)


@cache
def desk() -> tuple[Ruleset, Scanner]:
    ruleset = load_rules({"desk": {"desk/team.yaml": TEAM, "desk/rules.yaml": RULES}}, load())
    return ruleset, scanner_of(ruleset)


def mind(memory: Memory | None = None, ledger: Ledger | None = None) -> Mind:
    ruleset, scanner = desk()
    return Mind(ruleset.vocabulary, scanner, ruleset, memory=memory, ledger=ledger)


def item(title: str, hours: float = 0, *, key: str = "") -> Item:
    name = key or f"{title}@{hours}"
    seen = START + timedelta(hours=hours)
    url = f"https://outlet{len(title)}.example/{name.replace(' ', '-')}"
    return Item(ItemId(name), title, url, "wire", seen, published=seen, lang="en")


WEEK = tuple(item(title, 5 * number) for number, title in enumerate(TITLES))


def rows(commit: Commit) -> int:
    """Rows about items; the clock's own are left out."""
    return sum(map(len, (commit.items, commit.seen, commit.reports, commit.decisions, commit.alerts, commit.holds)))


def restored(commits: Sequence[Commit]) -> Mind:
    """A mind that knows only what the commits would have stored: the last value of each id."""
    total = Commit.of(commits)
    memory, ledger = Memory(), Ledger()
    memory.restore(
        {story.id: story for story in total.stories}.values(),
        {development.id: development for development in total.developments}.values(),
        {appointment.id: appointment for appointment in total.appointments}.values(),
        reports=total.reports,
        seen=total.seen,
    )
    ledger.restore((*total.alerts, *total.holds))
    return mind(memory, ledger)


def decided(commit: Commit) -> tuple[object, ...]:
    return commit.decisions, commit.developments, commit.alerts, commit.deliveries, commit.appointments


def test_an_item_seen_twice_changes_nothing() -> None:
    one = mind()
    ingest(WEEK, one, now=WEEK[-1].seen)

    assert rows(ingest(WEEK, one, now=WEEK[-1].seen)) == 0


def test_a_second_name_of_a_page_stays_known_when_the_page_is_edited() -> None:
    one = mind()
    first, second = item(TITLES[0], 0, key="a"), item(TITLES[0], 1, key="b")
    first, second = (replace(some, url="https://wire.example/page") for some in (first, second))
    edited = replace(item(TITLES[2], 2, key="a"), url="https://wire.example/page")
    for some in (first, second, edited):
        ingest([some], one, now=some.seen)

    assert rows(ingest([second], one, now=edited.seen)) == 0


def test_the_order_within_a_poll_does_not_matter() -> None:
    forth, back = (ingest(some, mind(), now=WEEK[-1].seen) for some in (WEEK, WEEK[::-1]))

    assert forth == back


@pytest.mark.parametrize("stop", range(len(WEEK)))
def test_a_restart_changes_nothing(stop: int) -> None:
    running = mind()
    commits = [ingest([one], running, now=one.seen) for one in WEEK[:stop]]
    other = restored(commits)

    later = [[ingest([one], some, now=one.seen) for one in WEEK[stop:]] for some in (running, other)]

    assert [decided(commit) for commit in later[0]] == [decided(commit) for commit in later[1]]


def test_a_crash_costs_one_item_and_leaves_nothing_of_it() -> None:
    one = mind()
    poison = replace(item("Chad and Sudan hold talks in Cairo", 1), timezone="Nowhere/At_All", title=None)  # type: ignore[arg-type]

    commit = ingest([WEEK[0], poison, WEEK[1]], one, now=WEEK[1].seen)

    assert [poisoned.item.id for poisoned in commit.poisoned] == [poison.id]
    assert {seen.item for seen in commit.seen} == {WEEK[0].id, WEEK[1].id}


def test_what_only_the_words_of_a_rule_match_is_a_report_of_its_own() -> None:
    commit = ingest([WEEK[5]], mind(), now=WEEK[5].seen)

    assert [filed.report.event for filed in commit.reports] == ["phrase:pact"]


def test_a_baseline_item_is_remembered_and_never_told() -> None:
    one = mind()
    first = ingest([replace(WEEK[0], baseline=True)], one, now=WEEK[0].seen)
    second = ingest([WEEK[1]], one, now=WEEK[1].seen)

    assert first.decisions
    assert not first.alerts
    assert not second.alerts


def test_what_is_held_is_looked_at_again_when_its_time_comes() -> None:
    one = mind()
    commit = ingest([WEEK[2]], one, now=WEEK[2].seen)
    (due,) = (row for row in commit.wakes if row.kind == HOLD)

    later = wake([due], one, now=due.due)

    assert not commit.alerts
    assert [alert.item for alert in later.alerts] == [WEEK[2].id]
    assert later.settled == (due,)


def test_an_edited_item_with_the_same_facts_is_a_repeat() -> None:
    one = mind()
    ingest([item(TITLES[0], 0, key="i1")], one, now=START)
    edited = item("Third round of Iran-US talks to be held in Muscat on Feb. 18", 1, key="i1")

    (decision,) = ingest([edited], one, now=edited.seen).decisions

    assert decision.kind is Kind.REPEAT


def test_replaying_an_archive_twice_tells_the_same() -> None:
    told = []
    for _ in range(2):
        transcript = Transcript()
        for commit in replay(WEEK, mind()):
            transcript.add(commit)
        told.append(list(transcript.lines()))

    assert told[0] == told[1]
    assert told[0]


SILENCE = """
as_of: 2026-02-10
rules:
  - {rule: Talks, who: [any state, any state], what: [talks, meeting], severity: high}
  - {rule: Silence, who: [Iran, United States], what: [talks, meeting], severity: watch, count: {none_for: 24h}}
"""


def silent_mind() -> Mind:
    ruleset = load_rules({"desk": {"desk/team.yaml": TEAM, "desk/rules.yaml": SILENCE}}, load())
    return Mind(ruleset.vocabulary, scanner_of(ruleset), ruleset)


def absences(items: Sequence[Item]) -> list[tuple[datetime, str]]:
    commits = list(replay(items, silent_mind()))
    alerts = [alert for commit in commits for alert in commit.alerts if "silence" in alert.rules]
    assert all(alert.kind is Kind.ABSENT and alert.rules == ("silence",) for alert in alerts)
    return [(alert.time, alert.item) for alert in alerts]


def test_a_rule_is_told_of_silence_once_and_again_after_the_next_development() -> None:
    first, second, last = item(TITLES[0]), item(TITLES[3], 20), item("Ghana and Togo hold talks in Accra", 90)

    assert absences((first, second, last)) == [(second.seen + timedelta(hours=24), second.id)]


def test_repeats_do_not_put_off_silence_and_what_follows_the_archive_is_not_guessed() -> None:
    first, again = item(TITLES[0]), item(TITLES[1], 20)

    assert absences((first, again)) == []
    assert absences((first, again, item("Ghana and Togo hold talks in Accra", 24))) == [
        (first.seen + timedelta(hours=24), first.id)
    ]


def test_the_rule_of_silence_takes_no_part_in_what_is_told_at_once() -> None:
    commit = ingest([item(TITLES[0])], silent_mind(), now=START)

    assert [alert.rules for alert in commit.alerts] == [("talks",)]
    assert [row.kind for row in commit.wakes] == ["absence", "close"]
