"""What `watcher doctor` finds in a deployment that is well, and in ones that are not."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType

import pytest

from tests.http_server import Answer
from tests.test_backup import run
from tests.world import World, world
from watcher.settings import load_settings
from watcher.wiring.examining import Finding, examine


@pytest.fixture
def gulf(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path) as made:
        yield made


def looked(
    made: World, settings: Mapping[str, str] = MappingProxyType({}), *, ahead: timedelta = timedelta()
) -> dict[str, Finding]:
    found = load_settings(made.folder, {**made.environment(), **settings})
    return {one.subject: one for one in examine(found, made.folder, lambda: datetime.now(UTC) + ahead)}


def test_a_deployment_that_is_well_needs_nothing(gulf: World) -> None:
    (gulf.folder / "secrets" / "gulf" / "hook").chmod(0o600)
    gulf.poll()
    gulf.stop()

    found = looked(gulf)

    assert {one.subject: one.remedy for one in found.values() if one.remedy} == {}
    assert {"sources", "rules", "secrets", "database", "disk", "127.0.0.1", "mail", "watcher"} <= found.keys()
    assert found["watcher"].said == "is not running"
    assert "sound" in found["database"].said


def test_the_command_sees_a_running_watcher_and_says_what_to_do(gulf: World) -> None:
    gulf.start()
    (gulf.folder / "secrets" / "gulf" / "hook").chmod(0o644)

    said = run(gulf, "doctor")

    assert said.returncode == 1
    assert "✓ watcher: is running" in said.stdout
    assert "→ chmod o= secrets/gulf/hook" in said.stdout.replace(f"{gulf.folder}/", "")


def test_a_clock_that_is_wrong_is_seen_by_those_of_others(gulf: World) -> None:
    assert "timedatectl" in looked(gulf, ahead=timedelta(minutes=10))["clock"].remedy


def test_secrets_that_everybody_can_read_are_named(gulf: World) -> None:
    secret = gulf.folder / "secrets" / "gulf" / "hook"
    secret.chmod(0o644)

    assert looked(gulf)["secrets"].remedy == f"chmod o= {secret}"


def test_a_database_others_can_read_or_that_is_damaged_is_found(gulf: World) -> None:
    gulf.start()
    gulf.stop()
    path = gulf.folder / "watcher.db"
    path.chmod(0o644)
    assert looked(gulf)["database"].remedy == f"chmod 0600 {path}"

    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 8192)
    assert "restore" in looked(gulf)["database"].remedy


@pytest.mark.parametrize(
    ("setting", "subject", "word"),
    [
        pytest.param({"WATCHER_SMTP_PORT": "9"}, "mail", "firewall", id="no mail server"),
        pytest.param({"WATCHER_SMTP_SECURITY": "starttls"}, "mail", "smtp_security", id="a server without TLS"),
        pytest.param({"WATCHER_SMTP_CA_FILE": "none.pem"}, "mail", "smtp_ca_file", id="no certificate"),
        pytest.param({"WATCHER_SMTP_USER": "us"}, "mail", "smtp_", id="a login that is not offered"),
        pytest.param({"WATCHER_RULES": "nowhere"}, "rules", "nowhere", id="no rules"),
        pytest.param({"WATCHER_SOURCES": "nowhere.yaml"}, "sources", "watcher init", id="no sources"),
    ],
)
def test_what_is_wrong_has_a_remedy(gulf: World, setting: dict[str, str], subject: str, word: str) -> None:
    assert word in looked(gulf, setting)[subject].remedy


def test_sources_that_cannot_be_reached_are_told_apart(gulf: World) -> None:
    gulf.answer(Answer(503))
    assert "answers 503" in looked(gulf)["127.0.0.1"].said

    sources = gulf.folder / "sources.yaml"
    sources.write_text(sources.read_text().replace("http://127.0.0.1", "http://no-such-host.invalid"))
    assert "no address" in looked(gulf)["no-such-host.invalid"].said


def test_no_finding_shows_a_secret(gulf: World) -> None:
    password = "hunter" + os.urandom(4).hex()

    found = looked(gulf, {"WATCHER_SMTP_USER": "us", "WATCHER_SMTP_PASSWORD": password})

    assert password not in repr(found)
