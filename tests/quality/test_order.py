"""
Four days of real headlines: replayed twice they tell the same, in another order nearly the same, again nothing.

Needs the archive in the folder WATCHER_TEST_DATA names; `-m long`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from random import Random

import pytest

from tests.quality.test_gold import DATA, RULES, archive
from watcher.ingest import Commit, Mind, Transcript, ingest, replay
from watcher.matching import load_rules
from watcher.model import DevelopmentId, Item, ItemId
from watcher.trial import scanner_of
from watcher.vocabulary import load

MOST_MOVED = 0.02

pytestmark = [
    pytest.mark.long,
    pytest.mark.timeout(300),
    pytest.mark.skipif(not DATA.is_file(), reason="WATCHER_TEST_DATA does not say where the data is"),
]


def mind() -> Mind:
    texts = {f"gold/{path.name}": path.read_text("utf-8") for path in sorted(RULES.glob("*.yaml"))}
    ruleset = load_rules({"gold": texts}, load())
    return Mind(ruleset.vocabulary, scanner_of(ruleset), ruleset)


def shuffled(items: Sequence[Item]) -> Iterator[Item]:
    """The items of each hour with the times at which they were seen dealt out anew."""
    random = Random(5)
    for _, group in groupby(items, key=lambda item: item.seen.replace(minute=0, second=0, microsecond=0)):
        hour = list(group)
        times = sorted(item.seen for item in hour)
        random.shuffle(hour)
        yield from (replace(item, seen=seen) for item, seen in zip(hour, times, strict=True))


def placed(commits: Sequence[Commit]) -> dict[ItemId, DevelopmentId]:
    return {filed.report.item: filed.development for commit in commits for filed in commit.reports}


def moved(before: Mapping[ItemId, DevelopmentId], after: Mapping[ItemId, DevelopmentId]) -> float:
    """The share of items that left the company they were in, each development matched with the one most like it."""
    common = Counter((before[item], after[item]) for item in before.keys() & after.keys())
    mine: set[DevelopmentId] = set()
    theirs: set[DevelopmentId] = set()
    stayed = 0
    for (one, other), number in sorted(common.items(), key=lambda pair: (-pair[1], pair[0])):
        if one not in mine and other not in theirs:
            mine.add(one)
            theirs.add(other)
            stayed += number
    return 1 - stayed / len(before)


def test_the_same_archive_tells_the_same_and_its_order_matters_little() -> None:
    items = archive("2025-12-09", "2025-12-13")
    runs = []
    last = mind()
    for some, desk in ((items, mind()), (items, last), (list(shuffled(items)), mind())):
        transcript, commits = Transcript(), list(replay(some, desk))
        for commit in commits:
            transcript.add(commit)
        runs.append((commits, list(transcript.lines())))

    assert runs[0][1]
    assert runs[0][1] == runs[1][1]
    assert moved(placed(runs[0][0]), placed(runs[2][0])) <= MOST_MOVED
    again = ingest(items, last, now=items[-1].seen)
    assert again == Commit()
