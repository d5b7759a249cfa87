"""
Settings and teams → what delivery needs: the channels by kind, and the function that writes what is owed.
"""

from __future__ import annotations

import ssl
import sys
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from html import escape
from importlib import resources
from pathlib import Path

from watcher import notices
from watcher.channels.chat import ChatChannel
from watcher.channels.console import ConsoleChannel
from watcher.channels.email import EmailChannel, MailServer, Security
from watcher.channels.others import Others
from watcher.channels.webhook import WebhookChannel
from watcher.deliver import Letter, Write
from watcher.errors import ConfigError, DeliveryError, Problem
from watcher.model import AlertId, DeliveryId, Message, StoryId, Team, TeamId
from watcher.net import Client, Limits, system_resolve
from watcher.protocols import Channel, Parcel
from watcher.render import Renderer
from watcher.settings import Settings, team_secrets
from watcher.store import Views
from watcher.wiring.links import unsubscribe_link
from watcher.wiring.opinions import Link, with_links

WEBHOOK_LIMITS = Limits(deadline=timedelta(seconds=20), bytes=64 * 1024)
"""A receiver only has to say that it took the message."""

LINKED = ("email", "webhook")
"""Kinds of channel whose messages ask readers for their opinion."""

Teams = Callable[[], Mapping[TeamId, Team]]
"""The teams as they are now; rules may be loaded again meanwhile."""


def channels(settings: Settings) -> dict[str, Channel]:
    """
    A channel for each kind that this deployment can send through; without a mail server there is no `email`.

    Raises:
        ConfigError: The certificate file of the mail server cannot be used.
    """
    post = partial(Client(settings.contact, limits=WEBHOOK_LIMITS).post, private=settings.private_webhooks)

    def secrets(team: TeamId, name: str) -> tuple[str, ...]:
        return team_secrets(team, name, settings.secrets)

    others = Others(private=settings.private_webhooks, resolve=system_resolve)
    found: dict[str, Channel] = {
        "console": ConsoleChannel(sys.stdout),
        "webhook": WebhookChannel(post, secrets),
        "chat": ChatChannel(post, secrets, others),
    }
    if settings.smtp_host:
        found["email"] = EmailChannel(mail_server(settings))
    return found


def mail_server(settings: Settings) -> MailServer:
    """The relay as the settings describe it. Raises ConfigError when its certificate file cannot be used."""
    try:
        trusted = ssl.create_default_context(cafile=str(settings.smtp_ca_file)) if settings.smtp_ca_file else None
    except OSError as error:
        said = "no certificate in PEM form" if isinstance(error, ssl.SSLError) else error.strerror
        message = f"smtp_ca_file: {said}"
        raise ConfigError([Problem(str(settings.smtp_ca_file), 0, 0, message, "bad-setting")]) from error
    return MailServer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        sender=settings.smtp_sender,
        security=Security(settings.smtp_security),
        login=(settings.smtp_user, settings.password) if settings.smtp_user else None,
        context=trusted,
        token=settings.smtp_auth == "xoauth2",
        unsubscribe=unsubscribe_link(settings),
    )


def renderer(own: Path | None = None) -> Renderer:
    """
    A renderer with the templates of the package, or the operator's where there are some of the same name.

    Raises:
        ConfigError: The folder cannot be read, or a template is no Jinja.
    """
    folder = resources.files("watcher") / "templates"
    found = {file.name: file.read_text(encoding="utf-8") for file in folder.iterdir() if file.name.endswith(".html")}
    try:
        written = {file.name: file.read_text(encoding="utf-8") for file in sorted(own.iterdir())} if own else {}
    except (OSError, UnicodeDecodeError) as error:
        message = f"templates: {getattr(error, 'strerror', '') or 'a file is not UTF-8'}"
        raise ConfigError([Problem(str(own), 0, 0, message, "bad-setting")]) from error
    unknown = [name for name in written if name not in found and not name.startswith("_")]
    if unknown:
        message = (
            f"templates: nothing is called {unknown[0]}; there are {', '.join(sorted(found))}, and _parts of yours"
        )
        raise ConfigError([Problem(str(own), 0, 0, message, "bad-setting")])
    return Renderer({**found, **written})


def writer(views: Views, teams: Teams, written_by: Renderer, *, link: Link | None = None) -> Write:
    """
    What `deliver` calls to write a parcel: one alert as itself, several as a digest.

    Args:
        link: Where readers say what an alert was worth; None: nowhere.
    """

    def write(parcel: Parcel, now: datetime) -> Letter:
        first = parcel[0]
        team = teams().get(first.team)
        address = team.channels.get(first.channel) if team else None
        if team is None or address is None:
            raise DeliveryError(f"team {first.team} has no channel {first.channel} any more", retryable=False)
        if first.notice:
            return Letter(notices.message(first, views.notice(first.alert), now=now), address)
        tolds = [views.told(owed.alert, team) for owed in parcel]
        if len(parcel) == 1 and not first.bundle:
            message = written_by.alert(first, tolds[0], now=now)
        else:
            message = written_by.digest(parcel, tolds, now=now)
        if link and address.kind in LINKED:
            pairs = zip(parcel, tolds, strict=True)
            message = with_links(message, [(told.development.title, link(owed.id, now)) for owed, told in pairs])
        return Letter(message, address)

    return write


def test_message(team: Team, *, now: datetime) -> Message:
    """A message that says it is a test, in the form of every other."""
    words = f"This is a test of watcher for {team.name}. Nothing has happened."
    key = f"test-{team.id}-{now:%Y%m%d%H%M%S}"
    return Message(
        id=DeliveryId(key),
        alert=AlertId(key),
        team=team.id,
        subject="[TEST] watcher can reach you",
        text=f"{words}\n",
        html=f"<p>{escape(words)}</p>",
        payload={"schema": "watcher.test.v1", "id": key, "team": team.id, "text": words},
        thread=StoryId(key),
        first_in_thread=True,
        sent_at=now,
    )
