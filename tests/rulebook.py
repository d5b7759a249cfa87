"""Rules to try: a small vocabulary, one team, and what a rule makes of a title."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from textwrap import dedent

from watcher.matching import Example, Explanation, Rule, Ruleset, Tale, check_example, example_item, explain, load_rules
from watcher.matching import match as match_rules
from watcher.model import Item, ItemId, Match, Report, RuleId, TeamId
from watcher.text import Document, read
from watcher.vocabulary import Hits, Scanner, Vocabulary, compile_vocabulary

NOON = datetime(2026, 2, 10, 12, 0, tzinfo=UTC)
TEAM_YAML = """
team: Gulf desk
timezone: Europe/London
channels:
  desk: {email: [gulf@example.org]}
  ops: {webhook: "https://hooks.example.org/watch", secret: "secret:ops-hook"}
default: desk
"""

TALKS = """
as_of: 2026-02-10
rules:
  - rule: US–Iran talks
    who: [United States, Iran]
    what: talks
    examples:
      alert: [Iran and US hold talks]
      quiet: [Iran and Oman hold talks]
"""
FULL = """
as_of: 2026-02-10
rules:
  - rule: Everything
    id: all-keys
    was: [old-id]
    who: [United States, {any: [Iran, any group]}]
    what: [talks, {phrase: truce}, =persona non grata, ~Araghchi, /round \\d+/]
    unless: [sport, Oman, price of oil]
    where: {in: lead, who: text, within: 20 words, order: given}
    match:
      topic: {any: [talks, nuclear file]}
      near: {near: [Iran, talks], within: 5 words, order: given, in: title}
      two: {at_least: 2, of: [talks, Iran, {all: [Oman, talks]}]}
      noise: {none: [stocks rally]}
    condition: who and what and not unless and (topic or near or two) and not noise
    score: {threshold: 5, topic: 3, two: 2, title_bonus: 1}
    languages: [en, ru]
    sources: {tier: [1, 2], only: [wire.example], not: [tabloid.example]}
    corroborate: {publishers: 2, within: 2h, else: send}
    count: {at_least: 5, within: 1h}
    status_in: [agreed, announced]
    extract: [old_date, new_date]
    notify: [desk, ops]
    throttle: 1 per 20m
    digest: daily 7:00
    updates: each
    grain: fine
    stage: draft
    severity: flash
    why: Read it.
    examples:
      alert:
        - {title: Iran and US hold talks, text: More., lang: en, source: wire, expect: {old_date: 2026-02-18}}
      story:
        - {at: +0h, title: Iran and US to meet, expect: new}
        - {at: +2h, title: Sooner, expect: update, changed: {date: [2026-02-18, 2026-02-11]}}
