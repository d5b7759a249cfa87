"""Texts cut at the words that made a rule fire, and the excerpt around them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from watcher.model import Evidence, Item, Part

EXCERPT_LIMIT = 320


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text; `marked` when it made the rule fire."""

    text: str
    marked: bool


def pieces(text: str, spans: Sequence[tuple[int, int]]) -> tuple[Piece, ...]:
    """The text cut at the spans (`start, end` in characters, any order, overlaps joined)."""
    cut: list[Piece] = []
    position = 0
    for start, end in sorted(spans):
        begin, stop = max(start, position), min(end, len(text))
        if begin >= stop:
            continue
        if begin > position:
            cut.append(Piece(text[position:begin], marked=False))
        cut.append(Piece(text[begin:stop], marked=True))
        position = stop
    if position < len(text):
        cut.append(Piece(text[position:], marked=False))
    return tuple(cut)


def excerpt(item: Item, evidence: Sequence[Evidence]) -> tuple[Piece, ...]:
    """At most `EXCERPT_LIMIT` characters of the text around its first deciding words, or from its beginning."""
    spans = sorted((e.span.start, e.span.end) for e in evidence if e.span.part is Part.TEXT)
    anchor = spans[0][0] if spans else 0
    start = max(0, anchor - EXCERPT_LIMIT // 3)
    if start:
        start = item.text.find(" ", start) + 1 or start
    window = item.text[start : start + EXCERPT_LIMIT]
    marked = pieces(window, [(a - start, b - start) for a, b in spans if b > start])
    lead = (Piece("… ", marked=False),) if start else ()
    return (*lead, *marked, *((Piece(" …", marked=False),) if len(item.text) > start + EXCERPT_LIMIT else ()))
