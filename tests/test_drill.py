"""The drill from a source to the channels and back, and the dead-man's switch that depends on it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from tests.http_server import Answer, http_server
from tests.test_commands import run
from tests.world import Clock, World, world
from watcher.model import TeamId
from watcher.settings import Settings, load_settings
from watcher.wiring.aliveness import Aliveness
from watcher.wiring.drilling import DrillError, drill
from watcher.wiring.health import Pulse

GULF = TeamId("gulf")


@pytest.fixture
def gulf(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path) as made:
        yield made


def settings(gulf: World, **changed: object) -> Settings:
    return load_settings(gulf.folder, gulf.environment()).model_copy(update=changed)


def test_a_drill_reaches_every_channel_marked_as_a_test_and_leaves_nothing(gulf: World) -> None:
    steps = drill(settings(gulf), GULF, gulf.clock)

    assert [(step.station, step.ok) for step in steps] == [
        ("source", True),
        ("rule", True),
        ("story", True),
        ("channel", True),
        ("channel", True),
    ]
    (mail,) = gulf.mail.mails
    assert str(mail["Subject"]).strip().startswith("[TEST] [HIGH]")
    assert all("This is a drill" in part.get_content() for part in mail.iter_parts())
    (hook,) = gulf.hooks()
    assert json.loads(hook)["schema"] == "watcher.test.v1"
    assert not (gulf.folder / "watcher.db").exists()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("default: desk", 'default: desk\nquiet_hours: {from: "06:00", to: "22:00"}', id="quiet hours"),
        pytest.param("default: desk", "default: desk\ndigest: daily 07:00", id="a digest"),
    ],
)
def test_a_drill_does_not_wait(old: str, new: str, gulf: World) -> None:
    team = gulf.folder / "rules" / "gulf" / "team.yaml"
    team.write_text(team.read_text().replace(old, new))

    steps = drill(settings(gulf), GULF, gulf.clock)

    assert all(step.ok for step in steps)
    assert len(gulf.mail.mails) == 1
    assert "04 Feb 2026 12:0" in str(gulf.mail.mails[0]["Date"])


def test_what_does_not_come_through_is_named(gulf: World) -> None:
    gulf.site.answers["/hook"] = Answer(500)

    failed = [step for step in drill(settings(gulf), GULF, gulf.clock) if not step.ok]

    assert [step.said.partition(": ")[2] for step in failed] == ["receiver answered HTTP 500"]


def test_a_team_without_a_usable_rule_is_told(gulf: World) -> None:
    with pytest.raises(DrillError, match="there are gulf"):
        drill(settings(gulf), TeamId("gul"), gulf.clock)


def test_the_command_says_each_station(gulf: World) -> None:
    lines = "".join(
        f"{name.removeprefix('WATCHER_').lower()} = {json.dumps(value) if value != 'yes' else 'true'}\n"
        for name, value in gulf.environment().items()
    )
    (gulf.folder / "watcher.toml").write_text(lines.replace(f'"{gulf.mail.port}"', str(gulf.mail.port)))

    said = run("drill", "gulf", folder=gulf.folder)

    assert [line.split()[:2] for line in said.splitlines()][:3] == [["ok", "source"], ["ok", "rule"], ["ok", "story"]]
    assert "desk → gulf@example.org: accepted by 127.0.0.1" in said
    assert "no team 'gul'" in " ".join(run("drill", "gul", folder=gulf.folder, expect=2).split())


def test_the_switch_is_pressed_while_the_loops_live_and_drills_come_through(gulf: World) -> None:
    clock, pulse = Clock(), Pulse()
    pulse.expect("decider", now=clock.now())
    with http_server() as site:
        site.answers["/alive"] = Answer(200)
        alive = Aliveness(settings(gulf, alive_url=site.url("/alive"), drill="daily 13:00 gulf"), pulse, clock)

        assert alive.press()
        assert not alive.practise()
        clock.time += timedelta(minutes=2)
        pulse.beat("decider", now=clock.now())
        assert alive.press()
        gulf.site.answers["/hook"] = Answer(500)
        clock.time += timedelta(hours=1)
        pulse.beat("decider", now=clock.now())
        with capture_logs() as logs:
            assert alive.practise()
            assert not alive.practise()
        assert not alive.press()
        gulf.site.answers["/hook"] = Answer(204)
        clock.time += timedelta(days=1)
        pulse.beat("decider", now=clock.now())
        alive.practise()
        assert alive.press()
        clock.time += timedelta(minutes=4)
        assert not alive.press()

        assert len(site.requests) == 3
    assert [entry["event"] for entry in logs if entry["event"].startswith("drill")] == ["drill.failed"]


def test_an_address_that_does_not_answer_costs_a_warning(gulf: World) -> None:
    with http_server() as site, capture_logs() as logs:
        site.answers["/alive"] = Answer(500)
        assert not Aliveness(settings(gulf, alive_url=site.url("/alive")), Pulse(), Clock()).press()
    with capture_logs() as more:
        assert not Aliveness(settings(gulf, alive_url="http://127.0.0.1:1/"), Pulse(), Clock()).press()

    assert [entry["log_level"] for entry in logs + more] == ["warning", "warning"]
