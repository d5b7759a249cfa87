"""
Who looks after a source is told when it fails for long or falls silent, once, and when that is over. Pure.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from watcher import notices
from watcher.ingest import Commit
from watcher.model import Cursor, Failed, FailureReason, Notice, Team, TeamId, Weight
from watcher.poll.reading import Read
from watcher.schedule import is_lasting, is_silent

MOST_AN_HOUR = 20
"""Notices about sources that a team gets; the rest is in `watcher status`."""
_HOUR = timedelta(hours=1)
_SAMPLE = 10


@dataclass(frozen=True, slots=True)
class Looked:
    """The cursor with what was told, and what is owed."""

    cursor: Cursor
    commit: Commit


@dataclass(slots=True)
class Care:
    """
    What owners of sources were told of late, and how the network as a whole seems to be.

    Args:
        owner: The team that looks after sources that name none; None: nobody does.
        after: Without success for so long a source is said to fail.
    """

    owner: TeamId | None = None
    after: timedelta = timedelta(hours=6)
    _told: dict[TeamId, deque[datetime]] = field(default_factory=dict)
    _reached: dict[str, bool] = field(default_factory=dict)

    def look(self, read: Read, cursor: Cursor, *, host: str, teams: Mapping[TeamId, Team], now: datetime) -> Looked:
        """
        The cursor with what its owner has been told, and the notices to be sent.

        Args:
            cursor: As it stands after this poll.
        """
        self._note(host, read.outcome)
        team = teams.get(read.source.owner or self.owner or TeamId(""))
        if team is None:
            return Looked(cursor, Commit())
        cursor, said = self._said(read, cursor, team, now=now)
        told = [notice for notice in said if self._may_tell(team.id, now)]
        owed = tuple(one for notice in told for one in notices.owed_for(notice, team))
        return Looked(cursor, Commit(notices=tuple(told), deliveries=owed))

    def _said(self, read: Read, cursor: Cursor, team: Team, *, now: datetime) -> tuple[Cursor, list[Notice]]:
        source, outcome, said = read.source, read.outcome, []
        if isinstance(outcome, Failed):
            weight = outcome.reason.weight
            lasting = is_lasting(cursor, weight, now=now, after=self.after)
            ours = outcome.reason is FailureReason.READER_BUG or (weight is Weight.TEMPORARY and self._is_cut_off())
            if lasting and not ours and cursor.told_failing is None:
                said.append(notices.failing(team, source, cursor, outcome, now=now))
                cursor = replace(cursor, told_failing=now)
            return cursor, said
        if cursor.told_failing:
            said.append(notices.recovered(team, source, cursor.told_failing, now=now))
        silent = is_silent(source, cursor, now=now)
        if silent and cursor.told_silent is None:
            said.append(notices.silent(team, source, cursor, now=now))
        elif cursor.told_silent and not silent:
            said.append(notices.speaks(team, source, cursor.told_silent, now=now))
        since = (cursor.told_silent or now) if silent else None
        return replace(cursor, told_failing=None, told_silent=since), said

    def _may_tell(self, team: TeamId, now: datetime) -> bool:
        told = self._told.setdefault(team, deque(maxlen=MOST_AN_HOUR))
        if len(told) == MOST_AN_HOUR and now - told[0] < _HOUR:
            return False
        told.append(now)
        return True

    def _note(self, host: str, outcome: object) -> None:
        """Remember of the hosts asked last whether they could be reached."""
        failed = isinstance(outcome, Failed) and outcome.reason in (FailureReason.CONNECTION, FailureReason.TIMEOUT)
        self._reached.pop(host, None)
        self._reached[host] = not failed
        if len(self._reached) > 5 * _SAMPLE:
            del self._reached[next(iter(self._reached))]

    def _is_cut_off(self) -> bool:
        """Whether it is rather our own network that fails: of many hosts hardly one could be reached."""
        reached = sum(self._reached.values())
        return len(self._reached) >= _SAMPLE and reached * 10 <= len(self._reached)
