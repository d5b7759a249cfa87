"""
How firm a report of one event is: the step of the ladder that the words around its trigger put it on.

The grammar is that of headlines: present tense tells of the past, "to" of the future, quotation marks and colons of a
claim. A word counts by its distance from the trigger, within its sentence; which words, says `marks/<lang>.yaml`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from watcher.facts.marks import Mark
from watcher.facts.sentence import Page, Sentence
from watcher.model import Status
from watcher.text import Document, Range
from watcher.vocabulary import Hit, Hits, Vocabulary

_BEFORE, _AFTER = 6, 5
"""How many words before and after the trigger a word about it may stand."""
_DENIAL_BEFORE, _DENIAL_AFTER = 5, 3
VERB_LAST = frozenset(("fa", "de"))
"""Languages whose verb may stand at the end of the clause, far behind the noun it belongs to."""
_AFTER_VERB_LAST = 12
_CONDITION_WITHIN = 8
_UNDONE = frozenset((Status.ANNOUNCED, Status.OFF))
_MODALS = ("future", "considered", "infinitive")
# What the plain words of a concept say when nothing stands around them, by its name or the name of its family.
_PLAIN = {
    "schedule.cancelled": Status.OFF,
    "schedule.off": Status.OFF,
    "schedule.begins": Status.HELD,
    "schedule.held": Status.HELD,
    "schedule.resumed": Status.ANNOUNCED,
    "schedule": Status.ANNOUNCED,
    "talks.collapsed": Status.OFF,
    "talks.suspended": Status.OFF,
    "talks.walkout": Status.HELD,
    "talks.progress": Status.HELD,
    "agreement.reached": Status.AGREED,
    "agreement.signed": Status.HELD,
    "agreement.ratified": Status.HELD,
    "ceasefire.agreed": Status.AGREED,
    "ceasefire.extended": Status.AGREED,
    "ceasefire.begins": Status.HELD,
    "ceasefire.violated": Status.HELD,
    "ceasefire.rejected": Status.ANNOUNCED,
    "offer.accepted": Status.AGREED,
    "offer.rejected": Status.ANNOUNCED,
    "offer": Status.ANNOUNCED,
    "demand": Status.ANNOUNCED,
    "deadline.set": Status.ANNOUNCED,
    "diplomat": Status.HELD,
    "embassy": Status.HELD,
    "ties": Status.HELD,
    "sanctions.imposed": Status.HELD,
    "sanctions.lifted": Status.HELD,
    "sanctions.extended": Status.HELD,
    "sanctions.threatened": Status.CONSIDERED,
    "treaty": Status.HELD,
    "council.adopted": Status.HELD,
    "council.vetoed": Status.HELD,
    "prisoners": Status.HELD,
    "prisoners.delayed": Status.OFF,
    "hostages": Status.HELD,
    "troops": Status.HELD,
    "mediation.offered": Status.ANNOUNCED,
    "envoy": Status.ANNOUNCED,
    "recognition": Status.HELD,
    "military": Status.HELD,
    "attack": Status.HELD,
    "war": Status.HELD,
    "warning": Status.ANNOUNCED,
    "condemnation": Status.ANNOUNCED,
    "aid": Status.ANNOUNCED,
    "statement": Status.CLAIMED,
}
# Only these happen at a time that "begin", "met" and "ended" speak of; of the others the trigger is itself the verb.
_TAKES_PLACE = frozenset(("talks", "meeting", "summit", "visit", "call", "leaders", "schedule", "council", "ceasefire"))
_SETTLED = frozenset(("schedule.cancelled", "schedule.off", "talks.collapsed", "talks.suspended"))
# Their own words may hold "to", "ready to" and "will", which then say how firm the plan is.
_PLANS = frozenset(("schedule.set", "visit", "agreement.close", "leaders.meet", "schedule.resumed", "talks.resumed"))
# Their own words may hold "no" and "fails", which are then what happened and no denial of it.
_NEGATIVE = frozenset(
    (
        "offer.rejected",
        "ceasefire.rejected",
        "ceasefire.violated",
        "talks.collapsed",
        "talks.walkout",
        "talks.suspended",
        "schedule.off",
        "schedule.cancelled",
        "schedule.postponed",
        "council.vetoed",
        "prisoners.delayed",
        "diplomat.expelled",
        "condemnation",
        "warning",
        "treaty.withdrawn",
        "demand",
    )
)
# A denial within their own words may deny them: "were not cancelled".
_UNDOING = frozenset(("schedule.off", "schedule.cancelled", "schedule.postponed", "talks.suspended"))
# First agreed, then done, and told in the same words: "agree sanctions", "agree prisoner swap".
_AGREED_FIRST = ("sanctions.", "prisoners.", "hostages.", "troops.")
# "From Muscat to Geneva", "from the 18th to the 11th": their "to" is no infinitive.
_MOVES = frozenset(("schedule.changed", "schedule.venue_changed", "schedule.moved_up", "schedule.postponed"))


@dataclass(frozen=True, slots=True)
class Standing:
    """A status and the words that decided it; None: the trigger's own."""

    status: Status
    mark: Mark | None = None


