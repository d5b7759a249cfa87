"""What became of an item: every answer that `watcher why` has, from a service that really ran."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.http_server import Answer
from tests.inside import run
from tests.world import World, world
from watcher.store import open_store

HOUR = timedelta(hours=1)
TALKS = "Iran and United States to hold third round of talks in Muscat on 18 February, Oman says"
ECHO = "Third round of US-Iran talks to be held in Muscat on 18 February"
OIL = "Oil slips on hopes for US-Iran talks"


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A desk that was told, saw a repeat and a guarded item, and then lost its source."""
    with world(tmp_path_factory.mktemp("why")) as made:
        settings = "".join(f"{k.removeprefix('WATCHER_').lower()} = {v!r}\n" for k, v in made.environment().items())
        (made.folder / "watcher.toml").write_text(settings)
        rules = made.folder / "rules" / "gulf" / "talks.yaml"
        made.publish("Ministers open a trade fair in Lyon", key="fair")
        made.poll()
        made.publish(TALKS, key="talks")
        made.publish(OIL, key="oil")
        made.poll(after=HOUR)
        made.deliver()
        made.publish(ECHO, key="echo")
        made.poll(after=HOUR)
        rules.write_text(rules.read_text().replace("what: talks\n", "what: sanctions\n").partition("    examples:")[0])
        made.answer(Answer(500))
        made.clock.time += HOUR
        assert made.desk is not None
        made.desk.reload()
        made.poll(after=HOUR)
        made.stop()
        away(made)
        yield made


def away(made: World) -> None:
    """The machine was off for a day after that."""
    store = open_store(f"sqlite:///{made.folder / 'watcher.db'}")
    lease = store.lease("test", now=made.clock.time + 24 * HOUR)
    assert lease is not None
    assert store.poll_log(lease).away(now=made.clock.time + 24 * HOUR)
    lease.release()
    store.close()


def why(ran: World, *arguments: str, expect: int = 0) -> str:
    return " ".join(run("why", *arguments, "--timezone", "UTC", folder=ran.folder, expect=expect).split())


def test_what_was_told_names_recipients_times_and_answers(ran: World) -> None:
    said = why(ran, "https://gulfwire.example/talks?utm_source=x")

    assert "→ told Wed 4 Feb 2026, 13:00: HIGH by us-iran-talks" in said
    assert "desk email gulf@example.org: sent Wed 4 Feb 2026, 13:00, attempt 1" in said
    assert "hook webhook http://127.0.0.1" in said
    assert "✓ us-iran-talks is met" in said


def test_a_guarded_item_names_the_guard_and_its_words(ran: World) -> None:
    said = why(ran, *OIL.split()[:3])

    assert "✗ us-iran-talks guarded (near 9" in said
    assert "the guard market: “Oil slips”" in said
    assert "→ told" not in said


def test_a_repeat_names_what_it_repeats_and_how_sure_that_is(ran: World) -> None:
    said = why(ran, "https://gulfwire.example/echo")

    assert f"“{TALKS}” (" in said
    assert "same " in said
    assert "told Wed 4 Feb 2026, 13:00 by another report of the same development" in said
    assert "held Wed 4 Feb 2026, 14:00: repeat: alert " in said


def test_an_item_without_a_development_shows_the_first_clause_that_fails(ran: World) -> None:
    said = why(ran, "https://gulfwire.example/fair")

    assert "no development: it names no actor or no event" in said
    assert "✗ us-iran-talks not met (near " in said
    assert "who: " in said


def test_the_rules_are_those_of_that_day_and_a_new_item_meets_todays(ran: World) -> None:
    assert "✓ us-iran-talks is met" in why(ran, "https://gulfwire.example/talks")

    now = why(ran, "--new", TALKS)

    assert "✗ us-iran-talks not met" in now
    assert "what: sanctions" in now


def test_what_never_came_says_that_its_source_is_dead(ran: World) -> None:
    said = why(ran, ran_url(ran, "/page"), expect=1)

    assert "The database has never seen it." in said
    assert "gulf-wire is dead: 1 failures in a row (status " in said
    assert "last good Wed 4 Feb 2026, 14:00" in said
    assert "watcher did not run, and may have missed items from Wed 4 Feb 2026, 16:00 to Thu 5 Feb" in said


def ran_url(ran: World, path: str) -> str:
    return ran.site.url(path)


def test_a_page_of_nobody_that_is_watched_says_so(ran: World) -> None:
    said = why(ran, "https://nowhere.invalid/page", expect=1)

    assert "No source of this publisher is watched" in said
    assert "watcher why --new" in said


def test_a_new_headline_is_decided_after_what_is_on_file(ran: World, tmp_path: Path) -> None:
    file = tmp_path / "headline.txt"
    file.write_text("US puts sanctions on Iran\nThe United States imposed sanctions on Iran on Tuesday.\n")

    found = json.loads(run("why", str(file), "--json", folder=ran.folder))

    assert found["seen"] is False
    assert [one["rules"] for one in (*found["alerts"], *found["holds"])] == [["us-iran-talks"]]
    assert found["decisions"][0]["kind"] in ("new", "update", "possible")


def test_a_new_item_that_is_silenced_says_by_whom(ran: World) -> None:
    wish = ("--team", "gulf", "--rule", "us-iran-talks", "--author", "Anna", "--reason", "a drill")
    run("silence", "add", "1h", *wish, folder=ran.folder)

    said = why(ran, "--new", "US puts sanctions on Iran, Treasury says")

    assert "would be held: " in said
    assert "Anna" in said


def test_nothing_is_written_by_asking(ran: World) -> None:
    before = run("alerts", "--json", folder=ran.folder)

    why(ran, "--new", "US puts sanctions on Iran")

    assert run("alerts", "--json", folder=ran.folder) == before


def test_one_rule_is_shown_clause_by_clause(ran: World) -> None:
    said = why(ran, "https://gulfwire.example/oil", "--rule", "us-iran-talks")

    assert "✗ unless: “talks” silenced by the guard market" in said
    assert "✓ who: " in said
    assert "nothing is on file" not in said


def test_several_items_are_listed_for_choosing(ran: World) -> None:
    said = why(ran, "talks", expect=1)

    assert "3 items are meant" in said
    assert OIL in said


def test_an_alert_id_leads_to_the_item_that_raised_it(ran: World) -> None:
    (alert,) = json.loads(run("alerts", "--json", folder=ran.folder))

    found = json.loads(run("why", alert["id"][:10], "--json", folder=ran.folder))

    assert found["item"]["title"] == TALKS
    assert found["rules_of_that_day"] is True
    assert {row["state"] for row in found["deliveries"][alert["id"]]} == {"sent"}
