"""One screen says how it is, and what to do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.http_server import Answer
from tests.test_backup import run
from tests.test_service import logged, running, until
from tests.world import World, world
from watcher.commands.status import figures, troubles
from watcher.store import open_store

TALKS = "Iran and US to hold third round of talks in Muscat on 18 February"


@pytest.fixture
def gulf(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path) as made:
        yield made


def test_before_anything_ran_it_says_how_to_begin(gulf: World) -> None:
    said = run(gulf, "status").stdout

    assert said.startswith("nothing has run here yet: `watcher once` polls what is due")


def test_it_shows_what_the_last_day_brought(gulf: World) -> None:
    desk = gulf.start()
    gulf.publish(TALKS, key="a", age=timedelta(minutes=3))
    gulf.publish("Iran-US talks in Muscat brought forward to 11 February", key="b", age=timedelta(minutes=1))
    gulf.poll()
    now = desk.now()

    shown = dict(figures(desk.store.overview(now=now), desk.store.today(now=now), now=now))

    assert shown["items, last day"] == "2"
    assert shown["from publication"] == "3 min / 3 min (half / 95 of 100)"
    assert shown["decisions, last day"] == "1 new, 1 update"
    assert shown["oldest owed"] == "0 min ago"
    assert shown["failures"] == "none"


def test_sources_that_fail_are_no_all_is_well(gulf: World) -> None:
    gulf.answer(Answer(500))
    gulf.poll()
    assert gulf.desk
    now = gulf.desk.now()

    found, day = gulf.desk.store.overview(now=now), gulf.desk.store.today(now=now)

    assert troubles(found, now=now) == ["1 of 1 sources fail, the worst are below: `watcher doctor`"]
    assert dict(figures(found, day, now=now))["failures"] == "1 status"


def test_it_says_which_process_works_and_disturbs_it_not(gulf: World) -> None:
    gulf.clock.time = datetime.now(UTC)
    with running(gulf) as process:
        until(lambda: logged(gulf, "service.started"))
        found = json.loads(run(gulf, "status", "--json").stdout)["today"]
        again = json.loads(run(gulf, "status", "--json").stdout)["today"]

        assert found["process"] == again["process"] == process.pid
        assert found["memory_bytes"] > 50_000_000
        assert process.poll() is None
    store = open_store(f"sqlite:///{gulf.folder / 'watcher.db'}")
    assert store.today(now=datetime.now(UTC)).process is None
    store.close()
