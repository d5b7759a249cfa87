"""
Names in rules → what the vocabulary calls them: actors, concepts, guards, classes, offices.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property

from watcher.matching.rule import Probe
from watcher.matching.terms import CLASSES
from watcher.model import ActorId, ConceptId
from watcher.text import fold
from watcher.vocabulary import Vocabulary
from watcher.vocabulary.entries import Mark

OFFICES = {"leader": "leader", "foreign minister": "foreign", "defence minister": "defence", "envoy": "envoy"}
"""What a slot may ask of a person (`leader of Israel`), and the role of the vocabulary that it means."""
# A plain number, because tens of thousands of entries are compared with it.
_HIDDEN = int(Mark.BLOCK | Mark.FORBID)
_OFFICE = re.compile(rf"({'|'.join(OFFICES)}) of (.+)")


class Names:
    """Looks names up in one vocabulary. Every method answers None for what is not known."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self._probes: dict[Probe, Probe] = {}

    def same(self, probe: Probe) -> Probe:
        """One object for all equal probes of all rules, so that what one of them found is found again at once."""
        return self._probes.setdefault(probe, probe)

    def actor(self, text: str) -> Probe | None:
        """An actor by code, English name or another name of it; None also when a name is that of several."""
        code = ActorId(text)
        if code not in self.vocabulary.actors:
            name = fold(text.strip())
            # English names win over what the name means elsewhere ("Niger" is a river in some lists). The names of all
            # languages are tens of thousands: a file that names actors in English or by code starts without them.
            codes = self._english.get(name) or self._others.get(name, frozenset())
            if len(codes) != 1:
                return None
            code = next(iter(codes))
        return Probe("actor", self.vocabulary.actors[code].english, frozenset({code}))

    def office(self, text: str) -> Probe | None:
        """`leader of Israel`: one who speaks for the actor in that office."""
        found = _OFFICE.fullmatch(text.strip())
        actor = self.actor(found[2]) if found else None
        return Probe("office", text, actor.keys, OFFICES[found[1]]) if found and actor else None

    def classed(self, text: str) -> Probe | None:
        """`any state` and the like, without the `any`."""
        if text not in CLASSES:
            return None
        if text in ("leader", "envoy"):
            return Probe("office", f"any {text}", frozenset(), text)
        codes = frozenset(code for code, actor in self.vocabulary.actors.items() if actor.cls == text)
        return Probe("class", f"any {text}", codes)

    def concept(self, text: str) -> Probe | None:
        """A concept with all that it includes, also by way of others."""
        if text not in self.vocabulary.concepts:
            return None
        closure = [ConceptId(text)]
        for name in closure:
            inside = self.vocabulary.concepts[name].includes
            closure += [one for one in sorted(inside) if one not in closure and one in self.vocabulary.concepts]
        return Probe("concept", text, frozenset(closure))

    def guard(self, text: str) -> Probe | None:
        """A guard with its scope."""
        found = self.vocabulary.guards.get(text)
        return Probe("guard", text, frozenset({text}), found.scope) if found else None

    def known(self, kinds: Iterable[str]) -> Iterator[str]:
        """Every name of these kinds, for "did you mean"."""
        for kind in kinds:
            if kind == "actor":
                yield from self.vocabulary.actors
                yield from (actor.english for actor in self.vocabulary.actors.values())
            elif kind == "concept":
                yield from self.vocabulary.concepts
            elif kind == "guard":
                yield from self.vocabulary.guards
            elif kind == "class":
                yield from (f"any {cls}" for cls in CLASSES)

    @cached_property
    def _english(self) -> dict[str, frozenset[ActorId]]:
        found: dict[str, set[ActorId]] = {}
        for code, actor in self.vocabulary.actors.items():
            found.setdefault(fold(actor.english), set()).add(code)
        return {name: frozenset(codes) for name, codes in found.items()}

    @cached_property
    def _others(self) -> dict[str, frozenset[ActorId]]:
        found: dict[str, set[ActorId]] = {}
        for one in self.vocabulary.entries:
            if one.kind == "actor" and one.sort == "name" and not one.marks & _HIDDEN:
                found.setdefault(fold(one.text), set()).update(map(ActorId, one.names))
        return {name: frozenset(codes) for name, codes in found.items()}
