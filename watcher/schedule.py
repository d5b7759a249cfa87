"""
When things are tried next. Pure arithmetic on the values of the domain: `now` is an argument, and what other schedulers
leave to a dice is a spread derived from the id, so the same input gives the same time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from watcher.model import Cursor, Failed, Fetch, Source
from watcher.text import host

LONGEST_BACKOFF = timedelta(hours=6)
"""A source that fails is still read so often, for ever: most come back."""
LONGEST_FRESHNESS = timedelta(hours=1)
"""`max-age` beyond this is taken for a slip of a cache's defaults: it would make us deaf for a day."""
LONGEST_REQUESTED_WAIT = timedelta(days=1)
"""A Retry-After beyond this is cut: nobody means to be forgotten."""

FIRST_RETRY = timedelta(seconds=10)
LONGEST_RETRY = timedelta(hours=4)
GIVE_UP_AFTER = timedelta(days=3)


def next_poll(source: Source, cursor: Cursor, outcome: Fetch, *, now: datetime) -> datetime:
    """
    When to read this source again.

    After failures in a row the interval doubles, from the second on, up to six hours; it is never shorter than the
    server's Retry-After (RFC 9110, 10.2.3) or, up to an hour, than its answer stays fresh. A fixed spread of up to a
    tenth, derived from the id, keeps sources out of step.

    Args:
        cursor: As it stands after this poll, so its failures include this one.
    """
    wait = source.every
    match outcome:
        case Failed(retry_after=asked):
            doublings = min(max(cursor.failures - 1, 0), 32)
            wait = max(wait, min(source.every * 2**doublings, LONGEST_BACKOFF))
            wait = max(wait, min(asked, LONGEST_REQUESTED_WAIT)) if asked else wait
        case _:
            wait = max(wait, min(outcome.max_age, LONGEST_FRESHNESS)) if outcome.max_age else wait
    return now + wait * (1 + _spread(source.id) / 10)


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


def one_per_host(sources: Iterable[Source], busy: Collection[str]) -> tuple[Source, ...]:
    """
    The sources that may be read now, in their order: the first of each host that is not `busy`.

    A host is what `host_of` gives.
    """
    taken = set(busy)
    free = []
    for source in sources:
        if (name := host_of(source)) not in taken:
            taken.add(name)
            free.append(source)
    return tuple(free)


def host_of(source: Source) -> str:
    """What must not be hit twice at a time: the host of its address; for what has none, such as a folder, its id."""
    return host(source.address) or source.id


def _spread(key: str) -> float:
    """0..1, always the same for a key."""
    return int.from_bytes(hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=4).digest()) / 2**32
