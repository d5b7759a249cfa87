"""
A file of sources → the sources it names, and what is wrong with it.

    sources:
      - source: bbc-world                     # never changed: what was read is remembered under it
        feed: https://feeds.example/world.xml # or `folder: inbox`
        every: 10m                            # left out: learnt from what it publishes; `between: [5m, 30m]`
        patience: 1h                          # how long the feed's own ttl and max-age may keep us away
        publisher: BBC
        owner: gulf                           # the team that is told when it fails or falls silent
        silent_after: 2d                      # left out: learnt from its habits; or `never`
        archive: https://feeds.example/all    # read when items passed unseen and the feed itself has no pages
        lang: en
        tier: 1
        timezone: Europe/London
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from watcher.errors import Problem
from watcher.model import Source, SourceId, TeamId
from watcher.yamlfile import (
    Faults,
    Node,
    Scalar,
    Table,
    did_you_mean,
    parse,
    read_duration,
    read_fields,
    read_list,
    read_number,
    read_text,
    read_truth,
)

KINDS = ("feed", "page", "api", "folder")
_ONE_OF = ", ".join(f"`{kind}:`" for kind in KINDS)
_PICKS = ("items", "title", "link", "time", "text", "lang", "id", "next")
_KEYS = (
    "source", *KINDS, "every", "between", "patience", "pick", "publisher", "lang", "tier", "timezone", "baseline_age",
    "private", "owner", "silent_after", "archive", "verified", "note",
)  # fmt: skip
_ID = re.compile(r"[a-z0-9]+(?:[-_.][a-z0-9]+)*")
SHORTEST = {**dict.fromkeys(KINDS, timedelta(minutes=1)), "folder": timedelta(seconds=5)}
_USUAL = {**dict.fromkeys(KINDS, timedelta(minutes=15)), "folder": timedelta(seconds=30)}
LEARNT = (timedelta(minutes=5), timedelta(minutes=30))
"""Where nothing is written the interval of a feed is learnt within these."""
PATIENCE = timedelta(hours=1)
"""A ttl or max-age beyond this is taken for a slip of some program's defaults: it would make us deaf for a day."""
NEVER = timedelta(days=36_500)
_BASELINE_AGE = timedelta(hours=6)


def read_catalogue(texts: Mapping[str, str]) -> tuple[tuple[Source, ...], tuple[Problem, ...]]:
    """
    The sources of files given as texts by path. A faulty entry costs itself and no other.

    `verified` and `note` are for people and not kept.
    """
    faults = Faults()
    found: dict[SourceId, tuple[Source, Node]] = {}
    for path, text in texts.items():
        root, problems = parse(text, path)
        faults.extend(problems)
        fields = read_fields(root, ("sources",), faults) if root is not None else {}
        for node in read_list(fields["sources"]) if "sources" in fields else ():
            source = _source(node, faults)
            if source and (first := found.get(source.id)):
                faults.add(node, f"{source.id} is already in {first[1].path}:{first[1].line}: give it another name")
            elif source:
                found[source.id] = (source, node)
    return tuple(source for source, _ in found.values()), tuple(faults.problems)


def _source(node: Node, faults: Faults) -> Source | None:
    if not isinstance(node, Table):
        faults.add(node, "expected a source: a mapping with `source:` and `feed:`", "wrong-shape")
        return None
    fields = read_fields(node, _KEYS, faults)
    kinds = [kind for kind in KINDS if kind in fields]
    if "source" not in fields or len(kinds) != 1:
        faults.add(
            node, "a source needs `source:` (its name) and one of `feed:`, `page:`, `api:`, `folder:`", "missing-key"
        )
        return None
    name = _name(fields["source"], faults)
    address = read_text(fields[kinds[0]], faults, limit=2_000)
    if address and kinds[0] != "folder" and (fault := _fault(address)):
        faults.add(fields[kinds[0]], f"{kinds[0]}: {fault}", "bad-address")
        address = None
    every = _every(kinds[0], fields, faults)
    zone = _zone(fields, faults)
    pick = _pick(kinds[0], node, fields, faults)
    if not name or not address or pick is None:
        return None
    return Source(
        id=SourceId(name),
        kind=kinds[0],
        address=address,
        every=every,
        between=_between(kinds[0], fields, faults),
        patience=_span(fields, "patience", faults) or PATIENCE,
        publisher=read_text(fields["publisher"], faults, limit=200) if "publisher" in fields else None,
        tier=(read_number(fields["tier"], faults, low=1, high=3) if "tier" in fields else None) or 2,
        lang=_lang(fields, faults),
        timezone=zone,
        baseline_age=_span(fields, "baseline_age", faults) or _BASELINE_AGE,
        owner=_owner(fields, faults),
        silent_after=_silence(fields, faults),
        archive=_archive(fields, faults),
        pick=pick,
        private=bool(read_truth(fields["private"], faults)) if "private" in fields else False,
    )


