"""
`topic and change and not noise`: text → a small tree of names, and its truth.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from watcher.yamlfile import Faults, Node, Scalar, did_you_mean

LIMIT_CONDITION = 500
"""Characters of a condition."""
_DEEPEST = 20
_TOKEN = re.compile(r"\s*(?:([A-Za-z_][A-Za-z0-9_]*)|([()])|(\S))")


@dataclass(frozen=True, slots=True)
class Name:
    """True when the block of that name is met."""

    name: str


@dataclass(frozen=True, slots=True)
class Not:
    """True when the inner one is false."""

    inner: Condition


@dataclass(frozen=True, slots=True)
class All:
    """True when every part is."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Any:
    """True when one part is."""

    parts: tuple[Condition, ...]


Condition = Name | Not | All | Any


def holds(condition: Condition, truth: Callable[[str], bool]) -> bool:
    """Whether the condition is met; `truth` is asked for names from left to right, and no more often than needed."""
    match condition:
        case Name():
            return truth(condition.name)
        case Not():
            return not holds(condition.inner, truth)
        case All():
            return all(holds(part, truth) for part in condition.parts)
        case Any():
            return any(holds(part, truth) for part in condition.parts)


def first_failure(condition: Condition, truth: Callable[[str], bool]) -> Condition | None:
    """The smallest part that makes the condition false: a name, a negated name or a whole alternative; None if met."""
    if holds(condition, truth):
        return None
    if isinstance(condition, All):
        return next(found for part in condition.parts if (found := first_failure(part, truth)))
    return condition


def names_of(condition: Condition, *, positive: bool | None = None) -> Iterator[str]:
    """Names in the order of the text; with `positive` only those under an even (True) or odd number of nots."""
    yield from _names(condition, sign=True, positive=positive)


def _names(condition: Condition, *, sign: bool, positive: bool | None) -> Iterator[str]:
    match condition:
        case Name():
            if positive is None or sign is positive:
                yield condition.name
        case Not():
            yield from _names(condition.inner, sign=not sign, positive=positive)
        case All() | Any():
            for part in condition.parts:
                yield from _names(part, sign=sign, positive=positive)


def say(condition: Condition) -> str:
    """As people write it."""
    match condition:
        case Name():
            return condition.name
        case Not():
            inner = say(condition.inner)
            return f"not {inner}" if isinstance(condition.inner, Name) else f"not ({inner})"
        case All():
            return " and ".join(f"({say(part)})" if isinstance(part, Any) else say(part) for part in condition.parts)
        case Any():
            return " or ".join(say(part) for part in condition.parts)


def parse_condition(node: Node, known: Collection[str], faults: Faults) -> Condition | None:
    """The condition of a rule; None with problems when it is malformed or names no block."""
    text = node.text.strip() if isinstance(node, Scalar) else ""
    if not text or len(text) > LIMIT_CONDITION:
        expected = f"a line such as `topic and not noise`, at most {LIMIT_CONDITION} characters"
        faults.add(node, f"condition: expected {expected}", "wrong-shape")
        return None
    tokens: list[str] = []
    for found in _TOKEN.finditer(text):
        if found[3]:
            faults.add(
                node,
                f"condition: {found[3]!r} is not understood: use names, and, or, not and brackets",
                "bad-condition",
            )
            return None
        tokens.append(found[0].strip())
    try:
        parser = _Parser(tokens)
        condition = parser.read()
    except _ConditionError as error:
        faults.add(node, f"condition: {error}", "bad-condition")
        return None
    unknown = [name for name in names_of(condition) if name not in known]
    for name in dict.fromkeys(unknown):
        offer = did_you_mean(name, known) or f"; there are {', '.join(sorted(known))}"
        faults.add(node, f"condition: no block is called {name!r}{offer}", "unknown-name")
    return None if unknown else condition


class _ConditionError(ValueError):
    pass


class _Parser:
    """Recursive descent: or < and < not < name or brackets."""

    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens
        self.at = 0

    def read(self) -> Condition:
        found = self._any(0)
        if self.at < len(self.tokens):
            raise _ConditionError(f"{self.tokens[self.at]!r} is not expected there: put and/or between two names")
        return found

    def _peek(self) -> str:
        return self.tokens[self.at].lower() if self.at < len(self.tokens) else ""

    def _any(self, depth: int) -> Condition:
        parts = [self._all(depth)]
        while self._peek() == "or":
            self.at += 1
            parts.append(self._all(depth))
        return parts[0] if len(parts) == 1 else Any(tuple(parts))

    def _all(self, depth: int) -> Condition:
        parts = [self._not(depth)]
        while self._peek() == "and":
            self.at += 1
            parts.append(self._not(depth))
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def _not(self, depth: int) -> Condition:
        if depth > _DEEPEST:
            raise _ConditionError(f"brackets and nots more than {_DEEPEST} deep")
        word = self._peek()
        if word == "not":
            self.at += 1
            return Not(self._not(depth + 1))
        if word == "(":
            self.at += 1
            inner = self._any(depth + 1)
            if self._peek() != ")":
                raise _ConditionError("a bracket is not closed")
            self.at += 1
            return inner
        if not word or word in ("and", "or", ")"):
            raise _ConditionError(f"a name is missing {'at the end' if not word else f'before {word!r}'}")
        self.at += 1
        return Name(self.tokens[self.at - 1])
