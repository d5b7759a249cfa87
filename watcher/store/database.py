"""
One database file: connections, transactions, and what its refusals mean to us.

SQLite in WAL mode: one writer at a time, readers never wait. `synchronous=FULL`: when a write returns it survives a
power cut, so an alert that a person may already have read is never forgotten and raised anew under another decision.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Lock
from typing import TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError
from sqlalchemy.pool import ConnectionPoolEntry

from watcher.errors import StoreError
from watcher.store.indexing import holds_words, searchable

Key = TypeVar("Key")
BUSY = timedelta(seconds=5)
CHUNK = 500
# What the same call may meet no longer at the next tick; a person may have to make room or mend rights first.
_RETRYABLE = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_FULL", "SQLITE_IOERR", "SQLITE_CANTOPEN", "SQLITE_READONLY")
_DAMAGED = ("SQLITE_CORRUPT", "SQLITE_NOTADB")
_REMEDIES = {
    "SQLITE_BUSY": "another program holds the database; it will be tried again",
    "SQLITE_FULL": "the disk is full; make room, nothing is lost meanwhile",
    "SQLITE_IOERR": "the disk failed; look at the system's log",
    "SQLITE_CANTOPEN": "the folder must exist and be writable for this user",
    "SQLITE_READONLY": "the file must be writable for this user",
    "SQLITE_CORRUPT": "the file is damaged; restore a backup",
    "SQLITE_NOTADB": "the file is not a database",
}


class Database:
    """Transactions on one SQLite file, from any thread."""

    def __init__(self, path: Path, *, busy: timedelta = BUSY) -> None:
        self.path = path
        self._engine = _engine(path, busy)
        self._immediate = self._engine.execution_options(immediate=True)
        # Our own threads queue here: SQLite's busy handler polls, and would let one of them wait for 25 ms and more.
        self._writing = Lock()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent view of everything committed so far. Raises StoreError."""
        with refusals(self.path), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """
        All or nothing. Never held across I/O.

        Raises:
            StoreError: Nothing was written; `retryable` unless the file is damaged.
        """
        with self._writing, refusals(self.path), self._immediate.begin() as connection:
            yield connection

    def size_bytes(self) -> int:
        """Of the file and its log on disk."""
        files = (self.path, self.path.with_name(self.path.name + "-wal"))
        return sum(file.stat().st_size for file in files if file.exists())

    def close(self) -> None:
        """Let go of every connection."""
        self._engine.dispose()


def chunks(keys: Sequence[Key]) -> Iterator[Sequence[Key]]:
    """The keys in parts small enough for one `IN (…)`."""
    for start in range(0, len(keys), CHUNK):
        yield keys[start : start + CHUNK]


def path_of(url: str) -> Path:
    """
    The file that a URL such as `sqlite:///watcher.db` names.

    Raises:
        StoreError: It is no such URL.
    """
    try:
        parsed: URL = make_url(url)
    except ArgumentError as error:
        raise StoreError("database: expected sqlite:///FILE", retryable=False) from error
    if parsed.get_backend_name() != "sqlite" or not parsed.database or parsed.database == ":memory:":
        message = f"database: {parsed.drivername} is not supported; expected sqlite:///FILE"
        raise StoreError(message, retryable=False)
    return Path(parsed.database)


@contextmanager
def refusals(path: Path) -> Iterator[None]:
    """Turns what SQLite refuses into StoreError; a statement of ours that is wrong stays what it is."""
    try:
        yield
    except DatabaseError as error:
        name = getattr(error.orig, "sqlite_errorname", "")
        short = "_".join(name.split("_")[:2])  # SQLITE_IOERR_WRITE and its kin
        if short not in _RETRYABLE + _DAMAGED:
            raise
        message = f"{path}: {error.orig} ({_REMEDIES.get(short, 'it will be tried again')})"
        raise StoreError(message, retryable=short in _RETRYABLE) from error


def create_file(path: Path) -> None:
    """
    An empty file that only its owner can read, unless there is one; SQLite gives its side files the same rights.

    Raises:
        StoreError: The folder is not there or not writable.
    """
    try:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror} ({_REMEDIES['SQLITE_CANTOPEN']})") from error


def _casefolded(text: str | None) -> str | None:
    return None if text is None else text.casefold()


def _engine(path: Path, busy: timedelta) -> Engine:
    engine = create_engine(URL.create("sqlite", database=str(path)))

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
        # SQLite's own `lower` knows ASCII only.
        connection.create_function("casefolded", 1, _casefolded, deterministic=True)
        connection.create_function("searchable", 2, searchable, deterministic=True)
        connection.create_function("holds_words", 2, holds_words, deterministic=True)
        connection.isolation_level = None  # we say BEGIN ourselves, see below
        for pragma in (
            f"busy_timeout={busy // timedelta(milliseconds=1)}",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "journal_size_limit=67108864",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A writer asks for the lock at once: one that begins as a reader fails at its first write when another was
        # faster, and no waiting helps.
        immediate = connection.get_execution_options().get("immediate")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

    return engine
