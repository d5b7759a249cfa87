"""Silences, acknowledgements, escalation and routes: what people ask for, through the loops and the commands."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.commits import decided
from tests.examples import NOON, TEAM, match
from tests.test_commands import run
from tests.world import RULES, World, world
from watcher.model import (
    ActorId,
    Alert,
    Hold,
    Route,
    RuleId,
    Severity,
    Silence,
    Wishes,
)
from watcher.policy import Case, Ledger, judge
from watcher.routing import channels_of
from watcher.silences import reminder_at
from watcher.store import open_store

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
TALKS = "Iran and US to hold third round of talks in Muscat on 18 February"
MOVED = "Iran-US talks in Muscat brought forward to 11 February"
DEVELOPMENT = decided("a").developments[0]


def silence(**selects: Any) -> Silence:
    return Silence("s-1", "ann", "exercise", NOON - HOUR, NOON + HOUR, **selects)


def case() -> Case:
    return Case(TEAM, (match(),), DEVELOPMENT, DEVELOPMENT.items[0], DEVELOPMENT.kind, NOON)


@pytest.mark.parametrize(
    ("wish", "hides"),
    [
        pytest.param(silence(team="gulf"), True, id="the team"),
        pytest.param(silence(team="europe"), False, id="another team"),
        pytest.param(silence(rule="meeting-moved-up"), True, id="the rule"),
        pytest.param(silence(rule="other"), False, id="another rule"),
        pytest.param(silence(story="s-a"), True, id="the story"),
        pytest.param(silence(story="s-b"), False, id="another story"),
        pytest.param(silence(actor="IRN"), True, id="one of the actors"),
        pytest.param(silence(actor="FRA"), False, id="nobody in it"),
        pytest.param(silence(team="gulf", actor="FRA"), False, id="all that is named must fit"),
        pytest.param(replace(silence(team="gulf"), end=NOON), False, id="one that has just ended"),
        pytest.param(replace(silence(team="gulf"), start=NOON), True, id="one that has just begun"),
    ],
)
def test_a_silence_hides_what_it_names_and_says_who_asked(wish: Silence, hides: bool) -> None:
    ledger = Ledger()
    ledger.silences = (wish,)

    outcome = judge(case(), ledger)

    assert isinstance(outcome, Hold) is hides
    if isinstance(outcome, Hold):
        assert outcome.reason == f"silenced by ann until {wish.end:%Y-%m-%d %H:%M} UTC: exercise (s-1)"
        assert (outcome.silence, outcome.until) == ("s-1", None)


def test_a_rule_that_is_silenced_does_not_silence_the_other_rules() -> None:
    ledger = Ledger()
    ledger.silences = (silence(rule="meeting-moved-up"),)
    both = replace(case(), matches=(match(), replace(match(), rule=RuleId("other"))))

    outcome = judge(both, ledger)

    assert isinstance(outcome, Alert)
    assert outcome.rules == ("other",)


@pytest.mark.parametrize(
    ("lasts", "before"),
    [pytest.param(24 * HOUR, HOUR, id="an hour"), pytest.param(HOUR, 15 * MINUTE, id="a quarter of a short one")],
)
def test_the_reminder_comes_before_the_end(lasts: timedelta, before: timedelta) -> None:
    wish = replace(silence(), end=NOON - HOUR + lasts)

    assert wish.end - reminder_at(wish) == before


DESK = replace(
    TEAM,
    channels={name: replace(TEAM.channels["desk"], name=name) for name in ("desk", "pager", "arabic", "iran", "ops")},
    routes=(
        Route(("pager",), severities=(Severity.FLASH,)),
        Route(("arabic",), languages=("ar", "fa")),
        Route(("iran",), actors=(ActorId("IRN"),), severities=(Severity.HIGH,)),
        Route(("ops",), rules=(RuleId("other"),)),
    ),
)


@pytest.mark.parametrize(
    ("changed", "lang", "channels"),
    [
        pytest.param({}, "en", ("iran",), id="actor and severity"),
        pytest.param({}, "ar", ("arabic", "iran"), id="every route that fits"),
        pytest.param({"severity": Severity.FLASH}, "en", ("pager",), id="severity"),
        pytest.param({"severity": Severity.INFO}, "en", ("desk",), id="no route: the default"),
        pytest.param({"rule": RuleId("other"), "severity": Severity.INFO}, "en", ("ops",), id="rule"),
        pytest.param({"wishes": Wishes(channels=("desk",))}, "ar", ("desk",), id="the rule's own channels win"),
    ],
)
def test_routes_take_what_the_rule_sends_nowhere(changed: dict[str, Any], lang: str, channels: tuple[str, ...]) -> None:
    assert DEVELOPMENT.facts
    development = replace(DEVELOPMENT, facts=replace(DEVELOPMENT.facts, lang=lang))

    assert channels_of((replace(match(), **changed),), development, DESK) == channels


TEAM_FILE = """
team: Gulf desk
timezone: Europe/London
channels:
  desk: {email: [gulf@example.org]}
  pager: {email: [pager@example.org]}
  phone: {email: [phone@example.org]}
default: desk
routes:
  - {actor: Iran, severity: [high, flash], language: en, channels: desk}
