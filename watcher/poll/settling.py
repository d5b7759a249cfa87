"""What a worker brought → the row of the poll. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from watcher.model import Cursor, Failed, Fetched, Gap, NotModified
from watcher.poll.gaps import filled, measured
from watcher.poll.reading import Read
from watcher.schedule import LONGEST_REQUESTED_WAIT, learnt, next_poll

NEXT_PAGE = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Settled:
    """What one poll leaves behind; see `Polled`."""

    cursor: Cursor
    next_poll: datetime
    outcome: str
    detail: str = ""
    gap: Gap | None = None


def settle(read: Read, *, new: int, now: datetime) -> Settled:
    """
    What the poll leaves: validators are kept only of a body that was read.

    Args:
        new: Items that were not known.
    """
    if read.is_page and read.before.gap:
        return _page(read, read.before.gap, new=new, now=now)
    good = replace(read.before, failures=0, polled_at=now, succeeded_at=now, rest_until=None)
    gap, detail = None, ""
    match read.outcome:
        case Fetched() as fetched:
            taught = learnt(read.before, new=new, visible=len(read.items), now=now)
            cursor = replace(
                _with_habits(good, taught),
                etag=fetched.etag,
                last_modified=fetched.last_modified,
                body_hash=read.body_hash,
                moved_to=fetched.moved_to or read.before.moved_to,
                ttl=read.ttl,
            )
            cursor, gap = measured(read, cursor, now=now)
            outcome = "fetched"
        case NotModified():
            cursor = _with_habits(good, learnt(read.before, new=0, visible=None, now=now))
            outcome = "not_modified"
        case Failed(reason=reason, detail=detail, retry_after=asked):
            # From where it moved to we go back to the address on file, which may lead elsewhere by now.
            rest = now + min(asked, LONGEST_REQUESTED_WAIT) if asked else None
            failures = read.before.failures + 1
            cursor = replace(read.before, failures=failures, polled_at=now, rest_until=rest, moved_to=None)
            outcome = reason.value
    at = now + NEXT_PAGE if cursor.page else next_poll(read.source, cursor, read.outcome, now=now)
    return Settled(cursor, at, outcome, detail, gap)


def _with_habits(cursor: Cursor, taught: Cursor) -> Cursor:
    return replace(
        cursor,
        rate=taught.rate,
        visible=taught.visible,
        fresh_at=taught.fresh_at,
        quiet=taught.quiet,
        quiets=taught.quiets,
    )


def _page(read: Read, gap: Gap, *, new: int, now: datetime) -> Settled:
    cursor, gap = filled(read, gap, new=new)
    cursor = replace(cursor, polled_at=now)
    if not isinstance(read.outcome, Failed):
        at = now + NEXT_PAGE if cursor.page else next_poll(read.source, cursor, NotModified(), now=now)
        return Settled(cursor, at, "older_page", gap=gap)
    # The page failed, and not the source: it is asked again at its usual time, and rested if its server says so.
    at = next_poll(read.source, replace(cursor, failures=1), read.outcome, now=now)
    rest = now + min(read.outcome.retry_after, LONGEST_REQUESTED_WAIT) if read.outcome.retry_after else None
    return Settled(replace(cursor, rest_until=rest), at, "older_page", f"{read.outcome.detail}", gap)