def status_at(document: Document, hits: Hits, trigger: Hit, vocabulary: Vocabulary) -> Status:
    """How firm what the trigger says is, there where it stands."""
    return standing(Page(document, hits, vocabulary), trigger).status


def plain_status(concept: str) -> Status:
    """What a concept's plain words say; `reported` for those that only name a subject."""
    return _PLAIN.get(concept) or _PLAIN.get(concept.partition(".")[0], Status.REPORTED)


def standing(page: Page, trigger: Hit) -> Standing:
    """The status at the trigger, with the deciding words. Denials come first, then doubt, then hearsay, then tense."""
    sentence = page.sentence(trigger.start)
    around = Around(sentence, trigger)
    if trigger.name == "statement":
        denial = next(around.near("denied", before=0, after=0, inside=True), None)
        return Standing(Status.DENIED, denial) if denial else Standing(Status.CLAIMED)
    if denial := next(around.denials(), None):
        return Standing(Status.DENIED, denial)
    tense = _tense(around, trigger)
    if tense.status in _UNDONE and (condition := around.condition()):
        return Standing(Status.CONSIDERED, condition)
    if tense.status is Status.CONSIDERED:
        return tense
    if hearsay := next(sentence_marks(sentence, around, "reported"), None):
        return Standing(Status.REPORTED, hearsay)
    return _firmness(around, tense, trigger)


def _firmness(around: Around, tense: Standing, trigger: Hit) -> Standing:
    is_deed = tense.status is Status.HELD and tense.mark is None and trigger.name.startswith(_AGREED_FIRST)
    if is_deed and (consent := next(around.near("agreed", before=5, after=0, inside=True), None)):
        return Standing(Status.AGREED, consent)
    if tense.status in (Status.HELD, Status.OFF):
        return _claimed(around) or tense
    if confirmation := next(around.near("confirmed", before=8, after=6), None):
        return Standing(Status.CONFIRMED, confirmation)
    if claim := _claimed(around):
        return claim
    if trigger.name not in _SETTLED and plain_status(trigger.name) is not Status.AGREED:
        if off := next(around.near("off", before=5, after=_AFTER), None):
            return Standing(Status.OFF, off)
        if consent := next(around.near("agreed", before=5, after=0, inside=trigger.name in _PLANS), None):
            return Standing(Status.AGREED, consent)
    return tense


def _claimed(around: Around) -> Standing | None:
    if around.trigger.name in _NEGATIVE:
        return None
    if claim := next(around.near("claimed", before=8, after=8), None):
        return Standing(Status.CLAIMED, claim)
    return Standing(Status.CLAIMED) if around.is_quoted() else None


# A proposal is on the table whatever it seeks, wants or could do.
_TENSELESS = frozenset(("offer", "offer.made", "demand", "warning", "condemnation", "aid.pledged", "deadline.set"))


