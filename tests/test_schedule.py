"""When things are tried next."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from watcher.model import Cursor, Failed, FailureReason, Fetch, Fetched, NotModified, Source, SourceId
from watcher.schedule import Hosts, Pace, host_of, learnt, next_attempt, next_poll, own_interval, rate_of

NOON = datetime(2026, 2, 4, 12, 0, tzinfo=UTC)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def source(key: str = "wire", address: str = "https://wire.example/feed", *, every: float = 5) -> Source:
    return Source(SourceId(key), "feed", address, every=minutes(every))


def fetched(max_age: timedelta | None = None) -> Fetched:
    return Fetched(b"", "", "https://wire.example/feed", max_age=max_age)


def limited(asked: timedelta | None) -> Failed:
    return Failed(FailureReason.RATE_LIMITED, "HTTP 429", asked)


@pytest.mark.parametrize(
    ("failures", "wait"),
    [
        pytest.param(1, minutes(5), id="first failure: the usual interval"),
        pytest.param(2, minutes(10), id="then it doubles"),
        pytest.param(5, minutes(80), id="and again"),
        pytest.param(30, minutes(360), id="never more than six hours"),
        pytest.param(10**6, minutes(360), id="for ever"),
    ],
)
def test_a_failing_source_is_read_less_and_less_often(failures: int, wait: timedelta) -> None:
    at = next_poll(source(), Cursor(failures=failures), Failed(FailureReason.TIMEOUT, ""), now=NOON)

    assert NOON + wait <= at <= NOON + wait * 1.1


@pytest.mark.parametrize(
    ("outcome", "failures", "wait"),
    [
        pytest.param(fetched(), 0, minutes(5), id="the owner's interval"),
        pytest.param(NotModified(), 0, minutes(5), id="nothing new: the same"),
        pytest.param(fetched(minutes(20)), 0, minutes(20), id="as long as the answer is fresh"),
        pytest.param(NotModified(minutes(20)), 0, minutes(20), id="of a 304 too"),
        pytest.param(fetched(minutes(2)), 0, minutes(5), id="but never more often than the owner asked for"),
        pytest.param(fetched(timedelta(days=365)), 0, minutes(60), id="a slip of a cache makes us deaf for an hour"),
        pytest.param(limited(minutes(45)), 1, minutes(45), id="as long as the server asked"),
        pytest.param(limited(minutes(1)), 1, minutes(5), id="and never sooner than usual"),
        pytest.param(limited(minutes(1)), 4, minutes(40), id="nor than failures in a row call for"),
        pytest.param(limited(timedelta(days=400)), 1, timedelta(days=1), id="nobody means to be forgotten"),
        pytest.param(limited(None), 2, minutes(10), id="a limit without a time is a failure like any other"),
    ],
)
def test_a_server_is_not_asked_before_it_wants_to_be(outcome: Fetch, failures: int, wait: timedelta) -> None:
    at = next_poll(source(), Cursor(failures=failures), outcome, now=NOON)

    assert NOON + wait <= at <= NOON + wait * 1.1


def test_an_interval_beyond_the_longest_backoff_is_kept() -> None:
    daily = source(every=24 * 60)

    at = next_poll(daily, Cursor(failures=9), Failed(FailureReason.TIMEOUT, ""), now=NOON)

    assert at >= NOON + timedelta(days=1)


def test_sources_of_one_interval_are_spread_and_each_keeps_its_place() -> None:
    sources = [source(f"wire-{number}") for number in range(200)]

    waits = [next_poll(one, Cursor(), fetched(), now=NOON) - NOON for one in sources]

    assert waits == [next_poll(one, Cursor(), fetched(), now=NOON) - NOON for one in sources]
    tenths = {(wait - minutes(5)) // minutes(0.05) for wait in waits}
    assert tenths == set(range(10)), "every tenth of the spread has some of 200 sources"


def test_a_delivery_is_tried_at_once_then_less_often_for_three_days() -> None:
    now, attempts, times = NOON, 1, []
    while at := next_attempt(attempts, now=now):
        times.append(at - NOON)
        now, attempts = at, attempts + 1

    assert times[:4] == [timedelta(seconds=seconds) for seconds in (10, 30, 70, 150)]
    assert timedelta(days=2, hours=20) < times[-1] <= timedelta(days=3)
    waits = [after - before for before, after in pairwise(times)]
    assert waits == sorted(waits)
    assert waits[-1] == timedelta(hours=4)


@pytest.mark.parametrize(
    ("asked", "wait"),
    [
        pytest.param(timedelta(hours=2), timedelta(hours=2), id="the receiver's wish"),
        pytest.param(timedelta(seconds=1), timedelta(seconds=40), id="never sooner than ours"),
        pytest.param(timedelta(days=30), timedelta(days=1), id="cut at a day"),
    ],
)
def test_a_receiver_may_ask_to_wait(asked: timedelta, wait: timedelta) -> None:
    assert next_attempt(3, now=NOON, retry_after=asked) == NOON + wait


def test_a_delivery_that_was_never_tried_is_due() -> None:
    assert next_attempt(0, now=NOON) == NOON


# What is learnt of a source


@pytest.mark.parametrize(
    ("rate", "visible", "wait"),
    [
        pytest.param(None, 0, minutes(15), id="nothing is known yet: the usual"),
        pytest.param(4.0, 30, minutes(7.5), id="half the time between two items"),
        pytest.param(60.0, 100, minutes(5), id="never less than the shortest"),
        pytest.param(60.0, 10, minutes(10 / 3), id="unless items would be gone by then: a third of what is visible"),
        pytest.param(600.0, 10, minutes(1), id="but a minute it is"),
        pytest.param(0.04, 30, minutes(30), id="never more than the longest"),
        pytest.param(0.0, 30, minutes(30), id="one that publishes nothing"),
    ],
)
def test_an_interval_is_learnt_from_what_is_published(rate: float | None, visible: int, wait: timedelta) -> None:
    one = replace(source(every=15), between=(minutes(5), minutes(30)))

    found = own_interval(one, Cursor(rate=rate, visible=visible))

    assert abs(found - wait) < timedelta(seconds=1)


@pytest.mark.parametrize(
    ("every", "hurry", "wait"),
    [
        pytest.param(minutes(20), 0, minutes(20), id="as written, however much it publishes"),
        pytest.param(minutes(20), 2, minutes(5), id="halved for each time that items were lost"),
        pytest.param(minutes(2), 4, minutes(1), id="down to a minute"),
        pytest.param(timedelta(seconds=5), 4, timedelta(seconds=5), id="or what its owner wrote"),
    ],
)
def test_a_written_interval_is_kept_unless_items_are_lost(every: timedelta, hurry: int, wait: timedelta) -> None:
    cursor = Cursor(rate=60, visible=10, hurry=hurry)

    assert own_interval(replace(source(), every=every), cursor) == wait


def test_the_rate_follows_the_source_and_forgets_in_days() -> None:
    now, cursor = NOON, Cursor(succeeded_at=NOON, rate=1.0)
    rates = []
    for each in range(8 * 96):  # four new items each quarter of an hour for two days, then none for six
        now += minutes(15)
        taught = learnt(cursor, new=4 if each < 192 else 0, visible=30, now=now)
        cursor = replace(taught, succeeded_at=now)
        rates.append(taught.rate or 0)

    assert rates[0] < 1.2
    assert 10 < rates[191] < 16
    assert rates[-1] < 1


def test_dates_of_the_first_body_say_how_often_it_publishes() -> None:
    assert rate_of([NOON, NOON + minutes(30), None, NOON + minutes(60)]) == 2.0
    assert rate_of([NOON, NOON, NOON]) is None
    assert rate_of([NOON, NOON + minutes(5)]) is None


@pytest.mark.parametrize(
    ("cursor", "outcome", "patience", "wait"),
    [
        pytest.param(Cursor(ttl=minutes(30)), fetched(), 60, 30, id="what the feed says of itself"),
        pytest.param(Cursor(ttl=minutes(30)), NotModified(), 60, 30, id="also when only its absence is new"),
        pytest.param(Cursor(ttl=minutes(30)), fetched(minutes(45)), 60, 45, id="the longer of two wishes"),
        pytest.param(Cursor(ttl=timedelta(days=1)), fetched(), 60, 60, id="an hour at most"),
        pytest.param(Cursor(ttl=timedelta(days=1)), fetched(), 10, 10, id="or as long as its owner has patience"),
        pytest.param(Cursor(ttl=minutes(1)), fetched(), 60, 5, id="never sooner than our own"),
        pytest.param(
            Cursor(failures=1),
            Failed(FailureReason.STATUS, "HTTP 503", max_age=minutes(20)),
            60,
            20,
            id="a refusal that is good for a time is not asked for again in it",
        ),
    ],
)
def test_what_a_feed_wishes_is_obeyed(cursor: Cursor, outcome: Fetch, patience: float, wait: float) -> None:
    at = next_poll(replace(source(), patience=minutes(patience)), cursor, outcome, now=NOON)

    assert NOON + minutes(wait) <= at <= NOON + minutes(wait) * 1.1


# What is asked of one host


def test_requests_to_one_host_begin_a_gap_apart_and_never_too_many_at_once() -> None:
    hosts = Hosts(Pace(gap=timedelta(seconds=2), at_once=2))
    moments = [NOON + timedelta(seconds=second) for second in range(6)]

    begun = [moment for moment in moments if hosts.begin("one", now=moment)]
    hosts.end("one", now=moments[5])

    assert begun == [moments[0], moments[2]]
    assert hosts.begin("two", now=NOON)
    assert hosts.begin("one", now=moments[5])


def test_a_host_that_asks_for_rest_gets_it_from_all_its_sources() -> None:
    hosts = Hosts(Pace())
    hosts.begin("one", now=NOON)
    hosts.end("one", now=NOON, rest_until=NOON + minutes(10))

    assert not hosts.begin("one", now=NOON + minutes(9))
    assert hosts.begin("one", now=NOON + minutes(10))


@pytest.mark.parametrize(
    ("address", "moved_to", "name"),
    [
        pytest.param("https://www.one.example/b", None, "one.example", id="without www"),
        pytest.param("https://one.example/b", "https://two.example/", "two.example", id="where it moved to"),
        pytest.param("inbox", None, "wire", id="a folder is its own"),
    ],
)
def test_the_host_whose_patience_a_poll_costs(address: str, moved_to: str | None, name: str) -> None:
    assert host_of(source(address=address), Cursor(moved_to=moved_to)) == name
