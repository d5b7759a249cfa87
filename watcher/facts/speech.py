"""
Who is quoted in a sentence: the subject of a verb of saying, "according to", and the attributions of headlines.
"""

from __future__ import annotations

from dataclasses import dataclass

from watcher.facts.marks import Mark
from watcher.facts.sentence import Sentence
from watcher.model import ActorId
from watcher.vocabulary import Hit

SPEAKER_WITHIN = 4
"""Words between a name and the verb of which it is the subject."""
_ATTRIBUTION_WORDS = 6
_VERB_FIRST = frozenset(("ar",))
_TOPIC_FIRST = frozenset(("fr", "es"))  # "RDC : …" says what it is about, where "Oman: …" says who says so
_SUBJECT_FIRST = frozenset(("fa",))


@dataclass(frozen=True, slots=True)
class Speech:
    """Who is quoted in a sentence, the words that name him, and where what he says begins, and whether of himself."""

    actor: ActorId
    hit: Hit
    said_from: int
    of_himself: bool = False


def speech_in(sentence: Sentence) -> Speech | None:
    """Who is quoted: trailing "- Kremlin" and ": Oman", leading "Lavrov: …", "according to", "X says", "says X"."""
    page = sentence.page
    is_title = sentence.start == 0
    if is_title and (speech := _at_the_end(sentence) or _at_the_start(sentence)):
        return speech
    for mark in sentence.of("source"):
        hit = next((hit for hit in sentence.actors if hit.start >= mark.end), None)
        if hit and sentence.between(mark.end, hit.start) <= SPEAKER_WITHIN:
            return Speech(ActorId(hit.name), hit, hit.end)
    for mark in sentence.of("say"):
        if hit := _subject_of(sentence, mark, verb_first=page.document.lang in _VERB_FIRST):
            return Speech(ActorId(hit.name), hit, mark.end, _speaks_of_himself(sentence, hit, mark))
    return None


def _speaks_of_himself(sentence: Sentence, speaker: Hit, verb: Mark) -> bool:
    """ "Trump says he will meet Putin", "Trump says hopes to meet Putin": who speaks takes part."""
    if speaker.start > verb.start:
        return False
    after = verb.last + any(mark.first == verb.last for mark in sentence.of("that"))
    tells = (mark for mark in sentence.of("status") if mark.value in ("future", "considered", "infinitive"))
    return any(mark.first == after for mark in (*sentence.of("himself"), *tells))


def _subject_of(sentence: Sentence, mark: Mark, *, verb_first: bool) -> Hit | None:
    before = [hit for hit in sentence.actors if hit.end <= mark.start]
    after = [hit for hit in sentence.actors if hit.start >= mark.end]
    if sentence.page.document.lang in _SUBJECT_FIRST:
        return before[0] if before and not _has_verb(sentence, sentence.start, before[0].start) else None
    if before and before[-1].end + 1 == mark.start:
        return before[-1]
    if verb_first and after and sentence.between(mark.end, after[0].start) <= SPEAKER_WITHIN:
        return after[0]
    if before and sentence.between(before[-1].end, mark.start) <= SPEAKER_WITHIN:
        between = sentence.page.document.folded[before[-1].end : mark.start]
        is_subject = not any(sign in between for sign in (",", ":", " - ")) and not _is_governed(sentence, before[-1])
        if is_subject and not _has_verb(sentence, before[-1].end, mark.start):
            return before[-1]
    if after and _is_inverted(sentence, mark) and sentence.between(mark.end, after[0].start) <= 2:
        return after[0]
    return None


def _is_governed(sentence: Sentence, name: Hit) -> bool:
    """ "Meeting with Putin": a name behind a preposition is no subject."""
    return any(
        mark.end <= name.start and sentence.between(mark.end, name.start) == 0
        for kind in ("with", "topic")
        for mark in sentence.of(kind)
    )


def _has_verb(sentence: Sentence, start: int, end: int) -> bool:
    """Whether something happens between a name and the verb of saying, so that the name is not who says it."""
    return any(start <= mark.start and mark.end <= end for mark in sentence.of("status")) or any(
        start <= hit.start and hit.end <= end for hit in sentence.inside(sentence.page.concepts)
    )


def _is_inverted(sentence: Sentence, mark: Mark) -> bool:
    """ "… , says Lavrov": the verb follows a comma, a quotation mark, or nothing."""
    before = sentence.page.document.folded[sentence.start : mark.start].rstrip()
    return not before or before[-1] in ",\"'-:)" or sentence.page.document.lang not in ("en",)


def _at_the_end(sentence: Sentence) -> Speech | None:
    """ "… : Oman", "… - Kremlin": a name after the last colon or dash with little else, and no verb."""
    folded = sentence.page.document.folded
    text = folded[sentence.start : sentence.end]
    cut = max(text.rfind(": "), text.rfind(" - "), text.rfind(" | "))
    if cut <= 0:
        return None
    start = sentence.start + cut + 2
    named = [hit for hit in sentence.actors if hit.start >= start]
    if named and any(hit.end == start - 3 for hit in sentence.actors):
        return None  # "Russia - Ukraine war"
    if any(mark.start >= start for mark in sentence.of("say")):
        return None  # "… - summit is on, Kremlin says"
    short = sentence.between(start, sentence.end) <= _ATTRIBUTION_WORDS
    if not named or not short or _tells(sentence, start, sentence.end):
        return None
    return Speech(ActorId(named[0].name), named[0], sentence.start)


def _at_the_start(sentence: Sentence) -> Speech | None:
    """ "Lavrov: …": a name before an early colon with little else, and no verb."""
    folded = sentence.page.document.folded
    cut = folded.find(": ", sentence.start, sentence.end)
    if cut < 0 and sentence.page.document.lang == "zh":
        cut = next((mark for mark in (folded.find(sign, 0, sentence.end) for sign in ":：") if mark > 0), -1)
    if cut <= 0 or sentence.between(sentence.start, cut) > _ATTRIBUTION_WORDS:
        return None
    named = [hit for hit in sentence.actors if hit.end <= cut]
    if named and named[-1].term.sort == "name" and sentence.page.document.lang in _TOPIC_FIRST:
        return None
    if not named or len({hit.name for hit in named}) > 1 or _tells(sentence, sentence.start, cut):
        return None
    of_himself = any(0 < mark.start - cut <= 4 for mark in sentence.of("himself"))
    return Speech(ActorId(named[-1].name), named[-1], cut, of_himself)


def _tells(sentence: Sentence, start: int, end: int) -> bool:
    """Whether an event is told between two offsets, so that it is no mere attribution."""
    return any(
        start <= hit.start and hit.end <= end and hit.name != "statement"
        for hit in sentence.inside(sentence.page.concepts)
    )
