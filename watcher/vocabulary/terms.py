"""
What the vocabulary is made of and what a scan finds: plain values, no work.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from watcher.model import ActorId, ConceptId


@dataclass(frozen=True, slots=True)
class Actor:
    """
    Somebody who acts.

    Args:
        code: ISO 3166 alpha-3 for states, else our own.
        cls: `state`, `igo`, `bloc` or `group`.
        english: The name for people to read.
    """

    code: ActorId
    cls: str
    english: str


@dataclass(frozen=True, slots=True)
class Office:
    """
    One office of a person; dates are inclusive, None: open on that side.

    Args:
        role: `leader`, `foreign`, `defence`, `envoy` or `spokesman`.
    """

    of: ActorId
    role: str
    first: date | None = None
    last: date | None = None

    def held_on(self, day: date) -> bool:
        """Whether the office is held on that day."""
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True)
class Person:
    """A person by key, such as `trump`, with every office held."""

    id: str
    offices: tuple[Office, ...]


@dataclass(frozen=True, slots=True)
class Concept:
    """
    Something that happens.

    Args:
        family: What events of one matter share.
        where: How deep its words may stand: `title`, `lead` or `text`.
        outcome: A claim that something has happened, so that denials do not meet it.
        includes: Concepts that meet a rule which asks for this one.
    """

    id: ConceptId
    family: str
    where: str = "lead"
    outcome: bool = False
    includes: frozenset[ConceptId] = frozenset()


@dataclass(frozen=True, slots=True)
class Guard:
    """A kind of noise; `scope` is `title`, `item`, `sentence`, `clause` or `before`."""

    id: str
    scope: str


@dataclass(frozen=True, slots=True)
class Place:
    """A place where talks are held; `country` is the actor it belongs to."""

    key: str
    country: ActorId
    english: str


@dataclass(frozen=True, slots=True)
class Term:
    """
    One alias or pattern as somebody wrote it.

    Args:
        kind: `actor`, `person`, `concept`, `guard`, `place` or `literal`.
        name: The code, id or key it stands for.
        text: As written.
        origin: File and line, such as `concepts/en.yaml:12`, or what the `Literal` says.
        lang: ISO 639-1; None: any.
        sort: For actors `name`, `adjective`, `capital`, `seat`, `ministry` or `person`; for guards found in the
            address `url`; else empty.
        person: The key of the person, for actors found through one; None otherwise.
        role: The office that makes the person speak for the actor; empty otherwise.
    """

    kind: str
    name: str
    text: str
    origin: str
    lang: str | None
    sort: str = ""
    person: str | None = None
    role: str = ""


class Hit(NamedTuple):
    """
    Words of a document that a term found; a tuple because a scan makes many.

    `start:end` are folded offsets (0:0 for a guard found in the address). `locative` says that a place preposition
    stands before it: "in Tehran", "à Paris".
    """

    kind: str
    name: str
    start: int
    end: int
    term: Term
    locative: bool = False


@dataclass(frozen=True, slots=True)
class Literal:
    """
    Words of a rule itself, in the pattern language of the vocabulary.

    Args:
        key: What its hits are called in `Hits.literals`; several literals may share one.
        lang: The language that inflects it and of the items it looks at; None: told from the script, any item.
        origin: What evidence names as its file.
    """

    key: str
    pattern: str
    lang: str | None = None
    origin: str = "rule"


_NONE: Mapping[str, tuple[Hit, ...]] = {}


@dataclass(frozen=True, slots=True)
class Hits:
    """
    What a scan found, by name; each tuple is in the order of the text.

    Args:
        actors: Who is named as acting. A capital behind a place preposition is not here but in `hosts`; a person only
            if in office on the item's day.
        hosts: Actors whose capital is named as a place only ("talks in Muscat"); topic rules may count them.
        people: By person key, in office or not.
        literals: By `Literal.key`.
    """

    actors: Mapping[str, tuple[Hit, ...]] = field(default_factory=lambda: _NONE)
    hosts: Mapping[str, tuple[Hit, ...]] = field(default_factory=lambda: _NONE)
    people: Mapping[str, tuple[Hit, ...]] = field(default_factory=lambda: _NONE)
    concepts: Mapping[str, tuple[Hit, ...]] = field(default_factory=lambda: _NONE)
    guards: Mapping[str, tuple[Hit, ...]] = field(default_factory=lambda: _NONE)
    places: Mapping[str, tuple[Hit, ...]] = field(default_factory=lambda: _NONE)
    literals: Mapping[str, tuple[Hit, ...]] = field(default_factory=lambda: _NONE)
    by_team: dict[str, Hits] = field(default_factory=dict)

    def of(self, team: str) -> Hits:
        """The same with that team's own words; these hits when its words change nothing here."""
        return self.by_team.get(team, self)
