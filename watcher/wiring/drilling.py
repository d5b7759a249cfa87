"""
A drill: an item that a team's own rule vouches for goes through a real source, the rule, its story and the team's real
channels, marked as a test, in a database of its own that is thrown away.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory

from watcher.deliver import Letter, Write
from watcher.listener import Listener, Request, Response
from watcher.matching import Rule
from watcher.model import Message, TeamId
from watcher.protocols import Clock, Parcel
from watcher.settings import Settings
from watcher.store import DeliveryState
from watcher.wiring.desk import Desk
from watcher.wiring.rules import load_ruleset

PATIENCE = timedelta(days=8)
"""So far ahead the drill's own clock may go: a digest, the end of quiet hours."""
MARK = "[TEST]"
WORDS = "This is a drill of watcher. Nothing has happened: the report below is an example of the rule."


@dataclass(frozen=True, slots=True)
class Step:
    """One station of the drill; `ok` is False at the first that failed, which is the last."""

    station: str
    ok: bool
    said: str


class DrillError(Exception):
    """The drill cannot be held; the message says what is missing."""


@dataclass
class _Ahead:
    """The real time, and as much as the drill went ahead of it."""

    clock: Clock
    by: timedelta = timedelta()

    def now(self) -> datetime:
        return self.clock.now() + self.by


def drill(settings: Settings, team: TeamId, clock: Clock) -> tuple[Step, ...]:
    """
    Hold a drill with this team; its channels get one message marked TEST.

    Raises:
        DrillError: There is no such team, or no rule of it has an example that can be used.
        ConfigError: Rules or settings cannot be used.
        StoreError: No database could be made.
    """
    rule = _rule(settings, team)
    with TemporaryDirectory(prefix="watcher-drill-") as place:
        folder = Path(place)
        _copy_rules(settings.rules, folder / "rules", team)
        with _feed(rule, clock) as port:
            (folder / "sources.yaml").write_text(
                f"sources:\n  - {{source: drill, feed: 'http://127.0.0.1:{port}/feed', private: yes, tier: 1}}\n"
            )
            changed = {
                "database": f"sqlite:///{folder / 'drill.db'}",
                "rules": folder / "rules",
                "sources": folder / "sources.yaml",
            }
            ahead = _Ahead(clock)
            with closing(Desk.open(settings.model_copy(update=changed), ahead, holder="drill")) as desk:
                return tuple(_stations(desk, rule, ahead))


def marked(write: Write, clock: Clock) -> Write:
    """Letters that say in every part that they are a test."""

    def write_marked(parcel: Parcel, now: datetime) -> Letter:
        letter = write(parcel, now)
        return replace(letter, message=_as_test(letter.message, clock.now()))

    return write_marked


def _as_test(message: Message, now: datetime) -> Message:
    return replace(
        message,
        subject=f"{MARK} {message.subject}",
        text=f"{WORDS}\n\n{message.text}",
        html=message.html.replace("<h1", f"<p><b>{escape(WORDS)}</b></p><h1", 1),
        payload={
            "schema": "watcher.test.v1",
            "id": message.id,
            "team": message.team,
            "text": WORDS,
            "would_be": message.payload,
        },
        sent_at=now,
    )


def _rule(settings: Settings, team: TeamId) -> Rule:
    ruleset = load_ruleset(settings.rules)
    if team not in ruleset.teams:
        raise DrillError(f"no team {team!r}; there are {', '.join(sorted(ruleset.teams)) or 'none'}")
    for rule in ruleset.rules:
        wishes = rule.wishes
        waits = wishes.at_least or wishes.first_in or wishes.none_for or wishes.corroborate
        if rule.team == team and wishes.stage == "live" and not waits and _example(rule):
            return rule
    raise DrillError(f"no live rule of {team} has an example under `alert` and tells of a single report")


def _example(rule: Rule) -> str:
    return next((one.title for one in rule.examples if one.kind == "alert" and not one.text), "")


def _copy_rules(rules: Path, target: Path, team: TeamId) -> None:
    for name in (team, "_shared"):
        if (rules / name).is_dir():
            shutil.copytree(rules / name, target / name)


@contextmanager
def _feed(rule: Rule, clock: Clock) -> Iterator[int]:
    """A feed with the example as its one item, on a port of this machine."""
    now = clock.now()
    item = (
        f"<item><title>{escape(_example(rule))}</title><guid>drill-{now:%Y%m%d%H%M%S}</guid>"
        f"<link>https://drill.example/{now:%Y%m%d%H%M%S}</link><pubDate>{format_datetime(now)}</pubDate></item>"
    )
    body = f"<rss version='2.0'><channel><title>Drill</title>{item}</channel></rss>".encode()

    def answer(_: Request) -> Response:
        return Response(200, body, "application/rss+xml")

    listener = Listener("127.0.0.1", 0, {"/feed": answer})
    listener.start()
    try:
        yield listener.port
    finally:
        listener.close()


def _stations(desk: Desk, rule: Rule, ahead: _Ahead) -> Iterator[Step]:
    desk.poll()
    found = desk.store.overview(now=ahead.now())
    if not found.sources.get("ok"):
        failing = found.failing[0] if found.failing else None
        yield Step("source", False, f"the feed could not be read: {failing.detail if failing else 'no answer'}")
        return
    yield Step("source", True, f"read “{_example(rule)}”")
    end = ahead.now() + PATIENCE
    while not (lines := desk.store.views.alerts(limit=1)) and _wait(ahead, desk.store.next_wake, end):
        desk.wake()
    if not lines:
        yield Step("rule", False, f'{rule.id} raised no alert; see `watcher explain "{_example(rule)}"`')
        return
    alert = lines[0].alert
    yield Step("rule", True, f"{', '.join(alert.rules)}: {alert.severity}")
    yield Step("story", True, f"{alert.reason}; story {alert.story[:10]}")
    yield from _deliveries(desk, ahead, end)


def _wait(ahead: _Ahead, upcoming: Callable[[], datetime | None], end: datetime) -> bool:
    """Go ahead to the next time that something falls due; False: nothing does before the end."""
    moment = upcoming()
    if moment is None or moment > end:
        return False
    ahead.by = max(ahead.by, ahead.by + (moment - ahead.now()))
    return True


def _deliveries(desk: Desk, ahead: _Ahead, end: datetime) -> Iterator[Step]:
    every = ("due", "claimed", "postponed", "sent", "abandoned")
    for first in desk.store.views.deliveries(("due",)):
        if first.owed.due > ahead.now() and first.owed.due < end:
            ahead.by += first.owed.due - ahead.now()
    for courier in desk.couriers.values():
        replace(courier, write=marked(courier.write, ahead.clock)).deliver()
    found = desk.store.views.deliveries(every)
    if not found:
        yield Step("channel", False, "nothing is owed to anybody: the alert has no channel")
    for one in found:
        yield Step("channel", one.state == "sent", f"{one.owed.channel} → {one.owed.recipient}: {_said(one, desk)}")


def _said(one: DeliveryState, desk: Desk) -> str:
    if one.attempts:
        return one.attempts[-1].detail
    known = one.owed.kind in desk.couriers
    return "not tried" if known else f"no {one.owed.kind} can be sent: set smtp_host in watcher.toml"
