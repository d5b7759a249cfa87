"""
Examples in rule files → items to be read, and whether what came of them is what their author vouched for.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time

from watcher.matching.extract import EXTRACTS
from watcher.matching.library import Library
from watcher.matching.spec import LIMIT_EXAMPLES, LIMIT_TEXT, Example, Tale
from watcher.matching.terms import read_lang
from watcher.model import Item, ItemId, Match
from watcher.yamlfile import (
    Faults,
    Node,
    Scalar,
    Sequence,
    Table,
    read_choice,
    read_duration,
    read_fields,
    read_list,
    read_text,
)

DEFAULT_DAY = date(2026, 2, 2)
"""When examples are read at in a file without `as_of`; there is a warning about it."""
BECOMES = ("new", "update", "repeat", "possible", "retracted", "quiet")
_ITEM_KEYS = ("title", "text", "lang", "source", "url", "published", "expect")
_STEP_KEYS = ("at", "title", "text", "lang", "source", "url", "expect", "changed")
_NOON = time(12, 0, tzinfo=UTC)
_LONGEST_TEXT = 20_000


def read_day(node: Node, faults: Faults) -> date | None:
    """A calendar day such as `2026-02-10`."""
    said = node.text.strip() if isinstance(node, Scalar) else ""
    try:
        return date.fromisoformat(said)
    except ValueError:
        faults.add(node, f"expected a day such as 2026-02-10, found {said[:40]!r}", "wrong-shape")
        return None


def _read_moment(node: Node, faults: Faults) -> datetime | None:
    said = node.text.strip() if isinstance(node, Scalar) else ""
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", said):
            return datetime.combine(date.fromisoformat(said), _NOON)
        moment = datetime.fromisoformat(said)
    except ValueError:
        faults.add(node, f"expected a time such as 2026-02-10T08:30Z, found {said[:40]!r}", "wrong-shape")
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def read_examples(
    node: Node, library: Library, as_of: date | None, faults: Faults
) -> tuple[tuple[Example, ...], tuple[Tale, ...]]:
    """Single items that must or must not alert, and stories told in steps."""
    fields = read_fields(node, ("alert", "quiet", "story"), faults)
    noon = datetime.combine(as_of or DEFAULT_DAY, _NOON)
    found: list[Example] = []
    for kind in ("alert", "quiet"):
        members = library.members(fields[kind], faults) if kind in fields else ()
        found += [example for member in members if (example := _example(member, kind, noon, faults))]
    tales: list[Tale] = []
    if "story" in fields:
        steps = read_list(fields["story"])
        stories = steps if steps and isinstance(steps[0], Sequence) else (fields["story"],)
        tales = [tale for story in stories if (tale := _tale(story, noon, faults))]
    if len(found) + sum(len(tale.steps) for tale in tales) > LIMIT_EXAMPLES:
        faults.add(node, f"examples: more than {LIMIT_EXAMPLES} for one rule: keep the telling ones", "too-many")
        return (), ()
    return tuple(found), tuple(tales)


def _example(node: Node, kind: str, noon: datetime, faults: Faults) -> Example | None:
    if not isinstance(node, Table):
        title = read_text(node, faults, limit=LIMIT_TEXT * 2)
        return Example(node, kind, title, noon) if title else None
    if len(node.entries) == 1 and node.entries[0][0].text not in _ITEM_KEYS:
        faults.add(node, "a title with a colon needs quotes around it", "wrong-shape")
        return None
    fields = read_fields(node, _ITEM_KEYS, faults)
    published = _read_moment(fields["published"], faults) if "published" in fields else noon
    expect: dict[str, str] = {}
    if "expect" in fields:
        if kind == "quiet":
            faults.add(fields["expect"], "expect: a quiet example has nothing to extract: take it out", "wrong-shape")
        expected = read_fields(fields["expect"], EXTRACTS, faults)
        expect = {name: text for name, value in expected.items() if (text := read_text(value, faults))}
    return _item_example(node, fields, kind, published or noon, faults=faults, expect=expect)


def _item_example(
    node: Node, fields: Mapping[str, Node], kind: str, published: datetime, *, faults: Faults, expect: Mapping[str, str]
) -> Example | None:
    if "title" not in fields:
        faults.add(node, "an example needs a title", "missing-key")
        return None
    title = read_text(fields["title"], faults, limit=LIMIT_TEXT * 2)
    texts = {
        key: read_text(fields[key], faults, limit=_LONGEST_TEXT) or ""
        for key in ("text", "source", "url")
        if key in fields
    }
    lang = read_lang(fields["lang"], faults) if "lang" in fields else None
    if title is None:
        return None
    text, source, url = (texts.get(key, default) for key, default in (("text", ""), ("source", "example"), ("url", "")))
    return Example(node, kind, title, published, text=text, lang=lang, source=source, url=url, expect=expect)


def _tale(node: Node, noon: datetime, faults: Faults) -> Tale | None:
    steps: list[Example] = []
    moment = noon
    for member in read_list(node):
        if not isinstance(member, Table):
            faults.add(member, "a story is told in steps: {at: '+2h', title: …, expect: update}", "wrong-shape")
            continue
        fields = read_fields(member, _STEP_KEYS, faults)
        if "at" in fields:
            moment = _step_time(fields["at"], noon, faults) or moment
        kind = read_choice(fields["expect"], BECOMES, faults) if "expect" in fields else None
        if "expect" not in fields:
            faults.add(member, f"a step of a story needs `expect`: one of {', '.join(BECOMES)}", "missing-key")
        step = _item_example(member, fields, kind or "new", moment, faults=faults, expect={})
        if step:
            changed = _changed(fields["changed"], faults) if "changed" in fields else {}
            steps.append(replace(step, changed=changed))
    return Tale(node, tuple(steps)) if steps else None


def _step_time(node: Node, noon: datetime, faults: Faults) -> datetime | None:
    """`+2h` after noon of `as_of`."""
    said = node.text.strip() if isinstance(node, Scalar) else ""
    if said in ("0", "+0", "+0h"):
        return noon
    if not said.startswith("+"):
        return _read_moment(node, faults)
    span = read_duration(Scalar(node.path, node.line, node.column, said[1:]), faults)
    return noon + span if span else None


def _changed(node: Node, faults: Faults) -> dict[str, tuple[str | None, str]]:
    found: dict[str, tuple[str | None, str]] = {}
    if not isinstance(node, Table):
        faults.add(node, "changed: expected slots, such as {date: [2026-02-18, 2026-02-11]}", "wrong-shape")
        return found
    for slot, value in node:
        pair = value.items if isinstance(value, Sequence) else ()
        if len(pair) != 2 or not all(isinstance(side, Scalar) for side in pair):
            faults.add(value, f"changed: {slot.text} needs [before, after]; ~ for not known", "wrong-shape")
            continue
        before, after = (side for side in pair if isinstance(side, Scalar))
        found[slot.text] = (None if before.is_null else before.text, after.text)
    return found


def example_item(example: Example) -> Item:
    """The item that an example describes; its id is derived from its text, so that it is the same on every run."""
    digest = hashlib.sha256(f"{example.title}\n{example.text}\n{example.published}".encode()).hexdigest()[:16]
    return Item(
        id=ItemId(f"example-{digest}"),
        title=example.title,
        url=example.url or f"https://example.org/{digest}",
        source=example.source,
        seen=example.published,
        published=example.published,
        text=example.text,
        lang=example.lang,
    )


def check_example(example: Example, match: Match | None, *, why: str = "") -> str | None:
    """
    What is wrong with what came of an `alert` or `quiet` example; None when it is as its author says.

    Args:
        match: What the rule made of it; None: it stayed quiet.
        why: Why it stayed quiet, in words.
    """
    if example.kind == "quiet":
        return f"should stay quiet but fires on {_found(match)}" if match else None
    if match is None:
        return f"should alert but stays quiet ({why})" if why else "should alert but stays quiet"
    wrong = [
        f"{name} is {match.extract.get(name) or 'not found'}, not {value}"
        for name, value in example.expect.items()
        if match.extract.get(name) != value
    ]
    return "fires, but " + "; ".join(wrong) if wrong else None


def _found(match: Match) -> str:
    words = dict.fromkeys(f"“{found.text}” ({found.name})" for found in match.evidence)
    return ", ".join(tuple(words)[:4]) or match.title
