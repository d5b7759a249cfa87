"""
Vocabulary files → names and rows: what people wrote, checked, before it is compiled. Every problem has its place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from watcher.text import fold
from watcher.vocabulary.entries import Mark, Names, is_acronym
from watcher.vocabulary.naming import NameReader
from watcher.vocabulary.patterns import spaced
from watcher.yamlfile import (
    Faults,
    Node,
    Scalar,
    Table,
    did_you_mean,
    parse,
    read_fields,
    read_list,
    read_texts,
    read_truth,
    to_plain,
)

SORTS = {"names": "name", "adjectives": "adjective", "capital": "capital", "seat": "seat", "ministry": "ministry"}
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
        self.naming = NameReader(self.names, self.faults)

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
                return self.naming.actor
            case "actors", "people":
                return self.person
            case "actors", lang:
                return lambda code, node: self.aliases(code, node, lang)
            case "concepts", "index":
                return self.naming.concept
            case "guards", "index":
                return self.naming.guard
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

    def place(self, key: Scalar, node: Node) -> None:
        """One place with its words."""
        for lang, words in self.naming.place(key, node):
            self._names("place", key.text, words, lang=lang.text, sort="")

    def person(self, key: Scalar, node: Node) -> None:
        """One person with the words for them."""
        for lang, words in self.naming.person(key, node):
            self._names("person", key.text, words, lang=lang.text, sort="person")

    def aliases(self, code: Scalar, node: Node, lang: str) -> None:
        """The aliases of one actor in one language, by sort or as one list of names."""
        if self.naming.code(code) is None:
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
            names = (name, *(code for node in also if (code := self.naming.code(node))))
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
