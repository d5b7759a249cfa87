"""What rules make of items: every clause, evidence, explanations, inferred developments, and the cost of it."""

from __future__ import annotations

import random
import time
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tests.reports import report
from tests.rulebook import NOON, Desk, item
from watcher.matching import match_inferred
from watcher.matching.patterns import Expressions, check_expression, check_fuzzy, errors_allowed
from watcher.model import (
    ActorId,
    Change,
    ConceptId,
    DateFact,
    Development,
    DevelopmentId,
    Kind,
    Lane,
    Part,
    Report,
    Role,
    Span,
    Status,
    StoryId,
)
from watcher.text import read


def desk(*keys: str, **files: str) -> Desk:
    """A desk with one rule, x, of these keys."""
    return Desk("as_of: 2026-02-10\nrules:\n  - rule: x\n" + "".join(f"    {key}\n" for key in keys), **files)


def fires(one: Desk, title: str, text: str = "", **fields: Any) -> bool:
    return one.fired(title, text, **fields) == ["x"]


# ── Short form ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        pytest.param("Iran and US resume talks", "", True, id="all in the title"),
        pytest.param("Tehran resumes talks", "Washington confirmed it.", True, id="actors anywhere, by capital"),
        pytest.param(
            "Iran and US fall out", "It rained. Then talks resumed.", True, id="a generic subject in the lead"
        ),
        pytest.param(
            "Iran and US fall out", "It rained. It poured. It snowed. Talks resumed.", False, id="not further down"
        ),
        pytest.param("Iran resumes talks", "", False, id="somebody is missing"),
        pytest.param("Iran and US trade accusations", "", False, id="the subject is missing"),
        pytest.param("Talks collapse between Iran and US", "", True, id="a concept meets what includes it"),
        pytest.param("Iran denies talks with US", "", True, id="denials count for a topic"),
    ],
)
def test_all_slots_and_one_subject_must_be_there(title: str, text: str, expected: bool) -> None:
    assert fires(desk("who: [United States, Iran]", "what: talks"), title, text) is expected


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        pytest.param("Oman signs deal", True, id="any state"),
        pytest.param("Hezbollah signs deal", False, id="a group is no state"),
        pytest.param("Dobbs signs deal", True, id="a leader stands for the state"),
    ],
)
def test_classes_of_actors(title: str, expected: bool) -> None:
    assert fires(desk("who: any state", "what: agreement.signed"), title) is expected


@pytest.mark.parametrize(
    ("who", "title", "expected"),
    [
        pytest.param("any leader", "Dobbs in talks", True, id="any leader"),
        pytest.param("any leader", "Marsh in talks", False, id="an envoy is no leader"),
        pytest.param("any envoy", "Marsh in talks", True, id="any envoy"),
        pytest.param("leader of United States", "Dobbs in talks", True, id="the leader of a state"),
        pytest.param("leader of United States", "US in talks", False, id="the state is not its leader"),
        pytest.param("leader of Iran", "Dobbs in talks", False, id="the leader of another"),
        pytest.param("[any state, any state]", "Iran and Oman in talks", True, id="two different states"),
        pytest.param("[any state, any state]", "Iran and Tehran in talks", False, id="one state named twice"),
        pytest.param("{any: [Iran, any group]}", "Hezbollah in talks", True, id="one of several"),
        pytest.param("[Iran, {any: [Iran, Oman]}]", "Iran and Oman in talks", True, id="the choice that leaves enough"),
        pytest.param("[{any: [Iran, Oman]}, Iran]", "Iran and Oman in talks", True, id="in any order of slots"),
        pytest.param("[{phrase: Quds}, Iran]", "Quds and Iran in talks", True, id="a phrase in a slot"),
    ],
)
def test_slots(who: str, title: str, expected: bool) -> None:
    assert fires(desk(f"who: {who}", "what: talks"), title) is expected


def test_a_capital_named_as_a_place_counts_when_too_few_others_are_named() -> None:
    one = desk("who: [United States, Iran]", "what: talks")

    assert fires(one, "US envoy in Tehran for talks")
    assert not fires(one, "US and Russia hold talks in Tehran")
    assert fires(desk("who: [any state, any state]", "what: talks"), "Poland resumes talks in Muscat")
    assert not fires(desk("who: any state", "what: talks"), "Bakers resume talks in Muscat")


def test_an_actor_needs_no_subject_and_a_subject_no_actor() -> None:
    assert fires(desk("who: Hezbollah"), "Hezbollah says nothing")
    assert fires(desk("what: talks"), "Talks resume")


