"""
What there is to know of an item by itself, whatever came before it: read → scan → read_facts → match.

It depends on the words and the rules alone, so a replay can find it out in other processes and ahead of time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from watcher.facts import read_facts
from watcher.facts.sentence import Page
from watcher.facts.titles import content_words
from watcher.matching import Ruleset, match
from watcher.model import ActorId, Item, Match, Report, Seen
from watcher.stories import fingerprint
from watcher.text import Document, canonical_url, publisher_of, read
from watcher.vocabulary import Hits, Scanner, Vocabulary


@dataclass(frozen=True, slots=True)
class Percept:
    """
    An item as stories and policy see it.

    Args:
        reports: Of diplomatic events; of an item that only the words of rules matched, one that bears the rule's name.
    """

    reports: tuple[Report, ...]
    matches: tuple[Match, ...]


@dataclass(frozen=True, slots=True)
class Look:
    """A first look at an item, which tells whether it was read before; `perceive` reads it."""

    seen: Seen
    perceive: Callable[[], Percept]


def look(item: Item, vocabulary: Vocabulary, scanner: Scanner, *, ruleset: Ruleset) -> Look:
    """A look at an item that these rules may have to decide about."""
    document = read(item)
    return Look(seen_of(document), lambda: perceive(document, vocabulary, scanner, rulesets=(ruleset,))[0])


def seen_of(document: Document) -> Seen:
    """That an item was read, as it is."""
    item = document.item
    return Seen(item.id, canonical_url(item.url), fingerprint(document.folded), item.seen)


def perceive(
    document: Document, vocabulary: Vocabulary, scanner: Scanner, *, rulesets: Sequence[Ruleset]
) -> tuple[Percept, ...]:
    """
    What each of several rulesets makes of an item that is scanned once.

    Args:
        scanner: Of words that all of them share, and of the phrases of each.
    """
    hits = scanner.scan(document)
    reports = read_facts(document, hits, vocabulary)
    found = []
    for ruleset in rulesets:
        matches = match(document, hits, reports, ruleset)
        told = reports if reports or not matches else (_worded(document, hits, matches[0], vocabulary=vocabulary),)
        found.append(Percept(told, matches))
    return tuple(found)


def _worded(document: Document, hits: Hits, first: Match, *, vocabulary: Vocabulary) -> Report:
    """What an item reports that only the words of a rule matched: their event, and whoever is named."""
    item = document.item
    return Report(
        item=item.id,
        event=first.events[0],
        family=first.events[0],
        actors=tuple(sorted(ActorId(name) for name in hits.actors)),
        status=first.status,
        publisher=publisher_of(item),
        time=item.time,
        seen=item.seen,
        title=item.title,
        url=item.url,
        lang=document.lang,
        spans=tuple(evidence.span for evidence in first.evidence),
        words=content_words(Page(document, hits, vocabulary)),
        tier=item.tier,
        baseline=item.baseline,
    )
