"""
Text that should be XML → XML, for the mistakes that feeds really make: something before the document, stray ampersands
and angle brackets, entities of HTML, control characters, a DOCTYPE.

What is inside CDATA is left alone but for control characters. The DOCTYPE goes, and with it every way to make entities
that contain entities or lie on another machine; plain ones that a feed declares for itself are put in their places.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from html.entities import html5

_BEGINNING = re.compile(r"<(?:\?xml\b|!DOCTYPE\s+(?:rss|feed|rdf)|(?:\w{1,20}:)?(?:rss|feed|rdf)\b)", re.IGNORECASE)
_HEAD = 65_536
_DECLARATION = re.compile(r"<\?xml[^>]*>", re.IGNORECASE)
_DOCTYPE = re.compile(r"<!DOCTYPE", re.IGNORECASE)
_ROOT = re.compile(r"<[A-Za-z]")
_ENTITY = re.compile(r"""<!ENTITY\s+(\w{1,40})\s+(?:"([^"&%<]{0,200})"|'([^'&%<]{0,200})'|"(&\#\w{1,8};)")\s*>""")
_MOST_ENTITIES = 300
_MOST_REFERENCES = 20_000

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_AMPERSAND = re.compile(r"&(?:#([0-9]{1,8}|[xX][0-9a-fA-F]{1,7});|([A-Za-z]\w{0,31});)?")
_STRAY_LESS = re.compile(r"<(?![A-Za-z_/!?])")
_OF_XML = frozenset(("amp", "lt", "gt", "quot", "apos"))


def repair(text: str) -> str:
    """The text as XML without a declaration; what cannot be mended stays."""
    text = _FORBIDDEN.sub("", _from_beginning(text)) if _FORBIDDEN.search(text) else _from_beginning(text)
    declared = _DECLARATION.match(text)
    text, entities = _without_doctype(text[declared.end() :] if declared else text)
    if text.count("&") > _MOST_REFERENCES:  # a small entity named often is a large document
        entities = {}
    if (tail := text.rfind("<")) > text.rfind(">"):  # cut off in the middle of a tag
        text = text[:tail]

    def reference(found: re.Match[str]) -> str:
        number, name = found.groups()
        if number:
            return f"&#{number.lower()};" if _is_character(number) else ""
        if name is None:
            return "&amp;" + found[0][1:]
        if name in _OF_XML:
            return found[0]
        value = entities.get(name) or html5.get(f"{name};")
        return f"&amp;{name};" if value is None else html.escape(value)

    return "".join(
        part if part.startswith("<![CDATA[") else _STRAY_LESS.sub("&lt;", _AMPERSAND.sub(reference, part))
        for part in _parts(text)
    )


def _from_beginning(text: str) -> str:
    """Without what stands before the document: blank lines, messages of the program that wrote it."""
    found = _BEGINNING.search(text, 0, _HEAD)
    return text[found.start() :] if found else text.lstrip()


def _without_doctype(text: str) -> tuple[str, dict[str, str]]:
    """The text without its DOCTYPE, and the plain entities that were declared there."""
    root = _ROOT.search(text)
    opened = _DOCTYPE.search(text, 0, root.start() if root else len(text))
    if not opened:
        return text, {}
    end = text.find(">", opened.end())
    bracket = text.find("[", opened.end(), end)
    if bracket >= 0:
        closed = re.compile(r"\]\s*>").search(text, bracket)
        end = closed.end() - 1 if closed else -1
    if end < 0:
        return text[: opened.start()], {}
    subset = text[opened.end() : end][: _HEAD * 4]
    entities: dict[str, str] = {}
    for found in _ENTITY.finditer(subset):
        if len(entities) < _MOST_ENTITIES:
            entities.setdefault(found[1], html.unescape(found[2] or found[3] or found[4] or ""))
    return text[: opened.start()] + text[end + 1 :], entities


def _parts(text: str) -> Iterator[str]:
    """The text in pieces, each CDATA section one of its own; one without an end is a piece too."""
    position = 0
    while (start := text.find("<![CDATA[", position)) >= 0:
        end = text.find("]]>", start)
        end = end + 3 if end >= 0 else len(text)
        yield text[position:start]
        yield text[start:end]
        position = end
    yield text[position:]


def _is_character(number: str) -> bool:
    """Whether XML allows the character with this number."""
    code = int(number[1:], 16) if number[0] in "xX" else int(number)
    return code in (9, 10, 13) or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or 0x10000 <= code <= 0x10FFFF
