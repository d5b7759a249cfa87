"""Replays of one ruleset and of two: the same answers as deciding item by item, whoever read the items."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

import pytest

from watcher.commands.diff_markdown import as_markdown, escaped
from watcher.ingest import Effect, Mind, Transcript, effect_of, replay
from watcher.matching import Ruleset
from watcher.model import Item, ItemId
from watcher.trial import scanner_of
from watcher.wiring.archives import read_archive
from watcher.wiring.rehearsal import rehearse, rehearse_both, unhurried, words_of
from watcher.wiring.rules import load_revision, load_ruleset

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "seeds" / "sample" / "wire.jsonl"
DEALS = "_shared/deals.yaml"
TRUCE = "what: ceasefire\n"
# What an author may do to the shipped rules: file, what stands there, what stands there then.
EDITS = {
    "a guard goes": (DEALS, "market, opinion, explainer, digest, entertainment, anniversary", "digest"),
    "a rule looks for less": (DEALS, "[agreement.reached, agreement.signed, ties.restored]", "ties.restored"),
    "a rule is louder": (DEALS, "severity: watch", "severity: flash"),
    "a phrase reports what no concept does": (DEALS, TRUCE, "what: [ceasefire, {phrase: minister}, {phrase: talks}]\n"),
    "a team takes a rule no more": ("middle-east/rules.yaml", "  - {use: us-iran-talks, notify: [desk, ops]}\n", ""),
    "a team has words of its own": (
        "middle-east/words.yaml",
        "",
        "concepts:\n  ceasefire:\n    add:\n      en: [consultations]\n",
    ),
}
IDLE = ("a guard goes", "a team has words of its own")
"""What makes no difference to the sample."""


def edited(folder: Path, edit: str) -> Ruleset:
    """The shipped rules with one edit."""
    shutil.copytree(ROOT / "rules", folder / "rules")
    name, before, after = EDITS[edit]
    file = folder / "rules" / name
    text = file.read_text("utf-8") if file.exists() else ""
    assert before in text
    file.write_text(text.replace(before, after, 1) if before else after, "utf-8")
    ruleset = load_ruleset(folder / "rules")
    assert not [problem for problem in ruleset.all_problems if not problem.is_warning]
    return unhurried(ruleset)


@pytest.fixture(scope="module")
def shipped() -> Ruleset:
    return unhurried(load_ruleset(ROOT / "rules"))


def sample() -> list[Item]:
    return [item for item in read_archive(SAMPLE) if isinstance(item, Item)]


def weeks(number: int) -> list[Item]:
    """The sample week again and again, each time a week later."""
    found = []
    for week in range(number):
        later = timedelta(days=7 * week)
        found += [
            replace(
                item,
                id=ItemId(f"{week}-{item.id}"),
                url=f"{item.url}?{week}",
                seen=item.seen + later,
                published=item.published and item.published + later,
            )
            for item in sample()
        ]
    return found


def lines(commits: Iterable[object]) -> list[object]:
    transcript = Transcript()
    for commit in commits:
        transcript.add(commit)  # type: ignore[arg-type]  # commits of a replay
    return list(transcript.lines())


def effect(items: Iterable[Item], old: Ruleset, new: Ruleset) -> Effect:
    before, after = Transcript(), Transcript()
    for one, other in rehearse_both(items, old, new):
        before.add(one)
        after.add(other)
    return effect_of(before.told(), after.told())


def separately(items: list[Item], old: Ruleset, new: Ruleset) -> Effect:
    transcripts = []
    for ruleset in (old, new):
        transcripts.append(Transcript())
        for commit in rehearse(items, ruleset, processes=1):
            transcripts[-1].add(commit)
    return effect_of(transcripts[0].told(), transcripts[1].told())


def test_items_that_other_processes_read_are_decided_alike(shipped: Ruleset) -> None:
    items = weeks(3)
    mind = Mind(shipped.vocabulary, scanner_of(shipped), shipped)

    ahead = lines(rehearse(items, shipped, processes=2))

    assert ahead == lines(replay(items, mind))


@pytest.mark.parametrize("edit", EDITS)
def test_two_rulesets_together_say_what_each_says_alone(tmp_path: Path, shipped: Ruleset, edit: str) -> None:
    new = edited(tmp_path, edit)

    found = effect(sample(), shipped, new)

    assert found == separately(sample(), shipped, new)
    assert found.is_none == (edit in IDLE)


def test_the_same_rules_differ_in_nothing(shipped: Ruleset) -> None:
    assert effect(sample(), shipped, shipped).is_none


def test_an_effect_is_told_by_rule_with_what_changed(tmp_path: Path, shipped: Ruleset) -> None:
    new = edited(tmp_path, "a rule is louder")

    found = effect(sample(), shipped, new)

    assert (found.gained, found.lost) == ((), ())
    assert {name[1] for name, one in found.by_rule().items() if one.changed} == {"sanctions"}
    severities = {(change.before, change.after) for one in found.changed for change in one.differences}
    assert ("watch", "flash") in severities


def test_only_words_of_their_own_make_two_rulesets_read_apart(tmp_path: Path, shipped: Ruleset) -> None:
    new = edited(tmp_path, "a team has words of its own")

    assert words_of(shipped) != words_of(new)
    assert words_of(shipped) == words_of(unhurried(load_ruleset(ROOT / "rules")))


def test_a_revision_is_read_without_touching_the_working_tree(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "rules", tmp_path / "desks")
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", "-C", str(tmp_path)]
    for arguments in (["init", "-q"], ["add", "desks"], ["commit", "-q", "-m", "rules"]):
        subprocess.run([*git, *arguments], check=True)
    (tmp_path / "desks" / DEALS).write_text("not: [yaml")

    before = load_revision("HEAD", tmp_path / "desks")

    assert before.digest
    assert {rule.id for rule in before.rules} == {rule.id for rule in load_ruleset(ROOT / "rules").rules}
    assert (tmp_path / "desks" / DEALS).read_text() == "not: [yaml"


def test_a_headline_in_markdown_is_shown_and_not_obeyed() -> None:
    assert escaped("[x](https://e.example) @all <b>*hi*</b> a|b #12\n# top") == (
        "\\[x\\](https\\://e.example) \\@\u200ball \\<b\\>\\*hi\\*\\</b\\> a\\|b \\#12 \\# top"
    )


def test_markdown_stays_within_what_a_comment_may_hold(tmp_path: Path, shipped: Ruleset) -> None:
    new = edited(tmp_path, "a phrase reports what no concept does")
    long = [replace(item, title=item.title + " x" * 900) for item in weeks(2)]

    text = as_markdown(effect(long, shipped, new), "items")

    assert len(text) < 65_536
    assert "| middle-east | ceasefire |" in text


def wire(limit: int | None) -> Iterator[Item]:
    folder = os.environ.get("WATCHER_TEST_DATA")
    if not folder:
        pytest.skip("WATCHER_TEST_DATA names no folder")
    read = read_archive(Path(folder) / "replay_wire_2025q4.items.jsonl.gz")
    return islice((item for item in read if isinstance(item, Item)), limit)


@pytest.mark.long
@pytest.mark.parametrize("edit", EDITS)
def test_a_quarter_of_real_news_differs_as_two_full_replays_do(tmp_path: Path, shipped: Ruleset, edit: str) -> None:
    new, items = edited(tmp_path, edit), list(wire(None))

    found = effect(items, shipped, new)

    assert found == separately(items, shipped, new)
    assert datetime(2025, 10, 19, tzinfo=UTC) < items[0].seen
