"""
Places of a sentence bound to its event: venue planned or held, left or moved to; and counts with what they count.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from watcher.facts.days import today_of
from watcher.facts.marks import Mark
from watcher.facts.sentence import Page, Sentence
from watcher.facts.status import VERB_LAST, Standing
from watcher.model import CountFact, PlaceFact, Role, Status
from watcher.text import Word, fold
from watcher.vocabulary import Hit

_WITHIN = 9
_ROLE_WITHIN = 4
_INSTEAD_WITHIN = 3
_VENUED = ("talks", "meeting", "summit", "visit", "call", "leaders", "schedule", "council", "mediation", "agreement")
# "Geneva talks", "Budapest summit": the place before them is where they are held.
VENUE_NOUNS = frozenset(("summit", "talks", "meeting", "talks.round"))
_FIRM = frozenset((Status.AGREED, Status.ANNOUNCED, Status.CONFIRMED, Status.HELD))
_ORDINAL_UNITS = frozenset(("round", "package", "phase"))
_DURATIONS = frozenset(("hour", "day", "week", "month", "year"))
_PREFIXING = frozenset(("he", "ar"))
_LETTERS_IN = "בب"
_PREFIX_ROLES = {"מ": Role.OLD, "ל": Role.NEW}


def places_at(page: Page, trigger: Hit, standing: Standing) -> Iterator[PlaceFact]:
    """
    The places named in the trigger's sentence, once each.

    A place is a venue when "in" stands before it, or words that name it as one; "from … to" counts where something is
    moved. Anything else ("Geneva talks") is only mentioned.
    """
    sentence = page.sentence(trigger.start)
    ends = page.document.lang in (*VERB_LAST, "zh")
    moves = [sentence.start if ends else mark.start for mark in sentence.of("roles", "move")]
    seen: set[str] = set()
    for hit in sentence.inside(page.places):
        if hit.name in seen:
            continue
        moving = trigger.name == "schedule.venue_changed" or any(start <= hit.start for start in moves)
        role = _role(hit, sentence, standing=standing, moving=moving)
        if role is Role.MENTIONED and any(actor.start == hit.start for actor in page.actors):
            continue  # "Moscow says": a government, not a place
        if role is not Role.MENTIONED and not _is_bound(page, hit, trigger):
            role = Role.MENTIONED
        seen.add(hit.name)
        country = page.vocabulary.places[hit.name].country if hit.name in page.vocabulary.places else ""
        yield PlaceFact(hit.name, role, page.document.span(hit.start, hit.end), country)


def _role(hit: Hit, sentence: Sentence, *, standing: Standing, moving: bool) -> Role:
    if is_ruled_out(sentence, hit):
        return Role.OLD
    before = [mark for mark in sentence.of("roles") if mark.end <= hit.start]
    near = [mark for mark in before if sentence.between(mark.end, hit.start) <= _ROLE_WITHIN]
    for mark in reversed(near):
        between = sentence.between(mark.end, hit.start)
        if mark.value == "old" or (mark.value == "from" and moving and between == 0):
            return Role.OLD
        if mark.value == "new" or (mark.value == "to" and moving and between == 0):
            return Role.NEW
        beside = between <= 1 or hit.locative or is_placed(sentence, hit)
        if mark.value in ("held", "set") and beside and not _is_within(mark, near):
            return Role.HELD if mark.value == "held" else Role.PLANNED
    if moving and (role := moves_by_prefix(sentence, hit)):
        return role
    if hit.locative or is_placed(sentence, hit) or hosts(sentence, hit) or _is_visited(sentence, hit):
        return _venue(sentence, standing)
    # "Geneva talks begin" says where; "Geneva talks" alone may speak of earlier ones.
    nouns = (one for one in sentence.page.concepts if one.name in VENUE_NOUNS)
    if standing.mark and standing.status in _FIRM and any(one.start == hit.end + 1 for one in nouns):
        return _venue(sentence, standing)
    return Role.MENTIONED


def hosts(sentence: Sentence, hit: Hit) -> bool:
    """ "Geneva to host talks", "Geneva, not Muscat, to host talks": a name with the words for hosting behind it."""
    if is_ruled_out(sentence, hit):
        return False
    instead = any(mark.start >= hit.end and sentence.between(hit.end, mark.start) == 0 for mark in sentence.of("not"))
    return any(
        mark.start >= hit.end and sentence.between(hit.end, mark.start) <= (_INSTEAD_WITHIN if instead else 0)
        for mark in sentence.of("host")
    )


def is_ruled_out(sentence: Sentence, hit: Hit) -> bool:
    """ "Not Muscat": the word for it right before the name."""
    return any(mark.end <= hit.start and sentence.between(mark.end, hit.start) == 0 for mark in sentence.of("not"))


def _is_visited(sentence: Sentence, hit: Hit) -> bool:
    """ "To visit Athens", "trip to Athens": the place right behind the words for a visit."""
    visits = (one for one in sentence.inside(sentence.page.concepts) if one.name == "visit")
    return any(one.end <= hit.start and sentence.between(one.end, hit.start) <= 1 for one in visits)


def _is_within(mark: Mark, others: list[Mark]) -> bool:
    """ "Held" within "will be held"."""
    return any(other is not mark and other.start <= mark.start and mark.end <= other.end for other in others)


def _venue(sentence: Sentence, standing: Standing) -> Role:
    """Planned or held, by the status; where that says nothing, by whether a day ahead stands in the sentence."""
    if standing.status in (Status.OFF, Status.DENIED):
        return Role.MENTIONED
    if standing.status is Status.HELD:
        return Role.HELD
    if standing.status is Status.REPORTED and standing.mark is None:
        today = today_of(sentence.page.document.item)
        ahead = any((days := one.on(today, "future")) and days[1] >= today for one in sentence.dates)
        return Role.PLANNED if ahead else Role.HELD
    return Role.PLANNED


def is_placed(sentence: Sentence, hit: Hit) -> bool:
    """Whether a word that makes it a place stands right before: "in", "to host", also one written to its front."""
    if any(mark.end <= hit.start and sentence.between(mark.end, hit.start) == 0 for mark in sentence.of("into")):
        return True
    prefix = _written_before(sentence, hit)
    return bool(prefix) and prefix[-1] in _LETTERS_IN


def moves_by_prefix(sentence: Sentence, hit: Hit) -> Role | None:
    """Old or new by the letter written to the front of the name: "מאיסטנבול לווינה", from Istanbul to Vienna."""
    # A name's own first "ו" is doubled behind a prefix.
    return _PREFIX_ROLES.get(_written_before(sentence, hit).rstrip("ו")[-1:])


def _written_before(sentence: Sentence, hit: Hit) -> str:
    """Letters written to the front of a name, within the hit or before it: "ב" of "in Berlin"."""
    if sentence.page.document.lang not in _PREFIXING:
        return ""
    folded = sentence.page.document.folded
    at = folded.find(fold(hit.term.text), hit.start, hit.end)
    return folded[hit.start : at] if at > hit.start else ""


def _is_bound(page: Page, hit: Hit, trigger: Hit) -> bool:
    sentence = page.sentence(trigger.start)
    verbs = (mark for mark in sentence.of("roles", "set", "held", "new", "old") if mark.end <= hit.start)
    if any(sentence.between(mark.end, hit.start) <= _ROLE_WITHIN for mark in verbs):
        return True
    anchors = (one for one in sentence.inside(page.concepts) if one is trigger or one.name.partition(".")[0] in _VENUED)
    at = hit.start, hit.end
    return any(
        one.start <= hit.start < one.end or sentence.distance((one.start, one.end), at) <= _WITHIN for one in anchors
    )


def counts_at(page: Page, trigger: Hit) -> Iterator[CountFact]:
    """Numbers of the trigger's sentence with what they count: 314 prisoners, 48 hours, second round, 19th package."""
    sentence = page.sentence(trigger.start)
    dated = [(one.start, one.end) for one in sentence.dates]
    seen: set[tuple[str, int]] = set()
    for unit in sentence.of("counted"):
        if unit.value in _DURATIONS and any(start <= unit.start < end for start, end in dated):
            continue
        found = _number_of(sentence, unit)
        if found is None or (unit.value, found[0]) in seen:
            continue
        number, start, end = found
        seen.add((unit.value, number))
        # The Chinese press counts rounds of sanctions, the European packages.
        name = "package" if unit.value == "round" and trigger.name.startswith("sanctions") else unit.value
        yield CountFact(number, name, page.document.span(start, end))


