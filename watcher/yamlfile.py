"""
YAML text → nodes with marks, and Problems; and small readers that take nodes apart and collect every fault.

A narrow YAML on purpose: every scalar is a string (`NO`, `12:30` and `2026-02-18` keep their text), a key stands once,
and anchors, aliases, merges, tags and second documents are refused. Reads no file and edits none: it takes text.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

import yaml

from watcher.errors import Problem

LIMIT_BYTES = 1_000_000
"""Largest text that is read; a thousand long rules are a third of it."""
LIMIT_DEPTH = 40
"""Deepest nesting that is read; the deepest sensible rule file nests about ten."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NULLS = frozenset({"", "~", "null"})
_TRUTHS = {"yes": True, "true": True, "on": True, "no": False, "false": False, "off": False}
_UNITS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400, "w": 7 * 86400}
_WORDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 7 * 86400}
_LONGEST = 10 * 366 * 86400  # ten years in seconds: more is a slip of the keyboard, and timedelta overflows later


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value as text; `plain` when it stands without quotes."""

    path: str
    line: int
    column: int
    text: str
    plain: bool = True

    @property
    def is_null(self) -> bool:
        """Whether nothing was written: an empty value, `~` or `null`, without quotes."""
        return self.plain and self.text.lower() in _NULLS


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list of nodes."""

    path: str
    line: int
    column: int
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping, in the order of the file; keys are unique scalars."""

    path: str
    line: int
    column: int
    entries: tuple[tuple[Scalar, Node], ...]

    def get(self, key: str) -> Node | None:
        """The value of `key`; None when it is not there."""
        return next((value for name, value in self.entries if name.text == key), None)

    def __iter__(self) -> Iterator[tuple[Scalar, Node]]:
        return iter(self.entries)


Node = Scalar | Sequence | Table
Plain = str | None | list["Plain"] | dict[str, "Plain"]


class Faults:
    """
    Collects what is wrong with what a person wrote, so that all of it is shown together.

    Every `read_…` function takes one and answers None where it added a problem.
    """

    def __init__(self) -> None:
        self._problems: list[Problem] = []

    def add(self, node: Node, message: str, code: str = "invalid") -> None:
        """Note a problem at the place of `node`."""
        self._problems.append(Problem(node.path, node.line, node.column, message, code))

    def extend(self, problems: Iterable[Problem]) -> None:
        """Take over problems found elsewhere."""
        self._problems.extend(problems)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Everything noted so far, by file, line and column."""
        return tuple(sorted(self._problems))

    @property
    def is_fatal(self) -> bool:
        """Whether anything more than a warning was noted."""
        return any(not problem.is_warning for problem in self._problems)

    def __len__(self) -> int:
        return len(self._problems)


# ── Text to nodes ──────────────────────────────────────────────────────────────────────────────────────────────


def parse(text: str, path: str) -> tuple[Node | None, tuple[Problem, ...]]:
    """
    The tree of one YAML document and what is wrong with it.

    Args:
        path: How the file is called in problems.

    Returns:
        None for the tree when the file is empty or cannot be read at all; with duplicate keys, tags or anchors the tree
        is given as far as it makes sense, and the problems say that it must not be used.
    """
    size = len(text) if text.isascii() else len(text.encode("utf-8", "replace"))
    if size > LIMIT_BYTES:
        remedy = f"the file has {size:,} bytes, at most {LIMIT_BYTES:,} are read: split it"
        return None, (Problem(path, 0, 0, remedy, "too-large"),)
    builder = _Builder(path)
    try:
        loader = _LOADER(text)
    except (yaml.YAMLError, UnicodeError):
        return None, (_unreadable(text, path),)
    try:
        while loader.check_event():
            builder.take(loader.get_event())
    except _TooDeepError as error:
        return None, (*builder.problems, error.problem)
    except yaml.MarkedYAMLError as error:
        return None, (*builder.problems, _syntax(error, path))
    except (yaml.YAMLError, UnicodeError):
        return None, (*builder.problems, _unreadable(text, path))
    finally:
        loader.dispose()
    return builder.root, tuple(sorted(builder.problems))


def to_plain(node: Node) -> Plain:
    """Strings, lists and dicts without marks; None for what `Scalar.is_null` calls nothing."""
    match node:
        case Scalar():
            return None if node.is_null else node.text
        case Sequence():
            return [to_plain(item) for item in node.items]
        case Table():
            return {key.text: to_plain(value) for key, value in node.entries}


class _TooDeepError(Exception):
    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(str(problem))


class _Open:
    """A list or mapping whose end was not seen yet; a mapping holds keys and values in turn."""

    __slots__ = ("is_table", "nodes", "place")

    def __init__(self, place: tuple[str, int, int], *, is_table: bool) -> None:
        self.place = place
        self.is_table = is_table
        self.nodes: list[Node] = []


