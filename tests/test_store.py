"""The database: what is written comes back, all of it or nothing, and every refusal of the disk is a StoreError."""

from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, event
from sqlalchemy.pool import Pool

from tests.commits import decided, joined, read
from tests.examples import NOON, TEAM
from watcher.errors import Problem, StoreError
from watcher.ingest import Commit, Poisoned
from watcher.model import (
    Alert,
    Appointment,
    Cursor,
    Decision,
    Development,
    DevelopmentId,
    Hold,
    Item,
    ItemId,
    Owed,
    Receipt,
    Report,
    Source,
    SourceId,
    Story,
    TeamId,
    Wake,
)
from watcher.protocols import Due, Outbox, Polled, PollLog
from watcher.store import Retention, Store, open_store
from watcher.store.codec import dump, load
from watcher.store.schema import HEAD, MIGRATIONS
from watcher.store.tables import metadata

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
VALUES = (Item, Report, Development, Story, Appointment, Decision, Alert, Hold, Cursor, Owed)

st.register_type_strategy(datetime, st.datetimes(timezones=st.just(UTC)))
st.register_type_strategy(timedelta, st.timedeltas(min_value=timedelta(), max_value=timedelta(days=9999)))
st.register_type_strategy(Mapping, lambda shape: st.dictionaries(*map(st.from_type, get_args(shape))))
st.register_type_strategy(float, st.floats(allow_nan=False, allow_infinity=False))


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/watcher.db"


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    with closing(open_store(url, busy=timedelta(milliseconds=20))) as opened:
        yield opened


@pytest.fixture
def log(store: Store) -> PollLog:
    lease = store.lease("test", now=NOON)
    assert lease
    return store.poll_log(lease)


def source(key: str) -> Source:
    return Source(SourceId(key), "feed", f"https://{key}.example/feed")


def polled(key: str, *, next_poll: datetime, failures: int = 0) -> Polled:
    cursor = Cursor(etag='"v1"', failures=failures, polled_at=NOON, succeeded_at=None if failures else NOON)
    return Polled(SourceId(key), cursor, next_poll, "timeout" if failures else "fetched", "slow" * bool(failures), 20)


def memory(store: Store, *, since: datetime = LONG_AGO) -> dict[str, list[Any]]:
    with store.remembered(since=since, told_since=since) as found:
        names = ("stories", "developments", "appointments", "reports", "seen", "alerts", "holds")
        return {name: list(getattr(found, name)) for name in names}


# Values and their payloads


@pytest.mark.parametrize("shape", VALUES, ids=lambda shape: shape.__name__)
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_what_is_dumped_loads_as_it_was(shape: type[Any], data: st.DataObject) -> None:
    value = data.draw(st.from_type(shape))

    assert load(shape, dump(value)) == value


def test_a_lone_surrogate_becomes_a_question_mark() -> None:
    story = decided("a").stories[0]

    assert load(Story, dump(replace(story, title="Talks \ud83d off"))).title == "Talks ? off"


def test_rows_of_an_older_and_of_a_newer_version_load() -> None:
    cursor = load(Cursor, '{"etag": "v1", "a_field_of_tomorrow": [1]}')

    assert cursor == Cursor(etag="v1")


def test_a_row_that_is_no_such_value_stops_us_and_says_where() -> None:
    with pytest.raises(StoreError, match=r"stored Cursor cannot be read: failures: .*integer") as refused:
        load(Cursor, '{"failures": "many"}')

    assert not refused.value.retryable


# One transaction


def test_a_commit_comes_back_whole(store: Store, log: PollLog) -> None:
    commit = decided("a")

    log.commit((), commit, now=NOON)

    assert memory(store) == {
        "stories": list(commit.stories),
        "developments": list(commit.developments),
        "appointments": list(commit.appointments),
        "reports": list(commit.reports),
        "seen": list(commit.seen),
        "alerts": list(commit.alerts),
        "holds": [],
    }
    account = store.views.alert(commit.alerts[0].id[:8])
    assert account
    assert (account.items, account.story) == (commit.items, commit.stories[0])
    assert [delivery.owed for delivery in account.deliveries] == list(commit.deliveries)