@pytest.mark.parametrize(
    ("what", "title", "expected"),
    [
        pytest.param("persona non grata", "Envoy declared persona non grata", True, id="a phrase"),
        pytest.param("declare state of war", "Iran declared a state of war", True, id="inflected, a few words apart"),
        pytest.param("=at war", "Iran at war", True, id="literal words"),
        pytest.param("=at war", "Iran at wars", False, id="literal means no other form"),
        pytest.param("=state of war", "Iran in state and of war", False, id="literal means side by side"),
        pytest.param("{phrase: truce}", "Truces hold", True, id="a one-word phrase"),
        pytest.param("~Araghchi", "Araqchi flies out", True, id="a fuzzy name"),
        pytest.param("~Araghchi", "Baraghchi flies out", False, id="its first letter is fixed"),
        pytest.param("~Araghchi", "Archie flies out", False, id="another name"),
        pytest.param("/round (three|four)/", "Round FOUR begins", True, id="an expression, in any case"),
        pytest.param("/round (three|four)/", "Round five begins", False, id="an expression that does not fit"),
        pytest.param("/président/", "Le PRÉSIDENT part", True, id="accents do not matter"),
        pytest.param("[talks, {phrase: truce}]", "A truce", True, id="one of several"),
        pytest.param("{phrase: 会谈, lang: zh}", "伊朗和美国会谈", True, id="a phrase in another language"),
        pytest.param("重启会谈", "伊朗和美国重启会谈", True, id="a phrase without spaces"),
    ],
)
def test_phrases_expressions_and_fuzzy_names(what: str, title: str, expected: bool) -> None:
    one = desk(f"what: {what}")

    assert (one.fired(title, lang=None) == ["x"]) is expected


# ── unless ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        pytest.param("Iran talks resume", "", True, id="no noise"),
        pytest.param("Oil slips on Iran talks", "", False, id="title guard in the title"),
        pytest.param("Iran talks resume", "Oil slipped.", True, id="title guard elsewhere"),
        pytest.param("Iran talks resume", "The World Cup is on.", False, id="item guard anywhere"),
        pytest.param("Iran union demands wages talks", "", False, id="sentence guard in the sentence"),
        pytest.param("Iran talks resume", "A union wants wages.", True, id="sentence guard in another sentence"),
        pytest.param("Iran talks resume while Oman, which was angry, waits", "", True, id="clause guard elsewhere"),
        pytest.param("Iran talks, last year's news, resume", "", False, id="clause guard in the clause"),
        pytest.param("Iran denies new talks", "", False, id="before guard close by"),
        pytest.param("Iran denies it wants anybody at all to begin new talks", "", True, id="before guard too far off"),
        pytest.param("Iran talks resume in spring and Oman denies it", "", True, id="before guard behind"),
        pytest.param("Iran and Iraq resume talks", "", False, id="an actor in the sentence"),
        pytest.param("Iran resumes talks", "Much later Iraq spoke.", True, id="an actor elsewhere"),
        pytest.param("Iran resumes trade fair talks", "", False, id="a phrase in the sentence"),
    ],
)
def test_guards_bind_by_their_scope(title: str, text: str, expected: bool) -> None:
    noise = "unless: [sport, market, labour, background, negated, Iraq, trade fair]"

    assert fires(desk("who: Iran", "what: talks", noise), title, text) is expected


def test_one_deciding_word_that_is_not_silenced_is_enough() -> None:
    one = desk("who: Iran", "what: talks", "unless: labour")

    assert not fires(one, "Iran union in wages talks")
    assert fires(one, "Iran union in wages talks", "Talks with Oman resumed.")


def test_the_address_of_an_item_can_be_noise() -> None:
    one = desk("who: Iran", "what: talks", "unless: opinion")

    assert not fires(one, "Iran talks resume", url="https://wire.example/opinion/iran")
    assert fires(one, "Iran talks resume", url="https://wire.example/world/iran")


def ahead(day: str, title: str, event: str = "schedule.moved_up") -> Report:
    """A report with a date that stands in the title."""
    where = Span(Part.TITLE, 0, len(title))
    when = DateFact(date.fromisoformat(day), date.fromisoformat(day), Role.OLD, where)
    return report(title, event=ConceptId(event), dates=(when,))


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        pytest.param("2026-02-18", True, id="still ahead"),
        pytest.param("2026-02-10", True, id="today"),
        pytest.param("2026-02-09", False, id="past"),
    ],
)
def test_background_does_not_silence_an_appointment_that_is_still_ahead(day: str, expected: bool) -> None:
    title = "Visit to Iran, which was brought forward, begins"
    one = desk("who: Iran", "what: schedule.moved_up", "unless: background")

    assert not fires(one, title)
    assert fires(one, title, reports=[ahead(day, title)]) is expected


