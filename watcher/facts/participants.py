"""
Who takes part in an event, who does it to whom, who says so, and at what level they meet.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from watcher.facts.marks import Mark
from watcher.facts.places import VENUE_NOUNS, hosts, is_placed, is_ruled_out, moves_by_prefix
from watcher.facts.sentence import Page, Sentence
from watcher.facts.speech import SPEAKER_WITHIN, Speech, speech_in
from watcher.model import ActorId
from watcher.vocabulary import Hit

MOST_ACTORS = 8
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
_JOINED = re.compile(
    r"(?:[\s,&/-]|\b(?:and|et|y|und|и|و|ו|vs|the|la|les?|el|los|der|den|dem|die)\b|[和与與、及])*'?s?\s*"
)
_LISTED = re.compile(r",? (?:and )?")
_LEANINGS = ("pro-", "anti-")
_LEVEL_OF_ROLE = {"leader": "leaders", "foreign": "ministers", "defence": "defence", "envoy": "envoys"}
_LEVEL_WITHIN = 8
_OF_HIMSELF_WITHIN = 5


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


def parties_at(page: Page, trigger: Hit) -> Parties:
    """The parties of the trigger's event, from its clause, its sentence, then the title and the lead."""
    sentence = page.sentence(trigger.start)
    speech = speech_in(sentence)
    if speech and speech.of_himself and sentence.between(speech.said_from, trigger.start) > _OF_HIMSELF_WITHIN:
        speech = replace(speech, of_himself=False)  # "says it will wait to see how others' talks go"
    reaction = _reactor(sentence, trigger)
    present = _present(page, sentence, trigger)
    root = trigger.name.partition(".")[0]
    least = 1 if root in _ONE_SIDED else 2
    taking = present if root in _UTTERANCES else _taking_part(sentence, present, (speech, reaction), mutual=least > 1)
    codes = _codes(taking)
    if len(codes) < 2 and any(hit.name == "visit" for hit in sentence.inside(page.concepts)):
        codes |= {hit.name for hits in page.hits.hosts.values() for hit in sentence.inside(hits)}  # "visit in Paris"
    if len(codes) < least:
        codes |= _from_elsewhere(page, trigger, codes)
    doers = [hit for hit in taking if not _only_tells(hit, trigger, (speech, reaction))]
    agent, target = _direction(sentence, trigger, doers or taking)
    if agent and not target:
        target = next((ActorId(code) for code in sorted(codes) if code != agent), None) if len(codes) == 2 else None
    speaker = speech.actor if speech else None
    if speech and _speak_together(sentence, speech):
        agent, target, speaker = None, None, None
    elif root in _UTTERANCES and speaker in codes and agent is not None:
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


def _speak_together(sentence: Sentence, speech: Speech) -> bool:
    """ "US, Ukraine say …" opens the sentence: neither alone is who says it."""
    folded = sentence.page.document.folded
    before = (hit for hit in sentence.actors if hit.end <= speech.hit.start and hit.name != speech.actor)
    before = (hit for hit in before if sentence.between(sentence.start, hit.start) <= 1)
    return speech.said_from > speech.hit.end and any(
        _JOINED.fullmatch(folded[hit.end : speech.hit.start]) for hit in before
    )


def _only_tells(hit: Hit, trigger: Hit, others: tuple[Speech | None, Hit | None]) -> bool:
    """Whether a name before the trigger says or judges it rather than does it: "Kremlin confirms US envoy's visit"."""
    speech, reactor = others
    said = speech is not None and hit.start == speech.hit.start and speech.said_from <= trigger.start
    return said or (reactor is not None and hit.start == reactor.start)


def _taking_part(
    sentence: Sentence, present: list[Hit], others: tuple[Speech | None, Hit | None], *, mutual: bool
) -> list[Hit]:
    """Those present without places and topics, then without who only speaks or reacts, as long as two remain."""
    speech, reactor = others
    of_himself = speech is not None and speech.of_himself
    taking = present
    outsiders: tuple[Callable[[Hit], bool], ...] = (
        lambda hit: _is_place(sentence, hit),
        lambda hit: mutual and _is_topic(sentence, hit),  # sanctions "on Russia" are done to it
        lambda hit: reactor is not None and hit.name == reactor.name and hit.start <= reactor.start and not of_himself,
        lambda hit: speech is not None and not of_himself and hit.start == speech.hit.start,
    )
    for is_outside in outsiders:
        inner = [hit for hit in taking if not is_outside(hit)]
        taking = inner if len(_codes(inner)) > 1 else taking
    return taking


def _is_place(sentence: Sentence, hit: Hit) -> bool:
    """Whether a name is there as a place: "in Hungary", "moved from Muscat to Geneva"."""
    # A Hebrew name of a state may be found by its adjective, which it begins with.
    sorts = ("name", "capital", "adjective") if sentence.page.document.lang == "he" else ("name", "capital")
    if hit.term.sort in sorts and any(says(sentence, hit) for says in (is_placed, hosts, is_ruled_out)):
        return True
    if hit.term.sort != "capital":
        return False
    moved = any(
        mark.end <= hit.start and sentence.between(mark.end, hit.start) == 0
        for mark in sentence.of("roles", "from", "to", "old", "new")
    )
    moved = moved or (any(True for _ in sentence.of("roles", "move")) and moves_by_prefix(sentence, hit) is not None)
    return moved or any(one.start == hit.end + 1 and one.name in VENUE_NOUNS for one in sentence.page.concepts)