"""

WORDS = {
    "actors/index.yaml": """
        USA: {class: state, english: United States}
        IRN: {class: state, english: Iran}
        OMN: {class: state, english: Oman}
        RUS: {class: state, english: Russia}
        POL: {class: state, english: Poland}
        IRQ: {class: state, english: Iraq}
        UN: {class: igo, english: United Nations}
        HEZ: {class: group, english: Hezbollah}
        """,
    "actors/en.yaml": """
        USA: {names: [US, U.S., United States], adjectives: [American], capital: [Washington], seat: [White House]}
        IRN: {names: [Iran], adjectives: [Iranian], capital: [Tehran]}
        OMN: {names: [Oman, Sultanate], adjectives: [Omani], capital: [Muscat]}
        RUS: {names: [Russia], adjectives: [Russian], capital: [Moscow]}
        POL: {names: [Poland], adjectives: [Polish], capital: [Warsaw]}
        IRQ: {names: [Iraq, Sultanate], adjectives: [Iraqi], capital: [Baghdad]}
        UN: [United Nations, UN]
        HEZ: [Hezbollah]
        """,
    "actors/ru.yaml": "{USA: [США], IRN: {names: [Иран], capital: [Тегеран]}}",
    "actors/people.yaml": """
        dobbs: {of: USA, role: leader, from: 2025-01-20, until: ~, names: {en: [Dobbs]}}
        marsh: {of: USA, role: envoy, from: 2025-01-20, until: ~, names: {en: [Marsh]}}
        """,
    "concepts/index.yaml": """
        talks: {family: talks, where: lead, outcome: no, includes: [talks.collapsed]}
        talks.collapsed: {family: talks, where: lead, outcome: yes}
        agreement.signed: {family: agreement, where: lead, outcome: yes}
        schedule.moved_up: {family: talks, where: text, outcome: yes}
        schedule.postponed: {family: talks, where: text, outcome: yes}
        diplomat.expelled: {family: diplomat, where: text, outcome: yes}
        statement: {family: statement, where: title, outcome: no}
        """,
    "concepts/en.yaml": """
        talks: {any: [=talks, negotiate, negotiation]}
        talks.collapsed: {any: [talks collapse]}
        agreement.signed: {any: [sign pact|deal|treaty]}
        schedule.moved_up: {any: [brought forward, bring ..4 forward]}
        schedule.postponed: {any: [postpone]}
        diplomat.expelled: {any: [expel ..4 ambassador|diplomat]}
        statement: {any: [says]}
        """,
    "concepts/ru.yaml": "{talks: {any: [переговор*]}}",
    "guards/index.yaml": """
        sport: {scope: item}
        market: {scope: title}
        labour: {scope: sentence}
        background: {scope: clause}
        negated: {scope: before}
        opinion: {scope: title}
        """,
    "guards/en.yaml": """
        sport: {any: [world cup, striker]}
        market: {any: [oil, stocks]}
        labour: {any: [union, wages]}
        background: {any: [last year, which was, was due]}
        negated: {any: ["=no", "=not", denies]}
        opinion: {any: [opinion], url: [/opinion/]}
        """,
    "marks/en.yaml": """
        months: {january: 1, february: 2, march: 3, june: 6}
        status:
          denied: [denies, deny, rejects, "no"]
          considered: [could, may, might, weighs, considers]
          future: [will, set to, due to]
          infinitive: to
        """,
}


@cache
def vocabulary() -> Vocabulary:
    """The small vocabulary of these tests."""
    return compile_vocabulary({path: dedent(text) for path, text in WORDS.items()})


def folder(rules: str, *, team: str = TEAM_YAML, name: str = "gulf", **others: str) -> dict[str, str]:
    """Texts of a team folder; `others` are further files, such as `words="…"`."""
    files = {"team.yaml": team, "talks.yaml": rules, **{f"{key}.yaml": text for key, text in others.items()}}
    return {f"rules/{name}/{file}": dedent(text) for file, text in files.items()}


def shared(**files: str) -> dict[str, str]:
    """Texts of `_shared`."""
    return {f"rules/_shared/{name}.yaml": dedent(text) for name, text in files.items()}


def ruleset(rules: str, **files: str) -> Ruleset:
    """One team with one rule file that has no problem."""
    loaded = load_rules({"gulf": folder(rules, **files)}, vocabulary())
    assert not [str(problem) for problem in loaded.all_problems if not problem.is_warning]
    return loaded


def problems(rules: str, **files: str) -> list[str]:
    """What is wrong with a rule file, without warnings."""
    loaded = load_rules({"gulf": folder(rules, **files)}, vocabulary())
    return [str(problem) for problem in loaded.all_problems if not problem.is_warning]


def warnings(rules: str, **files: str) -> list[str]:
    """Codes of the warnings about a rule file."""
    loaded = load_rules({"gulf": folder(rules, **files)}, vocabulary())
    return sorted({problem.code for problem in loaded.all_problems if problem.is_warning})


def item(title: str, text: str = "", **fields: object) -> Item:
    """An item of the day of these tests."""
    base = Item(ItemId("i"), title, "https://wire.example/i", "wire", NOON, published=NOON, text=text, lang="en")
    return replace(base, **fields)  # type: ignore[arg-type]  # fields of Item by keyword


class Desk:
    """One team with its rules, ready to read items."""

    def __init__(self, rules: str | Ruleset, **files: str) -> None:
        self.ruleset = ruleset(rules, **files) if isinstance(rules, str) else rules
        self.scanner = scanner(self.ruleset)

    def read(self, one: Item) -> tuple[Document, Hits]:
        """The item with its hits."""
        document = read(one)
        return document, self.scanner.scan(document)

    def matches(self, title: str, text: str = "", *, reports: Sequence[Report] = (), **fields: object) -> list[Match]:
        """What the rules make of a title and text."""
        document, hits = self.read(item(title, text, **fields))
        return list(match_rules(document, hits, reports, self.ruleset))

    def fired(self, title: str, text: str = "", *, reports: Sequence[Report] = (), **fields: object) -> list[str]:
        """Ids of the rules that fire."""
        return [match.rule for match in self.matches(title, text, reports=reports, **fields)]

    def explain(
        self, title: str, text: str = "", *, rule: str = "", reports: Sequence[Report] = (), **fields: object
    ) -> Explanation:
        """Why the rule, the only one if none is named, fires or does not."""
        document, hits = self.read(item(title, text, **fields))
        wanted = RuleId(rule) if rule else self.ruleset.rules[0].id
        found = explain(document, hits, reports, ruleset=self.ruleset, team=TeamId("gulf"), rule=wanted)
        assert found is not None
        return found


def scanner(rules: Ruleset) -> Scanner:
    """The scanner for the words of a ruleset."""
    return Scanner(rules.vocabulary, rules.literals, {str(team): words for team, words in rules.overlays.items()})


class Examples:
    """Runs examples as production does; what `load_rules` is given to check them with."""

    def __init__(self, rules: Ruleset) -> None:
        self.desk = Desk(rules)

    def __call__(self, rule: Rule, example: Example | Tale) -> str | None:
        if isinstance(example, Tale):
            return None
        document, hits = self.desk.read(example_item(example))
        found = explain(document, hits, (), ruleset=self.desk.ruleset, team=rule.team, rule=rule.id)
        return check_example(example, found.match if found else None, why=found.reason if found else "")
