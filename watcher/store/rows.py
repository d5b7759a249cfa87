"""
Values of the domain ↔ rows of the tables.
"""

from __future__ import annotations

import traceback
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from watcher.ingest import Poisoned
from watcher.model import (
    Alert,
    AlertId,
    Appointment,
    Cause,
    Decision,
    DeliveryId,
    Development,
    Filed,
    Gap,
    GapState,
    Hold,
    Item,
    ItemId,
    Notice,
    Owed,
    Seen,
    SourceId,
    Story,
    TeamId,
    Wake,
)
from watcher.protocols import Polled
from watcher.store.codec import dump, sound

Values = dict[str, object]
ERROR_LIMIT = 8_000  # characters of a traceback; a recursion error has megabytes


def of_poll(poll: Polled) -> Values:
    """The changed columns of the source, its id under `source`."""
    return {
        "source": poll.source,
        "next_poll": poll.next_poll,
        "polled_at": poll.cursor.polled_at,
        "succeeded_at": poll.cursor.succeeded_at,
        "failures": poll.cursor.failures,
        "outcome": poll.outcome,
        "detail": sound(poll.detail),
        "items": poll.items,
        "cursor": dump(poll.cursor),
    }


def of_gap(gap: Gap) -> Values:
    """A row of `gaps`."""
    return {field.name: getattr(gap, field.name) for field in fields(gap)}


def to_gap(row: Row[Any]) -> Gap:
    """The gap of a whole row of `gaps`."""
    values = dict(row._mapping)
    known = {"source": SourceId(row.source), "cause": Cause(row.cause), "state": GapState(row.state)}
    return Gap(**{**values, **known})


def of_item(item: Item) -> Values:
    """A row of `items`."""
    return {
        "id": sound(item.id),
        "source": sound(item.source),
        "url": sound(item.url),
        "title": sound(item.title),
        "text": sound(item.text) or None,
        "lang": item.lang,
        "publisher": sound(item.publisher),
        "timezone": item.timezone,
        "tier": item.tier,
        "baseline": item.baseline,
        "published": item.published,
        "seen": item.seen,
    }


def to_item(row: Row[Any]) -> Item:
    """The item of a whole row of `items`; its text is empty when retention has dropped it."""
    values = dict(row._mapping)
    return Item(**{**values, "id": ItemId(str(values["id"])), "text": values["text"] or ""})


def of_seen(seen: Seen) -> Values:
    """A row of `seen`."""
    return {"item": sound(seen.item), "url": sound(seen.url), "fingerprint": seen.fingerprint, "time": seen.time}


def of_story(story: Story) -> Values:
    """A row of `stories`."""
    return {
        "id": story.id,
        "last_seen": story.last_seen,
        "closed": story.closed,
        "appointment": story.appointment,
        "payload": dump(story),
    }


def of_development(development: Development) -> Values:
    """A row of `developments`."""
    return {
        "id": development.id,
        "story": development.story,
        "first_seen": development.first_seen,
        "last_seen": development.last_seen,
        "title": sound(development.title),
        "payload": dump(development),
    }


def of_report(filed: Filed) -> Values:
    """A row of `reports`."""
    return {"development": filed.development, "item": sound(filed.report.item), "payload": dump(filed.report)}


def of_appointment(appointment: Appointment, now: datetime) -> Values:
    """A row of `appointments`."""
    day = appointment.date.isoformat() if appointment.date else None
    return {"id": appointment.id, "day": day, "changed": now, "payload": dump(appointment)}


def of_decision(decision: Decision) -> Values:
    """A row of `decisions`."""
    return {"item": sound(decision.item), "time": decision.time, "payload": dump(decision)}


def of_alert(alert: Alert) -> Values:
    """A row of `alerts`."""
    return {
        "id": alert.id,
        "team": alert.team,
        "development": alert.development,
        "story": alert.story,
        "time": alert.time,
        "payload": dump(alert),
    }


def of_hold(hold: Hold) -> Values:
    """A row of `holds`."""
    return {
        "team": hold.team,
        "development": hold.development,
        "item": sound(hold.item),
        "time": hold.time,
        "payload": dump(hold),
    }


def of_owed(owed: Owed) -> Values:
    """A new row of `deliveries`."""
    return {
        "id": owed.id,
        "alert": None if owed.notice else owed.alert,
        "notice": owed.alert if owed.notice else None,
        "team": owed.team,
        "channel": owed.channel,
        "kind": owed.kind,
        "recipient": owed.recipient,
        "bundle": owed.bundle,
        "state": "due",
        "due": owed.due,
        "next": owed.due,
        "attempts": owed.attempts,
        "forgiven": owed.forgiven,
    }


def to_owed(row: Row[Any]) -> Owed:
    """The delivery of a whole row of `deliveries`, as it stands."""
    return Owed(
        id=DeliveryId(row.id),
        alert=AlertId(row.alert or row.notice),
        team=TeamId(row.team),
        channel=row.channel,
        kind=row.kind,
        recipient=row.recipient,
        due=row.due,
        attempts=row.attempts,
        bundle=row.bundle,
        notice=row.notice is not None,
        forgiven=row.forgiven,
    )


def of_notice(notice: Notice) -> Values:
    """A row of `notices`."""
    return {"id": notice.id, "team": notice.team, "time": notice.time, "payload": dump(notice)}


def of_wake(wake: Wake) -> Values:
    """A row of `wakes`."""
    return {"kind": wake.kind, "subject": sound(wake.subject), "due": wake.due}


def of_poisoned(poisoned: Poisoned, now: datetime) -> Values:
    """A row of `quarantine`, with the last part of the traceback."""
    error = "".join(traceback.format_exception(poisoned.error))
    return {
        "item": sound(poisoned.item.id),
        "source": sound(poisoned.item.source),
        "time": now,
        "error": sound(error[-ERROR_LIMIT:]),
        "payload": dump(poisoned.item),
    }
