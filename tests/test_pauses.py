"""Teams and sources that rest: nothing reaches them, nothing is lost, and one list makes up for it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.test_backup import run
from tests.world import World, world

MINUTES = timedelta(minutes=1)
FIRST = "Iran and US to hold third round of talks in Muscat on 18 February"
MOVED = "Iran-US talks in Muscat brought forward to 11 February"


@pytest.fixture
def gulf(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path) as made:
        yield made


def test_a_paused_team_gets_nothing_and_then_one_list(gulf: World) -> None:
    gulf.poll()
    assert run(gulf, "pause", "team", "gulf", "--reason", "holiday").stdout.startswith("team gulf rests;")
    gulf.publish(FIRST, key="a")
    gulf.poll(after=6 * MINUTES)
    gulf.publish(MOVED, key="b")
    gulf.poll(after=6 * MINUTES)

    assert gulf.deliver(after=60 * MINUTES) == 0
    assert gulf.desk is not None
    found = gulf.desk.store.overview(now=gulf.clock.time)
    assert (found.oldest_owed, [one.reason for one in found.paused]) == (None, ["holiday"])

    gulf.desk.store.pauses.resume("team", "gulf", now=gulf.clock.time)
    gulf.deliver()
    assert len(gulf.subjects()) == len(gulf.hooks()) == 1
    assert "2 developments" in gulf.subjects()[0]


def test_a_paused_source_is_not_asked_also_after_a_restart(gulf: World) -> None:
    gulf.poll()
    asked = len(gulf.site.requests)
    run(gulf, "pause", "source", "gulf-wire", "--reason", "sends nonsense")
    gulf.publish(FIRST, key="a")

    assert gulf.poll(after=60 * MINUTES) == 0
    gulf.start()
    assert gulf.poll(after=60 * MINUTES) == 0
    assert len(gulf.site.requests) == asked

    assert "is back" in run(gulf, "resume", "source", "gulf-wire").stdout
    gulf.poll()
    gulf.deliver()
    assert len(gulf.subjects()) == 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        pytest.param(("pause", "team", "golf", "--reason", "x"), "did you mean gulf?", id="a team that is not there"),
        pytest.param(("pause", "source", "wire", "--reason", "x"), "gulf-wire", id="a source that is not there"),
        pytest.param(("resume", "team", "gulf"), "does not rest", id="a team that does not rest"),
        pytest.param(("pause", "team", "gulf"), "--reason", id="no reason"),
    ],
)
def test_what_cannot_be_done_is_said(gulf: World, arguments: tuple[str, ...], says: str) -> None:
    gulf.start()

    said = run(gulf, *arguments)

    assert said.returncode in (1, 2)
    assert says in said.stderr


def test_status_says_who_rests_and_how_to_end_it(gulf: World) -> None:
    gulf.start()
    run(gulf, "pause", "team", "gulf", "--reason", "holiday", "--author", "Ada")

    assert run(gulf, "pause", "team", "gulf", "--reason", "again").stdout.startswith("team gulf rests already")
    said = run(gulf, "status").stdout
    assert "by Ada: holiday (`watcher resume team gulf`)" in said