def test_values_replace_what_is_stored_under_their_id_and_the_last_wins(store: Store, log: PollLog) -> None:
    first = decided("a")
    second = joined(first, "b", at=NOON + DAY)

    log.commit((), first, now=NOON)
    log.commit((), replace(second, stories=(*first.stories, *second.stories)), now=NOON)

    found = memory(store)
    assert found["stories"] == list(second.stories)
    assert found["developments"] == list(second.developments)
    assert found["reports"] == [*first.reports, *second.reports]


def test_deciding_the_same_again_owes_nothing_twice(store: Store, log: PollLog) -> None:
    log.commit((), decided("a"), now=NOON)
    parcel = store.outbox.claim(["email"], now=NOON, lease=DAY)
    assert parcel
    store.outbox.settle(parcel, Receipt("taken"), "taken", now=NOON)

    log.commit((), decided("a"), now=NOON)

    assert store.outbox.claim(["email"], now=NOON + DAY, lease=DAY) is None


def test_text_that_no_database_takes_is_stored_all_the_same(store: Store, log: PollLog) -> None:
    commit = decided("a")
    bad = replace(
        commit.items[0], id=ItemId("i-\udc00"), title="a\0b \ud800", text="\udfff", url="https://x.example/\0"
    )
    seen = replace(commit.seen[0], item=bad.id, url=bad.url)
    development = replace(commit.developments[0], items=(bad.id,), title=bad.title)

    log.commit((), replace(commit, items=(bad,), seen=(seen,), developments=(development,)), now=NOON)

    account = store.views.alert(commit.alerts[0].id)
    assert account
    assert account.items[0].title == "a b ?"


def test_a_reference_to_nothing_is_a_fault_that_writes_nothing(store: Store, log: PollLog) -> None:
    orphan = replace(decided("a"), stories=())

    with pytest.raises(Exception, match="FOREIGN KEY"):
        log.commit((polled("a", next_poll=NOON),), orphan, now=NOON)

    assert not any(memory(store).values())


# Sources and the clock


def test_new_sources_are_due_at_once_and_known_ones_keep_their_time(store: Store, log: PollLog) -> None:
    log.enrol([source("a"), source("b")], now=NOON)
    done = polled("a", next_poll=NOON + DAY)
    log.commit((done,), Commit(), now=NOON)

    log.enrol([source("a"), source("c")], now=NOON + timedelta(hours=1))
    log.enrol([source("a"), source("c"), source("b")], now=NOON + timedelta(hours=2))

    assert log.due(now=NOON + 2 * DAY, limit=9) == (
        Due(SourceId("b"), Cursor(), NOON),
        Due(SourceId("c"), Cursor(), NOON + timedelta(hours=1)),
        Due(SourceId("a"), done.cursor, NOON + DAY),
    )


def test_a_source_that_is_no_longer_listed_is_not_due(store: Store, log: PollLog) -> None:
    log.enrol([source("a"), source("b")], now=NOON)

    log.enrol([source("b")], now=NOON)

    assert [due.source for due in log.due(now=NOON, limit=9)] == ["b"]


def test_a_wake_is_replaced_by_its_subject_and_leaves_when_settled(store: Store, log: PollLog) -> None:
    early, late = Wake("hold", "gulf d-a", NOON), Wake("hold", "gulf d-a", NOON + DAY)
    log.commit((), Commit(wakes=(early, Wake("close", "", NOON))), now=NOON)

    log.commit((), Commit(wakes=(late,)), now=NOON)

    assert log.wakes(now=NOON, limit=9) == (Wake("close", "", NOON),)
    log.commit((), Commit(settled=(Wake("close", "", NOON),)), now=NOON)
    assert log.wakes(now=NOON + DAY, limit=9) == (late,)


def test_a_wake_that_is_settled_and_set_again_stays(store: Store, log: PollLog) -> None:
    again = Wake("close", "", NOON + DAY)

    log.commit((), Commit(settled=(Wake("close", "", NOON),), wakes=(again,)), now=NOON)

    assert log.wakes(now=NOON + DAY, limit=9) == (again,)


