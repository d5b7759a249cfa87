"""`watcher webhook verify`: whether a webhook that somebody received is genuine."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import typer

from watcher.errors import DeliveryError

MOST_BYTES = 10_000_000

app = typer.Typer(no_args_is_help=True, help="For those who write a receiver.")


@app.callback()
def webhook() -> None:
    """For those who write a receiver."""


@app.command()
def verify(
    header: list[str] = typer.Option(..., help="As received, such as 'webhook-id: …'; all three of them."),
    body: typer.FileBinaryRead = typer.Option("-", help="A file with the body, byte by byte; without: standard input."),
    team: str = typer.Option("", help="With --secret: whose secret it is."),
    secret: str = typer.Option(
        "", help="The name of the team's secret. Without: WATCHER_WEBHOOK_SECRET has the value."
    ),
    at: str = typer.Option("", help="As of this time, such as 2026-02-04T06:00; without: now."),
) -> None:
    """
    Check id, time and signature of a webhook as a receiver must: signed by one of the secrets, within five minutes.

    Ends with 1 and says why when it is not genuine.
    """
    from watcher.channels.webhook import verify as check
    from watcher.commands.alerts import moment

    pairs = [one.partition(":") for one in header]
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    now = datetime.now(UTC)
    try:
        wrong = check(_secrets(team, secret), headers, body.read(MOST_BYTES), now=moment(at, now=now) if at else now)
    except DeliveryError as error:
        wrong = str(error)
    if wrong:
        sys.stderr.write(f"not genuine: {wrong}\n")
        raise typer.Exit(1)
    sys.stdout.write(f"genuine: {headers['webhook-id']}\n")


def _secrets(team: str, name: str) -> tuple[str, ...]:
    """The values to check with. Raises typer.BadParameter when there is none."""
    import os

    from watcher.model import TeamId
    from watcher.settings import load_settings, team_secrets

    if bool(team) != bool(name):
        raise typer.BadParameter("--team and --secret go together")
    if not team:
        value = os.environ.get("WATCHER_WEBHOOK_SECRET", "")
        if not value:
            raise typer.BadParameter("say --team and --secret, or put the value into WATCHER_WEBHOOK_SECRET")
        return tuple(value.split())
    found = team_secrets(TeamId(team), name, load_settings(Path()).secrets)
    if not found:
        raise typer.BadParameter(f"{team} has no secret {name}: see secrets/{team}/")
    return found