class _Builder:
    """Takes parser events, so that depth is bounded and anchors are seen, which composed nodes no longer show."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.root: Node | None = None
        self.problems: list[Problem] = []
        self._open: list[_Open] = []

    def take(self, event: yaml.Event) -> None:
        """Add one event to the tree."""
        mark = event.start_mark
        place = (self.path, mark.line + 1, mark.column + 1) if mark else (self.path, 0, 0)
        if isinstance(event, yaml.ScalarEvent):
            self._refuse_marks(event, place)
            self._add(Scalar(*place, event.value, not event.style))
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            self._refuse_marks(event, place)
            if len(self._open) >= LIMIT_DEPTH:
                raise _TooDeepError(
                    Problem(*place, f"nested more than {LIMIT_DEPTH} deep: write it flatter", "too-deep")
                )
            self._open.append(_Open(place, is_table=isinstance(event, yaml.MappingStartEvent)))
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            closed = self._open.pop()
            self._add(self._table(closed) if closed.is_table else Sequence(*closed.place, tuple(closed.nodes)))
        elif isinstance(event, yaml.AliasEvent):
            self._refuse(place, f"an alias (*{event.anchor}) is not read: write the value again or use `include`")
            self._add(Scalar(*place, ""))
        elif isinstance(event, yaml.DocumentStartEvent) and self.root is not None:
            self._refuse(place, "a second document (---) is not read: put it into its own file")

    def _add(self, node: Node) -> None:
        if self._open:
            self._open[-1].nodes.append(node)
        elif self.root is None:
            self.root = None if isinstance(node, Scalar) and node.is_null else node

    def _table(self, closed: _Open) -> Table:
        entries: dict[str, tuple[Scalar, Node]] = {}
        for key, value in zip(closed.nodes[::2], closed.nodes[1::2], strict=True):
            place = (key.path, key.line, key.column)
            if not isinstance(key, Scalar):
                self._refuse(place, "a key must be one word or phrase, not a list or mapping")
            elif key.text == "<<" and key.plain:
                self._refuse(place, "a merge (<<) is not read: use `include` or `extends`")
            elif key.text in entries:
                first = entries[key.text][0].line
                message = f"the key {key.text!r} stands twice, first in line {first}: keep one of them"
                self.problems.append(Problem(*place, message, "duplicate-key"))
            else:
                entries[key.text] = (key, value)
        return Table(*closed.place, tuple(entries.values()))

    def _refuse_marks(self, event: yaml.NodeEvent, place: tuple[str, int, int]) -> None:
        if event.anchor is not None:
            self._refuse(place, f"an anchor (&{event.anchor}) is not read: put quotes around a text that begins with &")
        tag = getattr(event, "tag", None)
        if tag is not None and not (tag == "!" and getattr(event, "style", None)):
            self._refuse(place, f"a tag ({tag}) is not read: put quotes around a text that begins with !")

    def _refuse(self, place: tuple[str, int, int], message: str) -> None:
        self.problems.append(Problem(*place, message, "unsupported-yaml"))


def _syntax(error: yaml.MarkedYAMLError, path: str) -> Problem:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
    said = " ".join(part for part in (error.context, error.problem) if part) or "cannot be read"
    if "maximum nesting" in said:
        return Problem(path, line, column, f"nested more than {LIMIT_DEPTH} deep: write it flatter", "too-deep")
    return Problem(path, line, column, f"not YAML: {said} (a missing quote, a tab, or wrong indentation?)", "bad-yaml")


def _unreadable(text: str, path: str) -> Problem:
    """Control characters and lone surrogates, which YAML forbids."""
    at = next(
        (n for n, c in enumerate(text) if (c < " " and c not in "\t\n\r") or "\ud800" <= c <= "\udfff" or c == "\x7f"),
        None,
    )
    if at is None:
        return Problem(path, 0, 0, "not YAML: the text cannot be decoded", "bad-yaml")
    line, start = text.count("\n", 0, at) + 1, text.rfind("\n", 0, at) + 1
    message = f"a control character (U+{ord(text[at]):04X}) is not allowed: delete it"
    return Problem(path, line, at - start + 1, message, "bad-yaml")


# ── Nodes to values ────────────────────────────────────────────────────────────────────────────────────────────


def nearest(name: str, names: Iterable[str]) -> str | None:
    """The one of `names` that `name` is most likely a slip for; None when nothing is near."""
    from rapidfuzz import fuzz, process

    folded = {candidate.casefold(): candidate for candidate in names}
    found = process.extractOne(name.casefold(), folded.keys(), scorer=fuzz.ratio, score_cutoff=66)
    return folded[found[0]] if found else None


def did_you_mean(name: str, names: Iterable[str]) -> str:
    """` (did you mean "sport"?)`, to be put after a message; empty when nothing is near."""
    near = nearest(name, names)
    return f' (did you mean "{near}"?)' if near else ""


def read_fields(node: Node, known: Collection[str], faults: Faults) -> Mapping[str, Node]:
    """The entries of a mapping by key; keys that are not `known` are problems and left out."""
    if not isinstance(node, Table):
        faults.add(node, f"expected a mapping with keys such as {', '.join(sorted(known)[:4])}", "wrong-shape")
        return {}
    found: dict[str, Node] = {}
    for key, value in node.entries:
        if key.text in known:
            found[key.text] = value
            continue
        offer = did_you_mean(key.text, known) or f"; known here: {', '.join(sorted(known))}"
        faults.add(key, f"{key.text}: no such key{offer}", "unknown-key")
    return found


def read_text(node: Node, faults: Faults, *, limit: int = 10_000) -> str | None:
    """One text that is not empty and has at most `limit` characters."""
    if not isinstance(node, Scalar):
        faults.add(node, "expected one text, not a list or mapping", "wrong-shape")
    elif node.is_null or not node.text.strip():
        faults.add(node, "expected a text, found nothing", "wrong-shape")
    elif len(node.text) > limit:
        faults.add(node, f"a text of {len(node.text):,} characters: at most {limit:,} are read", "too-large")
    else:
        return node.text.strip()
    return None


def read_list(node: Node) -> tuple[Node, ...]:
    """The members of a list; a value that stands alone is a list of one, an empty value a list of none."""
    match node:
        case Sequence():
            return node.items
        case Scalar() if node.is_null:
            return ()
        case _:
            return (node,)


def read_texts(node: Node, faults: Faults, *, limit: int = 1000) -> tuple[Scalar, ...]:
    """A list of texts with their places; one may stand alone."""
    nodes = read_list(node)
    if len(nodes) > limit:
        faults.add(node, f"a list of {len(nodes):,}: at most {limit:,} are read", "too-large")
        return ()
    texts = []
    for item in nodes:
        if isinstance(item, Scalar) and item.text.strip():
            texts.append(item)
        else:
            faults.add(item, "expected a text here", "wrong-shape")
    return tuple(texts)


def read_truth(node: Node, faults: Faults) -> bool | None:
    """`yes` or `no`, also true/false and on/off in any case."""
    if isinstance(node, Scalar) and (truth := _TRUTHS.get(node.text.strip().lower())) is not None:
        return truth
    faults.add(node, f"expected yes or no, found {_said(node)}", "wrong-shape")
    return None


def read_number(node: Node, faults: Faults, *, low: int = 0, high: int = 1_000_000) -> int | None:
    """A whole number in `low`..`high`."""
    if isinstance(node, Scalar) and re.fullmatch(r"-?[0-9]{1,9}", node.text.strip()):
        number = int(node.text)
        if low <= number <= high:
            return number
    faults.add(node, f"expected a whole number from {low:,} to {high:,}, found {_said(node)}", "wrong-shape")
    return None


def read_choice(node: Node, choices: Collection[str], faults: Faults, *, key: str = "") -> str | None:
    """One of `choices`, as spelled there; `key` begins the message."""
    if isinstance(node, Scalar) and node.text.strip() in choices:
        return node.text.strip()
    said = node.text if isinstance(node, Scalar) else ""
    listed = " or ".join(filter(None, [", ".join(tuple(choices)[:-1]), *tuple(choices)[-1:]]))
    start = f"{key}: " if key else ""
    faults.add(node, f"{start}{_said(node)} is not {listed}{did_you_mean(said, choices)}", "unknown-value")
    return None


def read_duration(node: Node, faults: Faults) -> timedelta | None:
    """`90s`, `20m`, `2h`, `30d`, `1w`, also `20 minutes` or `hour`; longer than none, at most ten years."""
    said = node.text.strip().lower() if isinstance(node, Scalar) else ""
    found = re.fullmatch(r"([0-9]{1,6})?\s*([a-z]+)", said)
    if found:
        number, unit = int(found[1] or 1), found[2]
        seconds = (_UNITS.get(unit) if found[1] else None) or _WORDS.get(unit.removesuffix("s"))
        if seconds and 0 < number * seconds <= _LONGEST:
            return timedelta(seconds=number * seconds)
    faults.add(node, f"expected a time span such as 20m, 2h or 30d, found {_said(node)}", "wrong-shape")
    return None


def read_clock(node: Node, faults: Faults) -> int | None:
    """A time of day such as `06:30`, as minutes after midnight."""
    said = node.text.strip() if isinstance(node, Scalar) else ""
    if found := re.fullmatch(r"([01]?[0-9]|2[0-3])[:.]([0-5][0-9])", said):
        return int(found[1]) * 60 + int(found[2])
    faults.add(node, f"expected a time of day such as 06:30, found {_said(node)}", "wrong-shape")
    return None


def _said(node: Node) -> str:
    if isinstance(node, Scalar):
        return repr(node.text[:60]) if node.text else "nothing"
    return "a list" if isinstance(node, Sequence) else "a mapping"
