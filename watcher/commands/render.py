"""`watcher render`: an alert as a channel would get it, without sending it."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from watcher.errors import DeliveryError

if TYPE_CHECKING:
    from watcher.model import Message, Team
    from watcher.settings import Settings


def render(
    alert: str = typer.Argument(help="The id of an alert, or its beginning."),
    channel: str = typer.Option("", help="A channel of the team; without: its default."),
    html: str = typer.Option("", help="Write the HTML part of the mail here, to look at it in a browser."),
) -> None:
    """
    Show an alert as a channel of its team would get it now: mail as source, others as their JSON. Nothing is sent.

    Uses the team's `messages` and the templates of the settings, and says where one of them fails.
    """
    from watcher.settings import load_settings

    settings = load_settings(Path())
    try:
        message, team, name = _written(alert, channel, settings)
    except DeliveryError as error:
        sys.stderr.write(f"{error}\n")
        raise typer.Exit(1) from error
    if html:
        Path(html).write_text(message.html, encoding="utf-8")
        sys.stdout.write(f"{html} written\n")
        return
    sys.stdout.write(_as_sent(message, team, name, settings))


def _written(alert: str, channel: str, settings: Settings) -> tuple[Message, Team, str]:
    """The message, its team and the channel. Raises DeliveryError where a template fails."""
    from watcher.commands.alerts import opened
    from watcher.notices import owe
    from watcher.wiring.rules import load_ruleset
    from watcher.wiring.sending import renderer

    with opened() as store:
        found = store.views.alert(alert)
        if found is None:
            sys.stderr.write(f"no alert, or more than one, begins with {alert!r}: see `watcher alerts`\n")
            raise typer.Exit(1)
        team = load_ruleset(settings.rules).teams.get(found.alert.team)
        if team is None:
            raise typer.BadParameter(f"there is no team {found.alert.team} any more")
        name = channel or team.default
        if name not in team.channels:
            raise typer.BadParameter(f"{team.id} has no channel {name!r}; it has {', '.join(sorted(team.channels))}")
        now, address = datetime.now(UTC), team.channels[name]
        owed = owe(found.alert.id, team, address, address.recipients[0], due=now)
        told = store.views.told(found.alert.id, team)
        return renderer(settings.templates).alert(owed, told, now=now), team, name


def _as_sent(message: Message, team: Team, channel: str, settings: Settings) -> str:
    """What the channel would put on the wire."""
    from watcher.channels import cards
    from watcher.channels.email import compose

    address = team.channels[channel]
    service = address.recipients[0].partition(":")[0]
    card = cards.card(message)
    forms = {
        "slack": lambda: cards.slack(card),
        "teams": lambda: cards.teams(card),
        "telegram": lambda: cards.telegram(card, "CHAT"),
        "ntfy": lambda: cards.ntfy(card, "TOPIC"),
        "pagerduty": lambda: cards.pagerduty(card, "KEY"),
    }
    if address.kind == "email":
        return compose(message, address, address.recipients[0], sender=settings.smtp_sender).as_string()
    if address.kind == "webhook":
        return json.dumps(message.payload, ensure_ascii=False, indent=2) + "\n"
    if address.kind == "chat" and service in forms:
        return json.dumps(forms[service](), ensure_ascii=False, indent=2) + "\n"
    if address.kind == "chat":
        return f"{card.title}\n{cards.plain(card)}\n"
    return f"{message.subject}\n{message.text}"
