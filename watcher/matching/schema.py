"""
JSON Schemas of rule files and `team.yaml`, so that an editor completes keys, actors, concepts, guards and severities.

They help to write; `load_rules` decides. What a schema cannot say (that a phrase has two words, an id is unique) it
leaves open, so that it never marks a good file as bad.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from watcher.matching.examples import BECOMES
from watcher.matching.extract import EXTRACTS
from watcher.matching.names import OFFICES
from watcher.matching.ruleset import Folders, Ruleset
from watcher.matching.team import CHANNEL_KINDS, CHAT_SERVICES
from watcher.matching.teamfolder import SHARED, read_library
from watcher.matching.terms import BLOCK_KEYS, CLASSES, PARTS, TERM_KEYS
from watcher.matching.wishes import STAGES, UPDATES
from watcher.model import BLOCKS, GRAINS, Severity, Status
from watcher.vocabulary import Vocabulary
from watcher.yamlfile import Faults

RULE_FILE, TEAM_FILE = "rule.json", "team.json"
Schema = Mapping[str, object]
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TEXT: Schema = {"type": "string"}
_TRUTH: Schema = {"anyOf": [{"type": "boolean"}, {"enum": ["yes", "no"]}]}
_NUMBER: Schema = {"type": ["integer", "string"]}
_DAY: Schema = {"type": "string", "description": "A day: 2026-02-10"}
_SPAN: Schema = {"type": "string", "description": "A time span: 20m, 2h, 30d"}


def schema_files(ruleset: Ruleset, folders: Folders) -> Mapping[str, Schema]:
    """
    The schemas of a folder of teams by file name. One serves all teams: what any of them may name is completed in the
    files of each; that a channel is another team's is left to `load_rules`.
    """
    faults = Faults()
    shared = read_library(folders.get(SHARED, {}), None, faults)
    libraries = [shared, *(read_library(texts, shared, faults) for name, texts in folders.items() if name != SHARED)]
    rules = rule_schema(
        ruleset.vocabulary,
        *ruleset.overlays.values(),
        channels={channel for team in ruleset.teams.values() for channel in team.channels},
        shared=shared.rule_ids,
        lists={name for library in libraries for name in library.lists},
    )
    return {RULE_FILE: rules, TEAM_FILE: team_schema()}


def rule_schema(
    *vocabularies: Vocabulary, channels: Iterable[str] = (), shared: Iterable[str] = (), lists: Iterable[str] = ()
) -> Schema:
    """
    The schema of a rule file.

    Args:
        vocabularies: The shared one, and those of teams with words of their own.
        channels: Names of the team's channels; empty: any is accepted.
        shared: Ids of rules that `use` can name.
        lists: Names of lists that `include` can name.
    """
    acting = [actor for vocabulary in vocabularies for actor in vocabulary.actors.values()]
    actors = sorted({name for actor in acting for name in (actor.code, actor.english)})
    classes = [f"any {cls}" for cls in CLASSES]
    offices = [f"{office} of " for office in OFFICES]
    definitions: dict[str, object] = {
        "actor": {"anyOf": [{"enum": [*classes, *actors]}, {"type": "string", "description": " or ".join(offices)}]},
        "concept": {"anyOf": [{"enum": sorted({name for one in vocabularies for name in one.concepts})}, _TEXT]},
        "guard": {"anyOf": [{"enum": sorted({name for one in vocabularies for name in one.guards})}, _TEXT]},
        "marked": {"type": "object", "properties": _terms(lists), "additionalProperties": False},
        "slot": _slot(),
        "block": _block(lists),
        "example": _example(),
        "rule": {
            "type": "object",
            "properties": _rule_keys(channels, shared),
            "additionalProperties": False,
            "anyOf": [{"required": ["rule"]}, {"required": ["use"]}],
        },
    }
    return {
        "$schema": _DIALECT,
        "title": "Rules of a watcher team",
        "type": "object",
        "properties": {
            "as_of": {**_DAY, "description": "The day examples are read at"},
            "lists": {"type": "object", "description": "Lists for {include: name}"},
            "macros": {
                "type": "object",
                "additionalProperties": {"type": "object"},
                "description": "Keys for `extends`",
            },
            "rules": {"type": "array", "items": {"$ref": "#/$defs/rule"}},
        },
        "additionalProperties": False,
        "$defs": definitions,
    }


_FALLBACK: dict[str, object] = {
    "fallback": {"type": "string", "description": "The channel that takes over what this one does not take"},
    "fallback_after": {"type": "integer", "minimum": 1, "maximum": 20, "description": "After so many failures"},
}


def team_schema() -> Schema:
    """The schema of `team.yaml`."""
    secret = {"type": "string", "pattern": "^secret:[A-Za-z0-9._-]+$"}
    kinds: dict[str, object] = {"email": _several(_TEXT), "webhook": _several(_TEXT), "console": _TRUTH}
    kinds["chat"] = {"type": "string", "enum": list(CHAT_SERVICES)}
    channel = {
        "type": "object",
        "properties": {**{kind: kinds[kind] for kind in CHANNEL_KINDS}, "secret": secret, **_FALLBACK},
        "additionalProperties": False,
        "oneOf": [{"required": [kind]} for kind in CHANNEL_KINDS],
    }
    return {
        "$schema": _DIALECT,
        "title": "A watcher team",
        "type": "object",
        "properties": {
            "team": {"type": "string", "description": "What people call the team"},
            "timezone": {"type": "string", "description": "Such as Europe/London"},
            "channels": {"type": "object", "additionalProperties": channel, "minProperties": 1},
            "default": {"type": "string", "description": "The channel of rules that name none"},
            "quiet_hours": _table(
                {"from": _TEXT, "to": _TEXT}, "When only flash gets through, in the team's time zone"
            ),
            "digest": {"type": "string", "description": "hourly, or daily 07:00"},
            "catch_up": {
                "enum": ["all", "latest", "digest"],
                "description": "What is told of late news",
            },
            "routes": {"type": "array", "items": _table(_ROUTE, "Where alerts go whose rules name no channel")},
            "messages": _table(
                {"subject": _TEXT, "show": _several({"enum": list(BLOCKS)}), "footer": _TEXT},
                "Which parts a message has; {title} and the like in subject and footer",
            ),
            "escalation": _table(
                {"after": _TEXT, "channels": _several(_TEXT)}, "Where a flash goes that nobody acknowledges in time"
            ),
            "cap": {"type": "string", "description": "Most alerts in a time: 30 per hour"},
        },
        "required": ["channels", "timezone"],
        "additionalProperties": False,
    }


def _several(one: Schema) -> Schema:
    """One of these, or a list of them."""
    return {"anyOf": [one, {"type": "array", "items": one}]}


def _table(properties: Mapping[str, object], description: str) -> Schema:
    return {"type": "object", "properties": properties, "additionalProperties": False, "description": description}


_ROUTE: dict[str, object] = {
    "severity": _several({"enum": [str(one) for one in Severity]}),
    "rule": _several(_TEXT),
    "actor": _several(_TEXT),
    "language": _several(_TEXT),
    "channels": _several(_TEXT),
}


def _ref(*names: str) -> Schema:
    options: list[object] = [{"$ref": f"#/$defs/{name}"} for name in names]
    return {"anyOf": options} if len(options) > 1 else {"$ref": f"#/$defs/{names[0]}"}


def _terms(lists: Iterable[str]) -> Mapping[str, object]:
    known = sorted(lists)
    include: Schema = {"anyOf": [{"enum": known}, _TEXT]} if known else _TEXT
    properties: dict[str, object] = dict.fromkeys((*TERM_KEYS, "lang"), _TEXT)
    return {
        **properties,
        "actor": _ref("actor"),
        "concept": _ref("concept"),
        "guard": _ref("guard"),
        "include": _several(include),
    }


def _slot() -> Schema:
    several = _table({"any": _several(_ref("actor", "marked"))}, "Any one of these")
    pair = {"actor": _ref("actor", "marked"), "target": _ref("actor", "marked"), "ordered": _TRUTH}
    either = {key: {"anyOf": [value, several]} if key != "ordered" else value for key, value in pair.items()}
    return {"anyOf": [*_options("actor", "marked"), several, _table(either, "Who does it to whom")]}


def _options(*names: str) -> list[object]:
    return [{"$ref": f"#/$defs/{name}"} for name in names]


def _block(lists: Iterable[str]) -> Schema:
    members = _several({"anyOf": _options("concept", "actor", "guard", "block")})
    properties: dict[str, object] = {**_terms(lists), **dict.fromkeys(BLOCK_KEYS, members)}
    properties |= {
        "at_least": _NUMBER,
        "of": members,
        "in": {"enum": list(PARTS)},
        "within": {"type": "string", "description": "sentence, paragraph, text, or 8 words"},
        "order": {"enum": ["any", "given"]},
    }
    return {"anyOf": [*_options("concept", "actor", "guard"), {"type": "array"}, _table(properties, "A named block")]}


def _example() -> Schema:
    return {
        "anyOf": [
            _TEXT,
            _table(
                {
                    **dict.fromkeys(("title", "text", "lang", "source", "url", "published"), _TEXT),
                    "expect": _table(dict.fromkeys(EXTRACTS, _TEXT), "What must be read out"),
                    "include": _several(_TEXT),
                },
                "An item",
            ),
        ]
    }


def _step() -> Schema:
    fields = dict.fromkeys(("at", "title", "text", "lang", "source", "url"), _TEXT)
    changed = {"type": "object", "additionalProperties": {"type": "array", "minItems": 2, "maxItems": 2}}
    return _table({**fields, "expect": {"enum": list(BECOMES)}, "changed": changed}, "A step of a story")


def _rule_keys(channels: Iterable[str], shared: Iterable[str]) -> Mapping[str, object]:
    known, rules = sorted(channels), sorted(shared)
    channel: Schema = {"enum": known} if known else _TEXT
    return {
        "rule": {"type": "string", "description": "The title, as people will read it"},
        "id": {"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$"},
        "was": _several(_TEXT),
        "use": {"anyOf": [{"enum": rules}, _TEXT]} if rules else _TEXT,
        "extends": _TEXT,
        "who": _several(_ref("slot")),
        "what": _several(_ref("concept", "actor", "marked")),
        "unless": _several(_ref("guard", "actor", "concept", "marked")),
        "where": _where(),
        "match": {"type": "object", "additionalProperties": _ref("block")},
        "condition": {"type": "string", "description": "topic and change and not noise"},
        "score": {"type": "object", "additionalProperties": _NUMBER, "required": ["threshold"]},
        "languages": _several({"type": "string", "pattern": "^[a-z]{2}$"}),
        "sources": _table(
            {"tier": _several(_NUMBER), "only": _several(_TEXT), "not": _several(_TEXT)}, "Which sources"
        ),
        "status_in": _several({"enum": [str(status) for status in Status]}),
        "extract": _several({"enum": list(EXTRACTS)}),
        "severity": {"enum": [str(severity) for severity in Severity]},
        "why": {"type": "string", "description": "One sentence: what a reader should do with the alert"},
        "as_of": _DAY,
        **_wish_keys(channel),
        "examples": _table(
            {
                "alert": _several(_ref("example")),
                "quiet": _several(_ref("example")),
                "story": {"type": "array", "items": {"anyOf": [_step(), {"type": "array", "items": _step()}]}},
            },
            "Titles that must alert, near misses that must not, stories told in steps",
        ),
    }


def _where() -> Schema:
    parts = {"enum": list(PARTS)}
    within = {"type": "string", "description": "sentence, paragraph, text, or 8 words"}
    return _table(
        {
            "in": parts,
            "who": parts,
            "within": within,
            "order": {"enum": ["any", "given"]},
            "as": {"enum": ["named", "parties"]},
        },
        "Where in the item",
    )


def _wish_keys(channel: Schema) -> Mapping[str, object]:
    corroborate = {"publishers": _NUMBER, "within": _SPAN, "else": {"enum": ["hold", "send"]}}
    count = {"at_least": _NUMBER, "within": _SPAN, "first_in": _SPAN, "none_for": _SPAN}
    return {
        "notify": _several(channel),
        "throttle": {"type": "string", "description": "For each story: 1 per 20m"},
        "digest": {"type": "string", "description": "hourly, or daily 07:00"},
        "updates": {"enum": list(UPDATES)},
        "grain": {"enum": list(GRAINS)},
        "stage": {"enum": list(STAGES)},
        "corroborate": _table(corroborate, "How many publishers must say so"),
        "count": _table(count, "How many developments in which time"),
    }
