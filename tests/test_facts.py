"""Document and hits → reports: every fact has a table; titles and texts are ours."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.facts import MOST_REPORTS, is_background, is_hypothetical, is_negated, read_facts, status_at
from watcher.model import Item, ItemId, Part, Report, Role, Span
from watcher.text import Document, read
from watcher.vocabulary import Hit, Hits, Scanner, load

TUESDAY = datetime(2026, 2, 10, 12, tzinfo=UTC)


@cache
def scanner() -> Scanner:
    return Scanner(load())


def document(title: str, text: str = "", lang: str | None = None, at: datetime = TUESDAY) -> Document:
    return read(Item(ItemId("1"), title, "https://news.example/1", "news", at, text=text, lang=lang))


def reports(title: str, text: str = "", lang: str | None = None, at: datetime = TUESDAY) -> tuple[Report, ...]:
    opened = document(title, text, lang, at)
    return read_facts(opened, scanner().scan(opened), load())


def report(title: str, event: str = "", *, text: str = "", lang: str | None = None) -> Report:
    """The first report of the event, or of its family; the first of all when none is named."""
    found = reports(title, text, lang)
    of_event = [one for one in found if one.event == event] or [one for one in found if event in ("", one.family)]
    one = next(iter(of_event), None)
    assert one, f"no report of {event or 'anything'}: {[other.event for other in found]}"
    return one


def trigger(title: str, concept: str) -> tuple[Document, Hits, Hit]:
    opened = document(title)
    hits = scanner().scan(opened)
    return opened, hits, hits.concepts[concept][0]


def said(one: Report, span: Span) -> str:
    return (one.title if span.part is Part.TITLE else "")[span.start : span.end]


def days(one: Report) -> dict[str, str]:
    return {fact.role.value: fact.first.isoformat() for fact in one.dates}


def places(one: Report) -> dict[str, str]:
    return {fact.role.value: fact.place for fact in one.places}


# ── Which events ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("title", "events"),
    [
        pytest.param(
            "Austria scraps meeting with Hungarian premier", ["schedule.cancelled", "meeting"], id="specific first"
        ),
        pytest.param(
            "Canada expels Iranian diplomat after talks with allies",
            ["diplomat.expelled", "talks"],
            id="head clause first",
        ),
        pytest.param("US, Ukraine hail peace plan after Geneva talks", ["offer"], id="no event across two clauses"),
        pytest.param("A quiet day in Vienna", [], id="no event"),
        pytest.param("Talks resume today", [], id="nobody acts"),
    ],
)
def test_events_come_strongest_first(title: str, events: list[str]) -> None:
    assert [one.event for one in reports(title)][: len(events) or None] == events
    assert "schedule.set" not in [one.event for one in reports(title)]


def test_one_item_reports_a_few_events_at_most_and_each_once() -> None:
    text = "Iran and Oman hold talks. France expels a Russian envoy. Japan and China sign a pact. Egypt recalls its "
    text += (
        "ambassador to Israel. The US imposes sanctions on Russia. Turkey offers to mediate between Iran and the US."
    )
    found = reports("Iran, US agree to hold talks on ceasefire deal, Trump says", text)

    assert len(found) == MOST_REPORTS
    assert len({one.event for one in found}) == len(found)


def test_what_is_told_as_past_comes_last() -> None:
    found = reports("France and Iran to hold talks, a year after Paris expelled Iranian diplomat")

    assert [one.background for one in found] == sorted(one.background for one in found)


# ── Status ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("title", "event", "status"),
    [
        pytest.param("Iran weighs direct talks with US", "talks", "considered", id="weighs"),
        pytest.param("Macron may visit Beijing", "visit", "considered", id="may"),
        pytest.param("EU urges Serbia and Kosovo to hold talks", "talks", "considered", id="urged by others"),
        pytest.param("Iran to quit talks with US if threats go on", "talks", "considered", id="on a condition"),
        pytest.param("Iran, US to meet in Doha, sources say", "meeting", "reported", id="unnamed sources"),
        pytest.param("Serbia and Kosovo 'sign truce'", "ceasefire", "claimed", id="between quotation marks"),
        pytest.param("Moscow claims Kyiv agreed to truce", "ceasefire.agreed", "claimed", id="claims"),
        pytest.param("Kremlin denies talks with Kyiv", "talks", "denied", id="denies"),
        pytest.param("Kyiv says truce with Moscow does not mean trust", "ceasefire", "reported", id="does not mean"),
        pytest.param("Hamas delays release of hostages to Israel", "prisoners.delayed", "off", id="delays a release"),
        pytest.param("Oman to convene a meeting of US and Iran on clashes", "schedule.set", "announced", id="convene"),
        pytest.param("No plans for Trump-Putin meeting, White House says", "meeting", "denied", id="no plans"),
        pytest.param("Putin will not meet Zelensky", "meeting", "denied", id="will not"),
        pytest.param("Iran rules out talks with US", "talks", "denied", id="rules out"),
        pytest.param("Iran and US agree to hold talks in Rome", "talks", "agreed", id="agree to"),
        pytest.param("Macron to meet Xi in Paris", "meeting", "announced", id="to is the future"),
        pytest.param("Iran, US talks set for Friday", "talks", "announced", id="set for"),
        pytest.param("Iran confirms talks with US", "talks", "confirmed", id="confirms"),
        pytest.param("Macron meets Xi in Paris", "meeting", "held", id="present tense is past"),
        pytest.param("Iran and US hold talks in Rome", "talks", "held", id="hold"),
        pytest.param("Iran, US begin talks in Rome", "talks", "held", id="begin"),
        pytest.param("Talks between Iran and US end in Rome", "talks", "held", id="end"),
        pytest.param("Macron cancels meeting with Xi", "schedule.cancelled", "off", id="cancels"),
        pytest.param("Macron postpones meeting with Xi", "schedule.postponed", "announced", id="postponed is not off"),
        pytest.param("Canada expels Chinese diplomat", "diplomat.expelled", "held", id="a deed is done"),
        pytest.param("Canada to expel Chinese diplomat", "diplomat.expelled", "announced", id="a deed ahead"),
        pytest.param("Serbia, Kosovo sign truce to end clashes", "ceasefire.agreed", "agreed", id="to of purpose"),
        pytest.param("Putin and Trump may meet in May", "meeting", "considered", id="may and May"),
        pytest.param("La France pourrait rencontrer l'Iran", "meeting", "considered", id="fr: pourrait"),
        pytest.param("Le Kremlin dément une rencontre avec Zelensky", "meeting", "denied", id="fr: dément"),
        pytest.param("Macron et Xi se rencontreront à Genève", "meeting", "announced", id="fr: future"),
        pytest.param("España y Marruecos celebran conversaciones en Rabat", "talks", "held", id="es: celebran"),
        pytest.param("El Kremlin descarta una reunión con Zelenski", "meeting", "denied", id="es: descarta"),
        pytest.param("Iran und USA wollen in Genf Gespräche führen", "talks", "announced", id="de: wollen"),
        pytest.param("Putin trifft Xi in Peking", "meeting", "held", id="de: trifft"),
        pytest.param("Кремль опроверг встречу Путина и Зеленского", "meeting", "denied", id="ru: опроверг"),
        pytest.param("Иран и США проведут переговоры в Омане", "talks", "announced", id="ru: проведут"),
        pytest.param("إيران تنفي إجراء محادثات مع الولايات المتحدة", "talks", "denied", id="ar: تنفي"),
        pytest.param("سيلتقي وزيرا خارجية إيران والولايات المتحدة في جنيف", "meeting", "announced", id="ar: سيلتقي"),
        pytest.param("ایران مذاکره با آمریکا را تکذیب کرد", "talks", "denied", id="fa: verb at the end"),
        pytest.param("مذاکرات ایران و آمریکا در ژنو برگزار شد", "talks", "held", id="fa: was held"),
        pytest.param("הקרמלין הכחיש פגישה בין פוטין לזלנסקי", "meeting", "denied", id="he: denied"),
        pytest.param("טראמפ נפגש עם פוטין בבודפשט", "meeting", "held", id="he: met"),
        pytest.param("ישראל וסוריה הסכימו לקיים סבב שיחות שני בפריז", "talks", "agreed", id="he: agreed"),
        pytest.param("克里姆林宫否认普京将会见泽连斯基", "meeting", "denied", id="zh: denied"),
        pytest.param("中美将于下周举行会谈", "talks", "announced", id="zh: will"),
        pytest.param("伊朗考虑与美国直接谈判", "talks", "considered", id="zh: considers"),
        pytest.param("特朗普会见习近平", "meeting", "held", id="zh: met"),
        pytest.param(
            "Trump und Xi treffen sich am Donnerstag", "meeting", "announced", id="de: present with a day ahead"
        ),
    ],
)
def test_the_words_around_the_event_say_how_firm_it_is(title: str, event: str, status: str) -> None:
    assert report(title, event).status == status


def test_a_denial_binds_to_what_is_denied() -> None:
    assert is_negated(*trigger("Kremlin denies talks collapsed", "talks.collapsed"), load())
    assert not is_negated(*trigger("Kyiv talks with Moscow collapsed", "talks.collapsed"), load())
    assert status_at(*trigger("Kremlin denies talks collapsed", "talks.collapsed"), load()) == "denied"


@pytest.mark.parametrize(
    ("title", "concept", "supposed"),
    [
        pytest.param("Iran warns of war if talks with US collapse", "talks.collapsed", True, id="if"),
        pytest.param("Iran threatens to expel French ambassador", "diplomat.expelled", True, id="threatens to"),
        pytest.param("Iran expels French ambassador", "diplomat.expelled", False, id="it is done"),
    ],
)
def test_what_is_only_supposed_is_told_apart(title: str, concept: str, supposed: bool) -> None:
    assert is_hypothetical(*trigger(title, concept), load()) is supposed


@pytest.mark.parametrize(
    ("title", "concept", "past"),
    [
        pytest.param(
            "Iran and US begin a round that was postponed in January", "schedule.postponed", True, id="relative"
        ),
        pytest.param("Blinken visits Beijing after postponing trip", "schedule.postponed", True, id="after doing"),
        pytest.param("Macron postpones visit to Beijing", "schedule.postponed", False, id="the news itself"),
    ],
)
def test_background_is_told_apart_from_news(title: str, concept: str, past: bool) -> None:
    assert is_background(*trigger(title, concept), load()) is past


# ── Days ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        pytest.param("Iran, US to hold talks on Friday", {"planned": "2026-02-13"}, id="planned"),
        pytest.param("Iran and US held talks on Friday", {"held": "2026-02-06"}, id="held lies behind"),
        pytest.param(
            "Iran and US postpone Friday's talks", {"old": "2026-02-13"}, id="what is postponed is the old day"
        ),
        pytest.param("Iran and US postpone talks until 20 February", {"new": "2026-02-20"}, id="until is the new day"),
        pytest.param(
            "Macron's visit to Berlin, originally planned for 18 June, will now take place on 11 June",
            {"old": "2026-06-18", "new": "2026-06-11"},
            id="originally and now",
        ),
        pytest.param(
            "Macron's talks with Merz moved from the 18th to the 11th of June",
            {"old": "2026-06-18", "new": "2026-06-11"},
            id="from and to of a move",
        ),
        pytest.param(
            "Macron and Merz hold talks from 18 to 20 June", {"planned": "2026-06-18"}, id="from and to of a range"
        ),
        pytest.param(
            "Israel and Hezbollah trade fire, second clash in a week", {"mentioned": "2026-02-14"}, id="a length"
        ),
        pytest.param("Kremlin said on Monday Putin would meet Xi", {"mentioned": "2026-02-09"}, id="the day of saying"),
        pytest.param(
            "La visite de Macron à Berlin, initialement prévue pour le 18 juin, aura lieu le 11 juin",
            {"old": "2026-06-18", "new": "2026-06-11"},
            id="fr",
        ),
        pytest.param(
            "La reunión entre Trump y Putin prevista para el 18 de junio se celebrará el 11 de junio",
            {"old": "2026-06-18", "new": "2026-06-11"},
            id="es",
        ),
        pytest.param(
            "Das für den 18. Juni geplante Treffen von Trump und Putin findet nun am 11. Juni statt",
            {"old": "2026-06-18", "new": "2026-06-11"},
            id="de",
        ),
        pytest.param(
            "Встречу Путина и Трампа перенесли с 18 на 11 июня", {"old": "2026-06-18", "new": "2026-06-11"}, id="ru"
        ),
        pytest.param("تأجيل المحادثات بين إيران وأمريكا إلى 20 فبراير", {"new": "2026-02-20"}, id="ar"),
        pytest.param("دور سوم مذاکرات ایران و آمریکا ۲۴ بهمن برگزار می‌شود", {"planned": "2026-02-13"}, id="fa"),
        pytest.param(
            "הביקור של מקרון בברלין, שתוכנן ל-18 ביוני, הוקדם ל-11 ביוני",
            {"old": "2026-06-18", "new": "2026-06-11"},
            id="he",
        ),
        pytest.param("特朗普与普京会晤原定6月18日，现改到6月11日", {"old": "2026-06-18", "new": "2026-06-11"}, id="zh"),
    ],
)
def test_dates_say_what_they_are_to_the_event(title: str, expected: dict[str, str]) -> None:
    assert days(report(title)) == expected


@pytest.mark.parametrize(
    ("title", "event", "direction"),
    [
        pytest.param(
            "Macron's visit to Berlin brought forward to Monday", "schedule.moved_up", "up", id="brought forward"
        ),
        pytest.param("Macron's visit to Berlin postponed", "schedule.postponed", "back", id="postponed"),
        pytest.param("Macron's visit to Berlin cancelled", "schedule.cancelled", "cancelled", id="cancelled"),
        pytest.param("Iran and US resume talks", "talks.resumed", "resumed", id="resumed"),
        pytest.param("Iran-US talks moved from Muscat to Geneva", "schedule.venue_changed", "venue", id="venue"),
        pytest.param(
            "Macron's visit to Berlin, first planned for 18 June, will now take place on 11 June",
            "schedule.moved_up",
            "up",
            id="only the dates say up",
        ),
        pytest.param(
            "Macron's visit to Berlin, first planned for 11 June, will now take place on 18 June",
            "schedule.postponed",
            "back",
            id="only the dates say back",
        ),
        pytest.param(
            "Встречу Путина и Трампа перенесли с 18 на 11 июня", "schedule.moved_up", "up", id="ru: no direction word"
        ),
        pytest.param(
            "Gespräche zwischen Iran und USA von Maskat nach Genf verlegt", "schedule.venue_changed", "venue", id="de"
        ),
        pytest.param(
            "نقل المحادثات بين إيران والولايات المتحدة من مسقط إلى جنيف",
            "schedule.venue_changed",
            "venue",
            id="ar: only places",
        ),
        pytest.param("中美会谈从马德里改到日内瓦举行", "schedule.venue_changed", "venue", id="zh"),
        pytest.param("特朗普与普京会晤原定6月18日，现改到6月11日", "schedule.moved_up", "up", id="zh: only dates"),
        pytest.param("הביקור של מקרון בברלין הוקדם ל-11 ביוני", "schedule.moved_up", "up", id="he"),
    ],
)
def test_the_way_an_appointment_went_comes_from_words_or_from_its_dates(title: str, event: str, direction: str) -> None:
    assert report(title, event).direction == direction


def test_the_date_line_of_an_article_is_found_in_its_text() -> None:
    text = (
        "The talks between Iran and the United States will be held in Geneva on Thursday, the ministry said on Monday. "
    )
    text += "The first round took place in Muscat on 24 January; the second, in Rome on 31 January."
    one = report("Iran and US to hold third round of talks", "talks", text=text)

    assert [(fact.first, fact.role) for fact in one.dates if fact.role is Role.PLANNED] == [
        (date(2026, 2, 12), Role.PLANNED)
    ]
    assert places(one)["planned"] == "geneva"
    assert all(fact.role is Role.MENTIONED for fact in one.dates if fact.first < date(2026, 2, 9))
    assert all(text[fact.span.start : fact.span.end] for fact in one.dates if fact.span.part is Part.TEXT)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("MUSCAT, February 10 (Agency) - Iran and the US are to hold talks in Geneva.", id="date line"),
        pytest.param(
            "The minister wrote in a post on Monday that Iran and the US are to hold talks.", id="day of a post"
        ),
        pytest.param("Earlier on Monday Iran and the US agreed to hold talks.", id="earlier that day"),
    ],
)
def test_the_day_of_writing_or_saying_is_not_the_appointments(text: str) -> None:
    one = report("Iran and US to hold third round of talks", "talks", text=text)

    assert {fact.role for fact in one.dates} <= {Role.MENTIONED}


def test_a_bare_noun_in_a_text_tells_of_a_day_behind_and_in_a_title_of_one_ahead() -> None:
    behind = report("Oman thanks Iran", "talks", text="Iran and the US were at odds at talks on Friday in Muscat.")

    assert {fact.role for fact in behind.dates} == {Role.MENTIONED}
    assert days(report("Iran-US talks on Friday: the issues", "talks")) == {"planned": "2026-02-13"}


def test_an_endless_menu_of_links_reports_nothing() -> None:
    menu = "Home World Iran US talks in Geneva on Friday Sport Weather " * 20

    assert reports("A quiet day", menu) == ()


# ── Places and counts ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        pytest.param("Iran, US to hold talks in Muscat", {"planned": "muscat"}, id="in"),
        pytest.param("Iran and US held talks in Muscat", {"held": "muscat"}, id="held"),
        pytest.param("Iran-US talks moved from Muscat to Geneva", {"old": "muscat", "new": "geneva"}, id="from and to"),
        pytest.param(
            "Iran and US to meet in Geneva instead of Muscat", {"planned": "geneva", "old": "muscat"}, id="instead of"
        ),
        pytest.param("Tehran says talks with Washington will go on", {}, id="a government is no place"),
        pytest.param("Иран и США проведут переговоры в Маскате", {"planned": "muscat"}, id="ru"),
        pytest.param("محادثات بين إيران والولايات المتحدة في مسقط يوم السبت", {"planned": "muscat"}, id="ar"),
        pytest.param("שיחות בין איראן לארצות הברית ייערכו ברומא", {"planned": "rome"}, id="he: a letter for in"),
        pytest.param(
            "הפגישה של טראמפ ופוטין תתקיים בבודפשט", {"planned": "budapest"}, id="he: a name that begins with it"
        ),
        pytest.param("美伊会谈将于周六在马斯喀特举行", {"planned": "muscat"}, id="zh"),
    ],
)
def test_places_are_venues_where_words_make_them_so(title: str, expected: dict[str, str]) -> None:
    assert places(report(title)) == expected


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        pytest.param("Russia and Ukraine swap 314 prisoners", [(314, "prisoner")], id="prisoners"),
        pytest.param("Russia and Ukraine swap 1,200 prisoners", [(1200, "prisoner")], id="thousands"),
        pytest.param("Iran and US hold second round of talks", [(2, "round")], id="ordinal word"),
        pytest.param("EU approves 19th package of sanctions on Russia", [(19, "package")], id="ordinal number"),
        pytest.param("US gives Ukraine a 28-point peace plan", [(28, "point")], id="hyphen"),
        pytest.param("Canada gives two Chinese diplomats 48 hours to leave", [(2, "diplomat"), (48, "hour")], id="two"),
        pytest.param("Иран и США проведут пятый раунд переговоров", [(5, "round")], id="ru"),
        pytest.param("إيران وأمريكا تعقدان الجولة الثالثة من المحادثات", [(3, "round")], id="ar: behind the noun"),
        pytest.param("欧盟通过第19轮对俄罗斯制裁", [(19, "package")], id="zh: rounds of sanctions are packages"),
        pytest.param("EU leaders agree on 90 billion support package for Ukraine", [], id="a sum is no ordinal"),
        pytest.param("دور پنجم مذاکرات ایران و آمریکا", [(5, "round")], id="fa: behind the noun"),
    ],
)
def test_numbers_are_kept_with_what_they_count(title: str, expected: list[tuple[int, str]]) -> None:
    assert sorted((fact.number, fact.unit) for fact in report(title).counts) == expected


# ── Who ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("title", "agent", "target"),
    [
        pytest.param("Canada expels Chinese diplomat", "CAN", "CHN", id="first is who acts"),
        pytest.param("China expels Canadian diplomat", "CHN", "CAN", id="the other way round"),
        pytest.param("Chinese diplomat expelled by Canada", "CAN", "CHN", id="passive"),
        pytest.param("US imposes sanctions on Russia", "USA", "RUS", id="sanctions"),
        pytest.param("Iran and US hold talks", None, None, id="both sides"),
        pytest.param("Kremlin confirms visit of US envoy", "USA", "RUS", id="who confirms does not visit"),
        pytest.param("La France expulse un diplomate iranien", "FRA", "IRN", id="fr"),
        pytest.param("Литва выслала российского дипломата", "LTU", "RUS", id="ru"),
        pytest.param("فرنسا تطرد دبلوماسيا إيرانيا", "FRA", "IRN", id="ar"),
        pytest.param("طردت فرنسا دبلوماسيا إيرانيا", "FRA", "IRN", id="ar: verb first"),
        pytest.param("فرانسه دیپلمات ایران را اخراج کرد", "FRA", "IRN", id="fa: verb last"),
        pytest.param("צרפת גירשה דיפלומט איראני", "FRA", "IRN", id="he"),
        pytest.param("法国驱逐伊朗外交官", "FRA", "IRN", id="zh"),
    ],
)
def test_who_acts_on_whom(title: str, agent: str | None, target: str | None) -> None:
    one = report(title)

    assert (one.agent, one.target) == (agent, target)


@pytest.mark.parametrize(
    ("title", "speaker", "actors", "principal"),
    [
        pytest.param("Putin to meet Trump, Kremlin says", "RUS", "RUS USA", True, id="says at the end"),
        pytest.param("Putin to meet Trump - Kremlin", "RUS", "RUS USA", True, id="dash"),
        pytest.param("Iran, Belgium agree to swap prisoners: Oman", "OMN", "BEL IRN", False, id="colon at the end"),
        pytest.param("Lavrov: talks with US to resume", "RUS", "RUS USA", True, id="colon at the start"),
        pytest.param("Iran and US to meet, according to Oman", "OMN", "IRN USA", False, id="according to"),
        pytest.param("Iran and US to meet, says Oman", "OMN", "IRN USA", False, id="says in front"),
        pytest.param("EU welcomes US-Iran talks", "EU", "IRN USA", False, id="who only reacts"),
        pytest.param("US, Iran say they have a draft peace plan", None, "IRN USA", True, id="both say so"),
        pytest.param("Iran to meet US, Oman says", "OMN", "IRN USA", False, id="a comma before who says so"),
        pytest.param("Iran and US hold talks in Oman", None, "IRN USA", True, id="the host takes no part"),
        pytest.param("Russia, US to hold talks on Ukraine", None, "RUS USA", True, id="the subject takes no part"),
        pytest.param(
            "Thailand and Cambodia break US-brokered truce", None, "KHM THA", True, id="the broker takes no part"
        ),
        pytest.param("По словам Лаврова, переговоры с США продолжатся", "RUS", "RUS USA", True, id="ru"),
        pytest.param("טראמפ ופוטין ייפגשו בהונגריה", None, "RUS USA", True, id="he: the host takes no part"),
        pytest.param(
            "Trump says he will meet Putin and Zelensky", "USA", "RUS UKR USA", True, id="who speaks of himself"
        ),
        pytest.param("Trump hopes to meet Putin and Zelensky", "USA", "RUS UKR USA", True, id="who hopes to"),
        pytest.param("Trump says Putin and Zelensky will meet", "USA", "RUS UKR", False, id="who speaks of others"),
        pytest.param(
            "Iran, US to meet ahead of talks with Oman - reports", None, "IRN USA", True, id="reports is no verb"
        ),
    ],
)
def test_who_says_so_and_who_takes_part(title: str, speaker: str | None, actors: str, principal: bool) -> None:
    one = report(title)

    assert (one.speaker, " ".join(one.actors), one.principal) == (speaker, actors, principal)


@pytest.mark.parametrize(
    ("title", "level"),
    [
        pytest.param("Trump and Putin to meet", "leaders", id="two leaders"),
        pytest.param("Iran, Oman foreign ministers meet", "ministers", id="ministers by their word"),
        pytest.param("Witkoff meets Putin", "envoys", id="the lower of two"),
        pytest.param("Putin meets Trump's envoy", "envoys", id="the envoy, not his master"),
        pytest.param("Israel and Lebanon technical teams meet", "envoys", id="technical"),
        pytest.param("Chinese, Japanese defence ministers hold talks", "defence", id="defence"),
        pytest.param("Iran and Oman hold talks", None, id="not said"),
    ],
)
def test_at_what_level_they_meet(title: str, level: str | None) -> None:
    assert report(title).level == level


# ── The rest of a report ────────────────────────────────────────────────────────────────────────────────────────────


def test_facts_keep_their_place_in_the_original() -> None:
    one = report("Iran, US to hold second round of talks in Zürich on 13 February", "talks")

    assert said(one, one.dates[0].span) == "13 February"
    assert said(one, one.places[0].span) == "Zürich"
    assert said(one, one.counts[0].span) == "second round"
    assert said(one, one.spans[0]) == "talks"


def test_words_of_a_title_leave_out_the_outlet_and_empty_words() -> None:
    words = report("LIVE: Iran and the US to resume nuclear talks - Reuters").words

    assert words >= {"iran", "nuclear"}
    assert not words & {"reuters", "the", "and", "live"}


def test_words_of_two_inflections_meet() -> None:
    one, other = report("Iran postpones visit to Oman").words, report("Iran postponed visits to Oman").words

    assert one == other


def test_guards_are_those_that_stand_near_the_event() -> None:
    assert "opinion" in report("Opinion | Why US talks with Iran will fail").guards
    assert "negated" in report("Iran denies talks with US", "talks").guards


@given(st.text(max_size=300), st.text(max_size=300), st.sampled_from([None, "en", "ru", "ar", "zh", "he", "fa"]))
def test_no_text_breaks_the_reading_of_facts(title: str, text: str, lang: str | None) -> None:
    for one in reports(title, text, lang):
        assert one.actors
        assert tuple(sorted(one.actors)) == one.actors


NEWS = (
    "US Iran Putin Trump denies to meet meets talks in Geneva from on 18 June Friday the 11th says : - , ' put off sign"
)


@given(st.lists(st.sampled_from(NEWS.split()), max_size=30))
def test_any_order_of_news_words_is_read_without_fault(words: list[str]) -> None:
    title = " ".join(words)

    for one in reports(title):
        spans = (*one.spans, *(fact.span for facts in (one.dates, one.places, one.counts) for fact in facts))
        for span in spans:
            assert 0 <= span.start < span.end <= len(title)
        assert one == next(again for again in reports(title) if again.event == one.event)