def _tense(around: Around, trigger: Hit) -> Standing:
    """
    Ahead, past or only considered.

    A modal governs the nearest verb after it, so "could hold talks" is considered and "held talks that could help" is
    held; a modal after the noun governs it too ("talks possible").
    """
    plain = Standing(plain_status(trigger.name))
    if trigger.name in _TENSELESS:
        return plain
    verb = _verb(around) if trigger.name.partition(".")[0] in _TAKES_PLACE else None
    anchor = (verb.start, verb.end) if verb else (trigger.start, trigger.end)
    if modal := around.modal(anchor, alone=verb is None or around.is_own(verb)):
        status = Status.CONSIDERED if modal.value == "considered" else Status.ANNOUNCED
        settled = plain.status is Status.CONSIDERED or (plain.status is Status.OFF and status is Status.ANNOUNCED)
        return plain if settled else Standing(status, modal)
    if verb and plain.status in (Status.REPORTED, Status.ANNOUNCED) and not trigger.name.startswith("schedule"):
        return Standing(Status.HELD, verb)
    return plain


def _verb(around: Around) -> Mark | None:
    """The verb that tells of the meeting taking place: within the trigger, else the nearest."""
    verbs = (mark for mark in around.near("held", before=4, after=6, inside=True) if not around.is_purpose(mark))
    return min(verbs, key=around.distance, default=None)