def _name(node: Node, faults: Faults) -> str | None:
    name = read_text(node, faults, limit=100)
    if name and not _ID.fullmatch(name):
        faults.add(node, f"{name!r}: write small letters, digits and hyphens, such as bbc-world", "bad-name")
        return None
    return name


def _pick(kind: str, node: Node, fields: Mapping[str, Node], faults: Faults) -> tuple[tuple[str, str], ...] | None:
    """Selectors or paths; None: a page without those that it needs."""
    if "pick" not in fields:
        if kind == "page":
            faults.add(
                node, 'a page needs `pick: {items: "li.story"}`: the selector of what holds one item', "missing-key"
            )
        return None if kind == "page" else ()
    found = {}
    for key, value in read_fields(fields["pick"], _PICKS, faults).items():
        text = read_text(value, faults, limit=500)
        if text and kind == "page" and not _is_selector(text):
            faults.add(value, f"pick: {key}: {text!r} is no CSS selector such as li.story", "bad-selector")
        elif text:
            found[key] = text
    if kind == "page" and "items" not in found:
        if isinstance(fields["pick"], Table) and any(key.text == "items" for key, _ in fields["pick"]):
            return None
        faults.add(fields["pick"], "pick: `items` is missing, the selector of what holds one item", "missing-key")
        return None
    return tuple(found.items())


def _is_selector(text: str) -> bool:
    import cssselect  # only who has pages needs it

    try:
        return bool(cssselect.parse(text))
    except cssselect.SelectorError:
        return False


def _owner(fields: Mapping[str, Node], faults: Faults) -> TeamId | None:
    name = read_text(fields["owner"], faults, limit=100) if "owner" in fields else None
    return TeamId(name) if name else None


def _silence(fields: Mapping[str, Node], faults: Faults) -> timedelta | None:
    node = fields.get("silent_after")
    if isinstance(node, Scalar) and node.text == "never":
        return NEVER
    return read_duration(node, faults) if node is not None else None


def _archive(fields: Mapping[str, Node], faults: Faults) -> str | None:
    address = read_text(fields["archive"], faults, limit=2_000) if "archive" in fields else None
    if address and (fault := _fault(address)):
        faults.add(fields["archive"], f"archive: {fault}", "bad-address")
        return None
    return address


def _fault(address: str) -> str | None:
    """What is wrong with the address of a feed; what may be a password is not repeated."""
    try:
        parts = urlsplit(address)
        if parts.username is not None:
            return "a user and password in an address are not sent: take them out"
        if parts.scheme in ("http", "https") and parts.hostname:
            return None
    except ValueError:
        pass
    return f"{address[:80]!r} is no http or https address"


def _span(fields: Mapping[str, Node], key: str, faults: Faults) -> timedelta | None:
    return read_duration(fields[key], faults) if key in fields else None


def _every(kind: str, fields: Mapping[str, Node], faults: Faults) -> timedelta:
    every, shortest = _span(fields, "every", faults) or _USUAL[kind], SHORTEST[kind]
    if every < shortest:
        said = f"{shortest.total_seconds():.0f} seconds"
        faults.add(fields["every"], f"every: at least {said}, so that no server is hammered", "too-often")
    return max(every, shortest)


def _between(kind: str, fields: Mapping[str, Node], faults: Faults) -> tuple[timedelta, timedelta] | None:
    """Within what the interval is learnt; None: it is fixed."""
    if "between" not in fields:
        return LEARNT if kind != "folder" and "every" not in fields else None
    if "every" in fields:
        faults.add(fields["between"], "between: the interval is written by `every` or learnt, not both", "wrong-shape")
        return None
    spans = [span for node in read_list(fields["between"]) if (span := read_duration(node, faults))]
    if len(spans) != 2 or not SHORTEST[kind] <= spans[0] <= spans[1]:
        least = f"{SHORTEST[kind].total_seconds():.0f} seconds"
        faults.add(fields["between"], f"between: expected [5m, 30m], shortest first, at least {least}", "wrong-shape")
        return None
    return spans[0], spans[1]


def _zone(fields: Mapping[str, Node], faults: Faults) -> str:
    name = read_text(fields["timezone"], faults, limit=100) if "timezone" in fields else None
    if name and name not in _zones():
        offer = did_you_mean(name, _zones())
        faults.add(
            fields["timezone"], f"timezone: {name!r} is no IANA name such as Europe/London{offer}", "bad-timezone"
        )
        return "UTC"
    return name or "UTC"


@cache
def _zones() -> frozenset[str]:
    """Every IANA name; the files are looked through once."""
    return frozenset(available_timezones())


def _lang(fields: Mapping[str, Node], faults: Faults) -> str | None:
    lang = read_text(fields["lang"], faults, limit=20) if "lang" in fields else None
    if lang and not re.fullmatch(r"[a-z]{2}", lang):
        faults.add(fields["lang"], f"lang: {lang!r} is no two-letter code such as en or fr", "unknown-value")
        return None
    return lang
