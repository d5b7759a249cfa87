"""No text whatsoever, of a rule file or of an item, does more than give problems or find nothing."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from functools import cache

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.rulebook import FULL, NOON, TALKS, TEAM_YAML, Desk, folder, item, shared, vocabulary
from watcher.errors import Problem
from watcher.facts import read_facts
from watcher.matching import Ruleset, explain_all, load_rules
from watcher.matching import match as match_rules
from watcher.matching.rulefile import RULE_KEYS
from watcher.matching.team import TEAM_KEYS
from watcher.text import read

QUIETLY = settings(max_examples=150, deadline=timedelta(seconds=5), suppress_health_check=[HealthCheck.too_slow])
FILES = ("team", "talks", "words")

# ── Rule files ─────────────────────────────────────────────────────────────────────────────────────────────────

_WORDS = (
    "talks Iran IRN sport any state {} [] ~ '' \"\" =persona ~Araghchi /round/ /(a+)+$/ 8 words 1 per 20m daily 07:00 "
    "2h 30d -1 99999999999999999999 2026-02-10 2026-02-30 +2h who and not ( secret:x a@b.c https://x.example desk no "
    "new title lead given 0 1e9 \u202e \ufdfa \u0646\u0635 美伊会谈 \ud7ff ß"
)
WORDS = st.sampled_from(_WORDS.split(" "))
SCALARS = st.one_of(WORDS, st.text(max_size=30), st.lists(WORDS, max_size=4).map(" ".join))
KEYS = st.one_of(
    st.sampled_from(
        [*RULE_KEYS, *TEAM_KEYS, "rules", "lists", "macros", "include", "any", "all", "none", "near", "of"]
    ),
    st.sampled_from(["phrase", "regex", "fuzzy", "actor", "concept", "target", "ordered", "alert", "quiet", "story"]),
    st.sampled_from(["add", "remove", "new", "en", "actors", "concepts", "guards", "threshold", "at", "expect"]),
    SCALARS,
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(KEYS, inner, max_size=4)),
    max_leaves=12,
)
_OPTIONAL = {key: VALUES for key in RULE_KEYS if key not in ("rule", "use", "extends")}
_WITHOUT_WHAT = {key: value for key, value in _OPTIONAL.items() if key != "what"}
# What a rule uses or extends is hardly ever there, and then nothing else of it is read.
RULES = st.one_of(
    st.fixed_dictionaries({"rule": st.just("R"), "what": st.just("talks")}, optional=_WITHOUT_WHAT),
    st.fixed_dictionaries({"rule": SCALARS}, optional=_OPTIONAL | {"use": VALUES, "extends": VALUES}),
)
# JSON is YAML, so that what is drawn stands there as it was drawn.
WRITTEN = st.one_of(
    st.text(max_size=200),
    VALUES.map(json.dumps),
    st.lists(RULES, max_size=3).map(lambda rules: json.dumps({"as_of": "2026-02-10", "rules": rules})),
)


@st.composite
def spoilt(draw: st.DrawFn) -> str:
    """A good file with a piece of it lost, doubled or written over."""
    good = draw(st.sampled_from([FULL, TALKS, TEAM_YAML]))
    start = draw(st.integers(0, len(good)))
    end = draw(st.integers(start, min(start + 40, len(good))))
    put = draw(st.one_of(st.just(""), st.just(good[start:end] * 2), SCALARS))
    return good[:start] + put + good[end:]


def said(ruleset: Ruleset) -> None:
    """Everything that is wrong can be told."""
    for problem in ruleset.all_problems:
        assert isinstance(problem, Problem)
        assert problem.message
        assert "\n" not in problem.path
        str(problem)


@QUIETLY
@given(text=st.one_of(WRITTEN, spoilt()), name=st.sampled_from(FILES))
def test_any_text_of_a_rule_file_gives_problems_only(text: str, name: str) -> None:
    files = {**folder(TALKS), f"rules/gulf/{name}.yaml": text}

    loaded = load_rules({"gulf": files, "_shared": shared(deals=TALKS)}, vocabulary())

    said(loaded)


@QUIETLY
@given(text=st.one_of(WRITTEN, spoilt()), name=st.sampled_from(["deals", "words"]))
def test_any_text_in_shared_gives_problems_only(text: str, name: str) -> None:
    folders = {"gulf": folder("rules: [{use: us-iran-talks}]"), "_shared": shared(**{"more": TALKS, name: text})}

    loaded = load_rules(folders, vocabulary())

    said(loaded)


@QUIETLY
@given(rules=st.lists(RULES, min_size=1, max_size=3), title=SCALARS)
def test_whatever_loads_also_runs(rules: list[dict[str, object]], title: str) -> None:
    loaded = load_rules({"gulf": folder(json.dumps({"rules": rules}))}, vocabulary())
    desk = Desk(loaded)

    document, hits = desk.read(item(f"{title} Iran and US hold talks", "Oman said talks collapse. Not now."))

    match_rules(document, hits, (), loaded)
    explain_all(document, hits, (), ruleset=loaded)


# ── Items ──────────────────────────────────────────────────────────────────────────────────────────────────────

EVERYTHING = """
rules:
  - {rule: Short, who: [United States, {any: [Iran, any group]}], what: [talks, truce now], unless: [sport, background]}
  - {rule: Directed, who: {actor: any state, target: any state}, what: diplomat.expelled, unless: [negated, opinion]}
  - {rule: Near, who: [any leader, any state], what: [talks, schedule.moved_up], where: {within: 8 words, order: given}}
  - {rule: Outcome, what: [talks.collapsed, agreement.signed], status_in: [agreed, held, off], where: {in: lead}}
  - {rule: Marked, what: [/round \\d+/, ~Araghchi, =talks, {phrase: 会谈, lang: zh}]}
  - rule: Blocks
    match:
      topic: {near: [Iran, talks, {any: [US, Oman]}], within: 12 words, order: given}
      two: {at_least: 2, of: [talks, Iran, {all: [Oman, talks]}]}
      noise: {none: [stocks rally, sport]}
    condition: (topic or two) and not noise and noise
  - {rule: Scored, what: talks, match: {b: {any: [Iran, Oman]}}, score: {threshold: 2, what: 1, b: 1, title_bonus: 1}}
