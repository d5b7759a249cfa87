"""`watcher why`: what became of an item, for each team and rule, and what would become of one that never came."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from watcher.commands.screen import print_json, print_problems, print_table

if TYPE_CHECKING:
    from watcher.commands.why_screen import Known, Unseen
    from watcher.model import Gap, Item
    from watcher.settings import Settings
    from watcher.store import Store, Watched

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MOST_GAPS = 5


def why(
    what: list[str] = typer.Argument(
        metavar="URL|ID|WORDS|FILE",
        help="An item's address or id, an alert's id, words of a title; or a headline or file that was never seen.",
    ),
    team: str = typer.Option("", "--team", help="Only this team, on its clock."),
    rule: str = typer.Option("", "--rule", help="Only the rule with this id, clause by clause."),
    timezone: str = typer.Option("", "--timezone", help="Show times in this zone, such as Asia/Tokyo."),
    new: bool = typer.Option(False, "--new", help="Do not look for it: say what would happen if it came in now."),
    json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """Why an item was told, to whom and when, or why it was not: never polled, not matched, guarded, repeat, held."""
    from watcher.commands.alerts import opened
    from watcher.commands.why_screen import Wish, as_json, show_known, show_new, show_unread
    from watcher.errors import ConfigError
    from watcher.settings import load_settings
    from watcher.text import canonical_url
    from watcher.wiring.zones import zone_for

    settings, words = load_settings(Path()), " ".join(what)
    wish = Wish(zone_for(settings.rules, team=team, asked=timezone), team, rule)
    with opened() as store:
        is_file = "\n" not in words and len(words) < 500 and Path(words).is_file()
        found = () if new or is_file else store.views.find_items(words, canonical_url(words))
        if len(found) == 1:
            known = known_item(found[0], store, settings)
            print_json(as_json(known, wish)) if json else show_known(known, wish)
        elif found:
            choose(found, wish.zone, json=json)
            raise typer.Exit(1)
        else:
            try:
                unseen = new_item(words, store, settings, looked=not (new or is_file))
            except ConfigError as error:
                sources = near_sources(words, store, settings)
                gaps = near_gaps(sources, store)
                show_unread(sources, gaps, wish, fault="" if json else str(error))
                raise typer.Exit(1) from error
            print_json(as_json(unseen, wish)) if json else show_new(unseen, wish)


def choose(found: tuple[Item, ...], zone: str, *, json: bool) -> None:
    """Several items are meant: each on a line, so that one can be named by its id."""
    from zoneinfo import ZoneInfo

    if json:
        print_json({"error": "not one item", "items": [{"id": i.id, "title": i.title, "url": i.url} for i in found]})
        return
    sys.stderr.write(f"{len(found)} items are meant, the last seen first; name one by its id or address:\n")
    rows = [(i.id[:12], f"{i.seen.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}", i.title) for i in found]
    print_table(("item", f"seen ({zone})", "title"), rows)


def known_item(item: Item, store: Store, settings: Settings) -> Known:
    """What is on file about the item, and what the rules of its day make of it."""
    from watcher.commands.why_screen import Known
    from watcher.wiring.reviewing import review

    account = store.views.account(item.id)
    sent = {alert.id: told.deliveries for alert in account.alerts if (told := store.views.alert(alert.id))}
    source = next((one for one in store.watched() if one.id == item.source), None)
    return Known(account, item, review(item, store.rules, settings.rules), sent, source)


def new_item(words: str, store: Store, settings: Settings, *, looked: bool) -> Unseen:
    """What would become of something that is not in the database; an address is fetched, a file is read."""
    from watcher.commands.explain import item_of
    from watcher.commands.why_screen import Unseen
    from watcher.wiring.reviewing import foretell, review
    from watcher.wiring.rules import load_ruleset

    now = datetime.now(UTC)
    sources = near_sources(words, store, settings)
    item = replace(item_of(words, at=""), seen=now)
    ruleset = load_ruleset(settings.rules)
    print_problems(problem for problem in ruleset.all_problems if not problem.is_warning)
    commit = foretell(item, store, ruleset, now=now)
    known = Unseen(item, review(item, store.rules, settings.rules), commit, sources, near_gaps(sources, store))
    return replace(known, looked=looked)


def near_gaps(sources: tuple[Watched, ...], store: Store) -> tuple[Gap, ...]:
    """Times of these sources, and of watcher itself, of which items may be missing."""
    names = {"", *(one.id for one in sources)}
    found = store.gaps(since=EPOCH) if sources else ()
    return tuple(gap for gap in found if gap.source in names and gap.state != "filled")[:MOST_GAPS]


def near_sources(words: str, store: Store, settings: Settings) -> tuple[Watched, ...]:
    """The sources of the same host as an address, with how their last poll went; empty for a text."""
    from watcher.errors import ConfigError
    from watcher.text import family_of, publisher_of
    from watcher.wiring.watching import read_sources

    if not words.startswith(("http://", "https://")):
        return ()
    try:
        listed, _ = read_sources(settings.sources)
    except ConfigError:
        listed = ()
    asked = family_of(publisher_of(_bare(words)))
    names = {
        one.id
        for one in listed
        if asked in (family_of(publisher_of(_bare(one.address))), family_of(one.publisher or ""))
    }
    return tuple(one for one in store.watched() if one.id in names)


def _bare(url: str) -> Item:
    """An item of nothing but an address, to ask who publishes there."""
    from watcher.model import Item, ItemId

    return Item(ItemId(""), "", url, "", datetime.now(UTC))
