"""
Whether a date belongs to an event: near its words, and not the day of writing, of saying or of some other thing.
"""

from __future__ import annotations

from watcher.facts.calendars import Written
from watcher.facts.sentence import Sentence
from watcher.vocabulary import Hit

BOUND_WITHIN = 9
"""Words between a date and the noun of a meeting: measured, beyond it dates belong to something else."""
APPOINTED = (
    "talks",
    "meeting",
    "summit",
    "visit",
    "call",
    "leaders",
    "schedule",
    "council",
    "deadline",
    "agreement",
    "ceasefire",
)
"""Roots of the concepts that have a day."""
_SAID_WITHIN = 2
_POSTED_WITHIN = 10
_DATELINE = 45
_VERB_WITHIN = 4


def belongs(sentence: Sentence, trigger: Hit, one: Written) -> bool:
    """Whether the date is the event's; otherwise it is only mentioned beside it."""
    return (
        _is_near(sentence, trigger, one)
        and not _is_dateline(sentence, one)
        and not _is_day_of_saying(sentence, trigger, one)
        and not _names_another(sentence, one)
    )


def _names_another(sentence: Sentence, one: Written) -> bool:
    """ "His January 6 speech", "the May conflict": a day that names some other thing than a meeting."""
    if one.shape not in ("day", "month") and one.part != "end":
        return False
    before = [word.text for word in sentence.words if word.end <= one.start][-1:]
    following = [word for word in sentence.words if word.start >= one.end][:1]
    if not following or not following[0].text.isalpha():
        return False
    if one.shape == "day" and before and before[0] not in ("s", "the", "after"):
        return False
    return not any(
        mark.start == following[0].start for mark in sentence.marks if mark.kind in ("glue", "status", "roles")
    ) and not any(
        hit.start == following[0].start and (hit.kind == "actor" or hit.name.partition(".")[0] in APPOINTED)
        for hit in (*sentence.page.concepts, *sentence.actors)
    )


def _is_near(sentence: Sentence, trigger: Hit, one: Written) -> bool:
    """Near the event's words, a meeting's noun, or the verb of its taking place."""
    at = one.start, one.end
    if any(
        mark.end <= one.start and sentence.between(mark.end, one.start) <= _VERB_WITHIN
        for mark in sentence.of("roles", "set", "held", "old", "new")
    ):
        return True
    anchors = (
        (hit.start, hit.end)
        for hit in sentence.inside(sentence.page.concepts)
        if hit is trigger or hit.name.partition(".")[0] in APPOINTED
    )
    return any(anchor[0] <= at[0] < anchor[1] or sentence.distance(anchor, at) <= BOUND_WITHIN for anchor in anchors)


def _leads_into_speech(sentence: Sentence, one: Written) -> bool:
    return any(0 <= mark.start - one.end <= 2 for mark in sentence.of("that"))


def _is_dateline(sentence: Sentence, one: Written) -> bool:
    """ "TEHRAN, May 21 (Agency) -": the day and place of writing."""
    document = sentence.page.document
    begin = one.start - document.title_end
    following = document.folded[one.end : one.end + 3].lstrip()
    return 0 < begin < _DATELINE and following[:1] in ("(", "-", "/", "|")


def _is_day_of_saying(sentence: Sentence, trigger: Hit, one: Written) -> bool:
    """ "Said on Wednesday", "周三表示": the day somebody spoke, not the day of the event."""
    start, end = sentence.clause(one.start)
    for mark in sentence.of("say"):
        if not start <= mark.start < max(end, one.end):
            continue
        # "Said on Wednesday", "wrote in a post on Wednesday that"
        within = _POSTED_WITHIN if _leads_into_speech(sentence, one) else _SAID_WITHIN
        if mark.end <= one.start and sentence.between(mark.end, one.start) <= within:
            return not mark.end <= trigger.start < one.start
        if one.end <= mark.start and sentence.between(one.end, mark.start) <= 1:
            return trigger.start >= mark.end or sentence.page.document.lang in ("zh", "fa")
    return False
