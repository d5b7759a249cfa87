"""
What people wrote, as values: a rule, a slot, a term, an example, each with its place in the file.

Names are not looked up here: whether `talks` is a concept or a slip is decided when a rule is compiled.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from watcher.model import RuleId, Severity, Status, Wishes
from watcher.yamlfile import Node

LIMIT_FILES = 200
"""Files in one team folder."""
LIMIT_RULES = 1_000
"""Rules of one team."""
LIMIT_ALTERNATIVES = 1_000
"""Terms of one rule, and of one list, after its includes."""
LIMIT_EXAMPLES = 200
"""Examples of one rule."""
LIMIT_WINDOW = 200
"""Widest window in words."""
LIMIT_INCLUDES = 8
"""How deep lists may include lists and rules extend rules."""
LIMIT_BLOCKS = 50
"""Named blocks of one rule."""
LIMIT_TEXT = 300
"""Characters of a title, name or phrase."""


@dataclass(frozen=True, slots=True)
class TermSpec:
    """
    One thing to look for.

    Args:
        kind: `name` (to be looked up; a phrase when it has a space), `phrase`, `exact`, `regex`, `fuzzy`, `actor`,
            `concept`, `guard` or `class`.
        text: Without the marks that say the kind.
        lang: Whose inflections its words have; None: any.
    """

    at: Node = field(compare=False, repr=False)
    kind: str
    text: str
    lang: str | None = None


@dataclass(frozen=True, slots=True)
class SlotSpec:
    """Somebody who takes part: any one of the terms."""

    at: Node = field(compare=False, repr=False)
    terms: tuple[TermSpec, ...]


@dataclass(frozen=True, slots=True)
class PairSpec:
    """Somebody who does it and somebody it is done to; `ordered: no` lets them change places."""

    at: Node = field(compare=False, repr=False)
    actor: SlotSpec
    target: SlotSpec
    ordered: bool = True


@dataclass(frozen=True, slots=True)
class Within:
    """How near things must stand: `sentence`, `paragraph`, `text`, or `words` with a number of them."""

    unit: str
    words: int = 0


@dataclass(frozen=True, slots=True)
class Where:
    """
    Where in the item things must stand.

    Args:
        part: `title`, `lead` or `text` for the deciding words; None: what each concept declares.
        who: The same for actors; None: as `part`, and without that anywhere.
        within: How near actors and deciding words stand to each other; None: anywhere.
        ordered: Whether the slots of `who` must come in the order given.
        parties: Whether only those who take part in what the deciding words tell count: "talks on Iran" are not Iran's.
    """

    part: str | None = None
    who: str | None = None
    within: Within | None = None
    ordered: bool = False
    parties: bool = False


@dataclass(frozen=True, slots=True)
class BlockSpec:
    """
    Terms and how many of them are needed.

    Args:
        mode: `any`, `all`, `none`, `near` or `at_least`.
        number: For `at_least`, of how many different members.
        within: For `near`.
        ordered: For `near`: in the order given.
        part: Only in `title`, `lead` or `text`; None: anywhere.
    """

    at: Node = field(compare=False, repr=False)
    mode: str
    members: tuple[TermSpec | BlockSpec, ...]
    number: int = 0
    within: Within | None = None
    ordered: bool = False
    part: str | None = None


@dataclass(frozen=True, slots=True)
class ScoreSpec:
    """Weights of named blocks; it fires at `threshold`. `title_bonus` is added when one of them is in the title."""

    threshold: int
    weights: Mapping[str, int]
    title_bonus: int = 0


@dataclass(frozen=True, slots=True)
class SourcesSpec:
    """Which sources and publishers count; empty: all. Names are compared folded, hosts also by their end."""

    tiers: frozenset[int] = frozenset()
    only: frozenset[str] = frozenset()
    exclude: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Example:
    """
    One item that a rule's author vouches for.

    Args:
        kind: `alert` or `quiet`; a step of a story has what it becomes: `new`, `update`, `repeat`, `possible`,
            `retracted` or `quiet`.
        published: When it came out; read at noon of the file's `as_of` if the author does not say.
        expect: Values to be extracted, by name; empty: none are checked.
        changed: For a step: slot → before and after, in the words of the story.
    """

    at: Node = field(compare=False, repr=False)
    kind: str
    title: str
    published: datetime
    text: str = ""
    lang: str | None = None
    source: str = "example"
    url: str = ""
    expect: Mapping[str, str] = field(default_factory=dict)
    changed: Mapping[str, tuple[str | None, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tale:
    """Items of one matter in the order of time, each with what it must become."""

    at: Node = field(compare=False, repr=False)
    steps: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class RuleSpec:
    """
    A rule as written, after `use` and `extends`; keys have the meaning of the rule language.

    Args:
        match: Named blocks, in order.
        condition: Over their names and `who`, `what`, `unless`; None: all of them.
        languages: ISO 639-1; empty: all.
        statuses: Empty: any.
        extract: Names of what is read out; empty: what the facts offer.
        stage: `draft`, `test`, `live` or `retired`.
        has_examples: Whether any were written, even wrong ones.
    """

    at: Node = field(compare=False, repr=False)
    id: RuleId
    title: str
    severity: Severity
    who: tuple[SlotSpec, ...] = ()
    pair: PairSpec | None = None
    what: tuple[TermSpec, ...] = ()
    unless: tuple[TermSpec, ...] = ()
    where: Where = Where()
    match: Mapping[str, BlockSpec] = field(default_factory=dict)
    condition: Node | None = None
    score: ScoreSpec | None = None
    languages: frozenset[str] = frozenset()
    sources: SourcesSpec = SourcesSpec()
    statuses: frozenset[Status] = frozenset()
    extract: tuple[str, ...] = ()
    wishes: Wishes = field(default_factory=Wishes)
    why: str = ""
    examples: tuple[Example, ...] = ()
    tales: tuple[Tale, ...] = ()
    has_examples: bool = False
    as_of: date | None = None
