"""What a log line may not hold."""

from __future__ import annotations

import json

import pytest
import structlog

from watcher import logs


def test_secrets_logins_and_query_strings_stay_out(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(level="info", form="json")
    log = structlog.get_logger()

    log.info(
        "source.polled",
        url="https://user:pw@feeds.example/a?key=hidden",
        smtp_password="hidden",
        detail="at http://x.example/?t=hidden now",
    )

    line = capsys.readouterr().err
    assert "hidden" not in line
    assert "pw" not in line
    assert json.loads(line)["url"] == "https://feeds.example/a?…"


def test_a_traceback_shows_no_local_variables(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(level="info", form="json")
    log = structlog.get_logger()
    try:
        held = "hunter" + "2"
        raise ValueError(len(held))
    except ValueError:
        log.exception("item.quarantined")

    line = capsys.readouterr().err
    assert "hunter2" not in line
    assert "ValueError" in line


def test_lines_below_the_level_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(level="warning", form="json")

    structlog.get_logger().info("source.polled")

    assert capsys.readouterr().err == ""
