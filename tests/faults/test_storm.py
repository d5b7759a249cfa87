"""
A storm: thousands of items in one minute that all concern one team. What it receives, in what order, and how long
another team waits for its one alert in the middle of it.

    pytest tests/faults/test_storm.py                300 items
    pytest tests/faults/test_storm.py -m long -s     5,000; ITEMS=1000 for another number
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta
from email.utils import format_datetime
from html import escape
from pathlib import Path

import pytest

from tests.world import World, feed, world
from watcher.vocabulary import load

CAP = 30
STATES = sorted(actor.english for actor in load().actors.values() if actor.cls == "state")
TEAM = """
team: {name}
timezone: UTC
channels: {{desk: {{email: [{name}@example.org]}}}}
default: desk
cap: 30 per hour
"""
RULES = """
rules:
  - {{rule: All, what: {what}, severity: {severity}, updates: each, why: It is about an event between states.}}
"""


@pytest.fixture
def wire(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path) as made:
        for name, what, severity in (("gulf", "talks", "high"), ("europe", "diplomat.expelled", "high")):
            folder = tmp_path / "rules" / name
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "team.yaml").write_text(TEAM.format(name=name))
            (folder / "talks.yaml").write_text(RULES.format(what=what, severity=severity))
        yield made


def storm(wire: World, items: int) -> str:
    """Publish, decide and deliver; the figures in words."""
    wire.poll()
    entries = []
    for number in range(items):
        if number == items // 2:
            entries.append(entry("France expels the ambassador of Belarus", "europe", wire))
        entries.append(entry(title(number), f"k{number}", wire))
    wire.site.answers["/feed"] = feed(entries)
    began = time.monotonic()
    wire.poll(after=timedelta(minutes=6))
    decided = time.monotonic() - began
    wire.deliver()
    at_once = time.monotonic() - began - decided
    first = list(wire.mail.mails)
    wire.deliver(after=timedelta(minutes=1))
    delivered = time.monotonic() - began - decided
    return check(wire, first, items) + (
        f"; decided in {decided:.1f} s, what leaves at once in {at_once:.1f} s, all in {delivered:.1f} s"
    )


def title(number: int) -> str:
    """Two states that meet nobody else, and which round of their talks."""
    half = len(STATES) // 2
    turn, first = divmod(number, half)
    return f"{STATES[first]} and {STATES[first + half]} to hold {turn + 4}th round of talks"


def entry(title: str, key: str, wire: World) -> str:
    when = format_datetime(wire.clock.time + timedelta(minutes=5))
    link = f"https://gulfwire.example/{key}"
    return f"<item><title>{escape(title)}</title><link>{link}</link><guid>{key}</guid><pubDate>{when}</pubDate></item>"


def check(wire: World, first: Sequence[object], items: int) -> str:
    assert wire.desk
    raised = wire.desk.store.views.alerts(limit=items + 10)
    alerts = Counter(str(line.alert.team) for line in raised)
    owed = Counter(
        one.state for one in wire.desk.store.views.deliveries(("due", "postponed", "sent"), limit=items + 10)
    )
    to = Counter(str(mail["To"]) for mail in wire.mail.mails)
    lists = to["gulf@example.org"] - CAP
    place = [str(mail["To"]) for mail in wire.mail.mails].index("europe@example.org") + 1
    listed = sum(body_of(mail).count("https://gulfwire.example/k") for mail in wire.mail.mails[len(first) :])

    assert alerts["gulf"] > 0.9 * items
    assert owed == {"sent": sum(alerts.values())}, "not all was sent"
    assert to["europe@example.org"] == alerts["europe"] == 1
    assert len(first) == CAP + 1, "more than the cap left at once, or the other team waited for a list"
    assert 1 <= lists <= items // 500 + 1
    assert listed == alerts["gulf"] - CAP, "a list leaves something out"
    return (
        f"{items} items, {alerts['gulf']} alerts: {CAP} mails at once, the other {listed} in {lists} lists a minute"
        f" later; the other team's mail was number {place}"
    )


def body_of(mail: object) -> str:
    return str(mail.get_body(("plain",)).get_content())  # type: ignore[attr-defined]


def test_a_storm_becomes_a_few_mails_and_keeps_nobody_waiting(wire: World) -> None:
    storm(wire, 300)


@pytest.mark.long
@pytest.mark.timeout(1_800)
def test_a_storm_of_thousands(wire: World, capsys: pytest.CaptureFixture[str]) -> None:
    said = storm(wire, int(os.environ.get("ITEMS", "5000")))

    with capsys.disabled():
        print(f"\nstorm: {said}")
