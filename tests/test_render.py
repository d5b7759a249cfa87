"""What a reader sees."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from importlib import resources
from pathlib import Path

import pytest

from tests.examples import NOON, development, item, owed, told
from watcher.model import Change, DevelopmentId, ItemId
from watcher.render import (
    EXCERPT_LIMIT,
    SUBJECT_LIMIT,
    Heard,
    Piece,
    Renderer,
    Step,
    excerpt,
    link,
    one_line,
    pieces,
    say_value,
)


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    folder = resources.files("watcher") / "templates"
    return Renderer({file.name: file.read_text(encoding="utf-8") for file in folder.iterdir()})


MOVED = Change("date", "2026-02-18", "2026-02-11")


def test_the_subject_says_the_news_and_what_changed(renderer: Renderer) -> None:
    written = renderer.alert(owed(), told(changes=(MOVED,)), now=NOON)

    assert written.subject == (
        "[HIGH · Update] Iran-US talks brought forward to 11 February (Date: 18 Feb 2026 → 11 Feb 2026)"
    )


def test_text_and_html_say_who_what_since_when_and_why(renderer: Renderer) -> None:
    written = renderer.alert(owed(), told(changes=(MOVED,)), now=NOON)

    for part in (written.text, written.html):
        assert "18 Feb 2026 → 11 Feb 2026" in part
        assert "2 publishers: Gulf Wire, The Northern Post, since Wed 4 Feb 2026, 12:00 GMT" in part
        assert "Meeting moved up" in part
        assert "https://gulfwire.example/i1" in part


def test_a_title_cannot_bring_markup_or_a_script_address(renderer: Renderer) -> None:
    lead = item("<script>alert(1)</script> Iran [/x] {{ 7*7 }}")
    object.__setattr__(lead, "url", "javascript:alert(1)")

    html = renderer.alert(owed(), told(lead), now=NOON).html

    assert "<script>" not in html
    assert "javascript:" not in html
    assert "{{ 7*7 }}" in html


def test_deciding_words_are_marked(renderer: Renderer) -> None:
    assert (
        '<mark style="background:#ffec99;color:inherit">Iran-US</mark>' in renderer.alert(owed(), told(), now=NOON).html
    )


def test_an_inferred_change_says_so(renderer: Renderer) -> None:
    base = told(changes=(MOVED,))
    inferred = development(base.lead, changes=(MOVED,))
    object.__setattr__(inferred, "inferred_from", (ItemId("i1"), ItemId("i0")))
    object.__setattr__(base, "development", inferred)

    written = renderer.alert(owed(), base, now=NOON)

    assert "Inferred:" in written.subject
    assert "no report says so" in written.text
    assert "no report says so" in written.html


def test_earlier_developments_are_listed_and_the_thread_is_the_story(renderer: Renderer) -> None:
    first = development(item("Third round set for 18 February", key="i0"), key="d1")
    sent = replace(told().alert, development=first.id, time=NOON - timedelta(hours=3))
    step = Step(first, (Heard("Gulf Wire", NOON - timedelta(hours=3), NOON - timedelta(hours=3)),), (sent,))

    written = renderer.alert(owed(), told(earlier=(step,)), now=NOON)

    assert "Third round set for 18 February" in written.text
    assert "Third round set for 18 February" in written.html
    assert (written.thread, written.first_in_thread) == ("s1", False)


def test_an_update_says_who_else_reports_by_now_what_was_told_before(renderer: Renderer) -> None:
    first = development(item("Third round set for 18 February", key="i0"), key="d1")
    first = replace(first, publishers=("Gulf Wire", "Own Post"), outlets=("Gulf Wire", "Copy Daily", "Own Post"))
    at = NOON - timedelta(hours=3)
    heard = tuple(
        Heard(name, at + n * timedelta(hours=1), at + n * timedelta(hours=1)) for n, name in enumerate(first.outlets)
    )
    step = Step(first, heard, (replace(told().alert, development=first.id, time=at),))

    written = renderer.alert(owed(), told(earlier=(step,)), now=NOON)

    line = "Copy Daily, Own Post — 3 publishers (2 independent): Third round set for 18 February"
    assert f"Now also  {line}" in written.text
    assert f"Now also {line}" in written.html
    story = written.payload["story"]
    assert isinstance(story, dict)
    assert story["now_also"] == [{"development": "d1", "outlets": ["Copy Daily", "Own Post"]}]
    assert story["earlier"][0]["first"] == {"publisher": "Gulf Wire", "time": at.isoformat()}


def test_copies_are_counted_and_not_taken_for_voices(renderer: Renderer) -> None:
    base = told()
    object.__setattr__(
        base, "development", replace(base.development, outlets=("Gulf Wire", "The Northern Post", "Copy Daily"))
    )

    written = renderer.alert(owed(), base, now=NOON)

    assert "3 publishers (2 independent): Gulf Wire, The Northern Post, Copy Daily, since" in written.text
    assert written.payload["development"]["publishers"] == ["Gulf Wire", "The Northern Post"]  # type: ignore[index]


def test_a_digest_lists_the_loudest_first_and_carries_every_payload(renderer: Renderer) -> None:
    one, two = told(item("First news", key="i1")), told(item("Second news", key="i2"))
    object.__setattr__(two.alert, "time", NOON + timedelta(hours=1))

    written = renderer.digest([owed(key="x"), owed(key="y")], [one, two], now=NOON)

    assert written.subject == "Gulf desk: 2 developments"
    assert written.text.index("First news") < written.text.index("Second news")
    assert [alert["id"] for alert in written.payload["alerts"]] == ["x", "y"]  # type: ignore[attr-defined]


def test_subjects_are_cut() -> None:
    renderer = Renderer({"alert.html": ""})

    assert len(renderer.alert(owed(), told(item("word " * 200)), now=NOON).subject) == SUBJECT_LIMIT


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        pytest.param([], [("abcdef", False)], id="nothing to mark"),
        pytest.param([(0, 2)], [("ab", True), ("cdef", False)], id="at the start"),
        pytest.param([(4, 9)], [("abcd", False), ("ef", True)], id="beyond the end"),
        pytest.param([(1, 3), (2, 4)], [("a", False), ("bc", True), ("d", True), ("ef", False)], id="overlap"),
    ],
)
def test_text_is_cut_at_the_spans(spans: list[tuple[int, int]], expected: list[tuple[str, bool]]) -> None:
    assert pieces("abcdef", spans) == tuple(Piece(*piece) for piece in expected)


def test_an_excerpt_is_short_and_holds_the_deciding_words() -> None:
    from tests.examples import evidence

    long = item(text="filler " * 200 + "brought forward at Oman's request. " + "filler " * 200)

    cut = excerpt(long, [evidence("brought forward at Oman", of=long)])

    assert Piece("brought forward at Oman", marked=True) in cut
    assert sum(len(piece.text) for piece in cut) <= EXCERPT_LIMIT + 4


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("2026-02-11", "11 Feb 2026"),
        ("2026-02-11..2026-02-13", "11 Feb 2026 to 13 Feb 2026"),
        ("sharm_el_sheikh", "sharm el sheikh"),
    ],
)
def test_facts_are_spelled_out(value: str, said: str) -> None:
    assert say_value(value) == said


def test_header_text_has_no_controls() -> None:
    assert one_line("a\r\nb\x00c\u202ed\u2069  e") == "a b c d e"


@pytest.mark.parametrize("url", ["javascript:x", "data:text/html,x", "//host/x", ""])
def test_only_web_addresses_are_linked(url: str) -> None:
    assert link(url) == ""


def test_every_template_is_in_the_package() -> None:
    folder = Path(str(resources.files("watcher") / "templates"))

    assert {file.name for file in folder.iterdir()} == {"alert.html", "alert_body.html", "digest.html", "report.html"}
    assert DevelopmentId("d1") == "d1"
