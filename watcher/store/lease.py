"""
One decider for a database.

Two processes that decide over one database would each tell a team of the same development. A lock on a file beside the
database keeps the second one out; the system frees it the moment its holder dies, so a restart never waits, and no
clock is involved. The number in the `lease` row fences: a process whose lock was lost all the same (a copied file, a
network disk) fails at its next commit instead of deciding beside the new one.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, select, update

from watcher.errors import StoreError
from watcher.store.database import Database
from watcher.store.outbox import free_claims
from watcher.store.tables import lease


class Lease:
    """The right to decide and to deliver, until released or the process ends."""

    def __init__(self, number: int, lock: int) -> None:
        self.number = number
        self._lock: int | None = lock

    def check(self, connection: Connection) -> None:
        """Part of every transaction of the decider. Raises StoreError, not retryable, when another took over."""
        number, holder = connection.execute(select(lease.c.number, lease.c.holder)).one()
        if number != self.number:
            raise StoreError(f"another watcher decides for this database: {holder}", retryable=False)

    def release(self) -> None:
        """Let another process decide; once is enough, and again does nothing."""
        lock, self._lock = self._lock, None
        if lock is not None:
            os.close(lock)


def take(database: Database, holder: str, *, now: datetime) -> Lease | None:
    """
    The lease, if no living process has it; None: another one does.

    Deliveries that the holder before was sending when it died are due again at once. Within one process the last to
    take it has it.

    Args:
        holder: Who we are, for the message that others get.
    """
    lock = _lock(database.path.with_name(database.path.name + ".lock"))
    if lock is None:
        return None
    with ExitStack() as undo:
        undo.callback(os.close, lock)
        with database.write() as connection:
            number = connection.execute(
                update(lease).values(number=lease.c.number + 1, holder=holder, taken=now).returning(lease.c.number)
            ).scalar_one()
            free_claims(connection, now=now)
        undo.pop_all()
    return Lease(number, lock)


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """
    Nobody decides for the database at this path meanwhile.

    Raises:
        StoreError: Not retryable: a running watcher does.
    """
    lock = _lock(path.with_name(path.name + ".lock"))
    if lock is None:
        raise StoreError(f"{path}: a running watcher uses it: stop it first", retryable=False)
    try:
        yield
    finally:
        os.close(lock)


def _lock(path: Path) -> int | None:
    """An open file that this process has locked; None when another has."""
    try:
        file = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror}") from error
    try:
        # A record lock, which children that outlive a killed parent do not inherit, as they would with flock.
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(file)
        return None
    return file
