"""
Two replays of one archive → what a change of rules would have changed: alerts gained, lost and told otherwise.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from watcher.model import Alert, Change, RuleId, TeamId

RuleName = tuple[TeamId, RuleId]


@dataclass(frozen=True, slots=True)
class Told:
    """
    One alert of a replay, and the item it was raised for.

    Args:
        time: When it was decided; of one from a story's digest when it was held for that.
    """

    alert: Alert
    title: str
    url: str
    time: datetime
    changes: tuple[Change, ...] = ()

    @property
    def rules(self) -> tuple[RuleName, ...]:
        """Every rule that it names, with the team's name."""
        return tuple((self.alert.team, rule) for rule in self.alert.rules)


@dataclass(frozen=True, slots=True)
class Altered:
    """An alert that both rulesets raise, but not alike; `differences` name what differs, from old to new."""

    old: Told
    new: Told
    differences: tuple[Change, ...]

    @property
    def rules(self) -> tuple[RuleName, ...]:
        """The rules that name it before or after but not both; all of them where these are the same."""
        either = dict.fromkeys((*self.old.rules, *self.new.rules))
        both = set(self.old.rules) & set(self.new.rules)
        return tuple(name for name in either if name not in both) or tuple(either)


@dataclass(slots=True)
class RuleEffect:
    """What became of the alerts that name one rule; `before` and `after` count them in each replay."""

    before: int = 0
    after: int = 0
    gained: list[Told] = field(default_factory=list)
    lost: list[Told] = field(default_factory=list)
    changed: list[Altered] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change of rules does to an archive; lists are in the order of time."""

    old: tuple[Told, ...]
    new: tuple[Told, ...]
    gained: tuple[Told, ...]
    lost: tuple[Told, ...]
    changed: tuple[Altered, ...]

    @property
    def is_none(self) -> bool:
        """Whether every team would have been told the very same."""
        return not (self.gained or self.lost or self.changed)

    def by_rule(self) -> dict[RuleName, RuleEffect]:
        """The effect by team and rule, of rules that raise an alert in either replay."""
        found: defaultdict[RuleName, RuleEffect] = defaultdict(RuleEffect)
        for _, name in _each(self.old):
            found[name].before += 1
        for _, name in _each(self.new):
            found[name].after += 1
        for told, name in _each(self.gained):
            found[name].gained.append(told)
        for told, name in _each(self.lost):
            found[name].lost.append(told)
        for altered in self.changed:
            for name in altered.rules:
                found[name].changed.append(altered)
        return dict(sorted(found.items()))


def _each(alerts: Iterable[Told]) -> Iterator[tuple[Told, RuleName]]:
    """Every alert with every rule that it names."""
    return ((told, name) for told in alerts for name in told.rules)


def effect_of(old: Iterable[Told], new: Iterable[Told]) -> Effect:
    """
    How the second replay differs from the first.

    Alerts are the same that tell a team of one development; of those that are left over, those raised for one item.
    """
    before, after = tuple(old), tuple(new)
    pairs = dict(_pairs(before, after))
    changed = tuple(Altered(one, two, found) for one, two in pairs.values() if (found := tuple(_differences(one, two))))
    known = {id(told) for pair in pairs.values() for told in pair}
    return Effect(
        old=before,
        new=after,
        gained=tuple(told for told in after if id(told) not in known),
        lost=tuple(told for told in before if id(told) not in known),
        changed=changed,
    )


def _pairs(old: tuple[Told, ...], new: tuple[Told, ...]) -> Iterator[tuple[int, tuple[Told, Told]]]:
    """Alerts of both that are the same one, by a number that the old one has for itself."""
    later = {told.alert.id: told for told in new}
    left, rest = [], dict(later)
    for told in old:
        if found := rest.pop(told.alert.id, None):
            yield id(told), (told, found)
        else:
            left.append(told)
    by_item = {(told.alert.team, told.alert.item): told for told in rest.values()}
    for told in left:
        if found := by_item.pop((told.alert.team, told.alert.item), None):
            yield id(told), (told, found)


def _differences(old: Told, new: Told) -> Iterator[Change]:
    sides = [
        {
            "rules": ", ".join(told.alert.rules),
            "severity": told.alert.severity.value,
            "kind": told.alert.kind.value,
            "lane": told.alert.lane.value,
            "channels": ", ".join(told.alert.channels),
            "time": f"{told.time:%Y-%m-%d %H:%M}",
            "due": f"{told.alert.due - told.alert.time}",
            "item": told.title,
        }
        for told in (old, new)
    ]
    for slot, before in sides[0].items():
        if before != sides[1][slot]:
            yield Change(slot, before, sides[1][slot])
