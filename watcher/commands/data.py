"""`watcher backup`, `restore` and `migrate`: a copy of everything, the way back, and the way forward."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from watcher.store import Copied


def backup(
    target: str = typer.Argument(help="The file to write; it must not exist. A folder: a name with the time in it."),
) -> None:
    """Copy the database while watcher runs, look the copy through, and only then give it its name."""
    from watcher.store import back_up

    path = Path(target)
    if path.is_dir() or target.endswith("/"):
        path = path / f"watcher-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.db"
    _say("backup", back_up(_database(), path))


def restore(
    copy: Path = typer.Argument(help="A file that `watcher backup` wrote."),
    check: bool = typer.Option(False, "--check", help="Only look it through."),
) -> None:
    """
    Make a backup the database; watcher must not be running. What was there stays beside it.

    Deliveries that were due when the backup was made are sent again, under the ids they had.
    """
    from watcher.store import inspect, path_of, put_back
    from watcher.store.lease import alone

    if check:
        _say("sound", inspect(copy))
        return
    target = path_of(_url())
    with alone(target):
        aside = put_back(copy, target, now=datetime.now(UTC))
    _say("restored", inspect(target))
    if aside:
        sys.stdout.write(f"what was there is {aside}\n")


def migrate() -> None:
    """Bring the database to this version's schema, after a backup beside it; every start of `run` does the same."""
    from watcher.store import bring_up, inspect, path_of
    from watcher.store.database import Database, create_file

    path = path_of(_url())
    create_file(path)
    database = Database(path)
    try:
        before = bring_up(database)
    finally:
        database.close()
    if before:
        sys.stdout.write(f"schema {before.version} is now {inspect(path).version}; the way back: {before.path}\n")
    else:
        sys.stdout.write(f"schema {inspect(path).version}: nothing to do\n")


def _url() -> str:
    from watcher.settings import load_settings

    return load_settings(Path()).database


def _database() -> Path:
    from watcher.store import path_of

    return path_of(_url())


def _say(what: str, found: Copied) -> None:
    size = found.path.stat().st_size / 1e6
    counted = ", ".join(
        f"{found.rows.get(table, 0)} {table}" for table in ("items", "developments", "alerts", "deliveries")
    )
    sys.stdout.write(f"{what}: {found.path} ({size:.1f} MB, schema {found.version}; {counted})\n")
