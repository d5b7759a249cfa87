"""`watcher search` and `watcher export`: what is stored, by its words or whole."""

from __future__ import annotations

import json as jsonlib
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import typer

from watcher.commands.screen import paragraph, plain, print_json

if TYPE_CHECKING:
    from watcher.store.searching import Harvest

INDENT = 13


def search(
    words: list[str] = typer.Argument(metavar="WORDS", help="All must occur, with any ending; 'in quotes' a phrase."),
    since: str = typer.Option("", "--since", help="Seen in the last 6h or 7d, or since 2026-02-04."),
    until: str = typer.Option("", "--until", help="Seen up to then."),
    limit: int = typer.Option(20, "--limit", min=1, help="At most so many items and alerts, the newest first."),
    timezone: str = typer.Option("", "--timezone", help="Show times in this zone, such as Asia/Tokyo."),
    json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """Find stored items and alerts by the words of title and text, in any script."""
    from watcher.commands.alerts import moment, opened
    from watcher.settings import load_settings
    from watcher.wiring.zones import zone_for

    now = datetime.now(UTC)
    zone = zone_for(load_settings(Path()).rules, asked=timezone)
    start, end = (moment(text, now=now) if text else None for text in (since, until))
    with opened() as store:
        found = store.views.search(words, since=start, until=end, limit=limit)
    if json:
        print_json(found)
    else:
        show(found, zone, " ".join(words))
    if not found.hits and not found.alerts:
        raise typer.Exit(1)


def show(found: Harvest, zone: str, asked: str) -> None:
    """Items, then alerts, a paragraph each in 80 columns."""
    from watcher.text import publisher_of

    out = sys.stdout.write
    if not found.hits and not found.alerts:
        out(f"nothing on file holds {asked}; texts are kept for a week, items for five, alerts for two years\n")
        return
    out(f"{found.total} items, the last seen first; times in {zone}\n")
    for hit in found.hits:
        item = hit.item
        clock = f"{item.seen.astimezone(ZoneInfo(zone)):%-d %b %H:%M}"
        told = f"; told: {', '.join(hit.told)}" if hit.told else ""
        out(paragraph(item.title, indent=INDENT, first=f"{clock:{INDENT}}"))
        out(paragraph(f"{publisher_of(item)}, {item.id[:12]}{told}", indent=INDENT))
    out(f"\n{len(found.alerts)} alerts, the newest first\n" if found.alerts else "")
    for fed in found.alerts:
        alert = fed.alert
        clock = f"{alert.time.astimezone(ZoneInfo(zone)):%-d %b %H:%M}"
        out(paragraph(fed.title, indent=INDENT, first=f"{clock:{INDENT}}"))
        out(paragraph(f"{alert.team}, {alert.severity}, {alert.kind}, {alert.id[:10]}", indent=INDENT))
    out("\n`watcher why ID` says what became of an item, `watcher story ID` what came of an alert\n")


def export(
    kind: str = typer.Argument(metavar="KIND", help="items, alerts, developments, stories or appointments."),
    since: str = typer.Option("", "--since", help="Of the last 6h or 7d, or since 2026-02-04."),
    until: str = typer.Option("", "--until", help="Up to then."),
) -> None:
    """Write everything of a kind as JSON lines, oldest first; `watcher replay` reads items back."""
    from watcher.commands.alerts import moment, opened
    from watcher.store.searching import EXPORTS

    if kind not in EXPORTS:
        raise typer.BadParameter(f"{kind!r} cannot be exported: write {', '.join(EXPORTS)}", param_hint="KIND")
    now = datetime.now(UTC)
    start, end = (moment(text, now=now) if text else None for text in (since, until))
    with opened() as store:
        for value in store.export(kind, since=start, until=end):
            sys.stdout.write(jsonlib.dumps(plain(value), ensure_ascii=False) + "\n")
