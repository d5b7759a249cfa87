"""When things are tried next."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from watcher.model import Cursor, Failed, FailureReason, Fetch, Fetched, NotModified, Source, SourceId
from watcher.schedule import host_of, next_attempt, next_poll, one_per_host

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


def test_of_each_host_the_first_source_that_waits_is_read() -> None:
    waiting = [
        source("a", "https://one.example/a"),
        source("b", "https://www.one.example/b"),
        source("c", "http://two.example/c"),
        source("d", "https://busy.example/d"),
        source("e", "inbox"),
        source("f", "outbox"),
    ]

    assert [one.id for one in one_per_host(waiting, {"busy.example"})] == ["a", "c", "e", "f"]
    assert host_of(waiting[1]) == "one.example"
