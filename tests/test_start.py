"""What people wait for at a prompt starts without what only a running service needs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.test_commands import run

HEAVY = {"sqlalchemy", "alembic", "httpcore", "jinja2", "lxml", "feedparser", "apscheduler", "structlog", "ssl"}
LOADED = """
import sys
from watcher.cli import app
try:
    app(sys.argv[1:], standalone_mode=False)
finally:
    print("loaded", *sys.modules)
"""


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["check"], id="check"),
        pytest.param(["explain", "Iran and US hold talks in Muscat"], id="explain"),
        pytest.param(["words", "Muscat"], id="words"),
    ],
)
def test_a_command_loads_only_what_it_needs(arguments: list[str], tmp_path: Path) -> None:
    run("init", folder=tmp_path)

    done = subprocess.run(
        [sys.executable, "-c", LOADED, *arguments], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=60
    )

    loaded = done.stdout.splitlines()[-1].split()
    assert loaded[0] == "loaded"
    assert HEAVY.intersection(loaded) == set()
