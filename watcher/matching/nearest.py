"""
How near a rule that stayed quiet came to firing: the share of what it looks for that was found. Serves for order only.
"""

from __future__ import annotations

from watcher.matching.condition import All, Any, Condition, Name, Not, holds
from watcher.matching.evaluation import Evaluation
from watcher.matching.parties import slot_hits
from watcher.matching.rule import Block, Probe, Slot
from watcher.matching.wording import related_to

_ALMOST = 0.95
"""Of a rule that found everything, and is silenced, refused or not met for where things stand."""
_ANYBODY = 0.25
"""Weight of a slot that nearly every item fills, such as any state; that of a named actor is 1."""
_SUBJECT = 2.0
"""Weight of the deciding words and of a block."""
_ELSEWHERE = 0.6
"""What deciding words count that stand where the rule does not look."""
_RELATED = 0.4
"""What words for another concept of the family count: a threat of sanctions where those imposed are looked for."""

Share = tuple[float, float]
"""How much of it was found, and how much there is to be found."""


def nearness(evaluation: Evaluation, part: Condition | None = None) -> float:
    """From 0 to 0.95; of a part of the condition, if given."""
    found, wanted = _share(part or evaluation.rule.condition, evaluation)
    if part is None and (score := evaluation.rule.score):
        reached = max(sum(evaluation.score.values()), 0) / score.threshold
        found, wanted = found + _SUBJECT * min(reached, 1), wanted + _SUBJECT
    near = found / wanted if wanted else 0.0
    return min(near * (0.5 if evaluation.refusal else 1.0), _ALMOST)


def _share(part: Condition, evaluation: Evaluation) -> Share:
    match part:
        case Name():
            return _of_name(part.name, evaluation)
        case Not():
            # That something is absent brings no rule nearer, but one that fails for nothing else is near.
            return (0.0, 0.0) if holds(part, evaluation.truth) else (0.0, 0.1)
        case All():
            shares = [_share(one, evaluation) for one in part.parts]
            return sum(found for found, _ in shares), sum(wanted for _, wanted in shares)
        case Any():
            return max((_share(one, evaluation) for one in part.parts), key=lambda share: share[0] / (share[1] or 1))


def _of_name(name: str, evaluation: Evaluation) -> Share:
    rule, reading = evaluation.rule, evaluation.reading
    if name == "who":
        weights = [(_weight(slot), bool(slot_hits(rule, reading, slot))) for slot in rule.everybody]
        return sum(weight for weight, found in weights if found), sum(weight for weight, _ in weights)
    if name == "what":
        return _of_subject(evaluation) * _SUBJECT, _SUBJECT
    if name == "unless":
        return (float(evaluation.truth(name)), 1.0)
    return _of_block(rule.blocks[name], evaluation)


def _of_subject(evaluation: Evaluation) -> float:
    if evaluation.subject:
        return 1.0
    if evaluation.reading.found(evaluation.rule.what):
        return _ELSEWHERE
    return _RELATED if related_to(evaluation) else 0.0


def _of_block(block: Block, evaluation: Evaluation) -> Share:
    found = [_is_there(member, evaluation) for member in block.members]
    if block.mode in ("any", "none"):
        return _SUBJECT * (any(found) is (block.mode == "any")), _SUBJECT
    needed = block.number if block.mode == "at_least" else len(found)
    return _SUBJECT * min(sum(found) / needed, 1), _SUBJECT


def _is_there(member: Probe | Block, evaluation: Evaluation) -> bool:
    if isinstance(member, Probe):
        return bool(evaluation.reading.hits_of(member))
    found, wanted = _of_block(member, evaluation)
    return found >= wanted


def _weight(slot: Slot) -> float:
    return _ANYBODY if any(probe.kind == "class" or not probe.keys for probe in slot.probes) else 1.0
