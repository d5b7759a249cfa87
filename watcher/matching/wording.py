"""
What an evaluation found, in the words of people: which words, where they stand, what silences them, how far apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from watcher.matching.blocks import meet
from watcher.matching.evaluation import Evaluation
from watcher.matching.guarding import silencer
from watcher.matching.nearness import pick_near
from watcher.matching.parties import slot_hits
from watcher.matching.reading import Reading
from watcher.matching.rule import Block, Probe
from watcher.matching.spec import Within
from watcher.vocabulary import Hit

_MOST_NAMED = 6
_WIDER = (5, 10, 15, 20, 30, 40, 60, 80, 120, 200)
_PLACES = {"title": "the title", "lead": "the title and the first two sentences", "text": "the text"}
_FOUND, _NOT_FOUND = "found ", " not found"
_READ_AS = {"background": "told as past", "negated": "denied", "hypothetical": "only supposed"}


def quoted(reading: Reading, hits: Sequence[Hit]) -> str:
    """The first words found as published, each once."""
    first: dict[str, Hit] = {}
    for hit in hits:
        first.setdefault(reading.document.folded[hit.start : hit.end], hit)
    return ", ".join(f"“{reading.document.original(hit.start, hit.end)}”" for hit in [*first.values()][:3])


def place_of(reading: Reading, hit: Hit) -> str:
    """Where words stand: the title, or which sentence of the text."""
    number = reading.document.sentences.index(reading.document.sentence_at(hit.start))
    return "the title" if number == 0 else f"sentence {number} of the text"


def one_of(names: Iterable[str]) -> str:
    """`talks or meeting or …`."""
    known = list(dict.fromkeys(names))
    return " or ".join(known[:_MOST_NAMED]) + (" …" if len(known) > _MOST_NAMED else "")


# ── who ────────────────────────────────────────────────────────────────────────────────────────────────────────


def say_who(evaluation: Evaluation) -> str:
    """Which slots were filled by which words."""
    rule, reading = evaluation.rule, evaluation.reading
    lists = [slot_hits(rule, reading, slot) for slot in rule.everybody]
    said = [
        f"{slot.name} found as {quoted(reading, found)}"
        if found
        else f"{slot.name} not found{_elsewhere(evaluation, slot.probes)}"
        for slot, found in zip(rule.everybody, lists, strict=True)
    ]
    if all(lists) and len({hit.name for hits in lists for hit in hits}) < len(lists):
        return f"{', '.join(said)}, but each slot needs somebody else"
    return ", ".join(said)


def _elsewhere(evaluation: Evaluation, probes: Iterable[Probe]) -> str:
    found = evaluation.reading.found(probes)
    where = evaluation.rule.where
    if not found:
        return ""
    asked = _PLACES[where.who or where.part or "text"]
    return f" in {asked}, only {_stands(evaluation.reading, found[0])}"


def _stands(reading: Reading, hit: Hit) -> str:
    return f"{quoted(reading, [hit])} in {place_of(reading, hit)}"


def say_apart(evaluation: Evaluation) -> str:
    """Why everybody and everything is there, and the rule is not met all the same."""
    rule, reading = evaluation.rule, evaluation.reading
    where, pair, trigger = rule.where, rule.pair, evaluation.alive[0]
    report = reading.report_of(trigger)
    if pair and pair.ordered and report and (report.agent or report.target):
        return f"the wrong way round: {report.agent or 'somebody'} does it to {report.target or 'somebody'}"
    if where.within is None or where.within.unit == "text":
        return "all is there, but not in the order given"
    lists = [*(slot_hits(rule, reading, slot) for slot in rule.everybody), evaluation.alive]
    order = " in the order given" if where.ordered else ""
    return f"all is there, but not within {_width(where.within)}{order}{_distance(reading, lists, where.within)}"


def _width(within: Within) -> str:
    return f"{within.words} words" if within.unit == "words" else f"one {within.unit}"


def _distance(reading: Reading, lists: Sequence[Sequence[Hit]], within: Within) -> str:
    """How much wider it would have to be, or where the first of each stands."""
    if within.unit == "words":
        wider = (words for words in _WIDER if words > within.words)
        enough = next((words for words in wider if pick_near(reading, lists, Within("words", words))), None)
        return f": {enough} would be enough" if enough else f", nor within {_WIDER[-1]}"
    first = dict.fromkeys(_stands(reading, hits[0]) for hits in lists if hits)
    return f": {', '.join(first)}"


# ── what, unless ───────────────────────────────────────────────────────────────────────────────────────────────


def say_what(evaluation: Evaluation) -> str:
    """Which deciding words were found, or what comes nearest to them."""
    rule, reading = evaluation.rule, evaluation.reading
    if found := evaluation.subject:
        names = dict.fromkeys(hit.term.text if hit.kind == "literal" else hit.name for hit in found[:3])
        return f"{' and '.join(names)} found as {quoted(reading, found)}"
    names_of_it = one_of(probe.name for probe in rule.what)
    if too_deep := reading.found(rule.what):
        hit = too_deep[0]
        stands = f"{quoted(reading, [hit])} stands in {place_of(reading, hit)}"
        return (
            f"{stands}; {hit.name if hit.kind == 'concept' else 'it'} counts in {_PLACES[evaluation.part_of(hit)]} only"
        )
    if related := related_to(evaluation):
        return f"{names_of_it} not found, only {related[0].name} as {quoted(reading, related[:1])}"
    return f"{names_of_it} not found"


def related_to(evaluation: Evaluation) -> list[Hit]:
    """Words for other concepts of the families that are asked for."""
    families = {
        key.partition(".")[0] for probe in evaluation.rule.what if probe.kind == "concept" for key in probe.keys
    }
    found = evaluation.reading.hits.concepts
    hits = [hit for name, several in found.items() if name.partition(".")[0] in families for hit in several]
    return sorted(hits, key=lambda hit: hit.start)


def say_unless(evaluation: Evaluation) -> str:
    """What silences the deciding words, when nothing is left of them."""
    reading = evaluation.reading
    said: dict[str, list[Hit]] = {}
    for trigger in evaluation.triggers[:5]:
        if found := evaluation.silenced_by(trigger):
            said.setdefault(silenced_by(reading, *found, trigger), []).append(trigger)
    return "; ".join(f"{quoted(reading, triggers)} silenced by {reason}" for reason, triggers in said.items())


def silenced_by(reading: Reading, probe: Probe, hit: Hit, trigger: Hit) -> str:
    """By what, and where it stands."""
    kind = "the guard " if probe.kind == "guard" else ""
    if hit.term.sort == "url":
        return f"{kind}{probe.name}: the address"
    if (hit.start, hit.end) == (trigger.start, trigger.end) and probe.name in _READ_AS:
        return f"{kind}{probe.name}: {_READ_AS[probe.name]}"
    nearer = {"clause": "the same clause", "before": "the words before"}
    in_title = hit.start < reading.document.title_end
    place = nearer.get(probe.scope, "the title" if in_title else "the same sentence")
    if probe.scope == "item" and not in_title:
        place = place_of(reading, hit)
    return f"{kind}{probe.name}: {quoted(reading, [hit])} in {place}"


# ── blocks ─────────────────────────────────────────────────────────────────────────────────────────────────────


def say_block(block: Block, evaluation: Evaluation) -> str:
    """What of a block was found and what is missing, or how far apart it stands."""
    reading = evaluation.reading
    members = [_member(member, block, evaluation) for member in block.members]
    found = [(said, hits) for said, hits in members if hits]
    missing = [said for said, hits in members if not hits]
    if block.mode == "none":
        return (
            f"{_joined(said for said, _ in found)}, which must not be there"
            if found
            else "nothing found, as it must be"
        )
    if is_met(block, evaluation):
        return _joined(said for said, _ in found)
    if block.mode == "near" and not missing:
        lists = [hits for _, hits in members]
        width = f"within {_width(block.within)}" if block.within else "together"
        order = " in the order given" if block.ordered else ""
        apart = _distance(reading, lists, block.within) if block.within else ""
        return f"{_joined(said for said, _ in found)}, but not {width}{order}{apart}"
    if block.mode in ("any", "at_least") and not found:
        useless = [said for said in missing if not said.endswith(_NOT_FOUND)]
        return ", ".join(useless[:2]) or one_of(name_of(member) for member in block.members) + _NOT_FOUND
    short = f"{len(found)} of {block.number}: " if block.mode == "at_least" else ""
    return short + ", ".join([*missing[:_MOST_NAMED], *(said for said, _ in found)])


def is_met(block: Block, evaluation: Evaluation) -> bool:
    """Whether a block is met, also one inside another."""
    return _meet(block, evaluation) is not None


def name_of(member: Probe | Block) -> str:
    """A member as people call it."""
    return member.name if isinstance(member, Probe) else f"({one_of(map(name_of, member.members))})"


def _member(member: Probe | Block, block: Block, evaluation: Evaluation) -> tuple[str, tuple[Hit, ...]]:
    """What is said of a member, and what met it."""
    reading = evaluation.reading
    if isinstance(member, Block):
        hits = _meet(member, evaluation)
        return say_block(member, evaluation).removeprefix(_FOUND), hits or ()
    everywhere, limit = reading.hits_of(member), reading.limit(block.part or "text")
    hits = tuple(hit for hit in everywhere if hit.end <= limit)
    if not hits:
        only = f" in {_PLACES[block.part or 'text']}, only {_stands(reading, everywhere[0])}" if everywhere else ""
        return f"{member.name}{_NOT_FOUND}{only}", ()
    said = f"{member.name} as {quoted(reading, hits)}"
    if member.kind == "guard":
        binding = tuple(found for trigger in evaluation.triggers if (found := silencer(reading, member, trigger)))
        return (said, binding) if binding else (f"{said}, too far from what decides", ())
    if member.kind == "concept":
        alive = tuple(hit for hit in hits if evaluation.silenced_by(hit) is None)
        if not alive and (by := evaluation.silenced_by(hits[0])):
            return f"{said}, silenced by {silenced_by(reading, *by, hits[0])}", ()
        return said, alive
    return said, hits


def _meet(block: Block, evaluation: Evaluation) -> tuple[Hit, ...] | None:
    silenced = evaluation.is_silenced
    return meet(block, evaluation.reading, evaluation.triggers, silenced=silenced)


def _joined(said: Iterable[str]) -> str:
    return _FOUND + ", ".join(said)