# ── where ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("where", "title", "text", "expected"),
    [
        pytest.param("{in: title}", "Iran talks resume", "", True, id="title: both there"),
        pytest.param("{in: title}", "News", "Iran talks resume.", False, id="title: subject in the text"),
        pytest.param("{in: title}", "Talks resume", "Iran said so.", False, id="title: actor in the text"),
        pytest.param("{in: title, who: text}", "Talks resume", "Iran said so.", True, id="actor anywhere"),
        pytest.param("{in: text}", "Iran", "A. B. C. D. Talks resume.", True, id="deeper than the concept says"),
        pytest.param("{within: sentence}", "Talks resume", "Iran said so.", False, id="two sentences"),
        pytest.param("{within: sentence}", "News", "Oman saw it. Iran resumes talks.", True, id="one sentence"),
        pytest.param("{within: 3 words}", "Iran resumes talks", "", True, id="three words"),
        pytest.param("{within: 3 words}", "Iran says it resumes talks", "", False, id="five words"),
        pytest.param("{within: paragraph}", "News", "Iran.\nTalks resume.", False, id="two paragraphs"),
        pytest.param("{within: paragraph}", "News", "Iran met Oman. Talks resume.", True, id="one paragraph"),
    ],
)
def test_where_things_must_stand(where: str, title: str, text: str, expected: bool) -> None:
    assert fires(desk("who: Iran", "what: talks", f"where: {where}"), title, text) is expected


def test_slots_in_the_order_given() -> None:
    one = desk("who: [Iran, Oman]", "what: talks", "where: {order: given}")

    assert fires(one, "Iran asks Oman for talks")
    assert not fires(one, "Oman asks Iran for talks")


# ── Direction and status ───────────────────────────────────────────────────────────────────────────────────────


def expelled(agent: str | None, target: str | None) -> Report:
    return report(
        "x",
        event=ConceptId("diplomat.expelled"),
        actors=tuple(ActorId(one) for one in (agent, target) if one),
        agent=agent and ActorId(agent),
        target=target and ActorId(target),
        status=Status.HELD,
    )


@pytest.mark.parametrize(
    ("agent", "target", "expected"),
    [
        pytest.param("POL", "RUS", True, id="as asked"),
        pytest.param("RUS", "POL", False, id="the other way round"),
        pytest.param("POL", None, True, id="only who does it is known"),
        pytest.param(None, None, True, id="unknown: who stands first does it"),
    ],
)
def test_who_does_it_to_whom(agent: str | None, target: str | None, expected: bool) -> None:
    one = desk("who: {actor: Poland, target: Russia}", "what: diplomat.expelled")

    assert fires(one, "Poland expels Russian diplomat", reports=[expelled(agent, target)]) is expected


def test_without_a_report_the_order_of_words_decides_and_ordered_no_takes_both() -> None:
    strict = desk("who: {actor: Poland, target: Russia}", "what: diplomat.expelled")
    loose = desk("who: {actor: Poland, target: Russia, ordered: no}", "what: diplomat.expelled")

    assert not fires(strict, "Russia expels Polish diplomat")
    assert fires(loose, "Russia expels Polish diplomat")
    assert fires(
        desk("who: {actor: any state, target: any state}", "what: diplomat.expelled"), "Russia expels Polish diplomat"
    )
    assert not fires(
        desk("who: {actor: any state, target: any state}", "what: diplomat.expelled"), "Russia expels diplomat"
    )


def firm(event: str, status: Status) -> Report:
    return report("x", event=ConceptId(event), status=status, spans=())


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        pytest.param("Iran signs deal", True, id="it happened"),
        pytest.param("Iran denies it will sign deal", False, id="denied"),
        pytest.param("Iran could sign deal", False, id="only considered"),
        pytest.param("Iran will sign deal", True, id="announced"),
    ],
)
def test_outcomes_are_not_met_by_denials_and_hypotheticals(title: str, expected: bool) -> None:
    assert fires(desk("who: Iran", "what: agreement.signed"), title) is expected


