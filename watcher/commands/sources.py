"""`watcher sources`: what is watched, how it fares, and what should be written differently."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from watcher.commands.screen import print_json, print_problems, print_table, track
from watcher.commands.status import ago

if TYPE_CHECKING:
    from collections.abc import Mapping

    from watcher.model import Source, SourceId
    from watcher.store import Watched

SHOWN = 15

app = typer.Typer(help="What is watched, how it fares, and what should be written differently.", no_args_is_help=True)


@app.command("list")
def list_sources(
    failing: bool = typer.Option(False, "--failing", help="Only those whose last poll failed."),
    json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """Every source: how often it is read and why so, what it publishes, how its last poll ended."""
    listed, known = _listed(), _known()
    now = datetime.now(UTC)
    rows = [(source, known.get(source.id)) for source in listed.values()]
    if failing:
        rows = [(source, found) for source, found in rows if found and found.cursor.failures]
    if json:
        print_json([{"source": source, "state": found} for source, found in rows])
        return
    columns = ("source", "kind", "read every", "items a day", "last poll", "outcome", "next")
    print_table(columns, [_row(source, found, now=now) for source, found in rows])


@app.command("moved")
def moved(
    write: bool = typer.Option(False, "--write", help="Change the addresses in the files, and nothing else in them."),
) -> None:
    """Sources that moved for good, each as the edit that says so; they are read at the new place meanwhile."""
    from watcher.settings import load_settings
    from watcher.wiring.watching import replace_addresses

    listed, known = _listed(), _known()
    edits = {
        source.address: found.cursor.moved_to
        for source in listed.values()
        if (found := known.get(source.id)) and found.cursor.moved_to and found.cursor.address == source.address
    }
    if not edits:
        sys.stdout.write("no source has moved\n")
        return
    for place, old, new in replace_addresses(load_settings(Path()).sources, edits, write=write):
        sys.stdout.write(f"{place}: {'changed' if write else 'moved'}\n  - {old}\n  + {new}\n")
    if not write:
        sys.stdout.write("`watcher sources moved --write` makes these edits\n")


@app.command("try")
def try_one(
    what: str = typer.Argument(metavar="URL|ID", help="An address, or the name of a source in your list."),
    items: str = typer.Option("", "--items", help="CSS selector of what holds one item: read the address as a page."),
    title: str = typer.Option("", "--title", help="With --items: the selector of the title inside."),
    private: bool = typer.Option(False, "--private", help="Allow addresses of private networks."),
) -> None:
    """Ask a source once and show what would be taken; of a home page, the feeds that it names. Remembers nothing."""
    from watcher.model import Failed
    from watcher.settings import load_settings
    from watcher.wiring.trying import try_source

    tried = try_source(load_settings(Path()), _source_of(what, items, title, private=private))
    if tried.moved_to:
        sys.stdout.write(f"moved for good to {tried.moved_to}\n")
    if isinstance(tried.parsed, Failed):
        sys.stdout.write(f"{tried.parsed.reason}: {tried.parsed.detail}\n")
        for address, name in tried.feeds:
            sys.stdout.write(f"the page names a feed: {address}  {name[:80]}\n")
        if tried.feeds:
            sys.stdout.write(f"`watcher sources try {tried.feeds[0][0]}` shows what is in it\n")
        raise typer.Exit(1)
    found = tried.parsed
    rows = [
        (f"{i.published:%Y-%m-%d %H:%M}" if i.published else "", i.lang, i.title, i.url) for i in found.items[:SHOWN]
    ]
    print_table(("published (UTC)", "lang", "title", "address"), rows)
    said = [f"{len(found.items)} items"]
    if found.ttl:
        said.append(f"says that it changes every {span(found.ttl)}")
    said.append("older pages can be read" if found.older else "no older pages")
    sys.stdout.write(f"{', '.join(said)}\n")


@app.command("check")
def check(
    seeds: bool = typer.Option(False, "--seeds", help="The lists that come with watcher, instead of yours."),
    json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """Ask every source of your list once, over the network; exit status 1 when one cannot be read."""
    from watcher.model import Failed
    from watcher.settings import load_settings
    from watcher.wiring.folders import shipped
    from watcher.wiring.trying import try_sources
    from watcher.wiring.watching import read_sources

    settings = load_settings(Path())
    sources, problems = read_sources(shipped("seeds")) if seeds else read_sources(settings.sources)
    print_problems(problems)
    tried = list(track(try_sources(settings, sources), label="asking", total=len(sources)))
    bad = [(one, one.parsed) for one in tried if isinstance(one.parsed, Failed)]
    if json:
        rows = [{"source": t.source.id, "failed": t.parsed if isinstance(t.parsed, Failed) else None} for t in tried]
        print_json(rows)
    else:
        print_table(("cannot be read", "why", "detail"), [(t.source.id, why.reason, why.detail) for t, why in bad])
        sys.stdout.write(f"{len(tried) - len(bad)} of {len(tried)} can be read\n")
    if bad or problems:
        raise typer.Exit(1)


def _source_of(what: str, items: str, title: str, *, private: bool) -> Source:
    from watcher.model import Source, SourceId

    if "://" not in what:
        if found := _listed().get(SourceId(what)):
            return found
        raise typer.BadParameter(f"no source is called {what!r}, and an address begins with https://")
    pick = {"items": items, "title": title}
    kind = "page" if items else "feed"
    written = tuple((key, value) for key, value in pick.items() if value) if items else ()
    return Source(SourceId("try"), kind, what, private=private, pick=written)


def _row(source: Source, found: Watched | None, *, now: datetime) -> tuple[object, ...]:
    from watcher.schedule import own_interval

    if found is None or found.cursor.polled_at is None:
        return (source.id, source.kind, span(source.every), "", "never", "", "")
    cursor = found.cursor
    every = span(own_interval(source, cursor)) + (" (learnt)" if source.between else "")
    rate = "" if cursor.rate is None else f"{cursor.rate * 24:.1f}"
    said = " ".join(part for part in (found.outcome or "", found.detail) if part)
    wait = max(found.next_poll - now, timedelta())
    return (source.id, source.kind, every, rate, ago(cursor.polled_at, now), said, f"in {span(wait)}")


def span(wait: timedelta) -> str:
    """A length of time in its largest units, such as `7.5 min`."""
    seconds = wait.total_seconds()
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * size or (seconds >= size and unit == "min"):
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds:.0f} s"


def _listed() -> Mapping[SourceId, Source]:
    """The sources on file; what is wrong with the others is said."""
    from watcher.settings import load_settings
    from watcher.wiring.watching import read_sources

    sources, problems = read_sources(load_settings(Path()).sources)
    print_problems(problems)
    return {source.id: source for source in sources}


def _known() -> Mapping[SourceId, Watched]:
    from watcher.settings import load_settings
    from watcher.store import open_store

    store = open_store(load_settings(Path()).database)
    try:
        return {found.id: found for found in store.watched()}
    finally:
        store.close()
