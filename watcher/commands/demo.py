"""`watcher demo`: an invented week of news through the real pipeline, delivered for real on loopback."""

from __future__ import annotations

import base64
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from dataclasses import replace as with_fields
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from watcher.commands.screen import print_json, track
from watcher.errors import ConfigError, Problem

if TYPE_CHECKING:
    from watcher.commands.demo_screen import Week
    from watcher.commands.receivers import Received
    from watcher.deliver import Courier
    from watcher.ingest import Commit, Mind
    from watcher.matching import Explanation, Ruleset
    from watcher.model import Item, Team
    from watcher.protocols import Channel
    from watcher.store import Store


@dataclass
class SimulatedClock:
    """The time of the replay."""

    time: datetime = datetime(2026, 2, 2, tzinfo=UTC)

    def now(self) -> datetime:
        """Where the replay stands."""
        return self.time


def demo(
    rules: Path | None = typer.Option(None, "--rules", help="Folder of team folders; without it the example teams."),
    archive: Path | None = typer.Option(None, "--archive", help="Items as JSON lines; without it the sample week."),
    json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """Replay the sample week, deliver over SMTP and HTTP to receivers on this machine, and show what a desk gets."""
    from watcher import logs
    from watcher.commands.demo_screen import as_json, show
    from watcher.commands.receivers import mail_server, webhook_receiver
    from watcher.wiring.archives import read_archive
    from watcher.wiring.folders import shipped
    from watcher.wiring.rules import load_ruleset

    logs.configure(level="warning", form="plain")
    wire = archive if archive is not None else shipped("seeds") / "sample" / "wire.jsonl"
    items = [item for item in read_archive(wire) if not isinstance(item, Problem)]
    if not items:
        raise ConfigError([Problem(str(wire), 0, 0, "no item here: expected JSON lines with a title and a url")])
    with mail_server() as mails, webhook_receiver() as posts, tempfile.TemporaryDirectory() as folder:
        ruleset = on_loopback(
            load_ruleset(rules if rules is not None else shipped("rules")), f"http://127.0.0.1:{posts.port}/watch"
        )
        week = run(items, ruleset, Path(folder), mails)
        week.mails, week.posts = len(mails.mails), len(posts.posts)
    if json:
        print_json(as_json(week))
    else:
        show(week)


def on_loopback(ruleset: Ruleset, hook: str) -> Ruleset:
    """The ruleset with every webhook sent to `hook` and every team told at once, as the week passes in seconds."""
    from watcher.ingest.replay import without_policy

    def at(team: Team) -> Team:
        moved = {
            name: with_fields(address, recipients=(hook,)) if address.kind == "webhook" else address
            for name, address in team.channels.items()
        }
        return with_fields(without_policy(team), channels=moved)

    return with_fields(ruleset, teams={name: at(team) for name, team in ruleset.teams.items()})


def run(items: list[Item], ruleset: Ruleset, folder: Path, mails: Received) -> Week:
    """The week through ingest, a database in `folder`, the outbox and real channels."""
    from watcher.commands.demo_screen import Week
    from watcher.ingest import Mind, replay
    from watcher.store import open_store
    from watcher.trial import scanner_of

    clock = SimulatedClock(items[0].seen)
    store = open_store(f"sqlite:///{folder / 'demo.db'}")
    try:
        lease = store.lease("demo", now=clock.time)
        if lease is None:
            raise AssertionError("a new database is free")
        mind = Mind(ruleset.vocabulary, scanner_of(ruleset), ruleset)
        week = Week({item.id: item for item in items})
        log, courier = store.poll_log(lease), courier_of(store, ruleset, clock, mails)
        for commit in replay(timed(track(items, label="a week passes"), clock), mind):
            log.commit((), commit, now=clock.time)
            courier.deliver()
            week.commits.append(commit)
        week.near = near_misses(items, mind, week.commits)
        for channel in courier.channels.values():
            channel.close()
    finally:
        store.close()
    return week


def timed(items: Iterable[Item], clock: SimulatedClock) -> Iterable[Item]:
    """The items, with the clock set to each."""
    for item in items:
        clock.time = item.seen
        yield item


def courier_of(store: Store, ruleset: Ruleset, clock: SimulatedClock, mails: Received) -> Courier:
    """Real channels to the receivers on loopback, with a signing secret of the moment."""
    from watcher.channels.email import EmailChannel, MailServer, Security
    from watcher.channels.webhook import WebhookChannel
    from watcher.deliver import Courier
    from watcher.net import Client
    from watcher.wiring.sending import renderer, writer

    secret = "whsec_" + base64.b64encode(os.urandom(32)).decode()
    channels: dict[str, Channel] = {
        "email": EmailChannel(MailServer("127.0.0.1", mails.port, "watcher@example.org", Security.NONE)),
        "webhook": WebhookChannel(partial(Client().post, private=True), lambda _team, _name: (secret,)),
    }
    return Courier(store.outbox, channels, writer(store.views, lambda: ruleset.teams, renderer()), clock)


def near_misses(items: list[Item], mind: Mind, commits: list[Commit]) -> list[tuple[Item, Explanation]]:
    """Items whose words met a rule, and that a guard of the rule silenced."""
    from watcher.matching import explain_all
    from watcher.trial import study

    matched = {alert.item for commit in commits for alert in commit.alerts}
    matched |= {hold.item for commit in commits for hold in commit.holds}
    found: dict[str, tuple[Item, Explanation]] = {}
    for item in items:
        if item.id not in matched:
            one = study(item, mind.ruleset, mind.scanner)
            for nearest in explain_all(one.document, one.hits, one.reports, ruleset=mind.ruleset):
                if any(look.silenced for look in nearest.guards):
                    found.setdefault(item.id, (item, nearest))
    return list(found.values())
