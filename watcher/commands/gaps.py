"""`watcher gaps`: times of which items may be missing."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import typer

from watcher.commands.alerts import moment
from watcher.commands.screen import print_json, print_table

WHY = {
    "busy": "published more between two polls than it shows",
    "source": "could not be read",
    "downtime": "watcher was not running",
}
STATES = {"open": "older pages are being read", "filled": "filled from older pages", "lost": "nothing older to read"}


def gaps(
    since: str = typer.Option("7d", help="How far back: 6h, 7d, or a time such as 2026-02-04T06:00."),
    json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """
    What may have passed unseen, by source: between two polls nothing that was latest before was visible any more.

    Where a source has older pages or an archive they are read; what that gave is in the last column.
    """
    from watcher.settings import load_settings
    from watcher.store import open_store

    store = open_store(load_settings(Path()).database)
    try:
        found = store.gaps(since=moment(since, now=datetime.now(UTC)))
    finally:
        store.close()
    if json:
        print_json(found)
        return
    if not found:
        sys.stdout.write("no gaps: nothing passed unseen\n")
        return
    rows = [
        (
            gap.source or "all of watcher",
            f"{gap.since:%Y-%m-%d %H:%M}",
            f"{gap.until:%Y-%m-%d %H:%M}",
            WHY[gap.cause],
            STATES[gap.state] if gap.source else "what it cost is in the lines of the sources",
            f"{gap.about}" if gap.about else "",
            gap.found or "",
        )
        for gap in found
    ]
    print_table(("source", "from (UTC)", "to (UTC)", "why", "state", "items, about", "found"), rows)