"""
_PIECES = (
    "Iran Tehran US us U.S. Washington American Oman Moscow Dobbs Marsh Hezbollah talks negotiate collapse truce now "
    "sign pact brought forward expels ambassador not no denies last year which was opinion oil union world cup round 7 "
    "if after amid . , : ; - — “ ” ' 's ? ! ( ) ... Mr. 18 June 2026 Wednesday tomorrow \n \n\n \t \u200f \u00ad "
    "\u0301 \ufeff Иран переговоры \u062a\u0647\u0631\u0627\u0646 美伊 会谈 \ufdfa ǆ İ ß \ud800 \x00 \U0001f600 áb {x} "
    "[/x] <b> &amp; %s"
)
PIECES = st.sampled_from(_PIECES.split(" "))
TEXTS = st.one_of(st.lists(PIECES, max_size=60).map(" ".join), st.lists(PIECES, max_size=60).map("".join), st.text())
MOMENTS = st.one_of(st.none(), st.datetimes(timezones=st.just(UTC)))


@cache
def desk() -> Desk:
    return Desk(EVERYTHING)


@QUIETLY
@given(
    title=TEXTS,
    text=TEXTS,
    lang=st.sampled_from([None, "en", "ru", "zh", "he", "xx", "", "EN-gb"]),
    url=st.one_of(st.just("https://x.example/opinion/1"), TEXTS),
    published=MOMENTS,
)
def test_any_item_is_matched_and_explained(
    title: str, text: str, lang: str | None, url: str, published: datetime | None
) -> None:
    ours = desk()
    one = item(title, text, lang=lang, url=url, published=published, source=title[:9], seen=published or NOON)
    document = read(one)
    hits = ours.scanner.scan(document)
    reports = read_facts(document, hits, ours.ruleset.vocabulary)

    matches = match_rules(document, hits, reports, ours.ruleset)
    explanations = explain_all(document, hits, reports, ruleset=ours.ruleset)

    assert {found.rule for found in matches} == {one.rule for one in explanations if one.fired}
    for found in matches:
        for evidence in found.evidence:
            part = one.title if evidence.span.part.value == "title" else one.text
            assert 0 <= evidence.span.start <= evidence.span.end <= len(part)
            assert part[evidence.span.start : evidence.span.end].replace("\n", " ") == evidence.text.replace("\n", " ")