escalation: {after: 10m, channels: [pager, phone]}
"""


@pytest.fixture
def gulf(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path) as made:
        (tmp_path / "rules" / "gulf" / "team.yaml").write_text(TEAM_FILE)
        (tmp_path / "rules" / "gulf" / "talks.yaml").write_text(
            RULES.replace("severity: high\n    notify: [desk, hook]", "severity: flash")
        )
        yield made


def raised(gulf: World, title: str = TALKS, key: str = "a") -> None:
    gulf.publish(title, key=key)
    gulf.poll(after=6 * MINUTE)
    gulf.deliver()


def to(gulf: World) -> list[str]:
    return [str(mail["To"]) for mail in gulf.mail.mails]


def test_a_flash_that_nobody_acknowledges_goes_from_channel_to_channel_once(gulf: World) -> None:
    gulf.poll()
    raised(gulf)

    for _ in range(5):
        gulf.poll(after=11 * MINUTE)
        gulf.deliver()

    assert to(gulf) == ["gulf@example.org", "pager@example.org", "phone@example.org"]


def test_a_restart_forgets_no_escalation(gulf: World) -> None:
    gulf.poll()
    raised(gulf)
    gulf.start()

    gulf.poll(after=11 * MINUTE)
    gulf.deliver()

    assert to(gulf) == ["gulf@example.org", "pager@example.org"]


def test_who_acknowledges_ends_the_escalation_and_is_named(gulf: World) -> None:
    gulf.poll()
    raised(gulf)
    alert = gulf.mail.mails[0]["X-Watcher-Alert"]

    said = run("ack", alert[:8], "--who", "ann", folder=gulf.folder)
    again = run("ack", alert, "--who", "bob", folder=gulf.folder)
    gulf.poll(after=11 * MINUTE)
    gulf.deliver()

    assert "ann takes care of it" in said
    assert "ann takes care of it" in again
    assert "ann takes care of it" in run("alerts", "show", alert, folder=gulf.folder)
    assert to(gulf) == ["gulf@example.org"]


def test_a_silence_hides_reminds_and_reports(gulf: World) -> None:
    gulf.poll()
    with closing(open_store(f"sqlite:///{gulf.folder / 'watcher.db'}")) as store:
        now = gulf.clock.now()
        store.wishes.silence(Silence("s-1", "ann", "an exercise", now, now + 4 * HOUR, team="gulf", actor="IRN"))
    raised(gulf)
    assert to(gulf) == []

    gulf.poll(after=3 * HOUR)
    gulf.deliver()
    gulf.poll(after=HOUR)
    gulf.deliver()
    raised(gulf, TALKS.replace("hold", "go to"), key="repeat")
    raised(gulf, MOVED, key="moved")

    subjects = gulf.subjects()
    assert subjects[:2] == [
        "[WATCHER] Gulf desk: a silence ends soon",
        "[WATCHER] Gulf desk: a silence has ended, 1 hidden",
    ]
    assert [subject for subject in subjects[2:] if "11" in subject]
    assert len(subjects) == 3
    report = gulf.mail.mails[1].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "Asked for by ann: an exercise" in report
    assert TALKS in report


def test_the_commands_add_list_extend_and_end_silences(gulf: World) -> None:
    added = run(
        *("silence", "add", "6h", "--team", "gulf", "--actor", "Iran", "--reason", "exercise", "--author", "ann"),
        folder=gulf.folder,
    )
    key = re.match(r"s-[0-9a-f]{8}", added)
    assert key

    run("silence", "extend", key[0], "7d", folder=gulf.folder)
    (listed,) = json.loads(run("silence", "list", "--json", folder=gulf.folder))
    run("silence", "end", key[0][:5], folder=gulf.folder)

    assert (listed["silence"]["actor"], listed["silence"]["author"], listed["hidden"]) == ("IRN", "ann", 0)
    assert run("silence", "list", folder=gulf.folder) == "no silence is in force\n"
    assert key[0] in run("silence", "list", "--ended", folder=gulf.folder)


@pytest.mark.parametrize(
    ("arguments", "expect", "said"),
    [
        pytest.param(("silence", "add", "6h", "--reason", "x"), 2, "name at least one", id="of everything"),
        pytest.param(("silence", "add", "6h", "--reason", "x", "--team", "gul"), 2, "no team 'gul'", id="no team"),
        pytest.param(("silence", "add", "6h", "--reason", "x", "--rule", "us"), 2, "us-iran-talks", id="no rule"),
        pytest.param(("silence", "add", "6h", "--reason", "x", "--actor", "Xx"), 2, "watcher words", id="no actor"),
        pytest.param(("silence", "add", "400d", "--reason", "x", "--team", "gulf"), 2, "90 days", id="too long"),
        pytest.param(("silence", "end", "s-9"), 1, "see `watcher silence list`", id="unknown"),
        pytest.param(("ack", "nothing"), 1, "see `watcher alerts`", id="no alert"),
    ],
)
def test_each_slip_of_the_commands_is_told(arguments: tuple[str, ...], expect: int, said: str, gulf: World) -> None:
    assert said in " ".join(run(*arguments, folder=gulf.folder, expect=expect).replace("│", " ").split())


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        pytest.param("actor: Iran", "actor: Irann", "actor: 'Irann' is not known", id="actor"),
        pytest.param("[high, flash]", "[loud]", "'loud' is not info, watch, high or flash", id="severity"),
        pytest.param("language: en", "language: English", "no code such as ar", id="language"),
        pytest.param("channels: desk}", "channels: desks}", "no channel called 'desks'", id="channel"),
        pytest.param(", channels: desk}", "}", "expected channels and at least one of", id="no channel"),
        pytest.param("[pager, phone]", "[pagers]", "no channel called 'pagers'", id="channel of the escalation"),
        pytest.param("after: 10m, ", "", "expected {after: 15m", id="no time"),
    ],
)
def test_each_slip_of_team_yaml_is_told(right: str, wrong: str, said: str, gulf: World) -> None:
    (gulf.folder / "rules" / "gulf" / "team.yaml").write_text(TEAM_FILE.replace(right, wrong))

    assert said in run("check", folder=gulf.folder, expect=1)