# Memory


def test_only_what_is_open_or_recent_is_remembered(store: Store, log: PollLog) -> None:
    old, new = decided("old", at=NOON - 40 * DAY), decided("new")
    log.commit((), replace(old, stories=(replace(old.stories[0], closed=NOON - 38 * DAY),)), now=NOON - 40 * DAY)
    log.commit((), new, now=NOON)

    found = memory(store, since=NOON - 14 * DAY)

    assert found["stories"] == list(new.stories)
    assert found["reports"] == list(new.reports)
    assert found["alerts"] == list(new.alerts)
    assert len(found["seen"]) == 2


def test_an_appointment_ahead_is_remembered_after_its_story_closed(store: Store, log: PollLog) -> None:
    old = decided("old", at=NOON - 40 * DAY)
    log.commit((), replace(old, stories=(replace(old.stories[0], closed=NOON - 38 * DAY),)), now=NOON - 40 * DAY)

    assert memory(store, since=NOON - DAY)["appointments"] == list(old.appointments)


def test_the_hold_in_force_is_the_last_one(store: Store, log: PollLog) -> None:
    commit = decided("a")
    first = Hold(TEAM.id, (), commit.developments[0].id, commit.items[0].id, "digest", NOON, until=NOON + DAY)
    last = replace(first, reason="baseline", until=None)

    log.commit((), replace(commit, holds=(first, last)), now=NOON)

    assert memory(store)["holds"] == [last]


# The lease


def test_who_lost_the_lease_writes_nothing_more(store: Store, log: PollLog) -> None:
    assert store.lease("the other", now=NOON)

    with pytest.raises(StoreError, match="the other") as refused:
        log.commit((), decided("a"), now=NOON)

    assert not refused.value.retryable
    assert not any(memory(store).values())


HOLD = """
import sys
from datetime import UTC, datetime
from watcher.store import open_store
lease = open_store(sys.argv[1]).lease("child", now=datetime.now(UTC))
print("taken" if lease else "refused", flush=True)
sys.stdin.read()
"""


def test_a_second_process_is_refused_until_the_first_one_dies(url: str, store: Store) -> None:
    command = [sys.executable, "-c", HOLD, url]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout
        assert child.stdout.readline() == "taken\n"

        assert store.lease("second", now=NOON) is None
        assert store.overview(now=NOON).holder == "child"

        child.kill()
        child.wait()
        assert store.lease("second", now=NOON)


# What the disk and other programs refuse


