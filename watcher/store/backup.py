"""
A copy of the database while it is in use, one that was looked through before it bears its name; and the way back.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from watcher.errors import StoreError
from watcher.store.database import create_file

SIDES = ("-wal", "-shm")


@dataclass(frozen=True, slots=True)
class Copied:
    """A copy that was looked through: its schema's version and the rows of each table."""

    path: Path
    version: str
    rows: Mapping[str, int]


def back_up(source: Path, target: Path) -> Copied:
    """
    Copy a database, also while it is written to: one consistent state, compared with the original and synced.

    Raises:
        StoreError: There is none, the target exists, or the copy is not what it should be; then no target is left.
    """
    if not source.is_file():
        raise StoreError(f"{source}: there is no such database", retryable=False)
    if target.exists():
        raise StoreError(f"{target}: exists already; a backup overwrites nothing", retryable=False)
    part = target.with_name(target.name + ".part")
    part.unlink(missing_ok=True)
    create_file(part)
    try:
        expected = _copy(source, part)
        found = inspect(part)
        if found.rows != expected:
            raise StoreError(f"{target}: the copy differs from {source}; the disk may be failing", retryable=False)
        _sync(part)
        part.rename(target)
        _sync(target.parent)
    except sqlite3.Error as error:
        raise StoreError(f"{target}: {error}", retryable=False) from error
    except OSError as error:
        raise StoreError(f"{target}: {error.strerror}", retryable=False) from error
    finally:
        part.unlink(missing_ok=True)
    return Copied(target, found.version, found.rows)


def inspect(path: Path) -> Copied:
    """
    Look a database through: every page, every reference, the rows of each table.

    Raises:
        StoreError: It is damaged or no database of watcher's.
    """
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            said = [row[0] for row in connection.execute("PRAGMA integrity_check(5)")]
            if said != ["ok"]:
                raise StoreError(f"{path}: damaged: {'; '.join(said)}", retryable=False)
            if dangling := connection.execute("PRAGMA foreign_key_check").fetchmany(5):
                raise StoreError(f"{path}: damaged: rows refer to rows that are not there: {dangling}", retryable=False)
            rows = _rows(connection)
            if "alembic_version" not in rows:
                raise StoreError(f"{path}: no database of watcher's", retryable=False)
            version = str(connection.execute("SELECT version_num FROM alembic_version").fetchone()[0])
    except sqlite3.Error as error:
        raise StoreError(f"{path}: {error}", retryable=False) from error
    return Copied(path, version, rows)


def put_back(copy: Path, target: Path, *, now: datetime) -> Path | None:
    """
    Make a copy the database; what was there is kept beside it, under the name that is returned. None: nothing was.

    Nobody may be using the database: the caller holds its lease.

    Raises:
        StoreError: The copy is damaged; nothing was changed.
    """
    inspect(copy)
    fresh = target.with_name(target.name + ".fresh")
    fresh.unlink(missing_ok=True)
    back_up(copy, fresh)
    aside = target.with_name(f"{target.name}.replaced-{now:%Y%m%dT%H%M%S}") if target.exists() else None
    for side in ("", *SIDES):
        file = target.with_name(target.name + side)
        if aside and file.exists():
            file.rename(aside.with_name(aside.name + side))
    fresh.rename(target)
    _sync(target.parent)
    return aside


def _copy(source: Path, target: Path) -> Mapping[str, int]:
    """Rows of each table in the state that was copied."""
    reading = sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None, timeout=30)
    with closing(reading), closing(sqlite3.connect(target)) as writing:
        reading.execute("BEGIN")
        rows = _rows(reading)
        reading.backup(writing)
        reading.execute("COMMIT")
        writing.execute("PRAGMA journal_mode=DELETE")
    return rows


def _rows(connection: sqlite3.Connection) -> dict[str, int]:
    # A virtual table is an index into others, which are counted.
    plain = "name NOT LIKE 'sqlite_%' AND sql NOT LIKE 'CREATE VIRTUAL%'"
    query = f"SELECT name FROM sqlite_master WHERE type = 'table' AND {plain} ORDER BY name"  # noqa: S608
    tables = [row[0] for row in connection.execute(query)]
    counts = (connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0] for table in tables)  # noqa: S608
    return dict(zip(tables, counts, strict=True))


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
