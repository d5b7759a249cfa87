"""How commands print: tables for people, JSON for programs, problems for both. Untrusted text is never markup."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from watcher.errors import Problem

if TYPE_CHECKING:
    from rich.console import Console

T = TypeVar("T")
WIDTH = 80


def console(*, stderr: bool = False) -> Console:
    """A terminal, plain when the output is not one."""
    from rich.console import Console

    return Console(stderr=stderr, highlight=False, soft_wrap=True)


def plain(value: object) -> object:
    """A value as JSON can hold it: dataclasses by field, times in ISO 8601, intervals in seconds."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, frozenset | set):
        return sorted(str(inner) for inner in value)
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [plain(inner) for inner in value]
    return value


def print_json(value: object) -> None:
    """One JSON document on standard output."""
    sys.stdout.write(json.dumps(plain(value), ensure_ascii=False, indent=2) + "\n")


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, title: str = "") -> None:
    """A table; cells are text as it is, so a headline with `[/x]` in it is shown and not obeyed."""
    from rich.table import Table
    from rich.text import Text

    table = Table(title=title or None, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(Text("" if cell is None else str(cell)) for cell in row))
    console().print(table)


def paragraph(text: str, *, indent: int = 0, mark: str = "", first: str = "") -> str:
    """
    The text in lines of 80 columns at most, each with its end; wide characters count twice.

    Args:
        mark: Stands before the first line; the others are set in as far.
        first: What stands in the space before the first line.
    """
    from rich.console import Console
    from rich.text import Text

    from watcher.render import one_line

    room = WIDTH - indent - len(mark)
    lines = Text(one_line(text)).wrap(Console(width=room), room)
    return "".join(
        f"{first if number == 0 else '':{indent}}{mark if number == 0 else ' ' * len(mark)}{line.plain.rstrip()}\n"
        for number, line in enumerate(lines)
    )


def print_problems(problems: Iterable[Problem]) -> None:
    """One line for each fault, `path:line:column: message`, on standard error."""
    for problem in sorted(problems):
        kind = "warning: " if problem.is_warning else ""
        place, _, message = str(problem).rpartition(f"{problem.message}")[0], "", problem.message
        sys.stderr.write(f"{place}{kind}{message}\n")


def track(items: Iterable[T], *, label: str, total: int | None = None) -> Iterator[T]:
    """The items, with a progress bar on standard error when that is a terminal and it lasts longer than a moment."""
    if not sys.stderr.isatty():
        yield from items
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console(stderr=True), transient=True) as progress:
        yield from progress.track(items, total=total, description=label)


_BARS = "▁▂▃▄▅▆▇█"
_WIDEST = 30


def sparkline(counts: Sequence[int]) -> str:
    """
    A bar for each number, the tallest for the greatest; a space where there is nothing.

    More than 30 numbers are shown as sums of several at a time.
    """
    step = -(-len(counts) // _WIDEST) or 1
    sums = [sum(counts[start : start + step]) for start in range(0, len(counts), step)]
    top = max(sums, default=0)
    return "".join(_BARS[(number * len(_BARS) - 1) // top] if number else " " for number in sums)


@contextmanager
def status(text: str) -> Iterator[None]:
    """A line that says what is being done, while it is being done, on a terminal only."""
    if not sys.stderr.isatty():
        yield
        return
    with console(stderr=True).status(text):
        yield
