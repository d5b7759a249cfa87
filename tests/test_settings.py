"""Settings from three origins, checked as one."""

from __future__ import annotations

from pathlib import Path

import pytest

from watcher.errors import ConfigError
from watcher.model import TeamId
from watcher.settings import load_settings, team_secrets


def test_without_anything_it_runs_on_an_embedded_database(tmp_path: Path) -> None:
    assert load_settings(tmp_path, {}).database == "sqlite:///watcher.db"


def test_the_environment_wins_over_dotenv_and_dotenv_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "watcher.toml").write_text('contact = "file"\nsmtp_host = "file"\nsmtp_user = "file"\n')
    (tmp_path / ".env").write_text("WATCHER_SMTP_HOST=dotenv\nWATCHER_SMTP_USER=dotenv\n")

    settings = load_settings(tmp_path, {"WATCHER_SMTP_USER": "environment"})

    assert (settings.contact, settings.smtp_host, settings.smtp_user) == ("file", "dotenv", "environment")


def test_every_problem_is_told_at_once_with_its_origin(tmp_path: Path) -> None:
    (tmp_path / "watcher.toml").write_text('smtp_hots = "x"\n')
    (tmp_path / ".env").write_text("WATCHER_WORKERS=0\n")

    with pytest.raises(ConfigError) as caught:
        load_settings(tmp_path, {"WATCHER_LOG_LEVEL": "loud"})

    said = "\n".join(str(problem) for problem in caught.value.problems)
    assert "watcher.toml: no setting is called smtp_hots (did you mean smtp_host?)" in said
    assert ".env: WATCHER_WORKERS: workers:" in said
    assert "environment: WATCHER_LOG_LEVEL: log_level:" in said


@pytest.mark.parametrize(
    "name", ["WATCHER_PORT", "WATCHER_PORT_80_TCP_ADDR", "WATCHER_SERVICE_HOST", "WATCHER_TEST_DATA"]
)
def test_names_that_others_set_are_let_pass(name: str, tmp_path: Path) -> None:
    assert load_settings(tmp_path, {name: "x"}) == load_settings(tmp_path, {})


def test_a_password_is_in_no_message_and_no_repr(tmp_path: Path) -> None:
    environment = {"WATCHER_SMTP_PASSWORD": "hunter2", "WATCHER_WORKERS": "many"}

    with pytest.raises(ConfigError) as caught:
        load_settings(tmp_path, environment)

    assert "hunter2" not in str(caught.value)
    assert "hunter2" not in repr(load_settings(tmp_path, {"WATCHER_SMTP_PASSWORD": "hunter2"}))


def test_a_password_is_read_from_its_file_each_time(tmp_path: Path) -> None:
    file = tmp_path / "smtp"
    file.write_text("old\n")
    settings = load_settings(tmp_path, {"WATCHER_SMTP_PASSWORD_FILE": str(file)})
    file.write_text("new\n")

    assert settings.password() == "new"


def test_a_file_that_is_no_toml_is_named(tmp_path: Path) -> None:
    (tmp_path / "watcher.toml").write_text("contact = desk")

    with pytest.raises(ConfigError, match=r"watcher\.toml: not valid TOML"):
        load_settings(tmp_path, {})


def test_a_team_reads_its_own_secrets_from_environment_or_file(tmp_path: Path) -> None:
    (tmp_path / "gulf").mkdir()
    (tmp_path / "gulf" / "hook").write_text("new\nold\n")

    assert team_secrets(TeamId("gulf"), "hook", tmp_path, {}) == ("new", "old")
    assert team_secrets(TeamId("gulf"), "hook", tmp_path, {"WATCHER_SECRET__GULF__HOOK": "env"}) == ("env",)
    assert team_secrets(TeamId("other"), "hook", tmp_path, {"WATCHER_SECRET__GULF__HOOK": "env"}) == ()
