"""
Who takes part: one hit for each slot of a rule, each somebody else, in the right direction and near enough.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from watcher.matching.nearness import pick, pick_near
from watcher.matching.reading import Reading
from watcher.matching.rule import Pair, Rule, Slot
from watcher.vocabulary import Hit

Lists = list[tuple[Hit, ...]]


def fill(rule: Rule, reading: Reading, alive: Iterable[Hit]) -> tuple[Hit, ...] | None:
    """
    A hit for every slot, of the pair first; None when not all are filled.

    Args:
        alive: Deciding words; one of them must be near enough. Empty: nothing to be near to. No more are asked for than
            needed, and none when a slot is empty.
    """
    if not rule.everybody:
        return ()
    lists = [slot_hits(rule, reading, slot) for slot in rule.everybody]
    if not all(lists):
        return None
    trigger = None
    for trigger in alive:
        if found := _around(rule, reading, lists, trigger=trigger):
            return found
    if trigger is not None:
        return None
    ordered = len(lists) if rule.where.ordered else 0
    return pick_near(reading, lists, rule.where.within, distinct=True, in_order=ordered)


def slot_hits(rule: Rule, reading: Reading, slot: Slot) -> tuple[Hit, ...]:
    """Everybody who could fill a slot, where the rule looks for actors."""
    limit = reading.limit(rule.where.who or rule.where.part or "text")
    found = [hit for hit in reading.found(slot.probes) if hit.end <= limit]
    return (*found, *_hosts(rule, reading, slot, limit=limit))


def _hosts(rule: Rule, reading: Reading, slot: Slot, *, limit: int) -> list[Hit]:
    """
    A capital named as a place stands for its state when the item names too few other actors: "US envoy lands in Tehran
    for talks", but not "US and Russia meet in Tehran".
    """
    hits = reading.hits
    if not hits.hosts or len(hits.actors) >= len(rule.everybody):
        return []
    kinds = ("actor", "class") if hits.actors else ("actor",)
    codes = frozenset[str]().union(*(probe.keys for probe in slot.probes if probe.kind in kinds))
    return [hit for code in sorted(codes & hits.hosts.keys()) for hit in hits.hosts[code] if hit.end <= limit]


def _around(rule: Rule, reading: Reading, lists: Lists, *, trigger: Hit) -> tuple[Hit, ...] | None:
    """The choice for one of the deciding words, the nearest hits first."""
    where = rule.where
    if where.parties and not all(lists := _taking_part(reading, lists, trigger)):
        return None
    if rule.pair and not (lists := _directed(rule.pair, reading, lists, trigger=trigger)):
        return None
    ordered = len(lists) if where.ordered else 0
    if where.within is None or where.within.unit == "text":
        if not ordered:
            lists = [tuple(sorted(hits, key=lambda hit: abs(hit.start - trigger.start))) for hits in lists]
        return pick(lists, distinct=True, in_order=ordered)
    found = pick_near(reading, [*lists, (trigger,)], where.within, distinct=True, in_order=ordered)
    return found[:-1] if found else None


def _taking_part(reading: Reading, lists: Lists, trigger: Hit) -> Lists:
    """The lists with only the parties of what the words tell; all of them where the facts name no two."""
    report = reading.report_of(trigger)
    if report is None or len(report.actors) < 2:
        return lists
    return [tuple(hit for hit in hits if hit.kind != "actor" or hit.name in report.actors) for hits in lists]


def _directed(pair: Pair, reading: Reading, lists: Lists, *, trigger: Hit) -> Lists:
    """The lists with only those who act and those who are acted on; empty when the direction is wrong."""
    if not pair.ordered:
        return lists
    actors: Sequence[Hit] = lists[0]
    targets: Sequence[Hit] = lists[1]
    report = reading.report_of(trigger)
    if report and (report.agent or report.target):
        actors = [hit for hit in actors if report.agent in (None, hit.name)]
        targets = [hit for hit in targets if report.target in (None, hit.name)]
    elif pair.actor != pair.target:
        # Nobody said who acts: headlines name the one who does it before the deed.
        actors = [hit for hit in actors if hit.start < trigger.start]
        targets = [hit for hit in targets if actors and hit.start > actors[0].start]
    return [tuple(actors), tuple(targets), *lists[2:]] if actors and targets else []
