"""Appointments as people and calendars get them; files are read back by the library `icalendar`."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar, Component

from tests.examples import NOON
from tests.inside import run
from tests.reports import at_place, hours, nth, on, report
from watcher.ingest import Commit
from watcher.model import Appointment, AppointmentId, ConceptId, Direction, ItemId, Report, Role, Status
from watcher.render.ics import STATUS, Entry, calendar_file, folded
from watcher.store import open_store
from watcher.stories import Memory

SET = report("Iran, US to hold third round in Muscat", dates=on("2026-02-18"), places=at_place("muscat"), counts=nth(3))
UP = report(
    "Third round of Iran-US talks moved up",
    5,
    by="b.example",
    event=ConceptId("schedule.moved_up"),
    direction=Direction.UP,
    dates=on("2026-02-11", Role.NEW),
    counts=nth(3),
)
FIRM = replace(UP, item=ItemId("i-firm"), publisher="c.example", status=Status.CONFIRMED, places=at_place("muscat"))
OFF = report(
    "Third round of Iran-US talks cancelled",
    9,
    event=ConceptId("schedule.cancelled"),
    status=Status.OFF,
    direction=Direction.CANCELLED,
    counts=nth(3),
)
BACK = replace(OFF, event=ConceptId("schedule.postponed"), direction=Direction.BACK)


def booked(*reports: Report) -> tuple[Appointment, ...]:
    """The appointments after these reports."""
    memory, known = Memory(), dict[AppointmentId, Appointment]()
    for one in reports:
        answer = memory.assign(one, now=one.seen)
        memory.fold(answer)
        known.update((appointment.id, appointment) for appointment in answer.appointments)
    return tuple(known.values())


def keep(folder: Path, appointments: Iterable[Appointment]) -> None:
    """Put them into the database of a folder."""
    store = open_store(f"sqlite:///{folder / 'watcher.db'}")
    lease = store.lease("test", now=NOON)
    assert lease is not None
    store.poll_log(lease).commit((), Commit(appointments=tuple(appointments)), now=NOON)
    lease.release()
    store.close()


def events(text: str) -> list[Component]:
    """The events of a file, as a calendar reads them."""
    return list(Calendar.from_ical(text).walk("VEVENT"))


def entry(**values: Any) -> Entry:
    base = Entry(
        booked(SET)[0], "Iran – United States: round 3", (date(2026, 2, 18), date(2026, 2, 18)), "Muscat", (), "", NOON
    )
    return replace(base, **values)


def test_an_event_that_moves_keeps_its_uid_and_raises_its_sequence(tmp_path: Path) -> None:
    said = []
    for reports in ((SET,), (SET, UP), (SET, UP, FIRM), (SET, UP, FIRM, OFF)):
        keep(tmp_path, booked(*reports))
        run("calendar", "--since", "2026-02-01", "--ics", "out.ics", folder=tmp_path)
        said += events((tmp_path / "out.ics").read_bytes().decode())

    assert len({str(event["UID"]) for event in said}) == 1
    assert [event["SEQUENCE"] for event in said] == [0, 1, 2, 3]
    assert [event.decoded("DTSTART") for event in said] == [date(2026, 2, 18)] + 3 * [date(2026, 2, 11)]
    assert [str(event["STATUS"]) for event in said] == ["CONFIRMED", "CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert str(said[0]["SUMMARY"]) == "Iran – United States: round 3"
    assert str(said[0]["LOCATION"]) == "Muscat"
    assert "18 Feb 2026 → 11 Feb 2026 (b.example)" in str(said[1]["DESCRIPTION"])


def test_one_that_lost_its_day_is_cancelled_on_the_day_it_had(tmp_path: Path) -> None:
    keep(tmp_path, booked(SET, BACK))

    said = run("calendar", "--since", "2026-01-01", "--ics", "-", folder=tmp_path)

    (event,) = events(said)
    assert (event.decoded("DTSTART"), str(event["STATUS"])) == (date(2026, 2, 18), "CANCELLED")
    assert "no day any more" in run("calendar", "--since", "2026-01-01", folder=tmp_path)


def test_the_same_state_gives_the_same_file(tmp_path: Path) -> None:
    keep(tmp_path, booked(SET, UP))

    files = {run("calendar", "--since", "2026-01-01", "--ics", "-", folder=tmp_path) for _ in range(2)}

    assert len(files) == 1


def test_repeats_and_confirmed_values_are_no_change() -> None:
    again = replace(SET, item=ItemId("i-2"), publisher="d.example")

    (one,) = booked(SET, again, UP, replace(UP, item=ItemId("i-3"), publisher="e.example"))

    assert one.revision == 1
    assert [(move.slot, move.before, move.after) for move in one.moves] == [("date", "2026-02-18", "2026-02-11")]


@pytest.mark.parametrize("status", list(Status))
def test_every_status_is_one_of_the_standard(status: Status) -> None:
    (event,) = events(calendar_file([entry(appointment=replace(booked(SET)[0], status=status))]))

    assert str(event["STATUS"]) == STATUS[status]
    assert str(event["STATUS"]) in ("TENTATIVE", "CONFIRMED", "CANCELLED")


def test_days_end_on_the_day_after_the_last_as_the_standard_wants() -> None:
    (event,) = events(calendar_file([entry(days=(date(2026, 2, 18), date(2026, 2, 20)))]))

    assert event.decoded("DTEND") == date(2026, 2, 21)
    assert event.decoded("DTSTAMP") == datetime(2026, 2, 4, 12, tzinfo=UTC)


def test_one_that_never_had_a_day_is_left_out_and_counted(tmp_path: Path) -> None:
    keep(tmp_path, booked(report("Iran, US to meet in Muscat", places=at_place("muscat"))))

    said = run("calendar", "--since", "2026-01-01", "--ics", "-", folder=tmp_path)

    assert "BEGIN:VEVENT" not in said
    assert "1 appointments have no day yet" in said


@given(st.text(st.characters(codec="utf-8"), max_size=300))
def test_any_text_survives_and_no_line_is_too_long(text: str) -> None:
    content = calendar_file([entry(title=text, notes=(text, "END:VEVENT"))])

    assert all(len(line.encode()) <= 75 for line in content.split("\r\n"))
    (event,) = events(content)
    squeezed = "".join(str(event["SUMMARY"]).split())
    assert squeezed == "".join(plain(text).split())


def plain(text: str) -> str:
    from watcher.render import CONTROLS

    return CONTROLS.sub(" ", text)


def test_lines_are_cut_between_characters_and_begin_with_a_space() -> None:
    parts = list(folded("SUMMARY:" + "خبر" * 40))

    assert all(part.startswith(" ") for part in parts[1:])
    assert parts[0] + "".join(part[1:] for part in parts[1:]) == "SUMMARY:" + "خبر" * 40


@pytest.mark.parametrize(
    ("options", "count"),
    [
        pytest.param(("--since", "2026-02-01"), 1, id="from a day on"),
        pytest.param(("--since", "2026-02-12"), 0, id="after it"),
        pytest.param(("--until", "2026-02-10"), 0, id="up to a day before it"),
        pytest.param(("--until", "2026-02-11"), 1, id="up to its day"),
        pytest.param(("--since", "2026-02-01", "--actor", "iran"), 1, id="by name"),
        pytest.param(("--since", "2026-02-01", "--actor", "USA", "--actor", "IRN"), 1, id="by codes, all of them"),
        pytest.param(
            ("--since", "2026-02-01", "--actor", "IRN", "--actor", "France"), 0, id="one of them is not there"
        ),
    ],
)
def test_appointments_are_chosen_by_day_and_actor(tmp_path: Path, options: tuple[str, ...], count: int) -> None:
    keep(tmp_path, booked(SET, UP))

    assert len(json.loads(run("calendar", *options, "--json", folder=tmp_path))) == count


def test_people_read_what_moved_and_who_said_so(tmp_path: Path) -> None:
    (one,) = booked(SET, UP)
    keep(tmp_path, [one])

    said = run("calendar", "--since", "2026-02-01", "--timezone", "Asia/Tokyo", folder=tmp_path)

    assert said.splitlines()[0] == "Wed 11 Feb 26  Iran – United States: round 3"
    assert "≠ 5 Feb 02:00 Date: 18 Feb 2026 → 11 Feb 2026 (b.example)" in said
    assert "according to wire.example, b.example" in run("calendar", one.id[:6], folder=tmp_path)


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    keep(tmp_path, ())

    assert "nothing on file" in run("calendar", folder=tmp_path)
    assert "no actor is called 'Irann'" in run("calendar", "--actor", "Irann", folder=tmp_path, expect=2)
    assert "is no day: write 2026-02-10" in run("calendar", "--since", "soon", folder=tmp_path, expect=2)
    assert "begins with 'p0'" in run("calendar", "p0", folder=tmp_path, expect=1)


def test_a_doubt_is_shown_as_what_one_outlet_says(tmp_path: Path) -> None:
    lone = report(
        "Iran-US talks in Muscat", 3, by="z.example", dates=on("2026-02-25"), places=at_place("muscat"), counts=nth(3)
    )
    keep(tmp_path, booked(SET, replace(SET, item=ItemId("i2"), publisher="y.example", time=SET.time + hours(1)), lone))

    assert "Only z.example says: Date 25 Feb 2026" in run("calendar", "--since", "2026-02-01", folder=tmp_path)
