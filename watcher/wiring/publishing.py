"""
Alerts and appointments as files for any web server: Atom and JSON feeds of each team and rule, and the calendar.

    FOLDER/TEAM.atom, TEAM.json              the latest alerts of a team
    FOLDER/TEAM/RULE.atom, RULE.json         those that one rule raised
    FOLDER/calendar.ics                      appointments from ten days ago on

A file is written beside its place and moved there, so a reader gets the old one or the new one, and only when it
changed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from watcher.errors import ConfigError, Problem
from watcher.matching import Ruleset
from watcher.model import Team
from watcher.render import Renderer, Told
from watcher.render.feeds import atom, json_feed
from watcher.render.ics import calendar_file
from watcher.store import Store
from watcher.wiring.diary import written

ENTRIES = 100
LOOK_BACK = timedelta(days=10)


def publish(folder: Path, store: Store, ruleset: Ruleset, renderer: Renderer, *, now: datetime) -> int:
    """
    Write what changed; how many files did.

    Raises:
        ConfigError: The folder cannot be written to.
        StoreError: The database could not be read.
    """
    return sum(_put(folder / name, content) for name, content in _files(store, ruleset, renderer, now=now))


def mark(store: Store, ruleset: Ruleset, *, now: datetime) -> tuple[object, ...]:
    """As long as it stays the same there is nothing new to write; it changes with each alert, and each hour."""
    newest = tuple(line.alert.id for line in store.views.alerts(limit=1))
    return ruleset.digest, newest, now.replace(minute=0, second=0, microsecond=0)


def _files(store: Store, ruleset: Ruleset, renderer: Renderer, *, now: datetime) -> Iterator[tuple[str, str]]:
    for team in ruleset.teams.values():
        tolds = _told(store, team)
        yield from _feeds(team.id, team.name, tolds, renderer, now)
        for rule in ruleset.rules:
            if rule.team == team.id:
                own = [told for told in tolds if rule.id in told.alert.rules]
                yield from _feeds(f"{team.id}/{rule.id}", f"{team.name}: {rule.title}", own, renderer, now)
    kept = store.views.appointments(since=(now - LOOK_BACK).date(), until=None, fresh=now - LOOK_BACK)
    yield "calendar.ics", calendar_file(written(one, ruleset.vocabulary, "UTC") for one in kept)


def _feeds(key: str, title: str, tolds: list[Told], renderer: Renderer, now: datetime) -> Iterator[tuple[str, str]]:
    # An empty feed has the same time whenever it is written, or its file would change each minute.
    moment = now.replace(hour=0, minute=0, second=0, microsecond=0)
    yield f"{key}.atom", atom(tolds, key=key, title=title, body=renderer.body, now=moment)
    yield f"{key}.json", json_feed(tolds, title=title, body=renderer.body)


def _told(store: Store, team: Team) -> list[Told]:
    """The latest alerts of the team, newest first, without those that only rules under test raised."""
    lines = store.views.alerts(team=team.id, limit=ENTRIES)
    live = [line.alert for line in lines if any(match.wishes.stage == "live" for match in line.alert.matches)]
    return [store.views.told(alert.id, team) for alert in live]


def _put(path: Path, content: str) -> bool:
    """Whether the file had to be written."""
    wanted = content.encode("utf-8", "replace")
    part = path.with_name(f".{path.name}.part")
    try:
        if path.exists() and path.read_bytes() == wanted:
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(wanted)
        os.replace(part, path)
    except OSError as error:
        message = f"feeds: {error.strerror}; it must be a folder that this user can write to"
        raise ConfigError([Problem(str(path), 0, 0, message, "bad-setting")]) from error
    return True
