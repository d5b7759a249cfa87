"""
Rule files → the tables of rules, lists and macros of one folder, with `use`, `extends` and `include` followed.

Works on nodes, before anything is understood, so that a problem is shown at the line where it was written, also when
that line is in another file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from watcher.matching.spec import LIMIT_ALTERNATIVES, LIMIT_INCLUDES, LIMIT_RULES, LIMIT_TEXT
from watcher.text import fold
from watcher.yamlfile import (
    Faults,
    Node,
    Scalar,
    Sequence,
    Table,
    did_you_mean,
    read_fields,
    read_list,
    read_text,
    read_texts,
)

FILE_KEYS = ("as_of", "lists", "macros", "rules")
_NOT_INHERITED = frozenset(("rule", "id", "was", "examples", "as_of"))
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def to_id(title: str) -> str:
    """A title as an id: folded, everything but a-z and 0-9 turned into `-`; empty for a title in another script."""
    return re.sub(r"[^a-z0-9]+", "-", fold(title)).strip("-")[:LIMIT_TEXT]


class Library:
    """
    What the files of one folder define, and behind it what `_shared` does.

    Args:
        shared: The library of `_shared`; None for that itself.

    `rules` are in the order of the files, each with an `id` and, when its file has one, an `as_of`. `used` collects the
    names of lists and macros that were asked for.
    """

    def __init__(self, shared: Library | None = None) -> None:
        self.shared = shared
        self.rules: list[Table] = []
        self.lists: dict[str, tuple[Scalar, Node]] = {}
        self.macros: dict[str, tuple[Scalar, Node]] = {}
        self.used: set[str] = set()
        self._flat: dict[str, tuple[Node, ...]] = {}

    def add_file(self, root: Node, faults: Faults) -> None:
        """Take in what one rule file defines."""
        fields = read_fields(root, FILE_KEYS, faults)
        for key, into in (("lists", self.lists), ("macros", self.macros)):
            if key in fields:
                self._define(fields[key], into, faults, kind=key.removesuffix("s"))
        as_of = fields.get("as_of")
        for node in read_list(fields["rules"]) if "rules" in fields else ():
            if not isinstance(node, Table):
                faults.add(node, "expected a rule: a mapping that begins with `rule:` or `use:`", "wrong-shape")
            elif len(self.rules) >= LIMIT_RULES:
                faults.add(node, f"more than {LIMIT_RULES:,} rules in one folder: make it two teams", "too-many")
                return
            else:
                self.rules.append(_with_as_of(node, as_of))

    def _define(self, node: Node, into: dict[str, tuple[Scalar, Node]], faults: Faults, *, kind: str) -> None:
        if not isinstance(node, Table):
            faults.add(node, f"expected a mapping of {kind} names", "wrong-shape")
            return
        for name, value in node:
            if name.text in into:
                first = into[name.text][0]
                faults.add(name, f"the {kind} {name.text!r} is already in {first.path}:{first.line}", "duplicate-key")
            elif kind == "macro" and not isinstance(value, Table):
                faults.add(value, "expected the keys of a rule", "wrong-shape")
            else:
                into[name.text] = (name, value)

    # ── include ────────────────────────────────────────────────────────────────────────────────────────────────

    def members(self, node: Node, faults: Faults) -> tuple[Node, ...]:
        """The members of a list with every `{include: name}` replaced by the members of that list."""
        found = tuple(self._flatten(read_list(node), (), faults))
        if len(found) > LIMIT_ALTERNATIVES:
            message = f"{len(found):,} alternatives, at most {LIMIT_ALTERNATIVES:,} are allowed in one rule"
            faults.add(node, f"{message}: make it a concept in words.yaml, or several rules", "too-many")
            return ()
        return found

    def _flatten(self, nodes: Iterable[Node], trail: tuple[str, ...], faults: Faults) -> Iterator[Node]:
        for node in nodes:
            asked = node.get("include") if isinstance(node, Table) else None
            if asked is None:
                yield node
                continue
            for name in read_texts(asked, faults):
                yield from self._listed(name, trail, faults)

    def _listed(self, name: Scalar, trail: tuple[str, ...], faults: Faults) -> tuple[Node, ...]:
        found = self._find("lists", name, faults)
        if found is None:
            return ()
        if name.text in trail:
            circle = " → ".join((*trail[trail.index(name.text) :], name.text))
            faults.add(name, f"include: the lists go in a circle ({circle}): take one of them out", "include-cycle")
            return ()
        if len(trail) >= LIMIT_INCLUDES:
            faults.add(
                name, f"include: lists inside lists more than {LIMIT_INCLUDES} deep: write it flatter", "too-deep"
            )
            return ()
        if name.text not in self._flat:
            inside = tuple(self._flatten(read_list(found), (*trail, name.text), faults))
            if len(inside) > LIMIT_ALTERNATIVES:
                message = f"include: the list {name.text!r} has {len(inside):,} members after its includes"
                faults.add(name, f"{message}, at most {LIMIT_ALTERNATIVES:,} are allowed", "too-many")
                inside = ()
            self._flat[name.text] = inside
        return self._flat[name.text]

    # ── use, extends ───────────────────────────────────────────────────────────────────────────────────────────

    def expand(self, rule: Table, faults: Faults) -> Table | None:
        """The rule with what it uses or extends written out; None when that cannot be found."""
        return self._expand(rule, (), faults)

    def _expand(self, rule: Table, trail: tuple[str, ...], faults: Faults) -> Table | None:
        use, extends = rule.get("use"), rule.get("extends")
        merged = rule
        for key, node in (("use", use), ("extends", extends)):
            if node is None:
                continue
            name = read_text(node, faults, limit=LIMIT_TEXT)
            if name is None or not isinstance(node, Scalar):
                return None
            if name in trail or len(trail) >= LIMIT_INCLUDES:
                circle = " → ".join((*trail, name))
                faults.add(node, f"{key}: rules go in a circle or too deep ({circle}): cut it", "include-cycle")
                return None
            base = self._base(node, faults, is_use=key == "use")
            whole = self._expand(base, (*trail, name), faults) if base else None
            if whole is None:
                return None
            merged = _merge(whole, merged, identity=key == "use")
        return merged

    def _base(self, name: Scalar, faults: Faults, *, is_use: bool) -> Table | None:
        if not is_use:
            macro = self._find_quietly("macros", name.text)
            if isinstance(macro, Table):
                return macro
        rules = self._rules_by_id()
        own = self.shared._rules_by_id() if is_use and self.shared else rules
        if name.text in own:
            return own[name.text]
        if not is_use and self.shared and name.text in (shared := self.shared._rules_by_id()):
            return shared[name.text]
        names = {*own, *(() if is_use else self._names("macros"))}
        what = "no rule of _shared" if is_use else "no macro or rule of this folder or _shared"
        faults.add(name, f"{what} is called {name.text!r}{did_you_mean(name.text, names)}", "unknown-name")
        return None

    @property
    def rule_ids(self) -> frozenset[str]:
        """Ids of the folder's own rules, by which `use` and `extends` name them."""
        return frozenset(self._rules_by_id())

    def _rules_by_id(self) -> Mapping[str, Table]:
        return {name: rule for rule in self.rules if (name := _own_id(rule))}

    def _find(self, kind: str, name: Scalar, faults: Faults) -> Node | None:
        found = self._find_quietly(kind, name.text)
        if found is None:
            offer = did_you_mean(name.text, self._names(kind))
            message = f"no {kind.removesuffix('s')} is called {name.text!r} here or in _shared{offer}"
            faults.add(name, message, "unknown-name")
        return found

    def _find_quietly(self, kind: str, name: str) -> Node | None:
        own = self.lists if kind == "lists" else self.macros
        if name in own:
            self.used.add(name)
            return own[name][1]
        return self.shared._find_quietly(kind, name) if self.shared else None

    def _names(self, kind: str) -> set[str]:
        own = set(self.lists if kind == "lists" else self.macros)
        return own | (self.shared._names(kind) if self.shared else set())


