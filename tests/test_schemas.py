"""Schemas for editors: good files fit them, slips show, and they lie where the starter files look for them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

import pytest
from jsonschema import Draft202012Validator

from tests.rulebook import FULL, TALKS, TEAM_YAML, folder, shared, vocabulary
from tests.test_commands import run
from watcher.errors import ConfigError
from watcher.matching import load_rules, rule_schema, schema_files, team_schema
from watcher.vocabulary import load
from watcher.wiring.rules import load_ruleset
from watcher.wiring.schemas import write_schemas
from watcher.yamlfile import Plain, parse, to_plain

ROOT = Path(__file__).parent.parent
_NUMBER = re.compile(r"-?[0-9]+")


def as_editor(value: Plain) -> object:
    """Strings as an editor reads them, by the core schema of YAML 1.2: numbers and truths are no strings there."""
    if isinstance(value, dict):
        return {key: as_editor(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [as_editor(inner) for inner in value]
    if value in ("true", "false"):
        return value == "true"
    return int(value) if value is not None and _NUMBER.fullmatch(value) else value


def faults(schema: Mapping[str, object], text: str) -> list[str]:
    """What is wrong with a file, read as strings only and as an editor reads it."""
    root, _ = parse(dedent(text), "f.yaml")
    assert root is not None
    plain = to_plain(root)
    validator = Draft202012Validator(schema)
    return [error.message for read in (plain, as_editor(plain)) for error in validator.iter_errors(read)]


def test_the_schema_accepts_what_the_reader_accepts() -> None:
    schema = rule_schema(vocabulary(), channels=["desk", "ops"], shared=["prisoner-swap"], lists=["noise"])

    Draft202012Validator.check_schema(schema)
    assert faults(schema, TALKS) == []
    assert faults(schema, FULL) == []
    assert faults(schema, "rules: [{use: prisoner-swap, severity: flash}]") == []


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        pytest.param("what:", "waht:", id="a key that is not"),
        pytest.param("what: talks", "severity: urgent", id="a severity that is not"),
        pytest.param("what: talks", "notify: desc", id="a channel that is not"),
        pytest.param("what: talks", "where: {in: headline}", id="a part of the item that is not"),
        pytest.param("alert:", "alerts:", id="a kind of example that is not"),
        pytest.param("what: talks", "what: {phrase: truce, langs: en}", id="a key of a phrase that is not"),
    ],
)
def test_the_schema_shows_a_slip(right: str, wrong: str) -> None:
    schema = rule_schema(vocabulary(), channels=["desk", "ops"])

    assert faults(schema, TALKS.replace(right, wrong)) != []


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        pytest.param("channels:", "chanels:", id="a key that is not"),
        pytest.param("secret:ops-hook", "ops-hook", id="a secret in clear text"),
        pytest.param("{email: [gulf@example.org]}", '{chat: "secret:room"}', id="a chat that is no service"),
    ],
)
def test_the_team_schema_accepts_a_good_file_and_shows_a_slip(right: str, wrong: str) -> None:
    schema = team_schema()

    Draft202012Validator.check_schema(schema)
    assert faults(schema, TEAM_YAML) == []
    assert faults(schema, TEAM_YAML.replace(right, wrong)) != []


def test_every_name_that_a_file_may_hold_is_completed() -> None:
    words = "concepts: {our.concept: {new: {family: talks, where: lead, outcome: no}, add: {en: [our phrase]}}}"
    folders = {
        "gulf": folder(TALKS, words=words, own="lists: {our-noise: [sport]}"),
        "_shared": shared(deals="rules: [{rule: Prisoner swap, what: talks}]\nlists: {their-noise: [market]}"),
    }
    ruleset = load_rules(folders, vocabulary())

    said = json.dumps(schema_files(ruleset, folders)["rule.json"])

    assert not [str(problem) for problem in ruleset.all_problems if not problem.is_warning]
    names = ("Iran", "IRN", "any state", "talks", "our.concept", "market", "ops", "prisoner-swap", "our-noise")
    assert [name for name in (*names, "their-noise", "moved_up", "agreed") if name not in said] == []


@pytest.mark.parametrize(
    "path", sorted((ROOT / "rules").glob("*/*.yaml")), ids=lambda path: f"{path.parent.name}/{path.name}"
)
def test_the_shipped_files_fit_the_schema(path: Path) -> None:
    if path.name == "words.yaml":
        pytest.skip("words files have no schema")
    schema = team_schema() if path.name == "team.yaml" else rule_schema(load())

    assert faults(schema, path.read_text(encoding="utf-8")) == []


def test_starter_files_name_a_schema_that_init_writes_and_that_they_fit(tmp_path: Path) -> None:
    run("init", folder=tmp_path)

    for file in sorted((tmp_path / "rules" / "my-desk").glob("*.yaml")):
        text = file.read_text(encoding="utf-8")
        named = re.match(r"# yaml-language-server: \$schema=(\S+)\n", text)
        assert named, file
        schema = json.loads((file.parent / named[1]).read_text(encoding="utf-8"))
        assert faults(schema, text) == []
        assert faults(schema, text + "\nruels: []\n") != []


def test_check_keeps_schemas_fresh_that_are_there_and_writes_them_where_asked(tmp_path: Path) -> None:
    run("init", folder=tmp_path)
    rules, schema = tmp_path / "rules", tmp_path / "rules" / ".schema" / "rule.json"
    (rules / "my-desk" / "noise.yaml").write_text("lists: {desk-noise: [sport]}\n")
    run("check", folder=tmp_path)
    kept = schema.read_text()
    schema.unlink()
    schema.parent.joinpath("team.json").unlink()
    schema.parent.rmdir()
    run("check", folder=tmp_path)
    absent = not schema.exists()

    run("check", "rules", "--schema", folder=tmp_path)

    assert "desk-noise" in kept
    assert absent
    assert schema.read_text() == kept


def test_schemas_that_are_right_are_not_written_again_and_a_failure_is_named(tmp_path: Path) -> None:
    team = tmp_path / "gulf"
    team.mkdir()
    for path, text in folder(TALKS).items():
        (team / Path(path).name).write_text(text, encoding="utf-8")
    ruleset = load_ruleset(tmp_path)
    written = write_schemas(tmp_path, ruleset) / "rule.json"
    before = written.stat().st_mtime_ns

    write_schemas(tmp_path, ruleset)
    unchanged = written.stat().st_mtime_ns == before
    written.unlink()
    written.mkdir()

    assert unchanged
    with pytest.raises(ConfigError, match="cannot write schemas for editors"):
        write_schemas(tmp_path, ruleset)
