"""Which development a report founds or joins: the table of decisions, on facts put in by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.reports import START, at_place, hours, nth, on, report
from watcher.model import ActorId, Change, ConceptId, Filed, Kind, Lane, Report, Status
from watcher.stories import Assigned, Memory
from watcher.stories.value import Sort, lane_of
from watcher.stories.weights import WORTH

TALKS = "Iran and US to hold talks in Muscat"


def tell(memory: Memory, *reports: Report) -> list[Assigned]:
    answers = []
    for one in reports:
        answer = memory.assign(one, now=one.seen)
        memory.fold(answer)
        answers.append(answer)
    return answers


def kinds(*reports: Report) -> list[Kind]:
    return [answer.decision.kind for answer in tell(Memory(), *reports)]


@pytest.mark.parametrize(
    ("second", "kind"),
    [
        pytest.param(report(TALKS, 1, by="b.example"), Kind.REPEAT, id="the same words elsewhere"),
        pytest.param(
            report("US and Iran agree to meet for talks in Muscat", 1, by="b.example"),
            Kind.REPEAT,
            id="other words, the same facts, an hour later",
        ),
        pytest.param(
            report("Iran and US hold talks in Muscat", 20, by="b.example", status=Status.HELD),
            Kind.UPDATE,
            id="to hold → hold: nearly the same words",
        ),
        pytest.param(
            report("Iran and US talks in Muscat called off", 9, event=ConceptId("schedule.off"), status=Status.OFF),
            Kind.UPDATE,
            id="called off",
        ),
        pytest.param(
            report("Iran denies talks with US in Muscat", 2, by="b.example", status=Status.DENIED),
            Kind.UPDATE,
            id="denied by the other side",
        ),
        pytest.param(
            report("Iran and US to hold talks in Geneva", 5, by="b.example", places=at_place("geneva")),
            Kind.UPDATE,
            id="another place: one word differs",
        ),
        pytest.param(
            report("Iran and US to hold third round of talks in Muscat", 5, by="b.example", counts=nth(3)),
            Kind.UPDATE,
            id="another round: one word differs",
        ),
        pytest.param(
            report(
                "Cuba and Canada sign fishing accord",
                5,
                actors=(ActorId("CAN"), ActorId("CUB")),
                event=ConceptId("agreement.signed"),
                family="agreement",
            ),
            Kind.NEW,
            id="other people, other matter",
        ),
    ],
)
def test_facts_decide_what_the_second_report_is(second: Report, kind: Kind) -> None:
    first = report(TALKS, places=at_place("muscat"), counts=nth(2))

    assert kinds(first, second) == [Kind.NEW, kind]


def test_an_update_names_what_changed() -> None:
    first = report("Iran-US talks set for 18 February", dates=on("2026-02-18"))
    second = report("Iran-US talks set for 11 February", 5, by="b.example", dates=on("2026-02-11"))

    _, answer = tell(Memory(), first, second)

    assert answer.development.changes == (Change("date", "2026-02-18", "2026-02-11"),)
    assert "2026-02-18 → 2026-02-11" in answer.decision.reason


def test_updates_stay_in_the_story() -> None:
    answers = tell(
        Memory(),
        report(TALKS),
        report("Iran and US hold talks in Muscat", 20, status=Status.HELD),
        report(
            "Iran and US talks in Muscat end without accord", 30, event=ConceptId("talks.collapsed"), status=Status.OFF
        ),
    )

    assert len({answer.story.id for answer in answers}) == 1
    assert len(answers[-1].story.developments) == 3


def test_a_denial_by_the_outlet_that_said_so_retracts() -> None:
    first = report("Iran agrees to meet US envoy in Oslo", status=Status.REPORTED)
    second = report("Iran has not agreed to meet US envoy in Oslo", 3, status=Status.DENIED)

    assert kinds(first, second) == [Kind.NEW, Kind.RETRACTED]


def test_old_facts_that_arrive_late_make_no_update() -> None:
    first = report("Iran-US talks set for 18 February", dates=on("2026-02-18"))
    moved = report("Iran-US talks moved to 11 February", 5, by="b.example", dates=on("2026-02-11"))
    late = replace(report("Iran-US talks set for 18 February", 6, by="c.example", dates=on("2026-02-18")), time=START)

    answers = tell(Memory(), first, moved, late)

    assert answers[2].decision.kind is Kind.REPEAT
    assert answers[2].development.id == answers[0].development.id


def test_enough_publishers_raise_a_held_development() -> None:
    titles = (
        "Envoys of Iran and US may meet",
        "Iran, US envoys may meet soon",
        "US and Iran envoys may meet, reports say",
        "US, Iran envoys may meet soon, diplomats say",
    )
    quiet: dict[str, Any] = {"status": Status.CONSIDERED, "principal": False, "guards": frozenset(("hypothetical",))}

    answers = tell(Memory(), *(report(t, n / 2, by=f"{n}.example", **quiet) for n, t in enumerate(titles)))

    assert [answer.development.lane for answer in answers] == [Lane.DIGEST, Lane.DIGEST, Lane.DIGEST, Lane.NOW]


def test_copies_of_one_agency_text_are_one_voice() -> None:
    answers = tell(Memory(), *(report(TALKS, n / 2, by=f"{n}.example") for n in range(4)))

    assert answers[-1].development.publishers == ("0.example",)


def test_a_quiet_story_closes_and_a_later_report_links_back() -> None:
    memory = Memory()
    (first,) = tell(memory, report(TALKS))

    (closed,) = memory.close_quiet(now=START + hours(24 * 11))
    (later,) = tell(memory, report("Iran and US to meet again in Oslo", 24 * 12))

    assert closed.id == first.story.id
    assert later.decision.kind is Kind.NEW
    assert later.story.previous == first.story.id


def test_a_reworded_item_is_a_repeat_and_one_with_another_fact_an_update() -> None:
    memory = Memory()
    first = report("Iran-US talks set for 18 February", key="i1", dates=on("2026-02-18"))
    reworded = report("US and Iran will talk on 18 February", 1, key="i1", dates=on("2026-02-18"))
    moved = report("US and Iran will talk on 11 February", 2, key="i1", dates=on("2026-02-11"))

    answers = tell(memory, first, reworded, moved)

    assert [answer.decision.kind for answer in answers] == [Kind.NEW, Kind.REPEAT, Kind.UPDATE]
    assert answers[1].development.items == (first.item,)


def test_languages_meet_on_their_facts() -> None:
    facts: dict[str, Any] = {"dates": on("2026-02-18"), "places": at_place("muscat")}
    first = report(TALKS, **facts)
    second = report("Téhéran et Washington se rencontreront à Mascate", 2, by="fr.example", lang="fr", **facts)

    assert kinds(first, second) == [Kind.NEW, Kind.REPEAT]


WEEK = (
    report("Iran-US talks set for 18 February in Muscat", dates=on("2026-02-18"), places=at_place("muscat")),
    report("Iran and US will meet in Muscat on 18 February", 1, by="b.example", dates=on("2026-02-18")),
    report(
        "Oslo hopes to host Iran", 2, by="c.example", actors=(ActorId("IRN"), ActorId("NOR")), event=ConceptId("visit")
    ),
    report(
        "Iran-US talks in Muscat on 11 February", 20, by="b.example", dates=on("2026-02-11"), places=at_place("muscat")
    ),
    report(
        "Iran, US to talk in Muscat on 11 February",
        21,
        by="c.example",
        dates=on("2026-02-11"),
        places=at_place("muscat"),
    ),
    report("Iran denies date of talks", 22, by="c.example", speaker=ActorId("IRN"), status=Status.DENIED),
    report("Iran and US hold talks in Muscat", 160, by="a.example", status=Status.HELD),
)


@pytest.mark.parametrize("stop", range(len(WEEK)))
def test_a_restart_changes_no_later_answer(stop: int) -> None:
    running, restarted = Memory(), Memory()
    told = tell(running, *WEEK[:stop])
    stories = {answer.story.id: answer.story for answer in told}
    developments = {value.id: value for answer in told for _, value in answer.filings()}
    appointments = {one.id: one for answer in told for one in answer.appointments}
    filed: list[Filed] = [filed for answer in told for filed, _ in answer.filings()]

    restarted.restore(stories.values(), developments.values(), appointments.values(), reports=filed, seen=())

    assert tell(restarted, *WEEK[stop:]) == tell(running, *WEEK[stop:])


@pytest.mark.parametrize(
    ("facts", "title", "lane"),
    [
        pytest.param({}, "Envoys of Iran and US agree on new talks", Lane.NOW, id="a new story at once"),
        pytest.param(
            {"guards": frozenset(("bystander",))}, "Iran and US must talk, senator says", Lane.DIGEST, id="who"
        ),
    ],
)
def test_one_outlet_interrupts_by_what_it_reports(facts: dict[str, Any], title: str, lane: Lane) -> None:
    known: dict[str, Any] = {"event": ConceptId("talks.resumed"), "speaker": ActorId("USA"), "status": Status.AGREED}

    (answer,) = tell(Memory(), report(title, **known, principal=True, **facts))

    assert answer.development.lane is lane


def test_a_step_interrupts_sooner_than_another_voice() -> None:
    worth = {sort: lane_of(0.8, 1, 0.0, sort=sort, weights=WORTH) for sort in Sort}

    assert worth == {Sort.STEP: Lane.NOW, Sort.NEW: Lane.DIGEST, Sort.POSSIBLE: Lane.DIGEST, Sort.VOICE: Lane.DIGEST}
    assert lane_of(0.8, 1, 0.5, sort=Sort.STEP, weights=WORTH) is Lane.DIGEST  # an echo of what was told


def test_another_deed_of_the_same_two_is_no_repeat() -> None:
    closes = report("Poland closes Russian consulate", event=ConceptId("embassy.closed"), status=Status.HELD)
    expels = report("Poland expels Russian consul", 1, event=ConceptId("diplomat.expelled"), status=Status.HELD)

    assert kinds(closes, expels) == [Kind.NEW, Kind.UPDATE]


def test_those_who_came_along_widen_no_development() -> None:
    first, *more = (
        report(TALKS, n / 9, by=f"{n}.example", actors=(ActorId("IRN"), ActorId("USA"), *extra))
        for n, extra in enumerate([(), (ActorId("OMN"), ActorId("QAT")), *[()] * 8])
    )
    other = report("Oman and Qatar to hold talks in Muscat", 2, actors=(ActorId("OMN"), ActorId("QAT")))
    answers = tell(Memory(), first, *more, other)

    assert answers[-1].development.id != answers[0].development.id
