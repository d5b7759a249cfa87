"""`watcher doctor`: what is wrong with this deployment, and what to do."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import typer

from watcher.commands.screen import print_json


def doctor(json: bool = typer.Option(False, "--json", help="Print JSON.")) -> None:
    """Settings, rights, clock, names, certificates, mail login, disk, database: each with a remedy. Sends nothing."""
    from watcher.settings import load_settings
    from watcher.wiring.examining import examine

    findings = []
    for found in examine(load_settings(Path()), Path(), lambda: datetime.now(UTC)):
        findings.append(found)
        if not json:
            sys.stdout.write(f"{'✗' if found.remedy else '✓'} {found.subject}: {found.said}\n")
            if found.remedy:
                sys.stdout.write(f"    → {found.remedy}\n")
    if json:
        print_json(findings)
    if any(found.remedy for found in findings):
        raise typer.Exit(1)
