"""Rule files: the language, every problem with place and remedy, teams that fail alone, and limits."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date, timedelta
from textwrap import dedent

import pytest

from tests.rulebook import (
    FULL,
    TALKS,
    TEAM_YAML,
    Desk,
    Examples,
    folder,
    problems,
    ruleset,
    shared,
    vocabulary,
    warnings,
)
from watcher.matching import (
    Example,
    Rule,
    Ruleset,
    RunExample,
    Tale,
    check_example,
    load_rules,
)
from watcher.model import Address, Corroboration, RuleId, Severity, Status, TeamId, Wishes

GULF = TeamId("gulf")


# ── The language ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_short_rule_has_defaults_for_everything_else() -> None:
    rule = ruleset(TALKS).rules[0]

    assert (rule.id, rule.title, rule.team) == ("us-iran-talks", "US–Iran talks", "gulf")
    assert rule.severity is Severity.WATCH
    assert [slot.name for slot in rule.slots] == ["United States", "Iran"]
    assert rule.wishes == Wishes()
    assert rule.examples[0].published.date() == date(2026, 2, 10)


def test_every_key_of_the_full_form_is_read() -> None:
    rule = ruleset(FULL).rules[0]

    assert rule.id == "all-keys"
    assert [probe.kind for probe in rule.what] == ["concept", "literal", "literal", "fuzzy", "regex"]
    assert [probe.kind for probe in rule.unless] == ["guard", "actor", "literal"]
    assert {name: block.mode for name, block in rule.blocks.items()} == {
        "topic": "any", "near": "near", "two": "at_least", "noise": "none",
    }  # fmt: skip
    assert rule.score is not None
    assert (rule.score.threshold, dict(rule.score.weights), rule.score.title_bonus) == (5, {"topic": 3, "two": 2}, 1)
    assert rule.languages == {"en", "ru"}
    assert rule.sources.tiers == {1, 2}
    assert rule.statuses == {Status.AGREED, Status.ANNOUNCED}
    assert rule.extract == ("old_date", "new_date")
    assert rule.wishes == Wishes(
        channels=("desk", "ops"),
        updates="each",
        grain="fine",
        throttle=(1, timedelta(minutes=20)),
        digest="daily 07:00",
        corroborate=Corroboration(2, timedelta(hours=2), "send"),
        at_least=(5, timedelta(hours=1)),
        stage="draft",
        was=(RuleId("old-id"),),
    )
    assert rule.tales[0].steps[1].published - rule.tales[0].steps[0].published == timedelta(hours=2)
    assert rule.tales[0].steps[1].changed == {"date": ("2026-02-18", "2026-02-11")}


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        pytest.param("US–Iran talks", "us-iran-talks", id="a dash is a hyphen"),
        pytest.param("  Élysée: what now? ", "elysee-what-now", id="accents and marks go"),
        pytest.param("Talks, round 3", "talks-round-3", id="digits stay"),
    ],
)
def test_a_rule_without_id_is_called_by_its_title(title: str, expected: str) -> None:
    assert ruleset(TALKS.replace("US–Iran talks", f'"{title}"')).rules[0].id == expected


def test_actors_are_known_by_code_name_and_alias_and_stay_apart() -> None:
    rule = ruleset("rules: [{rule: x, who: [USA, U.S., Iran, any igo], what: talks}]").rules[0]

    assert [sorted(probe.keys) for slot in rule.slots for probe in slot.probes] == [["USA"], ["USA"], ["IRN"], ["UN"]]


def test_a_concept_brings_what_it_includes() -> None:
    assert ruleset(TALKS).rules[0].what[0].keys == {"talks", "talks.collapsed"}


def test_use_takes_a_shared_rule_with_what_differs_here() -> None:
    common = shared(
        common="""
        as_of: 2026-01-01
        rules:
          - rule: Prisoner swap
            who: any state
            what: swap of prisoners
            severity: watch
            examples: {alert: [Iran agrees swap of prisoners]}
        """
    )
    rules = "as_of: 2026-02-10\nrules: [{use: prisoner-swap, severity: flash, notify: ops}]"

    loaded = load_rules({"_shared": common, "gulf": folder(rules)}, vocabulary())

    rule = loaded.rules[0]
    assert [str(problem) for problem in loaded.all_problems] == []
    assert (rule.id, rule.title, rule.severity) == ("prisoner-swap", "Prisoner swap", Severity.FLASH)
    assert rule.wishes.channels == ("ops",)
    assert rule.examples[0].published.date() == date(2026, 1, 1)


def test_extends_takes_keys_but_no_identity_and_no_examples() -> None:
    rule = ruleset(
        """
        as_of: 2026-02-10
        macros:
          quiet-desk: {unless: [sport, market], severity: info}
        rules:
          - {rule: Base, extends: quiet-desk, who: Iran, what: talks, examples: {alert: [Iran in talks]}}
          - {rule: Second, extends: base, who: Oman, severity: high, examples: {alert: [Oman in talks]}}
        """
    ).rules[1]

    assert (rule.id, rule.severity) == ("second", Severity.HIGH)
    assert [probe.name for probe in rule.unless] == ["sport", "market"]
    assert [slot.name for slot in rule.slots] == ["Oman"]
    assert [example.title for example in rule.examples] == ["Oman in talks"]


def test_lists_are_included_in_lists_also_from_shared() -> None:
    common = shared(lists="lists: {noise: [sport, {include: money}], money: [market]}")
    rules = "rules: [{rule: x, who: Iran, what: talks, unless: [labour, {include: noise}]}]"

    loaded = load_rules({"_shared": common, "gulf": folder(rules)}, vocabulary())

    assert [probe.name for probe in loaded.rules[0].unless] == ["labour", "sport", "market"]


def test_added_blocks_are_asked_for_beside_the_short_form() -> None:
    desk = Desk("rules: [{rule: x, who: Iran, what: talks, match: {place: [in Muscat, in Geneva]}}]")

    assert desk.fired("Iran talks resume in Geneva") == ["x"]
    assert desk.fired("Iran talks resume in Vienna") == []


# ── Problems ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        pytest.param(
            "who: Iram",
            '7:10: who: no actor is called "Iram" (did you mean "Iran"?); for the word itself write {phrase: Iram}',
            id="unknown actor",
        ),
        pytest.param(
            "what: talkz",
            '7:11: what: no concept or actor is called "talkz" (did you mean "talks"?); for the word itself write '
            "{phrase: talkz}",
            id="unknown concept",
        ),
        pytest.param(
            "unless: [sports]",
            '7:14: unless: no guard or actor or concept is called "sports" (did you mean "sport"?); for the word ',
            id="unknown guard",
        ),
        pytest.param(
            "what: sport",
            '7:11: what: no concept or actor is called "sport"; it is the name of a guard, which does not belong here',
            id="a guard where a concept belongs",
        ),
        pytest.param(
            "who: any stat", '7:10: who: no class is called "any stat" (did you mean "any state"?)', id="unknown class"
        ),
        pytest.param(
            "severity: urgent", "7:15: severity: 'urgent' is not info, watch, high or flash", id="unknown severity"
        ),
        pytest.param(
            "notify: desc",
            "7:13: notify: the team has no channel called 'desc' (did you mean \"desk\"?)",
            id="unknown channel",
        ),
        pytest.param("throtle: 1 per h", '7:5: throtle: no such key (did you mean "throttle"?)', id="unknown key"),
        pytest.param(
            "include: noise", "7:5: include stands inside a list: `unless: [sport, {include: our-noise}]`", id="include"
        ),
        pytest.param(
            "throttle: often", "7:15: expected a rate such as `1 per 20m` or `30 per hour`, found 'often'", id="rate"
        ),
        pytest.param(
            "digest: weekly",
            "7:13: digest: 'weekly' is not understood: expected `hourly` or `daily 07:00`",
            id="digest",
        ),
        pytest.param(
            "where: {within: 900 words}",
            "7:21: within: '900 words' is not understood: expected sentence, paragraph, text, or 1 to 200 words",
            id="a window too wide",
        ),
        pytest.param(
            "corroborate: {publishers: 2}",
            "7:18: corroborate: expected {publishers: 2, within: 2h, else: hold}",
            id="half a corroboration",
        ),
        pytest.param(
            "who: {actor: any state}",
            "7:10: who: {actor: …} needs a target: write the name alone if there is none",
            id="half a pair",
        ),
        pytest.param(
            "condition: what and topic",
            "7:16: condition: no block is called 'topic'; there are what, who",
            id="a condition over nothing",
        ),
        pytest.param("condition: what and", "7:16: condition: a name is missing at the end", id="half a condition"),
        pytest.param("condition: (what", "7:16: condition: a bracket is not closed", id="an open bracket"),
        pytest.param(
            "condition: what & who",
            "7:16: condition: '&' is not understood: use names, and, or, not and brackets",
            id="a sign in a condition",
        ),
        pytest.param(
            "extends: nothing",
            "7:14: no macro or rule of this folder or _shared is called 'nothing'",
            id="extends nothing",
        ),
        pytest.param(
            "unless: [{include: noise}]", "7:24: no list is called 'noise' here or in _shared", id="includes nothing"
        ),
        pytest.param("id: Big Talks", "7:9: id: 'Big Talks' is not kebab case, such as 'big-talks'", id="a bad id"),
        pytest.param("as_of: soon", "7:12: expected a day such as 2026-02-10, found 'soon'", id="no day"),
        pytest.param(
            "examples: {alert: [Iran: talks]}",
            "7:24: a title with a colon needs quotes around it",
            id="a colon in a title",
        ),
        pytest.param(
            "examples: {quiet: [{title: x, expect: {new_date: 2026-02-11}}]}",
            "7:43: expect: a quiet example has nothing to extract: take it out",
            id="a quiet example that expects something",
        ),
        pytest.param(
            "status_in: [agred]",
            "7:17: status_in: 'agred' is not considered, reported, claimed, denied, agreed",
            id="unknown status",
        ),
        pytest.param(
            "languages: [english]",
            "7:17: 'english' is not a language: two small letters are expected, such as en or fr",
            id="unknown language",
        ),
        pytest.param(
            "score: {topic: 3}",
            "7:12: score: needs a threshold above 0 and the weight of a block at least",
            id="a score without threshold",
        ),
    ],
)
def test_each_mistake_is_shown_with_place_remedy_and_an_offer(line: str, problem: str) -> None:
    rules = dedent("""\
        as_of: 2026-02-10
        rules:
          - rule: Test
            why: A rule with one mistake.
            extract: [status]
            LINES
            """).replace("LINES", "updates: thread\n    " + line)
    needed = [text for text in ("who: Iran", "what: talks") if text.split(":")[0] != line.partition(":")[0]]
    rules = rules.rstrip() + "".join(f"\n    {text}" for text in needed) + "\n"

    found = problems(rules)

    assert f"rules/gulf/talks.yaml:{problem}" in found or [
        one for one in found if one.startswith(f"rules/gulf/talks.yaml:{problem}")
    ], found


def test_all_problems_of_all_files_are_found_at_once() -> None:
    found = problems(
        "rules: [{rule: a, who: Iram, what: talkz, severity: loud}, {what: talks}]",
        more="rules:\n  - rule: b\n    who: Iran\n    what: truce\n",
    )

    assert [one.split(": ", 1)[1][:39] for one in found] == [
        'what: no concept or actor is called "tr',
        'who: no actor is called "Iram" (did you',
        'what: no concept or actor is called "ta',
        "severity: 'loud' is not info, watch, hi",
        "a rule begins with its title (`rule: Me",
    ]


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        pytest.param("{rule: x, unless: [sport]}", "looks for nothing", id="nothing to look for"),
        pytest.param("{rule: Переговоры, what: talks}", "no letters from a to z", id="no id can be made"),
        pytest.param("{rule: x, match: {a: {none: [sport]}}}", "could fire on every item", id="only absence"),
        pytest.param("{rule: x, match: {a: talks}, condition: not a}", "could fire on every item", id="only not"),
        pytest.param(
            "{rule: x, match: {a: {any: [{none: [sport]}, talks]}}}", "fire on every item", id="absence or talks"
        ),
        pytest.param("{rule: x, who: Sultanate, what: talks}", "no actor is called", id="a name of two actors"),
        pytest.param("{rule: x, match: {and: talks}}", "cannot be a block's name", id="a block called and"),
        pytest.param("{rule: x, match: {a: {near: [talks]}}}", "near needs two", id="near one"),
        pytest.param("{rule: x, match: {a: {at_least: 2}}}", "at_least needs `of`", id="at least of nothing"),
        pytest.param("{rule: x, match: {a: {any: [talks], all: [Iran]}}}", "any and all in one block", id="two modes"),
        pytest.param(
            "{rule: x, what: talks, score: {threshold: 2, b: 1}}", "no block is called 'b'", id="score of nothing"
        ),
        pytest.param("x", "expected a rule", id="no mapping"),
    ],
)
def test_rules_that_say_nothing_are_refused(rule: str, said: str) -> None:
    found = problems(f"rules: [{rule}]")

    assert any(said in one for one in found), found


def test_two_rules_of_one_id_are_refused_and_the_first_is_kept() -> None:
    rules = "rules: [{rule: x, who: Iran, what: talks}, {rule: X, who: Oman, what: talks}]"

    loaded = load_rules({"gulf": folder(rules)}, vocabulary())

    assert any("the id 'x' is already that of the rule" in str(one) for one in loaded.all_problems)
    assert [rule.slots[0].name for rule in loaded.rules] == ["Iran"]


# ── Teams ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_team_is_read_with_channels_quiet_hours_and_cap() -> None:
    team = """
    team: Gulf desk
    timezone: Europe/London
    channels:
      desk: {email: [a@example.org, b@example.org]}
      ops: {webhook: "https://hooks.example.org/watch", secret: "secret:ops-hook"}
      screen: {console: yes}
    default: desk
    quiet_hours: {from: "22:00", to: "06:30"}
    digest: daily 07:00
    cap: 30 per hour
    """

    found = ruleset(TALKS, team=team).teams[GULF]

    assert (found.name, found.timezone, found.default) == ("Gulf desk", "Europe/London", "desk")
    assert found.channels["desk"] == Address("desk", "email", ("a@example.org", "b@example.org"))
    assert found.channels["ops"].secret == "ops-hook"
    assert found.channels["screen"].kind == "console"
    assert (found.quiet, found.digest) == ((1320, 390), "daily 07:00")
    assert (found.cap, found.cap_within) == (30, timedelta(hours=1))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        pytest.param("gulf@example.org", "gulf", "is not a mail address", id="no mail address"),
        pytest.param("gulf@example.org", '"a@b.c\\nBcc: d@e.f"', "is not a mail address", id="a header in an address"),
        pytest.param("https://hooks", "ftp://hooks", "expected an address such as", id="no web address"),
        pytest.param(
            "https://hooks", "https://me:pw@hooks", "a password does not belong", id="a password in an address"
        ),
        pytest.param(
            "default: desk", "default: desks", "no channel called 'desks' (did you mean \"desk\"?)", id="default"
        ),
        pytest.param("default: desk", "", "default: missing", id="no default among several"),
        pytest.param("{email: [gulf@example.org]}", "{}", "needs one of email, webhook", id="a channel of no kind"),
        pytest.param(
            "{email: [gulf@example.org]}",
            '{chat: "secret:room"}',
            "chat: expected one of slack, teams",
            id="a chat that is a secret instead of a service",
        ),
        pytest.param(
            "{email: [gulf@example.org]}",
            "{chat: slack}",
            'slack needs secret: "secret:NAME", with its address or key in secrets/gulf/NAME',
            id="a chat without its secret",
        ),
        pytest.param(
            "{email: [gulf@example.org]}",
            "{email: [gulf@example.org], fallback: desk}",
            "fallback: the team has no other channel called 'desk'",
            id="a channel that is its own fallback",
        ),
        pytest.param(
            "{email: [gulf@example.org]}",
            "{email: [gulf@example.org], fallback: ops, fallback_after: 0}",
            "fallback_after: expected a number of failed attempts, 1 to 20",
            id="a fallback before the first failure",
        ),
        pytest.param("Europe/London", "Europe/Londn", 'did you mean "Europe/London"?', id="a time zone that is not"),
        pytest.param(
            "secret:ops-hook", "secret:europe/hook", "a team can only use its own", id="another team's secret"
        ),
        pytest.param("team: Gulf desk", "tem: Gulf desk", 'did you mean "team"?', id="a key that is not"),
    ],
)
def test_each_mistake_in_a_team_file_is_shown(old: str, new: str, said: str) -> None:
    found = problems(TALKS, team=TEAM_YAML.replace(old, new))

    assert any("team.yaml:" in one and said in one for one in found), found


def test_a_secret_that_does_not_exist_is_named_without_its_value() -> None:
    loaded = load_rules({"gulf": folder(TALKS)}, vocabulary(), secrets={GULF: ["ops-hok"]})

    assert [str(one) for one in loaded.all_problems if not one.is_warning] == [
        "rules/gulf/team.yaml:6:61: gulf has no secret called 'ops-hook' (did you mean \"ops-hok\"?): "
        "put it into a file secrets/gulf/ops-hook"
    ]


OTHER = """
as_of: 2026-02-10
rules: [{rule: Other, who: Oman, what: talks, examples: {alert: [Oman hosts talks]}}]
"""
WAYS = [
    pytest.param({"rules": "rules: [{rule: x"}, "not YAML", id="bad YAML"),
    pytest.param({"rules": TALKS.replace("what:", "waht:")}, 'did you mean "what"?', id="unknown key"),
    pytest.param({"rules": TALKS + "as_of: 2026-02-11\n"}, "stands twice", id="duplicate key"),
    pytest.param({"rules": TALKS.replace("Iran]", "Iram]", 1)}, 'did you mean "Iran"?', id="unknown actor"),
    pytest.param(
        {"rules": TALKS.replace("what: talks", "what: talks\n    unless: sprot")},
        'did you mean "sport"?',
        id="unknown guard",
    ),
    pytest.param(
        {"rules": TALKS.replace("Iran and US hold talks", "Iran and Oman hold talks")},
        "the example “Iran and Oman hold talks” should alert but stays quiet (who: United States not found",
        id="failing example",
    ),
    pytest.param({"team": TEAM_YAML.replace("channels:", "chanels:")}, "channels: missing", id="missing channel"),
    pytest.param({"team": TEAM_YAML.replace("London", "Londonn")}, "is not a time zone", id="bad time zone"),
    pytest.param({"team": TEAM_YAML.replace("secret:ops", "ops")}, "secrets/gulf/NAME", id="bad secret reference"),
    pytest.param(
        {"rules": TALKS.replace("rules:", "lists: {a: [{include: b}], b: [{include: a}]}\nrules:").replace(
            "what: talks", "what: talks\n    unless: [{include: a}]")},
        "go in a circle (a → b → a)",
        id="include cycle",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("change", "said"), WAYS)
def test_a_broken_team_folder_is_named_keeps_its_last_good_version_and_harms_nobody(
    change: dict[str, str], said: str
) -> None:
    good = {"gulf": folder(TALKS), "oman": folder(OTHER, name="oman")}
    before = load_rules(good, vocabulary(), prepare=Examples)
    broken = {**good, "gulf": folder(change.get("rules", TALKS), team=change.get("team", TEAM_YAML))}

    after = load_rules(broken, vocabulary(), last_good=before.texts, prepare=Examples)

    told = [str(one) for one in after.problems["gulf"] if not one.is_warning]
    assert any(said in one and one.startswith("rules/gulf/") for one in told), told
    assert "oman" not in after.problems
    assert [rule.id for rule in after.rules] == ["us-iran-talks", "other"]
    assert after.stale == {"gulf"}
    assert Desk(after).fired("Iran and US hold talks") == ["us-iran-talks"]
    assert after.texts[GULF] == before.texts[GULF]


@pytest.mark.parametrize(("change", "said"), WAYS)
def test_a_team_that_never_had_a_good_version_runs_its_valid_rules(change: dict[str, str], said: str) -> None:
    rules = change.get("rules", TALKS)
    texts = folder(rules, team=change.get("team", TEAM_YAML), more=OTHER)

    loaded = load_rules({"gulf": texts, "oman": folder(OTHER, name="oman")}, vocabulary(), prepare=Examples)

    assert any(said in str(one) for one in loaded.problems["gulf"])
    ours = [rule.id for rule in loaded.rules_of(GULF)]
    # Without a channel there is nobody to tell.
    assert ("other" in ours) is (said != "channels: missing")
    assert [rule.id for rule in loaded.rules_of(TeamId("oman"))] == ["other"]
    assert GULF not in loaded.texts


def test_a_broken_shared_file_breaks_only_the_teams_that_use_it() -> None:
    common = shared(a="rules: [{rule: A, who: Iran, what: talks}]", b="rules: [{rule: B, who: Iran, what: [talks}]")
    folders = {
        "_shared": common,
        "gulf": folder("rules: [{use: a}]"),
        "oman": folder("rules: [{use: b}]", name="oman"),
    }

    loaded = load_rules(folders, vocabulary())

    assert [rule.team for rule in loaded.rules] == ["gulf"]
    assert any("not YAML" in str(one) for one in loaded.problems["_shared"])
    assert any("no rule of _shared is called 'b'" in str(one) for one in loaded.problems["oman"])


def test_what_a_team_last_had_also_brings_the_shared_rules_of_then() -> None:
    then = {"_shared": shared(a="rules: [{rule: A, who: Iran, what: talks}]"), "gulf": folder("rules: [{use: a}]")}
    before = load_rules(then, vocabulary())
    now = {**then, "_shared": shared(a="rules: [{rule: A, who: Iran, what: nonsense}]")}

    after = load_rules(now, vocabulary(), last_good=before.texts)

    assert Desk(after).fired("Iran talks resume") == ["a"]
    assert after.stale == {"gulf"}


def test_a_teams_own_words_are_seen_by_that_team_only() -> None:
    words = "concepts: {our.thing: {new: {family: talks, where: text}, add: {en: [tea party]}}}"
    folders = {
        "gulf": folder("rules: [{rule: x, what: our.thing}]", words=words),
        "oman": folder("rules: [{rule: y, who: Iran, what: talks}]", name="oman"),
    }

    loaded = load_rules(folders, vocabulary())

    assert [str(one) for one in loaded.all_problems if not one.is_warning] == []
    assert set(loaded.overlays) == {"gulf"}
    assert sorted(Desk(loaded).fired("A tea party about Iran talks")) == ["x", "y"]
    other = load_rules({**folders, "oman": folder("rules: [{rule: y, what: our.thing}]", name="oman")}, vocabulary())
    assert any("our.thing" in str(one) for one in other.problems["oman"] if not one.is_warning)


def test_bad_words_are_problems_of_the_team() -> None:
    found = problems(TALKS, words="concepts: {talks: {remove: {en: [never there]}}}")

    assert any("rules/gulf/words.yaml:1" in one for one in found), found


def test_a_folder_with_a_bad_name_and_one_without_team_file_are_named() -> None:
    loaded = load_rules({"Gulf Desk": folder(TALKS), "oman": {"rules/oman/a.yaml": OTHER}}, vocabulary())

    assert "kebab case" in str(loaded.problems["Gulf Desk"][0])
    assert str(loaded.problems["oman"][0]).startswith("rules/oman/team.yaml: missing")
    assert loaded.rules == ()


def test_the_same_texts_give_the_same_digest_and_other_texts_another() -> None:
    first, again = (load_rules({"gulf": folder(TALKS)}, vocabulary()) for _ in range(2))
    other = load_rules({"gulf": folder(TALKS.replace("talks\n", "talks\n    severity: high\n", 1))}, vocabulary())

    assert first.digest == again.digest
    assert first.digest != other.digest


def test_a_retired_rule_is_read_but_not_run() -> None:
    loaded = ruleset("rules: [{rule: x, who: Iran, what: talks, stage: retired}, {rule: y, who: Iran, what: talks}]")

    assert [rule.id for rule in loaded.rules] == ["y"]


# ── Examples ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_examples_are_run_and_a_rule_that_fails_its_own_is_not_live() -> None:
    rules = TALKS + OTHER.split("rules: [", 1)[1].rstrip("]\n").join(["  - ", "\n"])

    loaded = load_rules(
        {"gulf": folder(rules.replace("Iran and Oman hold", "Iran and US hold"))}, vocabulary(), prepare=Examples
    )

    assert [rule.id for rule in loaded.rules] == ["other"]
    failure = next(one for one in loaded.all_problems if one.code == "failing-example")
    assert (failure.line, failure.column) == (9, 15)
    assert "should stay quiet but fires on “talks” (talks), “US” (USA), “Iran” (IRN)" in str(failure)


def test_extracted_values_are_compared_with_what_is_expected() -> None:
    def run_with(found: Ruleset) -> RunExample:
        desk = Desk(found)

        def run(_: Rule, example: Example | Tale) -> str | None:
            assert isinstance(example, Example)
            return check_example(example, replace(desk.matches(example.title)[0], extract={"new_date": "2026-02-12"}))

        return run

    rules = TALKS.replace(
        "alert: [Iran and US hold talks]",
        "alert: [{title: Iran and US hold talks, expect: {new_date: 2026-02-11, venue: muscat}}]",
    ).replace("      quiet: [Iran and Oman hold talks]\n", "")
    loaded = load_rules({"gulf": folder(rules)}, vocabulary(), prepare=run_with)

    assert any(
        "fires, but new_date is 2026-02-12, not 2026-02-11; venue is not found, not muscat" in str(one)
        for one in loaded.all_problems
    )


# ── Warnings and limits ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("rules", "codes"),
    [
        pytest.param(TALKS, [], id="nothing to warn about"),
        pytest.param("as_of: 2026-02-10\nrules: [{rule: x, who: Iran, what: talks}]", ["W101"], id="no examples"),
        pytest.param(TALKS.replace("as_of: 2026-02-10\n", ""), ["W102"], id="no day for the examples"),
        pytest.param(TALKS + "lists: {noise: [sport]}\n", ["W103"], id="a list that nobody uses"),
        pytest.param(TALKS.replace("what: talks", "what: [talks, of the]"), ["W104"], id="a phrase of common words"),
        pytest.param(
            TALKS + "  - {rule: Narrow, who: [Iran, US, Oman], what: talks, unless: sport, examples: {quiet: [x]}}\n",
            ["W105"],
            id="a rule that another covers",
        ),
        pytest.param(
            TALKS.replace(
                "what: talks", "what: talks\n    match: {a: truce now, b: deal now}\n    condition: what and a"
            ),
            ["W107"],
            id="a block that nothing names",
        ),
        pytest.param("as_of: 2026-02-10\n", ["W108"], id="no rule at all"),
    ],
)
def test_lint_warns_with_a_code(rules: str, codes: list[str]) -> None:
    assert warnings(rules) == codes


def test_a_covered_rule_is_found_among_many_and_soon() -> None:
    many = "".join(f"  - {{rule: Rule {n}, what: [first word{n % 900}x, second word{n}x]}}\n" for n in range(990))
    narrow = "  - {rule: Narrow, what: [second wordx]}\n  - {rule: Wide, what: [second wordx, third wordx]}\n"
    rules = f"rules:\n{narrow}{many}"
    began = time.process_time()

    loaded = load_rules({"gulf": folder(rules)}, vocabulary())

    found = [str(problem) for problem in loaded.all_problems if problem.code == "W105"]
    assert ["narrow: whatever it finds, wide finds too" in one for one in found] == [True]
    assert time.process_time() - began < 3


def test_a_vanished_id_is_a_warning_unless_was_names_it() -> None:
    before = load_rules({"gulf": folder(TALKS)}, vocabulary())
    renamed = TALKS.replace("US–Iran talks", "Talks with Iran")
    carried = renamed.replace("    what:", "    was: [us-iran-talks]\n    what:")

    lost, kept = (
        load_rules({"gulf": folder(text)}, vocabulary(), last_good=before.texts) for text in (renamed, carried)
    )

    assert [one.code for one in lost.all_problems] == ["W106"]
    assert kept.all_problems == ()


NESTED = "\n".join(f"  l{n}: [{', '.join(f'{{include: l{n + 1}}}' for _ in range(10))}]" for n in range(7))


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        pytest.param(
            f"rules: [{{rule: x, what: [{', '.join(f'phrase number {n}' for n in range(10_000))}]}}]",
            "10,000 alternatives, at most 1,000",
            id="ten thousand alternatives",
        ),
        pytest.param(
            f"lists:\n{NESTED}\n  l7: [{', '.join(f'word no {n}' for n in range(10))}]\n"
            "rules: [{rule: x, what: [{include: l0}]}]",
            "members after its includes, at most 1,000",
            id="nested includes",
        ),
        pytest.param("rules: [{rule: x, what: '/(x{100}){100}/'}]", "not an RE2 expression", id="a huge repeat"),
        pytest.param("rules: [{rule: x, what: '/([a-z]+ ){900}/'}]", "steps, at most 2,000", id="a huge program"),
        pytest.param("rules: [{rule: x, what: /(?=a)b/}]", "look-arounds and back-references", id="a look-ahead"),
        pytest.param("rules: [{rule: x, what: /.*/}]", "matches nothing at all", id="an expression for everything"),
        pytest.param("rules: [{rule: x, what: '/[a-z]/'}]", "one letter satisfies", id="an expression for one letter"),
        pytest.param(f"rules: [{{rule: x, what: /{'a' * 400}/}}]", "text of 402 characters", id="a long expression"),
        pytest.param("rules: [{rule: x, what: {phrase: a}}]", "what: 'a'", id="a phrase of one letter"),
        pytest.param("rules: [{rule: x, what: a b c}]", "too short", id="a phrase of single letters"),
        pytest.param("rules: [{rule: x, what: {phrase: ab*}}]", "begins too short", id="a stem of two letters"),
        pytest.param("rules: [{rule: x, what: ~Iran}]", "five letters", id="a fuzzy name that meets Iraq"),
        pytest.param("rules: [{rule: x, what: ~aaaaaa}]", "is not a name", id="a fuzzy name of one letter"),
        pytest.param("rules: [{rule: x, what: ~United States}]", "one name", id="a fuzzy phrase"),
        pytest.param(
            f"rules: [{{rule: x, what: talks, match: {{{', '.join(f'b{n}: talks' for n in range(60))}}}}}]",
            "more than 50 blocks",
            id="sixty blocks",
        ),
        pytest.param(
            "rules: [{rule: x, what: talks, match: {a: " + "{any: [" * 10 + "talks" + "]}" * 10 + "}}]",
            "more than 6 deep",
            id="blocks in blocks",
        ),
        pytest.param(
            "rules: [{rule: x, what: talks, match: {a: talks}, condition: " + "(" * 30 + "a" + ")" * 30 + "}]",
            "more than 20 deep",
            id="brackets in brackets",
        ),
        pytest.param(f"rules: [{{rule: x, who: [{', '.join(['any state'] * 7)}]}}]", "more than six slots", id="slots"),
        pytest.param("rules: [{rule: x, use: x}]", "no rule of _shared is called 'x'", id="a rule that uses itself"),
        pytest.param(
            "rules: [{rule: x, what: talks, extends: y}, {rule: y, what: talks, extends: x}]",
            "rules go in a circle",
            id="rules that extend each other",
        ),
    ],
)
def test_hostile_rules_are_refused_with_a_message_and_soon(rules: str, said: str) -> None:
    started = time.perf_counter()
    found = problems(rules)

    assert any(said in one.replace("needs 5 letters", "needs five letters") for one in found), [
        one[:300] for one in found
    ]
    assert time.perf_counter() - started < 2


def test_more_than_a_thousand_rules_and_two_hundred_files_are_refused() -> None:
    many = "rules:\n" + "".join(f"  - {{rule: r{n}, who: Iran, what: talks}}\n" for n in range(1_002))
    files = {f"f{n}": "" for n in range(201)}

    assert any("more than 1,000 rules" in one for one in problems(many))
    assert any("more than 200 rule files" in one for one in problems(TALKS, **files))
