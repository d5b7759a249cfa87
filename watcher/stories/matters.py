"""
The reports of one item → one report for each matter it is about.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from watcher.model import Part, Report


def matters(reports: Iterable[Report]) -> tuple[Report, ...]:
    """
    The reports of one item, strongest first as `read_facts` gives them, joined where they are about one matter.

    Whoever reads a title reads one piece of news in it, so the title's reports are one, and with them those of the text
    whose actors are among its actors; what the text says of others stands alone. A joined report keeps the event of its
    first part and names the others in `also`.
    """
    joined: list[Report] = []
    for report in reports:
        place = next((n for n, other in enumerate(joined) if _same_matter(report, other)), None)
        if place is None:
            joined.append(report)
        else:
            joined[place] = _join(joined[place], report)
    return tuple(joined)


def _in_title(report: Report) -> bool:
    return bool(report.spans) and report.spans[0].part is Part.TITLE


def _same_matter(report: Report, other: Report) -> bool:
    if _in_title(report) and _in_title(other):
        return True
    mine, theirs = set(report.actors), set(other.actors)
    return mine <= theirs or theirs <= mine


def _join(first: Report, more: Report) -> Report:
    in_title = _in_title(more)
    # Who only says so, and where, takes no part: "Oman confirms", "moved from Muscat".
    widens = in_title and (more.event != "statement" or len(first.actors) < 2)
    return replace(
        first,
        also=tuple(event for event in dict.fromkeys((*first.also, more.event, *more.also)) if event != first.event),
        actors=tuple(sorted({*first.actors, *more.actors})) if widens else first.actors,
        dates=tuple(dict.fromkeys((*first.dates, *more.dates))),
        places=tuple(dict.fromkeys((*first.places, *more.places))),
        counts=tuple(dict.fromkeys((*first.counts, *more.counts))),
        direction=first.direction or more.direction,
        speaker=first.speaker or more.speaker,
        level=first.level or more.level,
        guards=first.guards | more.guards if in_title else first.guards,
    )
