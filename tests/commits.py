"""One whole decision as values: an item, its report, story and development, the alert it raised and what is owed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from tests.examples import NOON, TEAM
from watcher.ingest import Commit
from watcher.model import (
    ActorId,
    Alert,
    Appointment,
    AppointmentId,
    ConceptId,
    DateFact,
    Decision,
    Development,
    DevelopmentId,
    Evidence,
    Filed,
    Item,
    ItemId,
    Kind,
    Lane,
    Match,
    Owed,
    Part,
    PlaceFact,
    Report,
    Role,
    RuleId,
    Seen,
    Severity,
    Span,
    Status,
    Story,
    StoryId,
    alert_id,
    delivery_id,
)

TALKS = ConceptId("schedule.moved_up")
BOTH = (ActorId("IRN"), ActorId("USA"))
RULE = RuleId("us-iran-talks")
WORDS = Span(Part.TITLE, 8, 29)


def decided(
    key: str,
    *,
    at: datetime = NOON,
    recipients: tuple[str, ...] = ("desk@example.org",),
    kind: str = "email",
    bundle: str = "",
) -> Commit:
    """What one new item about talks leads to; everything in it is named after `key`."""
    item = read(key, at=at)
    report = reported(item)
    development = Development(
        id=DevelopmentId(f"d-{key}"),
        story=StoryId(f"s-{key}"),
        kind=Kind.NEW,
        event=TALKS,
        actors=BOTH,
        status=Status.ANNOUNCED,
        lane=Lane.NOW,
        value=0.8,
        title=item.title,
        url=item.url,
        items=(item.id,),
        publishers=(item.publisher,),
        first_seen=at,
        last_seen=at,
        facts=report,
    )
    appointment = Appointment(AppointmentId(f"p-{key}"), "round", BOTH, Status.ANNOUNCED, date=date(2026, 2, 11))
    alert = raised(development, item, at=at)
    return Commit(
        items=(item,),
        seen=(Seen(item.id, item.url, hash(key) >> 1, at),),
        reports=(Filed(report, development.id),),
        stories=(Story(development.story, "talks", BOTH, item.title, at, at, (development.id,), appointment.id),),
        developments=(development,),
        appointments=(appointment,),
        decisions=(Decision(item.id, Kind.NEW, development.id, development.story, "new: no open story", 0.0, at),),
        alerts=(alert,),
        deliveries=tuple(owed(alert, to, kind=kind, bundle=bundle) for to in recipients),
    )


def read(key: str, *, at: datetime = NOON) -> Item:
    """An item with a summary."""
    return Item(
        id=ItemId(f"i-{key}"),
        title=f"Iran-US talks brought forward to 11 February ({key})",
        url=f"https://gulfwire.example/2026/02/{key}",
        source="gulf-wire",
        seen=at,
        published=at - timedelta(minutes=3),
        text="The round in Muscat was planned for 18 February. A spokesman said that both sides had agreed to meet "
        "a week earlier. " * 3,
        lang="en",
        publisher="Gulf Wire",
    )


def reported(item: Item) -> Report:
    """The facts of the item."""
    return Report(
        item=item.id,
        event=TALKS,
        family="talks",
        actors=BOTH,
        status=Status.ANNOUNCED,
        publisher=item.publisher,
        time=item.time,
        seen=item.seen,
        title=item.title,
        url=item.url,
        lang="en",
        dates=(DateFact(date(2026, 2, 11), date(2026, 2, 11), Role.NEW, WORDS),),
        places=(PlaceFact("muscat", Role.PLANNED, WORDS),),
        spans=(WORDS,),
        words=frozenset(item.title.lower().split()),
    )


def raised(development: Development, item: Item, *, at: datetime) -> Alert:
    """The alert that tells the desk."""
    found = Evidence("what", TALKS, "talks brought forward", "talk … bring forward", "concepts/en.yaml", WORDS)
    match = Match(TEAM.id, RULE, "US-Iran talks", Severity.HIGH, (TALKS,), Status.ANNOUNCED, (found,))
    return Alert(
        id=alert_id(TEAM.id, development.id),
        team=TEAM.id,
        rules=(RULE,),
        severity=Severity.HIGH,
        kind=Kind.NEW,
        lane=Lane.NOW,
        story=development.story,
        development=development.id,
        item=item.id,
        channels=("desk",),
        matches=(match,),
        time=at,
        due=at,
        reason="new",
    )


def owed(alert: Alert, recipient: str, *, kind: str = "email", bundle: str = "") -> Owed:
    """What one recipient is owed."""
    key = delivery_id(alert.id, "desk", recipient)
    return Owed(key, alert.id, alert.team, "desk", kind, recipient, alert.due, bundle=bundle)


def joined(commit: Commit, key: str, *, at: datetime) -> Commit:
    """A second report of the same development, which tells nobody anything new."""
    item = read(key, at=at)
    before = commit.developments[0]
    after = replace(before, items=(*before.items, item.id), last_seen=at)
    return Commit(
        items=(item,),
        seen=(Seen(item.id, item.url, hash(key) >> 1, at),),
        reports=(Filed(reported(item), after.id),),
        stories=(replace(commit.stories[0], last_seen=at),),
        developments=(after,),
        decisions=(Decision(item.id, Kind.REPEAT, after.id, after.story, "repeat: date, place agree", 0.9, at),),
    )
