"""Folding keeps offsets; sentences, clauses, head clauses, outlets, languages and addresses are told apart."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.model import Item, ItemId, Part, Span
from watcher.text import Document, canonical_url, detect_language, fold, host, publisher_of, read

SEEN = datetime(2026, 2, 10, 12, tzinfo=UTC)
# What feeds contain and what breaks naive folding: marks, joiners, ligatures, direction marks, surrogates, controls.
NASTY = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from(
            list("éÉßﷺıİæœøٱأإيیكک\u064bـ\u200c\u200d\u202a\u2069\ufeff\x00\x07\t\n\u2028…“”’—־׳״ﬁ½①Ⅳ가がｶﾞй\u0306")
        ),
        st.integers(0xD800, 0xDFFF).map(chr),
    ),
    max_size=80,
)


def item(title: str, text: str = "", *, url: str = "https://news.example.org/a", lang: str | None = None) -> Item:
    return Item(ItemId("i"), title, url, "s", SEEN, text=text, lang=lang)


def pieces(document: Document) -> list[str]:
    return [document.original(start, end) for start, end in document.sentences]


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        pytest.param("TEHRAN", "tehran", id="case"),
        pytest.param("Élysée", "elysee", id="accents"),
        pytest.param("E\u0301lyse\u0301e", "elysee", id="accents written apart"),
        pytest.param("Straße", "strasse", id="sharp s"),
        pytest.param("İstanbul ışık", "istanbul isik", id="Turkish i with and without dot"),
        pytest.param("إيرانُ", "ايران", id="Arabic hamza and vowel signs"),
        pytest.param("محـــادثات", "محادثات", id="tatweel"),
        pytest.param("گفت‌وگوی", fold("گفتوگوي"), id="Persian joiner and letters"),
        pytest.param("کی", fold("كي"), id="Persian and Arabic keyboards"),
        pytest.param("۱۲ و ١٢", "12 و 12", id="digits of both scripts"),
        pytest.param("הסכם־שלום", "הסכמ-שלומ", id="Hebrew maqaf and final letters"),
        pytest.param("ארה״ב", 'ארה"ב', id="gershayim"),
        pytest.param("Ёлка, й", "елка, й", id="Russian yo, but not i for short i"),
        pytest.param("‘a’ “b” «c» „d“", '\'a\' "b" "c" "d"', id="quotes"),
        pytest.param("US–Iran—talks‑now", "us-iran-talks-now", id="dashes"),
        pytest.param("\u202bab\u202c\ufeff", "ab", id="direction marks"),
        pytest.param("a\x00b\tc", "a b c", id="controls"),
        pytest.param("\ud800x", " x", id="lone surrogate"),
        pytest.param("ＵＳ：Ｉｒａｎ", "us:iran", id="full width"),
        pytest.param("美國與伊朗舉行會談", "美国与伊朗举行会谈", id="traditional Chinese"),
        pytest.param("हिन्दी", "हिन्दी", id="marks that are vowels stay"),
        pytest.param("がガ", "がガ", id="voiced kana stay"),
        pytest.param("ﷺ", "ﷺ", id="one character never becomes a sentence"),
    ],
)
def test_spellings_of_one_word_become_equal(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(NASTY)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_folding_twice_changes_nothing_for_any_single_character() -> None:
    characters = [chr(code) for code in range(0x20000)]

    assert [character for character in characters if fold(fold(character)) != fold(character)] == []


@given(NASTY, NASTY)
def test_every_folded_character_knows_where_it_came_from(title: str, text: str) -> None:
    document = read(item(title, text))
    places = [document.original_range(at, at + 1) for at in range(len(document.folded))]

    assert all(0 <= start < end <= len(document.text) for start, end in places)
    assert [start for start, _ in places] == sorted(start for start, _ in places)
    assert all(
        document.folded[at] in fold(document.text[start:end]) or document.folded[at] == "\n"
        for at, (start, end) in enumerate(places)
    )


@given(NASTY, NASTY)
def test_any_text_can_be_read_in_every_way(title: str, text: str) -> None:
    document = read(item(title, text))

    assert document.sentences[0] == (0, document.title_end)
    assert all(start < end <= len(document.folded) for start, end in document.sentences[1:])
    assert 0 <= document.head_end <= document.title_core_end <= document.title_end <= document.lead_end
    for word in document.words:
        assert document.folded[word.start : word.end] == word.text
        start, end = document.clause_at(word.start)
        assert document.sentence_at(word.start)[0] <= start < end <= document.sentence_at(word.start)[1] or (
            word.start >= document.sentence_at(word.start)[1]
        )


def test_offsets_lead_back_into_the_title_and_the_text_as_published() -> None:
    document = read(item("Straße “Iran” élu", "D’abord\u200c: œuvre de Téhéran"))

    title_at = document.folded.index("elu")
    text_at = document.folded.index("teheran")

    assert document.span(title_at, title_at + 3) == Span(Part.TITLE, 14, 17)
    assert document.span(text_at, text_at + 7) == Span(Part.TEXT, 19, 26)
    assert document.original(text_at, text_at + 7) == "Téhéran"


def test_an_endless_text_is_cut() -> None:
    document = read(item("t" * 10_000, "x" * 1_000_000))

    assert len(document.folded) < 210_000


@pytest.mark.parametrize("piece", ["a, b c d e, ", "Mr. ", "a. b. ", " ", "\n", "\"'", "but ", " - ", "!", "x"])
@pytest.mark.timeout(10)
def test_hostile_text_is_read_in_bounded_time(piece: str) -> None:
    document = read(item(piece * 1_000, piece * (200_000 // len(piece))))

    assert document.sentences
    assert document.clause_at(len(document.folded) - 1)
    assert document.head_end <= document.title_end
    assert document.words is not None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Mr. Dobbs met Gen. Ruiz. They left.", ["Mr. Dobbs met Gen. Ruiz.", "They left."], id="titles"),
        pytest.param("The U.S. envoy left. He wept.", ["The U.S. envoy left.", "He wept."], id="U.S."),
        pytest.param("J. D. Dobbs spoke. Then?", ["J. D. Dobbs spoke.", "Then?"], id="initials"),
        pytest.param("Am 18. Juni reist er. Gut.", ["Am 18. Juni reist er.", "Gut."], id="German date"),
        pytest.param('"Never!" he said. Why?', ['"Never!"', "he said.", "Why?"], id="quoted end"),
        pytest.param("It cost 3.5 million. Fine.", ["It cost 3.5 million.", "Fine."], id="decimal point"),
        pytest.param("No stop\nNext line", ["No stop", "Next line"], id="lines end sentences"),
        pytest.param("会谈结束。双方满意！", ["会谈结束。", "双方满意！"], id="Chinese"),
        pytest.param("هل انتهت المحادثات؟ نعم.", ["هل انتهت المحادثات؟", "نعم."], id="Arabic question mark"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_sentences_end_where_readers_end_them(text: str, expected: list[str]) -> None:
    assert pieces(read(item("Title. With stop", text)))[1:] == expected


def test_the_lead_is_the_title_and_two_sentences() -> None:
    document = read(item("Title", "One. Two. Three."))

    assert document.folded[: document.lead_end] == "title\n\none. two."


@pytest.mark.parametrize(
    ("title", "word", "clause"),
    [
        pytest.param("Envoys meet, but the truce collapses", "collapses", "but the truce collapses", id="but"),
        pytest.param("Visit goes ahead after talks were postponed", "goes", "visit goes ahead", id="after"),
        pytest.param(
            "Iran, Oman and Qatar meet in May", "meet", "iran, oman and qatar meet in may", id="commas of a list"
        ),
        pytest.param(
            "The two sides met in Geneva, the minister told reporters there",
            "told",
            "the minister told reporters there",
            id="comma between clauses",
        ),
        pytest.param("Переговоры прошли, хотя стороны спорили", "прошли", "переговоры прошли", id="Russian"),
        pytest.param("Das Treffen findet statt, obwohl Paris zögert", "zogert", "obwohl paris zogert", id="German"),
    ],
)
def test_clauses_are_parted_by_what_joins_them(title: str, word: str, clause: str) -> None:
    document = read(item(title))

    start, end = document.clause_at(document.folded.index(word))

    assert document.folded[start:end].strip(", ") == clause


@pytest.mark.parametrize(
    ("title", "lang", "head"),
    [
        pytest.param("Oil rises as Iran talks stall", None, "oil rises", id="as"),
        pytest.param("Envoys meet in Oman amid threats", None, "envoys meet in oman", id="amid"),
        pytest.param("Minister flies to Rome ahead of summit", None, "minister flies to rome", id="ahead of"),
        pytest.param("After talks, Iran signs", None, "after talks, iran signs", id="begins with one: no cut"),
        pytest.param("Paris convoque l'envoyé après l'attaque", "fr", "paris convoque l'envoye", id="French"),
        pytest.param("Treffen abgesagt nach Streit um Zölle", "de", "treffen abgesagt", id="German"),
    ],
)
def test_the_head_clause_ends_before_circumstances(title: str, lang: str | None, head: str) -> None:
    document = read(item(title, lang=lang))

    assert document.folded[: document.head_end] == head


@pytest.mark.parametrize(
    ("title", "core"),
    [
        pytest.param("Iran and Oman hold talks - BBC News", "iran and oman hold talks", id="known outlet"),
        pytest.param("Iran and Oman hold talks | World | Reuters", "iran and oman hold talks", id="section and outlet"),
        pytest.param("Iran and Oman hold talks - The Lima Gazette", "iran and oman hold talks", id="sounds like one"),
        pytest.param("Iran and Oman hold talks - Example News", "iran and oman hold talks", id="named as its host"),
        pytest.param("No plans for talks - Kremlin", "no plans for talks - kremlin", id="a speaker is no outlet"),
        pytest.param("US-Iran talks", "us-iran talks", id="hyphen"),
        pytest.param("Opinion | Why talks fail", "opinion | why talks fail", id="a section in front stays"),
    ],
)
def test_the_name_of_the_outlet_is_not_the_title(title: str, core: str) -> None:
    document = read(item(title))

    assert document.folded[: document.title_core_end] == core


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        pytest.param("Iran says talks with the United States will resume in Oman", "en", id="English"),
        pytest.param("Trump meets Merz", "en", id="English of names only"),
        pytest.param("Téhéran et Washington reprennent les pourparlers à Mascate", "fr", id="French"),
        pytest.param("El canciller viaja a Ginebra para las negociaciones con la UE", "es", id="Spanish"),
        pytest.param("Der Minister reist nach Genf, um über das Abkommen zu verhandeln", "de", id="German"),
        pytest.param("Sommet annulé", "fr", id="French without function words"),
        pytest.param("Cumbre cancelada", "es", id="Spanish without function words"),
        pytest.param("Xi trifft Putin in Samarkand", "de", id="German with an English word"),
        pytest.param("UN chief meets von der Leyen in Türkiye", "en", id="English with foreign names"),
        pytest.param("Il ministro degli Esteri vola a Ginevra per i colloqui con la Russia", "it", id="Italian"),
        pytest.param("Стороны перенесли переговоры на вторник", "ru", id="Russian"),
        pytest.param("Сторони перенесли переговори, їх очікують", "uk", id="Ukrainian"),
        pytest.param("تأجيل المحادثات بين البلدين إلى الأسبوع المقبل", "ar", id="Arabic"),
        pytest.param("گفت‌وگوهای دو کشور به هفته آینده موکول شد", "fa", id="Persian"),
        pytest.param("השיחות בין המדינות נדחו לשבוע הבא", "he", id="Hebrew"),
        pytest.param("两国会谈推迟到下周", "zh", id="Chinese"),
        pytest.param("両国の会談は来週に延期", "ja", id="Japanese"),
        pytest.param("特朗普 Trump 会谈", "zh", id="Chinese with a Latin name"),
        pytest.param("12:30 – 14", "und", id="no letters"),
    ],
)
def test_the_language_is_told_by_script_and_function_words(text: str, lang: str) -> None:
    assert detect_language(text) == lang


@pytest.mark.parametrize(
    ("declared", "text", "lang"),
    [
        pytest.param("fr", "Trump meets Merz", "fr", id="declared wins"),
        pytest.param("en-GB", "Trump meets Merz", "en", id="region is dropped"),
        pytest.param("en", "两国会谈推迟到下周", "zh", id="the script contradicts"),
        pytest.param("ru", "Trump meets Merz", "en", id="the script contradicts the other way"),
        pytest.param("fa", "ایران", "fa", id="same script: declared wins"),
        pytest.param("uk", "Київ", "uk", id="same script, other language"),
    ],
)
def test_the_declared_language_holds_unless_the_script_contradicts(declared: str, text: str, lang: str) -> None:
    assert read(item(text, lang=declared)).lang == lang


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        pytest.param("http://WWW.Example.org/a/", "https://example.org/a", id="host, scheme, slash"),
        pytest.param(
            "https://m.example.org/a?b=2&a=1#c", "https://example.org/a?a=1&b=2", id="mobile, order, fragment"
        ),
        pytest.param("https://amp.example.org/a/amp/", "https://example.org/a", id="amp"),
        pytest.param("https://example.org/a?utm_source=x&fbclid=y&id=7", "https://example.org/a?id=7", id="tracking"),
        pytest.param(
            "https://archive.ph/newest/https://example.org/a?id=7", "https://example.org/a?id=7", id="archive copy"
        ),
        pytest.param(
            "https://web.archive.org/web/20250101000000/http://example.org/a",
            "https://example.org/a",
            id="archived page",
        ),
        pytest.param(
            "https://www.google.com/url?rct=j&sa=t&url=https%3A%2F%2Fexample.org%2Fa&ct=ga",
            "https://example.org/a",
            id="redirector",
        ),
        pytest.param("https://example.org:8443/", "https://example.org:8443/", id="unusual port"),
        pytest.param("https://example.org/a%20b", "https://example.org/a%20b", id="escapes stay"),
        pytest.param("not an address", "not an address", id="no address"),
        pytest.param("http://[bad/", "http://[bad/", id="broken address"),
    ],
)
def test_copies_of_a_page_have_one_address(url: str, canonical: str) -> None:
    assert canonical_url(url) == canonical
    assert canonical_url(canonical) == canonical


@given(NASTY)
def test_no_address_can_break_us(text: str) -> None:
    canonical_url("https://example.org/" + text)
    host(text)
    publisher_of(item("t", url="http://" + text))


@pytest.mark.parametrize(
    ("url", "publisher"),
    [
        pytest.param("https://feeds.bbci.example.co.uk/a", "example.co.uk", id="second-level domain"),
        pytest.param("https://news.bbc.com/x", "bbc.co.uk", id="one newsroom, two domains"),
        pytest.param("https://archive.is/x/https://www.example.com/y", "example.com", id="behind an archive"),
        pytest.param("mailto:x", "s", id="no host: the source"),
    ],
)
def test_the_publisher_is_the_registrable_name(url: str, publisher: str) -> None:
    assert publisher_of(item("t", url=url)) == publisher
