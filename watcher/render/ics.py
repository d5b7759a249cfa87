"""
Appointments → an iCalendar file (RFC 5545), to be imported or subscribed to.

An event keeps its UID whatever moves, and its SEQUENCE rises with every change, so that calendars move it instead of
adding a second one. What has no day yet is left out; what lost its day is cancelled until it has another. Written by
hand: see docs/decisions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from watcher.model import Appointment, Status
from watcher.render.words import CONTROLS

STATUS = {
    Status.CONSIDERED: "TENTATIVE",
    Status.REPORTED: "TENTATIVE",
    Status.CLAIMED: "TENTATIVE",
    Status.DENIED: "CANCELLED",
    Status.AGREED: "CONFIRMED",
    Status.ANNOUNCED: "CONFIRMED",
    Status.CONFIRMED: "CONFIRMED",
    Status.HELD: "CONFIRMED",
    Status.OFF: "CANCELLED",
}
LINE_LIMIT = 75  # octets of a line without its end, RFC 5545, 3.1


@dataclass(frozen=True, slots=True)
class Entry:
    """
    An appointment in words.

    Args:
        title: Who and what, such as `Iran – United States: round 3`.
        days: First and last day on file; of one that lost its day the last it had; None: it never had any.
        place: In words; empty: not known.
        notes: What is told of it, a line each.
        url: Of the latest report; empty: none is on file.
        changed: When what is on file last changed.
    """

    appointment: Appointment
    title: str
    days: tuple[date, date] | None
    place: str
    notes: tuple[str, ...]
    url: str
    changed: datetime

    @property
    def is_off(self) -> bool:
        """Whether it will not be held on the day it bears."""
        return self.appointment.date is None or STATUS[self.appointment.status] == "CANCELLED"


def calendar_file(entries: Iterable[Entry]) -> str:
    """The file, with the line ends of the standard."""
    head = ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//watcher//calendar//EN", "CALSCALE:GREGORIAN", "METHOD:PUBLISH")
    lines = [*head, "X-WR-CALNAME:watcher"]
    for entry in entries:
        if entry.days:
            lines += _event(entry, entry.days)
    return "".join(f"{part}\r\n" for line in (*lines, "END:VCALENDAR") for part in folded(line))


def _event(entry: Entry, days: tuple[date, date]) -> Iterator[str]:
    one = entry.appointment
    first, last = days
    moment = f"{entry.changed.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    yield "BEGIN:VEVENT"
    yield f"UID:{one.id}@watcher"
    yield f"SEQUENCE:{one.revision}"
    yield f"DTSTAMP:{moment}"
    yield f"LAST-MODIFIED:{moment}"
    yield f"DTSTART;VALUE=DATE:{first:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{last + timedelta(days=1):%Y%m%d}"
    yield f"STATUS:{'CANCELLED' if entry.is_off else STATUS[one.status]}"
    yield f"SUMMARY:{escaped(entry.title)}"
    if entry.place:
        yield f"LOCATION:{escaped(entry.place)}"
    yield f"DESCRIPTION:{escaped(chr(10).join(entry.notes))}"
    yield f"CATEGORIES:{escaped(one.kind)}"
    if entry.url.startswith(("https://", "http://")):
        yield f"URL:{CONTROLS.sub('', entry.url)}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def escaped(text: str) -> str:
    """Text as a value holds it, RFC 5545, 3.3.11: no line break or control of its own."""
    clean = "\\n".join(CONTROLS.sub(" ", line) for line in _quoted(text).split("\n"))
    return clean.encode("utf-8", "replace").decode()


def _quoted(text: str) -> str:
    for mark in ("\\", ";", ","):
        text = text.replace(mark, f"\\{mark}")
    return text


def folded(line: str) -> Iterator[str]:
    """The line in parts of 75 octets at most, cut between characters; all but the first begin with a space."""
    part, size = "", 0
    for character in line:
        width = len(character.encode())
        if size + width > LINE_LIMIT:
            yield part
            part, size = " ", 1
        part, size = part + character, size + width
    yield part
