"""
Nodes → terms, slots, blocks and where they must stand: the part of a rule that says what to look for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from watcher.matching.library import Library
from watcher.matching.spec import (
    LIMIT_ALTERNATIVES,
    LIMIT_BLOCKS,
    LIMIT_TEXT,
    LIMIT_WINDOW,
    BlockSpec,
    PairSpec,
    SlotSpec,
    TermSpec,
    Where,
    Within,
)
from watcher.yamlfile import (
    Faults,
    Node,
    Scalar,
    Table,
    read_choice,
    read_fields,
    read_number,
    read_text,
    read_truth,
)

PARTS = ("title", "lead", "text")
CLASSES = ("state", "igo", "bloc", "group", "leader", "envoy")
TERM_KEYS = ("phrase", "regex", "fuzzy", "actor", "concept", "guard")
BLOCK_KEYS = ("any", "all", "none", "near", "at_least")
_SCOPE_KEYS = ("in", "within", "order", "of")
_DEEPEST_BLOCK = 6
_WORDS = re.compile(r"([0-9]{1,4})\s*words?")


class TermReader:
    """Reads the looking-for part of one rule; every fault goes to `faults`."""

    def __init__(self, library: Library, faults: Faults) -> None:
        self._library = library
        self._faults = faults
        self._count = 0

    # ── terms ──────────────────────────────────────────────────────────────────────────────────────────────────

    def terms(self, node: Node) -> tuple[TermSpec, ...]:
        """The alternatives of `what`, `unless` or `any`."""
        read = (self.term(member) for member in self._library.members(node, self._faults))
        return tuple(term for term in read if term)

    def term(self, node: Node) -> TermSpec | None:
        """One term, written as a word, a phrase or a mapping such as `{phrase: truce}`."""
        if isinstance(node, Table):
            return self._marked_term(node)
        text = read_text(node, self._faults, limit=LIMIT_TEXT)
        return self._counted(_spec(node, text)) if text else None

    def _marked_term(self, node: Table) -> TermSpec | None:
        fields = read_fields(node, (*TERM_KEYS, "lang"), self._faults)
        kinds = [kind for kind in TERM_KEYS if kind in fields]
        if len(kinds) != 1:
            self._faults.add(node, f"expected one of {', '.join(TERM_KEYS)}, such as {{phrase: truce}}", "wrong-shape")
            return None
        text = read_text(fields[kinds[0]], self._faults, limit=LIMIT_TEXT)
        lang = read_lang(fields["lang"], self._faults) if "lang" in fields else None
        if not text:
            return None
        if kinds[0] == "phrase" and text.startswith("="):
            return self._counted(TermSpec(fields[kinds[0]], "exact", text.lstrip("= "), lang))
        clean = text.removeprefix("~") if kinds[0] == "fuzzy" else text
        if kinds[0] == "regex" and len(text) > 2 and text.startswith("/") and text.endswith("/"):
            clean = text[1:-1]
        return self._counted(TermSpec(fields[kinds[0]], kinds[0], clean, lang))

    def _counted(self, term: TermSpec) -> TermSpec | None:
        self._count += 1
        if self._count == LIMIT_ALTERNATIVES + 1:
            message = f"more than {LIMIT_ALTERNATIVES:,} alternatives in one rule"
            self._faults.add(term.at, f"{message}: make it a concept in words.yaml, or several rules", "too-many")
        return term if self._count <= LIMIT_ALTERNATIVES else None

    # ── who ────────────────────────────────────────────────────────────────────────────────────────────────────

    def who(self, node: Node) -> tuple[tuple[SlotSpec, ...], PairSpec | None]:
        """Slots, all of which must be filled, and the ordered pair, of which there is one at most."""
        slots: list[SlotSpec] = []
        pair: PairSpec | None = None
        for member in self._library.members(node, self._faults):
            if isinstance(member, Table) and {"actor", "target", "ordered"} & {key.text for key, _ in member}:
                if pair is not None:
                    self._faults.add(member, "who: only one {actor: …, target: …} is allowed in a rule", "too-many")
                pair = self._pair(member) or pair
            elif slot := self._slot(member):
                slots.append(slot)
        if len(slots) > 6:
            self._faults.add(node, "who: more than six slots, all of which must be filled: use {any: […]}", "too-many")
            return (), pair
        return tuple(slots), pair

    def _pair(self, node: Table) -> PairSpec | None:
        fields = read_fields(node, ("actor", "target", "ordered"), self._faults)
        if "actor" in fields and len(node.entries) == 1:
            self._faults.add(
                node, "who: {actor: …} needs a target: write the name alone if there is none", "missing-key"
            )
            return None
        actor = self._slot(fields["actor"]) if "actor" in fields else None
        target = self._slot(fields["target"]) if "target" in fields else None
        ordered = read_truth(fields["ordered"], self._faults) if "ordered" in fields else True
        if actor is None or target is None:
            if not {"actor", "target"} <= fields.keys():
                self._faults.add(node, "who: expected both keys: {actor: any state, target: any state}", "missing-key")
            return None
        return PairSpec(node, actor, target, ordered is not False)

    def _slot(self, node: Node) -> SlotSpec | None:
        if isinstance(node, Table) and node.get("any") is not None:
            fields = read_fields(node, ("any",), self._faults)
            terms = self.terms(fields["any"])
        else:
            term = self.term(node)
            terms = (term,) if term else ()
        return SlotSpec(node, terms) if terms else None

    # ── match ──────────────────────────────────────────────────────────────────────────────────────────────────

    def blocks(self, node: Node) -> dict[str, BlockSpec]:
        """The named blocks of `match`."""
        if not isinstance(node, Table):
            self._faults.add(
                node, "match: expected named blocks, such as `topic: {any: [talks, meeting]}`", "wrong-shape"
            )
            return {}
        if len(node.entries) > LIMIT_BLOCKS:
            self._faults.add(node, f"match: more than {LIMIT_BLOCKS} blocks: make several rules", "too-many")
            return {}
        found: dict[str, BlockSpec] = {}
        for name, value in node:
            if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name.text) or name.text in _RESERVED:
                self._faults.add(
                    name,
                    f"match: {name.text!r} cannot be a block's name: use one word of letters, not {_SAID}",
                    "bad-name",
                )
            elif block := self._block(value, 1):
                found[name.text] = block
        return found

    def _block(self, node: Node, depth: int) -> BlockSpec | None:
        if depth > _DEEPEST_BLOCK:
            self._faults.add(node, f"match: blocks inside blocks more than {_DEEPEST_BLOCK} deep", "too-deep")
            return None
        if not isinstance(node, Table) or not {key.text for key, _ in node} & set(BLOCK_KEYS):
            members = self._members(node, depth)
            return BlockSpec(node, "any", members) if members else None
        fields = read_fields(node, (*BLOCK_KEYS, *_SCOPE_KEYS), self._faults)
        modes = [key for key in BLOCK_KEYS if key in fields]
        if len(modes) > 1:
            self._faults.add(node, f"match: {' and '.join(modes)} in one block: name two blocks instead", "wrong-shape")
            return None
        mode = modes[0] if modes else "any"
        number = read_number(fields[mode], self._faults, low=1, high=50) if mode == "at_least" else 0
        source = fields.get("of") if mode == "at_least" else fields.get(mode)
        if source is None:
            self._faults.add(node, "match: at_least needs `of`: {at_least: 2, of: [talks, deal, visit]}", "missing-key")
            return None
        members = self._members(source, depth)
        if mode == "near" and len(members) not in range(2, 7):
            self._faults.add(source, "match: near needs two to six members", "wrong-shape")
            return None
        within = read_within(fields["within"], self._faults) if "within" in fields else None
        part = read_choice(fields["in"], PARTS, self._faults) if "in" in fields else None
        if not members or number is None:
            return None
        near = within or (Within("words", 8) if mode == "near" else None)
        return BlockSpec(node, mode, members, number, near, read_order(fields, self._faults), part)

    def _members(self, node: Node, depth: int) -> tuple[TermSpec | BlockSpec, ...]:
        found: list[TermSpec | BlockSpec] = []
        for member in self._library.members(node, self._faults):
            is_block = isinstance(member, Table) and {key.text for key, _ in member} & set(BLOCK_KEYS)
            read = self._block(member, depth + 1) if is_block else self.term(member)
            if read is not None:
                found.append(read)
        return tuple(found)


_RESERVED = frozenset(("and", "or", "not", "who", "what", "unless", "threshold", "title_bonus"))
_SAID = "who, what, unless, and, or, not"


def _spec(node: Node, text: str) -> TermSpec:
    if text.startswith("~"):
        return TermSpec(node, "fuzzy", text[1:].strip())
    if len(text) > 2 and text.startswith("/") and text.endswith("/"):
        return TermSpec(node, "regex", text[1:-1])
    if text.startswith("="):
        return TermSpec(node, "exact", text.lstrip("= "))
    if text.startswith("any ") and len(text.split()) == 2:
        return TermSpec(node, "class", text[4:].strip())
    return TermSpec(node, "name", text)


def read_lang(node: Node, faults: Faults) -> str | None:
    """A language as ISO 639-1."""
    text = read_text(node, faults)
    if text is None or re.fullmatch(r"[a-z]{2}", text):
        return text
    faults.add(node, f"{text!r} is not a language: two small letters are expected, such as en or fr", "unknown-value")
    return None


def read_within(node: Node, faults: Faults) -> Within | None:
    """`sentence`, `paragraph`, `text`, or a number of words."""
    said = node.text.strip() if isinstance(node, Scalar) else ""
    if said in ("sentence", "paragraph", "text"):
        return Within(said)
    found = _WORDS.fullmatch(said)
    if found and 1 <= int(found[1]) <= LIMIT_WINDOW:
        return Within("words", int(found[1]))
    expected = f"sentence, paragraph, text, or 1 to {LIMIT_WINDOW} words such as `8 words`"
    faults.add(node, f"within: {said!r} is not understood: expected {expected}", "unknown-value")
    return None


def read_order(fields: Mapping[str, Node], faults: Faults) -> bool:
    """Whether `order: given` stands there."""
    node = fields.get("order")
    return node is not None and read_choice(node, ("any", "given"), faults) == "given"


def read_where(node: Node, faults: Faults) -> Where:
    """Where the deciding words and the actors must stand."""
    fields = read_fields(node, ("in", "who", "within", "order", "as"), faults)
    part = read_choice(fields["in"], PARTS, faults) if "in" in fields else None
    who = read_choice(fields["who"], PARTS, faults) if "who" in fields else None
    within = read_within(fields["within"], faults) if "within" in fields else None
    parties = "as" in fields and read_choice(fields["as"], ("named", "parties"), faults) == "parties"
    return Where(part, who, within, read_order(fields, faults), parties)
