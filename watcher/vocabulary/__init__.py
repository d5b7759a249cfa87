"""
Words as data: who acts, what happens, what is noise, where; and the one pass that finds them in a document.

Doors: `load` (the shipped `Vocabulary`), `compile_vocabulary`, `Vocabulary.extended` (a team's own words),
`Scanner(vocabulary, literals).scan(document)` → `Hits`. The format of the files is in README.md beside this file.
"""

from __future__ import annotations

from watcher.vocabulary.lexicon import Vocabulary, compile_vocabulary, load
from watcher.vocabulary.scan import Scanner
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
    "compile_vocabulary",
    "load",
]
