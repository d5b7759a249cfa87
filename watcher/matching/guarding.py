"""
Whether noise stands near enough to the deciding words to silence them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from watcher.facts import is_hypothetical
from watcher.facts.background import background, is_recalled, is_said_of_another
from watcher.matching.reading import Reading
from watcher.matching.rule import Probe
from watcher.model import Status
from watcher.vocabulary import Hit, Term

WORDS_BEFORE = 4
"""How near a guard of the scope `before` stands before the deciding words."""


def silencer(reading: Reading, probe: Probe, trigger: Hit) -> Hit | None:
    """
    The words by which a guard, actor or phrase of `unless` silences the deciding words; None when it does not.

    A guard binds by its scope; everything else when it stands in the title or in the sentence of the deciding words.
    Three guards are also read from the grammar around the deciding words; then these themselves are given. What is told
    as past does not silence what is still ahead.
    """
    found = next((hit for hit in reading.hits_of(probe) if _binds(reading, probe, hit, trigger)), None)
    if probe.kind != "guard":
        return found
    if found is None and probe.name in _GRAMMAR and _GRAMMAR[probe.name](reading, trigger):
        found = Hit(
            "guard", probe.name, trigger.start, trigger.end, Term("guard", probe.name, "grammar", "facts", None)
        )
    return None if found and probe.name == "background" and reading.is_ahead(trigger) else found


def may_silence(reading: Reading, probe: Probe) -> bool:
    """Whether the probe could silence anything of the item: its words stand somewhere, or grammar may do without."""
    return bool(reading.hits_of(probe)) or (probe.kind == "guard" and probe.name in _GRAMMAR)


def _is_background(reading: Reading, trigger: Hit) -> bool:
    # A subject in the title is what the item is about, whatever comes before or after it: "upbeat after talks".
    concept = reading.concept(trigger)
    is_subject = concept is not None and not concept.outcome and trigger.start < reading.document.title_end
    return not is_subject and (is_recalled(reading.page, trigger) or background(reading.page, trigger))


def _is_negated(reading: Reading, trigger: Hit) -> bool:
    return reading.status(trigger) is Status.DENIED


def _is_hypothetical(reading: Reading, trigger: Hit) -> bool:
    return is_hypothetical(reading.document, reading.hits, trigger, reading.vocabulary)


_GRAMMAR: Mapping[str, Callable[[Reading, Hit], bool]] = {
    "background": _is_background,
    "negated": _is_negated,
    "hypothetical": _is_hypothetical,
}


def _binds(reading: Reading, probe: Probe, hit: Hit, trigger: Hit) -> bool:
    document = reading.document
    scope = probe.scope if probe.kind == "guard" else "near"
    if scope == "item" or hit.term.sort == "url":
        return True
    if scope == "title":
        return hit.start < document.title_end
    if scope == "near":
        return not _overlap(hit, trigger) and (
            hit.start < document.title_end or _within(hit, document.sentence_at(trigger.start))
        )
    if scope == "sentence":
        return _within(hit, document.sentence_at(trigger.start))
    if scope == "clause":
        return _within(hit, reading.clause(trigger.start)) and not is_said_of_another(reading.page, hit, trigger)
    # Deciding words that begin with the guard's word mean it: "no meeting between", "excludes from the list".
    if hit.start >= trigger.start or not _within(hit, document.sentence_at(trigger.start)):
        return False
    if hit.start < (first := reading.clause(trigger.start)[0]) and _names_anybody(reading, first, trigger.start):
        return False
    return trigger.start <= reading.after_words(hit.end, WORDS_BEFORE)


def _names_anybody(reading: Reading, start: int, end: int) -> bool:
    """Whether an actor stands between: the clause has a subject of its own ("not over, Russia ready to talk")."""
    return any(start <= hit.start < end for hits in reading.hits.actors.values() for hit in hits)


def _within(hit: Hit, place: tuple[int, int]) -> bool:
    return place[0] <= hit.start < place[1]


def _overlap(hit: Hit, trigger: Hit) -> bool:
    return hit.start < trigger.end and trigger.start < hit.end


def why_not(reading: Reading, probe: Probe, hit: Hit, trigger: Hit) -> str:
    """Why a guard's words that were found do not silence the deciding words, for people."""
    if probe.name == "background" and reading.is_ahead(trigger):
        return "it is told as past, but a date in the sentence is still ahead"
    places = {
        "title": "not in the title",
        "sentence": "not in the sentence of the deciding words",
        "clause": "not in the clause of the deciding words",
        "before": f"not within {WORDS_BEFORE} words before the deciding words",
    }
    place = places.get(probe.scope, "neither in the title nor in the sentence of the deciding words")
    return f"“{reading.document.original(hit.start, hit.end)}” stands elsewhere: {place}"
