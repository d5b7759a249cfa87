"""
When things are tried next. Pure arithmetic on the values of the domain: `now` is an argument, and what other schedulers
leave to a dice is a spread derived from the id, so the same input gives the same time.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from watcher.model import Cursor, Failed, Fetch, Source, Weight
from watcher.text import host

LONGEST_BACKOFF = timedelta(hours=6)
"""A source that fails is still read so often, for ever: most come back."""
LONGEST_REQUESTED_WAIT = timedelta(days=1)
"""A Retry-After beyond this is cut: nobody means to be forgotten."""
SHORTEST = timedelta(minutes=1)
"""No feed is read more often, also one that loses items."""
MOST_HURRY = 4
MEMORY = timedelta(days=2)
"""So far back reaches what is learnt of a source: two days hold a night and a day of every zone."""

FORGETTING = 0.98
"""What each news leaves of the longest quiet before: a holiday is forgotten after some fifty."""
TELL_AFTER_FAILURES = {Weight.HARD: 3, Weight.SOFT: 6, Weight.TEMPORARY: 10}

FIRST_RETRY = timedelta(seconds=10)
LONGEST_RETRY = timedelta(hours=4)
GIVE_UP_AFTER = timedelta(days=3)


def next_poll(source: Source, cursor: Cursor, outcome: Fetch, *, now: datetime) -> datetime:
    """
    When to read this source again.

    The longest of: our own interval (`own_interval`); what the feed says of itself and how long the answer stays fresh,
    these up to the source's patience; the server's Retry-After (RFC 9110, 10.2.3), up to a day. After failures in a row
    our interval doubles, from the second on, up to six hours. A fixed spread of up to a tenth, derived from the id,
    keeps sources out of step.

    Args:
        cursor: As it stands after this poll, so its failures include this one.
    """
    own = own_interval(source, cursor)
    wishes = [wish for wish in (cursor.ttl, outcome.max_age) if wish]
    wait = max(own, min(max(wishes), source.patience)) if wishes else own
    if isinstance(outcome, Failed):
        doublings = min(max(cursor.failures - 1, 0), 32)
        wait = max(wait, min(own * 2**doublings, LONGEST_BACKOFF))
        wait = max(wait, min(outcome.retry_after or wait, LONGEST_REQUESTED_WAIT))
    return now + wait * (1 + _spread(source.id) / 10)


def own_interval(source: Source, cursor: Cursor) -> timedelta:
    """
    How often we want to read a source, whatever its server wishes.

    What its owner wrote, or, where it may be learnt, half the time between two of its items; in either case less after
    items were lost, and where it may be learnt also a third of the time for which an item stays visible.
    """
    every = source.every
    if source.between and cursor.rate is not None:
        fastest, slowest = source.between
        each = timedelta(hours=1) / max(cursor.rate, 1e-3)
        every = min(max(each / 2, fastest), slowest)
        if cursor.visible:
            every = min(every, max(each * cursor.visible / 3, SHORTEST))
    halvings = min(cursor.hurry, MOST_HURRY)
    return max(every / (1 << halvings), min(SHORTEST, source.every))


def learnt(cursor: Cursor, *, new: int, visible: int | None, now: datetime) -> Cursor:
    """
    The cursor after a good poll, with what it teaches: how many items an hour the source publishes, of late more than
    long ago, and for how long it is usually quiet.

    Args:
        cursor: As it stood before the poll.
        new: Items that were not known.
        visible: Items in the body; None: it did not change.
    """
    visible = cursor.visible if visible is None else visible
    if cursor.succeeded_at is None:
        return replace(cursor, visible=visible, fresh_at=now)
    since = max(now - cursor.succeeded_at, timedelta(seconds=1))
    if new and since < LONGEST_BACKOFF:  # else it was we who were quiet
        quiet = max(now - (cursor.fresh_at or now), cursor.quiet * FORGETTING)
        cursor = replace(cursor, quiet=quiet, quiets=cursor.quiets + 1)
    if new:
        cursor = replace(cursor, fresh_at=now)
    here = new / (since / timedelta(hours=1))
    if cursor.rate is None:
        return replace(cursor, visible=visible, rate=here if since >= SHORTEST else None)
    weight = 1 - math.exp(-(since / MEMORY))
    return replace(cursor, visible=visible, rate=cursor.rate + (here - cursor.rate) * weight)


def is_silent(source: Source, cursor: Cursor, *, now: datetime) -> bool:
    """
    Whether a source that can be read gives no news for longer than it should.

    That is what its owner wrote, or three times the longest time it was quiet of late, a day at least; nothing is
    learnt from fewer than twenty news.
    """
    if cursor.fresh_at is None:
        return False
    if source.silent_after:
        return now - cursor.fresh_at > source.silent_after
    return cursor.quiets >= 20 and now - cursor.fresh_at > max(cursor.quiet * 3, timedelta(days=1))


def is_lasting(cursor: Cursor, weight: Weight, *, now: datetime, after: timedelta) -> bool:
    """
    Whether a failure has lasted so long that a person should know.

    Args:
        weight: Of the last one: what does not pass by itself is told sooner.
        after: Without success for so long, and more than once, any is.
    """
    since = cursor.succeeded_at
    long = since is not None and cursor.failures > 1 and now - since >= after
    return long or cursor.failures >= TELL_AFTER_FAILURES[weight]


def rate_of(times: Iterable[datetime | None]) -> float | None:
    """Items an hour by their dates; None: fewer than three have one, or all the same."""
    dated = sorted(time for time in times if time)
    if len(dated) < 3 or dated[0] == dated[-1]:
        return None
    return (len(dated) - 1) / max((dated[-1] - dated[0]) / timedelta(hours=1), 0.1)


def next_attempt(attempts: int, *, now: datetime, retry_after: timedelta | None = None) -> datetime | None:
    """
    When to try a delivery again: after 10 s, then twice as long each time up to four hours, for three days in all.

    Args:
        attempts: Made so far, the one that just failed included.
        retry_after: What the other side asked for; obeyed up to a day.

    Returns:
        None: give up.
    """
    waits = [min(FIRST_RETRY * 2 ** min(n, 20), LONGEST_RETRY) for n in range(min(attempts, 1000))]
    if sum(waits, timedelta()) > GIVE_UP_AFTER:
        return None
    wait = waits[-1] if waits else timedelta()
    return now + max(wait, min(retry_after, LONGEST_REQUESTED_WAIT) if retry_after else wait)


@dataclass(frozen=True, slots=True)
class Pace:
    """
    How much is asked of the network.

    Args:
        workers: Requests under way at all hosts together.
        gap: Between the beginnings of two requests to one host.
        at_once: Requests under way at one host.
    """

    workers: int = 32
    gap: timedelta = timedelta(seconds=1)
    at_once: int = 1


USUAL = Pace()


class Hosts:
    """Which servers may be asked now. State, and no clock: every method is told the time."""

    def __init__(self, pace: Pace) -> None:
        self._gap, self._at_once = pace.gap, pace.at_once
        self._open: Counter[str] = Counter()
        self._not_before: dict[str, datetime] = {}

    def begin(self, host: str, *, now: datetime) -> bool:
        """Whether a request may begin; if so, it counts as begun."""
        if self._open[host] >= self._at_once or self._not_before.get(host, now) > now:
            return False
        self._open[host] += 1
        self._not_before[host] = now + self._gap
        return True

    def free_at(self, host: str) -> datetime | None:
        """When a host may be asked again; None: when what it is being asked has ended."""
        return self._not_before.get(host) if self._open[host] < self._at_once else None

    def end(self, host: str, *, now: datetime, rest_until: datetime | None = None) -> None:
        """A request has ended; `rest_until`: the server asked to be left alone until then."""
        self._open[host] -= 1
        if not self._open[host]:
            del self._open[host]
        if rest_until:
            self.rest(host, rest_until)
        elif self._not_before.get(host, now) <= now and host not in self._open:
            self._not_before.pop(host, None)

    def rest(self, host: str, until: datetime) -> None:
        """Leave a host alone until then."""
        self._not_before[host] = max(until, self._not_before.get(host, until))

    def forget(self) -> None:
        """The times that were set are of a clock that was wrong."""
        self._not_before.clear()


def host_of(source: Source, cursor: Cursor | None = None) -> str:
    """Whose patience a poll costs: the host that is asked; for what has none, such as a folder, its id."""
    return host(cursor.moved_to if cursor and cursor.moved_to else source.address) or source.id


def _spread(key: str) -> float:
    """0..1, always the same for a key."""
    return int.from_bytes(hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=4).digest()) / 2**32
