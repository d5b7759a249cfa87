"""
Words as data: who acts, what happens, what is noise, where; and the one pass that finds them in a document.

Doors: `load` (the shipped `Vocabulary`), `compile_vocabulary`, `Vocabulary.extended` (a team's own words),
`Scanner(vocabulary, literals, overlays).scan(document)` → `Hits`, `check_pattern` (what is wrong with a pattern). The
format of the files is in README.md beside this file.
"""

from __future__ import annotations

from watcher.vocabulary.lexicon import Vocabulary, compile_vocabulary
from watcher.vocabulary.patterns import check_pattern
from watcher.vocabulary.scan import Scanner
from watcher.vocabulary.shipped import load
from watcher.vocabulary.terms import Actor, Concept, Guard, Hit, Hits, Literal, Office, Person, Place, Term

__all__ = [
    "Actor",
    "Concept",
    "Guard",
    "Hit",
    "Hits",
    "Literal",
    "Office",
    "Person",
    "Place",
    "Scanner",
    "Term",
    "Vocabulary",
    "check_pattern",
    "compile_vocabulary",
    "load",
]
