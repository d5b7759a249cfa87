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
    from collections.abc import Iterable, Mapping

    from rich.text import Text

    from watcher.matching import Explanation
    from watcher.model import Item, Part, Span
    from watcher.trial import Study

NEAREST, FEW = 5, 3
NEAR = 0.6
"""Nearness from which on a quiet rule is worth a line."""


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
        show(one, found, {code: actor.english for code, actor in ruleset.vocabulary.actors.items()})
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


def show(one: Study, found: list[Explanation], actors: Mapping[str, str]) -> None:
    """The title with deciding words marked, then rule by rule; `actors` are their names by code."""
    from rich.text import Text

    from watcher.model import Part

    out = console()
    fired = [explanation for explanation in found if explanation.fired]
    spans = [evidence.span for explanation in fired for evidence in explanation.evidence]
    out.print(marked(one.document.item.title, spans, Part.TITLE))
    facts = [f"{r.event} {r.status} by {', '.join(actors.get(code, code) for code in r.actors)}" for r in one.reports]
    out.print(Text(f"language {one.document.lang}; reads as: {'; '.join(facts) or 'no diplomatic event'}\n"))
    for told, teams in by_team(fired):
        out.print(Text(f"✓ {told.title} ({teams}){outcome(told)}", style="bold"))
        for line in dict.fromkeys(
            f"{e.clause}: {actors.get(e.name, e.name)} “{e.text}” ({e.origin})" for e in told.evidence
        ):
            out.print(Text(f"    {line}"))
        if told.match and told.match.extract:
            values = ", ".join(f"{name} {value}" for name, value in told.match.extract.items() if name != "status")
            out.print(Text(f"    read out: {values}"))
        for look in told.guards:
            did = "silenced some of the words" if look.silenced else "did not silence it"
            out.print(Text(f"    {look.guard} {did}: {look.reason}"))
    show_quiet(by_team(explanation for explanation in found if not explanation.fired), any_fired=bool(fired))
    sys.stdout.flush()


def show_quiet(quiet: list[tuple[Explanation, str]], *, any_fired: bool) -> None:
    """The rules that came near, and how many did not."""
    from rich.text import Text

    out = console()
    near = quiet
    if len(quiet) > FEW:
        least = NEAR if any_fired or quiet[0][0].nearness >= NEAR else NEAR / 2
        near = [(told, teams) for told, teams in quiet if told.nearness >= least][:NEAREST]
    for told, teams in near:
        out.print(Text(f"· {told.title} ({teams}): {told.reason}"))
        if len(quiet) == 1:
            for clause in told.clauses:
                out.print(Text(f"    {'✓' if clause.met else '✗'} {clause.name}: {clause.said or 'met'}"))
    if others := len(quiet) - len(near):
        said = (
            "1 rule found less of what it looks for"
            if others == 1
            else f"{others} rules found less of what they look for"
        )
        out.print(Text(f"  {said}; --rule ID explains one"))


def by_team(found: Iterable[Explanation]) -> list[tuple[Explanation, str]]:
    """Explanations with the teams that share them: several take one rule of `_shared`."""
    teams: dict[tuple[str, str, str], list[Explanation]] = {}
    for explanation in found:
        teams.setdefault((explanation.rule, explanation.title, explanation.reason), []).append(explanation)
    return [(same[0], ", ".join(one.team for one in same)) for same in teams.values()]


def outcome(told: Explanation) -> str:
    """How firm what was found is, and how the rule rates it."""
    return f": {told.match.status}, {told.match.severity}" if told.match else ""


def marked(text: str, spans: list[Span], part: Part) -> Text:
    """Text for a terminal, with the spans of this part of the item marked."""
    from rich.text import Text

    shown = Text(text)
    for span in spans:
        if span.part is part:
            shown.stylize("bold reverse", span.start, span.end)
    return shown