def test_a_rule_may_ask_for_a_status() -> None:
    one = desk("who: Iran", "what: [talks, agreement.signed]", "status_in: [denied]")

    assert fires(one, "Iran denies talks")
    assert fires(one, "Iran denies it will sign deal")
    assert not fires(one, "Iran in talks")


# ── Languages, sources ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("key", "fields", "expected"),
    [
        pytest.param("languages: [en]", {}, True, id="a language it takes"),
        pytest.param("languages: [fr]", {}, False, id="another language"),
        pytest.param("sources: {tier: [1]}", {"tier": 1}, True, id="its tier"),
        pytest.param("sources: {tier: [1]}", {"tier": 2}, False, id="another tier"),
        pytest.param("sources: {only: [Gulf Wire]}", {"source": "Gulf wire"}, True, id="a source by name"),
        pytest.param(
            "sources: {only: [example]}", {"url": "https://news.wire.example/1"}, True, id="a host by its end"
        ),
        pytest.param("sources: {only: [ire.example]}", {}, False, id="not by half a name"),
        pytest.param("sources: {not: [wire.example]}", {}, False, id="a host that is not wanted"),
        pytest.param("sources: {not: [tabloid.example]}", {}, True, id="everybody else"),
    ],
)
def test_languages_and_sources(key: str, fields: dict[str, Any], expected: bool) -> None:
    assert fires(desk("who: Iran", "what: talks", key), "Iran in talks", **fields) is expected


# ── match, condition, score ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("block", "title", "expected"),
    [
        pytest.param("{any: [truce now, talks]}", "Talks", True, id="any"),
        pytest.param("{all: [Iran, talks]}", "Iran in talks", True, id="all"),
        pytest.param("{all: [Iran, talks]}", "Iran", False, id="not all"),
        pytest.param("{at_least: 2, of: [Iran, Oman, talks]}", "Oman talks", True, id="two of three"),
        pytest.param(
            "{at_least: 2, of: [Iran, Oman, talks]}", "Oman and Omani Muscat", False, id="one of three, often"
        ),
        pytest.param("{near: [Iran, talks], within: 3 words}", "Iran in talks", True, id="near"),
        pytest.param("{near: [Iran, talks], within: 3 words}", "Iran is not at all in talks", False, id="not near"),
        pytest.param("{near: [Iran, talks], order: given}", "Talks: Iran", False, id="near, in the wrong order"),
        pytest.param("{near: [talks, Iran], order: given}", "Talks: Iran", True, id="near, in order"),
        pytest.param(
            "{near: [Iran, {any: [talks, Oman]}], within: sentence}", "Iran has talks", True, id="a block in near"
        ),
        pytest.param("{any: [talks], in: title}", "Talks", True, id="in the title"),
        pytest.param("{actor: Iran}", "Tehran", True, id="an actor"),
        pytest.param("{regex: 'tal+ks'}", "Tallks", True, id="an expression"),
        pytest.param("{fuzzy: Araghchi}", "Araqchi", True, id="a fuzzy name"),
        pytest.param("{concept: talks}", "Talks", True, id="a concept"),
        pytest.param("{any: [any state]}", "Iran", True, id="a class"),
    ],
)
def test_blocks(block: str, title: str, expected: bool) -> None:
    assert fires(desk(f"match: {{a: {block}}}"), title) is expected


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        pytest.param("Iran talks", True, id="topic and place"),
        pytest.param("Oman talks", True, id="topic and the other place"),
        pytest.param("Iran truce now", False, id="no topic"),
        pytest.param("Talks", False, id="no place"),
        pytest.param("Iran talks, World Cup", False, id="noise"),
    ],
)
def test_a_condition_over_named_blocks(title: str, expected: bool) -> None:
    one = desk(
        "match: {topic: talks, near: Iran, far: Oman, noise: {any: [sport]}}",
        "condition: topic and (near or far) and not noise",
    )

    assert fires(one, title) is expected


def test_a_guard_in_a_block_binds_to_the_deciding_words() -> None:
    one = desk("match: {topic: talks, noise: labour}", "condition: topic and not noise")

    assert fires(one, "Talks resume", "A union wants wages.")
    assert not fires(one, "Talks of union resume")


