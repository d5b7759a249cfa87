"""Written dates: what is found in a sentence, and which days it means."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from watcher.facts.calendars import Lean
from watcher.facts.days import today_of
from watcher.facts.sentence import Page
from watcher.model import Item, ItemId
from watcher.text import read
from watcher.vocabulary import Hits, load

TUESDAY = datetime(2026, 2, 10, 12, tzinfo=UTC)
TABLE = yaml.load((Path(__file__).parent / "data" / "dates.yaml").read_text("utf-8"), yaml.BaseLoader)
LANGUAGES = ("en", "fr", "es", "de", "ru", "ar", "fa", "he", "zh")


ROWS = [
    pytest.param(lean, lang, say, days, id=f"{lean}: {lang}: {say}")
    for lean, languages in TABLE.items()
    for lang, sentences in languages.items()
    for say, *days in sentences
]


def item(title: str, lang: str = "en", *, at: datetime = TUESDAY, zone: str = "UTC") -> Item:
    return Item(ItemId("1"), title, "https://news.example/1", "s", at, lang=lang, timezone=zone)


def dates_of(say: str, lang: str = "en", lean: Lean = "future", today: date | None = None) -> list[str]:
    """ISO days, or first..last, of every date in a title, in order."""
    page = Page(read(item(say, lang)), Hits(), load())
    found = [one.on(today or TUESDAY.date(), lean) for one in page.sentence(0).dates]
    return ["none" if days is None else "..".join(dict.fromkeys(day.isoformat() for day in days)) for days in found]


@pytest.mark.parametrize(("lean", "lang", "say", "days"), ROWS)
def test_a_written_date_is_the_days_it_means(lean: Lean, lang: str, say: str, days: list[str]) -> None:
    assert dates_of(say, lang, lean) == days


def test_every_language_has_fifteen_sentences_at_least() -> None:
    counts = {lang: sum(len(languages.get(lang, ())) for languages in TABLE.values()) for lang in LANGUAGES}

    assert min(counts.values()) >= 15, counts


@pytest.mark.parametrize(
    ("say", "days"),
    [
        pytest.param("Up 2-1 after 90 minutes, aged 56", [], id="a score and an age"),
        pytest.param("It may rain, troops march on", [], id="may and march as verbs"),
        pytest.param("The 19th package and the 5th round", [], id="an ordinal of something else"),
        pytest.param("Now the talks of 2024 matter", [], id="now, and a year alone"),
        pytest.param("Prices at their highest in weeks", [], id="a vague stretch"),
        pytest.param("A 24/7 effort, 3/4 of it done", [], id="a fraction"),
        pytest.param("Version 2.0 of the 28-point plan", [], id="a version and a count"),
        pytest.param("The meeting is on 30 February", ["none"], id="a day that does not exist"),
        pytest.param("The pact ends in 900000 days", [], id="beyond the calendar"),
        pytest.param("Sun rises, cat sat, the dec is full", [], id="short names without a day"),
        pytest.param("At least 10 may die", [], id="a number before a modal"),
        pytest.param(
            "On 10 May, in May and by May 5", ["2026-05-10", "2026-05-01..2026-05-31", "2026-05-05"], id="May"
        ),
    ],
)
def test_what_only_looks_like_a_date_is_none(say: str, days: list[str]) -> None:
    assert dates_of(say) == days


@pytest.mark.parametrize(
    ("today", "lean", "say", "days"),
    [
        pytest.param(date(2026, 12, 20), "future", "on 5 January", "2027-01-05", id="planned over the new year"),
        pytest.param(date(2026, 1, 5), "past", "on 20 December", "2025-12-20", id="held before the new year"),
        pytest.param(
            date(2026, 5, 21), "future", "on April 19", "2026-04-19", id="not a year from now when just passed"
        ),
        pytest.param(date(2026, 2, 11), "future", "on Wednesday", "2026-02-11", id="a weekday may be today"),
        pytest.param(date(2026, 2, 11), "past", "on Wednesday", "2026-02-11", id="also when it was held"),
        pytest.param(date(2026, 2, 15), "future", "next Monday", "2026-02-16", id="on Sunday next Monday is tomorrow"),
        pytest.param(date(2026, 2, 9), "future", "next Tuesday", "2026-02-17", id="on Monday it is next week's"),
        pytest.param(date(2026, 1, 31), "future", "the end of next month", "2026-02-22..2026-02-28", id="short month"),
        pytest.param(date(2026, 2, 27), "future", "due on the 3rd", "2026-03-03", id="a day of the next month"),
        pytest.param(date(2026, 12, 31), "future", "tomorrow", "2027-01-01", id="tomorrow is another year"),
        pytest.param(date(2028, 2, 28), "future", "on 29 February", "2028-02-29", id="leap day"),
    ],
)
def test_an_incomplete_date_depends_on_the_day_and_on_what_it_tells(
    today: date, lean: Lean, say: str, days: str
) -> None:
    assert dates_of(say, lean=lean, today=today) == [days]


@pytest.mark.parametrize(
    ("at", "zone", "day"),
    [
        pytest.param(
            datetime(2026, 2, 10, 23, tzinfo=UTC), "Asia/Tehran", date(2026, 2, 11), id="already tomorrow there"
        ),
        pytest.param(
            datetime(2026, 2, 10, 3, tzinfo=UTC), "America/New_York", date(2026, 2, 9), id="still yesterday there"
        ),
        pytest.param(datetime(2026, 2, 10, 3, tzinfo=UTC), "Nowhere/Land", date(2026, 2, 10), id="no such zone"),
        pytest.param(datetime(2026, 2, 10, 3, tzinfo=UTC), "../etc/passwd", date(2026, 2, 10), id="no zone at all"),
        pytest.param(datetime.max.replace(tzinfo=UTC), "Asia/Tehran", date.max, id="the end of the calendar"),
    ],
)
def test_today_is_the_outlets_own_day(at: datetime, zone: str, day: date) -> None:
    assert today_of(item("x", at=at, zone=zone)) == day


@pytest.mark.parametrize(
    ("zone", "days"),
    [
        pytest.param("America/New_York", "2026-02-11", id="month first"),
        pytest.param("Europe/London", "2026-11-02", id="day first"),
        pytest.param("UTC", "2026-02-11", id="not known: as the language's file says"),
    ],
)
def test_dates_in_digits_follow_the_outlets_place(zone: str, days: str) -> None:
    page = Page(read(item("The talks are on 2/11", zone=zone)), Hits(), load())

    assert page.sentence(0).dates[0].on(TUESDAY.date(), "future") == (date.fromisoformat(days),) * 2


@given(st.text(max_size=200), st.sampled_from(LANGUAGES))
def test_no_text_breaks_the_grammar_and_offsets_stay_inside(text: str, lang: str) -> None:
    document = read(item(text, lang))
    page = Page(document, Hits(), load())

    for one in page.sentence(0).dates:
        assert 0 <= one.start < one.end <= document.title_end
        days = one.on(TUESDAY.date())
        assert days is None or days[0] <= days[1]


WORDS = "18 11th 2026 June may next the from to of - , . / Tuesday 48 hours within 3.2 week end"


@given(st.lists(st.sampled_from(WORDS.split(" "))))
def test_any_order_of_the_grammars_own_words_is_read_without_fault(words: list[str]) -> None:
    page = Page(read(item(" ".join(words))), Hits(), load())

    ends = [0]
    for one in page.sentence(0).dates:
        assert one.start >= ends[-1]
        ends.append(one.end)
        for lean in ("future", "past", "near"):
            one.on(TUESDAY.date(), lean)
