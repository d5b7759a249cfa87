"""
`routes` and `escalation` of team.yaml → where alerts go whose rules name no channel, and what becomes of a flash that
nobody acknowledges.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from watcher.matching.library import is_id
from watcher.matching.names import Names
from watcher.model import ActorId, Escalation, Route, RuleId, Severity
from watcher.yamlfile import Faults, Node, Scalar, did_you_mean, read_duration, read_fields, read_list, read_texts

ROUTE_KEYS = ("severity", "rule", "actor", "language", "channels")
LIMIT_ROUTES = 100
_LANGUAGE = re.compile(r"[a-z]{2,3}")


def read_routes(node: Node, channels: Collection[str], names: Names | None, faults: Faults) -> tuple[Route, ...]:
    """
    The routes, in order; those with a problem are left out.

    Args:
        names: Knows actors; None: codes are taken as they are.
    """
    listed = read_list(node)
    if not listed or len(listed) > LIMIT_ROUTES:
        faults.add(node, "routes: expected a list such as [{severity: flash, channels: pager}]", "wrong-shape")
        return ()
    return tuple(route for one in listed if (route := _route(one, channels, names, faults)))


def read_escalation(node: Node, channels: Collection[str], faults: Faults) -> Escalation | None:
    """After which time an unacknowledged flash goes where."""
    fields = read_fields(node, ("after", "channels"), faults)
    if fields.keys() != {"after", "channels"}:
        faults.add(node, "escalation: expected {after: 15m, channels: [pager, phone]}", "missing-key")
        return None
    after, asked = read_duration(fields["after"], faults), _channels(fields["channels"], channels, faults)
    return Escalation(after, asked) if after and asked else None


def _route(node: Node, channels: Collection[str], names: Names | None, faults: Faults) -> Route | None:
    before = len(faults)
    fields = read_fields(node, ROUTE_KEYS, faults)
    if "channels" not in fields or len(fields) < 2:
        if len(faults) == before:
            keys = ", ".join(ROUTE_KEYS[:-1])
            faults.add(node, f"routes: expected channels and at least one of {keys}", "missing-key")
        return None
    found = {key: read_texts(value, faults) for key, value in fields.items() if key != "channels"}
    route = Route(
        channels=_channels(fields["channels"], channels, faults),
        severities=tuple(_severities(found.get("severity", ()), faults)),
        rules=tuple(_ids(found.get("rule", ()), faults)),
        actors=tuple(_actors(found.get("actor", ()), names, faults)),
        languages=tuple(_languages(found.get("language", ()), faults)),
    )
    return route if len(faults) == before else None


def _channels(node: Node, known: Collection[str], faults: Faults) -> tuple[str, ...]:
    asked = read_texts(node, faults, limit=50)
    for one in asked:
        if one.text not in known:
            offer = did_you_mean(one.text, known)
            faults.add(one, f"the team has no channel called {one.text!r}{offer}", "unknown-channel")
    return tuple(dict.fromkeys(one.text for one in asked if one.text in known))


def _severities(asked: tuple[Scalar, ...], faults: Faults) -> Iterator[Severity]:
    for one in asked:
        if one.text in tuple(Severity):
            yield Severity(one.text)
        else:
            offer = did_you_mean(one.text, [str(severity) for severity in Severity])
            faults.add(one, f"severity: {one.text!r} is not info, watch, high or flash{offer}", "unknown-value")


def _ids(asked: tuple[Scalar, ...], faults: Faults) -> Iterator[RuleId]:
    for one in asked:
        if is_id(one.text):
            yield RuleId(one.text)
        else:
            faults.add(one, f"rule: {one.text!r} is no id of a rule, such as us-iran-talks", "bad-id")


def _actors(asked: tuple[Scalar, ...], names: Names | None, faults: Faults) -> Iterator[ActorId]:
    for one in asked:
        probe = names.actor(one.text) if names else None
        if names is None:
            yield ActorId(one.text)
        elif probe is None:
            offer = did_you_mean(one.text, names.known(["actor"]))
            faults.add(one, f"actor: {one.text!r} is not known, or the name of several{offer}", "unknown-actor")
        else:
            yield from (ActorId(key) for key in sorted(probe.keys))


def _languages(asked: tuple[Scalar, ...], faults: Faults) -> Iterator[str]:
    for one in asked:
        if _LANGUAGE.fullmatch(one.text):
            yield one.text
        else:
            faults.add(one, f"language: {one.text!r} is no code such as ar, fa or en", "unknown-value")