@pytest.mark.parametrize(
    ("title", "text", "total"),
    [
        pytest.param("Iran talks resume", "", 6, id="topic, place and title"),
        pytest.param("News", "Iran talks resume.", 5, id="no bonus in the text"),
        pytest.param("Talks resume", "", 4, id="not enough"),
        pytest.param("Iran talks, World Cup", "", 3, id="a weight may be negative"),
    ],
)
def test_a_score_is_the_sum_of_what_is_met(title: str, text: str, total: int) -> None:
    one = desk(
        "match: {topic: talks, place: Iran, noise: [World Cup]}",
        "score: {threshold: 5, topic: 3, place: 2, noise: -3, title_bonus: 1}",
    )

    found = one.explain(title, text)

    assert sum(found.score.values()) == total
    assert found.fired is (total >= 5)


# ── What comes of it ───────────────────────────────────────────────────────────────────────────────────────────


def test_evidence_leads_back_to_the_words_as_published() -> None:
    one = desk("who: Iran", "what: [talks, {phrase: accord nucléaire}]")
    title, text = "L’IRAN reprend l’Accord   Nucléaire", "Ｔéhéran."

    match = one.matches(title, text, lang="fr")[0]

    for found in match.evidence:
        whole = title if found.span.part is Part.TITLE else text
        assert whole[found.span.start : found.span.end] == found.text
    assert {(found.clause, found.text) for found in match.evidence} >= {("who", "IRAN"), ("what", "Accord   Nucléaire")}
    assert {found.origin for found in match.evidence if found.clause == "what"} == {"rule"}


def test_a_match_names_the_events_that_were_met_and_their_status() -> None:
    one = desk("who: Iran", "what: [talks, agreement.signed]", "severity: high", "notify: ops")

    match = one.matches("Iran signs deal in talks", reports=[firm("agreement.signed", Status.HELD)])[0]

    assert set(match.events) == {"agreement.signed", "talks"}
    assert match.wishes.channels == ("ops",)
    assert (match.severity, match.title) == ("high", "x")


def test_a_match_by_phrases_alone_reports_the_rule_itself() -> None:
    assert desk("what: persona non grata").matches("Envoy persona non grata")[0].events == ("phrase:x",)


def test_values_are_extracted_from_the_report_that_was_met() -> None:
    title = "Iran visit brought forward"
    old, new = (
        DateFact(date.fromisoformat(day), date.fromisoformat(day), role, Span(Part.TITLE, 0, 4))
        for day, role in (("2026-02-18", Role.OLD), ("2026-02-11", Role.NEW))
    )
    told = report(title, event=ConceptId("schedule.moved_up"), dates=(old, new))
    one = desk("who: Iran", "what: schedule.moved_up", "extract: [old_date, new_date, participants, venue]")

    match = one.matches(title, reports=[told])[0]

    assert dict(match.extract) == {"old_date": "2026-02-18", "new_date": "2026-02-11", "participants": "IRN, USA"}


def moved_by_dates(title: str, words: str) -> Report:
    """What facts make of a title whose days say that a meeting was moved up; `words` are those that told of it."""
    at = title.index(words)
    return report(title, event=ConceptId("schedule.moved_up"), spans=(Span(Part.TITLE, at, at + len(words)),))


def test_a_move_that_only_the_dates_tell_meets_the_concept_of_it() -> None:
    title = "Iran’s visit, planned for 18 February, will be on 11 February"
    one = desk("who: Iran", "what: schedule.moved_up")

    match = one.matches(title, reports=[moved_by_dates(title, "visit")])[0]

    assert not fires(one, title)
    assert match.events == ("schedule.moved_up",)
    assert [(found.text, found.origin) for found in match.evidence if found.clause == "what"] == [("visit", "facts")]


def test_words_that_the_dates_contradict_do_not_meet_their_concept() -> None:
    title = "Iran visit of 18 February postponed to 11 February"
    one = desk("who: Iran", "what: schedule.postponed")

    assert fires(one, title)
    assert not fires(one, title, reports=[moved_by_dates(title, "postponed")])


# ── explain ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("title", "text", "failed", "said"),
    [
        pytest.param(
            "Iran in talks", "", "who", "who: United States not found, Iran found as “Iran”", id="somebody is missing"
        ),
        pytest.param("Iran meets US", "", "what", "what: talks not found", id="the subject is missing"),
        pytest.param(
            "Iran and US",
            "One. Two. Three. Talks.",
            "what",
            "what: “Talks” stands in sentence 4 of the text; talks counts in the title and the first two sentences "
            "only",
            id="the subject stands too deep",
        ),
        pytest.param(
            "Oil slips on US-Iran talks",
            "",
            "unless",
            "unless: “talks” silenced by the guard market: “Oil” in the title",
            id="a guard",
        ),
    ],
)
def test_a_quiet_rule_names_the_first_clause_that_failed(title: str, text: str, failed: str, said: str) -> None:
    found = desk("who: [United States, Iran]", "what: talks", "unless: [market, sport]").explain(title, text)

    assert (found.failed, found.reason) == (failed, said)
    assert not found.fired
    assert found.nearness < 1


