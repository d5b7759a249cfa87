"""
Who takes part in an event, who does it to whom, who says so, and at what level they meet.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from watcher.facts.marks import Mark
from watcher.facts.places import is_placed
from watcher.facts.sentence import Page, Sentence
from watcher.model import ActorId
from watcher.text import Range
from watcher.vocabulary import Hit

MOST_ACTORS = 8
_SPEAKER_WITHIN = 4
_ATTRIBUTION_WORDS = 6
_LEAD_SENTENCES = 3
# Nobody acts on anybody here: both sides meet, agree, swap.
_MUTUAL = (
    "talks",
    "meeting",
    "summit",
    "leaders",
    "agreement",
    "ceasefire",
    "call",
    "prisoners",
    "arms",
    "nuclear",
    "council",
)
_MUTUAL_SCHEDULES = frozenset(("schedule.set", "schedule.held", "schedule.begins", "schedule.resumed"))
# One side is enough for these; the others need two, so that a third party who reacts is told apart.
_ONE_SIDED = (
    "diplomat",
    "embassy",
    "sanctions",
    "tariffs",
    "treaty",
    "statement",
    "warning",
    "condemnation",
    "attack",
    "threat",
)
# Here the one who speaks is the one who acts.
_UTTERANCES = ("statement", "warning", "condemnation", "demand", "offer", "aid", "threat", "deadline")
_VERB_FIRST = frozenset(("ar",))
_LEVEL_OF_ROLE = {"leader": "leaders", "foreign": "ministers", "defence": "defence", "envoy": "envoys"}
_LEVEL_WITHIN = 8


@dataclass(frozen=True, slots=True)
class Parties:
    """
    Those around one event.

    Args:
        actors: Sorted; speakers of another party, hosts and those who only react are left out where two remain.
        speaker: The actor who is quoted; None: the outlet itself.
        principal: Whether who speaks or acts is one of the parties.
    """

    actors: tuple[ActorId, ...]
    agent: ActorId | None
    target: ActorId | None
    speaker: ActorId | None
    level: str | None
    principal: bool
    words: tuple[Range, ...] = ()


def parties_at(page: Page, trigger: Hit) -> Parties:
    """The parties of the trigger's event, from its clause, its sentence, then the title and the lead."""
    sentence = page.sentence(trigger.start)
    speech = speech_in(sentence)
    reaction = _reactor(sentence, trigger)
    present = _present(page, sentence, trigger)
    root = trigger.name.partition(".")[0]
    least = 1 if root in _ONE_SIDED else 2
    taking = present if root in _UTTERANCES else _taking_part(sentence, present, (speech, reaction), least=least)
    codes = _codes(taking)
    if len(codes) < least:
        codes |= _from_elsewhere(page, trigger, codes)
    agent, target = _direction(sentence, trigger, taking)
    speaker = speech.actor if speech else None
    if root in _UTTERANCES and speaker in codes:
        agent, target = speaker, next((ActorId(hit.name) for hit in taking if hit.name != speaker), None)
    doer = speaker or (reaction.name if reaction else None) or agent
    return Parties(
        actors=tuple(sorted(ActorId(code) for code in sorted(codes)[:MOST_ACTORS])),
        agent=agent,
        target=target,
        speaker=speaker,
        level=level_at(sentence, trigger, taking),
        principal=doer is None or doer in codes,
    )


def _taking_part(
    sentence: Sentence, present: list[Hit], others: tuple[Speech | None, Hit | None], *, least: int
) -> list[Hit]:
    """Those present without places, then without who only speaks or reacts, as long as enough remain."""
    speech, reactor = others
    taking = present
    for is_outside in (
        lambda hit: hit.term.sort in ("name", "capital") and _is_place(sentence, hit),
        lambda hit: reactor is not None and hit.name == reactor.name and hit.start <= reactor.start,
        lambda hit: speech is not None and hit.start == speech.hit.start,
    ):
        inner = [hit for hit in taking if not is_outside(hit)]
        taking = inner if len(_codes(inner)) >= least else taking
    return taking


