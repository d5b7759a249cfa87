"""What the documents say is so: commands exist, rule files in them load, links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from watcher.cli import app
from watcher.matching import load_rules
from watcher.settings import Settings
from watcher.trial import prepare
from watcher.vocabulary import load

ROOT = Path(__file__).parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), ROOT / "watcher/vocabulary/README.md"])
LINK = re.compile(r"\]\((?!https?://|#)([^)#]+)")


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def commands() -> set[str]:
    groups = {group.name for group in app.registered_groups if group.name}
    return groups | {command.name for command in app.registered_commands if command.name}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_to_files_lead_somewhere(document: Path) -> None:
    missing = [link for link in LINK.findall(document.read_text()) if not (document.parent / link).exists()]

    assert not missing


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_commands_that_are_named_exist(document: Path) -> None:
    named = set(re.findall(r"`watcher ([a-z][a-z-]+)", document.read_text()))

    assert named <= commands()


def test_the_readme_names_every_command() -> None:
    assert commands() <= set(re.findall(r"watcher ([a-z][a-z-]+)", text("README.md")))


def test_the_rules_in_the_guide_load_and_their_examples_hold() -> None:
    blocks = dict(re.findall(r"```yaml\n# rules/gulf-desk/(\S+)\n(.*?)```", text("docs/rules.md"), re.DOTALL))

    ruleset = load_rules({"gulf-desk": blocks}, load(), prepare=prepare)

    assert set(blocks) == {"talks.yaml", "team.yaml"}
    assert [str(problem) for problem in ruleset.all_problems] == []
    assert [rule.id for rule in ruleset.rules] == ["gulf-talks"]


def test_settings_that_are_named_exist() -> None:
    named = set(re.findall(r"WATCHER_([A-Z_]+[A-Z])\b", text("README.md") + text("docs/operations.md")))

    assert {name.lower() for name in named if not name.startswith("SECRET__")} <= set(Settings.model_fields)
    starter = (ROOT / "watcher/commands/starter/watcher.toml").read_text()
    assert set(re.findall(r"^#? ?([a-z_]+) =", starter, re.MULTILINE)) <= set(Settings.model_fields)


def test_every_schema_has_a_note_for_who_upgrades() -> None:
    versions = (ROOT / "watcher/store/migrations/versions").glob("v0*.py")
    schemas = {path.name[1:5] for path in versions} - {"0001"}

    assert schemas <= set(re.findall(r"^\| (\d{4}) \|", text("docs/upgrading.md"), re.MULTILINE))


def test_both_commands_of_the_readme_install_with_the_constraints() -> None:
    blocks = re.findall(r"<!-- (?:demo|test) command -->\n```sh\n(.*?)```", text("README.md"), re.DOTALL)

    assert len(blocks) == 2
    assert all("-c constraints.txt" in block for block in blocks)
    assert "://" not in (ROOT / "constraints.txt").read_text()
