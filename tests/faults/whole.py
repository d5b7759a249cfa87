"""
`watcher run` in the current folder, to be killed: everything as in production, but for a clock that runs `SPEED` times
as fast, so that a minute between two polls is a fifth of a second.
"""

from __future__ import annotations

from pathlib import Path

from tests.fakes import FastClock
from watcher.logs import configure
from watcher.service import Service
from watcher.settings import load_settings
from watcher.wiring.desk import Desk

SPEED = 300


def main() -> None:
    """Until SIGTERM or worse."""
    configure(level="error", form="json")
    desk = Desk.open(load_settings(Path()), FastClock(SPEED), holder="driver")
    print("ready", flush=True)
    Service(desk).run()


if __name__ == "__main__":
    main()
