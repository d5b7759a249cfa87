"""
What a rule asks of policy: who is told, how often and when. Nodes → Wishes.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import timedelta

from watcher.matching.library import is_id
from watcher.model import GRAINS, Corroboration, RuleId, Wishes
from watcher.yamlfile import (
    Faults,
    Node,
    Scalar,
    did_you_mean,
    read_choice,
    read_clock,
    read_duration,
    read_fields,
    read_number,
    read_text,
    read_texts,
)

WISH_KEYS = ("corroborate", "count", "notify", "throttle", "digest", "updates", "grain", "stage", "was")
STAGES = ("draft", "test", "live", "retired")
UPDATES = ("thread", "each", "none")


def read_wishes(fields: Mapping[str, Node], channels: Collection[str] | None, faults: Faults) -> Wishes:
    """
    The wishes among the keys of a rule.

    Args:
        channels: Names that `notify` may have; None: not known here, as in `_shared`.
    """
    at_least, first_in, none_for = _read_count(fields["count"], faults) if "count" in fields else (None, None, None)
    return Wishes(
        channels=_read_channels(fields["notify"], channels, faults) if "notify" in fields else (),
        updates=_choice(fields, "updates", UPDATES, faults) or "thread",
        grain=_choice(fields, "grain", GRAINS, faults) or "normal",
        throttle=read_rate(fields["throttle"], faults) if "throttle" in fields else None,
        digest=read_digest(fields["digest"], faults) if "digest" in fields else None,
        corroborate=_read_corroboration(fields["corroborate"], faults) if "corroborate" in fields else None,
        at_least=at_least,
        first_in=first_in,
        none_for=none_for,
        stage=_choice(fields, "stage", STAGES, faults) or "live",
        was=_read_was(fields["was"], faults) if "was" in fields else (),
    )


def _choice(fields: Mapping[str, Node], key: str, choices: Collection[str], faults: Faults) -> str | None:
    return read_choice(fields[key], choices, faults, key=key) if key in fields else None


def _read_channels(node: Node, channels: Collection[str] | None, faults: Faults) -> tuple[str, ...]:
    found = []
    for name in read_texts(node, faults, limit=20):
        if channels is None or name.text in channels:
            found.append(name.text)
            continue
        known = ", ".join(sorted(channels)) or "none"
        offer = did_you_mean(name.text, channels) or f"; channels in team.yaml: {known}"
        faults.add(name, f"notify: the team has no channel called {name.text!r}{offer}", "unknown-channel")
    return tuple(dict.fromkeys(found))


def _read_was(node: Node, faults: Faults) -> tuple[RuleId, ...]:
    found = []
    for name in read_texts(node, faults, limit=50):
        if is_id(name.text):
            found.append(RuleId(name.text))
        else:
            faults.add(name, f"was: {name.text!r} is not a rule's id, such as meeting-moved-up", "bad-name")
    return tuple(found)


def read_rate(node: Node, faults: Faults) -> tuple[int, timedelta] | None:
    """`1 per 20m`, `30 per hour`."""
    said = node.text.strip() if isinstance(node, Scalar) else ""
    found = re.fullmatch(r"([0-9]{1,6})\s*(?:per|/|a|an|in)\s*(.+)", said)
    if found and int(found[1]) > 0:
        span = read_duration(Scalar(node.path, node.line, node.column, found[2]), faults)
        return (int(found[1]), span) if span else None
    faults.add(node, f"expected a rate such as `1 per 20m` or `30 per hour`, found {said[:40]!r}", "wrong-shape")
    return None


def read_digest(node: Node, faults: Faults) -> str | None:
    """`hourly`, or `daily 07:00`; the time with two digits each."""
    text = read_text(node, faults)
    if text is None or text == "hourly":
        return text
    said = text.removeprefix("daily").strip()
    if text.startswith("daily"):
        minutes = read_clock(Scalar(node.path, node.line, node.column, said), faults)
        return f"daily {minutes // 60:02}:{minutes % 60:02}" if minutes is not None else None
    faults.add(node, f"digest: {text!r} is not understood: expected `hourly` or `daily 07:00`", "unknown-value")
    return None


def _read_corroboration(node: Node, faults: Faults) -> Corroboration | None:
    fields = read_fields(node, ("publishers", "within", "else"), faults)
    if "publishers" not in fields or "within" not in fields:
        faults.add(node, "corroborate: expected {publishers: 2, within: 2h, else: hold}", "missing-key")
        return None
    publishers = read_number(fields["publishers"], faults, low=1, high=50)
    within = read_duration(fields["within"], faults)
    otherwise = _choice(fields, "else", ("hold", "send"), faults) or "hold"
    return Corroboration(publishers, within, otherwise) if publishers and within else None


_REMEMBERED = {"within": timedelta(days=31), "first_in": timedelta(days=31), "none_for": timedelta(days=9)}
"""How long a ledger is kept (`policy`), and a quiet story (`stories.weights.LIMITS`)."""
_Count = tuple[tuple[int, timedelta] | None, timedelta | None, timedelta | None]


def _read_count(node: Node, faults: Faults) -> _Count:
    fields = read_fields(node, ("at_least", "within", "first_in", "none_for"), faults)
    spans = {key: _read_memory(fields[key], key, faults) for key in _REMEMBERED if key in fields}
    if ("at_least" in fields) != ("within" in fields) or not fields:
        faults.add(node, "count: expected {at_least: 5, within: 1h}, {first_in: 30d} or {none_for: 24h}", "missing-key")
        return None, None, None
    if "none_for" in fields and len(fields) > 1:
        faults.add(node, "count: none_for stands alone; write a second rule for what happens", "wrong-shape")
    number = read_number(fields["at_least"], faults, low=1, high=10_000) if "at_least" in fields else None
    within = spans.get("within")
    return (number, within) if number and within else None, spans.get("first_in"), spans.get("none_for")


def _read_memory(node: Node, key: str, faults: Faults) -> timedelta | None:
    span, longest = read_duration(node, faults), _REMEMBERED[key]
    if span and span > longest:
        faults.add(node, f"count: {key} looks back {longest.days} days at most", "wrong-shape")
    return span
