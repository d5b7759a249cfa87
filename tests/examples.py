"""Values to tell stories with: one alert and what surrounds it, each part replaceable."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from watcher.model import (
    ActorId,
    Address,
    Alert,
    AlertId,
    Change,
    ConceptId,
    DeliveryId,
    Development,
    DevelopmentId,
    Evidence,
    Item,
    ItemId,
    Kind,
    Lane,
    Match,
    Message,
    Owed,
    Part,
    RuleId,
    Severity,
    Span,
    Status,
    Story,
    StoryId,
    Team,
    TeamId,
)
from watcher.render import Step, Told

NOON = datetime(2026, 2, 4, 12, 0, tzinfo=UTC)
DESK = Address("desk", "email", ("desk@example.org",))
HOOK = Address("ops", "webhook", ("https://hooks.example.org/watch",), secret="ops-hook")
TEAM = Team(TeamId("gulf"), "Gulf desk", "Europe/London", {"desk": DESK, "ops": HOOK}, "desk")


def item(title: str = "Iran-US talks brought forward to 11 February", *, text: str = "", key: str = "i1") -> Item:
    url = f"https://gulfwire.example/{key}"
    return Item(ItemId(key), title, url, "gulf-wire", NOON, published=NOON, text=text, publisher="Gulf Wire", lang="en")


def evidence(words: str, *, of: Item, clause: str = "what") -> Evidence:
    """Evidence that marks the first place of `words` in the item's title or text."""
    part, whole = (Part.TITLE, of.title) if words in of.title else (Part.TEXT, of.text)
    start = whole.index(words)
    return Evidence(
        clause, "schedule.moved_up", words, words, "concepts/en.yaml", Span(part, start, start + len(words))
    )


def match(*found: Evidence) -> Match:
    rule = RuleId("meeting-moved-up")
    events = (ConceptId("schedule.moved_up"),)
    return Match(
        TEAM.id, rule, "Meeting moved up", Severity.HIGH, events, Status.ANNOUNCED, found, {"new_date": "2026-02-11"}
    )


def development(lead: Item, *, changes: tuple[Change, ...] = (), key: str = "d2") -> Development:
    return Development(
        id=DevelopmentId(key),
        story=StoryId("s1"),
        kind=Kind.UPDATE,
        event=ConceptId("schedule.moved_up"),
        actors=(ActorId("IRN"), ActorId("USA")),
        status=Status.ANNOUNCED,
        lane=Lane.NOW,
        value=0.9,
        title=lead.title,
        url=lead.url,
        items=(lead.id,),
        publishers=("Gulf Wire", "The Northern Post"),
        first_seen=NOON,
        last_seen=NOON,
        changes=changes,
    )


def told(lead: Item | None = None, *, changes: tuple[Change, ...] = (), earlier: tuple[Step, ...] = ()) -> Told:
    lead = lead or item()
    found = match(evidence(lead.title.split()[0], of=lead))
    alert = Alert(
        id=AlertId("a1"),
        team=TEAM.id,
        rules=(found.rule,),
        severity=Severity.HIGH,
        kind=Kind.UPDATE,
        lane=Lane.NOW,
        story=StoryId("s1"),
        development=DevelopmentId("d2"),
        item=lead.id,
        channels=("desk",),
        matches=(found,),
        time=NOON,
        due=NOON,
        reason="update: date conflicts",
    )
    story = Story(
        StoryId("s1"),
        "talks",
        (ActorId("IRN"), ActorId("USA")),
        "US-Iran talks",
        NOON - timedelta(days=2),
        NOON,
        (DevelopmentId("d2"),),
    )
    return Told(alert, TEAM, development(lead, changes=changes), story, lead, (lead,), earlier)


def owed(*, channel: Address = DESK, key: str = "del1") -> Owed:
    return Owed(DeliveryId(key), AlertId("a1"), TEAM.id, channel.name, channel.kind, channel.recipients[0], NOON)


def message(*, key: str = "del1", subject: str = "[HIGH] Talks moved up", first: bool = True) -> Message:
    return Message(
        id=DeliveryId(key),
        alert=AlertId("a1"),
        team=TEAM.id,
        subject=subject,
        text="Talks moved up\n",
        html="<p>Talks moved up</p>",
        payload={"schema": "watcher.alert.v1", "id": key},
        thread=StoryId("s1"),
        first_in_thread=first,
        sent_at=NOON,
    )
