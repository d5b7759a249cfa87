"""`watcher deliveries` and `watcher resend`: what is owed to whom, what was given up, and sending it again."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import typer

from watcher.commands.alerts import opened
from watcher.commands.screen import print_json, print_table

if TYPE_CHECKING:
    from watcher.store import DeliveryState

OPEN = ("abandoned", "postponed", "claimed", "due")
STATES = (*OPEN, "sent")

app = typer.Typer(no_args_is_help=False, help="What is owed to whom: a list by state, or one delivery whole.")


@app.callback(invoke_without_command=True)
def deliveries(
    context: typer.Context,
    state: list[str] = typer.Option([], help=f"Only these: {', '.join(STATES)}. Without: all but sent."),
    team: str = typer.Option("", help="Only this team's."),
    limit: int = typer.Option(100, min=1, help="At most so many, the oldest first."),
    json: bool = typer.Option(False, "--json", help="Print JSON, with every attempt."),
) -> None:
    """Deliveries that are not done with, or in other states; what was given up can be sent again with `resend`."""
    if context.invoked_subcommand:
        return
    from watcher.model import TeamId

    for one in state:
        if one not in STATES:
            raise typer.BadParameter(f"no state is called {one!r}: there are {', '.join(STATES)}")
    with opened() as store:
        found = store.views.deliveries(state or OPEN, team=TeamId(team) if team else None, limit=limit)
        titles = store.views.titles({one.owed.alert for one in found})
    if json:
        print_json([{**_fields(one), "title": titles.get(one.owed.alert, "")} for one in found])
        return
    if not found:
        sys.stdout.write("nothing is owed\n" if not state else "none\n")
        return
    for delivery in found:
        sys.stdout.write(_lines(delivery, titles.get(delivery.owed.alert, "")))
    if len(found) == limit:
        sys.stdout.write(f"only the first {limit} are shown: --limit shows more\n")


@app.command()
def show(
    delivery: str = typer.Argument(help="The id, or its beginning."),
    json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """One delivery with every attempt: when it began and ended, and what the other side said."""
    with opened() as store:
        found = store.views.delivery(delivery)
        titles = store.views.titles({found.owed.alert}) if found else {}
    if found is None:
        sys.stderr.write(f"no delivery, or more than one, begins with {delivery!r}: see `watcher deliveries`\n")
        raise typer.Exit(1)
    if json:
        print_json(_fields(found))
        return
    owed = found.owed
    sys.stdout.write(f"{owed.id}  {found.state}  {owed.team}/{owed.channel} → {owed.recipient}\n")
    about = "notice" if owed.notice else "alert"
    sys.stdout.write(f"{about} {owed.alert[:10]}: {titles.get(owed.alert, '')}\n")
    if found.next:
        sys.stdout.write(f"next look at {found.next:%Y-%m-%d %H:%M:%S} UTC\n")
    rows = [(t.number, _time(t.started), _time(t.ended), t.outcome or "under way", t.detail) for t in found.attempts]
    print_table(("try", "began (UTC)", "ended", "outcome", "answer"), rows)


@app.command()
def enable(
    recipient: str = typer.Argument(help="A mail address or webhook as in team.yaml."),
    team: str = typer.Option("", help="Only for this team."),
) -> None:
    """Use a recipient again that said it was gone, or whose reader unsubscribed."""
    from watcher.model import TeamId

    with opened() as store:
        count = store.outbox.enable(recipient, team=TeamId(team) if team else None)
    if not count:
        sys.stderr.write(f"{recipient!r} is in use, or no recipient\n")
        raise typer.Exit(1)
    sys.stdout.write(f"{recipient} is used again; what it missed: `watcher resend --abandoned`\n")


def resend(
    delivery: list[str] = typer.Argument(None, help="Ids of deliveries, or their beginnings."),
    abandoned: bool = typer.Option(False, "--abandoned", help="All that were given up."),
    team: str = typer.Option("", help="With --abandoned: only this team's."),
) -> None:
    """
    Send deliveries again, under their ids: a receiver that has one already can tell.

    The pauses begin anew, and an address that said it was gone is tried again. The running service sends them; without
    one, `watcher once` does.
    """
    from watcher.model import TeamId

    named = [one for one in delivery or () if one]
    if not named and not abandoned:
        raise typer.BadParameter("name deliveries (see `watcher deliveries`), or say --abandoned")
    if team and not abandoned:
        raise typer.BadParameter("--team goes with --abandoned")
    with opened() as store:
        wrong = [one for one in named if store.views.delivery(one) is None]
        if wrong:
            sys.stderr.write(f"no delivery, or more than one, begins with {wrong[0]!r}: see `watcher deliveries`\n")
            raise typer.Exit(1)
        chosen = TeamId(team) if team else None
        again = store.outbox.resend(named, team=chosen, abandoned=abandoned, now=datetime.now(UTC))
    sys.stdout.write(f"{len(again)} due again" + (": " if again else "\n"))
    if again:
        sys.stdout.write(f"{', '.join(sorted({f'{owed.team}/{owed.channel}' for owed in again}))}\n")


def _lines(one: DeliveryState, title: str) -> str:
    """What it is, what it is about, and what was answered last, a line each: ids and addresses are never broken."""
    from watcher.render import one_line

    owed = one.owed
    tries = f"{owed.attempts} {'try' if owed.attempts == 1 else 'tries'}"
    again = f", again at {_time(one.next)} UTC" if one.next else ""
    said = next((attempt.detail for attempt in reversed(one.attempts) if attempt.detail), "")
    first = f"{owed.id[:10]}  {one.state:9}  {owed.team}/{owed.channel} → {owed.recipient}  ({tries}{again})\n"
    return first + "".join(f"            {one_line(line)}\n" for line in (title, said) if line)


def _time(moment: datetime | None) -> str:
    return f"{moment:%m-%d %H:%M:%S}" if moment else ""


def _fields(one: DeliveryState) -> dict[str, object]:
    from watcher.commands.screen import plain

    fields = plain(one)
    return fields if isinstance(fields, dict) else {}