def _is_place(sentence: Sentence, hit: Hit) -> bool:
    """Whether a name is there as a place: "in Hungary", "moved from Muscat to Geneva"."""
    if is_placed(sentence, hit):
        return True
    return hit.term.sort == "capital" and any(
        mark.end <= hit.start and sentence.between(mark.end, hit.start) == 0 for mark in sentence.of("roles", "from")
    )


def _codes(hits: Iterable[Hit]) -> set[str]:
    return {hit.name for hit in hits}


def _present(page: Page, sentence: Sentence, trigger: Hit) -> list[Hit]:
    """Actors of the trigger's sentence; of its head clause alone when the title's trigger stands there with two."""
    found = list(sentence.actors)
    if page.is_title(trigger.start) and trigger.start < page.document.head_end:
        head = [hit for hit in found if hit.start < page.document.head_end]
        if len(_codes(head)) > 1:
            return head
    return found


def _from_elsewhere(page: Page, trigger: Hit, known: set[str]) -> set[str]:
    """Who else it is about when the sentence names too few: the title's actors, else the most named of the lead."""
    if not page.is_title(trigger.start):
        head = [hit.name for hit in page.actors if page.is_title(hit.start)]
        if head:
            return set(head[:MOST_ACTORS])
    if known and page.is_title(trigger.start) and not page.document.item.text:
        return set()
    limit = page.document.sentences[: _LEAD_SENTENCES + 1][-1][1]
    named = Counter(hit.name for hit in page.actors if hit.start < limit and hit.name not in known)
    wanted = 2 - len(known)
    return {name for name, _ in named.most_common(max(wanted, 0))}


# ── Who says so ────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Speech:
    """Who is quoted in a sentence, and the words that name him."""

    actor: ActorId
    hit: Hit
    trailing: bool = False


def speech_in(sentence: Sentence) -> Speech | None:
    """Who is quoted: trailing "- Kremlin" and ": Oman", leading "Lavrov: …", "according to", "X says", "says X"."""
    page = sentence.page
    is_title = sentence.start == 0
    if is_title and (speech := _at_the_end(sentence) or _at_the_start(sentence)):
        return speech
    for mark in sentence.of("source"):
        if hit := next((hit for hit in sentence.actors if hit.start >= mark.end), None):
            if sentence.between(mark.end, hit.start) <= _SPEAKER_WITHIN:
                return Speech(ActorId(hit.name), hit)
    for mark in sentence.of("say"):
        if hit := _subject_of(sentence, mark, verb_first=page.document.lang in _VERB_FIRST):
            return Speech(ActorId(hit.name), hit)
    return None


def _subject_of(sentence: Sentence, mark: Mark, *, verb_first: bool) -> Hit | None:
    before = [hit for hit in sentence.actors if hit.end <= mark.start]
    after = [hit for hit in sentence.actors if hit.start >= mark.end]
    if verb_first and after and sentence.between(mark.end, after[0].start) <= _SPEAKER_WITHIN:
        return after[0]
    if before and sentence.between(before[-1].end, mark.start) <= _SPEAKER_WITHIN:
        between = sentence.page.document.folded[before[-1].end : mark.start]
        if "," not in between and ":" not in between and not _has_verb(sentence, before[-1].end, mark.start):
            return before[-1]
    if after and _is_inverted(sentence, mark) and sentence.between(mark.end, after[0].start) <= 2:
        return after[0]
    return None


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
    short = sentence.between(start, sentence.end) <= _ATTRIBUTION_WORDS
    if not named or not short or _tells(sentence, start, sentence.end):
        return None
    return Speech(ActorId(named[0].name), named[0], trailing=True)


def _at_the_start(sentence: Sentence) -> Speech | None:
    """ "Lavrov: …": a name before an early colon with little else, and no verb."""
    folded = sentence.page.document.folded
    cut = folded.find(": ", sentence.start, sentence.end)
    if cut < 0 and sentence.page.document.lang == "zh":
        cut = next((mark for mark in (folded.find(sign, 0, sentence.end) for sign in ":：") if mark > 0), -1)
    if cut <= 0 or sentence.between(sentence.start, cut) > _ATTRIBUTION_WORDS:
        return None
    named = [hit for hit in sentence.actors if hit.end <= cut]
    if not named or len(_codes(named)) > 1 or _tells(sentence, sentence.start, cut):
        return None
    return Speech(ActorId(named[-1].name), named[-1])


