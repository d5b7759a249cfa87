"""What readers said: kept, and turned into edits of rule files whose examples pass."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.test_commands import run
from watcher.model import Feedback, Item, ItemId, RuleId, TeamId, Verdict
from watcher.store import Store, open_store
from watcher.wiring.folders import read_folders
from watcher.wiring.learning import Lesson, Teacher

NOON = datetime(2026, 2, 10, 12, tzinfo=UTC)
ROOT = Path(__file__).parent.parent
TEAM = "team: Gulf\ntimezone: UTC\nchannels:\n  desk: {console: yes}\ndefault: desk\n"
RULES = """\
as_of: 2026-02-10
rules:
  - rule: US–Iran talks      # the desk's own
    who: [United States, Iran]
    what: talks
    unless: [sport, opinion]
    examples:
      alert:
        - Tehran and Washington to resume indirect talks in Muscat
        - Iran denies it is negotiating with the US
      quiet: [Iran to meet USA in World Cup round of 16]

  # taken over as it is
  - {use: ceasefire}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Rules of one team."""
    shutil.copytree(ROOT / "rules" / "_shared", tmp_path / "rules" / "_shared")
    desk = tmp_path / "rules" / "gulf"
    desk.mkdir()
    (desk / "team.yaml").write_text(TEAM)
    (desk / "talks.yaml").write_text(RULES)
    return tmp_path / "rules"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(open_store(f"sqlite:///{tmp_path}/watcher.db")) as opened:
        yield opened


def said(verdict: Verdict, title: str, *rules: str, text: str = "", by: str = "ann") -> Feedback:
    item = Item(ItemId(title), title, "https://wire.example/1", "wire", NOON, published=NOON, text=text)
    return Feedback(title, TeamId("gulf"), by, verdict, NOON, item, tuple(map(RuleId, rules)))


def lesson(folder: Path, one: Feedback) -> Lesson:
    [found] = Teacher(read_folders(folder).texts).lessons([one])
    return found


def test_a_reader_who_says_something_else_later_replaces_it(store: Store) -> None:
    store.feedback.put(said(Verdict.NOISE, "A"))
    store.feedback.put(said(Verdict.USEFUL, "A"))
    store.feedback.put(said(Verdict.NOISE, "A", by="ben"))

    assert sorted((one.by, one.verdict) for one in store.feedback.given()) == [
        ("ann", Verdict.USEFUL),
        ("ben", Verdict.NOISE),
    ]
    assert not store.feedback.given(team=TeamId("other"))


@pytest.mark.parametrize(
    ("verdict", "title", "rule", "change", "written"),
    [
        pytest.param(
            Verdict.NOISE,
            "Oil slips on hopes for US-Iran talks",
            "us-iran-talks",
            "unless: + market",
            ["    unless: [sport, opinion, market]", "Oil slips on hopes for US-Iran talks"],
            id="noise that a guard knows",
        ),
        pytest.param(
            Verdict.MISSED,
            "Opinion: Iran and US hold talks in Oslo",
            "us-iran-talks",
            "unless: - opinion",
            ["    unless: [sport]", "Opinion: Iran and US hold talks in Oslo"],
            id="missed because of a guard",
        ),
        pytest.param(
            Verdict.MISSED,
            "Khamenei adviser meets Witkoff in Geneva",
            "",
            "what: + meeting",
            ["    what: [talks, meeting]", "        - Khamenei adviser meets Witkoff in Geneva"],
            id="missed for want of a word, by the rule that came nearest",
        ),
        pytest.param(
            Verdict.USEFUL,
            "Iran and US hold talks in Oslo",
            "us-iran-talks",
            "",
            ["        - Iran and US hold talks in Oslo"],
            id="useful and to stay so",
        ),
    ],
)
def test_a_verdict_becomes_an_example_and_the_change_that_makes_it_pass(
    folder: Path, verdict: Verdict, title: str, rule: str, change: str, written: list[str]
) -> None:
    found = lesson(folder, said(verdict, title, *([rule] if rule else [])))

    assert (found.change, found.passes) == (change, True)
    assert all(line in found.after for line in written)
    lines = found.after.splitlines()
    assert [line for line in RULES.splitlines() if line not in lines and "#" in line] == []
    (folder / "gulf" / "talks.yaml").write_text(found.after)
    assert not list(Teacher(read_folders(folder).texts).lessons([said(verdict, title, found.rule)]))


def test_a_rule_of_shared_is_changed_for_the_team_alone_and_keeps_its_examples(folder: Path) -> None:
    before = (folder / "_shared" / "deals.yaml").read_text()

    found = lesson(folder, said(Verdict.NOISE, "Court weighs Gaza ceasefire claim of Israel and Hamas", "ceasefire"))

    assert found.passes
    assert found.change.startswith("unless: + ")
    assert "- {use: ceasefire, examples: {quiet: [" in found.after
    assert "unless: [sport, labour" in found.after
    (folder / "gulf" / "talks.yaml").write_text(found.after)
    rule = Teacher(read_folders(folder).texts)._ruleset.rule(TeamId("gulf"), RuleId("ceasefire"))
    assert rule
    assert len(rule.examples) > 10
    assert (folder / "_shared" / "deals.yaml").read_text() == before


def test_noise_that_no_guard_knows_is_told_apart_by_words_of_its_own(folder: Path) -> None:
    found = lesson(
        folder, said(Verdict.NOISE, "Spy ring story: Iran and US hold talks in film premiere", "us-iran-talks")
    )

    assert found.passes
    assert found.change.startswith("unless: + phrase “")
    assert "unless: [sport, opinion, {phrase: " in found.after


def test_what_no_small_change_mends_is_not_written(folder: Path) -> None:
    found = lesson(folder, said(Verdict.NOISE, "Iran and US hold talks in Oslo", "us-iran-talks"))

    assert not found.passes
    assert "should stay quiet" in found.said


def test_an_example_takes_of_an_article_what_it_needs(folder: Path) -> None:
    text = "Iran and the United States resumed talks in Oslo on Monday. Nothing was agreed.\n" + "More. " * 900
    one = said(Verdict.NOISE, "Monday briefing", "us-iran-talks", text=text)

    found = lesson(folder, replace(one, rules=(RuleId("us-iran-talks"),)))

    assert "title: Monday briefing, text:" in found.after
    assert len(found.after) < len(RULES) + 2_300


def test_from_a_bad_alert_to_a_rule_that_passes_by_the_commands_alone(folder: Path, store: Store) -> None:
    store.feedback.put(said(Verdict.NOISE, "Oil slips on hopes for US-Iran talks", "us-iran-talks"))
    here = folder.parent

    shown = run("rules", "learn", folder=here)
    assert "+    unless: [sport, opinion, market]" in shown.replace("  + ", "+ ")
    assert (folder / "gulf" / "talks.yaml").read_text() == RULES
    run("rules", "learn", "--write", folder=here)

    assert "0 errors" in run("check", "rules", folder=here)
    assert "nothing to learn" in run("rules", "learn", folder=here)
    run("explain", "Oil slips on hopes for US-Iran talks", folder=here, expect=1)


def test_what_was_missed_can_be_said_by_headline_and_is_listed(folder: Path) -> None:
    here = folder.parent

    run("feedback", "Iran and US hold talks in Oslo", "missed", "--note", "by phone", folder=here)

    [kept] = json.loads(run("feedback", "--json", folder=here))
    assert (kept["team"], kept["verdict"], kept["note"]) == ("gulf", "missed", "by phone")
    assert "no verdict" in run("feedback", "abc", "good", folder=here, expect=2)
    assert "see `watcher alerts`" in run("feedback", "abc", "noise", folder=here, expect=2)
