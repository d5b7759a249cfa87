"""Polling: what is read when, what is kept of it, and whom a fault costs what."""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from tests.fakes import SetClock
from tests.rulebook import NOON, TALKS, ruleset, scanner
from watcher.errors import StoreError
from watcher.ingest import Commit, Mind
from watcher.model import (
    Cursor,
    Failed,
    FailureReason,
    Fetch,
    Fetched,
    Gap,
    Item,
    ItemId,
    NotModified,
    Parsed,
    Source,
    SourceId,
    Wake,
)
from watcher.poll import Poller
from watcher.protocols import Clock, Due, Polled, PollLog
from watcher.schedule import Pace
from watcher.store import Store, open_store

FOUR = Pace(workers=4)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
# Told at once, however much the engine thinks the news is worth.
RULES = ruleset(TALKS.replace("    what: talks\n", "    what: talks\n    severity: flash\n"))
NEWS = "Iran and US hold talks"
TIMED_OUT = Failed(FailureReason.TIMEOUT, "too slow")

Answer = Fetch | Exception


def source(key: str, *, host: str = "") -> Source:
    return Source(SourceId(key), "feed", f"https://{host or key}.example/feed", every=5 * MINUTE)


def body(*items: Item, etag: str | None = None) -> Fetched:
    """What a server sends; `ScriptedReader.parse` finds the items under its bytes."""
    return Fetched(repr(items).encode(), "text/x-items", "https://a.example/feed", etag=etag)


def item(key: str, title: str = NEWS, *, published: datetime | None = NOON) -> Item:
    return Item(ItemId(key), title, f"https://a.example/{key}", "a", NOON, published=published, lang="en")


