"""The effect of an edit of rules as Markdown for a pull request. Headlines are shown as they are, never obeyed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING
from urllib.parse import quote

from watcher.commands.diff import MOST, figures, say, touched

if TYPE_CHECKING:
    from watcher.ingest import Effect, RuleEffect, Told

_MARKS = re.compile(r"([\\`*_\[\]<>#|~@&:])")
LONGEST = 60_000
"""Characters of a comment; GitHub refuses more than 65,536."""


def as_markdown(effect: Effect, name: str) -> str:
    """Figures, a table by rule, and folded lists of headlines, as long as a comment may be."""
    lines = [f"### watcher: {figures(effect)}", "", f"Replayed: {escaped(name)}.", ""]
    found = touched(effect)
    if not found:
        return "\n".join((*lines[:3], "", "No team would have been told anything else.", ""))
    lines += ["| team | rule | before | after | gained | lost | changed |", "|---|---|--:|--:|--:|--:|--:|"]
    for team, rule, one in found:
        sums = (one.before, one.after, len(one.gained), len(one.lost), len(one.changed))
        lines.append(f"| {escaped(team)} | {escaped(rule)} | {' | '.join(map(str, sums))} |")
    text = "\n".join((*lines, ""))
    for team, rule, one in found:
        part = "\n".join(("", f"<details><summary>{escaped(team)}/{escaped(rule)}</summary>", "", *lists(one)))
        if len(text) + len(part) > LONGEST:
            return f"{text}\nThe other headlines do not fit into a comment.\n"
        text += f"{part}\n</details>\n"
    return text


def lists(one: RuleEffect) -> Iterator[str]:
    """The headlines that a rule gained and lost, and what changed about others."""
    for heading, alerts in (("Gained", one.gained), ("Lost", one.lost)):
        if alerts:
            yield from (f"**{heading}**", "", *bullets(alerts), "")
    if one.changed:
        yield from ("**Changed**", "")
        for altered in one.changed[:MOST]:
            yield f"- {linked(altered.new)}: {escaped(say(altered))}"
        yield from more(len(one.changed))
        yield ""


def bullets(alerts: Sequence[Told]) -> Iterator[str]:
    """A line for each of the first `MOST` alerts."""
    for one in alerts[:MOST]:
        yield f"- {one.time:%Y-%m-%d %H:%M} {linked(one)}"
    yield from more(len(alerts))


def more(number: int) -> Iterator[str]:
    """How many are not shown."""
    if number > MOST:
        yield f"- and {number - MOST} more"


def linked(one: Told) -> str:
    """The headline, as a link where there is an address."""
    title = escaped(one.title) or "without a title"
    if not one.url.startswith(("http://", "https://")):
        return title
    return f"[{title}](<{quote(one.url, safe=':/?&=#%+,;@~!$*')}>)"


def escaped(text: str) -> str:
    """Text of others: one line, and no sign of it means anything; a name behind `@` calls nobody."""
    return _MARKS.sub(r"\\\1", " ".join(text.split())).replace("@", "@\u200b")
