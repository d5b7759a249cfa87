"""
A fifth topic, labelled before anything was decided about it and tuned on by nobody: how the others generalise.

The labels are ours, by item id (`data/gold_fifth.json`); the scorer and the archive are the shared ones. `-m long`.
"""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.quality.test_gold import DATA, GOLD, archive
from watcher.ingest import Mind, Transcript, replay
from watcher.matching import load_rules
from watcher.trial import scanner_of
from watcher.vocabulary import load

RULES = Path(__file__).parent / "rules" / "fifth"
KNOWN: dict[str, Any] = json.loads((Path(__file__).parent.parent / "data" / "gold_fifth.json").read_text("utf-8"))
RULE = KNOWN["rule"]


def labels() -> Iterator[dict[str, Any]]:
    for one in KNOWN["developments"]:
        yield from (
            {"id": key, "topics": [RULE], "opinion": False, "development": one["id"]} for key in one["item_ids"]
        )
    for sort, topic in (("opinion", RULE), ("background", RULE), ("other", "other")):
        yield from (
            {"id": key, "topics": [topic], "opinion": sort == "opinion", "development": None} for key in KNOWN[sort]
        )


def as_gold(folder: Path) -> None:
    """The labels as the scorer reads them; no sample of other items was drawn."""
    rows = [json.dumps(row) for row in labels()]
    window = {"from": KNOWN["from"], "to": KNOWN["to"], "rules": [RULE], "items_in_window": len(rows)}
    window |= {"named": len(rows), "sampled": 1, "sampled_ids": []}
    developments = [{**one, "rule": RULE, "pre_window": False} for one in KNOWN["developments"]]
    (folder / "labels.jsonl").write_text("\n".join(rows), encoding="utf-8")
    (folder / "developments.json").write_text(json.dumps(developments), encoding="utf-8")
    (folder / "windows.json").write_text(json.dumps([window]), encoding="utf-8")


def scorer() -> ModuleType:
    spec = importlib.util.spec_from_file_location("gold_score", GOLD)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.long
@pytest.mark.timeout(300)
@pytest.mark.skipif(
    not (DATA.is_file() and GOLD.is_file()), reason="WATCHER_TEST_DATA and the gold standard are absent"
)
def test_a_topic_that_nobody_tuned_on_is_told_as_well(tmp_path: Path) -> None:
    texts = {f"fifth/{path.name}": path.read_text("utf-8") for path in sorted(RULES.glob("*.yaml"))}
    ruleset = load_rules({"fifth": texts}, load())
    transcript = Transcript()
    items = archive(KNOWN["from"], KNOWN["to"])
    for commit in replay(items, Mind(ruleset.vocabulary, scanner_of(ruleset), ruleset)):
        transcript.add(commit)
    as_gold(tmp_path)
    tool = scorer()
    gold = tool.Gold(tmp_path, DATA)
    lines = list(transcript.lines())

    both, _ = tool.score(lines, gold, RULE)
    now, _ = tool.score([line for line in lines if line["lane"] == "now"], gold, RULE)

    print(f"\nboth {both['by_importance']}\nnow {now['by_importance']} {now['classes']} {now['b_cubed']['placed']}")
    assert both["by_importance"][3]["alerted"] >= 10
    assert both["by_importance"][2]["alerted"] >= 11
    assert now["by_importance"][3]["alerted"] >= 8
    assert now["repeat_share"] <= 0.25
    assert now["false_share"] <= 0.1
