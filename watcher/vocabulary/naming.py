"""
Lines of index files → names: actors, concepts, guards, people with their offices, places. Words are `files`'.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from watcher.model import ActorId, ConceptId
from watcher.vocabulary.entries import Names
from watcher.vocabulary.terms import Actor, Concept, Guard, Office, Person, Place
from watcher.yamlfile import (
    Faults,
    Node,
    Scalar,
    Table,
    did_you_mean,
    read_choice,
    read_fields,
    read_list,
    read_text,
    read_texts,
    read_truth,
)

CLASSES = ("state", "igo", "bloc", "group")
ROLES = ("leader", "foreign", "defence", "envoy", "spokesman")
WHERES = ("title", "lead", "text")
SCOPES = ("title", "item", "sentence", "clause", "before")
_CODE = re.compile(r"^[A-Z][A-Z0-9_]{1,30}$")
_CONCEPT = re.compile(r"^[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*$")
_KEY = re.compile(r"^[a-z][a-z0-9_-]*$")


class NameReader:
    """Adds what it reads to `names`, and what is wrong to `faults`."""

    def __init__(self, names: Names, faults: Faults) -> None:
        self.names = names
        self.faults = faults

    def actor(self, key: Scalar, node: Node) -> None:
        """One line of `actors/index.yaml`."""
        fields = read_fields(node, ("class", "english"), self.faults)
        cls = read_choice(fields["class"], CLASSES, self.faults) if "class" in fields else None
        english = read_text(fields["english"], self.faults, limit=100) if "english" in fields else None
        if not _CODE.match(key.text):
            self.faults.add(key, f"{key.text}: a code is written in capitals, such as IRN or HAMAS", "bad-name")
        elif cls is None or english is None:
            self.faults.add(key, f"{key.text}: needs `class` and `english`", "missing-key")
        else:
            code = ActorId(key.text)
            self.names.actors[code] = Actor(code, cls, english)

    def concept(self, key: Scalar, node: Node) -> None:
        """One line of `concepts/index.yaml`."""
        fields = read_fields(node, ("family", "where", "outcome", "includes"), self.faults)
        family = read_text(fields["family"], self.faults, limit=40) if "family" in fields else None
        if family is None or not _CONCEPT.match(key.text):
            self.faults.add(key, f"{key.text}: a concept is dotted snake_case and needs a `family`", "bad-name")
            return
        where = read_choice(fields["where"], WHERES, self.faults) if "where" in fields else None
        outcome = read_truth(fields["outcome"], self.faults) if "outcome" in fields else None
        includes = read_texts(fields["includes"], self.faults) if "includes" in fields else ()
        concept = ConceptId(key.text)
        self.names.concepts[concept] = Concept(
            concept, family, where or "lead", bool(outcome), frozenset(ConceptId(name.text) for name in includes)
        )

    def guard(self, key: Scalar, node: Node) -> None:
        """One line of `guards/index.yaml`."""
        fields = read_fields(node, ("scope",), self.faults)
        scope = read_choice(fields["scope"], SCOPES, self.faults) if "scope" in fields else None
        if scope is None or not _KEY.match(key.text):
            self.faults.add(key, f"{key.text}: a guard is kebab-case and needs a `scope`", "bad-name")
        else:
            self.names.guards[key.text] = Guard(key.text, scope)

    def place(self, key: Scalar, node: Node) -> Iterable[tuple[Scalar, Node]]:
        """One place; its words by language."""
        fields = read_fields(node, ("country", "english", "names"), self.faults)
        country = self.code(fields.get("country"))
        names = fields.get("names")
        if country is None or not isinstance(names, Table) or not _KEY.match(key.text):
            self.faults.add(key, f"{key.text}: a place needs `country` and `names` by language", "missing-key")
            return ()
        first = read_list(names.entries[0][1])[:1] if names.entries else ()
        spelled = fields.get("english") or names.get("en")
        said = read_list(spelled)[:1] if spelled else first
        self.names.places[key.text] = Place(key.text, country, said_text(said[0]) if said else key.text)
        return names

    def person(self, key: Scalar, node: Node) -> Iterable[tuple[Scalar, Node]]:
        """One person with offices; the words for the person by language."""
        fields = read_fields(node, ("of", "role", "from", "until", "offices", "names"), self.faults)
        if not _KEY.match(key.text):
            self.faults.add(key, f"{key.text}: the key of a person is lower case", "bad-name")
        tables = read_list(fields["offices"]) if "offices" in fields else (node,)
        offices = tuple(office for table in tables if (office := self._office(table, whole=table is node)))
        names = fields.get("names")
        if not offices or not isinstance(names, Table):
            self.faults.add(key, f"{key.text}: a person needs an office (`of`, `role`) and `names`", "missing-key")
            return ()
        self.names.people[key.text] = Person(key.text, offices)
        return names

    def _office(self, node: Node, *, whole: bool) -> Office | None:
        known = ("of", "role", "from", "until", *(("names", "offices") if whole else ()))
        fields = read_fields(node, known, self.faults)
        code = self.code(fields.get("of"))
        role = read_choice(fields["role"], ROLES, self.faults) if "role" in fields else None
        if code is None or role is None:
            return None
        return Office(code, role, self._day(fields.get("from")), self._day(fields.get("until")))

    def _day(self, node: Node | None) -> date | None:
        if node is None or (isinstance(node, Scalar) and node.is_null):
            return None
        try:
            return date.fromisoformat(said_text(node))
        except ValueError:
            self.faults.add(node, f"{said_text(node)!r} is not a date such as 2025-01-20", "wrong-shape")
            return None

    def code(self, node: Node | None) -> ActorId | None:
        """The code of an actor that exists; None, and a fault, otherwise."""
        if node is None:
            return None
        code = ActorId(said_text(node))
        if code in self.names.actors:
            return code
        self.faults.add(node, f"no actor has the code {code!r}{did_you_mean(code, self.names.actors)}", "unknown-actor")
        return None


def said_text(node: Node) -> str:
    """What a scalar, or the `say` of a mapping, says; empty for anything else."""
    if isinstance(node, Scalar):
        return node.text.strip()
    say = node.get("say") if isinstance(node, Table) else None
    return say.text.strip() if isinstance(say, Scalar) else ""