@pytest.mark.parametrize(
    ("keys", "title", "text", "reason"),
    [
        pytest.param(
            ["who: Iran", "what: agreement.signed"],
            "Iran denies it will sign deal",
            "",
            "status_in: agreement.signed is only denied, which is no outcome",
            id="a denial is no outcome",
        ),
        pytest.param(
            ["who: Iran", "what: talks", "where: {within: sentence}"],
            "Talks resume",
            "Iran said so.",
            "where: all is there, but not within one sentence: “Iran” in sentence 1 of the text, “Talks” in the title",
            id="in different sentences",
        ),
        pytest.param(
            ["who: Iran", "what: talks", "where: {within: 3 words}"],
            "Iran would like to have talks",
            "",
            "where: all is there, but not within 3 words: 10 would be enough",
            id="how far apart",
        ),
        pytest.param(
            ["who: Iran", "what: talks", "where: {who: title}"],
            "Talks resume",
            "Iran said so.",
            "who: Iran not found in the title, only “Iran” in sentence 1 of the text",
            id="somebody stands elsewhere",
        ),
        pytest.param(
            ["who: Iran", "what: talks", "languages: [fr]"],
            "Iran in talks",
            "",
            "languages: the item is in en, not fr",
            id="another language",
        ),
        pytest.param(
            ["who: {actor: any state, target: any state}", "what: diplomat.expelled"],
            "Russia expelled from games, expels ambassador",
            "",
            "who: any state found as “Russia”, any state found as “Russia”, but each slot needs somebody else",
            id="one for two slots",
        ),
        pytest.param(
            ["who: Iran", "what: [talks.collapsed]"],
            "Iran in talks",
            "",
            "what: talks.collapsed not found, only talks as “talks”",
            id="another concept of the family",
        ),
        pytest.param(
            ["who: Iran", "what: talks", "unless: [Oman, background]"],
            "Iran in talks with Oman",
            "",
            "unless: “talks” silenced by Oman: “Oman” in the title",
            id="silenced by an actor",
        ),
        pytest.param(
            ["what: talks", "unless: opinion"],
            "Iran in talks",
            "",
            "unless: “talks” silenced by the guard opinion: the address",
            id="silenced by the address",
        ),
        pytest.param(
            ["match: {a: {near: [Iran, talks], within: 2 words}}"],
            "Iran would like to have talks",
            "",
            "a: found Iran as “Iran”, talks as “talks”, but not within 2 words: 10 would be enough",
            id="a block whose members stand apart",
        ),
        pytest.param(
            ["match: {a: {all: [Iran, talks, {any: [Oman, Poland]}]}}"],
            "Iran in talks",
            "",
            "a: Oman or Poland not found, Iran as “Iran”, talks as “talks”",
            id="a block inside a block",
        ),
        pytest.param(
            ["match: {a: {at_least: 2, of: [Iran, Oman, Poland]}}"],
            "Iran in talks",
            "",
            "a: 1 of 2: Oman not found, Poland not found, Iran as “Iran”",
            id="too few",
        ),
        pytest.param(
            ["what: talks", "match: {a: {none: [Iran, Oman]}}"],
            "Iran in talks",
            "",
            "a: found Iran as “Iran”, which must not be there",
            id="a block that asks for absence",
        ),
        pytest.param(
            ["match: {a: {any: [Iran], in: title}}"],
            "Talks resume",
            "Iran said so.",
            "a: Iran not found in the title, only “Iran” in sentence 1 of the text",
            id="a block that looks at the title",
        ),
    ],
)
def test_what_failed_is_said_with_what_was_found(keys: list[str], title: str, text: str, reason: str) -> None:
    url = "https://x.example/opinion/1" if "unless: opinion" in keys else "https://x.example/1"

    assert desk(*keys).explain(title, text, url=url).reason == reason


def test_a_turned_pair_is_said_to_be_turned() -> None:
    turned = desk("who: {actor: Poland, target: Russia}", "what: diplomat.expelled").explain(
        "Russia expels Polish diplomat", reports=[expelled("RUS", "POL")]
    )

    assert turned.reason == "where: the wrong way round: RUS does it to POL"


