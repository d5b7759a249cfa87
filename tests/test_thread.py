"""A story as a timeline: who was first, who followed, what was undone, what is noise; from a real database."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.commits import decided, joined, raised, read, reported
from tests.examples import NOON, TEAM
from tests.inside import run
from watcher.ingest import Commit
from watcher.model import (
    ActorId,
    Change,
    DeliveryId,
    Development,
    DevelopmentId,
    Filed,
    Hold,
    Kind,
    Lane,
    RuleId,
    Status,
    TeamId,
)
from watcher.render import Step, payload
from watcher.render.thread import say_heard, say_span
from watcher.store import Store, open_store

HOUR = timedelta(hours=1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A database with a story: told, echoed by markets, moved and denied."""
    (tmp_path / "rules" / "gulf").mkdir(parents=True)
    (tmp_path / "rules" / "gulf" / "team.yaml").write_text("team: Gulf\ntimezone: Asia/Tokyo\n")
    store = open_store(f"sqlite:///{tmp_path / 'watcher.db'}")
    fill(store)
    store.close()
    return tmp_path


def fill(store: Store) -> None:
    lease = store.lease("test", now=NOON)
    assert lease is not None
    log = store.poll_log(lease)
    first = decided("one")
    for commit in (
        first,
        heard_too(joined(first, "copy", at=NOON + HOUR), "Copy Daily"),
        after(first, "echo", hours=2, lane=Lane.DIGEST, value=0.1, title="Oil eases on hopes for talks"),
        after(first, "moved", hours=3, told=True, changes=(Change("date", "2026-02-18", "2026-02-11"),)),
        after(first, "denial", hours=5, status=Status.DENIED, title="Iran denies that talks were moved"),
    ):
        log.commit((), commit, now=NOON)
    lease.release()


def heard_too(commit: Commit, publisher: str) -> Commit:
    """The commit with its report by another outlet, which prints an agency."""
    filed = commit.reports[0]
    report = replace(filed.report, publisher=publisher, credit="reuters")
    before = commit.developments[0]
    after = replace(before, publishers=("Gulf Wire",), outlets=("Gulf Wire", publisher))
    return replace(commit, reports=(Filed(report, filed.development),), developments=(after,))


def after(first: Commit, key: str, *, hours: int, told: bool = False, **fields: Any) -> Commit:
    """Another development of the same story."""
    at = NOON + hours * HOUR
    item = read(key, at=at)
    before = first.developments[0]
    development: Development = replace(
        before, id=DevelopmentId(f"d-{key}"), kind=Kind.UPDATE, items=(item.id,), first_seen=at, last_seen=at, **fields
    )
    hold = Hold(TEAM.id, (RuleId("us-iran-talks"),), development.id, item.id, "digest: worth 0.4", at)
    return Commit(
        items=(item,),
        reports=(Filed(reported(item), development.id),),
        stories=(replace(first.stories[0], last_seen=at),),
        developments=(development,),
        alerts=(raised(development, item, at=at),) if told else (),
        holds=() if told or key == "echo" else (hold,),
    )


def test_the_timeline_says_what_changed_who_was_first_and_who_was_told(folder: Path) -> None:
    said = run("story", "s-one", "--timezone", "UTC", folder=folder)

    assert max(map(len, said.splitlines())) <= 80
    assert "Gulf Wire first; Copy Daily 1 h later; 2 publishers (1 independent)" in said
    assert "≠ Date: 18 Feb 2026 → 11 Feb 2026" in said
    assert "→ gulf told 12:00, HIGH: us-iran-talks (1 due; " in said
    assert "✗ denied Wed 4 Feb, 17:00: Iran denies that talks were moved" in said
    assert "· not told: gulf: digest: worth 0.4" in said
    assert "Oil eases" not in said
    assert "1 more stood beside the matter" in said
    assert "Round on file: 11 Feb 2026" in said


@pytest.mark.parametrize(
    "what",
    [
        pytest.param(("s-one",), id="the story"),
        pytest.param(("d-mov",), id="the beginning of a development's id"),
        pytest.param(("oil", "EASES"), id="words of a title, in any case and order"),
    ],
)
def test_a_story_is_found_by_id_and_words(folder: Path, what: tuple[str, ...]) -> None:
    assert json.loads(run("story", *what, "--json", folder=folder))["id"] == "s-one"


