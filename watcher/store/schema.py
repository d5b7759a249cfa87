"""
Which version the database has, and bringing it to ours.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from watcher.errors import StoreError
from watcher.store.database import Database

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0006"
MIGRATIONS = Path(__file__).with_name("migrations")


def version(database: Database) -> str | None:
    """The version of the schema; None: the database is empty."""
    with database.read() as connection:
        return _version(connection)


def upgrade(database: Database) -> None:
    """
    Bring the schema to this program's version, all of it or nothing; at once when it has it.

    Raises:
        StoreError: Not retryable when the schema is newer than this program.
    """
    if version(database) == HEAD:
        return
    # Alembic costs 100 ms to import, and nearly every start needs none of it.
    from alembic import command

    config = _config()
    with database.write() as connection:
        # Again, with the lock held: another process may have been upgrading meanwhile.
        _refuse_newer(database.path, _version(connection))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def refuse_newer(database: Database) -> None:
    """Raises StoreError, not retryable, when the schema is newer than this program."""
    _refuse_newer(database.path, version(database))


def _refuse_newer(path: Path, found: str | None) -> None:
    from alembic.script import ScriptDirectory

    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if found is not None and found not in known:
        message = (
            f"{path}: made by a newer watcher (schema {found}, this one knows {HEAD}); "
            "install that version again, or restore a backup"
        )
        raise StoreError(message, retryable=False)


def _config() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
