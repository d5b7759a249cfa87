"""What follows a failure: who takes over, an address that is gone, and sending again what was given up."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from tests.commits import decided
from tests.examples import NOON, TEAM
from tests.http_server import Answer
from tests.test_commands import run
from tests.world import World, world
from watcher.aftermath import aftermath
from watcher.errors import DeliveryError
from watcher.model import Address, Owed, Team
from watcher.store import DeliveryState, Store, open_store
from watcher.store.schema import MIGRATIONS

HOOK = Address("hook", "webhook", ("https://hooks.example.org/T0/secret",), fallback="desk", fallback_after=2)
DESK = Address("desk", "email", ("ann@example.org", "bob@example.org"))
GULF = Team(TEAM.id, "Gulf", "UTC", {"desk": DESK, "hook": HOOK}, "desk")
BUSY, NEVER = DeliveryError("503", retryable=True), DeliveryError("422", retryable=False)
GONE = DeliveryError("receiver answered HTTP 410", retryable=False, gone=True)


def parcel(*, attempts: int, forgiven: int = 0) -> tuple[Owed, ...]:
    alert = decided("a").alerts[0].id
    return (
        Owed(
            decided("a").deliveries[0].id, alert, GULF.id, "hook", "webhook", HOOK.recipients[0], NOON,
            attempts=attempts, forgiven=forgiven,
        ),
    )  # fmt: skip


@pytest.fixture
def gulf(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path) as made:
        yield made


@pytest.mark.parametrize(
    ("error", "attempts", "forgiven", "takes_over"),
    [
        pytest.param(BUSY, 1, 0, False, id="the first failure that may pass: not yet"),
        pytest.param(BUSY, 2, 0, True, id="so many failures as the team said"),
        pytest.param(BUSY, 3, 0, True, id="and later, under the same ids"),
        pytest.param(BUSY, 31, 30, False, id="attempts before a resend do not count"),
        pytest.param(NEVER, 1, 0, True, id="a final refusal: at once"),
        pytest.param(GONE, 1, 0, True, id="an address that is gone: at once"),
    ],
)
def test_the_fallback_takes_over(error: DeliveryError, attempts: int, forgiven: int, takes_over: bool) -> None:
    owed = parcel(attempts=attempts, forgiven=forgiven)

    follows = aftermath(owed, error, GULF, now=NOON)

    alerts = [one for one in follows.owed if not one.notice]
    assert [one.recipient for one in alerts] == (list(DESK.recipients) if takes_over else [])
    assert {(one.channel, one.kind, one.alert) for one in alerts} <= {("desk", "email", owed[0].alert)}


def test_who_takes_over_is_owed_the_same_delivery_however_often_it_is_decided() -> None:
    first, second = (aftermath(parcel(attempts=n), BUSY, GULF, now=NOON) for n in (2, 3))

    assert [one.id for one in first.owed] == [one.id for one in second.owed]


def test_without_a_team_nobody_takes_over() -> None:
    assert aftermath(parcel(attempts=9), GONE, None, now=NOON).owed == ()


def test_an_address_that_is_gone_is_told_to_the_others_without_its_token() -> None:
    follows = aftermath(parcel(attempts=1), GONE, GULF, now=NOON)

    (notice,) = follows.notices
    assert {one.recipient for one in follows.owed if one.notice} == set(DESK.recipients)
    assert "https://hooks.example.org/…" in notice.text
    assert "secret" not in notice.text
    assert follows.disabled == "receiver answered HTTP 410"


def test_a_team_with_one_address_only_has_nobody_to_tell() -> None:
    alone = Team(TEAM.id, "Gulf", "UTC", {"hook": Address("hook", "webhook", HOOK.recipients)}, "hook")

    follows = aftermath(parcel(attempts=1), GONE, alone, now=NOON)

    assert (follows.owed, follows.notices, bool(follows.disabled)) == ((), (), True)


def raise_alert(
    gulf: World, title: str = "Iran and US to hold third round of talks in Muscat on 18 February", key: str = "1"
) -> None:
    gulf.publish(title, key=key)
    gulf.poll(after=timedelta(minutes=6))
    gulf.deliver()


def hooked(gulf: World, *states: str) -> list[DeliveryState]:
    assert gulf.desk
    found = gulf.desk.store.views.deliveries(states or ("due", "postponed", "sent", "abandoned"))
    return [one for one in found if one.owed.kind == "webhook"]


def test_a_gone_webhook_is_used_no_more_and_the_desk_is_told_once(gulf: World) -> None:
    gulf.site.answers["/hook"] = Answer(410)
    gulf.poll()

    raise_alert(gulf)
    gulf.deliver()
    raise_alert(gulf, "Iran-US talks in Muscat brought forward to 11 February", key="2")

    assert len(gulf.hooks()) == 1
    assert [one.state for one in hooked(gulf)] == ["abandoned", "abandoned"]
    told = [mail for mail in gulf.mail.mails if "is gone" in str(mail["Subject"])]
    assert len(told) == 1
    assert "watcher resend --abandoned --team gulf" in told[0].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "not sent: receiver answered HTTP 410 on 2026-02-04" in hooked(gulf)[1].attempts[0].detail


def test_what_was_given_up_is_sent_again_under_its_id(gulf: World) -> None:
    gulf.site.answers["/hook"] = Answer(410)
    gulf.poll()
    raise_alert(gulf)
    gulf.stop()
    key = hooked_once(gulf)
    gulf.site.answers["/hook"] = Answer(204)

    assert key[:10] in command_of(gulf, "deliveries")
    assert "1 due again: gulf/hook" in command_of(gulf, "resend", "--abandoned")
    gulf.clock.time += timedelta(days=400)
    gulf.deliver()

    assert [request.headers["webhook-id"] for request in gulf.site.requests if request.path == "/hook"] == [key, key]
    assert [one.state for one in hooked(gulf)] == ["sent"]
    gulf.stop()
    shown = command_of(gulf, "deliveries", "show", key[:8])
    assert "abandoned" in shown
    assert "HTTP 204" in shown


def hooked_once(gulf: World) -> str:
    with closing(store_of(gulf)) as store:
        (found,) = store.views.deliveries(("abandoned",))
    return found.owed.id


def store_of(gulf: World) -> Store:
    return open_store(f"sqlite:///{gulf.folder / 'watcher.db'}")


def command_of(gulf: World, *arguments: str, expect: int = 0) -> str:
    return run(*arguments, folder=gulf.folder, expect=expect)


@pytest.mark.parametrize(
    ("arguments", "expect", "said"),
    [
        pytest.param(("resend",), 2, "say --abandoned", id="nothing named"),
        pytest.param(("resend", "feed"), 1, "no delivery, or more than one, begins with 'feed'", id="unknown"),
        pytest.param(("resend", "feed", "--team", "x"), 2, "--team goes with", id="team alone"),
        pytest.param(("deliveries", "--state", "lost"), 2, "abandoned, postponed", id="no such state"),
        pytest.param(("deliveries", "show", "feed"), 1, "no delivery, or more than one", id="show unknown"),
        pytest.param(("deliveries",), 0, "nothing is owed", id="nothing is owed"),
    ],
)
def test_the_commands_say_what_is_wrong(arguments: tuple[str, ...], expect: int, said: str, tmp_path: Path) -> None:
    assert said in " ".join(run(*arguments, folder=tmp_path, expect=expect).replace("│", " ").split())


def test_a_resend_gives_a_whole_parcel_back_and_new_pauses(tmp_path: Path) -> None:
    with closing(open_store(f"sqlite:///{tmp_path}/w.db")) as store:
        lease = store.lease("test", now=NOON)
        assert lease
        commit = decided("a", bundle="gulf noon")
        store.poll_log(lease).commit((), commit, now=NOON)
        store.poll_log(lease).commit((), decided("b", bundle="gulf noon"), now=NOON)
        claimed = store.outbox.claim(["email"], now=NOON, lease=timedelta(minutes=1))
        assert claimed
        store.outbox.settle(claimed, aftermath(claimed, NEVER, None, now=NOON), "422", now=NOON)

        again = store.outbox.resend([commit.deliveries[0].id[:6]], now=NOON)
        second = store.outbox.claim(["email"], now=NOON, lease=timedelta(minutes=1))

    assert {one.id for one in again} == {one.id for one in claimed}
    assert second
    assert [(one.id, one.attempts, one.forgiven) for one in second] == [(one.id, 2, 1) for one in claimed]


def test_an_older_database_keeps_its_deliveries_and_attempts(tmp_path: Path) -> None:
    path = tmp_path / "w.db"
    engine = create_engine(f"sqlite:///{path}")
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    engine.dispose()
    with closing(sqlite3.connect(path)) as old:
        old.execute("INSERT INTO alerts VALUES ('a1', 'gulf', 'd', 's', 0, '{}')")
        old.execute(
            "INSERT INTO deliveries VALUES"
            " (7, 'x1', 'a1', 'gulf', 'desk', 'email', 'a@b', '', NULL, 'postponed', 0, 5, 2)"
        )
        old.execute("INSERT INTO attempts VALUES ('x1', 1, 0, 1, 'postponed', 'later')")
        old.commit()

    with closing(open_store(f"sqlite:///{path}")) as store:
        (found,) = store.views.deliveries(("postponed",))

    assert (found.owed.id, found.owed.attempts, found.owed.forgiven) == ("x1", 2, 0)
    assert [attempt.detail for attempt in found.attempts] == ["later"]
