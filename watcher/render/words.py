"""
Single facts in words: changes, values, times, who says so; and texts made safe for a header and an address.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

from watcher.model import Change, Development, Kind

MOST_NAMES = 4

KIND_WORDS = {
    Kind.NEW: "New",
    Kind.UPDATE: "Update",
    Kind.POSSIBLE: "Possible update",
    Kind.RETRACTED: "Retracted",
    Kind.REPEAT: "Repeat",
    Kind.ABSENT: "Nothing since",
}
SLOT_WORDS = {
    "date": "Date",
    "place": "Place",
    "status": "Status",
    "ordinal": "Round",
    "direction": "Schedule",
    "agent": "By",
    "speaker": "Said by",
}
# Line breaks and other controls would forge headers; bidirectional overrides would disguise a title.
CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]+")


def one_line(text: str) -> str:
    """The text without line breaks, controls and bidirectional overrides, so that it is safe in a header."""
    return " ".join(CONTROLS.sub(" ", text).split())


def link(url: str) -> str:
    """The address if it is one a reader may follow; anything but http and https becomes empty."""
    return url if url.startswith(("https://", "http://")) else ""


def say_change(change: Change) -> str:
    """One changed slot in words: `Date: 18 Feb 2026 → 11 Feb 2026`."""
    name = SLOT_WORDS.get(change.slot, change.slot.replace("_", " ").capitalize())
    after = say_value(change.after)
    return f"{name}: {say_value(change.before)} → {after}" if change.before else f"{name}: {after}"


def say_value(value: str) -> str:
    """A fact's code as a person reads it: ISO dates are spelled out, keys lose their underscores."""
    first, _, last = value.partition("..")
    try:
        days = [date.fromisoformat(day) for day in (first, last) if day]
    except ValueError:
        return value.replace("_", " ")
    return " to ".join(f"{day:%-d %b %Y}" for day in days)


def say_time(moment: datetime, zone: str) -> str:
    """A time on the team's own clock, with the zone's name."""
    return f"{moment.astimezone(ZoneInfo(zone)):%a %-d %b %Y, %H:%M %Z}"


def say_voices(development: Development) -> str:
    """How many say so, and how many of them for themselves: `3 publishers (2 independent)`; one is not counted."""
    outlets, voices = len(outlets_of(development)), len(development.publishers)
    if outlets < 2:
        return ""
    return f"{outlets} publishers" + (f" ({voices} independent)" if voices < outlets else "")


def outlets_of(development: Development) -> tuple[str, ...]:
    """Every publisher, in order of appearance."""
    return development.outlets or development.publishers


def say_names(names: tuple[str, ...]) -> str:
    """The first few by name, the others by number."""
    shown = ", ".join(map(one_line, names[:MOST_NAMES]))
    return shown + (f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else "")
