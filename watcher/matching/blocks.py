"""
Named blocks of `match`: what meets them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

from watcher.matching.guarding import silencer
from watcher.matching.nearness import pick_near
from watcher.matching.reading import Reading
from watcher.matching.rule import Block, Probe
from watcher.vocabulary import Hit


def meet(
    block: Block, reading: Reading, triggers: Sequence[Hit], *, silenced: Callable[[Hit], bool]
) -> tuple[Hit, ...] | None:
    """
    The hits that meet a block; None when it is not met. A block that asks for absence is met by nothing.

    Args:
        triggers: The deciding words that guards in the block bind to.
        silenced: Whether `unless` silences a concept's words, which then meet nothing.
    """
    limit = reading.limit(block.part or "text")
    look = partial(_member, reading=reading, triggers=triggers, limit=limit, silenced=silenced)
    lists = [look(member) for member in block.members]
    met = [hits for hits in lists if hits]
    match block.mode:
        case "none":
            return None if met else ()
        case "all":
            return _flat(lists) if len(met) == len(lists) else None
        case "at_least":
            return _flat(met) if len(met) >= block.number else None
        case "near" if len(met) == len(lists):
            return pick_near(reading, lists, block.within, in_order=len(lists) if block.ordered else 0)
        case "near":
            return None
        case _:
            return _flat(met) if met else None


def _member(
    member: Probe | Block,
    *,
    reading: Reading,
    triggers: Sequence[Hit],
    limit: int,
    silenced: Callable[[Hit], bool],
) -> tuple[Hit, ...]:
    if isinstance(member, Block):
        return meet(member, reading, triggers, silenced=silenced) or ()
    if member.kind == "guard":
        found = [silencer(reading, member, trigger) for trigger in triggers]
        return tuple(hit for hit in found if hit) if found and all(found) else ()
    inside = tuple(hit for hit in reading.hits_of(member) if hit.end <= limit)
    return tuple(hit for hit in inside if not silenced(hit)) if member.kind == "concept" else inside


def _flat(lists: Iterable[tuple[Hit, ...]]) -> tuple[Hit, ...]:
    return tuple(sorted({hit for hits in lists for hit in hits}, key=lambda hit: (hit.start, hit.end, hit.name)))


def deciding(block: Block, reading: Reading) -> Iterator[Hit]:
    """Hits of a block that guards can bind to: of nothing that must be absent, of no guard; actors, if nothing else."""
    probes = tuple(_probes(block))
    worded = [probe for probe in probes if probe.kind not in ("actor", "class", "office")]
    limit = reading.limit(block.part or "text")
    yield from (hit for hit in reading.found(worded or probes) if hit.end <= limit)


def _probes(block: Block) -> Iterator[Probe]:
    if block.mode == "none":
        return
    for member in block.members:
        if isinstance(member, Block):
            yield from _probes(member)
        elif member.kind != "guard":
            yield member
