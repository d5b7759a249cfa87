"""
Rule texts by team: the last good version that survives a restart, and what was in force at any time (for `why`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import Connection, Select, delete, func, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert

from watcher.errors import Problem
from watcher.model import TeamId
from watcher.store.codec import adapter, sound
from watcher.store.database import Database
from watcher.store.tables import rule_folders, rule_history, team_problems


@dataclass(frozen=True, slots=True)
class Rejected:
    """A team folder that is not in force because of its problems, and since when."""

    team: TeamId
    since: datetime
    problems: tuple[Problem, ...]


class RuleShelf:
    """Every folder that was ever in force, each text once."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, team: TeamId, texts: Mapping[str, str], *, now: datetime) -> None:
        """
        The team's folder is good and in force from now on; nothing is written when it already was.

        Args:
            texts: By path within the folder. `_shared` is kept like a team.
        """
        content = sound(json.dumps(dict(texts), sort_keys=True, ensure_ascii=False))
        name = sha256(content.encode()).hexdigest()
        with self._database.write() as connection:
            if _current(connection).get(team) != name:
                connection.execute(upsert(rule_folders).on_conflict_do_nothing(), {"hash": name, "texts": content})
                connection.execute(insert(rule_history), {"team": team, "hash": name, "since": now})
            connection.execute(delete(team_problems).where(team_problems.c.team == team))

    def drop(self, team: TeamId, *, now: datetime) -> None:
        """The team's folder is gone: it has no last good version any more."""
        with self._database.write() as connection:
            if _current(connection).get(team):
                connection.execute(insert(rule_history), {"team": team, "hash": None, "since": now})
            connection.execute(delete(team_problems).where(team_problems.c.team == team))

    def reject(self, team: TeamId, problems: Sequence[Problem], *, now: datetime) -> None:
        """The team's folder has problems; what was in force stays so. `since` is the first time in a row."""
        payload = adapter(tuple[Problem, ...]).dump_json(tuple(problems)).decode()
        query = upsert(team_problems).values(team=team, since=now, payload=payload)
        with self._database.write() as connection:
            connection.execute(
                query.on_conflict_do_update(index_elements=["team"], set_={"payload": query.excluded.payload})
            )

    def rejected(self) -> tuple[Rejected, ...]:
        """Teams with problems, by name."""
        query = select(team_problems.c.team, team_problems.c.since, team_problems.c.payload)
        shape = adapter(tuple[Problem, ...])
        with self._database.read() as connection:
            found = connection.execute(query.order_by(team_problems.c.team))
            return tuple(Rejected(TeamId(team), since, shape.validate_json(payload)) for team, since, payload in found)

    def in_force(self, *, at: datetime | None = None) -> dict[TeamId, dict[str, str]]:
        """The texts of every team by path, as they were in force at a time; None: the last good ones."""
        with self._database.read() as connection:
            names = {team: name for team, name in _current(connection, at).items() if name}
            query = select(rule_folders.c.hash, rule_folders.c.texts).where(rule_folders.c.hash.in_(names.values()))
            texts = {name: json.loads(content) for name, content in connection.execute(query)}
        return {team: texts[name] for team, name in names.items()}


def _current(connection: Connection, at: datetime | None = None) -> dict[TeamId, str | None]:
    """The hash in force for each team; None: it has gone."""
    newest: Select[int] = select(func.max(rule_history.c.seq)).group_by(rule_history.c.team)
    if at is not None:
        newest = newest.where(rule_history.c.since <= at)
    query = select(rule_history.c.team, rule_history.c.hash).where(rule_history.c.seq.in_(newest))
    return {TeamId(team): name for team, name in connection.execute(query)}
