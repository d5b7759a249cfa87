"""
What people said of alerts: kept as long as the alerts, counted by rule.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert

from watcher.model import Feedback, TeamId
from watcher.store.codec import dump, load, sound
from watcher.store.database import Database
from watcher.store.tables import feedback


class FeedbackBook:
    """Verdicts of readers; all methods raise StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, one: Feedback) -> None:
        """Keep a verdict; it replaces what the same person said of the same before."""
        query = insert(feedback)
        values = {
            "subject": sound(one.subject),
            "team": one.team,
            "by": sound(one.by),
            "time": one.time,
            "payload": dump(one),
        }
        replaced = {name: query.excluded[name] for name in ("time", "payload")}
        with self._database.write() as connection:
            connection.execute(
                query.on_conflict_do_update(index_elements=["subject", "team", "by"], set_=replaced), values
            )

    def given(self, *, team: TeamId | None = None, since: datetime | None = None) -> tuple[Feedback, ...]:
        """The verdicts that stand, oldest first."""
        query = select(feedback.c.payload).order_by(feedback.c.time)
        if team is not None:
            query = query.where(feedback.c.team == team)
        if since is not None:
            query = query.where(feedback.c.time >= since)
        with self._database.read() as connection:
            return tuple(load(Feedback, payload) for payload in connection.execute(query).scalars())
