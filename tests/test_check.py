"""`watcher check` where rules live in a repository: annotations, the past, the hook."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from tests.test_commands import run, stored
from watcher.commands.check import annotation
from watcher.errors import Problem
from watcher.ingest import Commit, Mind, ingest
from watcher.matching import Ruleset
from watcher.model import Item, ItemId
from watcher.store import Store, open_store
from watcher.trial import scanner_of
from watcher.wiring import history
from watcher.wiring.folders import to_shelf
from watcher.wiring.rules import load_ruleset

ROOT = Path(__file__).parent.parent
NOW = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def shipped() -> Ruleset:
    return load_ruleset(ROOT / "rules")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(open_store(f"sqlite:///{tmp_path}/watcher.db")) as opened:
        yield opened


def item(title: str, number: int = 0) -> Item:
    return Item(ItemId(f"i{number}"), title, f"https://wire.example/{number}", "wire", NOW, published=NOW, lang="en")


def test_an_annotation_names_the_place_and_cannot_begin_another_command() -> None:
    problem = Problem("rules/a,b/x.yaml", 3, 7, "100% wrong\n::error::made up", "unknown-key")

    assert annotation(problem) == (
        "::error file=rules/a%2Cb/x.yaml,line=3,col=7,title=watcher unknown-key::100%25 wrong%0A::error::made up"
    )


def test_check_annotates_lines_and_ends_with_1_on_errors_only(tmp_path: Path) -> None:
    run("init", folder=tmp_path)
    rule = tmp_path / "rules" / "my-desk" / "talks.yaml"
    text = rule.read_text()
    rule.write_text(text.replace("as_of: 2026-02-10", "#"))
    said = run("check", "rules", "--format", "github", folder=tmp_path)
    rule.write_text(text.replace("severity: high\n    why", "severity: urgent\n    why"))

    assert "::warning file=rules/my-desk/talks.yaml,line=" in said
    wrong = run("check", "rules", "--format", "github", folder=tmp_path, expect=1)
    assert "::error file=rules/my-desk/talks.yaml,line=9,col=15,title=watcher" in wrong
    assert "::" not in run("check", "rules", "--format", "github", folder=ROOT)


def test_check_shows_what_rules_would_have_told_of_what_is_stored(tmp_path: Path) -> None:
    run("init", folder=tmp_path)
    stored(tmp_path, ["Iran and US to hold talks in Muscat", "Oil slips on hopes for US-Iran talks"])

    found = json.loads(run("check", "--since", "30d", "--format", "json", folder=tmp_path))

    assert found["effect"]["after"] == 1
    assert "us-iran-talks" in run("check", "--since", "30d", folder=tmp_path)


def test_a_rule_that_matches_nearly_everything_is_named(shipped: Ruleset) -> None:
    usual = [item("Rain expected in the north", n) for n in range(history.FEWEST)]
    wide = [item("Thailand and Cambodia discuss ceasefire", n) for n in range(30)]

    codes = {(found.code, found.message.split(":")[0]) for found in history.lint_width([*usual, *wide], shipped)}

    assert codes == {(history.TOO_WIDE, "ceasefire")}
    assert not list(history.lint_width(wide, shipped)), "a few items say nothing"


def test_a_rule_that_met_nothing_for_long_is_named_once_it_is_old_enough(store: Store, shipped: Ruleset) -> None:
    lease = store.lease("test", now=NOW)
    assert lease
    mind = Mind(shipped.vocabulary, scanner_of(shipped), shipped)
    commit = ingest([item("Thailand and Cambodia agree on ceasefire")], mind, now=NOW)
    store.poll_log(lease).commit((), commit, now=NOW)
    for team, folders in shipped.texts.items():
        store.rules.keep(team, to_shelf(folders), now=NOW)

    young = list(history.lint_idle(store, shipped, now=NOW + timedelta(days=89)))
    old = {found.message.split(":")[0] for found in history.lint_idle(store, shipped, now=NOW + timedelta(days=90))}

    assert young == []
    assert "us-iran-talks" in old
    assert "ceasefire" not in old


def test_the_rules_that_ran_last_are_what_an_effect_is_compared_with(store: Store, shipped: Ruleset) -> None:
    assert history.in_force(store) is None

    for team, folders in shipped.texts.items():
        store.rules.keep(team, to_shelf(folders), now=NOW)

    before = history.in_force(store)
    assert before
    assert {rule.id for rule in before.rules} == {rule.id for rule in shipped.rules}


def test_the_hook_runs_a_command_that_there_is(tmp_path: Path) -> None:
    [hook] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    shutil.copytree(ROOT / "rules", tmp_path / "rules")

    assert hook["entry"].split() == ["watcher", "check"]
    assert "0 errors" in run(*hook["entry"].split()[1:], *hook["args"], folder=tmp_path)


def test_what_is_edited_while_stored_is_one_item(store: Store) -> None:
    lease = store.lease("test", now=NOW)
    assert lease
    first = item("One")
    log = store.poll_log(lease)
    log.commit((), Commit(items=(first, replace(first, title="Two"), item("Three", 3))), now=NOW)

    assert [one.title for one in store.items(since=NOW)] == ["Two", "Three"]
    assert store.count_items(since=NOW) == 2
    assert [one.title for one in store.latest_items(limit=1)] == ["Three"]
