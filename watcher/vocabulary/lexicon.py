"""
Vocabulary files → Vocabulary: names, and entries for the scan.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from watcher.errors import ConfigError
from watcher.model import ActorId, ConceptId
from watcher.vocabulary.entries import Entry, Mark, Names
from watcher.vocabulary.rows import compile_rows
from watcher.vocabulary.terms import Actor, Concept, Guard, Person, Place, Term

if TYPE_CHECKING:
    # Reading YAML is imported only where it is needed: a compiled vocabulary starts without it.
    pass

# One object, because marks are compiled once for each.
_NO_MARKS: Mapping[str, object] = {}


@dataclass(frozen=True)
class Vocabulary:
    """Everything that is known by name, and the words for it."""

    names: Names = field(default_factory=Names)
    entries: tuple[Entry, ...] = ()

    @property
    def actors(self) -> Mapping[ActorId, Actor]:
        """Everyone who acts, by code."""
        return self.names.actors

    @property
    def people(self) -> Mapping[str, Person]:
        """People with their offices, by key."""
        return self.names.people

    @property
    def concepts(self) -> Mapping[ConceptId, Concept]:
        """Everything that happens, by id."""
        return self.names.concepts

    @property
    def guards(self) -> Mapping[str, Guard]:
        """Every kind of noise, by id."""
        return self.names.guards

    @property
    def places(self) -> Mapping[str, Place]:
        """Places where talks are held, by key."""
        return self.names.places

    def marks(self, lang: str) -> Mapping[str, object]:
        """The data of `marks/<lang>.yaml`: strings, lists and mappings of them; empty for a language without one."""
        return self.names.marks.get(lang, _NO_MARKS)

    def terms(self) -> Iterator[Term]:
        """Every alias and pattern, for people who look for one; phrases under `not` are left out."""
        for one in self.entries:
            if not one.marks & (Mark.BLOCK | Mark.FORBID):
                for name in one.names:
                    yield Term(one.kind, name, one.text, one.origin, one.lang, one.sort)

    def extended(self, words: Mapping[str, str]) -> Vocabulary:
        """
        With the words files of a team, texts by path, in the order given (later ones win).

        Raises:
            ConfigError: With every problem of every file.
        """
        # With what reads YAML, which a start without words of teams does not need.
        from watcher.vocabulary.overlay import extend

        names, entries = extend(self.names, self.entries, words)
        return Vocabulary(names, entries)


def compile_vocabulary(files: Mapping[str, str]) -> Vocabulary:
    """
    The vocabulary of YAML texts by path, such as `actors/en.yaml`.

    Raises:
        ConfigError: With every problem of every file.
    """
    from watcher.vocabulary.files import FileReader

    reader = FileReader()
    reader.read(files)
    entries = compile_rows(reader)
    if reader.faults.is_fatal:
        raise ConfigError(reader.faults.problems)
    return Vocabulary(reader.names, entries)