def _number_of(sentence: Sentence, unit: Mark) -> tuple[int, int, int] | None:
    """The number that belongs to a unit, and the stretch that both take; None when there is none near."""
    ordinal = unit.value in _ORDINAL_UNITS
    for mark in sorted(sentence.of("ordinals" if ordinal else "numbers"), key=lambda mark: -mark.start):
        if mark.end <= unit.start and 0 <= unit.first - mark.last <= (2 if ordinal else 1):
            return int(mark.value), mark.start, unit.end
        if ordinal and unit.end <= mark.start and 0 <= mark.first - unit.last <= 1:
            return int(mark.value), unit.start, mark.end
    return _digits_of(sentence, unit, ordinal=ordinal)


def _digits_of(sentence: Sentence, unit: Mark, *, ordinal: bool) -> tuple[int, int, int] | None:
    words = sentence.words
    for index in range(unit.first - 1, max(unit.first - 4, -1), -1):
        text = words[index].text
        digits = text.rstrip("abcdefghijklmnopqrstuvwxyzйогеё")
        if digits.isdigit() and len(digits) <= 7 and _may_count(words, index, digits, ordinal=ordinal):
            return _grouped(sentence, index, digits), words[index].start, unit.end
        if text in (".", ",") and index == unit.first - 1 and not ordinal:
            return None
    if ordinal and unit.last < len(words) and words[unit.last].text.isdigit() and len(words[unit.last].text) <= 3:
        return int(words[unit.last].text), unit.start, words[unit.last].end
    return None


def _may_count(words: Sequence[Word], index: int, digits: str, *, ordinal: bool) -> bool:
    """Ordinals have an ending ("19th", "19-й", "19."), and other numbers none."""
    if not ordinal:
        return digits == words[index].text
    return digits != words[index].text or words[index + 1].text in ("-", ".")


def _grouped(sentence: Sentence, index: int, digits: str) -> int:
    """The number with what stands before its comma: "1,500"."""
    words = sentence.words
    if len(digits) == 3 and index >= 2 and words[index - 1].text in (",", ".") and words[index - 2].text.isdigit():
        return int(words[index - 2].text[-4:] + digits)
    return int(digits)
