"""`watcher diff`: what a change of rules would have changed."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from watcher.commands.screen import console, plain, print_json, print_problems, print_table, track

if TYPE_CHECKING:
    from rich.text import Text

    from watcher.ingest import Altered, Effect, RuleEffect, Told
    from watcher.matching import Ruleset
    from watcher.model import Item

DIFFERENT = 1
MOST = 20
"""Headlines of a rule in each list for people."""


def diff(
    old: str = typer.Argument(help="A folder of team folders, or a git revision: HEAD, or main:path/to/rules."),
    new: str = typer.Argument("", help="The same; without it the rules as they lie here."),
    archive: Path | None = typer.Option(None, "--archive", help="Items as JSON lines; without it the database."),
    since: str = typer.Option("", help="Only items of the last 12h or 7d, or since 2026-02-04; at first 30d."),
    markdown: bool = typer.Option(False, "--markdown", help="For a comment under a pull request."),
    json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """Alerts gained, lost and changed by an edit of rules, by rule with headlines. Exit status: 0 none, 1 some."""
    from watcher.commands.wire import rules_folder, ruleset_at, wire_of
    from watcher.wiring.rehearsal import unhurried

    folder = rules_folder(None)
    before, after = (unhurried(ruleset_at(place or str(folder), folder)) for place in (old, new))
    with wire_of(archive, since) as wire:
        counted = [0]
        items = counting(track(wire.items, label="replaying both", total=wire.total), counted)
        effect = effect_between(items, before, after)
    print_problems(wire.bad)
    if json:
        print_json({"items": counted[0], **as_json(effect)})
    elif markdown:
        from watcher.commands.diff_markdown import as_markdown

        sys.stdout.write(as_markdown(effect, f"{counted[0]:,} items of {wire.name}"))
    else:
        show(effect, f"{counted[0]:,} items of {wire.name}")
    if not effect.is_none:
        raise typer.Exit(DIFFERENT)


def counting(items: Iterator[Item], count: list[int]) -> Iterator[Item]:
    """The items, counted in `count`."""
    for item in items:
        count[0] += 1
        yield item


def effect_between(items: Iterator[Item], old: Ruleset, new: Ruleset) -> Effect:
    """Both rulesets over the items, in less than twice the time of one."""
    from watcher.ingest import Transcript, effect_of
    from watcher.wiring.rehearsal import rehearse_both

    before, after = Transcript(), Transcript()
    for one, other in rehearse_both(items, old, new):
        before.add(one)
        after.add(other)
    return effect_of(before.told(), after.told())


def figures(effect: Effect) -> str:
    """The sums, in words."""
    sums = f"{len(effect.gained)} gained, {len(effect.lost)} lost, {len(effect.changed)} changed"
    return f"{len(effect.old)} → {len(effect.new)} alerts: {sums}"


def touched(effect: Effect) -> list[tuple[str, str, RuleEffect]]:
    """Team, rule and effect of those that something changed for."""
    return [
        (team, rule, found)
        for (team, rule), found in effect.by_rule().items()
        if found.gained or found.lost or found.changed
    ]


def show(effect: Effect, name: str) -> None:
    """A table of the rules that something changed for, then the headlines of each."""
    from rich.text import Text

    out = console()
    out.print(Text(f"{name}\n{figures(effect)}"))
    found = touched(effect)
    if not found:
        return
    rows = [(t, r, e.before, e.after, len(e.gained), len(e.lost), len(e.changed)) for t, r, e in found]
    print_table(("team", "rule", "before", "after", "gained", "lost", "changed"), rows)
    for team, rule, one in found:
        out.print(Text(f"\n{team}/{rule}", style="bold"))
        for line in (*told("+", one.gained, "green"), *told("-", one.lost, "red")):
            out.print(line)
        for altered in one.changed[:MOST]:
            out.print(Text(f"  ~ {altered.new.time:%m-%d %H:%M}  {altered.new.title}", style="yellow"))
            out.print(Text(f"      {say(altered)}"))
        if (more := len(one.changed) - MOST) > 0:
            out.print(Text(f"  ~ and {more} more; --json has all"))


def told(sign: str, alerts: Sequence[Told], style: str) -> Iterator[Text]:
    """A line for each of the first `MOST` alerts, and one that says how many more there are."""
    from rich.text import Text

    for one in alerts[:MOST]:
        yield Text(f"  {sign} {one.time:%m-%d %H:%M}  {one.title}", style=style)
    if (more := len(alerts) - MOST) > 0:
        yield Text(f"  {sign} and {more} more; --json has all")


def say(altered: Altered) -> str:
    """What differs, in words."""
    return "; ".join(f"{one.slot} {one.before or 'none'} → {one.after or 'none'}" for one in altered.differences)


def as_json(effect: Effect) -> dict[str, object]:
    """Everything, for programs."""
    return {
        "before": len(effect.old),
        "after": len(effect.new),
        "gained": [line(one) for one in effect.gained],
        "lost": [line(one) for one in effect.lost],
        "changed": [{**line(one.new), "differences": plain(one.differences)} for one in effect.changed],
        "rules": [
            {
                "team": team,
                "rule": rule,
                "before": one.before,
                "after": one.after,
                "gained": [told.alert.id for told in one.gained],
                "lost": [told.alert.id for told in one.lost],
                "changed": [altered.new.alert.id for altered in one.changed],
            }
            for team, rule, one in touched(effect)
        ],
    }


def line(one: Told) -> dict[str, object]:
    """An alert, for programs."""
    alert = one.alert
    return {
        "alert": alert.id,
        "team": alert.team,
        "rules": list(alert.rules),
        "severity": alert.severity.value,
        "kind": alert.kind.value,
        "lane": alert.lane.value,
        "time": one.time.isoformat(),
        "item": alert.item,
        "title": one.title,
        "url": one.url,
    }
