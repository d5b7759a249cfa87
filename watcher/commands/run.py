"""`watcher run` and `watcher once`: the work itself."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import typer

from watcher.commands.screen import print_json, print_table, status


def run() -> None:
    """Poll, decide and deliver until stopped by SIGTERM; edited rules and sources are taken over within seconds."""
    from watcher import logs
    from watcher.service import serve
    from watcher.settings import load_settings

    settings = load_settings(Path())
    logs.configure(level=settings.log_level, form=settings.log_format)
    serve(settings)
    # A fetch may still wait for its server, and Python would join its thread, for half a minute.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def once(json: bool = typer.Option(False, "--json", help="Print JSON.")) -> None:
    """Poll every source that is due, decide, deliver what is owed, and end; beside a running service do nothing."""
    from watcher import logs
    from watcher.service import SystemClock, holder
    from watcher.settings import load_settings
    from watcher.wiring.desk import BusyError, Desk

    settings = load_settings(Path())
    logs.configure(level="warning" if settings.log_level == "info" else settings.log_level, form=settings.log_format)
    try:
        desk = Desk.open(settings, SystemClock(), holder=holder())
    except BusyError as busy:
        sys.stdout.write(f"{busy}\n")
        return
    try:
        with status("polling"):
            polls = desk.poll()
            desk.wake()
        with status("delivering"):
            sent = {kind: courier.deliver() for kind, courier in desk.couriers.items()}
        found = desk.store.overview(now=SystemClock().now())
    finally:
        desk.close()
    if json:
        print_json({"polls": polls, "sent": sent, "overview": found})
        return
    rows = [
        ("sources polled", polls),
        ("sources", ", ".join(f"{count} {state}" for state, count in sorted(found.sources.items()))),
        ("messages sent", sum(sent.values())),
        ("still owed", sum(count for state, count in found.deliveries.items() if state not in ("sent", "abandoned"))),
    ]
    print_table(("", ""), rows)
    if not polls and any(found.sources.values()):
        sys.stdout.write("no source is due: `watcher sources list` says when each is\n")
    for source in found.failing:
        sys.stdout.write(f"{source.id}: {source.outcome}: {source.detail}\n")
