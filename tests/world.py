"""A world to tell stories in: a feed, a desk with a mail server and a webhook receiver, and a clock that is set."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from pathlib import Path

from tests.http_server import Answer, Site, http_server, ok
from tests.smtp_server import Sink, smtp_server
from watcher.settings import load_settings
from watcher.wiring.desk import Desk

SECRET = "whsec_" + "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0"

TEAM = """
team: Gulf desk
timezone: Europe/London
channels:
  desk: {email: [gulf@example.org]}
  hook: {webhook: "http://127.0.0.1:PORT/hook", secret: "secret:hook"}
default: desk
"""
RULES = """
as_of: 2026-02-10
rules:
  - rule: US–Iran talks
    who: [United States, Iran]
    what: talks
    unless: [sport, market, opinion]
    severity: high
    notify: [desk, hook]
    examples:
      alert:
        - Tehran and Washington to resume indirect talks in Muscat
      quiet:
        - Oil slips on hopes for US-Iran talks
"""


@dataclass
class Clock:
    time: datetime = datetime(2026, 2, 4, 12, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time


@dataclass
class World:
    """The story-telling fixture: publish, poll, deliver, move the clock."""

    folder: Path
    site: Site
    mail: Sink
    clock: Clock = field(default_factory=Clock)
    desk: Desk | None = None
    listen: str = ""
    supervised: dict[str, str] = field(default_factory=dict)
    entries: list[str] = field(default_factory=list)

    def publish(self, title: str, *, key: str, age: timedelta = timedelta(), text: str = "") -> None:
        """Put an entry at the top of the feed; the same key replaces it."""
        when = format_datetime(self.clock.time - age)
        entry = (
            f"<item><title>{escape(title)}</title><link>https://gulfwire.example/{key}</link>"
            f"<guid>{key}</guid><pubDate>{when}</pubDate><description>{escape(text)}</description></item>"
        )
        self.entries = [entry, *(one for one in self.entries if f"<guid>{key}</guid>" not in one)]
        self.site.answers["/feed"] = feed(self.entries)

    def answer(self, *answers: Answer) -> None:
        """What the feed's server says from now on, one after the other."""
        self.site.answers["/feed"] = list(answers)

    def environment(self) -> dict[str, str]:
        """The settings of this world."""
        return {
            "WATCHER_SMTP_HOST": "127.0.0.1",
            "WATCHER_SMTP_PORT": str(self.mail.port),
            "WATCHER_SMTP_SECURITY": "none",
            "WATCHER_DATABASE": f"sqlite:///{self.folder / 'watcher.db'}",
            "WATCHER_RULES": str(self.folder / "rules"),
            "WATCHER_SOURCES": str(self.folder / "sources.yaml"),
            "WATCHER_SECRETS": str(self.folder / "secrets"),
            "WATCHER_PRIVATE_WEBHOOKS": "yes",
            "WATCHER_LISTEN": self.listen,
            **self.supervised,
        }

    def start(self) -> Desk:
        """Open the desk, as after a start of the process; a running one is closed first."""
        self.stop()
        self.desk = Desk.open(load_settings(self.folder, self.environment()), self.clock, holder="test")
        return self.desk

    def stop(self) -> None:
        if self.desk is not None:
            self.desk.close()
            self.desk = None

    def poll(self, *, after: timedelta = timedelta()) -> int:
        """Read what is due when so much time has passed; how many polls."""
        self.clock.time += after
        desk = self.desk or self.start()
        count = desk.poll()
        desk.wake()
        return count

    def deliver(self, *, after: timedelta = timedelta()) -> int:
        """Send what is owed when so much time has passed; how many messages were taken."""
        self.clock.time += after
        desk = self.desk or self.start()
        return sum(courier.deliver() for courier in desk.couriers.values())

    def subjects(self) -> list[str]:
        return [str(mail["Subject"]).strip() for mail in self.mail.mails]

    def hooks(self) -> list[bytes]:
        return [request.body for request in self.site.requests if request.path == "/hook"]


def feed(entries: Sequence[str]) -> Answer:
    body = (
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>Gulf Wire</title>{"".join(entries)}</channel></rss>'
    )
    return ok(body.encode())


@contextmanager
def world(folder: Path) -> Iterator[World]:
    """A desk with one rule, watching one feed."""
    with http_server() as site, smtp_server() as mail:
        made = World(folder, site, mail)
        (folder / "rules" / "gulf").mkdir(parents=True)
        (folder / "rules" / "gulf" / "team.yaml").write_text(TEAM.replace("PORT", str(site.port)))
        (folder / "rules" / "gulf" / "talks.yaml").write_text(RULES)
        (folder / "secrets" / "gulf").mkdir(parents=True)
        (folder / "secrets" / "gulf" / "hook").write_text(SECRET + "\n")
        address = site.url("/feed")
        (folder / "sources.yaml").write_text(
            "sources:\n  - {source: gulf-wire, publisher: Gulf Wire, tier: 1, private: yes, every: 5m,"
            f" feed: '{address}'}}\n"
        )
        site.answers["/hook"] = Answer(204)
        site.answers["/feed"] = feed([])
        try:
            yield made
        finally:
            made.stop()
