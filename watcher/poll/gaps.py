"""
What passed between two polls unseen, and reading it from older pages. Pure.

A source shows its latest items. While one of those that were latest at the last poll is still there, nothing can have
passed; when none is, something may have. Dates tell a source that was rebuilt, and gave old items new ids, from that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from watcher.model import Cause, Cursor, Fetched, Gap, GapState, Item
from watcher.poll.reading import Read
from watcher.schedule import MOST_HURRY, own_interval

LATEST = 5
MOST_PAGES = 20
CALM = 100
"""After so many polls with news and without loss the interval is doubled again."""
_KEY = 12
_SMALL = 2
"""Sources that show fewer cannot be measured: each new item would seem to hide another."""
_BEGINNING = datetime.min.replace(tzinfo=UTC)


def latest_of(items: Sequence[Item]) -> tuple[tuple[str, ...], datetime | None]:
    """The keys of the latest items, by their dates if all have one, else in the order of the source; and the newest."""
    if all(item.published for item in items):
        items = sorted(items, key=lambda item: item.published or _BEGINNING, reverse=True)
    return tuple(item.id[:_KEY] for item in items[:LATEST]), max(
        filter(None, (i.published for i in items)), default=None
    )


def measured(read: Read, cursor: Cursor, *, now: datetime) -> tuple[Cursor, Gap | None]:
    """
    The cursor with what is latest now, in a hurry if something was missed; and the gap, if one opened.

    Args:
        cursor: As it stands after this good poll.
    """
    if read.source.kind == "folder":
        return cursor, None
    keys, newest = latest_of(read.items)
    now_known = replace(cursor, latest=keys, newest=newest)
    gap = _opened(read, now=now)
    if gap is None:
        calm = cursor.calm + 1
        if cursor.hurry and calm >= CALM:
            return replace(now_known, hurry=cursor.hurry - 1, calm=0), None
        return replace(now_known, calm=calm), None
    if gap.cause is Cause.BUSY:
        now_known = replace(now_known, hurry=min(cursor.hurry + 1, MOST_HURRY), calm=0)
    page = read.older or read.source.archive
    if page is None:
        return now_known, replace(gap, state=GapState.LOST)
    return replace(now_known, gap=gap, mark=read.before.latest, page=page), gap


def _opened(read: Read, *, now: datetime) -> Gap | None:
    before = read.before
    if before.succeeded_at is None or len(read.items) <= _SMALL or before.visible <= _SMALL or not before.latest:
        return None
    visible = {item.id[:_KEY] for item in read.items}
    if not visible.isdisjoint(before.latest):
        return None
    since = before.newest or before.succeeded_at
    dates = [item.published for item in read.items if item.published]
    if before.newest and sum(date <= since for date in dates) * 2 > len(read.items):
        return None  # its dates reach back to what is known, under other ids
    until = max(min((date for date in dates if date > since), default=now), since)
    about = round((before.rate or 0) * ((until - since) / timedelta(hours=1)))
    return Gap(read.source.id, now, since, until, _cause(read, now), GapState.OPEN, about)


def _cause(read: Read, now: datetime) -> Cause:
    before = read.before
    if before.failures:
        return Cause.SOURCE
    away = now - (before.polled_at or now)
    return Cause.DOWNTIME if away > 3 * own_interval(read.source, before) + timedelta(minutes=10) else Cause.BUSY


def filled(read: Read, gap: Gap, *, new: int) -> tuple[Cursor, Gap]:
    """
    The cursor and the gap after an older page was read: filled when it met what is known, lost when there is no other.

    Args:
        gap: As it stood before.
    """
    before = read.before
    gap = replace(gap, found=gap.found + new, pages=gap.pages + 1)
    over = replace(before, gap=None, mark=(), page=None)
    if not isinstance(read.outcome, Fetched):
        gone = gap.pages >= 3 and not gap.found
        ended = gone or gap.pages >= MOST_PAGES
        return (over, replace(gap, state=GapState.LOST)) if ended else (replace(before, gap=gap), gap)
    dates = [item.published for item in read.items if item.published]
    met = any(item.id[:_KEY] in before.mark for item in read.items)
    if met or (dates and min(dates) <= gap.since):
        return over, replace(gap, state=GapState.FILLED)
    if read.older is None or not read.items or gap.pages >= MOST_PAGES:
        return over, replace(gap, state=GapState.LOST)
    return replace(before, gap=gap, page=read.older), gap