CONDITION = (
    "who: [United States, Iran]",
    "what: talks",
    "match: {meet: {near: [USA, Iran, {any: [=sit down, =shake hands]}], within: 8 words}, noise: {any: [Oman]}}",
    "unless: [market, sport]",
    "condition: who and (what or meet) and not noise and not unless",
)


@pytest.mark.parametrize(
    ("title", "failed", "reason"),
    [
        pytest.param(
            "US in talks", "who", "who: United States found as “US”, Iran not found", id="somebody is missing"
        ),
        pytest.param(
            "US and Iran",
            "meet",
            "meet: sit down or shake hands not found, United States as “US”, Iran as “Iran”",
            id="of two ways the nearer one",
        ),
        pytest.param(
            "Oil slips as US and Iran in talks",
            "unless",
            "unless: “talks” silenced by the guard market: “Oil” in the title",
            id="a guard",
        ),
        pytest.param(
            "US and Iran in talks in Oman", "not noise", "not noise: found Oman as “Oman”", id="a block of noise"
        ),
    ],
)
def test_a_condition_is_explained_by_the_block_that_failed(title: str, failed: str, reason: str) -> None:
    found = desk(*CONDITION).explain(title)

    assert (found.failed, found.reason) == (failed, reason)
    names = ["who", "what", "meet", "not noise", "unless", "condition"]
    assert [clause.name for clause in found.clauses] == names
    assert not found.clauses[-1].met


def test_a_condition_that_is_met_says_by_what() -> None:
    found = desk(*CONDITION).explain("US and Iran sit down at last")

    assert found.fired
    assert {clause.name: clause.met for clause in found.clauses} == {
        "who": True,
        "what": False,
        "meet": True,
        "not noise": True,
        "unless": True,
        "condition": True,
    }
    meet = "meet: found United States as “US”, Iran as “Iran”, sit down as “sit down”"
    assert found.reason == f"who: United States found as “US”, Iran found as “Iran”; {meet}"


@pytest.mark.parametrize(
    ("nearer", "further"),
    [
        pytest.param("Oil slips on US-Iran talks", "US and Iran", id="silenced before without a subject"),
        pytest.param("US and Iran", "Iran", id="two of the parties before one"),
        pytest.param("US and Iran talk: talks", "Iran", id="fired before anything"),
        pytest.param("US in talks", "US", id="with the subject before without"),
        pytest.param("Iran wins", "Rovers win", id="something before nothing"),
    ],
)
def test_what_found_more_is_nearer(nearer: str, further: str) -> None:
    for keys in (("who: [United States, Iran]", "what: talks", "unless: market"), CONDITION):
        assert desk(*keys).explain(nearer).nearness > desk(*keys).explain(further).nearness


def test_guards_that_looked_and_did_not_silence_are_named_with_the_reason() -> None:
    found = desk("who: Iran", "what: talks", "unless: [labour, market]").explain("Iran talks", "A union wants wages.")

    assert found.fired
    assert [(look.guard, look.silenced) for look in found.guards] == [("labour", False)]
    assert "not in the sentence of the deciding words" in found.guards[0].reason
    assert found.guards[0].evidence.origin.startswith("guards/en.yaml")


def test_production_and_explain_agree() -> None:
    one = desk("who: [United States, Iran]", "what: talks", "unless: [market, sport, labour]")
    titles = ["Iran and US in talks", "Iran in talks", "Oil: US and Iran talks", "US, Iran and a union in talks", ""]

    assert [one.explain(title).fired for title in titles] == [one.fired(title) == ["x"] for title in titles]


# ── Inferred developments ──────────────────────────────────────────────────────────────────────────────────────


def moved_up(**fields: object) -> Development:
    base = Development(
        id=DevelopmentId("d"),
        story=StoryId("s"),
        kind=Kind.UPDATE,
        event=ConceptId("schedule.moved_up"),
        actors=(ActorId("IRN"), ActorId("USA")),
        status=Status.ANNOUNCED,
        lane=Lane.NOW,
        value=0.9,
        title="Talks on 11 February",
        url="",
        items=(),
        publishers=(),
        first_seen=NOON,
        last_seen=NOON,
        changes=(Change("date", "2026-02-18", "2026-02-11"),),
    )
    return replace(base, **fields)  # type: ignore[arg-type]  # fields of Development by keyword


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        pytest.param(["who: any state", "what: schedule.moved_up"], True, id="event and actor"),
        pytest.param(
            ["who: [Iran, US]", "what: schedule.moved_up", "unless: background"], True, id="a guard not there"
        ),
        pytest.param(["who: Oman", "what: schedule.moved_up"], False, id="another actor"),
        pytest.param(["who: any state", "what: talks"], False, id="another event"),
        pytest.param(
            ["who: any state", "what: schedule.moved_up", "status_in: [confirmed]"], False, id="another status"
        ),
        pytest.param(["who: [any state, any state, any state]", "what: schedule.moved_up"], False, id="too few"),
        pytest.param(["what: brought forward"], False, id="words that nobody wrote"),
        pytest.param(["match: {a: {all: [Iran, schedule.moved_up]}}"], True, id="a block"),
    ],
)
def test_rules_select_inferred_developments(keys: list[str], expected: bool) -> None:
    found = match_inferred(moved_up(), desk(*keys).ruleset)

    assert [match.rule for match in found] == (["x"] if expected else [])


