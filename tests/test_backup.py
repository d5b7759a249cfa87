"""A copy of everything, the way back, and the way forward from an older version."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.world import World, world
from watcher.errors import StoreError
from watcher.store import back_up, inspect, open_store, put_back

MINUTES = timedelta(minutes=1)
NOON = datetime(2026, 2, 4, 12, tzinfo=UTC)
OLD = (Path(__file__).parent / "data" / "database_0001.sql").read_text(encoding="utf-8")
COMMAND = (sys.executable, "-c", "from watcher.cli import main; main()")


@pytest.fixture
def gulf(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path) as made:
        yield made


def rows(path: Path) -> dict[str, list[dict[str, object]]]:
    """Everything, by table."""
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        query = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'"
        tables = [row[0] for row in connection.execute(query)]
        return {
            table: [dict(row) for row in connection.execute(f'SELECT * FROM "{table}"')]
            for table in tables
            if not table.startswith("sqlite_")
        }


def old_database(path: Path) -> dict[str, list[dict[str, object]]]:
    """A database as the first version left it: four items, two alerts, a delivery that waits; its rows."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(OLD)
    return rows(path)


def run(made: World, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("WATCHER_")}
    return subprocess.run(
        [*COMMAND, *arguments], cwd=made.folder, env=environment | made.environment(), capture_output=True, text=True,
        check=False, timeout=60,
    )  # fmt: skip


def test_a_database_of_the_first_version_is_upgraded_row_for_row(tmp_path: Path) -> None:
    path = tmp_path / "watcher.db"
    before = old_database(path)

    open_store(f"sqlite:///{path}").close()

    after = rows(path)
    for table in before.keys() - {"alembic_version"}:
        kept = [{name: row[name] for name in old} for old, row in zip(before[table], after[table], strict=True)]
        assert kept == before[table], table
    assert rows(tmp_path / "watcher.db.schema-0001") == before
    assert (tmp_path / "watcher.db.schema-0001").stat().st_mode & 0o777 == 0o600


def test_after_the_upgrade_what_was_owed_is_sent_and_nothing_is_told_again(gulf: World) -> None:
    old_database(gulf.folder / "watcher.db")
    gulf.clock.time += timedelta(minutes=30)
    gulf.publish("Iran, US to hold third round of talks in Muscat on 18 February", key="e")
    gulf.poll()
    gulf.deliver(after=5 * MINUTES)

    assert len(gulf.subjects()) == 1
    assert "brought forward" in gulf.subjects()[0] or "11 Feb" in gulf.subjects()[0]


def test_the_way_back_from_an_upgrade_is_the_backup_beside_it(gulf: World) -> None:
    path = gulf.folder / "watcher.db"
    before = old_database(path)

    assert run(gulf, "migrate").stdout.startswith("schema 0001 is now")
    assert run(gulf, "migrate").stdout.endswith("nothing to do\n")
    said = run(gulf, "restore", "watcher.db.schema-0001")

    assert said.returncode == 0, said.stderr
    assert rows(path) == before
    assert "watcher.db.replaced-" in said.stdout


def test_a_database_of_a_newer_version_is_refused_and_left_alone(gulf: World) -> None:
    path = gulf.folder / "watcher.db"
    old_database(path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")

    said = run(gulf, "migrate")

    assert said.returncode == 3
    assert "made by a newer watcher (schema 9999" in said.stderr
    assert [file.name for file in gulf.folder.glob("watcher.db.schema*")] == []


def test_a_running_watcher_is_neither_upgraded_nor_replaced(gulf: World) -> None:
    gulf.start()
    copy = gulf.folder / "copy.db"

    assert run(gulf, "backup", "copy.db").returncode == 0
    said = run(gulf, "restore", "copy.db")

    assert said.returncode == 3
    assert "stop it first" in said.stderr
    assert inspect(copy).rows["sources"] == 1


def test_a_backup_taken_while_it_writes_is_one_consistent_state(tmp_path: Path) -> None:
    path, target = tmp_path / "watcher.db", tmp_path / "copy.db"
    open_store(f"sqlite:///{path}").close()
    stop = threading.Event()

    def write() -> None:
        with closing(sqlite3.connect(path, timeout=30)) as connection:
            while not stop.is_set():
                with connection:
                    connection.execute("UPDATE lease SET number = number + 1, holder = CAST(number + 1 AS TEXT)")

    writing = threading.Thread(target=write)
    writing.start()
    try:
        copies = [back_up(path, target.with_name(f"copy-{number}.db")) for number in range(5)]
    finally:
        stop.set()
        writing.join()

    for copy in copies:
        [state] = rows(copy.path)["lease"]
        assert str(state["number"]) == state["holder"] or state["number"] == 0
        assert copy.path.stat().st_mode & 0o777 == 0o600


def test_a_damaged_copy_is_found_out_and_changes_nothing(tmp_path: Path) -> None:
    path, copy = tmp_path / "watcher.db", tmp_path / "copy.db"
    old_database(path)
    before = rows(path)
    back_up(path, copy)
    content = bytearray(copy.read_bytes())
    content[4096:12288] = b"\xff" * 8192
    copy.write_bytes(content)

    with pytest.raises(StoreError):
        put_back(copy, path, now=NOON)

    assert rows(path) == before
    assert sorted(file.name for file in tmp_path.iterdir()) == ["copy.db", "watcher.db"]


@pytest.mark.parametrize(
    ("make", "says"),
    [
        pytest.param(lambda path: path.write_bytes(b"no database at all" * 100), "not a database", id="something else"),
        pytest.param(lambda path: sqlite3.connect(path).execute("CREATE TABLE x (y)"), "no database", id="another's"),
        pytest.param(lambda path: None, "unable to open", id="nothing"),
    ],
)
def test_what_is_no_backup_is_not_restored(gulf: World, make: object, says: str) -> None:
    assert callable(make)
    make(gulf.folder / "copy.db")

    said = run(gulf, "restore", "copy.db")

    assert said.returncode == 3
    assert says in said.stderr


def test_a_backup_overwrites_nothing(gulf: World) -> None:
    gulf.start()
    (gulf.folder / "copy.db").write_text("precious")

    said = run(gulf, "backup", "copy.db")

    assert said.returncode == 3
    assert (gulf.folder / "copy.db").read_text() == "precious"
    assert run(gulf, "backup", ".").stdout.startswith("backup: watcher-")
