"""`watcher calendar`: the appointments that reports talk about, for people, programs and calendars."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import typer

from watcher.commands.screen import paragraph, print_json

if TYPE_CHECKING:
    from watcher.model import ActorId
    from watcher.render.ics import Entry
    from watcher.store.diary import Kept
    from watcher.vocabulary import Vocabulary

INDENT = 15
FRESH = timedelta(days=10)
"""One without a day that nobody has spoken of for so long is none any more; see `stories.calendar`."""


def calendar(
    which: str = typer.Argument("", metavar="[ID]", help="One appointment with all its reports: its id or beginning."),
    since: str = typer.Option("", "--since", help="From this day on, such as 2026-02-10; without it from today on."),
    until: str = typer.Option("", "--until", help="Up to this day."),
    actor: list[str] = typer.Option([], "--actor", help="Who takes part, such as Iran or IRN; several: all of them."),
    ics: str = typer.Option("", "--ics", help="Write an iCalendar file here; - for standard output."),
    team: str = typer.Option("", "--team", help="Show times on this team's clock."),
    timezone: str = typer.Option("", "--timezone", help="Show times in this zone, such as Asia/Tokyo."),
    json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """Meetings, visits, rounds and deadlines on file: who, when, where, how sure, what moved, and who says so."""
    from watcher.commands.alerts import opened
    from watcher.settings import load_settings
    from watcher.vocabulary import load
    from watcher.wiring.diary import written
    from watcher.wiring.zones import zone_for

    zone, words = zone_for(load_settings(Path()).rules, team=team, asked=timezone), load()
    now = datetime.now(UTC)
    start, end = day_of(since, "--since"), day_of(until, "--until")
    wanted = tuple(code_of(name, words) for name in actor)
    with opened() as store:
        if which:
            found = store.views.appointment(which)
        else:
            first = start or (None if end else now.astimezone(ZoneInfo(zone)).date())
            fresh = None if end else now - FRESH if start is None else datetime.combine(start, datetime.min.time(), UTC)
            found = store.views.appointments(since=first, until=end, fresh=fresh, actors=wanted)
    if which and len(found) != 1:
        sys.stderr.write(f"no appointment, or more than one, begins with {which!r}: see `watcher calendar --json`\n")
        raise typer.Exit(1)
    entries = [written(one, words, zone) for one in found]
    if ics:
        write_ics(entries, ics)
    elif json:
        print_json([as_json(one, entry) for one, entry in zip(found, entries, strict=True)])
    else:
        show(found, entries, whole=bool(which))


def day_of(text: str, option: str) -> date | None:
    """A day as it is written; None for nothing. Raises typer.BadParameter."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is no day: write 2026-02-10", param_hint=option) from error


def code_of(name: str, words: Vocabulary) -> ActorId:
    """The actor of a code or English name. Raises typer.BadParameter."""
    from watcher.yamlfile import did_you_mean

    by_name = {actor.english.casefold(): code for code, actor in words.actors.items()}
    by_name |= {code.casefold(): code for code in words.actors}
    if found := by_name.get(name.casefold()):
        return found
    raise typer.BadParameter(
        f"no actor is called {name!r}{did_you_mean(name.casefold(), sorted(by_name))}; `watcher words {name}` searches",
        param_hint="--actor",
    )


def write_ics(entries: Iterable[Entry], target: str) -> None:
    """The file, beside its place first and then moved there; says how many have no day."""
    from watcher.render.ics import calendar_file

    listed = list(entries)
    content = calendar_file(listed).encode()
    if target == "-":
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    else:
        part = Path(f"{target}.part")
        part.write_bytes(content)
        os.replace(part, target)
    if without := sum(entry.days is None for entry in listed):
        sys.stderr.write(f"{without} appointments have no day yet and are not in the file\n")


def as_json(kept: Kept, entry: Entry) -> Mapping[str, object]:
    """Everything about one appointment."""
    from watcher.wiring.diary import doubts, value_of

    one = kept.appointment
    return {
        "id": one.id,
        "title": entry.title,
        "kind": one.kind,
        "level": one.level,
        "participants": one.participants,
        "ordinal": value_of(one, "ordinal") or None,
        "date": one.date,
        "until": entry.days[1] if entry.days and one.date else None,
        "place": one.place,
        "status": one.status,
        "revision": one.revision,
        "changed": kept.changed,
        "moves": one.moves,
        "doubts": list(doubts(one)),
        "sources": [{"item": key, "title": title, "url": url} for key, (title, url) in kept.sources.items()],
        "stories": kept.stories,
    }


def show(found: Iterable[Kept], entries: Iterable[Entry], *, whole: bool) -> None:
    """A paragraph for each, by day, in 80 columns."""
    pairs = list(zip(found, entries, strict=True))
    if not pairs:
        sys.stdout.write("nothing on file for these days; --since 2026-01-01 looks further back\n")
    for kept, entry in pairs:
        one = kept.appointment
        sys.stdout.write(paragraph(entry.title, indent=INDENT, first=f"{say_day(entry):{INDENT}}"))
        state = "no day any more" if one.date is None and entry.days else one.status.value
        facts = [entry.place or "no place", state, *([one.id] if whole else [one.id[:9]])]
        sys.stdout.write(paragraph(", ".join(facts), indent=INDENT))
        for note in entry.notes[1:] if not whole else entry.notes:
            if whole or "://" not in note:
                sys.stdout.write(paragraph(note, indent=INDENT, mark="≠ " if " → " in note else "· "))
        if whole:
            for story in kept.stories:
                sys.stdout.write(paragraph(f"watcher story {story}", indent=INDENT))


def say_day(entry: Entry) -> str:
    """The day in the space that is left for it; struck where it is off."""
    if entry.days is None:
        return "no day yet"
    first, last = entry.days
    if entry.is_off:
        return f"({first:%-d %b %y})"
    return f"{first:%a %-d %b %y}" if first == last else f"{first:%-d}-{last:%-d %b %y}"
