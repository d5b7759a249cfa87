"""
What the last day brought, for `status`, and which process works now. Reads only.
"""

from __future__ import annotations

import fcntl
import os
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from watcher.store.database import Database
from watcher.store.tables import decisions, items, sources

DAY = timedelta(days=1)
_LOCK = "hhqqi"  # struct flock: kind, from where, start, length, whose


@dataclass(frozen=True, slots=True)
class Today:
    """
    The last day.

    Args:
        items: New and edited ones.
        delays: Half and 95 of 100 items were decided within so long of their publication; empty: none tells its time.
        decisions: By kind.
        failures: Sources whose last poll failed, by how.
        process: Of the watcher that runs now; None: none does.
        memory_bytes: Which that process holds now; 0 where it cannot be seen.
    """

    items: int
    delays: tuple[timedelta, ...]
    decisions: Mapping[str, int]
    failures: Mapping[str, int]
    process: int | None
    memory_bytes: int


def today(database: Database, *, now: datetime) -> Today:
    """What the last day brought. Raises StoreError."""
    since = now - DAY
    kind = func.json_extract(decisions.c.payload, "$.kind")
    decided = select(kind, func.count()).where(decisions.c.time >= since).group_by(kind)
    failed = (
        select(sources.c.outcome, func.count())
        .where(sources.c.enrolled.is_(True), sources.c.failures > 0)
        .group_by(sources.c.outcome)
    )
    read = select(func.count()).where(items.c.seen >= since)
    timed = select(items.c.published, items.c.seen).where(
        items.c.seen >= since, items.c.published.is_not(None), items.c.baseline.is_(False)
    )
    process = deciding(database)
    with database.read() as connection:
        waited = sorted(max(seen - published, timedelta()) for published, seen in connection.execute(timed))
        return Today(
            items=connection.execute(read).scalar_one(),
            delays=tuple(waited[len(waited) * part // 100] for part in (50, 95)) if waited else (),
            decisions={row[0]: row[1] for row in connection.execute(decided)},
            failures={row[0]: row[1] for row in connection.execute(failed)},
            process=process,
            memory_bytes=_memory(process) if process else 0,
        )


def deciding(database: Database) -> int | None:
    """The process that decides for this database now; None: none does. It looks at the lock and does not take it."""
    try:
        file = os.open(database.path.with_name(database.path.name + ".lock"), os.O_RDWR)
    except OSError:
        return None
    try:
        asked = struct.pack(_LOCK, fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
        kind, _, _, _, process = struct.unpack(_LOCK, fcntl.fcntl(file, fcntl.F_GETLK, asked))
    finally:
        os.close(file)
    return None if kind == fcntl.F_UNLCK else int(process)


def _memory(process: int) -> int:
    try:
        with open(f"/proc/{process}/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return 0
