"""
Rows as vocabulary files have them → entries for the scan.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from watcher.vocabulary.entries import Entry, Mark, entry
from watcher.vocabulary.patterns import Parsed, PatternError, compile_alias, parse_pattern

if TYPE_CHECKING:
    # Reading YAML is imported only where it is needed: a compiled vocabulary starts without it.
    from watcher.vocabulary.files import FileReader


def compile_rows(reader: FileReader) -> tuple[Entry, ...]:
    """Entries of the rows a reader took in; patterns that cannot be used are added to its faults."""
    parsed: list[Parsed | None] = []
    for row in reader.rows:
        try:
            parsed.append(parse_pattern(row.text, row.lang, lists=row.lists) if row.is_pattern else None)
        except PatternError as error:
            reader.faults.add(row.node, str(error), "bad-pattern")
            parsed.append(None)
    weights = Counter(anchor for pattern in parsed if pattern for anchor in pattern.anchors)
    entries = []
    for row, pattern in zip(reader.rows, parsed, strict=True):
        if pattern is None and row.is_pattern:
            continue
        try:
            fixed = bool(row.marks & (Mark.BLOCK | Mark.FORBID))
            compiled = pattern.compiled(weights) if pattern else compile_alias(row.text, row.lang, fixed=fixed)
        except PatternError as error:
            reader.faults.add(row.node, str(error), "bad-alias")
            continue
        place = (f"{row.node.path}:{row.node.line}", row.lang, row.sort)
        entries.append(entry(compiled, kind=row.kind, names=row.names, text=row.text, place=place, marks=row.marks))
    return tuple(entries)