def _is_topic(sentence: Sentence, hit: Hit) -> bool:
    """Whether a name is what it is about ("talks on Ukraine", "Ukraine plan") or who arranged it ("US-brokered")."""
    if any(mark.end <= hit.start and sentence.between(mark.end, hit.start) == 0 for mark in sentence.of("topic")):
        return True
    folded = sentence.page.document.folded
    if folded.endswith(_LEANINGS, 0, hit.start) or _goes_on(sentence, hit):
        return True
    following = folded[hit.end : hit.end + 1]
    if following == "-" and any(mark.start == hit.end + 1 for mark in sentence.of("brokered")):
        return True
    before = folded[sentence.start : hit.start].rstrip()
    is_pair = before.endswith(("-", ",", "/", "&", " and", " with")) or following in ("-", "/", ",")
    return (
        not is_pair
        and hit.term.sort == "name"
        and any(mark.start == hit.end + 1 for mark in sentence.of("topic_nouns"))
    )


def _goes_on(sentence: Sentence, hit: Hit) -> bool:
    """Whether a name goes on with a list of subjects: "talks on Gaza, Iran"."""
    if hit.term.sort != "name":
        return False
    before = [one for one in sentence.actors if one.end <= hit.start]
    if not before or not _LISTED.fullmatch(sentence.page.document.folded[before[-1].end : hit.start]):
        return False
    return any(
        mark.end <= before[-1].start and sentence.between(mark.end, before[-1].start) == 0
        for mark in sentence.of("topic")
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


# ── Who takes no part ──────────────────────────────────────────────────────────────────────────────────────────────


def _reactor(sentence: Sentence, trigger: Hit) -> Hit | None:
    """Who welcomes, condemns or urges it, before the trigger: a third party as a rule."""
    for mark in sentence.of("reaction"):
        if trigger.start <= mark.start < trigger.end or mark.end > trigger.start:
            continue
        before = [hit for hit in sentence.actors if hit.end <= mark.start]
        if before and sentence.between(before[-1].end, mark.start) <= SPEAKER_WITHIN:
            return before[-1]
    return None


# ── Who does it to whom ────────────────────────────────────────────────────────────────────────────────────────────


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
    if len(order) == 2 and (root == "schedule" or len(before) == 2) and _are_joined(sentence, taking):
        return None, None
    if root != "visit" and not before and sentence.page.document.lang not in _VERB_FIRST and len(order) == 1:
        return None, ActorId(order[0])
    return ActorId(order[0]), ActorId(order[1]) if len(order) > 1 else None


def _are_joined(sentence: Sentence, taking: Sequence[Hit]) -> bool:
    """ "US, Iran talks moved": only a comma or "and" between the first two, so that neither acts on the other."""
    first = taking[0]
    second = next(hit for hit in taking if hit.name != first.name)
    return _JOINED.fullmatch(sentence.page.document.folded[first.end : second.start]) is not None


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


# ── At what level ──────────────────────────────────────────────────────────────────────────────────────────────────


def level_at(sentence: Sentence, trigger: Hit, taking: Sequence[Hit]) -> str | None:
    """`leaders`, `ministers`, `defence` or `envoys`: the lowest of who meets, else the nearest word for it."""
    people = {(hit.name, _level_of(sentence, hit)) for hit in taking if hit.term.role in _LEVEL_OF_ROLE}
    levels = {level for _, level in people}
    for level in ("envoys", "defence", "ministers"):
        if level in levels:
            return level
    if len(people) > 1 or trigger.name in ("summit", "leaders.meet") or (people and trigger.name == "visit"):
        return "leaders"
    marks = [mark for mark in sentence.of("level") if not _is_within_longer(mark, sentence)]
    near = [(sentence.distance((mark.start, mark.end), (trigger.start, trigger.end)), mark) for mark in marks]
    best = min((pair for pair in near if pair[0] <= _LEVEL_WITHIN), key=lambda pair: pair[0], default=None)
    return best[1].value if best else None


def _level_of(sentence: Sentence, person: Hit) -> str:
    """The level of a person's office; of whoever "Trump's envoy" is, if such a word follows the name."""
    for mark in sentence.of("level", "envoys", "ministers", "defence"):
        if (
            mark.start >= person.end
            and sentence.between(person.end, mark.start) <= 1
            and ("'" in sentence.page.document.folded[person.end : mark.start])
        ):
            return mark.value
    return _LEVEL_OF_ROLE[person.term.role]


def _is_within_longer(mark: Mark, sentence: Sentence) -> bool:
    return any(
        other.start <= mark.start and mark.end <= other.end and (other.start, other.end) != (mark.start, mark.end)
        for other in sentence.of("level")
    )
