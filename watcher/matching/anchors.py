"""
What of a rule must be found before it is worth evaluating: the rarest thing without which it cannot fire.

Also the other walks over what a rule looks for: its probes and its phrases.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from watcher.matching.condition import All, Any, Condition, Name, Not, names_of
from watcher.matching.rule import Block, Key, Probe, Rule
from watcher.vocabulary import Literal

_COSTS = {"literal": 1, "regex": 1, "fuzzy": 1, "concept": 3, "actor": 10}
_ANYBODY = 1_000
# How often a headline of world news names an actor, as a multiple of a middling one; guessed from 706,000 items.
_OFTEN = {"USA": 12, "GBR": 5, "CHN": 4, "RUS": 4, "ISR": 4, "UKR": 3, "IND": 3, "FRA": 3, "DEU": 3, "EU": 3, "IRN": 2}


def anchors_of(rule: Rule) -> frozenset[Key]:
    """Keys of which one must be found for the rule to fire; empty: it could fire on every item."""
    found = _anchors(rule, rule.condition)
    if rule.score:
        of_score = _union(_named_anchors(rule, name) for name, weight in rule.score.weights.items() if weight > 0)
        found = _cheapest([found, of_score])
    return found or frozenset()


def _anchors(rule: Rule, condition: Condition) -> frozenset[Key] | None:
    """Keys of which one must be found for the condition to be true; None: it can be true without any."""
    match condition:
        case Name():
            return _named_anchors(rule, condition.name)
        case Not():
            return None
        case All():
            return _cheapest([_anchors(rule, part) for part in condition.parts])
        case Any():
            return _union(_anchors(rule, part) for part in condition.parts)


def _named_anchors(rule: Rule, name: str) -> frozenset[Key] | None:
    if name == "who":
        return _cheapest([_probe_keys(slot.probes) for slot in rule.everybody])
    if name == "what":
        return _probe_keys(rule.what)
    block = rule.blocks.get(name)
    return _block_anchors(block) if block else None


def _block_anchors(block: Block) -> frozenset[Key] | None:
    parts = [_probe_keys((one,)) if isinstance(one, Probe) else _block_anchors(one) for one in block.members]
    match block.mode:
        case "none":
            return None
        case "all" | "near":
            return _cheapest(parts)
        case _:
            return _union(parts)


def _probe_keys(probes: Iterable[Probe]) -> frozenset[Key] | None:
    return _union(_keys_of(probe) for probe in probes)


def _keys_of(probe: Probe) -> frozenset[Key]:
    kind = "actor" if probe.kind in ("class", "office") else probe.kind
    if probe.kind == "office" and not probe.keys:
        return frozenset({("actor", "*")})
    return frozenset((kind, key) for key in probe.keys)


def _union(parts: Iterable[frozenset[Key] | None]) -> frozenset[Key] | None:
    """One of them suffices, so one key of any must be found; None if one of them needs nothing."""
    known = list(parts)
    if not known or any(part is None for part in known):
        return None
    return frozenset[Key]().union(*(part for part in known if part))


def _cheapest(parts: list[frozenset[Key] | None]) -> frozenset[Key] | None:
    """All of them are needed, so the rarest alone will do."""
    known = [part for part in parts if part]
    return min(known, key=_cost, default=None)


def _cost(keys: frozenset[Key]) -> float:
    return sum(_ANYBODY if key == "*" else _COSTS.get(kind, 10) * _OFTEN.get(key, 1) for kind, key in keys)


def probes_of(rule: Rule) -> Iterator[Probe]:
    """Every probe of a rule, some more than once."""
    for slot in rule.everybody:
        yield from slot.probes
    yield from rule.what
    yield from rule.unless
    for block in rule.blocks.values():
        yield from _inside(block)


def _inside(block: Block) -> Iterator[Probe]:
    for member in block.members:
        if isinstance(member, Probe):
            yield member
        else:
            yield from _inside(member)


def literals_of(rules: Iterable[Rule]) -> tuple[Literal, ...]:
    """The phrases that a scan must look for, each once."""
    found: dict[str, Literal] = {}
    for rule in rules:
        for probe in probes_of(rule):
            if probe.kind == "literal":
                key = next(iter(probe.keys))
                lang, _, pattern = key.partition(":")
                found[key] = Literal(key, pattern, lang or None)
    return tuple(found.values())


def unused(rule: Rule) -> tuple[str, ...]:
    """Blocks that neither the condition nor the score names."""
    named = {*names_of(rule.condition), *(rule.score.weights if rule.score else ())}
    return tuple(name for name in rule.blocks if name not in named)
