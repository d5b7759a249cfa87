"""
Vocabulary files → names and rows: what people wrote, checked, before it is compiled. Every problem has its place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from watcher.model import ActorId, ConceptId
from watcher.text import fold
from watcher.vocabulary.entries import Mark, Names, is_acronym
from watcher.vocabulary.patterns import spaced
from watcher.vocabulary.terms import Actor, Concept, Guard, Office, Person, Place
from watcher.yamlfile import (
    Faults,
    Node,
    Scalar,
    Table,
    did_you_mean,
    parse,
    read_choice,
    read_fields,
    read_list,
    read_text,
    read_texts,
    read_truth,
    to_plain,
)

CLASSES = ("state", "igo", "bloc", "group")
ROLES = ("leader", "foreign", "defence", "envoy", "spokesman")
SORTS = {"names": "name", "adjectives": "adjective", "capital": "capital", "seat": "seat", "ministry": "ministry"}
WHERES = ("title", "lead", "text")
SCOPES = ("title", "item", "sentence", "clause", "before")
_CODE = re.compile(r"^[A-Z][A-Z0-9_]{1,30}$")
_CONCEPT = re.compile(r"^[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*$")
_KEY = re.compile(r"^[a-z][a-z0-9_-]*$")
_MANY = 5_000


@dataclass(frozen=True, slots=True)
class Row:
    """One alias or pattern as written; `node` is its place."""

    kind: str
    names: tuple[str, ...]
    text: str
    lang: str | None
    sort: str
    marks: Mark
    node: Scalar
    lists: Mapping[str, tuple[str, ...]]

    @property
    def is_pattern(self) -> bool:
        """Whether it is written in the pattern language; aliases are not."""
        return self.kind in ("concept", "guard")


class FileReader:
    """Reads files in any order of kinds, indexes before words; collects names, rows and faults."""

    def __init__(self, names: Names | None = None) -> None:
        self.names = names or Names()
        self.rows: list[Row] = []
        self.faults = Faults()

    def read(self, files: Mapping[str, str]) -> None:
        """Take in the shipped kind of files, by path such as `concepts/en.yaml`."""
        for path in sorted(files, key=lambda path: (not path.endswith("index.yaml"), path)):
            folder, _, name = path.rpartition("/")
            stem = name.removesuffix(".yaml")
            table = self.table(files[path], path)
            if table is None:
                continue
            folder = folder.rpartition("/")[2]
            if (read := self._by_line(folder, stem)) is not None:
                for key, node in table:
                    read(key, node)
            elif folder in ("concepts", "guards"):
                self._patterns(table, folder.removesuffix("s"), stem)
            elif folder == "marks":
                plain = to_plain(table)
                self.names.marks[stem] = plain if isinstance(plain, dict) else {}
            else:
                self.faults.add(table, "not a vocabulary file: see README.md for their names", "unknown-file")

    def _by_line(self, folder: str, stem: str) -> Callable[[Scalar, Node], None] | None:
        """What reads each line of a file whose lines stand alone; None for files with lists."""
        match folder, stem:
            case "actors", "index":
                return self.actor
            case "actors", "people":
                return self.person
            case "actors", lang:
                return lambda code, node: self.aliases(code, node, lang)
            case "concepts", "index":
                return self.concept
            case "guards", "index":
                return self.guard
            case _, "places":
                return self.place
        return None

    def table(self, text: str, path: str) -> Table | None:
        """The mapping a file holds; None when it is empty or not one, which is noted."""
        node, problems = parse(text, path)
        self.faults.extend(problems)
        if node is not None and not isinstance(node, Table):
            self.faults.add(node, "expected a mapping", "wrong-shape")
        return node if isinstance(node, Table) else None

    # ── Names ──────────────────────────────────────────────────────────────────────────────────────────────────

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

    def place(self, key: Scalar, node: Node) -> None:
        """One place with its names."""
        fields = read_fields(node, ("country", "english", "names"), self.faults)
        country = self._code(fields.get("country"))
        names = fields.get("names")
        if country is None or not isinstance(names, Table) or not _KEY.match(key.text):
            self.faults.add(key, f"{key.text}: a place needs `country` and `names` by language", "missing-key")
            return
        first = read_list(names.entries[0][1])[:1] if names.entries else ()
        spelled = fields.get("english") or names.get("en")
        said = read_list(spelled)[:1] if spelled else first
        self.names.places[key.text] = Place(key.text, country, _plain_text(said[0]) if said else key.text)
        for lang, node_of_lang in names:
            self._names("place", key.text, node_of_lang, lang=lang.text, sort="")

    def person(self, key: Scalar, node: Node) -> None:
        """One person with offices and names."""
        fields = read_fields(node, ("of", "role", "from", "until", "offices", "names"), self.faults)
        if not _KEY.match(key.text):
            self.faults.add(key, f"{key.text}: the key of a person is lower case", "bad-name")
        tables = read_list(fields["offices"]) if "offices" in fields else (node,)
        offices = tuple(office for table in tables if (office := self._office(table, whole=table is node)))
        names = fields.get("names")
        if not offices or not isinstance(names, Table):
            self.faults.add(key, f"{key.text}: a person needs an office (`of`, `role`) and `names`", "missing-key")
            return
        self.names.people[key.text] = Person(key.text, offices)
        for lang, node_of_lang in names:
            self._names("person", key.text, node_of_lang, lang=lang.text, sort="person")

    def _office(self, node: Node, *, whole: bool) -> Office | None:
        known = ("of", "role", "from", "until", *(("names", "offices") if whole else ()))
        fields = read_fields(node, known, self.faults)
        code = self._code(fields.get("of"))
        role = read_choice(fields["role"], ROLES, self.faults) if "role" in fields else None
        if code is None or role is None:
            return None
        return Office(code, role, self._day(fields.get("from")), self._day(fields.get("until")))

    def _day(self, node: Node | None) -> date | None:
        if node is None or (isinstance(node, Scalar) and node.is_null):
            return None
        try:
            return date.fromisoformat(_plain_text(node))
        except ValueError:
            self.faults.add(node, f"{_plain_text(node)!r} is not a date such as 2025-01-20", "wrong-shape")
            return None

    def _code(self, node: Node | None) -> ActorId | None:
        if node is None:
            return None
        code = ActorId(_plain_text(node))
        if code in self.names.actors:
            return code
        self.faults.add(node, f"no actor has the code {code!r}{did_you_mean(code, self.names.actors)}", "unknown-actor")
        return None

    # ── Words ──────────────────────────────────────────────────────────────────────────────────────────────────

    def aliases(self, code: Scalar, node: Node, lang: str) -> None:
        """The aliases of one actor in one language, by sort or as one list of names."""
        if self._code(code) is None:
            return
        if not isinstance(node, Table):
            self._names("actor", code.text, node, lang=lang, sort="name")
            return
        for sort, listed in read_fields(node, tuple(SORTS), self.faults).items():
            self._names("actor", code.text, listed, lang=lang, sort=SORTS[sort])

    def _names(self, kind: str, name: str, node: Node, *, lang: str, sort: str) -> None:
        for member in read_list(node):
            if isinstance(member, Scalar):
                self._alias(kind, (name,), member, lang=lang, sort=sort)
                continue
            fields = read_fields(member, ("say", "ambiguous", "not", "also"), self.faults)
            say = fields.get("say")
            if not isinstance(say, Scalar):
                self.faults.add(member, "an alias with more to say needs `say: <alias>`", "missing-key")
                continue
            also = read_texts(fields["also"], self.faults) if "also" in fields else ()
            names = (name, *(code for node in also if (code := self._code(node))))
            ambiguous = "ambiguous" in fields and read_truth(fields["ambiguous"], self.faults)
            marks = Mark.AMBIGUOUS if ambiguous else Mark.NONE
            self._alias(kind, names, say, lang=lang, sort=sort, marks=marks)
            for phrase in read_texts(fields["not"], self.faults) if "not" in fields else ():
                holds = spaced(fold(say.text.rstrip("*"))).strip() in spaced(fold(phrase.text))
                self._add(kind, (name,), phrase, lang=lang, sort=sort, marks=Mark.BLOCK if holds else Mark.FORBID)

    def _alias(
        self, kind: str, names: tuple[str, ...], node: Scalar, *, lang: str, sort: str, marks: Mark = Mark.NONE
    ) -> None:
        if is_acronym(node.text):
            marks |= Mark.CAPITALS
        elif node.text[:1] != node.text[:1].lower():
            marks |= Mark.CAPITAL
        self._add(kind, names, node, lang=lang, sort=sort, marks=marks)

    def _add(self, kind: str, names: tuple[str, ...], node: Scalar, *, lang: str, sort: str, marks: Mark) -> None:
        self.rows.append(Row(kind, names, node.text.strip(), lang, sort, marks, node, {}))

    def blocks(self, code: str, node: Node, lang: str) -> None:
        """Phrases that are never this actor."""
        for phrase in read_texts(node, self.faults):
            self._add("actor", (code,), phrase, lang=lang, sort="", marks=Mark.BLOCK)

    def _patterns(self, table: Table, kind: str, lang: str) -> None:
        lists = {key.text[1:]: self._members(node) for key, node in table if key.text.startswith("_")}
        self.names.lists[f"{kind}/{lang}"] = lists
        known: Iterable[str] = self.names.concepts if kind == "concept" else self.names.guards
        for key, node in table:
            if key.text.startswith("_"):
                continue
            if key.text not in known:
                self.faults.add(
                    key, f"no {kind} is called {key.text!r}{did_you_mean(key.text, known)}", f"unknown-{kind}"
                )
                continue
            fields = read_fields(node, ("any", "not", "url"), self.faults)
            self.patterns(kind, key.text, fields.get("any"), lang=lang, lists=lists)
            self.patterns(kind, key.text, fields.get("not"), lang=lang, lists=lists, marks=Mark.BLOCK)
            if "url" in fields and kind == "guard":
                urls = tuple(part.text for part in read_texts(fields["url"], self.faults))
                self.names.urls[key.text] = self.names.urls.get(key.text, ()) + urls

    def patterns(
        self,
        kind: str,
        name: str,
        node: Node | None,
        *,
        lang: str,
        lists: Mapping[str, tuple[str, ...]],
        marks: Mark = Mark.NONE,
    ) -> None:
        """Patterns of one concept or guard."""
        for member in read_texts(node, self.faults, limit=_MANY) if node is not None else ():
            for pattern in member.text.split(", "):
                self.rows.append(Row(kind, (name,), pattern.strip(), lang, "", marks, member, lists))

    def _members(self, node: Node) -> tuple[str, ...]:
        return tuple(member.text.strip() for member in read_texts(node, self.faults))


def _plain_text(node: Node) -> str:
    if isinstance(node, Scalar):
        return node.text.strip()
    say = node.get("say") if isinstance(node, Table) else None
    return say.text.strip() if isinstance(say, Scalar) else ""
