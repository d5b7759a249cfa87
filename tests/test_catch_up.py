"""After an outage: what was found late is told bounded and marked, as the team wishes."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.world import World, world

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def outage(made: World, wish: str, *, fresh: bool = False) -> None:
    """A desk with this wish that was down for eight hours while a meeting was announced, then moved up."""
    team = made.folder / "rules" / "gulf" / "team.yaml"
    team.write_text(team.read_text() + f"catch_up: {wish}\n")
    rules = made.folder / "rules" / "gulf" / "talks.yaml"
    rules.write_text(rules.read_text().replace("what: talks", "what: [talks, schedule.moved_up]"))
    made.publish("Football results", key="0")
    made.poll()
    made.stop()
    made.clock.time += 8 * HOUR
    made.publish("Iran and US to hold talks in Muscat on 18 February", key="1", age=6 * HOUR)
    age = timedelta() if fresh else 4 * HOUR
    made.publish("Iran-US talks moved up from 18 February to 11 February", key="2", age=age)
    made.poll()
    made.deliver()


@pytest.mark.parametrize(
    ("wish", "at_once", "later"),
    [
        pytest.param("all", 2, 2, id="all of them, at once"),
        pytest.param("latest", 0, 1, id="the latest state of each story, when all is read"),
        pytest.param("digest", 0, 1, id="one list"),
    ],
)
def test_what_an_outage_hid_is_told_as_the_team_wishes(tmp_path: Path, wish: str, at_once: int, later: int) -> None:
    with world(tmp_path) as made:
        outage(made, wish)
        first = len(made.mail.mails)

        made.poll(after=11 * MINUTE)
        made.deliver()

        assert (first, len(made.mail.mails)) == (at_once, later)
        if wish == "latest":
            assert "found late" in made.subjects()[-1]
            assert "11 Feb" in made.subjects()[-1]


def test_what_is_still_fresh_after_an_outage_is_told_at_once(tmp_path: Path) -> None:
    with world(tmp_path) as made:
        outage(made, "latest", fresh=True)

        (subject,) = made.subjects()
        assert "moved up" in subject
        assert "found late" not in subject