def _with_as_of(rule: Table, as_of: Node | None) -> Table:
    if as_of is None or rule.get("as_of") is not None:
        return rule
    key = Scalar(as_of.path, as_of.line, as_of.column, "as_of")
    return Table(rule.path, rule.line, rule.column, (*rule.entries, (key, as_of)))


def _own_id(rule: Table) -> str:
    """The id a rule gives itself; what only uses another has that one's name."""
    for key in ("id", "rule", "use"):
        node = rule.get(key)
        if isinstance(node, Scalar) and node.text:
            return to_id(node.text) if key == "rule" else node.text
    return ""


def _merge(base: Table, own: Table, *, identity: bool) -> Table:
    """Keys of `own` over keys of `base`; examples are added to those of a used rule, and read at its date."""
    inherited = {key.text: (key, value) for key, value in base.entries if identity or key.text not in _NOT_INHERITED}
    if identity and "id" not in inherited:
        title = base.get("rule")
        if isinstance(title, Scalar):
            key = Scalar(title.path, title.line, title.column, "id")
            inherited["id"] = (key, Scalar(title.path, title.line, title.column, to_id(title.text)))
    kept = {key.text: (key, value) for key, value in own.entries if key.text not in ("use", "extends")}
    if identity and "examples" in inherited:
        kept.pop("as_of", None)
        if "examples" in kept:
            kept["examples"] = (kept["examples"][0], _together(inherited["examples"][1], kept["examples"][1]))
    merged = {**inherited, **kept}
    return Table(own.path, own.line, own.column, tuple(merged.values()))


def _together(base: Node, own: Node) -> Node:
    """The examples of a shared rule and those that a team adds to them."""
    if not isinstance(base, Table) or not isinstance(own, Table):
        return own
    kinds = {key.text: (key, value) for key, value in base.entries}
    for key, value in own.entries:
        before = read_list(kinds[key.text][1]) if key.text in kinds else ()
        kinds[key.text] = (key, Sequence(value.path, value.line, value.column, (*before, *read_list(value))))
    return Table(own.path, own.line, own.column, tuple(kinds.values()))


def is_id(text: str) -> bool:
    """Whether it is kebab case: `meeting-moved-up`."""
    return bool(_ID.fullmatch(text)) and len(text) <= LIMIT_TEXT