def _tells(sentence: Sentence, start: int, end: int) -> bool:
    """Whether an event is told between two offsets, so that it is no mere attribution."""
    return any(
        start <= hit.start and hit.end <= end and hit.name != "statement"
        for hit in sentence.inside(sentence.page.concepts)
    )


# ── Who takes no part ──────────────────────────────────────────────────────────────────────────────────────────────────


def _reactor(sentence: Sentence, trigger: Hit) -> Hit | None:
    """Who welcomes, condemns or urges it, before the trigger: a third party as a rule."""
    for mark in sentence.of("reaction"):
        if trigger.start <= mark.start < trigger.end or mark.end > trigger.start:
            continue
        before = [hit for hit in sentence.actors if hit.end <= mark.start]
        if before and sentence.between(before[-1].end, mark.start) <= _SPEAKER_WITHIN:
            return before[-1]
    return None


# ── Who does it to whom ────────────────────────────────────────────────────────────────────────────────────────────────


def _direction(sentence: Sentence, trigger: Hit, taking: Sequence[Hit]) -> tuple[ActorId | None, ActorId | None]:
    """Agent and target; (None, None) for what is done by both sides together."""
    root = trigger.name.partition(".")[0]
    if trigger.name in _MUTUAL_SCHEDULES or root in _MUTUAL:
        return None, None
    before = _distinct(hit for hit in taking if hit.start < trigger.start)
    after = _distinct(hit for hit in taking if hit.start >= trigger.start)
    if by := _passive_agent(sentence, trigger, taking):
        others = [name for name in (*before, *after) if name != by]
        return ActorId(by), ActorId(others[0]) if others else None
    order = [*before, *(name for name in after if name not in before)]
    if not order:
        return None, None
    if not before and sentence.page.document.lang not in _VERB_FIRST and len(order) == 1:
        return None, ActorId(order[0])
    return ActorId(order[0]), ActorId(order[1]) if len(order) > 1 else None


def _distinct(hits: Iterable[Hit]) -> list[str]:
    return list(dict.fromkeys(hit.name for hit in hits))


def _passive_agent(sentence: Sentence, trigger: Hit, taking: Sequence[Hit]) -> str | None:
    """Who stands behind "by" after the trigger's verb; in Chinese between 被 and the verb."""
    for mark in sentence.of("passive"):
        for hit in taking:
            near = hit.start >= mark.end and sentence.between(mark.end, hit.start) <= 2
            if near and (mark.start >= trigger.start or sentence.page.document.lang == "zh"):
                return hit.name
    return None


# ── At what level ──────────────────────────────────────────────────────────────────────────────────────────────────────


def level_at(sentence: Sentence, trigger: Hit, taking: Sequence[Hit]) -> str | None:
    """`leaders`, `ministers`, `defence` or `envoys`; the lowest of the people who meet, else the nearest word that says it."""
    people = {(hit.name, _LEVEL_OF_ROLE[hit.term.role]) for hit in taking if hit.term.role in _LEVEL_OF_ROLE}
    levels = {level for _, level in people}
    for level in ("envoys", "defence", "ministers"):
        if level in levels:
            return level
    if len(people) > 1 or trigger.name in ("summit", "leaders.meet"):
        return "leaders"
    marks = [mark for mark in sentence.of("level") if not _is_within_longer(mark, sentence)]
    near = [(sentence.distance((mark.start, mark.end), (trigger.start, trigger.end)), mark) for mark in marks]
    best = min((pair for pair in near if pair[0] <= _LEVEL_WITHIN), key=lambda pair: pair[0], default=None)
    return best[1].value if best else None


def _is_within_longer(mark: Mark, sentence: Sentence) -> bool:
    return any(
        other.start <= mark.start and mark.end <= other.end and (other.start, other.end) != (mark.start, mark.end)
        for other in sentence.of("level")
    )
