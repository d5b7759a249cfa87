"""Where a replay's items come from: an archive, or what the database of this folder still holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from watcher.errors import Problem
    from watcher.matching import Ruleset
    from watcher.model import Item

DEFAULT_SINCE = "30d"


@dataclass(frozen=True, slots=True)
class Wire:
    """
    Items in the order of `seen`, to be read once.

    Args:
        name: For people.
        total: None: not known before the end.
        bad: What was no item, or came out of order; complete when the items are read.
    """

    name: str
    items: Iterable[Item]
    total: int | None = None
    bad: list[Problem] = field(default_factory=list)


@contextmanager
def wire_of(archive: Path | None, since: str) -> Iterator[Wire]:
    """
    The items of an archive; without one, those of the database.

    Args:
        since: `30d` or a time; empty: all of an archive, the last 30 days of the database.

    Raises:
        ConfigError: The archive cannot be read.
        StoreError: The database cannot be read.
        typer.BadParameter: `since` is no time.
    """
    from watcher.commands.alerts import moment, opened

    now = datetime.now(UTC)
    start = moment(since or DEFAULT_SINCE, now=now) if since or archive is None else None
    if archive is not None:
        from watcher.wiring.archives import read_archive

        bad: list[Problem] = []
        items = ordered(read_archive(archive), bad)
        yield Wire(str(archive), items if start is None else (i for i in items if i.seen >= start), bad=bad)
        return
    if start is None:
        raise AssertionError("without an archive there is a start")
    with opened() as store:
        name = f"the database since {start:%Y-%m-%d %H:%M} UTC"
        yield Wire(name, store.items(since=start), store.count_items(since=start))


def ordered(read: Iterable[Item | Problem], bad: list[Problem]) -> Iterator[Item]:
    """The items; lines that are none, and items that go back in time, are noted in `bad`."""
    from watcher.errors import Problem

    last = None
    for item in read:
        if isinstance(item, Problem):
            bad.append(item)
        elif last is not None and item.seen < last:
            message = f"item {item.id} was seen before the one ahead of it: sort the archive by `seen`"
            bad.append(Problem("", 0, 0, message, "out-of-order"))
        else:
            last = item.seen
            yield item


def rules_folder(rules: Path | None) -> Path:
    """The folder that was asked for, else that of the settings. Raises ConfigError."""
    if rules is not None:
        return rules
    from watcher.settings import load_settings

    return load_settings(Path()).rules


def ruleset_at(place: str, rules: Path) -> Ruleset:
    """
    The rules of a folder of team folders, of `rules` at a git revision, or of `REVISION:FOLDER`.

    Raises:
        ConfigError: It is neither, or none of its rules can run; problems of some are printed.
    """
    from watcher.commands.screen import print_problems
    from watcher.errors import ConfigError, Problem
    from watcher.wiring.rules import load_revision, load_ruleset

    if Path(place).is_dir():
        ruleset = load_ruleset(Path(place))
    else:
        revision, _, folder = place.partition(":")
        ruleset = load_revision(revision, Path(folder) if folder else rules)
    print_problems(problem for problem in ruleset.all_problems if not problem.is_warning)
    if not ruleset.rules:
        raise ConfigError(ruleset.all_problems or [Problem(place, 0, 0, "no team has a rule here", "no-rule")])
    return ruleset
