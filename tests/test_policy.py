"""What a team is told of a development, when, and why not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.reports import START, hours, report
from watcher.model import (
    Address,
    Alert,
    Change,
    Corroboration,
    Development,
    DevelopmentId,
    Hold,
    ItemId,
    Kind,
    Lane,
    Match,
    RuleId,
    Severity,
    Status,
    StoryId,
    Team,
    TeamId,
    Wishes,
)
from watcher.policy import Case, Ledger, deliveries, end_of_quiet, judge, next_digest

DESK = Address("desk", "email", ("desk@example.org", "night@example.org"))
OPS = Address("ops", "webhook", ("https://hooks.example.org/watch",))
TEAM = Team(TeamId("gulf"), "Gulf desk", "Europe/London", {"desk": DESK, "ops": OPS}, "desk")
LEAD = report("Iran and US to hold talks")
VOICE = (Change("speaker", "USA", "IRN"),)
STEP = (Change("date", "2026-02-18", "2026-02-11"), *VOICE)


def development(key: str = "d1", **values: Any) -> Development:
    base = Development(
        id=DevelopmentId(key),
        story=StoryId("s1"),
        kind=Kind.NEW,
        event=LEAD.event,
        actors=LEAD.actors,
        status=LEAD.status,
        lane=Lane.NOW,
        value=0.9,
        title=LEAD.title,
        url=LEAD.url,
        items=(LEAD.item,),
        publishers=("wire.example",),
        first_seen=START,
        last_seen=START,
        facts=LEAD,
    )
    return replace(base, **values)


def match(rule: str = "talks", severity: Severity = Severity.HIGH, **wishes: Any) -> Match:
    return Match(TEAM.id, RuleId(rule), rule, severity, (LEAD.event,), Status.ANNOUNCED, (), wishes=Wishes(**wishes))


def case(*matches: Match, at: float = 0, **values: Any) -> Case:
    base = Case(TEAM, matches or (match(),), development(), LEAD.item, Kind.NEW, START + hours(at))
    return replace(base, **values)


def tell(ledger: Ledger, *cases: Case) -> list[Alert | Hold]:
    outcomes = []
    for one in cases:
        outcome = judge(one, ledger)
        ledger.fold(outcome)
        outcomes.append(outcome)
    return outcomes


def alert(outcome: Alert | Hold) -> Alert:
    assert isinstance(outcome, Alert), outcome
    return outcome


def hold(outcome: Alert | Hold) -> Hold:
    assert isinstance(outcome, Hold), outcome
    return outcome


def test_one_development_is_one_alert_that_names_every_rule() -> None:
    told = alert(judge(case(match("a", Severity.WATCH, channels=("ops",)), match("b", Severity.FLASH)), Ledger()))

    assert (told.rules, told.severity, told.channels) == (("b", "a"), Severity.FLASH, ("desk", "ops"))


def test_a_repeat_is_held_with_the_alert_that_told_it() -> None:
    first, second = tell(Ledger(), case(), case(kind=Kind.REPEAT, item=ItemId("i2"), at=1))

    assert alert(first).id in hold(second).reason


def test_what_a_baseline_brings_is_told_neither_then_nor_as_a_repeat() -> None:
    outcomes = tell(Ledger(), case(baseline=True), case(kind=Kind.REPEAT, at=1))

    assert all(hold(outcome).until is None for outcome in outcomes)


def test_a_repeat_of_something_the_team_never_heard_of_is_told() -> None:
    assert alert(judge(case(kind=Kind.REPEAT), Ledger())).lane is Lane.NOW


@pytest.mark.parametrize(
    ("wishes", "word"),
    [
        pytest.param({"stage": "draft"}, "draft", id="a draft is never sent"),
        pytest.param({"at_least": (2, hours(1))}, "1 of 2", id="one development where two are asked for"),
    ],
)
def test_a_rule_can_keep_a_development_to_itself(wishes: dict[str, Any], word: str) -> None:
    outcome = hold(judge(case(match(**wishes)), Ledger()))

    assert word in outcome.reason
    assert outcome.until is None


def test_the_second_development_within_the_time_satisfies_at_least() -> None:
    rule = match(at_least=(2, hours(1)))
    outcomes = tell(Ledger(), case(rule), case(rule, development=development("d2"), at=0.5))

    assert [type(outcome) for outcome in outcomes] == [Hold, Alert]


def test_a_rule_that_wants_the_first_in_a_month_stays_quiet_after_it() -> None:
    rule = match(first_in=timedelta(days=30))
    outcomes = tell(Ledger(), case(rule), case(rule, development=development("d2"), at=24 * 20))

    assert [type(outcome) for outcome in outcomes] == [Alert, Hold]


def test_a_rule_that_wants_no_updates_is_told_the_first_development_only() -> None:
    rule = match(updates="none")
    outcomes = tell(Ledger(), case(rule), case(rule, development=development("d2", kind=Kind.UPDATE), at=1))

    assert [type(outcome) for outcome in outcomes] == [Alert, Hold]


@pytest.mark.parametrize(
    ("otherwise", "kind"),
    [pytest.param("send", Alert, id="sent alone when time is up"), pytest.param("hold", Hold, id="or never")],
)
def test_corroboration_waits_for_publishers(otherwise: str, kind: type) -> None:
    rule = match(corroborate=Corroboration(2, hours(2), otherwise))
    first, due = tell(Ledger(), case(rule), case(rule, at=2))

    assert hold(first).until == START + hours(2)
    assert type(due) is kind
    assert isinstance(due, Alert) or due.until is None


def test_a_second_publisher_releases_what_waits_for_it() -> None:
    rule = match(corroborate=Corroboration(2, hours(2)))
    both = development(publishers=("a.example", "b.example"))
    outcomes = tell(Ledger(), case(rule), case(rule, development=both, kind=Kind.REPEAT, at=1))

    assert [type(outcome) for outcome in outcomes] == [Hold, Alert]


@pytest.mark.parametrize(
    ("grain", "values", "told"),
    [
        pytest.param("normal", {"changes": VOICE}, True, id="normal: another voice of worth"),
        pytest.param("coarse", {"changes": VOICE}, False, id="coarse: another voice"),
        pytest.param("coarse", {"kind": Kind.POSSIBLE}, False, id="coarse: other words"),
        pytest.param("coarse", {"changes": STEP}, True, id="coarse: a step"),
        pytest.param("normal", {"changes": VOICE, "lane": Lane.DIGEST}, False, id="normal: of little worth"),
        pytest.param("fine", {"changes": VOICE, "lane": Lane.DIGEST}, True, id="fine: every update"),
        pytest.param("fine", {"kind": Kind.POSSIBLE, "lane": Lane.DIGEST}, False, id="fine: other words"),
    ],
)
def test_grain_says_what_interrupts_within_a_story(grain: str, values: dict[str, Any], told: bool) -> None:
    later = development("d2", **{"kind": Kind.UPDATE, **values})
    rule = match(grain=grain)

    _, second = tell(Ledger(), case(rule), case(rule, development=later, at=1))

    assert isinstance(second, Alert) is told


def test_the_finest_grain_asked_for_counts_and_a_story_begins_at_any() -> None:
    first, second = (development(key, kind=Kind.POSSIBLE) for key in ("d1", "d2"))
    coarse, normal = match("a", grain="coarse"), match("b", grain="normal")

    outcomes = tell(Ledger(), case(coarse, development=first), case(coarse, normal, development=second))

    assert [alert(outcome).development for outcome in outcomes] == [first.id, second.id]


def test_a_development_of_the_digest_lane_waits_and_leaves_in_a_list() -> None:
    quiet = development(lane=Lane.DIGEST, value=0.3)
    ledger = Ledger()
    first, second = tell(ledger, case(development=quiet), case(development=quiet, at=6))

    assert hold(first).until == START + hours(6)
    assert alert(second).lane is Lane.DIGEST
    assert all(owed.bundle for owed in deliveries(alert(second), TEAM))


def test_a_held_development_that_gains_worth_is_told_at_once() -> None:
    quiet = development(lane=Lane.DIGEST, value=0.3)
    outcomes = tell(Ledger(), case(development=quiet), case(development=development(), kind=Kind.REPEAT, at=1))

    assert alert(outcomes[1]).lane is Lane.NOW


@pytest.mark.parametrize(
    "loud",
    [pytest.param(match(severity=Severity.FLASH), id="flash"), pytest.param(match(updates="each"), id="each update")],
)
def test_a_rule_can_ask_for_everything_at_once(loud: Match) -> None:
    assert alert(judge(case(loud, development=development(lane=Lane.DIGEST)), Ledger())).due == START


def test_a_throttled_story_waits_until_the_window_frees() -> None:
    rule = match(throttle=(1, hours(1)))
    outcomes = tell(
        Ledger(),
        case(rule),
        case(rule, development=development("d2"), at=0.5),
        case(rule, development=development("d2"), at=1, kind=Kind.UPDATE),
    )

    assert hold(outcomes[1]).until == START + hours(1)
    assert alert(outcomes[2]).time == START + hours(1)


def test_quiet_hours_put_off_all_but_flash() -> None:
    team = replace(TEAM, quiet=(11 * 60, 13 * 60 + 30))

    assert alert(judge(case(team=team), Ledger())).due == START + hours(1.5)
    assert alert(judge(case(match(severity=Severity.FLASH), team=team), Ledger())).due == START


def test_beyond_the_cap_alerts_leave_as_one_list_a_minute_later_at_most() -> None:
    team = replace(TEAM, cap=1)
    outcomes = [
        alert(one) for one in tell(Ledger(), *(case(team=team, development=development(f"d{n}")) for n in range(3)))
    ]

    assert [outcome.due - START for outcome in outcomes] == [timedelta(0), timedelta(minutes=1), timedelta(minutes=1)]
    assert len({owed.bundle for outcome in outcomes[1:] for owed in deliveries(outcome, team)}) == 1


def test_every_recipient_is_owed_one_delivery_with_an_id_of_its_own() -> None:
    told = alert(judge(case(match(channels=("desk", "ops"))), Ledger()))

    owed = deliveries(told, TEAM)

    assert [one.recipient for one in owed] == [*DESK.recipients, *OPS.recipients]
    assert len({one.id for one in owed}) == 3


def test_a_rule_under_test_speaks_to_consoles_only() -> None:
    console = Address("screen", "console", ("-",))
    team = replace(TEAM, channels={**TEAM.channels, "screen": console})

    assert alert(judge(case(match(stage="test"), team=team), Ledger())).channels == ("screen",)


def test_a_restored_ledger_answers_alike() -> None:
    rule = match(throttle=(1, hours(1)), first_in=timedelta(hours=2))
    first, restored = Ledger(), Ledger()
    outcomes = tell(first, case(rule), case(development=development("d2", lane=Lane.DIGEST), at=0.2))
    later = [
        case(rule, at=3),
        case(development=development("d2"), at=7),
        case(rule, development=development("d3"), at=1),
    ]

    restored.restore(outcomes)

    assert [judge(one, restored) for one in later] == [judge(one, first) for one in later]


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("wish", "zone", "now", "then"),
    [
        pytest.param("daily 07:00", "Europe/London", "2026-02-04T06:00", "2026-02-04T07:00", id="later today"),
        pytest.param("daily 07:00", "Europe/London", "2026-02-04T07:00", "2026-02-05T07:00", id="now is not later"),
        pytest.param("daily 07:00", "Europe/London", "2026-03-28T12:00", "2026-03-29T06:00", id="clocks go forward"),
        pytest.param("daily 07:00", "Europe/London", "2026-10-24T12:00", "2026-10-25T07:00", id="clocks go back"),
        pytest.param(
            "daily 01:30", "Europe/London", "2026-03-28T12:00", "2026-03-29T01:30", id="a time that is skipped"
        ),
        pytest.param(
            "daily 01:30", "Europe/London", "2026-10-24T12:00", "2026-10-25T00:30", id="a time that comes twice"
        ),
        pytest.param(
            "daily 07:00", "Asia/Tokyo", "2026-02-04T21:00", "2026-02-04T22:00", id="tomorrow there is today here"
        ),
        pytest.param(
            "hourly", "Asia/Kolkata", "2026-02-04T12:00", "2026-02-04T12:30", id="the hour of a half-hour zone"
        ),
        pytest.param("hourly", "UTC", "2026-02-04T12:00", "2026-02-04T13:00", id="on the hour is the next hour"),
    ],
)
def test_digests_keep_the_clock_of_the_team(wish: str, zone: str, now: str, then: str) -> None:
    assert next_digest(wish, zone, now=utc(now)) == utc(then)


@pytest.mark.parametrize(
    ("now", "end"),
    [
        pytest.param("2026-02-04T21:59", None, id="before"),
        pytest.param("2026-02-04T22:00", "2026-02-05T06:30", id="from the first minute"),
        pytest.param("2026-02-05T03:00", "2026-02-05T06:30", id="after midnight"),
        pytest.param("2026-02-05T06:30", None, id="the end is outside"),
        pytest.param("2026-03-28T23:00", "2026-03-29T05:30", id="the short night"),
        pytest.param("2026-10-24T22:00", "2026-10-25T06:30", id="the long night"),
    ],
)
def test_quiet_hours_end_on_the_clock_of_the_team(now: str, end: str | None) -> None:
    quiet = (22 * 60, 6 * 60 + 30)

    assert end_of_quiet(quiet, "Europe/London", now=utc(now)) == (utc(end) if end else None)
