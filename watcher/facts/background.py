"""
Whether words tell of something already past, deny it, only suppose it, or stand among noise: what binds to a trigger.
"""

from __future__ import annotations

from datetime import timedelta

from watcher.facts.days import today_of
from watcher.facts.sentence import Page, Sentence
from watcher.facts.status import Around, standing
from watcher.model import Status
from watcher.text import Document, Range
from watcher.vocabulary import Hit, Hits, Vocabulary

WORDS_BEFORE = 4
"""How near before the trigger a word that negates it stands."""
_PAST_AFTER = timedelta(days=10)


def is_background(document: Document, hits: Hits, trigger: Hit, vocabulary: Vocabulary) -> bool:
    """
    Whether the trigger is told as past context: a relative clause in the past, what follows "after", "last year".

    An appointment whose day is still ahead can be background too; whether that matters is for the caller to say.
    """
    return background(Page(document, hits, vocabulary), trigger)


def is_negated(document: Document, hits: Hits, trigger: Hit, vocabulary: Vocabulary) -> bool:
    """Whether a denial binds to the trigger: "denies talks collapsed" denies the collapse."""
    page = Page(document, hits, vocabulary)
    return "negated" in guards_at(page, trigger) or standing(page, trigger).status is Status.DENIED


def is_hypothetical(document: Document, hits: Hits, trigger: Hit, vocabulary: Vocabulary) -> bool:
    """Whether the trigger's clause only supposes it: "if talks collapse", "threatens to expel"."""
    page = Page(document, hits, vocabulary)
    if "hypothetical" in guards_at(page, trigger):
        return True
    sentence = page.sentence(trigger.start)
    start, end = sentence.clause(trigger.start)
    around = Around(sentence, trigger)
    return any(
        start <= mark.start < end and around.distance(mark) <= WORDS_BEFORE + 2
        for mark in sentence.of("hypothetical")
        if mark.start < trigger.start
    )


def background(page: Page, trigger: Hit) -> bool:
    """The same for a page that is already open."""
    sentence = page.sentence(trigger.start)
    # A trigger may reach over an apposition: "its envoy, John Smith, was expelled in March".
    clause = sentence.clause(trigger.start)[0], sentence.clause(max(trigger.end - 1, trigger.start))[1]
    if any(
        clause[0] <= hit.start < clause[1] and not is_said_of_another(page, hit, trigger)
        for hit in page.hits.guards.get("background", ())
    ):
        return True
    if _opens_in_the_past(page, sentence, clause):
        return True
    before = clause[0], trigger.start
    if _is_relative(sentence, clause, trigger) or _follows_after(sentence, before):
        return True
    if any(clause[0] <= mark.start < clause[1] for mark in sentence.of("background", "past")):
        return not _overlaps_date_ahead(page, sentence, clause)
    return _is_long_past(page, sentence, clause)


def is_said_of_another(page: Page, hit: Hit, trigger: Hit) -> bool:
    """Whether words of background open a relative clause behind the trigger: "sign a pact that has shaken markets"."""
    if hit.start < trigger.end:
        return False
    return any(mark.start == hit.start for mark in page.sentence(hit.start).of("background", "relative"))


def is_recalled(page: Page, trigger: Hit) -> bool:
    """Whether words deep in an article recall what is known: the sentence has no day near by, and nobody says it."""
    if trigger.start < page.document.lead_end:
        return False
    sentence = page.sentence(trigger.start)
    if any(True for _ in sentence.of("say")):
        return False
    today = today_of(page.document.item)
    days = (one.on(today, "near") for one in sentence.dates)
    return not any(found[1] >= today - _PAST_AFTER for found in days if found)


def _opens_in_the_past(page: Page, sentence: Sentence, clause: Range) -> bool:
    """ "Last year the visit was moved and talks were held": what a sentence begins with holds for all of it."""
    starts = [hit.start for hit in page.hits.guards.get("background", ())]
    starts += [mark.start for mark in sentence.of("background", "past")]
    return sentence.start in starts and not _overlaps_date_ahead(page, sentence, clause)


def _is_relative(sentence: Sentence, clause: Range, trigger: Hit) -> bool:
    """ "Which was postponed": a relative word before the trigger and a past verb after it."""
    openers = [
        mark
        for mark in sentence.of("background", "relative")
        if clause[0] <= mark.start < max(trigger.start, clause[0] + 1)
    ]
    if not openers or openers[-1].start == sentence.start:
        return False
    return any(openers[-1].end <= verb.start < clause[1] for verb in sentence.of("past_verbs"))


def _follows_after(sentence: Sentence, before: Range) -> bool:
    """ "After", "since" between the beginning of the clause and the trigger."""
    return any(before[0] <= mark.start < before[1] for mark in sentence.of("background", "after"))


def _is_long_past(page: Page, sentence: Sentence, clause: Range) -> bool:
    """Every date of the clause lies more than ten days back."""
    today = today_of(page.document.item)
    ends = [days[1] for one in sentence.dates if clause[0] <= one.start < clause[1] and (days := one.on(today, "near"))]
    return bool(ends) and max(ends) < today - _PAST_AFTER


def _overlaps_date_ahead(page: Page, sentence: Sentence, clause: Range) -> bool:
    today = today_of(page.document.item)
    return any(
        (days := one.on(today, "future")) is not None and days[1] >= today
        for one in sentence.dates
        if clause[0] <= one.start < clause[1]
    )


def guards_at(page: Page, trigger: Hit) -> frozenset[str]:
    """Guards whose words stand as near to the trigger as their scope asks."""
    return frozenset(
        name
        for name, hits in page.hits.guards.items()
        if (guard := page.vocabulary.guards.get(name)) and any(_binds(page, guard.scope, hit, trigger) for hit in hits)
    )


def _binds(page: Page, scope: str, hit: Hit, trigger: Hit) -> bool:
    if scope == "item" or hit.term.sort == "url":
        return True
    if scope == "title":
        return page.is_title(hit.start)
    start, end = page.document.sentence_at(trigger.start)
    if not start <= hit.start < end or scope == "sentence":
        return start <= hit.start < end
    sentence = page.sentence(trigger.start)
    if scope == "clause":
        first, last = sentence.clause(trigger.start)
        return first <= hit.start < last
    return hit.start <= trigger.start and sentence.between(hit.end, trigger.start) <= WORDS_BEFORE
