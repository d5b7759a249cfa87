"""`watcher explain`: why rules fire on a text, or which clause failed and how near it was."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from watcher.commands.screen import console, print_json, print_problems

if TYPE_CHECKING:
    from rich.text import Text

    from watcher.matching import Explanation
    from watcher.model import Item, Part, Span
    from watcher.trial import Study

NEAREST = 5


def explain(
    what: str = typer.Argument(
        metavar="TEXT|FILE|URL", help="A headline, a file whose first line is the title, or a page."
    ),
    rule: str = typer.Option("", "--rule", help="Only the rule with this id."),
    rules: Path | None = typer.Option(
        None, "--rules", help="Folder of team folders; without it the one of the settings."
    ),
    lang: str = typer.Option("", "--lang", help="The language, such as fr; without it it is detected."),
    at: str = typer.Option("", "--at", help="The day it is read at, such as 2026-02-10; without it today."),
    json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """For each rule: the words that made it fire, or the first clause that fails, the nearest rules first."""
    from watcher.matching.explaining import explain_all
    from watcher.trial import scanner_of, study
    from watcher.wiring.rules import load_ruleset

    if rules is None:
        from watcher.settings import load_settings

        rules = load_settings(Path()).rules
    ruleset = load_ruleset(rules)
    print_problems(problem for problem in ruleset.all_problems if not problem.is_warning)
    item = replace(item_of(what, at=at), lang=lang or None)
    one = study(item, ruleset, scanner_of(ruleset))
    found = [
        explanation
        for explanation in explain_all(one.document, one.hits, one.reports, ruleset=ruleset)
        if not rule or explanation.rule == rule
    ]
    if json:
        print_json({"title": item.title, "lang": one.document.lang, "reports": one.reports, "rules": found})
    else:
        show(one, found)
    if not any(explanation.fired for explanation in found):
        raise typer.Exit(1)


def item_of(what: str, *, at: str) -> Item:
    """
    The item to be explained: a page is fetched, a file is read, anything else is the title itself.

    Raises:
        ConfigError: The page or file cannot be read.
    """
    from watcher.errors import ConfigError, Problem
    from watcher.sources.items import to_item

    try:
        now = datetime.fromisoformat(at).replace(tzinfo=UTC) if at else datetime.now(UTC)
    except ValueError as error:
        raise typer.BadParameter(f"{at!r} is no day: write 2026-02-10", param_hint="--at") from error
    if what.startswith(("http://", "https://")):
        from watcher.wiring.pages import read_page

        return read_page(what, now=now)
    title, text = what, ""
    if "\n" not in what and len(what) < 500 and Path(what).is_file():
        try:
            title, _, text = Path(what).read_text(encoding="utf-8").lstrip().partition("\n")
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError([Problem(what, 0, 0, f"cannot be read as text: {error}")]) from error
    item = to_item({"title": title, "text": text}, now=now)
    if item is None:
        raise ConfigError([Problem("", 0, 0, "nothing to explain: give a headline, a file or an address")])
    return item


def show(one: Study, found: list[Explanation]) -> None:
    """The title with deciding words marked, then rule by rule."""
    from rich.text import Text

    from watcher.model import Part

    out = console()
    fired = [explanation for explanation in found if explanation.fired]
    spans = [evidence.span for explanation in fired for evidence in explanation.evidence]
    out.print(marked(one.document.item.title, spans, Part.TITLE))
    facts = [f"{r.event} {r.status} by {', '.join(r.actors)}" for r in one.reports]
    out.print(Text(f"language {one.document.lang}; reads as: {'; '.join(facts) or 'no diplomatic event'}\n"))
    for explanation in fired:
        out.print(Text(f"✓ {explanation.title} ({explanation.team})", style="bold"))
        for evidence in dict.fromkeys((e.clause, e.name, e.text, e.origin) for e in explanation.evidence):
            out.print(Text("    {}: {} “{}” ({})".format(*evidence)))
        for look in explanation.guards:
            out.print(Text(f"    guard {look.guard} looked at “{look.evidence.text}”: {look.reason}"))
    quiet = [explanation for explanation in found if not explanation.fired]
    for explanation in quiet[:NEAREST]:
        out.print(Text(f"· {explanation.title} ({explanation.team}): {explanation.reason}"))
    if len(quiet) > NEAREST:
        out.print(Text(f"  and {len(quiet) - NEAREST} rules that were further away"))
    sys.stdout.flush()


def marked(text: str, spans: list[Span], part: Part) -> Text:
    """Text for a terminal, with the spans of this part of the item marked."""
    from rich.text import Text

    shown = Text(text)
    for span in spans:
        if span.part is part:
            shown.stylize("bold reverse", span.start, span.end)
    return shown
