"""
Whatever stands in a feed → plain text: no markup, entities decoded once, no characters that hide or reorder others.

Linear in the length of the input whatever it holds, and bounded in what it gives.
"""

from __future__ import annotations

import html
import re
from html.entities import html5

LONGEST_TITLE = 1_000
"""Characters; what some bridges put into a title is a whole post."""
LONGEST_TEXT = 10_000
"""Characters; an article of 1,600 words: what comes later decides nothing."""
_LONGEST_MARKUP = 50_000

# Controls, directions that reorder what is shown, byte order marks, halves of surrogate pairs. Joiners stay: Persian
# and the Indian scripts are written with them.
_STRANGE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
)
_WINDOWS = {code: bytes([code]).decode("cp1252", "replace").replace("\ufffd", "") for code in range(0x80, 0xA0)}

_CLOSING_OR_ENTITY = re.compile(r"</\w+\s*>|<br\s*/?>|&#?\w{1,31};", re.IGNORECASE)
_OPENED = re.compile(r"</?(\w+)")
_NAMED = re.compile(r"&(\w{1,31});")
_TAGS = (
    "a abbr acronym address article aside audio b big blockquote body br button canvas caption center cite code col "
    "colgroup command datagrid datalist dd del details dfn dialog dir div dl dt em embed fieldset figcaption figure "
    "font footer form h1 h2 h3 h4 h5 h6 header hr html i iframe img input ins kbd label legend li link m main map mark "
    "menu meta meter nav noscript object ol optgroup option output p param picture pre progress q s samp script "
    "section select small source span strike strong style sub sup table tbody td textarea tfoot th thead time tr tt u "
    "ul var video wbr"
)
_KNOWN_TAGS = frozenset(_TAGS.split())

# Captures the name. Inside quotes a tag may hold `>`; a `<` ends it in any case, which keeps the search linear.
_TAG = re.compile(r"""<(/?[a-zA-Z!?]\w*)(?:[^<>"']*+(?:"[^"<]*"[^<>"']*+|'[^'<]*'[^<>"']*+)*+>|[^<>]*>)""")
_BLOCK_TAGS = (
    "p div br li ul ol dl dt dd h1 h2 h3 h4 h5 h6 hr tr td th table blockquote section article aside figure figcaption "
    "header footer pre center"
)
_BLOCKS = frozenset(slash + name for tag in _BLOCK_TAGS.split() for name in (tag, tag.upper()) for slash in ("", "/"))
_HIDDEN_TAGS = ("script", "style", "noscript", "template", "svg", "math")


def _any_case(word: str) -> str:
    """A pattern for the word; ten times as fast to search for as with IGNORECASE, as it begins with a fixed `<`."""
    return "".join(f"[{letter}{letter.upper()}]" for letter in word)


_HIDDEN = re.compile(rf"<(!--|(?:{'|'.join(map(_any_case, _HIDDEN_TAGS))})\b)")
_ENDS = {name: re.compile(rf"</{_any_case(name)}[^<>]*>") for name in _HIDDEN_TAGS} | {"!--": re.compile("--!?>")}
_SPACES = re.compile("  +")
_BLANK_LINES = re.compile(r"\n\s*\n\s*")


def line(text: str, *, limit: int = LONGEST_TITLE) -> str:
    """One line of plain text, spaces collapsed, cut at a word when longer than `limit`."""
    return cut(_tidy(text.replace("\n", " ")), limit)


def lines(text: str, *, limit: int = LONGEST_TEXT) -> str:
    """Paragraphs of plain text, each on its own line; single line breaks are mere wrapping."""
    paragraphs = _BLANK_LINES.split(text[: limit * 4]) if "\n" in text else (text,)
    return cut("\n".join(filter(None, (line(part, limit=limit) for part in paragraphs))), limit)


def line_of_html(markup: str, *, limit: int = LONGEST_TITLE) -> str:
    """The text of a piece of HTML as one line."""
    return line(_stripped(markup, block=" "), limit=limit)


def lines_of_html(markup: str, *, limit: int = LONGEST_TEXT) -> str:
    """The text of a piece of HTML, a line for each block."""
    return cut(_tidy(_stripped(markup, block="\n")), limit)


def line_of_either(text: str, *, limit: int = LONGEST_TITLE) -> str:
    """For a title that may be text or HTML, as feeds do not say: HTML if it has tags or entities of HTML only."""
    return line_of_html(text, limit=limit) if looks_like_html(text) else line(text, limit=limit)


def looks_like_html(text: str) -> bool:
    """Whether nobody would write this as plain text: `AT&amp;T`, `<b>now</b>`, but neither `a < b` nor `List<int>`."""
    if "&" not in text and "<" not in text:
        return False
    text = text[:_LONGEST_MARKUP]
    return (
        _CLOSING_OR_ENTITY.search(text) is not None
        and all(tag.lower() in _KNOWN_TAGS for tag in _OPENED.findall(text))
        and all(f"{name};" in html5 for name in _NAMED.findall(text))
    )


def cut(text: str, limit: int) -> str:
    """The text, or its beginning up to the last word within `limit` and an ellipsis."""
    if len(text) <= limit:
        return text
    head = text[:limit]
    return head[: max(head.rfind(" "), limit * 3 // 4)].rstrip() + "…"


def _tidy(text: str) -> str:
    """Without strange characters, empty lines and spaces that are not needed."""
    if not text.replace("\n", "").isprintable():
        text = text.replace("\t", " ").replace("\r", " ").replace("\xa0", " ")
        text = _STRANGE.sub(_replacement, text) if _STRANGE.search(text) else text
    text = "\n".join(filter(None, map(str.strip, text.split("\n"))))
    return _SPACES.sub(" ", text) if "  " in text else text


def _replacement(found: re.Match[str]) -> str:
    character = found[0]
    if character.isspace():
        return " "
    # C1 controls are Windows-1252 that somebody took for Latin-1.
    return _WINDOWS.get(ord(character), "")


def _stripped(markup: str, *, block: str) -> str:
    markup = markup[:_LONGEST_MARKUP].replace("\n", " ")
    if "<" in markup:
        if _HIDDEN.search(markup):
            markup = _without_hidden(markup)
        if "<![CDATA[" in markup:
            markup = markup.replace("<![CDATA[", "").replace("]]>", "")
        pieces = _TAG.split(markup)  # in turn text and the name of the tag behind it
        pieces[1::2] = [block if name in _BLOCKS else "" for name in pieces[1::2]]
        markup = "".join(pieces)
    return html.unescape(markup) if "&" in markup else markup


def _without_hidden(markup: str) -> str:
    """Without comments and elements whose content is no text; what is not closed ends with the text."""
    kept, position = [], 0
    while opened := _HIDDEN.search(markup, position):
        kept.append(markup[position : opened.start()])
        closed = _ENDS[opened[1].lower()].search(markup, opened.end())
        if not closed:
            return "".join(kept)
        position = closed.end()
    return "".join(kept) + markup[position:]
