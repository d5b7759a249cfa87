"""
What people do not want to be told of for a time. A silence hides alerts of every severity, and what it hides is held
with its author and reason: `alerts why` can tell, and the team gets a report at the end.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from watcher.model import Development, Match, Silence

SOON = timedelta(hours=1)


def hiding(silences: Iterable[Silence], match: Match, development: Development, *, now: datetime) -> Silence | None:
    """The silence in force that hides this match, the one that ends last; None: nobody asked for it."""
    found = [one for one in silences if one.start <= now < one.end and _covers(one, match, development)]
    return max(found, key=lambda one: one.end, default=None)


def said(silence: Silence) -> str:
    """Who hides it, until when and why, in a line."""
    return f"silenced by {silence.author} until {silence.end:%Y-%m-%d %H:%M} UTC: {silence.reason} ({silence.id})"


def about(silence: Silence) -> str:
    """What it hides, such as `team gulf, actor IRN`."""
    chosen = [(kind, getattr(silence, kind)) for kind in ("team", "rule", "story", "actor")]
    return ", ".join(f"{kind} {value}" for kind, value in chosen if value) or "everything"


def reminder_at(silence: Silence) -> datetime:
    """When its end is announced: an hour before, or for short ones a quarter of their time."""
    return silence.end - min(SOON, (silence.end - silence.start) / 4)


def _covers(silence: Silence, match: Match, development: Development) -> bool:
    return (
        silence.team in ("", match.team)
        and silence.rule in ("", match.rule)
        and silence.story in ("", development.story)
        and (not silence.actor or silence.actor in development.actors)
    )
