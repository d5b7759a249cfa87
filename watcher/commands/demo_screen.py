"""How the demo shows a week: what was told and why, what was folded, what stayed quiet and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from watcher.commands.screen import console, plain
from watcher.model import Decision, Kind, Lane
from watcher.render import KIND_WORDS, one_line, reasons_of, say_change

if TYPE_CHECKING:
    from watcher.ingest import Commit
    from watcher.matching import Explanation
    from watcher.model import Alert, Development, Hold, Item

SEVERITY_STYLE = {"info": "dim", "watch": "", "high": "bold", "flash": "bold red"}


@dataclass
class Week:
    """What happened in the replay, for showing."""

    items: dict[str, Item] = field(default_factory=dict)
    commits: list[Commit] = field(default_factory=list)
    near: list[tuple[Item, Explanation]] = field(default_factory=list)
    mails: int = 0
    posts: int = 0


def show(week: Week) -> None:
    """Print it all."""
    from rich.text import Text

    out = console()
    developments = latest(week)
    repeats = repeats_of(week)
    out.print(Text("A week of news, as the desks would have been told\n", style="bold"))
    for (development, lane), alerts in told(week).items():
        show_alert(developments[development], alerts, repeats.get(development, []), week, lane=lane)
    held = [hold for commit in week.commits for hold in commit.holds if not hold.reason.startswith("repeat")]
    show_quiet(week, held)
    total = sum(len(commit.alerts) for commit in week.commits)
    folded = sum(map(len, repeats.values()))
    out.print(
        Text(
            f"\n{len(week.items)} items became {len(told(week))} developments told in {total} alerts to "
            f"{len({a.team for c in week.commits for a in c.alerts})} teams; {folded} repeats were folded. "
            f"Delivered on this machine: {week.mails} mails by SMTP, {week.posts} signed webhooks by HTTP."
        )
    )


def told(week: Week) -> dict[tuple[str, Lane], list[Alert]]:
    """Alerts by development and lane, in the order of time."""
    found: dict[tuple[str, Lane], list[Alert]] = defaultdict(list)
    for commit in week.commits:
        for alert in commit.alerts:
            found[alert.development, alert.lane].append(alert)
    return found


def latest(week: Week) -> dict[str, Development]:
    """Each development as it stood at the end."""
    return {one.id: one for commit in week.commits for one in commit.developments}


def repeats_of(week: Week) -> dict[str, list[Decision]]:
    """Decisions that an item repeats a development, by development."""
    found: dict[str, list[Decision]] = defaultdict(list)
    for commit in week.commits:
        for decision in commit.decisions:
            if decision.kind is Kind.REPEAT:
                found[decision.development].append(decision)
    return found


def show_alert(
    development: Development, alerts: list[Alert], repeats: list[Decision], week: Week, *, lane: Lane
) -> None:
    """One development: what, what changed, who was told and why, and what was folded into it."""
    from rich.text import Text

    out = console()
    first = alerts[0]
    kind = KIND_WORDS[first.kind].upper() + (", IN A DIGEST" if lane is Lane.DIGEST else "")
    head = Text(f"{first.time:%a %d %b %H:%M}  ", style="dim")
    head.append(f"{kind}  ", style="bold cyan")
    lead = week.items[first.item]
    head.append(one_line(lead.title), style=SEVERITY_STYLE[first.severity.value])
    out.print(head)
    for change in development.changes:
        out.print(Text(f"                  changed  {say_change(change)}", style="bold green"))
    if development.inferred_from:
        out.print(Text("                  inferred: no report says so, the dates or places do", style="bold green"))
    for alert in alerts:
        for reason in reasons_of(alert):
            out.print(Text(f"                  {alert.team}: {reason}"))
    if repeats:
        voices = dict.fromkeys(week.items[one.item].source for one in repeats)
        out.print(Text(f"                  folded   {len(repeats)} repeats: {', '.join(voices)}", style="dim"))
    out.print()


def show_quiet(week: Week, held: list[Hold]) -> None:
    """Near misses, and matches that were withheld, with the reasons."""
    from rich.text import Text

    out = console()
    out.print(Text("Stayed quiet", style="bold"))
    for item, nearest in week.near:
        out.print(Text(f"  {one_line(item.title)}"))
        guards = dict.fromkeys(f"{g.guard} “{one_line(g.evidence.text)}”" for g in nearest.guards if g.silenced)
        out.print(Text(f"      {nearest.title}: guard {', '.join(guards)}", style="dim"))
    for hold in {(hold.item, hold.reason): hold for hold in held}.values():
        out.print(Text(f"  {one_line(week.items[hold.item].title)}"))
        out.print(Text(f"      {', '.join(hold.rules)}: {one_line(hold.reason)}", style="dim"))


def as_json(week: Week) -> dict[str, object]:
    """The same as JSON can hold it."""
    return {
        "items": len(week.items),
        "mails": week.mails,
        "webhooks": week.posts,
        "alerts": plain([alert for commit in week.commits for alert in commit.alerts]),
        "repeats": plain([one for decisions in repeats_of(week).values() for one in decisions]),
        "near_misses": [
            {"item": item.id, "title": item.title, "rule": e.rule, "reason": e.reason} for item, e in week.near
        ],
        "holds": plain(list(_holds(week))),
    }


def _holds(week: Week) -> Iterator[Hold]:
    for commit in week.commits:
        yield from commit.holds
