"""
A team's `words.yaml` over a vocabulary: adds, removes, new names. What the team does not touch is shared, not copied.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from watcher.errors import ConfigError
from watcher.text import fold
from watcher.vocabulary.entries import Entry, Mark, Names
from watcher.vocabulary.files import FileReader
from watcher.vocabulary.rows import compile_rows
from watcher.yamlfile import Node, Scalar, Table, did_you_mean, read_fields, read_texts

_KINDS = {"actors": "actor", "concepts": "concept", "guards": "guard"}
_CHANGES = ("new", "add", "not", "remove")


def extend(names: Names, entries: tuple[Entry, ...], words: Mapping[str, str]) -> tuple[Names, tuple[Entry, ...]]:
    """
    Names and entries with the words files laid over them in the order given.

    Raises:
        ConfigError: With every problem of every file.
    """
    overlay = _Overlay(names, entries)
    for path, text in words.items():
        if (table := overlay.reader.table(text, path)) is not None:
            overlay.read(table)
    added = compile_rows(overlay.reader)
    if overlay.reader.faults.is_fatal:
        raise ConfigError(overlay.reader.faults.problems)
    kept = (one for index, one in enumerate(entries) if index not in overlay.removed)
    return overlay.reader.names, (*kept, *added)


class _Overlay:
    """Reads words files; collects what is added in its reader and the indexes of what is removed."""

    def __init__(self, names: Names, entries: tuple[Entry, ...]) -> None:
        self.reader = FileReader(names.copy())
        self.entries = entries
        self.removed: set[int] = set()
        self.known: Mapping[str, Collection[str]] = {
            "actor": self.reader.names.actors,
            "concept": self.reader.names.concepts,
            "guard": self.reader.names.guards,
        }

    def read(self, table: Table) -> None:
        reader = self.reader
        for section, node in read_fields(table, (*_KINDS, "people", "places"), reader.faults).items():
            if not isinstance(node, Table):
                reader.faults.add(node, f"{section}: expected a mapping by name", "wrong-shape")
                continue
            for key, value in node:
                if section in _KINDS:
                    self._change(_KINDS[section], key, value)
                elif section == "people":
                    reader.person(key, value)
                else:
                    reader.place(key, value)

    def _change(self, kind: str, key: Scalar, node: Node) -> None:
        fields = read_fields(node, _CHANGES, self.reader.faults)
        if "new" in fields:
            self._create(kind, key, fields["new"])
        if key.text not in self.known[kind]:
            offer = did_you_mean(key.text, self.known[kind])
            message = f"no {kind} is called {key.text!r}{offer}; a new one needs `new:`"
            self.reader.faults.add(key, message, f"unknown-{kind}")
            return
        for lang, listed in self._by_language(fields.get("add")):
            self._add(kind, key, listed, lang)
        for lang, listed in self._by_language(fields.get("not")):
            self._block(kind, key, listed, lang)
        for lang, listed in self._by_language(fields.get("remove")):
            for text in read_texts(listed, self.reader.faults):
                self._remove(kind, key.text, text, lang)

    def _create(self, kind: str, key: Scalar, node: Node) -> None:
        match kind:
            case "actor":
                self.reader.naming.actor(key, node)
            case "concept":
                self.reader.naming.concept(key, node)
            case _:
                self.reader.naming.guard(key, node)

    def _add(self, kind: str, key: Scalar, listed: Node, lang: str) -> None:
        if kind == "actor":
            self.reader.aliases(key, listed, lang)
        else:
            lists = self.reader.names.lists.get(f"{kind}/{lang}", {})
            self.reader.patterns(kind, key.text, listed, lang=lang, lists=lists)

    def _block(self, kind: str, key: Scalar, listed: Node, lang: str) -> None:
        if kind == "actor":
            self.reader.blocks(key.text, listed, lang)
        else:
            lists = self.reader.names.lists.get(f"{kind}/{lang}", {})
            self.reader.patterns(kind, key.text, listed, lang=lang, lists=lists, marks=Mark.BLOCK)

    def _by_language(self, node: Node | None) -> Iterable[tuple[str, Node]]:
        if node is None:
            return ()
        if not isinstance(node, Table):
            self.reader.faults.add(node, "expected words by language, such as {en: [...]}", "wrong-shape")
            return ()
        return [(key.text, value) for key, value in node]

    def _remove(self, kind: str, name: str, text: Scalar, lang: str) -> None:
        wanted = fold(text.text.strip())
        own = {
            index: one.text
            for index, one in enumerate(self.entries)
            if one.kind == kind and name in one.names and one.lang == lang
        }
        found = {index for index, known in own.items() if fold(known) == wanted}
        if not found:
            message = f"{name} has no {text.text!r} in {lang} to remove{did_you_mean(text.text, own.values())}"
            self.reader.faults.add(text, message, "nothing-to-remove")
        self.removed |= found
