"""Appointments on file in words: for the screen, and for calendars."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from zoneinfo import ZoneInfo

from watcher.model import Appointment, Claim, Move
from watcher.render import one_line, say_value
from watcher.render.ics import Entry
from watcher.render.words import say_names
from watcher.store.diary import Kept
from watcher.vocabulary import Vocabulary


def written(kept: Kept, words: Vocabulary, zone: str) -> Entry:
    """The appointment in words."""
    one = kept.appointment
    names = [words.actors[code].english if code in words.actors else code for code in one.participants]
    ordinal = value_of(one, "ordinal")
    what = ordinal or (f"{one.kind} of {one.level}" if one.level else one.kind)
    notes = [f"Status: {one.status.value}, {say_givers(one)}"]
    notes += [say_move(move, words, zone) for move in reversed(one.moves)]
    notes += [
        f"Only {c.publisher} says: {c.slot.removesuffix('?').capitalize()} {in_words(c.slot, c.value, words)}"
        for c in doubts(one)
    ]
    notes += [f"{title} {url}" for title, url in reversed(list(dict.fromkeys(kept.sources.values())))][:5]
    urls = [url for _, url in kept.sources.values()]
    return Entry(
        one,
        f"{' – '.join(names)}: {what}",
        days_on_file(one),
        in_words("place", one.place, words) if one.place else "",
        tuple(map(one_line, notes)),
        urls[-1] if urls else "",
        kept.changed,
    )


def value_of(one: Appointment, slot: str) -> str:
    """The value on file; empty: none."""
    return next((claim.value for claim in reversed(one.claims) if claim.slot == slot), "")


def days_on_file(one: Appointment) -> tuple[date, date] | None:
    """First and last day; of one that lost its day the last it had."""
    value = next((claim.value for claim in reversed(one.claims) if claim.slot == "date" and claim.value), "")
    if not value:
        return None
    first, _, last = value.partition("..")
    return date.fromisoformat(first), date.fromisoformat(last or first)


def doubts(one: Appointment) -> Iterator[Claim]:
    """What one outlet alone says otherwise."""
    return (claim for claim in one.claims if claim.slot.endswith("?"))


def say_givers(one: Appointment) -> str:
    """Who says so: the outlets by name."""
    names = tuple(dict.fromkeys(c.publisher for c in one.claims if not c.slot.endswith("?")))
    return f"according to {say_names(names)}"


def say_move(move: Move, words: Vocabulary, zone: str) -> str:
    """One change: when, from what to what, and who brought it."""
    when = move.time.astimezone(ZoneInfo(zone))
    before = in_words(move.slot, move.before, words) if move.before else "unknown"
    after = in_words(move.slot, move.after, words) if move.after else "not known any more"
    return f"{when:%-d %b %H:%M} {move.slot.capitalize()}: {before} → {after} ({move.publisher})"


def in_words(slot: str, value: str, words: Vocabulary) -> str:
    """A day or place as people write it."""
    place = words.places.get(value) if slot.startswith("place") else None
    return place.english if place else say_value(value)
