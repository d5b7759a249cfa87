"""
Which of two texts tell of one development: our decisions and `token_set_ratio`, on the same labelled pairs.

Only pairs count whose two texts both report a diplomatic event, since no other becomes a story. Floors and ceilings
are in `data/floors_pairs.json`; the figures are printed (`-s`). Needs the shared data; `-m long`.
"""

from __future__ import annotations

import gzip
import json
import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from rapidfuzz import fuzz

from watcher.facts import read_facts
from watcher.model import DevelopmentId, Item, ItemId, Kind
from watcher.stories import Assigned, Memory, matters
from watcher.text import read
from watcher.vocabulary import Scanner, Vocabulary, load

FOLDER = Path(os.environ.get("WATCHER_TEST_DATA", ""))
FLOORS: dict[str, Any] = json.loads((Path(__file__).parent.parent / "data" / "floors_pairs.json").read_text("utf-8"))
START = datetime(2025, 6, 1, tzinfo=UTC)
THRESHOLDS = (60, 70, 85)
SAME, NEAR, FAR = "same", "near", "far"

Pair = tuple[str, int, int]  # what the two texts are to each other, and their places
Text = tuple[str, str]  # title, body

pytestmark = [
    pytest.mark.long,
    pytest.mark.timeout(300),
    pytest.mark.skipif(
        not (FOLDER / "retitles.jsonl.gz").is_file(), reason="WATCHER_TEST_DATA does not say where the data is"
    ),
]


@dataclass(frozen=True)
class Reader:
    """What reads items."""

    vocabulary: Vocabulary
    scanner: Scanner


@pytest.fixture(scope="module")
def reader() -> Reader:
    vocabulary = load()
    return Reader(vocabulary, Scanner(vocabulary, ()))


def rows(name: str) -> Iterator[dict[str, Any]]:
    with gzip.open(FOLDER / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def answers(items: Iterable[Item], reader: Reader, memory: Memory) -> Iterator[Assigned | None]:
    """What becomes of the first matter of each item; None when it reports no event."""
    for item in items:
        document = read(item)
        found = matters(read_facts(document, reader.scanner.scan(document), reader.vocabulary))
        told = [memory.assign(report, now=report.seen) for report in found]
        for answer in told:
            memory.fold(answer)
        yield told[0] if told else None


def item_of(number: int, text: Text) -> Item:
    seen = START + timedelta(minutes=number * 0.2)
    key = f"p{number}"
    return Item(ItemId(key), text[0], f"https://{key}.example/1", "Wire", seen, text=text[1], lang="en")


def together(texts: Sequence[Text], reader: Reader) -> list[DevelopmentId | None]:
    """The development of each text, all read into one memory within a day."""
    items = (item_of(number, text) for number, text in enumerate(texts))
    return [answer.development.id if answer else None for answer in answers(items, reader, Memory())]


def headlines() -> tuple[list[Text], list[Pair]]:
    """Pairs that people found to say the same (4 and more of 5), or something else (2 and less)."""
    known = [row for row in rows("dedup_headline_pairs") if row["score"] >= 4 or row["score"] <= 2]
    return _beside(known, lambda row: SAME if row["score"] >= 4 else NEAR if row["score"] > 0.5 else FAR)


def overlapping() -> tuple[list[Text], list[Pair]]:
    """Sentences of one cluster of news with nearly the same words."""
    return _beside(list(rows("dedup_high_overlap_pairs")), lambda row: SAME if row["label"] else NEAR)


def _beside(
    known: Sequence[Mapping[str, Any]], sort: Callable[[Mapping[str, Any]], str]
) -> tuple[list[Text], list[Pair]]:
    half = len(known)
    texts = [(row[side], "") for side in "ab" for row in known]
    return texts, [(sort(row), place, place + half) for place, row in enumerate(known)]


def articles() -> tuple[list[Text], list[Pair]]:
    """Articles of one event, of the other event of its topic, and of other topics."""
    known = list(rows("dedup_event_docs"))
    texts = [(untokenised(row["title"]), untokenised(row["text"])) for row in known]
    pairs = [(_relation(known[one], known[other]), one, other) for one, other in combinations(range(len(known)), 2)]
    return texts, pairs


def _relation(one: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    if one["event"] == other["event"]:
        return SAME
    return NEAR if one["topic"] == other["topic"] else FAR


def untokenised(text: str) -> str:
    text = re.sub(r" ([,.;:!?%)]|'s|'re|'ve|n't|'m|'ll|'d)", r"\1", text.replace("`` ", '"').replace(" ''", '"'))
    return re.sub(r"([($]) ", r"\1", text).replace(" - ", "-")


@pytest.mark.parametrize("name", ["headlines", "overlapping", "articles"])
def test_pairs_join_where_people_say_so_and_not_elsewhere(name: str, reader: Reader) -> None:
    texts, pairs = {"headlines": headlines, "overlapping": overlapping, "articles": articles}[name]()
    placed = together(texts, reader)
    counted = [pair for pair in pairs if placed[pair[1]] and placed[pair[2]]]
    total = Counter(sort for sort, _, _ in counted)

    def shares(is_one: Callable[[int, int], bool]) -> dict[str, float]:
        found = Counter(sort for sort, one, other in counted if is_one(one, other))
        return {sort: round(found[sort] / total[sort], 3) for sort in total}

    ours = shares(lambda one, other: placed[one] == placed[other])
    print(f"\n{name}: {dict(total)} of {len(pairs)} pairs; ours {ours}")
    for least in THRESHOLDS:
        by_words = shares(lambda one, other, t=least: fuzz.token_set_ratio(texts[one][0], texts[other][0]) >= t)  # type: ignore[misc]
        print(f"  token_set_ratio {least}: {by_words}")
    assert ours[SAME] >= FLOORS[name][SAME]
    assert all(ours.get(sort, 0.0) <= FLOORS[name][sort] for sort in (NEAR, FAR) if sort in FLOORS[name])


def test_a_retitled_article_is_mostly_a_repeat(reader: Reader) -> None:
    """No labels here: how many new headlines of one page are repeats; a sample was read (README)."""
    kinds: Counter[str] = Counter()
    agree: Counter[tuple[str, bool]] = Counter()
    for row in rows("retitles"):
        known = zip(row["titles"], row["first_seen"], strict=True)
        states = [Item(ItemId(row["key"]), title, row["key"], "", datetime.fromisoformat(at)) for title, at in known]
        found = list(answers(states, reader, Memory()))
        for place, answer in enumerate(found[1:], start=1):
            if answer and found[place - 1]:
                kind = "repeat" if answer.decision.kind is Kind.REPEAT else "update"
                kinds[kind] += 1
                agree[kind, fuzz.token_set_ratio(row["titles"][place - 1], row["titles"][place]) >= THRESHOLDS[1]] += 1
    share = kinds["repeat"] / sum(kinds.values())
    print(f"\nretitled: {dict(kinds)}, repeats {share:.3f}; with token_set_ratio 70 or more: {dict(agree)}")

    assert FLOORS["retitled"]["least"] <= share <= FLOORS["retitled"]["most"]
