"""
How well the shipped rules do: precision and recall may rise but not fall below `data/floors.json`.

`labelled_own.yaml` and, worded more widely, `labelled_wide.yaml` (English) and `labelled_languages.yaml` (eight others)
hold headlines in our own words. `labels_shared.json` has ids and labels of items in the shared data, read and labelled
before the rules ran on them; it is used where `WATCHER_TEST_DATA` says where those are. `held`, `fresh` and the parts
of `last` were scored before anything was mended by them; precision and recall were .79/.90, .92/.90 and .81/.85,
.89/.78, .92/.74, .84/.76. The floors are of today.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.test_rule_files import SIXTEEN, sixteen
from watcher.facts import read_facts
from watcher.matching import match
from watcher.model import Item, ItemId
from watcher.text import read
from watcher.vocabulary import load

DATA = Path(__file__).parent / "data"
FLOORS: dict[str, Any] = json.loads((DATA / "floors.json").read_text(encoding="utf-8"))["rules"]
OWN: dict[str, Any] = yaml.safe_load((DATA / "labelled_own.yaml").read_text(encoding="utf-8"))
WIDE: dict[str, Any] = yaml.safe_load((DATA / "labelled_wide.yaml").read_text(encoding="utf-8"))
ABROAD: dict[str, Any] = yaml.safe_load((DATA / "labelled_languages.yaml").read_text(encoding="utf-8"))
SHARED: dict[str, Any] = json.loads((DATA / "labels_shared.json").read_text(encoding="utf-8"))
LANGUAGES = sorted({one["lang"] for one in OWN["items"]})
NOON = datetime(2026, 2, 10, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Case:
    """An item with the rules that must fire on it, and those that may."""

    item: Item
    fires: frozenset[str]
    may: frozenset[str]


@dataclass(frozen=True, slots=True)
class Score:
    """Precision and recall over all rules, with what went wrong."""

    precision: float
    recall: float
    wrong: tuple[str, ...]


def fired(item: Item) -> frozenset[str]:
    ruleset, scanner = sixteen()
    document = read(item)
    hits = scanner.scan(document)
    return frozenset(str(one.rule) for one in match(document, hits, read_facts(document, hits, load()), ruleset))


def score(cases: Iterable[Case]) -> Score:
    counts: Counter[str] = Counter()
    wrong = []
    for case in cases:
        got = fired(case.item)
        false, missed = got - case.fires - case.may, case.fires - got
        counts.update(right=len(got & case.fires), false=len(false), missed=len(missed))
        if false or missed:
            wrong.append(f"{case.item.id}: false {sorted(false)}, missed {sorted(missed)}")
    right = counts["right"]
    return Score(
        right / max(1, right + counts["false"]), right / max(1, right + counts["missed"]), tuple(sorted(wrong))
    )


def own_cases(items: Iterable[dict[str, Any]], lang: str) -> Iterator[Case]:
    for one in items:
        if one.get("lang", "en") == lang:
            item = Item(
                id=ItemId(one["title"]),
                title=one["title"],
                url="https://example.org/a",
                source="own",
                seen=datetime.combine(one.get("day", NOON.date()), NOON.timetz()),
                lang=lang,
                text=one.get("text", ""),
            )
            yield Case(item, frozenset(one["fires"]), frozenset(one.get("may", ())))


def moment(text: str) -> datetime:
    """A time as an archive writes it; a fixed day when it is none."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        try:
            found = parsedate_to_datetime(text)
        except ValueError:
            return datetime(2025, 11, 15, tzinfo=UTC)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def shared_cases(part: str, name: str, half: str) -> Iterator[Case]:
    labels = SHARED[part]
    with gzip.open(Path(os.environ["WATCHER_TEST_DATA"]) / name, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            label = labels.get(str(row["id"]))
            if label is None or label["half"] != half:
                continue
            time = moment(row["published"])
            item = Item(
                id=ItemId(str(row["id"])),
                title=row["title"],
                url=row["link"],
                source="shared",
                seen=time,
                text=row.get("text") or row.get("description", ""),
            )
            yield Case(item, frozenset(label.get("fires", ())), frozenset(label.get("may", ())))


def test_the_own_headlines_are_many_and_name_rules_that_exist() -> None:
    named = {name for one in OWN["items"] for name in [*one["fires"], *one.get("may", ())]}

    assert len(OWN["items"]) >= 150
    assert len(LANGUAGES) >= 10
    assert named == set(SIXTEEN)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_rules_keep_their_floor_on_own_headlines(lang: str) -> None:
    floor = FLOORS["own"][lang]

    found = score(own_cases(OWN["items"], lang))

    assert found.precision >= floor["precision"], found.wrong
    assert found.recall >= floor["recall"], found.wrong


def test_rules_keep_their_floor_on_widely_worded_headlines() -> None:
    found = score(own_cases(WIDE["items"], "en"))

    assert len(WIDE["items"]) >= 450
    assert found.precision >= FLOORS["wide"]["precision"], found.wrong
    assert found.recall >= FLOORS["wide"]["recall"], found.wrong


@pytest.mark.parametrize("lang", sorted(FLOORS["abroad"]))
def test_rules_keep_their_floor_on_headlines_of_other_languages(lang: str) -> None:
    found = score(own_cases(ABROAD["items"], lang))

    assert found.precision >= FLOORS["abroad"][lang]["precision"], found.wrong
    assert found.recall >= FLOORS["abroad"][lang]["recall"], found.wrong


@pytest.mark.skipif("WATCHER_TEST_DATA" not in os.environ, reason="WATCHER_TEST_DATA does not say where the data is")
@pytest.mark.parametrize("half", ["dev", "held", "fresh", "tune", "last"])
def test_rules_keep_their_floor_on_shared_items(half: str) -> None:
    files = tuple(SHARED["files"])
    for name in files:
        content = (Path(os.environ["WATCHER_TEST_DATA"]) / name).read_bytes()
        if hashlib.sha256(content).hexdigest() != SHARED["files"][name]:
            pytest.skip(f"{name} is not the file that was labelled")
    floor = FLOORS["shared"][half]

    parts = zip(("wire", "articles", "outlet"), files, strict=True)
    cases = [case for part, name in parts for case in shared_cases(part, name, half)]
    found = score(cases)

    assert found.precision >= floor["precision"], found.wrong
    assert found.recall >= floor["recall"], found.wrong
