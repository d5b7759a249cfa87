"""
Titles as sets of words, for comparing texts: no outlet, no words that say nothing, endings of inflection taken off.
"""

from __future__ import annotations

import re

from watcher.facts.marks import Marks
from watcher.facts.sentence import Page

_HAN = re.compile(r"[\u3400-\u9fff]+")
_LONGEST_PREFIX = 2
_SHORTEST_STEM = 3
_OPENINGS = re.compile(r"^\s*(?:live|watch|exclusive|breaking|update\s*\d*|opinion|video)\s*[:|-]\s*")


def content_words(page: Page) -> frozenset[str]:
    """Folded stems of the title's words; pairs of characters for Chinese."""
    document = page.document
    title = document.folded[: document.title_core_end]
    opening = _OPENINGS.match(title)
    start = opening.end() if opening else 0
    words: set[str] = set()
    for word in page.sentence(0).words:
        if word.start >= start and word.end <= document.title_core_end and word.text[0].isalnum():
            if _HAN.match(word.text):
                continue
            stem = stem_of(word.text, page.marks)
            if stem and word.text not in page.marks.stop:
                words.add(stem)
    for run in _HAN.finditer(title):
        words.update(run[0][at : at + 2] for at in range(max(len(run[0]) - 1, 1)))
    return frozenset(words)


def stem_of(word: str, language: Marks) -> str:
    """The word without its longest known ending; prefixes of Arabic and Hebrew go too. One letter gives nothing."""
    for prefix in language.prefixes:
        if word.startswith(prefix) and len(word) - len(prefix) >= _SHORTEST_STEM and len(prefix) <= _LONGEST_PREFIX:
            word = word[len(prefix) :]
            break
    for ending in language.endings:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM + (len(ending) == 1):
            return word[: -len(ending)]
    return word if len(word) > 1 or word.isdigit() else ""
