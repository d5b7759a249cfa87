"""
Warnings: what may be used as it is, but is probably not what was meant.

W101 no examples · W102 no `as_of` · W103 unused list or macro · W104 phrase of common words only · W105 rule covered by
another · W106 vanished id · W107 block that nothing asks for · W108 no rules.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice

from watcher.errors import Problem
from watcher.matching.anchors import probes_of, unused
from watcher.matching.examples import DEFAULT_DAY
from watcher.matching.library import Library
from watcher.matching.rule import Key, Probe, Rule
from watcher.model import RuleId
from watcher.text import fold
from watcher.yamlfile import Faults

NO_EXAMPLES, NO_AS_OF, UNUSED_LIST, COMMON_WORDS = "W101", "W102", "W103", "W104"
COVERED, VANISHED, UNUSED_BLOCK, NO_RULES = "W105", "W106", "W107", "W108"
_MOST_COMPARED = 50_000
"""Pairs of rules of one team that are compared; more look for the very same, and comparing them takes seconds."""

_COMMON_WORDS = """
a an the of and or to in for on with is are was were be been by from at as after over up off out into new not no it its
he she they we us you i his her their our this that these those has have had will would can could may might must do did
does who what when where why how all any some more most than then so but if about between against says say said
la le les un une des du de et ou en dans pour sur avec que qui est son sa ses el los las y o del al con por para se su
der die das den dem des ein eine und oder zu zum zur von vom mit auf fur ist im am bei nach
и в на с о по из к за от для не что это как но у он она они
في من على الى عن مع ان هذا و از با به در را كه اين של את על אמ לא כי עמ
"""
_COMMON = frozenset(_COMMON_WORDS.split())


def lint_rule(rule: Rule, faults: Faults) -> None:
    """Warnings about one rule."""
    spec = rule.spec
    if not spec.has_examples:
        message = f"{rule.id}: no examples: add two titles that must alert and two near misses that must stay quiet"
        faults.add(spec.at, message, NO_EXAMPLES)
    elif spec.as_of is None:
        message = f"{rule.id}: no as_of: examples are read at {DEFAULT_DAY}; write the day they were worded on"
        faults.add(spec.at, message, NO_AS_OF)
    for probe in dict.fromkeys(probes_of(rule)):
        if probe.kind == "literal" and _is_common(probe):
            message = f"{rule.id}: the phrase {probe.name!r} has only words that stand everywhere"
            faults.add(spec.at, message, COMMON_WORDS)
    for name in unused(rule):
        faults.add(spec.at, f"{rule.id}: neither condition nor score names the block {name!r}", UNUSED_BLOCK)


def _is_common(probe: Probe) -> bool:
    words = fold(probe.name.lstrip("=")).split()
    return bool(words) and all(word.strip("=*") in _COMMON for word in words)


def lint_files(library: Library) -> Iterator[Problem]:
    """Warnings about what the files of a folder define and nobody uses."""
    for kind, defined in (("list", library.lists), ("macro", library.macros)):
        for name, (place, _) in defined.items():
            if name not in library.used:
                message = f"the {kind} {name!r} is used by no rule: delete it, or include it"
                yield Problem(place.path, place.line, place.column, message, UNUSED_LIST)


def lint_rules(rules: Sequence[Rule]) -> Iterator[Problem]:
    """Warnings about rules that another rule of the team makes superfluous."""
    covered: set[RuleId] = set()
    for one, other in islice(_comparable(rules), _MOST_COMPARED):
        if one.id not in covered and other.id not in covered and _covers(other, one):
            covered.add(one.id)
            place = one.spec.at
            message = f"{one.id}: whatever it finds, {other.id} finds too, and tells the same people: keep one of them"
            yield Problem(place.path, place.line, place.column, message, COVERED)


def _comparable(rules: Sequence[Rule]) -> Iterator[tuple[Rule, Rule]]:
    """Each rule with those that look for what it looks for, told by the one thing that the fewest others look for."""
    keys = [_keys(rule.what) if rule.plain else set[Key]() for rule in rules]
    by_key: dict[Key, list[Rule]] = {}
    for rule, own in zip(rules, keys, strict=True):
        for key in own:
            by_key.setdefault(key, []).append(rule)
    for rule, own in zip(rules, keys, strict=True):
        rarest = min((by_key[key] for key in own), key=len, default=[])
        yield from ((rule, other) for other in rarest if other is not rule)


def _covers(wide: Rule, narrow: Rule) -> bool:
    """Whether everything that `narrow` finds is found by `wide` and told as loudly to the same people."""
    if not (wide.plain and narrow.plain) or wide.score or narrow.score or wide.pair or narrow.pair:
        return False
    if wide.where != narrow.where or wide.wishes != narrow.wishes or wide.severity.rank < narrow.severity.rank:
        return False
    if wide.sources != narrow.sources or not _wider(wide.languages, narrow.languages):
        return False
    if not _wider(wide.statuses, narrow.statuses) or not set(wide.unless) <= set(narrow.unless):
        return False
    if not _keys(narrow.what) <= _keys(wide.what) or not narrow.what:
        return False
    return all(any(_keys(own.probes) <= _keys(slot.probes) for own in narrow.slots) for slot in wide.slots)


def _wider(wide: Collection[object], narrow: Collection[object]) -> bool:
    return not wide or (bool(narrow) and set(narrow) <= set(wide))


def _keys(probes: Iterable[Probe]) -> set[Key]:
    return {("actor" if probe.kind == "class" else probe.kind, key) for probe in probes for key in probe.keys}


def lint_vanished(before: Iterable[RuleId], rules: Iterable[Rule], path: str) -> Iterator[Problem]:
    """Warnings about ids that were there and are not: what they were told is told again under another name."""
    known = {name for rule in rules for name in (rule.id, *rule.wishes.was)}
    for name in dict.fromkeys(before):
        if name not in known:
            message = f"the rule {name!r} is gone; if it was renamed, write `was: [{name}]` under the new one"
            yield Problem(path, 0, 0, message, VANISHED)
