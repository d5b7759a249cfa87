"""
Small edits of a rule file that leave every other character as its author wrote it: comments, order, quotes, layout.

A place is a rule, by the line where it begins, and keys below it. What is put in is YAML in flow form, such as
`"a title"` or `{title: "…", lang: fr}`; `flow` writes it. Whoever edits reads the result again before it is kept.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

import yaml

from watcher.yamlfile import Plain

_PLAIN = re.compile(r"[A-Za-z][\w .'-]*[\w.]|[A-Za-z]")
_NULLS = ("null", "yes", "no", "true", "false", "on", "off")


def flow(value: Plain) -> str:
    """A value on one line; texts that could be read as anything else are quoted."""
    match value:
        case None:
            return "~"
        case str():
            is_plain = _PLAIN.fullmatch(value) and value.lower() not in _NULLS
            return value if is_plain else json.dumps(value, ensure_ascii=False)
        case list():
            return f"[{', '.join(map(flow, value))}]"
        case dict():
            return "{" + ", ".join(f"{key}: {flow(inner)}" for key, inner in value.items()) + "}"


def with_member(text: str, line: int, keys: Sequence[str], member: str) -> str | None:
    """
    The text with a member added at the end of a list; keys that are not there are made.

    Args:
        line: Where the rule begins, from 1.
        keys: From the rule to the list, such as `("examples", "quiet")`.

    Returns:
        None: no rule begins there, or something else than a list stands there.
    """
    rule = _mapping_at(text, line)
    return None if rule is None else _add(text, rule, keys, member)


def with_value(text: str, line: int, key: str, value: str) -> str | None:
    """The text with a key that the rule does not have yet; None: it has it, or no rule begins there."""
    rule = _mapping_at(text, line)
    if rule is None or _value(rule, key) is not None:
        return None
    return _append_key(text, rule, key, value)


def without_member(text: str, line: int, keys: Sequence[str], member: str) -> str | None:
    """The text without a plain member of a list; None: it is not there, or the only one."""
    node: yaml.Node | None = _mapping_at(text, line)
    for key in keys:
        node = _value(node, key) if isinstance(node, yaml.MappingNode) else None
    if not isinstance(node, yaml.SequenceNode) or len(node.value) < 2:
        return None
    for place, one in enumerate(node.value):
        if isinstance(one, yaml.ScalarNode) and one.value == member:
            return _cut(text, node, place)
    return None


def _mapping_at(text: str, line: int) -> yaml.MappingNode | None:
    try:
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError:
        return None
    return next((node for node in _mappings(root) if node.start_mark.line == line - 1 and node is not root), None)


def _mappings(node: yaml.Node | None) -> Iterator[yaml.MappingNode]:
    """The mappings of a tree, the outer before the inner."""
    if isinstance(node, yaml.MappingNode):
        yield node
        for _, value in node.value:
            yield from _mappings(value)
    elif isinstance(node, yaml.SequenceNode):
        for one in node.value:
            yield from _mappings(one)


def _value(node: yaml.MappingNode, key: str) -> yaml.Node | None:
    return next((value for name, value in node.value if name.value == key), None)


def _add(text: str, node: yaml.MappingNode, keys: Sequence[str], member: str) -> str | None:
    found = _value(node, keys[0])
    if found is None:
        if len(keys) > 1 and not node.flow_style:
            return _append_block(text, node, keys, member)
        written = f"[{member}]"
        for key in reversed(keys[1:]):
            written = f"{{{key}: {written}}}"
        return _append_key(text, node, keys[0], written)
    if len(keys) > 1:
        return _add(text, found, keys[1:], member) if isinstance(found, yaml.MappingNode) else None
    if isinstance(found, yaml.SequenceNode):
        return _append(text, found, member)
    start, end = found.start_mark.index, found.end_mark.index
    if start == end:
        return f"{text[:start]} [{member}]{text[end:]}"
    own = text[start:end] if not isinstance(found, yaml.ScalarNode) or found.style else flow(found.value)
    return f"{text[:start]}[{own}, {member}]{text[end:]}"


def _append(text: str, node: yaml.SequenceNode, member: str) -> str:
    """A member behind the last one of a list."""
    if node.flow_style:
        at = _end(node.value[-1], text) if node.value else node.start_mark.index + 1
        return f"{text[:at]}{', ' if node.value else ''}{member}{text[at:]}"
    at = _line_end(text, _end(node, text))
    return f"{text[:at]}\n{' ' * node.start_mark.column}- {member}{text[at:]}"


def _append_key(text: str, node: yaml.MappingNode, key: str, value: str) -> str:
    at = _end(node.value[-1][1], text) if node.value else node.start_mark.index + 1
    if node.flow_style:
        return f"{text[:at]}{', ' if node.value else ''}{key}: {value}{text[at:]}"
    at = _line_end(text, at)
    return f"{text[:at]}\n{' ' * node.start_mark.column}{key}: {value}{text[at:]}"


def _append_block(text: str, node: yaml.MappingNode, keys: Sequence[str], member: str) -> str:
    """Keys below each other, and the list's first member below the last of them."""
    at = _line_end(text, _end(node, text))
    column = node.start_mark.column
    lines = [f"{' ' * (column + 2 * depth)}{key}:" for depth, key in enumerate(keys)]
    return "\n".join((text[:at], *lines, f"{' ' * (column + 2 * len(keys))}- {member}")) + text[at:]


def _cut(text: str, node: yaml.SequenceNode, place: int) -> str:
    one = node.value[place]
    if not node.flow_style:
        start = text.rfind("\n", 0, one.start_mark.index) + 1
        return text[:start] + text[_line_end(text, _end(one, text)) + 1 :]
    if place:
        return text[: _end(node.value[place - 1], text)] + text[_end(one, text) :]
    return text[: one.start_mark.index] + text[node.value[1].start_mark.index :]


def _end(node: yaml.Node, text: str) -> int:
    """Behind the last character of a node; blocks seem to end where the next thing begins."""
    if isinstance(node, yaml.MappingNode) and not node.flow_style and node.value:
        return _end(node.value[-1][1], text)
    if isinstance(node, yaml.SequenceNode) and not node.flow_style and node.value:
        return _end(node.value[-1], text)
    end = node.end_mark.index
    return end if node.start_mark.index == end else len(text[:end].rstrip())


def _line_end(text: str, at: int) -> int:
    found = text.find("\n", at)
    return len(text) if found < 0 else found
