"""The shipped rules: they load, each is vouched for by its examples, and the three teams use them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from watcher.facts import read_facts
from watcher.matching import Rule, Ruleset, check_example, example_item, load_rules, match
from watcher.model import Match, RuleId, TeamId
from watcher.text import read
from watcher.vocabulary import Scanner, load

RULES = Path(__file__).parent.parent / "rules"
SIXTEEN = (
    "agreement-reached",
    "ambassador-out",
    "ceasefire",
    "israel-us-leaders",
    "mediation-offer",
    "meeting-moved-up",
    "meeting-off",
    "nuclear-inspections",
    "prisoner-swap",
    "sanctions",
    "security-council",
    "talks-collapsed",
    "threat-amid-talks",
    "treaty-withdrawal",
    "us-iran-talks",
    "venue-changed",
)
EVERYBODY = TeamId("everybody")


def shipped_folders() -> dict[str, dict[str, str]]:
    """Texts of the shipped rules by folder and path."""
    return {
        folder.name: {
            f"{folder.name}/{path.name}": path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.yaml"))
        }
        for folder in sorted(RULES.iterdir())
        if folder.is_dir()
    }


@cache
def sixteen() -> tuple[Ruleset, Scanner]:
    """All sixteen rules as one team has them, and the scanner for them."""
    team = "team: Everybody\ntimezone: UTC\nchannels: {desk: {email: [desk@example.org]}}\ndefault: desk\n"
    uses = "rules:\n" + "".join(f"  - {{use: {name}}}\n" for name in SIXTEEN)
    folders = {
        "_shared": shipped_folders()["_shared"],
        EVERYBODY: {"everybody/team.yaml": team, "everybody/rules.yaml": uses},
    }
    ruleset = load_rules(folders, load())
    return ruleset, Scanner(load(), ruleset.literals)


def rule(name: str) -> Rule:
    found = sixteen()[0].rule(EVERYBODY, RuleId(name))
    assert found, name
    return found


def test_the_shipped_folders_load_without_a_problem() -> None:
    ruleset = load_rules(shipped_folders(), load())

    assert not [str(problem) for problem in ruleset.all_problems]
    assert {"europe-desk", "middle-east", "schedulers"} <= set(ruleset.teams)


def test_every_shared_rule_is_used_by_a_team() -> None:
    ruleset = load_rules(shipped_folders(), load())

    assert {str(one.id) for one in ruleset.rules} == set(SIXTEEN)


@pytest.mark.parametrize("name", SIXTEEN)
def test_a_shared_rule_has_examples_enough_and_says_what_to_do(name: str) -> None:
    examples = rule(name).examples

    kinds = [example.kind for example in examples]
    assert kinds.count("alert") >= 4
    assert kinds.count("quiet") >= 4
    assert len({example.lang or "en" for example in examples if example.kind == "alert"}) >= 2
    assert rule(name).why


@pytest.mark.parametrize("name", SIXTEEN)
def test_a_shared_rule_does_what_its_examples_say(name: str) -> None:
    ruleset, scanner = sixteen()
    wrong = []
    for example in rule(name).examples:
        document = read(example_item(example))
        hits = scanner.scan(document)
        matches = match(document, hits, read_facts(document, hits, load()), ruleset)
        found: Match | None = next((one for one in matches if one.rule == name), None)
        if problem := check_example(example, found):
            wrong.append(f"{example.title}: {problem}")

    assert not wrong


ARTICLE = """The prime minister will be received in Washington sooner than diplomats thought. Both capitals are busy.

Hotels near the square have been told to expect two delegations. Several streets were closed on Monday evening, and
schools in the area were informed. The embassy declined to comment on the programme.

The visit, first planned for 18 February, was brought forward to 11 February at Israel's request, an official in
Jerusalem said. It follows last Friday's talks between the United States and Iran in Muscat, which both sides called
a good start.

Ministers want to hear what was discussed there before the next round is fixed. The opposition said that the prime
minister was running away from the budget debate at home.

Airlines have offered extra seats for journalists, and the weather service expects snow."""

PASSING = """The prime minister opened a new hospital wing in Haifa on Monday. Doctors had asked for more beds.

The minister of health walked through the wards and talked with patients; nurses complained about long shifts.

Last year a visit to Washington was brought forward by a week, and talks between the United States and Iran were held
in Rome. That was the topic of a book presented in the same hall.

The town expects the wing to be full by summer."""


@pytest.mark.parametrize(
    ("title", "text", "fires"),
    [
        pytest.param(
            "Netanyahu prepares for White House visit",
            ARTICLE,
            {"meeting-moved-up", "us-iran-talks", "israel-us-leaders"},
            id="told in the third paragraph",
        ),
        pytest.param(
            "New hospital wing opens in Haifa", PASSING, set[str](), id="mentioned in passing, about last year"
        ),
    ],
)
def test_full_articles_fire_on_what_they_tell_and_not_on_what_they_recall(
    title: str, text: str, fires: set[str]
) -> None:
    ruleset, scanner = sixteen()
    item = example_item(rule("meeting-moved-up").examples[0])

    document = read(type(item)(id=item.id, title=title, url=item.url, source="wire", seen=item.seen, text=text))
    hits = scanner.scan(document)
    matches = match(document, hits, read_facts(document, hits, load()), ruleset)

    assert {str(one.rule) for one in matches} == fires
    moved = next((one for one in matches if one.rule == "meeting-moved-up"), None)
    if moved:
        assert dict(moved.extract) | {"old_date": "2026-02-18", "new_date": "2026-02-11"} == dict(moved.extract)