class Around:
    """The words around one trigger in its sentence."""

    def __init__(self, sentence: Sentence, trigger: Hit) -> None:
        self.sentence = sentence
        self.trigger = trigger
        start, end = sentence.clause(trigger.start)
        self.clause = max(start, sentence.start), max(end, trigger.end)
        self.further = _AFTER_VERB_LAST if sentence.page.document.lang in VERB_LAST else 0

    def distance(self, mark: Mark) -> int:
        """Words between the mark and the trigger."""
        return self.sentence.distance((mark.start, mark.end), (self.trigger.start, self.trigger.end))

    def near(self, status: str, *, before: int, after: int, inside: bool = False) -> Iterator[Mark]:
        """Marks of a status in the trigger's clause, near enough; those within its own words only if asked."""
        for mark in self.sentence.of("status", status):
            if self.is_own(mark):
                if inside:
                    yield mark
            elif self.clause[0] <= mark.start < self.clause[1] and not self._is_date(mark):
                limit = before if mark.start < self.trigger.start else max(after, self.further)
                if self.distance(mark) <= limit:
                    yield mark

    def denials(self) -> Iterator[Mark]:
        """Denials that bind to the trigger."""
        inside = self.trigger.name not in _NEGATIVE
        found = self.near("denied", before=_DENIAL_BEFORE, after=_DENIAL_AFTER, inside=inside)
        yield from (mark for mark in found if not self._is_of_opinion(mark))
        if self.trigger.name in _UNDOING:
            yield from (mark for mark in self.sentence.of("status", "denied") if self._denies_undoing(mark))

    def _is_of_opinion(self, denial: Mark) -> bool:
        """ "Does not expect a breakthrough", "does not mean that": what follows is not denied."""
        return any(denial.first < mark.first <= denial.last for mark in self.sentence.of("undenied"))

    def _denies_undoing(self, mark: Mark) -> bool:
        """ "Talks were not cancelled": the trigger's own verb, but not "will not take place"."""
        undone = (*self.sentence.of("status", "off"), *self.sentence.of("roles", "move"))
        return self.is_own(mark) and any(self.is_own(one) and 0 <= one.first - mark.last <= 1 for one in undone)

    def modal(self, anchor: Range, *, alone: bool) -> Mark | None:
        """
        The nearest modal that governs the anchor; behind a bare "to" the doubt that governs it ("urges X to meet").

        Args:
            alone: No verb was found, so a modal may stand further off: "to travel for talks", "talks are possible".
        """
        found: list[tuple[int, Mark]] = []
        for mark in self._modals():
            if mark.start < anchor[0]:
                limit = _BEFORE if alone or mark.value != "infinitive" else 1
                between = self.sentence.between(mark.end, anchor[0])
            else:
                limit = max(_AFTER if alone else 2, self.further)
                between = self.sentence.between(anchor[1], mark.start)
                if self.is_purpose(mark) or (mark.value == "infinitive" and not self._leads_to_begin(mark)):
                    continue  # "talks to end the war", "meet to seek a truce": what for, not when
            if between <= limit and not self._is_date(mark):
                found.append((between, mark))
        best = min(found, key=lambda pair: pair[0], default=(0, None))[1]
        if best and best.value == "infinitive":
            doubts = (mark for mark in self._modals() if mark.value == "considered" and mark.start < best.start)
            return next((mark for mark in doubts if self.sentence.between(mark.end, best.start) <= _BEFORE), best)
        return best

    def _modals(self) -> Iterator[Mark]:
        plans = self.trigger.name in _PLANS
        for mark in self.sentence.of("status", *_MODALS):
            if mark.value == "infinitive" and (self.trigger.name in _MOVES or self._leads_to_name(mark)):
                continue
            if self.is_own(mark):
                # An inflected future ("rencontreront") is the trigger's own tense; "to" is only where it opens it.
                if plans or mark.value == "future" or (mark.start == self.trigger.start and mark.value == "infinitive"):
                    yield mark
            elif self.clause[0] <= mark.start < self.clause[1]:
                yield mark

    def _leads_to_name(self, mark: Mark) -> bool:
        """ "To" before a name is a preposition: "trip to Moscow"."""
        page = self.sentence.page
        return any(0 <= hit.start - mark.end <= 1 for hits in (page.actors, page.places) for hit in hits)

    def condition(self) -> Mark | None:
        """ "If", "unless" before or after the trigger in its sentence: what then happens is not decided."""
        marks = (mark for mark in self.sentence.of("status", "condition") if not self.is_own(mark))
        return next((mark for mark in marks if self.distance(mark) <= _CONDITION_WITHIN), None)

    def is_purpose(self, verb: Mark) -> bool:
        """ "Sign a truce to end clashes": a verb behind the trigger's "to" that is not the trigger's own."""
        if verb.start < self.trigger.end or any(
            mark.first == verb.first for mark in self.sentence.of("status", "begin")
        ):
            return False
        return any(mark.last == verb.first for mark in self.sentence.of("status", "infinitive"))

    def _leads_to_begin(self, mark: Mark) -> bool:
        """ "Talks to resume": the verb of the noun itself."""
        return any(verb.first == mark.last for verb in self.sentence.of("status", "begin"))

    def is_quoted(self) -> bool:
        """Whether the trigger stands between single quotation marks, which headlines put around claims."""
        folded = self.sentence.page.document.folded
        if not self.sentence.page.is_title(self.trigger.start):
            return False
        before = folded[self.sentence.start : self.trigger.start]
        after = folded[self.trigger.end : self.sentence.end]
        opened = before.rfind(" '") if " '" in before else (0 if before.startswith("'") else -1)
        return opened >= 0 and "' " not in before[opened + 2 :] and ("' " in after or after.rstrip().endswith("'"))

    def is_own(self, mark: Mark) -> bool:
        """Whether the mark stands within the trigger's own words."""
        return self.trigger.start <= mark.start and mark.end <= self.trigger.end

    def _is_date(self, mark: Mark) -> bool:
        """ "May" and "next" belong to a date when one is written there."""
        return any(one.start <= mark.start < one.end for one in self.sentence.dates)


def sentence_marks(sentence: Sentence, around: Around, status: str) -> Iterator[Mark]:
    """Marks of a status anywhere in the sentence but within the trigger: hearsay is said at either end of it."""
    return (
        mark
        for mark in sentence.of("status", status)
        if not (around.trigger.start <= mark.start and mark.end <= around.trigger.end)
    )
