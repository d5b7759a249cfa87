"""`watcher try-channel`: a marked test message through one channel."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import typer

from watcher.errors import DeliveryError


def try_channel(
    team: str = typer.Argument(help="The team's folder."),
    channel: str = typer.Argument(help="A channel of its team.yaml."),
) -> None:
    """Send a message marked TEST to every recipient of a channel and say what each answered."""
    from watcher.settings import load_settings
    from watcher.wiring.rules import load_ruleset
    from watcher.wiring.sending import channels, test_message

    settings = load_settings(Path())
    ruleset = load_ruleset(settings.rules)
    found = next((one for one in ruleset.teams.values() if one.id == team), None)
    if found is None:
        raise typer.BadParameter(f"no team {team!r}; there are {', '.join(sorted(ruleset.teams)) or 'none'}")
    address = found.channels.get(channel)
    if address is None:
        raise typer.BadParameter(f"{team} has no channel {channel!r}; it has {', '.join(sorted(found.channels))}")
    sender = channels(settings).get(address.kind)
    if sender is None:
        sys.stderr.write(f"no {address.kind} can be sent: set smtp_host in watcher.toml\n")
        raise typer.Exit(2)
    failed = False
    for recipient in address.recipients:
        try:
            said = sender.send(test_message(found, now=datetime.now(UTC)), address, recipient).detail
        except DeliveryError as error:
            failed, said = True, f"FAILED: {error}"
        sys.stdout.write(f"{address.kind} {recipient}: {said}\n")
    if failed:
        raise typer.Exit(1)