def test_an_inferred_match_says_what_changed_and_has_no_evidence() -> None:
    match = match_inferred(moved_up(), desk("who: any state", "what: schedule.moved_up").ruleset)[0]

    assert match.evidence == ()
    assert match.extract["old_date"] == "2026-02-18"
    assert match.extract["new_date"] == "2026-02-11"
    assert match.events == ("schedule.moved_up",)


# ── Cost ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_title_without_candidates_costs_next_to_nothing() -> None:
    rules = "rules:\n" + "".join(f"  - {{rule: r{n}, who: [Iran, Oman], what: [word{n} here]}}\n" for n in range(500))
    one = Desk(rules)
    document, hits = one.read(item("Cheese prices rise in winter as farmers count their cows"))
    from watcher.matching import match as match_rules

    match_rules(document, hits, (), one.ruleset)
    started = time.perf_counter()
    for _ in range(1_000):
        match_rules(document, hits, (), one.ruleset)

    assert (time.perf_counter() - started) / 1_000 < 30e-6


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Iran Oman talks " * 3_000, id="every word counts"),
        pytest.param("Iran " * 10_000 + "talks", id="one actor, far from the subject"),
        pytest.param("a" * 100_000, id="one long word"),
        pytest.param("araghchy " * 5_000, id="a fuzzy name, again and again"),
        pytest.param("".join(random.Random(1).choice("ab") for _ in range(60_000)), id="what expressions hate"),
    ],
)
def test_hostile_items_and_rules_end_soon(text: str) -> None:
    one = Desk(
        """
        rules:
          - {rule: a, who: [any state, any state, any state], what: talks, where: {within: 5 words, order: given}}
          - {rule: b, match: {n: {near: [Iran, Oman, talks, any state], within: 4 words, order: given}}}
          - {rule: c, what: [~Araghchi, ~Witkoff, '/(a|b)*a(a|b){200}c/', '/(x+x+)+y/']}
          - {rule: d, who: Iran, what: talks, where: {in: text, within: 1 words}, unless: [labour, background, negated]}
        """
    )

    started = time.perf_counter()
    one.fired("News", text)

    assert time.perf_counter() - started < 5


def test_a_fuzzy_name_finds_every_spelling_within_its_errors() -> None:
    from rapidfuzz.distance import DamerauLevenshtein

    dice = random.Random(2)
    for name in ("grossi", "araghchi", "pezeshkian"):
        expressions = Expressions((), (name,))
        for _ in range(300):
            letters = list(name)
            for _ in range(errors_allowed(name)):
                at = dice.randrange(1, len(letters) - 1)
                change = dice.randrange(4)
                if change == 0:
                    letters[at] = dice.choice("abxyz")
                elif change == 1:
                    letters.insert(at, dice.choice("abxyz"))
                elif change == 2:
                    del letters[at]
                else:
                    letters[at], letters[at + 1] = letters[at + 1], letters[at]
            word = "".join(letters)
            if DamerauLevenshtein.distance(word, name) <= errors_allowed(name):
                assert expressions.find(read(item(f"Minister {word} spoke"))), word


@pytest.mark.parametrize(
    ("name", "usable"), [("Araghchi", True), ("Iran", False), ("Ben-Gvir", False), ("aaaaaa", False)]
)
def test_fuzzy_names_are_checked(name: str, usable: bool) -> None:
    assert (check_fuzzy(name) is None) is usable


def test_expressions_are_folded_letter_by_letter_only() -> None:
    assert check_expression(r"Président\W+d'État") is None
    assert desk(r"what: '/\W?Président\S* d.État/'").fired("Le président d'état", lang="fr") == ["x"]
