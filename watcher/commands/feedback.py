"""`watcher feedback`: what a reader thinks of an alert, or of an item that raised none."""

from __future__ import annotations

import getpass
import sys
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import typer

from watcher.commands.screen import print_json, print_table

if TYPE_CHECKING:
    from watcher.model import Feedback, Item, RuleId, TeamId
    from watcher.store import Store

VERDICTS = "useful, noise, repeat or missed"
LONGEST_NOTE = 1_000


def feedback(
    what: str = typer.Argument(
        "",
        metavar="ALERT",
        help="An alert's id or its beginning; of what was missed also an item's id, URL or headline.",
    ),
    verdict: str = typer.Argument("", metavar="VERDICT", help=f"{VERDICTS}; with neither, what was said is listed."),
    note: str = typer.Option("", "--note", help="In your words."),
    team: str = typer.Option("", "--team", help="Who missed it; needed when there are several teams."),
    rule: str = typer.Option("", "--rule", help="The rule that should have fired; without it the nearest is sought."),
    json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """Say what an alert was worth, or what was missed; `watcher rules learn` makes examples of it."""
    from watcher.commands.alerts import opened

    with opened() as store:
        if what:
            given = said_of(store, what, verdict, team=team, rule=rule)
            given = replace(given, note=note[:LONGEST_NOTE])
            store.feedback.put(given)
            listed: tuple[Feedback, ...] = (given,)
        else:
            listed = store.feedback.given()
    if json:
        print_json(listed)
        return
    rows = [
        (f"{one.time:%Y-%m-%d %H:%M}", one.team, one.verdict, ", ".join(one.rules), one.by, one.item.title, one.note)
        for one in listed
    ]
    print_table(("time (UTC)", "team", "verdict", "rules", "by", "title", "note"), rows)
    if what:
        sys.stdout.write("kept; next: `watcher rules learn`\n")


def said_of(store: Store, what: str, verdict: str, *, team: str, rule: str) -> Feedback:
    """
    The verdict as a value.

    Raises:
        ConfigError: There is no such alert, item or verdict, or it is not clear which team is meant.
    """
    from watcher.errors import ConfigError, Problem
    from watcher.model import Feedback, RuleId, Verdict

    if verdict not in set(Verdict):
        raise ConfigError([Problem("", 0, 0, f"{verdict!r} is no verdict: say {VERDICTS}", "bad-verdict")])
    now, by = datetime.now(UTC), getpass.getuser()
    if found := store.views.alert(what):
        alert = found.alert
        items = {item.id: item for item in found.items}
        lead = items.get(alert.item) or stand_in(alert.item, found.development.title, found.development.url, now)
        rules: tuple[RuleId, ...] = (RuleId(rule),) if rule else alert.rules
        return Feedback(alert.id, alert.team, by, Verdict(verdict), now, lead, rules, alert.id)
    if verdict != Verdict.MISSED:
        message = f"no alert, or more than one, begins with {what!r}: see `watcher alerts`"
        raise ConfigError([Problem("", 0, 0, message, "no-alert")])
    item = store.views.item(what) or item_named(what)
    return Feedback(item.id, the_team(team), by, Verdict.MISSED, now, item, (RuleId(rule),) if rule else ())


def stand_in(key: str, title: str, url: str, now: datetime) -> Item:
    """An item that retention has dropped, as its development still knows it."""
    from watcher.model import Item, ItemId

    return Item(ItemId(key), title, url, "", now)


def item_named(what: str) -> Item:
    """The page behind an address, or an item of which only the headline is known. Raises ConfigError."""
    from watcher.commands.explain import item_of

    return item_of(what, at="")


def the_team(name: str) -> TeamId:
    """The team that was named, or the only one. Raises ConfigError."""
    from watcher.commands.wire import rules_folder
    from watcher.errors import ConfigError, Problem
    from watcher.model import TeamId
    from watcher.wiring.rules import load_ruleset

    teams = sorted(load_ruleset(rules_folder(None)).teams)
    if name in teams:
        return TeamId(name)
    if not name and len(teams) == 1:
        return teams[0]
    message = f"no team is called {name!r}" if name else "several teams could have missed it"
    raise ConfigError([Problem("", 0, 0, f"{message}: say --team with one of {', '.join(teams)}", "no-team")])