@contextmanager
def locked(store_url: str) -> Iterator[None]:
    with closing(sqlite3.connect(store_url.removeprefix("sqlite:///"), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


Door = Callable[[Store, PollLog, Outbox], object]
PARCEL = (decided("a").deliveries[0],)
WRITING: dict[str, Door] = {
    "lease": lambda store, log, outbox: store.lease("me", now=NOON),
    "enrol": lambda store, log, outbox: log.enrol([source("z")], now=NOON),
    "commit": lambda store, log, outbox: log.commit((), decided("z"), now=NOON),
    "claim": lambda store, log, outbox: outbox.claim(["email"], now=NOON, lease=DAY),
    "settle": lambda store, log, outbox: outbox.settle(PARCEL, Receipt("taken"), "taken", now=NOON),
    "resend": lambda store, log, outbox: store.outbox.resend(("a",), now=NOON),
    "keep rules": lambda store, log, outbox: store.rules.keep(TEAM.id, {"team.yaml": "team: Gulf"}, now=NOON),
    "drop rules": lambda store, log, outbox: store.rules.drop(TEAM.id, now=NOON),
    "reject rules": lambda store, log, outbox: store.rules.reject(TEAM.id, (), now=NOON),
    "prune": lambda store, log, outbox: store.prune(now=NOON + 8 * DAY),
}
READING: dict[str, Door] = {
    "due": lambda store, log, outbox: log.due(now=NOON, limit=9),
    "wakes": lambda store, log, outbox: log.wakes(now=NOON, limit=9),
    "remembered": lambda store, log, outbox: memory(store),
    "alerts": lambda store, log, outbox: store.views.alerts(),
    "alert": lambda store, log, outbox: store.views.alert("a"),
    "deliveries": lambda store, log, outbox: store.views.deliveries(["due"]),
    "overview": lambda store, log, outbox: store.overview(now=NOON),
    "rules in force": lambda store, log, outbox: store.rules.in_force(),
    "rules rejected": lambda store, log, outbox: store.rules.rejected(),
}


@pytest.mark.parametrize("door", WRITING.values(), ids=WRITING)
def test_a_locked_database_is_a_retryable_error(door: Door, url: str, store: Store, log: PollLog) -> None:
    log.commit((), decided("a"), now=NOON)

    with locked(url), pytest.raises(StoreError, match="locked") as refused:
        door(store, log, store.outbox)

    assert refused.value.retryable
    door(store, log, store.outbox)


@pytest.mark.parametrize("door", READING.values(), ids=READING)
def test_readers_do_not_wait_for_a_writer(door: Door, url: str, store: Store, log: PollLog) -> None:
    with locked(url):
        door(store, log, store.outbox)


@contextmanager
def disk_of(pages: dict[str, int]) -> Iterator[None]:
    """Every connection may grow the file up to `pages["limit"]` pages of 4 kB."""

    def limit(connection: sqlite3.Connection, *_: object) -> None:
        connection.execute(f"PRAGMA max_page_count={pages['limit']}")

    event.listen(Pool, "checkout", limit)
    yield
    event.remove(Pool, "checkout", limit)


def fill(log: PollLog, done: list[str]) -> None:
    for number in range(1000):
        poll = polled("a", next_poll=NOON + timedelta(minutes=number))
        log.commit((poll,), decided(str(number)), now=NOON)
        done.append(str(number))


def test_a_full_disk_loses_nothing_and_passes(url: str) -> None:
    pages = {"limit": 400}
    done: list[str] = []
    with disk_of(pages), closing(open_store(url)) as store:
        lease = store.lease("test", now=NOON)
        assert lease
        log = store.poll_log(lease)
        log.enrol([source("a")], now=NOON)
        with pytest.raises(StoreError, match="disk is full") as refused:
            fill(log, done)
        full = memory(store)
        pages["limit"] = 4000
        log.commit((), decided("after"), now=NOON)

        assert refused.value.retryable
        assert len(done) > 10
        for name in ("stories", "developments", "reports", "appointments", "seen", "alerts"):
            assert len(full[name]) == len(done), name
        assert log.due(now=NOON + DAY, limit=1)[0].at == NOON + timedelta(minutes=len(done) - 1)
        assert len(memory(store)["alerts"]) == len(done) + 1


def test_every_write_waits_for_the_disk_and_references_are_checked(store: Store) -> None:
    found: list[tuple[int, ...]] = []

    def ask(connection: sqlite3.Connection, *_: object) -> None:
        pragmas = ("synchronous", "foreign_keys")
        found.append(tuple(connection.execute(f"PRAGMA {name}").fetchone()[0] for name in pragmas))

    event.listen(Pool, "checkout", ask)
    store.rules.keep(TEAM.id, {}, now=NOON)
    event.remove(Pool, "checkout", ask)

    assert found == [(2, 1)]


def test_the_file_and_its_side_files_are_for_their_owner_only(url: str, store: Store, log: PollLog) -> None:
    log.commit((), decided("a"), now=NOON)

    files = list(Path(url.removeprefix("sqlite:///")).parent.iterdir())
    assert len(files) == 4
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(b"not a database at all, but a text of some length" * 9, "not a database", id="another file"),
        pytest.param(None, "must exist", id="no such folder"),
    ],
)
def test_a_file_that_cannot_be_opened_says_what_to_do(content: bytes | None, message: str, tmp_path: Path) -> None:
    path = tmp_path / "watcher.db" if content else tmp_path / "absent" / "watcher.db"
    if content:
        path.write_bytes(content)

    with pytest.raises(StoreError, match=message):
        open_store(f"sqlite:///{path}")


