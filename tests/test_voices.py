"""Who really speaks: names of one newsroom, credit lines of agencies, copies of one text."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.reports import report
from watcher.model import ActorId, Development, Item, ItemId
from watcher.stories import Memory
from watcher.text import credit_of, family_of, fold, is_copy, read, sketch_of

BODY = (
    "The two delegations will meet in Muscat next week, the foreign ministry of Oman said in a statement on Tuesday. "
    "A spokesman added that both sides had asked for the earlier date and that the agenda would not change. "
    "Officials in both capitals confirmed the plan and declined to name the members of their teams."
)


@pytest.mark.parametrize(
    ("names", "family"),
    [
        pytest.param(("BBC", "BBC News", "bbc.co.uk", "bbc.com", "BBC Persian"), "bbc", id="services of one house"),
        pytest.param(("Reuters", "reuters.com", "رويترز", "路透社"), "reuters", id="an agency in several scripts"),
        pytest.param(("The Guardian", "theguardian.com"), "guardian", id="an article before the name"),
        pytest.param(("Middle East Eye", "middleeasteye.net"), "middleeasteye", id="name and host"),
        pytest.param(("Anadolu", "aa.com.tr"), "anadolu", id="a host that is short for the agency"),
        pytest.param(("ن",), "ن", id="a name of one letter stays"),
        pytest.param(("News",), "news", id="nothing but a tail stays"),
    ],
)
def test_names_of_one_newsroom_meet(names: tuple[str, ...], family: str) -> None:
    assert {family_of(name) for name in names} == {family}


@pytest.mark.parametrize(
    ("title", "text", "credit"),
    [
        pytest.param("", "MUSCAT, Feb 4 (Reuters) - Envoys will", "reuters", id="dateline, English"),
        pytest.param("", "MUSCAT (AP) — Envoys will", "ap", id="dateline without a day"),
        pytest.param("", "By The Associated Press\nEnvoys will", "ap", id="by-line"),
        pytest.param("", "Les émissaires sont attendus.\nAvec AFP", "afp", id="French, at the end"),
        pytest.param("", "Die Delegationen reisen an. (dpa)", "dpa", id="German, in brackets at the end"),
        pytest.param("", "Die Delegationen reisen an — dpa", "dpa", id="German, after a dash"),
        pytest.param("", "Los enviados llegan el lunes. Con información de EFE", "efe", id="Spanish"),
        pytest.param("", "МАСКАТ, 4 февраля. /ТАСС/. Делегации прибыли", "tass", id="Russian dateline"),
        pytest.param("", "مسقط (رويترز) - قال متحدث", "reuters", id="Arabic dateline"),
        pytest.param("", "به گزارش ایرنا، هیئت‌ها وارد شدند", "irna", id="Persian, cited"),
        pytest.param("", "לפי רויטרס, המשלחות יגיעו", "reuters", id="Hebrew, cited"),
        pytest.param("", "新华社马斯喀特2月4日电 两国代表团", "xinhua", id="Chinese dateline"),
        pytest.param("", "ROMA (ANSA) - Le delegazioni", "ansa", id="Italian dateline"),
        pytest.param("Envoys to meet in Muscat, Reuters reports", "", "reuters", id="cited in a title"),
        pytest.param("Делегации прибыли, сообщает ТАСС", "", "tass", id="cited in a Russian title"),
        pytest.param("Shares of Thomson Reuters rise", "", "", id="an agency as a company"),
        pytest.param(
            "Envoys to meet", BODY + " A photographer of Reuters waited outside. " + BODY, "", id="in passing"
        ),
        pytest.param("Envoys to meet", "By Our Correspondent\n" + BODY, "", id="the outlet's own"),
    ],
)
def test_an_agency_is_credited_where_credits_stand(title: str, text: str, credit: str) -> None:
    assert credit_of(fold(title), fold(text)) == credit


@pytest.mark.parametrize(
    ("other", "copy"),
    [
        pytest.param("Gulf Wire brings you this report. " + BODY, True, id="framed"),
        pytest.param(BODY.rpartition("Officials")[0], True, id="cut"),
        pytest.param(BODY.replace("Tuesday", "Wednesday"), True, id="one word edited"),
        pytest.param(
            "Envoys of both states are to see each other in Oman, its government announced. The date was moved at the "
            "wish of either side, according to a spokesman in Muscat; what they will talk about stays the same.",
            False,
            id="the same news in other words",
        ),
        pytest.param("They will meet in Muscat next week.", False, id="too short to tell"),
    ],
)
def test_copies_of_a_body_are_known(other: str, *, copy: bool) -> None:
    assert is_copy(sketch_of(fold(other)), [sketch_of(fold(BODY))]) is copy


def test_three_outlets_that_print_one_agency_are_one_voice() -> None:
    memory = Memory()

    told = _told(
        memory,
        report("Iran, US to hold talks in Muscat", by="gulf.example", credit="reuters"),
        report("Talks between Iran and US to be held in Muscat", 0.1, by="Reuters"),
        report("Iran-US talks will be held in Muscat", 0.2, by="northern.example", credit="reuters"),
        report("US and Iran talks to be held in Muscat", 0.3, by="own.example"),
    )

    assert told.publishers == ("gulf.example", "own.example")
    assert told.outlets == ("gulf.example", "Reuters", "northern.example", "own.example")


def test_a_copied_body_under_another_title_is_no_second_voice() -> None:
    sketch = sketch_of(fold(BODY))

    told = _told(
        Memory(),
        report("Iran, US to hold talks in Muscat", by="gulf.example", sketch=sketch),
        report("Talks between Iran and US to be held in Muscat", 0.1, by="copy.example", sketch=sketch),
    )

    assert told.publishers == ("gulf.example",)
    assert told.outlets == ("gulf.example", "copy.example")


def test_an_outlet_that_prints_itself_and_an_agency_is_named_once() -> None:
    told = _told(
        Memory(),
        report("Iran, US to hold talks in Muscat", by="gulf.example"),
        report("Talks between Iran and US to be held in Muscat", 0.1, by="gulf.example", credit="afp"),
    )

    assert told.publishers == ("gulf.example",)


def test_an_item_is_read_with_its_credit() -> None:
    from watcher.facts import read_facts
    from watcher.vocabulary import Scanner, load

    vocabulary = load()
    now = report("x").time
    text = f"MUSCAT (AFP) - {BODY}"
    document = read(
        Item(ItemId("i"), "Iran and US to hold talks in Muscat", "https://a.example/1", "a", now, text=text)
    )

    found = read_facts(document, Scanner(vocabulary, ()).scan(document), vocabulary)[0]

    assert (found.credit, set(found.actors), len(found.sketch)) == ("afp", {ActorId("IRN"), ActorId("USA")}, 16)


def _told(memory: Memory, *reports: object) -> Development:
    """The development that all the reports joined."""
    from watcher.model import Report

    ids = set()
    for one in reports:
        assert isinstance(one, Report)
        answer = memory.assign(one, now=one.seen + timedelta(seconds=1))
        memory.fold(answer)
        ids.add(answer.development.id)
    assert len(ids) == 1
    return answer.development