@dataclass
class ScriptedReader:
    """
    Args:
        answers: By source, one after the other, the last for ever.
        items: What each body parses to.
        gates: By source; who is read waits until it is set.
    """

    answers: dict[str, list[Answer]] = field(default_factory=lambda: defaultdict(lambda: [NotModified()]))
    items: dict[bytes, tuple[Item, ...] | Failed | Exception] = field(default_factory=dict)
    gates: dict[str, threading.Event] = field(default_factory=dict)
    asked: list[tuple[str, Cursor]] = field(default_factory=list)
    parsed: int = 0

    def publish(self, *items: Item, by: str = "a", etag: str | None = None) -> None:
        """From now on the source serves these."""
        served = body(*items, etag=etag)
        self.items[served.body] = items
        self.answers[by] = [served]

    def fetch(self, source: Source, cursor: Cursor) -> Fetch:
        self.asked.append((source.id, cursor))
        if source.id in self.gates:
            assert self.gates[source.id].wait(20)
        script = self.answers[source.id]
        answer = script.pop(0) if len(script) > 1 else script[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def parse(self, source: Source, fetched: Fetched, *, now: datetime) -> Parsed | Failed:
        self.parsed += 1
        found = self.items[fetched.body]
        if isinstance(found, Exception):
            raise found
        if isinstance(found, Failed):
            return found
        return Parsed(tuple(replace(one, source=source.id, seen=now) for one in found))

    def times(self, key: str) -> int:
        return sum(name == key for name, _ in self.asked)


@dataclass
class SwitchableLog:
    """The real poll log, which can be made to refuse commits, one for each of `refusals`."""

    log: PollLog
    refusals: list[Exception] = field(default_factory=list)

    def enrol(self, sources: Iterable[Source], *, now: datetime) -> None:
        self.log.enrol(sources, now=now)

    def due(self, *, now: datetime, limit: int) -> tuple[Due, ...]:
        return self.log.due(now=now, limit=limit)

    def resting(self, *, now: datetime) -> tuple[tuple[SourceId, datetime], ...]:
        return self.log.resting(now=now)

    def away(self, *, now: datetime) -> Gap | None:
        return self.log.away(now=now)

    def wakes(self, *, now: datetime, limit: int) -> tuple[Wake, ...]:
        return self.log.wakes(now=now, limit=limit)

    def commit(self, polls: Sequence[Polled], commit: Commit, *, now: datetime) -> None:
        if self.refusals:
            raise self.refusals.pop(0)
        self.log.commit(polls, commit, now=now)


@dataclass
class Desk:
    """A poller with what it needs; tests move its clock and write its sources' answers."""

    store: Store
    log: SwitchableLog
    clock: SetClock
    reader: ScriptedReader = field(default_factory=ScriptedReader)
    poller: Poller = field(init=False)

    def watch(self, *sources: Source, clock: Clock | None = None, pace: Pace = FOUR) -> Poller:
        self.log.enrol(sources, now=self.clock.now())
        mind = Mind(RULES.vocabulary, scanner(RULES), RULES)
        self.poller = Poller(
            self.log, {"feed": self.reader}, {one.id: one for one in sources}, mind=mind,
            clock=clock or self.clock, pace=pace,
        )  # fmt: skip
        return self.poller

    def poll(self, *, after: timedelta = timedelta()) -> int:
        self.clock.pass_(after)
        return self.poller.run()

    def finish(self, polls: int) -> None:
        """Until so many polls have come back and are written."""
        for _ in range(4_000):
            polls -= self.poller.finish()
            if polls <= 0:
                return
            threading.Event().wait(0.005)
        pytest.fail("they do not come back")

    def cursor(self, key: str = "a") -> Cursor:
        (due,) = (one for one in self.log.due(now=NOON + 90 * 24 * HOUR, limit=99) if one.source == key)
        return due.cursor

    def next_poll(self, key: str = "a") -> datetime:
        return next(one.at for one in self.log.due(now=NOON + 90 * 24 * HOUR, limit=99) if one.source == key)

    def outcomes(self) -> dict[str, str]:
        return {one.id: one.outcome or "" for one in self.store.overview(now=self.clock.now()).failing}

    def told(self) -> int:
        return len(self.store.views.alerts())


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with closing(open_store(f"sqlite:///{tmp_path}/watcher.db", busy=timedelta(seconds=1))) as store:
        lease = store.lease("test", now=NOON)
        assert lease
        made = Desk(store, SwitchableLog(store.poll_log(lease)), SetClock(NOON))
        yield made
        for gate in made.reader.gates.values():
            gate.set()
        made.poller.close()


# What is told


@pytest.mark.parametrize(
    ("published", "is_first", "told"),
    [
        pytest.param(NOON - 1 * HOUR, True, 1, id="fresh news is told on first contact too"),
        pytest.param(NOON - 7 * HOUR, True, 0, id="the backlog is remembered and not told"),
        pytest.param(None, True, 0, id="without a date it may be of any age, so it belongs to the backlog"),
        pytest.param(NOON + 48 * HOUR, True, 1, id="a date in the future hides nothing"),
        pytest.param(NOON - 7 * HOUR, False, 1, id="what comes later is news, however old its date"),
        pytest.param(None, False, 1, id="and without a date too"),
    ],
)
def test_first_contact_takes_a_baseline(desk: Desk, published: datetime | None, is_first: bool, told: int) -> None:
    desk.watch(source("a"))
    desk.reader.publish(*([item("1", published=published)] if is_first else []))
    desk.poll()
    desk.reader.publish(item("1", published=published))
    desk.poll(after=6 * MINUTE)

    assert desk.told() == told
    assert desk.reader.parsed == 1 + (not is_first)


def test_the_baseline_is_taken_at_the_first_success(desk: Desk) -> None:
    desk.watch(source("a"))
    desk.reader.answers["a"] = [TIMED_OUT]
    desk.poll()

    desk.reader.publish(item("1", published=NOON - 7 * HOUR))
    desk.poll(after=6 * MINUTE)

    assert desk.told() == 0


# What is kept of a poll


def test_an_unchanged_body_is_not_read_again_and_its_new_validator_is_kept(desk: Desk) -> None:
    desk.watch(source("a"))
    desk.reader.publish(item("1"), etag='"1"')
    desk.poll()
    desk.reader.publish(item("1"), etag='"2"')
    desk.poll(after=6 * MINUTE)

    assert desk.reader.parsed == 1
    assert desk.cursor().etag == '"2"'


def test_nothing_new_keeps_the_validator_and_ends_a_row_of_failures(desk: Desk) -> None:
    desk.watch(source("a"))
    desk.reader.publish(item("1"), etag='"1"')
    desk.poll()
    desk.reader.answers["a"] = [TIMED_OUT, NotModified()]
    desk.poll(after=6 * MINUTE)
    failed = desk.cursor()

    desk.poll(after=6 * MINUTE)

    assert (failed.failures, failed.etag, failed.succeeded_at) == (1, '"1"', NOON)
    now = desk.clock.now()
    assert replace(desk.cursor(), rate=None) == replace(failed, failures=0, polled_at=now, succeeded_at=now)


def test_a_body_that_cannot_be_read_leaves_the_validator_of_the_last_good_one(desk: Desk) -> None:
    desk.watch(source("a"))
    desk.reader.publish(item("1"), etag='"1"')
    desk.poll()
    desk.reader.publish(item("2"), etag='"2"')
    desk.reader.items[body(item("2")).body] = Failed(FailureReason.UNREADABLE, "a page of HTML")
    desk.poll(after=6 * MINUTE)

    assert desk.cursor().etag == '"1"'
    assert desk.outcomes() == {"a": "unreadable"}


def test_failures_are_counted_and_put_off_the_next_poll(desk: Desk) -> None:
    desk.watch(source("a"))
    desk.reader.answers["a"] = [TIMED_OUT]

    waits = []
    for _ in range(3):
        desk.poll(after=desk.next_poll() - desk.clock.now())
        waits.append(desk.next_poll() - desk.clock.now())

    assert desk.cursor().failures == 3
    assert [wait // (5 * MINUTE) for wait in waits] == [1, 2, 4]


def test_a_server_is_not_asked_before_the_time_it_named(desk: Desk) -> None:
    desk.watch(source("a"))
    desk.reader.answers["a"] = [Failed(FailureReason.RATE_LIMITED, "HTTP 429", retry_after=HOUR)]
    desk.poll()

    assert desk.poll(after=59 * MINUTE) == 0
    assert desk.poll(after=10 * MINUTE) == 1


# Who waits for whom


def test_of_one_host_one_source_is_read_at_a_time(desk: Desk) -> None:
    sources = [source("a", host="one"), source("b", host="one"), source("c")]
    gate = threading.Event()
    desk.reader.gates = {"a": gate, "b": gate}
    poller = desk.watch(*sources)

    begun = poller.start()
    desk.finish(1)

    assert begun == 2
    assert poller.start() == 0
    gate.set()
    desk.finish(1)
    assert poller.start() == 0, "at once after the other"
    desk.clock.pass_(timedelta(seconds=1))
    assert poller.start() == 1


def test_a_round_waits_for_a_host_that_was_just_asked(desk: Desk) -> None:
    @dataclass
    class Running:
        """Real time, at noon."""

        began: datetime = field(default_factory=lambda: datetime.now(UTC))

        def now(self) -> datetime:
            return NOON + (datetime.now(UTC) - self.began)

    sources = [source(key, host="one") for key in "abc"]

    assert desk.watch(*sources, clock=Running(), pace=Pace(gap=timedelta(seconds=0.05))).run() == 3


def test_a_limit_of_one_source_is_a_rest_for_its_host_also_after_a_restart(desk: Desk) -> None:
    sources = [source("a", host="one"), source("b", host="one"), source("c")]
    desk.watch(sources[0])
    desk.reader.answers["a"] = [Failed(FailureReason.RATE_LIMITED, "HTTP 429", retry_after=HOUR)]
    desk.poll()

    desk.log.enrol(sources, now=desk.clock.now())
    desk.poller.sources = {one.id: one for one in sources}
    desk.poll(after=30 * MINUTE)
    desk.watch(*sources)
    desk.poll(after=20 * MINUTE)
    rested = desk.reader.times("b")
    desk.poll(after=10 * MINUTE)

    assert rested == 0
    assert desk.reader.times("b") == 1


def test_a_source_that_moved_for_good_is_read_where_it_is_until_that_fails(desk: Desk) -> None:
    new = "https://new.example/feed"
    desk.watch(source("a"))
    desk.reader.publish(item("1"))
    desk.reader.answers["a"] = [replace(body(item("1")), moved_to=new), NotModified(), TIMED_OUT, NotModified()]

    asked = []
    for _ in range(4):
        desk.poll(after=20 * MINUTE)
        asked.append(desk.reader.asked[-1][1].moved_to)

    assert asked == [None, new, new, None]


def test_another_address_is_asked_without_the_validators_of_the_first(desk: Desk) -> None:
    desk.watch(source("a"))
    desk.reader.publish(item("1"), etag='"1"')
    desk.poll()
    desk.poller.sources = {SourceId("a"): replace(source("a"), address="https://b.example/feed")}
    desk.poll(after=6 * MINUTE)

    asked = desk.reader.asked[-1][1]
    assert (asked.etag, asked.body_hash) == (None, None)
    assert desk.told() == 1, "its items are known all the same"


def test_a_stalled_server_keeps_no_other_waiting(desk: Desk) -> None:
    desk.reader.gates = {"a": threading.Event()}
    desk.reader.publish(item("1"), by="b")
    poller = desk.watch(source("a"), source("b"))

    poller.start()
    desk.finish(1)

    assert desk.told() == 1
    assert desk.reader.times("a") == 1


def test_many_sources_of_one_host_hide_none_of_another(desk: Desk) -> None:
    crowd = [source(f"a{number}", host="crowd") for number in range(100)]
    poller = desk.watch(*crowd, source("b"), pace=Pace(2))
    desk.reader.gates = {one.id: threading.Event() for one in crowd}

    assert poller.start() == 2


def test_what_is_due_again_while_the_round_goes_on_waits_for_the_next(desk: Desk) -> None:
    @dataclass
    class Hurried:
        """Time flies: each look at the clock costs an hour."""

        ticks: Iterator[int] = field(default_factory=count)

        def now(self) -> datetime:
            return NOON + HOUR * next(self.ticks)

    assert desk.watch(source("a"), source("b"), clock=Hurried()).run() == 2


def test_no_more_are_read_at_once_than_there_are_workers(desk: Desk) -> None:
    sources = [source(key) for key in "abcde"]
    desk.reader.gates = {key: threading.Event() for key in "abcde"}
    poller = desk.watch(*sources, pace=Pace(3))

    assert [poller.start(), poller.start()] == [3, 0]


def test_told_to_stop_it_decides_no_more_and_the_rest_stays_due(desk: Desk) -> None:
    poller = desk.watch(source("a"), source("b"))
    poller.start()
    while not all(future.done() for future in poller._reading):
        threading.Event().wait(0.005)
    asked = iter([False, True])

    poller.finish(stopping=lambda: next(asked))

    assert len(desk.log.due(now=NOON, limit=9)) == 1


def test_a_source_that_moves_while_it_is_read_is_not_read_twice_at_a_time(desk: Desk) -> None:
    desk.reader.gates = {"a": threading.Event()}
    poller = desk.watch(source("a"))
    poller.start()

    poller.sources = {SourceId("a"): source("a", host="elsewhere")}

    assert poller.start() == 0


# What a fault costs


@pytest.mark.parametrize("where", ["fetch", "parse"])
def test_a_fault_of_a_reader_costs_one_poll_of_one_source(desk: Desk, where: str) -> None:
    desk.watch(source("a"), source("b"))
    desk.reader.publish(item("1"), by="b")
    if where == "fetch":
        desk.reader.answers["a"] = [ZeroDivisionError("a bug")]
    else:
        desk.reader.publish(item("x"))
        desk.reader.items[body(item("x")).body] = ZeroDivisionError("a bug")

    with capture_logs() as lines:
        desk.poll()

    assert desk.outcomes() == {"a": "reader_bug"}
    assert desk.told() == 1
    assert Counter(line["event"] for line in lines)["source.crashed"] == 1
    assert desk.poll(after=MINUTE) == 0, "asked again at once"


def test_what_cannot_be_written_is_kept_and_no_server_is_asked_again(desk: Desk) -> None:
    poller = desk.watch(source("a"), source("b"))
    desk.reader.publish(item("1"))
    desk.log.refusals = [StoreError("the disk is full"), StoreError("the disk is full")]
    poller.start()
    refused = 0
    for _ in range(2):
        while not poller.has_news():
            threading.Event().wait(0.005)
        poller.mind = Mind(RULES.vocabulary, scanner(RULES), RULES)  # as recalled from an empty store
        try:
            poller.finish()
        except StoreError:
            refused += 1
        poller.start()

    poller.mind = Mind(RULES.vocabulary, scanner(RULES), RULES)
    desk.finish(1)
    desk.poll()

    assert refused == 2
    assert (desk.reader.times("a"), desk.reader.times("b")) == (1, 1)
    assert desk.told() == 1
    assert desk.outcomes() == {}


def test_a_body_that_makes_deciding_crash_costs_its_poll_and_no_other(desk: Desk) -> None:
    poller = desk.watch(source("a"), source("b"))
    desk.poll()
    desk.reader.publish(item("1", published=datetime(2026, 2, 10)))  # noqa: DTZ001 - what no reader may do
    desk.reader.publish(item("2"), by="b")
    desk.clock.pass_(6 * MINUTE)
    poller.start()

    crashes = 0
    while desk.log.due(now=desk.clock.now(), limit=9):
        try:
            poller.finish()
        except TypeError:
            crashes += 1
        threading.Event().wait(0.005)

    assert crashes == 1
    assert desk.outcomes() == {"a": "reader_bug"}
    assert desk.told() == 1


def test_an_item_that_makes_deciding_crash_is_set_aside_and_the_others_are_decided(desk: Desk) -> None:
    desk.watch(source("a"))
    desk.poll()
    broken = replace(item("1"), title=None)  # type: ignore[arg-type]  # what no reader may do
    desk.reader.publish(broken, item("2"))

    with capture_logs() as lines:
        desk.poll(after=6 * MINUTE)

    assert desk.told() == 1
    assert [one.item for one in desk.store.overview(now=desk.clock.now()).quarantined] == ["1"]
    assert [line["item"] for line in lines if line["event"] == "item.quarantined"] == ["1"]


def test_a_source_that_left_the_list_while_it_was_read_harms_nobody(desk: Desk) -> None:
    desk.reader.gates = {"a": threading.Event()}
    poller = desk.watch(source("a"), source("b"))
    poller.start()

    desk.log.enrol([source("b")], now=NOON)
    poller.sources = {SourceId("b"): source("b")}
    desk.reader.gates["a"].set()
    desk.finish(2)

    assert poller.start() == 0
