"""
Which channels of a team an alert goes to: those that its rules name, else those of the routes that fit, else the
default.
"""

from __future__ import annotations

from collections.abc import Iterable

from watcher.model import Development, Match, Route, Team


def channels_of(matches: Iterable[Match], development: Development, team: Team) -> tuple[str, ...]:
    """Names of channels, each once; rules under test speak to consoles only."""
    names: dict[str, None] = {}
    for match in matches:
        asked = match.wishes.channels or _routed(match, development, team) or (team.default,)
        if match.wishes.stage == "test":
            asked = tuple(name for name, address in team.channels.items() if address.kind == "console")
        names.update(dict.fromkeys(name for name in asked if name in team.channels))
    return tuple(names)


def _routed(match: Match, development: Development, team: Team) -> tuple[str, ...]:
    return tuple(name for route in team.routes if _fits(route, match, development) for name in route.channels)


def _fits(route: Route, match: Match, development: Development) -> bool:
    lang = development.facts.lang if development.facts else None
    return (
        (not route.severities or match.severity in route.severities)
        and (not route.rules or match.rule in route.rules)
        and (not route.actors or not set(route.actors).isdisjoint(development.actors))
        and (not route.languages or lang in route.languages)
    )