def test_a_story_is_found_by_an_alert(folder: Path) -> None:
    told = json.loads(run("alerts", "--json", "--since", "2026-01-01", folder=folder))

    assert json.loads(run("story", told[0]["id"][:8], "--json", folder=folder))["id"] == "s-one"


def test_times_are_on_the_teams_clock_and_other_teams_alerts_are_not_shown(folder: Path) -> None:
    said = run("story", "s-one", "--team", "gulf", folder=folder)

    assert "times in Asia/Tokyo" in said
    assert "gulf told 21:00" in said


def test_what_is_not_one_story_ends_with_1_and_says_what_to_do(folder: Path) -> None:
    assert "`watcher search nowhere`" in run("story", "nowhere", folder=folder, expect=1)
    assert "no team 'golf' here; there are: gulf" in run("story", "s-one", "--team", "golf", folder=folder, expect=2)
    assert "no zone such as" in run("story", "s-one", "--timezone", "Asia/Tokio", folder=folder, expect=2)


def test_who_takes_care_of_an_alert_is_named(folder: Path) -> None:
    store = open_store(f"sqlite:///{folder / 'watcher.db'}")
    store.wishes.acknowledge(decided("one").alerts[0].id, who="Anna", now=NOON)
    store.close()

    assert "Anna takes care of it" in " ".join(run("story", "s-one", folder=folder).split())


def test_several_stories_are_listed_for_choosing(folder: Path) -> None:
    store = open_store(f"sqlite:///{folder / 'watcher.db'}")
    lease = store.lease("test", now=NOON)
    assert lease is not None
    store.poll_log(lease).commit((), decided("two"), now=NOON)
    lease.release()
    store.close()

    said = run("story", "talks", "brought", folder=folder, expect=1)

    assert "2 stories are meant" in said
    assert "s-two" in said


def test_mail_and_webhook_carry_the_thread_without_its_noise(folder: Path) -> None:
    store = open_store(f"sqlite:///{folder / 'watcher.db'}")
    newest = store.views.alerts(team=TEAM.id)[0].alert

    told = store.views.told(newest.id, TEAM)
    store.close()

    schema = json.loads((Path(__file__).parent.parent / "docs" / "webhook.schema.json").read_text("utf-8"))
    sent = json.loads(json.dumps(payload(DeliveryId("x"), told)))
    Draft202012Validator(schema).validate(sent)
    assert [step["id"] for step in sent["story"]["earlier"]] == ["d-one"]
    assert [step.development.id for step in told.earlier] == ["d-one"]
    assert told.last_told == NOON


def test_what_is_of_other_actors_stands_beside_the_matter(folder: Path) -> None:
    store = open_store(f"sqlite:///{folder / 'watcher.db'}")
    with_lease = store.lease("test", now=NOON)
    assert with_lease is not None
    others = after(decided("one"), "others", hours=1, actors=(ActorId("CAN"), ActorId("USA")), title="Canada calls")
    store.poll_log(with_lease).commit((), replace(others, holds=()), now=NOON)
    newest = store.views.alerts(team=TEAM.id)[0].alert

    told = store.views.told(newest.id, TEAM)
    with_lease.release()
    store.close()

    assert "d-others" not in [step.development.id for step in told.earlier]
    assert "Canada calls" not in run("story", "s-one", folder=folder)
    assert "Canada calls" in run("story", "s-one", "--all", folder=folder)


def test_another_teams_alerts_stay_its_own(folder: Path) -> None:
    store = open_store(f"sqlite:///{folder / 'watcher.db'}")
    (story,) = store.views.stories("s-one").stories

    thread = store.views.thread(story, team=TeamId("other"))
    store.close()

    assert not any(step.alerts or step.holds for step in thread.steps)


@pytest.mark.parametrize(
    ("span", "said"),
    [
        pytest.param(timedelta(seconds=20), "0 min", id="at once"),
        pytest.param(timedelta(minutes=12), "12 min", id="minutes"),
        pytest.param(timedelta(hours=3), "3 h", id="whole hours"),
        pytest.param(timedelta(hours=3, minutes=5), "3 h 5 min", id="hours and minutes"),
        pytest.param(timedelta(days=1, hours=2), "1 day 2 h", id="a day and hours"),
        pytest.param(timedelta(days=2), "2 days", id="days"),
    ],
)
def test_spans_have_two_units_at_most(span: timedelta, said: str) -> None:
    assert say_span(span) == said


def test_without_reports_the_publishers_are_named() -> None:
    assert say_heard(Step(decided("one").developments[0])) == "Gulf Wire"