@pytest.mark.parametrize("url", ["postgresql://localhost/w", "sqlite://", "sqlite:///:memory:", "nonsense"])
def test_a_url_that_is_no_sqlite_file_is_refused(url: str) -> None:
    with pytest.raises(StoreError, match="expected sqlite:///FILE") as refused:
        open_store(url)

    assert not refused.value.retryable


# The schema


def test_the_migrations_make_the_tables_that_the_code_expects(url: str, store: Store) -> None:
    engine = create_engine(url)
    with engine.connect() as connection:
        # The tables of FTS5 are its own.
        ours = {"include_name": lambda name, kind, _: kind != "table" or not name.startswith("search_words")}
        differences = compare_metadata(MigrationContext.configure(connection, opts=ours), metadata)
        made = {row[0]: row[1] for row in connection.exec_driver_sql("SELECT name, sql FROM sqlite_master")}
    engine.dispose()

    assert differences == []
    assert "WITHOUT ROWID" in made["seen"]
    assert ScriptDirectory(str(MIGRATIONS)).get_current_head() == HEAD


def test_a_database_of_a_newer_version_stops_us(url: str, store: Store) -> None:
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as other:
        other.execute("UPDATE alembic_version SET version_num = '9999'")
        other.commit()

    with pytest.raises(StoreError, match="newer watcher") as refused:
        open_store(url)

    assert not refused.value.retryable


def test_two_that_open_a_new_database_at_once_both_get_it(url: str) -> None:
    command = [sys.executable, "-c", "import sys; from watcher.store import open_store; open_store(sys.argv[1])", url]
    both = [subprocess.Popen(command) for _ in range(3)]

    assert [process.wait() for process in both] == [0, 0, 0]


# Rules, people, forgetting


def test_the_last_good_rules_of_a_team_survive_a_restart(url: str, store: Store) -> None:
    store.rules.keep(TEAM.id, {"team.yaml": "team: Gulf", "talks.yaml": "rules: []"}, now=NOON)
    problem = Problem("gulf/talks.yaml", 3, 1, "unknown key", "unknown-key")
    store.rules.reject(TEAM.id, (problem,), now=NOON)
    store.rules.reject(TEAM.id, (problem, problem), now=NOON + DAY)

    with closing(open_store(url)) as later:
        assert later.rules.in_force() == {TEAM.id: {"team.yaml": "team: Gulf", "talks.yaml": "rules: []"}}
        (rejected,) = later.rules.rejected()

    assert (rejected.team, rejected.since, rejected.problems) == (TEAM.id, NOON, (problem, problem))


def test_the_rules_of_any_day_can_be_read(store: Store) -> None:
    other = TeamId("lagos")
    store.rules.keep(TEAM.id, {"team.yaml": "one"}, now=NOON)
    store.rules.keep(TEAM.id, {"team.yaml": "one"}, now=NOON + DAY)
    store.rules.keep(other, {"team.yaml": "one"}, now=NOON + DAY)
    store.rules.keep(TEAM.id, {"team.yaml": "two"}, now=NOON + 2 * DAY)
    store.rules.drop(TEAM.id, now=NOON + 3 * DAY)

    assert store.rules.in_force(at=NOON) == {TEAM.id: {"team.yaml": "one"}}
    assert store.rules.in_force(at=NOON + 2 * DAY)[TEAM.id] == {"team.yaml": "two"}
    assert store.rules.in_force() == {other: {"team.yaml": "one"}}


def test_the_overview_says_how_the_watcher_fares(store: Store, log: PollLog) -> None:
    log.enrol([source("a"), source("b"), source("c")], now=NOON)
    polls = (polled("a", next_poll=NOON + DAY), polled("b", next_poll=NOON + DAY, failures=4))
    item = read("poison")
    log.commit(polls, replace(decided("a"), poisoned=(Poisoned(item, ValueError("no such slot")),)), now=NOON)

    seen = store.overview(now=NOON + timedelta(hours=1))

    assert seen.sources == {"new": 1, "ok": 1, "failing": 1}
    assert [(bad.id, bad.outcome, bad.detail, bad.failures) for bad in seen.failing] == [("b", "timeout", "slow", 4)]
    assert (seen.last_poll, seen.overdue) == (NOON, timedelta(hours=1))
    assert (seen.deliveries, seen.oldest_owed, seen.alerts) == ({"due": 1}, NOON, 1)
    assert [(bad.item, bad.error) for bad in seen.quarantined] == [(item.id, "ValueError: no such slot")]
    assert seen.holder == "test"


