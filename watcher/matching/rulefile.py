"""
The table of one rule → RuleSpec: every key of the language, all problems at once.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from watcher.matching.examples import read_day, read_examples
from watcher.matching.extract import EXTRACTS
from watcher.matching.library import Library, is_id, to_id
from watcher.matching.spec import LIMIT_TEXT, RuleSpec, ScoreSpec, SourcesSpec, Where
from watcher.matching.terms import TermReader, read_lang, read_where
from watcher.matching.wishes import WISH_KEYS, read_wishes
from watcher.model import RuleId, Severity, Status
from watcher.text import fold
from watcher.yamlfile import (
    Faults,
    Node,
    Table,
    read_choice,
    read_fields,
    read_list,
    read_number,
    read_text,
    read_texts,
)

LOOK_KEYS = ("who", "what", "unless", "where", "match", "condition", "score", "languages", "sources", "status_in")
RULE_KEYS = (
    *("rule", "id", "use", "extends"),
    *LOOK_KEYS,
    *("extract", "severity", "why", "examples", "as_of"),
    *WISH_KEYS,
)


@dataclass(frozen=True, slots=True)
class _Names:
    """Title and id of a rule, and where they are written."""

    title: str
    id: RuleId


def read_rule(table: Table, library: Library, channels: Collection[str] | None, faults: Faults) -> RuleSpec | None:
    """
    One rule with what it uses and extends.

    Args:
        channels: Names that `notify` may have; None: not known here.

    Returns:
        None when it has no name or looks for nothing; with other problems, what could be read.
    """
    whole = library.expand(table, faults)
    if whole is None:
        return None
    fields = read_fields(_without_include(whole, faults), RULE_KEYS, faults)
    names = _read_names(whole, fields, faults)
    if names is None:
        return None
    if not fields.keys() & {"who", "what", "match"}:
        faults.add(table, "the rule looks for nothing: it needs who, what or match", "missing-key")
        return None
    terms = TermReader(library, faults)
    slots, pair = terms.who(fields["who"]) if "who" in fields else ((), None)
    as_of = read_day(fields["as_of"], faults) if "as_of" in fields else None
    examples, tales = read_examples(fields["examples"], library, as_of, faults) if "examples" in fields else ((), ())
    return RuleSpec(
        at=table,
        id=names.id,
        title=names.title,
        severity=_read_severity(fields, faults),
        who=slots,
        pair=pair,
        what=terms.terms(fields["what"]) if "what" in fields else (),
        unless=terms.terms(fields["unless"]) if "unless" in fields else (),
        where=read_where(fields["where"], faults) if "where" in fields else Where(),
        match=terms.blocks(fields["match"]) if "match" in fields else {},
        condition=fields.get("condition"),
        score=_read_score(fields["score"], faults) if "score" in fields else None,
        languages=_read_languages(fields["languages"], faults) if "languages" in fields else frozenset(),
        sources=_read_sources(fields["sources"], faults) if "sources" in fields else SourcesSpec(),
        statuses=_read_statuses(fields["status_in"], faults) if "status_in" in fields else frozenset(),
        extract=_read_extract(fields["extract"], faults) if "extract" in fields else (),
        wishes=read_wishes(fields, channels, faults),
        why=(read_text(fields["why"], faults, limit=1_000) or "") if "why" in fields else "",
        examples=examples,
        tales=tales,
        has_examples="examples" in fields,
        as_of=as_of,
    )


def _read_severity(fields: Mapping[str, Node], faults: Faults) -> Severity:
    said = read_choice(fields["severity"], tuple(Severity), faults, key="severity") if "severity" in fields else None
    return Severity(said) if said else Severity.WATCH


def _without_include(table: Table, faults: Faults) -> Table:
    """The rule without a misplaced `include`, which deserves a better hint than "no such key"."""
    for key, _ in table:
        if key.text == "include":
            faults.add(key, "include stands inside a list: `unless: [sport, {include: our-noise}]`", "unknown-key")
    kept = tuple((key, value) for key, value in table if key.text != "include")
    return Table(table.path, table.line, table.column, kept)


def _read_names(table: Table, fields: Mapping[str, Node], faults: Faults) -> _Names | None:
    if "rule" not in fields:
        faults.add(table, "a rule begins with its title (`rule: Meeting moved up`) or with `use:`", "missing-key")
        return None
    title = read_text(fields["rule"], faults, limit=LIMIT_TEXT)
    written = read_text(fields["id"], faults, limit=LIMIT_TEXT) if "id" in fields else None
    if title is None or ("id" in fields and written is None):
        return None
    name = written or to_id(title)
    if not name:
        faults.add(
            fields["rule"], "the title has no letters from a to z: add `id:`, such as id: talks-in-vienna", "bad-name"
        )
        return None
    if not is_id(name):
        faults.add(
            fields.get("id", fields["rule"]), f"id: {name!r} is not kebab case, such as {to_id(name)!r}", "bad-name"
        )
        return None
    return _Names(title, RuleId(name))


def _read_score(node: Node, faults: Faults) -> ScoreSpec | None:
    if not isinstance(node, Table):
        faults.add(node, "score: expected {threshold: 5, topic: 3, change: 2, title_bonus: 1}", "wrong-shape")
        return None
    numbers = {
        key.text: number
        for key, value in node
        if (number := read_number(value, faults, low=-1_000, high=1_000)) is not None
    }
    threshold, bonus = numbers.pop("threshold", None), numbers.pop("title_bonus", 0)
    if threshold is None or threshold < 1 or not numbers:
        faults.add(node, "score: needs a threshold above 0 and the weight of a block at least", "missing-key")
        return None
    return ScoreSpec(threshold, numbers, bonus)


def _read_languages(node: Node, faults: Faults) -> frozenset[str]:
    return frozenset(lang for member in read_list(node) if (lang := read_lang(member, faults)))


def _read_statuses(node: Node, faults: Faults) -> frozenset[Status]:
    read = (read_choice(member, tuple(Status), faults, key="status_in") for member in read_list(node))
    return frozenset(Status(status) for status in read if status)


def _read_extract(node: Node, faults: Faults) -> tuple[str, ...]:
    read = (read_choice(member, EXTRACTS, faults, key="extract") for member in read_list(node))
    return tuple(name for name in read if name)


def _read_sources(node: Node, faults: Faults) -> SourcesSpec:
    fields = read_fields(node, ("tier", "only", "not"), faults)
    tiers = [
        tier
        for member in (read_list(fields["tier"]) if "tier" in fields else ())
        if (tier := read_number(member, faults, low=1, high=3)) is not None
    ]
    only, exclude = (
        frozenset(fold(name.text.strip()) for name in read_texts(fields[key], faults))
        if key in fields
        else frozenset[str]()
        for key in ("only", "not")
    )
    return SourcesSpec(frozenset(tiers), only, exclude)
