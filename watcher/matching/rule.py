"""
What we run: rules with every name looked up.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from watcher.matching.condition import Condition
from watcher.matching.spec import Example, RuleSpec, ScoreSpec, SourcesSpec, Tale, Where, Within
from watcher.model import ConceptId, RuleId, Severity, Status, TeamId, Wishes


@dataclass(frozen=True, slots=True)
class Probe:
    """
    One thing to look for in an item.

    Args:
        kind: `actor`, `class`, `office`, `concept`, `guard`, `literal`, `regex` or `fuzzy`.
        name: As people call it.
        keys: Names under which a scan lists it, the concept with all it includes; for regex and fuzzy the folded text;
            for a phrase its language, a colon and its pattern. Empty for an office: that of any actor.
        scope: For guards, how near to the deciding words it must stand; for offices the role; else empty.
    """

    kind: str
    name: str
    keys: frozenset[str]
    scope: str = ""

    def __hash__(self) -> int:
        # Of one field, because every question of every rule to a document is looked up by its probe.
        return hash(self.name)


@dataclass(frozen=True, slots=True)
class Slot:
    """Somebody who takes part: what any one of the probes finds. `name` is for people."""

    name: str
    probes: tuple[Probe, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """Who does it and whom it is done to."""

    actor: Slot
    target: Slot
    ordered: bool


@dataclass(frozen=True, slots=True)
class Block:
    """A named block; see `BlockSpec`."""

    mode: str
    members: tuple[Probe | Block, ...]
    number: int = 0
    within: Within | None = None
    ordered: bool = False
    part: str | None = None


Key = tuple[str, str]
"""Kind and name of something whose finding makes a rule worth evaluating, such as `("concept", "talks")`."""


@dataclass(frozen=True)
class Rule:
    """
    A rule ready to run.

    Args:
        slots: Who must take part; all of them, each somebody else.
        anchors: One of these must be found, or the rule cannot fire.
        plain: Whether the condition is that of the short form alone, so that it needs no evaluation of names.
    """

    team: TeamId
    id: RuleId
    title: str
    severity: Severity
    slots: tuple[Slot, ...]
    pair: Pair | None
    what: tuple[Probe, ...]
    unless: tuple[Probe, ...]
    where: Where
    blocks: Mapping[str, Block]
    condition: Condition
    score: ScoreSpec | None
    languages: frozenset[str]
    sources: SourcesSpec
    statuses: frozenset[Status]
    extract: tuple[str, ...]
    wishes: Wishes
    why: str
    examples: tuple[Example, ...]
    tales: tuple[Tale, ...]
    anchors: frozenset[Key]
    plain: bool
    spec: RuleSpec = field(repr=False, compare=False)

    @cached_property
    def event(self) -> ConceptId:
        """What its own phrases report when no concept was found."""
        return ConceptId(f"phrase:{self.id}")

    @cached_property
    def look(self) -> Hashable:
        """All that decides whether it fires: rules with the same look fire on the same items."""
        score = self.score and (self.score.threshold, self.score.title_bonus, *self.score.weights.items())
        where = (self.where, self.languages, self.sources, self.statuses)
        return (self.pair, self.slots, self.what, self.unless, where, *self.blocks.items(), self.condition, score)

    @cached_property
    def everybody(self) -> tuple[Slot, ...]:
        """All slots, those of the pair first."""
        return (self.pair.actor, self.pair.target, *self.slots) if self.pair else self.slots

    @cached_property
    def is_active(self) -> bool:
        """Whether it is evaluated at all."""
        return self.wishes.stage != "retired"
