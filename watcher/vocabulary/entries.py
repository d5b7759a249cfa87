"""
What the scan looks for: one entry for each alias and pattern, as plain values that can be written to a file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntFlag
from typing import NamedTuple

from watcher.model import ActorId, ConceptId
from watcher.vocabulary.patterns import Compiled
from watcher.vocabulary.terms import Actor, Concept, Guard, Person, Place


class Mark(IntFlag):
    """What must hold of a hit beyond its words."""

    NONE = 0
    CAPITALS = 1  # an acronym: counts in capitals only
    CAPITAL = 2  # a name: its first letter is a capital
    AMBIGUOUS = 4  # counts only beside another actor or a concept in its sentence
    BLOCK = 8  # a phrase under `not`: what it overlaps does not count
    AT_START = 16  # at the start of the title
    AT_END = 32  # at the end of the title
    FORBID = 64  # a phrase under `not` that does not hold the name: its sentence is not about its owner


class Entry(NamedTuple):
    """
    One alias or pattern, compiled. A tuple, because thousands are read at every start.

    Args:
        names: What a hit stands for; several for pairs such as 美伊, and for people the one person.
        owner: Whose hits a blocking phrase takes away: the name the phrase was written under.
    """

    kind: str
    names: tuple[str, ...]
    text: str
    origin: str
    lang: str | None
    sort: str
    owner: str
    marks: int
    mode: int
    regex: str
    also: str
    anchors: tuple[str, ...]
    needs: tuple[tuple[str, ...], ...]
    lead: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Names:
    """Everything that is known by name, apart from the words for it."""

    actors: dict[ActorId, Actor] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    concepts: dict[ConceptId, Concept] = field(default_factory=dict)
    guards: dict[str, Guard] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    urls: dict[str, tuple[str, ...]] = field(default_factory=dict)
    lists: dict[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    marks: dict[str, Mapping[str, object]] = field(default_factory=dict)

    def copy(self) -> Names:
        """One that may be added to without changing this one."""
        return Names(*(dict(getattr(self, name)) for name in self.__slots__))


_ACRONYM = re.compile(r"^(?:[^\W\d_a-zà-ÿ]{2,5}|(?:[^\W\d_]\.){2,5})$")


def is_acronym(text: str) -> bool:
    """Whether an alias is two to five capitals of a script that has them, or letters with stops."""
    return bool(_ACRONYM.match(text)) and text.upper() == text and text.lower() != text


def entry(
    compiled: Compiled, *, kind: str, names: tuple[str, ...], text: str, place: tuple[str, str | None, str], marks: Mark
) -> Entry:
    """An entry of a compiled alias or pattern; `place` is its origin, language and sort."""
    origin, lang, sort = place
    if compiled.at_start:
        marks |= Mark.AT_START
    if compiled.at_end:
        marks |= Mark.AT_END
    return Entry(
        kind,
        names,
        text,
        origin,
        lang,
        sort,
        names[0],
        int(marks),
        int(compiled.mode),
        compiled.regex,
        compiled.also,
        compiled.anchors,
        compiled.needs,
        compiled.lead,
    )
