"""`watcher alerts`: what was told, and what became of each alert."""

from __future__ import annotations

import json as jsonlib
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import typer

from watcher.commands.screen import print_json, print_table

if TYPE_CHECKING:
    from watcher.store import AlertAccount, AlertLine, Store
    from watcher.store.searching import Fed

app = typer.Typer(no_args_is_help=False, help="What was told: a list, or one alert whole.")


@app.callback(invoke_without_command=True)
def alerts(
    context: typer.Context,
    team: str = typer.Option("", help="Only this team's, on its clock."),
    since: str = typer.Option(
        "", help="Only alerts of the last 30m, 6h or 7d, or since a time such as 2026-02-04T06:00."
    ),
    limit: int = typer.Option(50, min=1, help="At most so many, the newest first; as a feed the oldest first."),
    after: int | None = typer.Option(
        None,
        "--after",
        min=0,
        help="As a feed of JSON lines: raised after this cursor; 0: from the beginning.",
    ),
    timezone: str = typer.Option("", "--timezone", help="Show times in this zone, such as Asia/Tokyo."),
    json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """The latest alerts, newest first, with the state of their deliveries; or a feed for other systems."""
    if context.invoked_subcommand:
        return
    from watcher.model import TeamId
    from watcher.settings import load_settings
    from watcher.wiring.zones import zone_for

    start, desk = moment(since, now=datetime.now(UTC)) if since else None, TeamId(team) if team else None
    if after is not None:
        with opened() as store:
            print_feed(store.views.feed(after=after, team=desk, since=start, limit=limit))
        return
    with opened() as store:
        lines = store.views.alerts(team=desk, since=start, limit=limit)
    if not json:
        print_lines(lines, zone_for(load_settings(Path()).rules, team=team, asked=timezone))
        return
    print_json([{**vars_of(line.alert), "title": line.title, "deliveries": line.deliveries} for line in lines])


def print_feed(fed: Iterable[Fed]) -> None:
    """A JSON object on each line, in the order of raising; the last `cursor` is what to go on after."""
    for one in fed:
        line = {"cursor": one.cursor, **vars_of(one.alert), "title": one.title, "url": one.url}
        sys.stdout.write(jsonlib.dumps(line, ensure_ascii=False) + "\n")


def print_lines(lines: Iterable[AlertLine], zone: str) -> None:
    """A table for people."""
    rows = [
        (
            line.alert.id[:10],
            f"{line.alert.time.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}",
            line.alert.team,
            line.alert.severity,
            line.alert.kind,
            line.title,
            ", ".join(f"{count} {state}" for state, count in line.deliveries.items()) or "none owed",
        )
        for line in lines
    ]
    print_table(("alert", f"time ({zone})", "team", "severity", "kind", "title", "deliveries"), rows)


@app.command()
def show(
    alert: str = typer.Argument(help="The id, or its beginning."),
    json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """One alert: why it fired, what changed, its reports, and every attempt to deliver it."""
    with opened() as store:
        found = store.views.alert(alert)
        known = store.wishes.acknowledgement(found.alert.id) if found else None
    if found is None:
        sys.stderr.write(f"no alert, or more than one, begins with {alert!r}: see `watcher alerts`\n")
        raise typer.Exit(1)
    if json:
        print_json({**vars_of(found), "acknowledged": known})
        return
    print_account(found)
    if known:
        sys.stdout.write(f"{known.who} takes care of it, since {known.time:%Y-%m-%d %H:%M} UTC\n")


def print_account(found: AlertAccount) -> None:
    """Everything about one alert, for people."""
    from watcher.render import one_line, say_change

    raised, development = found.alert, found.development
    out = sys.stdout.write
    out(f"{raised.id}  {raised.time:%Y-%m-%d %H:%M} UTC  {raised.team}  {raised.severity}  {raised.kind}")
    out(f", {raised.lane}\n")
    out(f"{one_line(development.title)}\n{development.url}\n")
    for change in development.changes:
        out(f"  changed  {say_change(change)}\n")
    out(f"  decided  {raised.reason}\n")
    for match in raised.matches:
        for words in match.evidence:
            out(f"  {match.rule}: {words.clause} {words.name}: “{one_line(words.text)}” ({words.origin})\n")
    out(f"  story    {found.story.id}: {one_line(found.story.title)}\n")
    rows = [(f"{i.seen:%Y-%m-%d %H:%M}", i.publisher or i.source, one_line(i.title), i.url) for i in found.items]
    print_table(("seen (UTC)", "publisher", "report", "address"), rows)
    sends = [
        (d.owed.channel, d.owed.recipient, d.state, len(d.attempts), d.attempts[-1].detail if d.attempts else "")
        for d in found.deliveries
    ]
    print_table(("channel", "recipient", "state", "attempts", "last answer"), sends)


def vars_of(alert: object) -> dict[str, object]:
    """The fields of an alert, as JSON can hold them."""
    from watcher.commands.screen import plain

    fields = plain(alert)
    return fields if isinstance(fields, dict) else {}


@contextmanager
def opened() -> Iterator[Store]:
    """The store of this folder's settings, closed afterwards."""
    from watcher.settings import load_settings
    from watcher.store import open_store

    store = open_store(load_settings(Path()).database)
    try:
        yield store
    finally:
        store.close()


def moment(text: str, *, now: datetime) -> datetime:
    """A time, or so long before `now`: `30m`, `6h`, `7d`. Raises typer.BadParameter."""
    units = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
    if text[:-1].isdigit() and text[-1] in units:
        return now - int(text[:-1]) * units[text[-1]]
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is no time: write 30m, 6h, 7d or 2026-02-04T06:00") from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)