def test_alerts_are_listed_newest_first_by_team_and_time(store: Store, log: PollLog) -> None:
    for key, at in (("a", NOON - 2 * DAY), ("b", NOON - DAY), ("c", NOON)):
        log.commit((), decided(key, at=at), now=at)

    assert [line.alert.time for line in store.views.alerts(since=NOON - DAY)] == [NOON, NOON - DAY]
    assert [dict(line.deliveries) for line in store.views.alerts(limit=1)] == [{"due": 1}]
    assert store.views.alerts(team=TeamId("lagos")) == ()


def test_what_is_told_names_the_lead_the_items_and_what_came_before(store: Store, log: PollLog) -> None:
    commit = decided("a")
    earlier = replace(
        commit.developments[0],
        id=DevelopmentId("d-before"),
        items=(),
        first_seen=NOON - DAY,
        last_seen=NOON - DAY,
        facts=None,
    )
    log.commit((), replace(commit, developments=(*commit.developments, earlier)), now=NOON)

    told = store.views.told(commit.alerts[0].id, TEAM)

    assert (told.lead, told.items) == (commit.items[0], commit.items)
    assert [step.development for step in told.earlier] == [earlier]
    assert (told.alert, told.development, told.story) == (
        commit.alerts[0],
        commit.developments[0],
        commit.stories[0],
    )


def test_an_alert_can_be_told_when_its_items_are_forgotten(store: Store, log: PollLog) -> None:
    commit = decided("a")
    log.commit((), commit, now=NOON)
    store.prune(now=NOON + 36 * DAY)

    told = store.views.told(commit.alerts[0].id, TEAM)

    assert (told.lead.title, told.lead.url, told.items) == (commit.items[0].title, commit.items[0].url, ())


@pytest.mark.parametrize(
    ("age", "left"),
    [
        pytest.param(6 * DAY, "text items seen decisions reports alerts stories", id="everything for a week"),
        pytest.param(8 * DAY, "items seen decisions reports alerts stories", id="then no text"),
        pytest.param(36 * DAY, "seen decisions reports alerts stories", id="then no items"),
        pytest.param(91 * DAY, "seen alerts stories", id="then no reasons"),
        pytest.param(401 * DAY, "alerts stories", id="then an old item would be new"),
        pytest.param(731 * DAY, "", id="after two years nothing"),
    ],
)
def test_each_is_kept_for_its_time(age: timedelta, left: str, url: str, store: Store, log: PollLog) -> None:
    commit = decided("a", recipients=())
    log.commit((), replace(commit, stories=(replace(commit.stories[0], closed=NOON),)), now=NOON)

    store.prune(now=NOON + age)

    names = ("items", "seen", "decisions", "reports", "alerts", "stories", "developments", "appointments")
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as other:
        found = {name for name in names if other.execute(f"SELECT count(*) FROM {name}").fetchone()[0]}
        if other.execute("SELECT count(text) FROM items").fetchone()[0]:
            found.add("text")
    expected = set(left.split())
    assert found == expected | ({"developments", "appointments"} if "stories" in expected else set())


def test_nothing_that_is_open_or_owed_is_forgotten(store: Store, log: PollLog) -> None:
    log.commit((), decided("a"), now=NOON)

    store.prune(now=NOON + 3000 * DAY, keep=Retention())

    found = memory(store)
    assert (len(found["stories"]), len(found["reports"]), len(found["alerts"])) == (1, 1, 1)


def test_forgetting_stops_when_asked(store: Store, log: PollLog) -> None:
    log.commit((), decided("a"), now=NOON)

    assert store.prune(now=NOON + 3000 * DAY, stopping=lambda: True) == 0
