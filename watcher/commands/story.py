"""`watcher story`: the timeline of one matter."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import typer

from watcher.commands.screen import paragraph, print_json, print_table

if TYPE_CHECKING:
    from watcher.model import Alert, Hold, Story
    from watcher.render import Step, Thread

INDENT = 9
MARKS = {"new": "NEW", "update": "UPDATE", "possible": "POSSIBLE", "retracted": "RETRACTED"}


def story(
    what: list[str] = typer.Argument(
        metavar="ID|WORDS", help="The id of a story, development or alert, its beginning, or words of a title."
    ),
    team: str = typer.Option("", "--team", help="Only what this team was told, on its clock."),
    timezone: str = typer.Option("", "--timezone", help="Show times in this zone, such as Asia/Tokyo."),
    everything: bool = typer.Option(False, "--all", help="With what stands beside the matter, such as market echoes."),
    limit: int = typer.Option(30, "--limit", min=0, help="The latest so many developments; 0: every one."),
    json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """What happened in a story, when, what changed, who reported it first, how many followed, and who was told."""
    from watcher.commands.alerts import opened
    from watcher.model import TeamId
    from watcher.settings import load_settings
    from watcher.wiring.zones import zone_for

    zone = zone_for(load_settings(Path()).rules, team=team, asked=timezone)
    words = " ".join(what)
    with opened() as store:
        found = store.views.stories(words).stories
        if len(found) == 1:
            thread = store.views.thread(found[0], team=TeamId(team) if team else None)
    if len(found) != 1:
        choose(found, words, zone, json=json)
        raise typer.Exit(1)
    if json:
        print_json(as_json(thread))
        return
    show(thread, zone, everything=everything, limit=limit)


def choose(found: Iterable[Story], what: str, zone: str, *, json: bool) -> None:
    """Say that nothing or too much was found; of several stories each on a line."""
    listed = list(found)
    if json:
        print_json({"error": "not one story", "stories": [{"id": s.id, "title": s.title} for s in listed]})
        return
    if not listed:
        sys.stderr.write(f"no story is or contains {what!r}: `watcher search {what}` looks in all items\n")
        return
    sys.stderr.write(f"{len(listed)} stories are meant, the last seen first; name one by its id:\n")
    rows = [(one.id[:9], f"{one.last_seen.astimezone(ZoneInfo(zone)):%Y-%m-%d}", one.title) for one in listed]
    print_table(("story", "last seen", "began with"), rows)


def as_json(thread: Thread) -> dict[str, object]:
    """The thread as `docs/webhooks.md` has it, with who was told what."""
    from watcher.render import step_payload

    story = thread.story
    return {
        "id": story.id,
        "title": story.title,
        "family": story.family,
        "actors": story.actors,
        "opened": story.opened,
        "last_seen": story.last_seen,
        "closed": story.closed,
        "previous": story.previous,
        "appointment": thread.appointment,
        "developments": [
            {
                **step_payload(step),
                "lane": step.development.lane,
                "value": step.development.value,
                "noise": step.is_noise,
                "reports": step.heard,
                "alerts": [
                    {
                        **{
                            name: getattr(one, name)
                            for name in ("id", "team", "severity", "kind", "lane", "time", "rules")
                        },
                        "deliveries": (step.sent or {}).get(one.id, {}),
                        "acknowledged_by": thread.carers.get(one.id),
                    }
                    for one in step.alerts
                ],
                "holds": [
                    {name: getattr(one, name) for name in ("team", "rules", "reason", "time", "until")}
                    for one in step.holds
                ],
            }
            for step in thread.steps
        ],
    }


def show(thread: Thread, zone: str, *, everything: bool, limit: int) -> None:
    """The timeline in 80 columns, a heading for each day."""
    kept = [step for step in thread.steps if everything or not step.is_noise]
    shown = kept[-limit:]
    out = sys.stdout.write
    out(heading(thread, zone, len(shown)))
    if len(kept) > len(shown):
        out(f"\n{len(kept) - len(shown)} earlier developments; --limit 0 shows them\n")
    day = ""
    for step in shown:
        local = step.development.first_seen.astimezone(ZoneInfo(zone))
        if (today := f"{local:%a %-d %b %Y}") != day:
            day = today
            out(f"\n{day}\n")
        out(told(step, f"{local:%H:%M}", thread, zone))
    if hidden := len(thread.steps) - len(kept):
        out(f"\n{hidden} more stood beside the matter, such as market echoes; --all shows them\n")


def heading(thread: Thread, zone: str, shown: int) -> str:
    """What the story is, since when, and the appointment it is about."""
    from watcher.render import say_value

    one = thread.story
    first, last = (moment.astimezone(ZoneInfo(zone)) for moment in (one.opened, one.last_seen))
    state = "closed" if one.closed else "open"
    days = f"{first:%-d %b}" if first.date() == last.date() else f"{first:%-d %b} to {last:%-d %b}"
    facts = f"{one.id}, {', '.join(one.actors)}, {one.family}, {days} {last:%Y}, {state}, times in {zone}"
    text = paragraph(one.title) + paragraph(facts)
    if thread.appointment:
        meeting = thread.appointment
        day = say_value(meeting.date.isoformat()) if meeting.date else "no day"
        where = say_value(meeting.place).title() if meeting.place else "no place"
        text += paragraph(f"{meeting.kind.capitalize()} on file: {day}, {where}, {meeting.status} (`watcher calendar`)")
    if thread.previous:
        text += paragraph(f"Earlier story: {thread.previous.id} {thread.previous.title}")
    return text if shown else text + "\nNothing but what stands beside the matter; --all shows it\n"


def told(step: Step, clock: str, thread: Thread, zone: str) -> str:
    """One development: kind and status, title, changes, who reported it, who was told; in short what no rule wants."""
    from watcher.render import say_change, say_heard, say_voices

    one = step.development
    count = say_voices(one)
    if not step.alerts and not step.holds:
        said = f"{one.title} ({say_heard(step)}{f'; {count}' if count else ''}; {one.kind}, {one.status})"
        return paragraph(said, indent=INDENT, first=f"{clock:>7}")
    kind = MARKS.get(one.kind, one.kind.upper()) + (", inferred: no report says so" if one.inferred_from else "")
    lines = [f"{clock:>7}  {kind}, {one.status}\n", paragraph(one.title, indent=INDENT)]
    lines += [paragraph(f"{say_change(change)}", indent=INDENT, mark="≠ ") for change in one.changes]
    lines.append(paragraph(say_heard(step) + (f"; {count}" if count else ""), indent=INDENT))
    for alert in step.alerts:
        carer = thread.carers.get(alert.id, "")
        lines.append(paragraph(say_alert(alert, step, zone, carer), indent=INDENT, mark="→ "))
    if not step.alerts:
        lines.append(paragraph(say_silence(step.holds), indent=INDENT, mark="· "))
    later = next((other.development for other in thread.steps if other.development.id == step.undone_by), None)
    if later:
        when = later.first_seen.astimezone(ZoneInfo(zone))
        verb = "retracted" if later.kind == "retracted" else "denied"
        lines.append(paragraph(f"{verb} {when:%a %-d %b, %H:%M}: {later.title}", indent=INDENT, mark="✗ "))
    return "".join(lines)


def say_alert(alert: Alert, step: Step, zone: str, carer: str) -> str:
    """Who was told when, by which rules, and what became of it."""
    when = alert.time.astimezone(ZoneInfo(zone))
    day = "" if alert.time.date() == step.development.first_seen.date() else f"{when:%-d %b} "
    states = (step.sent or {}).get(alert.id, {})
    fate = ", ".join(f"{count} {state}" for state, count in states.items()) or "nothing owed"
    what = f"{alert.severity.upper()}: {', '.join(alert.rules)}"
    care = f"; {carer} takes care of it" if carer else ""
    return f"{alert.team} told {day}{when:%H:%M}, {what} ({fate}; {alert.id[:8]}){care}"


def say_silence(holds: Iterable[Hold]) -> str:
    """Why nobody was told."""
    return "not told: " + "; ".join(f"{hold.team}: {hold.reason}" for hold in holds)
