"""Edits while watcher runs: what is good is taken over, what is not leaves the old rules running and is told once."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import cycle
from pathlib import Path

import pytest

from tests.world import World, world
from watcher.errors import ConfigError
from watcher.wiring.vigil import Vigil

MINUTES = timedelta(minutes=1)
THIRD_ROUND = "Iran and US to hold third round of talks in Muscat on 18 February"


@pytest.fixture
def gulf(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path) as made:
        yield made


def cut_short(team: Path) -> None:
    """As an editor leaves it that writes in parts."""
    rules = team / "talks.yaml"
    rules.write_text(rules.read_text()[:-80] + '"')


def moved_out(team: Path) -> None:
    """A link to a folder that other teams' writers cannot see."""
    away = team.parent.parent / "elsewhere"
    shutil.move(team, away)
    team.symlink_to(away, target_is_directory=True)


def linked_file(team: Path) -> None:
    away = team.parent.parent / "talks.yaml"
    shutil.move(team / "talks.yaml", away)
    (team / "talks.yaml").symlink_to(away)


def no_file(team: Path) -> None:
    """What this user may not read is like what is no file: root, who runs tests somewhere, may read everything."""
    (team / "talks.yaml").unlink()
    (team / "talks.yaml").mkdir()


def no_rights(team: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may read every file")
    (team / "talks.yaml").chmod(0)


def emptied(team: Path) -> None:
    """As it is between opening a file to write it and writing it."""
    (team / "talks.yaml").write_text("")


def rubbish(team: Path) -> None:
    (team / "talks.yaml").write_bytes(os.urandom(4096))


def failing(team: Path) -> None:
    """Sound, but its own example does not pass."""
    rules = team / "talks.yaml"
    rules.write_text(rules.read_text().replace("alert:", "alert:\n        - Local weather"))


def away(team: Path) -> None:
    """A file that only was there yesterday: the team keeps a channel, and has no rule."""
    (team / "team.yaml").unlink()


BAD = (cut_short, emptied, moved_out, linked_file, no_file, no_rights, rubbish, failing, away)


@pytest.mark.parametrize("harm", BAD, ids=lambda harm: harm.__name__)
def test_the_old_rules_go_on_and_the_team_is_told_once(gulf: World, harm: Callable[[Path], None]) -> None:
    desk = gulf.start()
    team = gulf.folder / "rules" / "gulf"
    before = {rule.id for rule in desk.ruleset.rules}
    shutil.copytree(team, gulf.folder / "good")

    harm(team)
    desk.reload()
    desk.reload()
    gulf.publish(THIRD_ROUND, key="a")
    gulf.poll(after=MINUTES)
    gulf.deliver()

    assert {rule.id for rule in desk.ruleset.rules} == before
    [rejected] = desk.store.overview(now=gulf.clock.time).rejected
    assert rejected.team == "gulf"
    assert [subject.partition("]")[0] for subject in gulf.subjects()] == ["[WATCHER", "[HIGH"]
    assert "watcher check" in gulf.mail.mails[0].as_string()


def test_once_mended_the_team_is_told_of_the_next_fault(gulf: World) -> None:
    desk = gulf.start()
    rules = gulf.folder / "rules" / "gulf" / "talks.yaml"
    good = rules.read_text()

    for text in ("rules: [", good, "rules: [", "rules: {"):
        gulf.clock.time += MINUTES
        rules.write_text(text)
        desk.reload()
    gulf.deliver()

    assert gulf.subjects() == ["[WATCHER] Gulf desk: the edited rules are refused"] * 2


def test_with_every_folder_gone_what_ran_goes_on(gulf: World) -> None:
    desk = gulf.start()
    shutil.move(gulf.folder / "rules", gulf.folder / "moved")

    with pytest.raises(ConfigError):
        desk.reload()
    gulf.publish(THIRD_ROUND, key="a")
    gulf.poll(after=MINUTES)
    gulf.deliver()

    assert [subject[:6] for subject in gulf.subjects()] == ["[HIGH]"]


def test_an_edit_counts_when_nobody_writes_any_more(gulf: World) -> None:
    desk = gulf.start()
    rules = gulf.folder / "rules" / "gulf" / "talks.yaml"

    assert not desk.has_edits()
    for part in ("a", "ab", "abc"):
        rules.write_text(part)
        assert not desk.has_edits(), "it may still be written"
    assert desk.has_edits()
    assert not desk.has_edits(), "it was said"
    rules.write_text("abcd")
    desk.reload()
    assert not desk.has_edits(), "it was read meanwhile"
    (gulf.folder / "sources.yaml").touch()
    os.utime(gulf.folder / "sources.yaml", (1, 1))
    assert [desk.has_edits(), desk.has_edits()] == [False, True]


def test_only_what_watcher_reads_is_looked_at(tmp_path: Path) -> None:
    team = tmp_path / "rules" / "gulf"
    team.mkdir(parents=True)
    (team / "talks.yaml").write_text("a")
    vigil = Vigil([tmp_path / "rules", tmp_path / "no-such-file"])

    (team / "notes.txt").write_text("b")
    (team / ".talks.yaml.swp").write_text("b")
    (tmp_path / "rules" / ".schema").mkdir()
    (tmp_path / "rules" / ".schema" / "rule.yaml").write_text("b")
    assert [vigil.has_changed(), vigil.has_changed()] == [False, False]

    (team / "more.yaml").symlink_to(tmp_path / "nowhere")
    assert [vigil.has_changed(), vigil.has_changed()] == [False, True]


def test_while_others_write_there_is_always_a_whole_ruleset(gulf: World) -> None:
    desk = gulf.start()
    rules = gulf.folder / "rules" / "gulf" / "talks.yaml"
    good = rules.read_text()
    other = good.replace("severity: high", "severity: flash")
    done = threading.Event()

    def write() -> None:
        for text in cycle([good, good[: len(good) // 2], "rules: [", other]):
            rules.write_text(text)
            if done.is_set():
                return

    writers = [threading.Thread(target=write) for _ in range(3)]
    for writer in writers:
        writer.start()
    found = [{(rule.id, rule.severity.value) for rule in desk.reload().rules} for _ in range(12)]
    done.set()
    for writer in writers:
        writer.join()
    rules.write_text(other)
    desk.reload()

    whole = {rule.id for rule in desk.ruleset.rules}
    assert all({rule for rule, _ in rules_then} <= whole and rules_then for rules_then in found)
    assert "flash" in {rule.severity.value for rule in desk.ruleset.rules}
    assert not desk.ruleset.stale
