"""
Words as the search index has them: folded, and what is written without spaces cut into its characters.

The index is SQLite's FTS5 without a copy of the text. Triggers keep it in step with `items`, so that every path that
writes or forgets an item does; they call `searchable`, which each connection of ours knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from watcher.text import fold

# Scripts that put no space between words: Thai, Lao, Burmese, Khmer, kana, Chinese characters.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_APART = re.compile(rf"([{_UNSPACED}])")
_TOKEN = re.compile(r"\w+")
_LONGEST = 100_000  # characters of a text that are indexed


def searchable(title: str | None, text: str | None) -> str:
    """The title and text of an item, ready to be indexed."""
    return _APART.sub(r" \1 ", fold(f"{title or ''}\n\n{(text or '')[:_LONGEST]}"))


def match_of(words: Iterable[str]) -> str:
    """
    The search as FTS5 has it: all of the words, each also with an ending; several words in one are a phrase.

    Empty when there is no letter or digit in it.
    """
    parts = []
    for word in words:
        tokens = _TOKEN.findall(_APART.sub(r" \1 ", fold(word)))
        if tokens:
            # An ending is no wish of one who asks for a single Chinese character.
            open_end = "" if _APART.fullmatch(tokens[-1]) else "*"
            parts.append(f'"{" ".join(tokens)}"{open_end}')
    return " AND ".join(parts)


def holds_words(title: str | None, asked: str) -> bool:
    """Whether a title holds what `match_of` gave, without the index: for the few titles of alerts."""
    text = f" {' '.join(_TOKEN.findall(searchable(title, '')))} "
    phrases = (part.rstrip("*").strip('"') for part in asked.split(" AND "))
    return all(f" {phrase}" in text for phrase in phrases)
