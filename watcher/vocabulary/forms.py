"""
The forms of one word, for an expression and for the scan: listed one by one, or a stem with what may stand around.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

REMEMBERED = 4096
"""Words whose forms are kept while files are compiled: lists are used by many patterns."""
NO_SPACES = frozenset(("zh", "ja"))
"""Languages whose words have no border."""
ANY_PREFIX = r"\w*?"
"""How the expression of `*stem` begins."""


@dataclass(frozen=True, slots=True)
class Forms:
    """
    The forms of one word.

    Args:
        regex: Matches every form and nothing around it.
        anchors: Strings of which one occurs wherever a form does, in text whose punctuation is space: a leading or
            trailing space stands for the border of a word.
        listed: Every form, where they are few enough to list; else empty.
        bound: Whether anchors begin with the border of the word, so that its start is known.
    """

    regex: str
    anchors: tuple[str, ...]
    listed: tuple[str, ...] = ()
    bound: bool = True


def listed(forms: set[str]) -> Forms:
    """Forms given one by one."""
    ordered = tuple(sorted(forms, key=lambda form: (-len(form), form)))
    regex = ordered[0] if len(ordered) == 1 else f"(?:{'|'.join(map(re.escape, ordered))})"
    return Forms(re.escape(ordered[0]) if len(ordered) == 1 else regex, tuple(f" {f} " for f in ordered), ordered)


def stemmed(stem: str, suffix: str, prefix: str = "") -> Forms:
    """A stem with expressions for what may stand around it; a prefix hides where the word starts."""
    regex = f"{prefix}{re.escape(stem)}{suffix}"
    return Forms(regex, (stem,) if prefix else (f" {stem}",), bound=not prefix)


@lru_cache(REMEMBERED)
def exact(word: str, lang: str | None) -> Forms:
    """The word as it stands."""
    if lang in NO_SPACES:
        return Forms(re.escape(word), (word,), bound=False)
    return listed({word})
