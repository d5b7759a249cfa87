"""
The vocabulary that comes with watcher: from its compiled file, or from its YAML where that is missing or older.

The one place of the core that reads package data; it reads nothing else.
"""

from __future__ import annotations

import hashlib
import marshal
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

from watcher.model import ActorId, ConceptId
from watcher.vocabulary.entries import Entry, Names
from watcher.vocabulary.lexicon import Vocabulary, compile_vocabulary
from watcher.vocabulary.terms import Actor, Concept, Guard, Office, Person, Place

COMPILED_NAME = "compiled.bin"
# Raised when entries change their shape or the compiler its output: an older file is then not read.
_FORMAT = 3
# Read by every Python since 3.4, so that one wheel serves all of them.
_MARSHAL_VERSION = 4
_FOLDERS = ("actors", "concepts", "guards", "marks")
_ENGINE = (
    "text/folding.py",
    *(
        f"vocabulary/{name}.py"
        for name in ("english", "entries", "files", "forms", "inflect", "lexicon", "naming", "patterns", "shipped")
    ),
)


@cache
def load() -> Vocabulary:
    """The shipped vocabulary; the same object on every call. Raises ConfigError when its YAML is faulty."""
    package = resources.files("watcher.vocabulary")
    compiled = package / COMPILED_NAME
    sources = _texts(package)
    if compiled.is_file() and (vocabulary := loads(compiled.read_bytes(), fingerprint(sources))):
        return vocabulary
    return compile_vocabulary(sources)


def shipped_texts() -> Mapping[str, str]:
    """The shipped YAML by path, such as `actors/en.yaml`."""
    return _texts(resources.files("watcher.vocabulary"))


def _texts(package: Traversable) -> dict[str, str]:
    found = {}
    for folder in _FOLDERS:
        if (package / folder).is_dir():
            for file in (package / folder).iterdir():
                if file.name.endswith(".yaml"):
                    found[f"{folder}/{file.name}"] = file.read_text(encoding="utf-8")
    if (package / "places.yaml").is_file():
        found["places.yaml"] = (package / "places.yaml").read_text(encoding="utf-8")
    return found


def fingerprint(texts: Mapping[str, str]) -> str:
    """Changes when a word or the compiler does."""
    digest = hashlib.blake2b(digest_size=16)
    for path, text in sorted(texts.items()):
        digest.update(path.encode() + b"\0" + text.encode() + b"\0")
    for name in _ENGINE:
        digest.update(resources.files("watcher").joinpath(*name.split("/")).read_bytes())
    return digest.hexdigest()


def dumps(vocabulary: Vocabulary, mark: str) -> bytes:
    """The vocabulary as one file that `loads` reads; `mark` is the fingerprint of what it was made from."""
    names = vocabulary.names
    plain = {
        "actors": [(actor.code, actor.cls, actor.english) for actor in names.actors.values()],
        "people": [
            (person.id, [(office.of, office.role, _iso(office.first), _iso(office.last)) for office in person.offices])
            for person in names.people.values()
        ],
        "concepts": [
            (one.id, one.family, one.where, one.outcome, sorted(one.includes)) for one in names.concepts.values()
        ],
        "guards": [(guard.id, guard.scope) for guard in names.guards.values()],
        "places": [(place.key, place.country, place.english) for place in names.places.values()],
        "urls": dict(names.urls),
        "lists": {key: dict(lists) for key, lists in names.lists.items()},
        "marks": dict(names.marks),
    }
    entries = [tuple(one) for one in vocabulary.entries]
    return marshal.dumps((_FORMAT, mark, plain, entries), _MARSHAL_VERSION)


def loads(compiled: bytes, mark: str) -> Vocabulary | None:
    """What `dumps` wrote; None when it was made from something else, by another version, or is damaged."""
    try:
        shape, made_from, plain, entries = marshal.loads(compiled)  # noqa: S302 - our own package's file
    except (EOFError, ValueError, TypeError):
        return None
    if shape != _FORMAT or made_from != mark:
        return None
    return Vocabulary(_names(plain), tuple(map(Entry._make, entries)))


def _names(plain: Mapping[str, Any]) -> Names:
    return Names(
        actors={code: Actor(ActorId(code), cls, english) for code, cls, english in plain["actors"]},
        people={
            key: Person(key, tuple(Office(of, role, _day(first), _day(last)) for of, role, first, last in offices))
            for key, offices in plain["people"]
        },
        concepts={
            ConceptId(key): Concept(ConceptId(key), family, where, outcome, frozenset(includes))
            for key, family, where, outcome, includes in plain["concepts"]
        },
        guards={key: Guard(key, scope) for key, scope in plain["guards"]},
        places={key: Place(key, country, english) for key, country, english in plain["places"]},
        urls=plain["urls"],
        lists=plain["lists"],
        marks=plain["marks"],
    )


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
