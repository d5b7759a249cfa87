"""Who and what a document names: collisions of names one by one, then every rule of the scan on a small vocabulary."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.errors import ConfigError
from watcher.model import Item, ItemId
from watcher.text import Document, fold, read
from watcher.vocabulary import Hit, Hits, Literal, Scanner, compile_vocabulary, load

SEEN = datetime(2026, 2, 10, 12, tzinfo=UTC)

WORDS = {
    "actors/index.yaml": """
        USA: {class: state, english: United States}
        IRN: {class: state, english: Iran}
        OMN: {class: state, english: Oman}
        GEO: {class: state, english: Georgia}
        IRL: {class: state, english: Ireland}
        GBR: {class: state, english: United Kingdom}
        """,
    "actors/en.yaml": """
        USA: {names: [US, U.S., United States], adjectives: [American], capital: [Washington], seat: [White House]}
        IRN: {names: [{say: Iran, not: [Iran Air]}], adjectives: [Iranian], capital: [Tehran]}
        OMN: [Oman, States of Oman]
        GEO: [{say: Georgia, ambiguous: yes, not: [Georgia Tech, "Ga."]}]
        IRL: [Ireland]
        GBR: [Northern Ireland]
        """,
    "actors/fr.yaml": "{IRN: {names: [Iran], adjectives: [iranien], capital: [Téhéran]}}",
    "actors/ru.yaml": "{USA: [США], IRN: {names: [Иран], capital: [Тегеран]}}",
    "actors/ar.yaml": "{USA: [الولايات المتحدة], IRN: {names: [إيران], capital: [طهران]}}",
    "actors/he.yaml": "{USA: ['ארה\"ב'], IRN: [איראן]}",
    "actors/zh.yaml": "{USA: [美国, {say: 美伊, also: [IRN]}], IRN: {names: [伊朗], capital: [德黑兰]}}",
    "actors/people.yaml": """
        dobbs: {of: USA, role: leader, from: 2025-01-20, until: ~, names: {en: [Dobbs], ru: [Доббс]}}
        ruiz: {of: USA, role: leader, from: 2021-01-20, until: 2025-01-20, names: {en: [Ruiz]}}
        marsh:
          offices: [{of: USA, role: envoy, from: 2026-01-01, until: ~}, {of: IRN, role: spokesman, until: 2020-01-01}]
          names: {en: [{say: Marsh, ambiguous: yes}]}
        """,
    "places.yaml": "{tehran: {country: IRN, names: {en: [Tehran], ru: [Тегеран]}}}",
    "concepts/index.yaml": """
        talks: {family: talks, where: lead}
        deal: {family: agreement, where: lead, outcome: yes}
        """,
    "concepts/en.yaml": """
        _deal: [pact, peace deal, =accord]
        talks: {any: [=talks, negotiate, sit ..4 down], not: [talks up, club talks]}
        deal: {any: [sign|ink ..6 $deal, truce & agree, agreed ..0 deal]}
        """,
    "concepts/fr.yaml": "{talks: {any: [négocier, pourparlers, rappeler ambassadeur]}}",
    "concepts/de.yaml": "{talks: {any: ['*gespräch*', verhandeln]}}",
    "concepts/ru.yaml": "{talks: {any: [переговор*, встреча]}}",
    "concepts/ar.yaml": "{talks: {any: [محادثة, محادثات]}}",
    "concepts/zh.yaml": "{talks: {any: [会谈]}, deal: {any: [达成 协议]}}",
    "guards/index.yaml": "{explainer: {scope: title}, sport: {scope: item}}",
    "guards/en.yaml": """
        explainer: {any: [^why, "?$", "opinion ||", "q :"]}
        sport: {any: [striker], url: [/sport/]}
        """,
}


def document(title: str, text: str = "", **fields: object) -> Document:
    values: dict[str, object] = {"url": "https://news.example.org/a", "source": "s", "seen": SEEN, "text": text}
    return read(Item(ItemId("i"), title, **(values | fields)))  # type: ignore[arg-type]  # a test's own keywords


def named(groups: Mapping[str, tuple[Hit, ...]], within: Document) -> dict[str, list[str]]:
    return {name: [within.original(hit.start, hit.end) for hit in hits] for name, hits in sorted(groups.items())}


@pytest.fixture(scope="module")
def small() -> Scanner:
    return Scanner(compile_vocabulary(WORDS))


@pytest.fixture(scope="module")
def shipped() -> Scanner:
    return Scanner(load())


# ── Collisions of the shipped words ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("title", "actors"),
    [
        pytest.param("Contact us before talks with Iran", {"IRN"}, id="us is not US"),
        pytest.param("US talks leave us wary of Iran", {"USA", "IRN"}, id="US beside us"),
        pytest.param("U.S. and Iran agree to talks", {"USA", "IRN"}, id="U.S. with stops"),
        pytest.param("US-Iran talks resume", {"USA", "IRN"}, id="hyphenated pair"),
        pytest.param("A woman meets the Roman envoy", set(), id="Oman is not in woman or Roman"),
        pytest.param("Oman offers to host talks", {"OMN"}, id="Oman itself"),
        pytest.param("Georgia votes on election deal, Ga. Rep. says", set(), id="Georgia, the state of the union"),
        pytest.param("Georgia and Russia hold talks", {"GEO", "RUS"}, id="Georgia, the country"),
        pytest.param("Jordan Pickford signs deal", set(), id="Jordan, a goalkeeper"),
        pytest.param("Michael Jordan in talks", set(), id="Jordan, a player"),
        pytest.param("Jordan scraps summit with Israel", {"JOR", "ISR"}, id="Jordan, the kingdom"),
        pytest.param("Chad Daybell trial begins", set(), id="Chad, a first name"),
        pytest.param("Chad expels German ambassador", {"TCD", "DEU"}, id="Chad, the country"),
        pytest.param("How to cook a turkey", set(), id="turkey, the bird"),
        pytest.param("Turkey and Greece resume talks", {"TUR", "GRC"}, id="Turkey, the country"),
        pytest.param("Türkiye ready to mediate", {"TUR"}, id="Türkiye"),
        pytest.param("Niger expels French envoy", {"NER", "FRA"}, id="Niger is not Nigeria"),
        pytest.param("Nigeria recalls envoy", {"NGA"}, id="Nigeria is not Niger"),
        pytest.param("Nigel meets the envoy", set(), id="Nigel is neither"),
        pytest.param("DR Congo and Rwanda sign peace deal", {"COD", "RWA"}, id="Congo, Kinshasa"),
        pytest.param("Republic of Congo signs treaty", {"COG"}, id="Congo, Brazzaville"),
        pytest.param("North Korea rejects talks", {"PRK"}, id="North Korea is not Korea"),
        pytest.param("South Korea offers talks", {"KOR"}, id="South Korea is not Korea"),
        pytest.param("Pyongyang answers Seoul's offer of talks", {"PRK", "KOR"}, id="both capitals"),
        pytest.param("Guinea-Bissau expels envoy", {"GNB"}, id="Guinea-Bissau is not Guinea"),
        pytest.param("Equatorial Guinea signs pact", {"GNQ"}, id="Equatorial Guinea is not Guinea"),
        pytest.param("Papua New Guinea signs pact with Australia", {"PNG", "AUS"}, id="Papua New Guinea is not Guinea"),
        pytest.param("Mali expels French envoy", {"MLI", "FRA"}, id="Mali"),
        pytest.param("Somalia signs accord in Malibu", {"SOM"}, id="Mali is not in Somalia or Malibu"),
        pytest.param("Cuba Gooding Jr. in talks", set(), id="Cuba, an actor"),
        pytest.param("Cuba recalls ambassador", {"CUB"}, id="Cuba, the country"),
        pytest.param("Lima beans deal signed", set(), id="Lima, a bean"),
        pytest.param("Muscat grape growers sign deal", set(), id="Muscat, a grape"),
        pytest.param("Joseph Muscat in talks", set(), id="Muscat, a person"),
        pytest.param("Iraq and Iran sign deal", {"IRQ", "IRN"}, id="Iraq and Iran"),
        pytest.param("IRAN REJECTS US OFFER OF TALKS", {"IRN", "USA"}, id="everything in capitals"),
        pytest.param("I ran a marathon after the talks", set(), id="I ran is not Iran"),
        pytest.param("Ireland and UK reach deal", {"IRL", "GBR"}, id="Ireland"),
        pytest.param("Washington Post wins prize for talks coverage", set(), id="a newspaper is no government"),
        pytest.param("Denzel Washington in talks", set(), id="Washington, an actor"),
        pytest.param("Latin America trade talks", set(), id="America is not in Latin America"),
        pytest.param("New Mexico signs water deal", set(), id="New Mexico is not Mexico"),
        pytest.param("South Sudan signs accord", {"SSD"}, id="South Sudan is not Sudan"),
        pytest.param("Danish pastry deal", set(), id="Danish pastry"),
    ],
)
def test_names_that_collide_are_told_apart(shipped: Scanner, title: str, actors: set[str]) -> None:
    assert set(shipped.scan(document(title)).actors) == actors


def test_northern_ireland_is_not_ireland(shipped: Scanner) -> None:
    assert "IRL" not in shipped.scan(document("Northern Ireland deal reached with London")).actors


def test_a_states_own_security_council_is_not_the_councils(shipped: Scanner) -> None:
    hits = shipped.scan(document("Russian Security Council meets on treaty"))

    assert "UNSC" not in hits.actors
    assert "RUS" in hits.actors


# ── The rules of the scan ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("title", "actors"),
    [
        pytest.param("Iranian and American envoys", {"IRN": ["Iranian"], "USA": ["American"]}, id="adjectives"),
        pytest.param("Iran's and the Iranians' view", {"IRN": ["Iran", "Iranians"]}, id="possessive and plural"),
        pytest.param("U.S., Iran", {"USA": ["U.S."], "IRN": ["Iran"]}, id="the stop belongs to the abbreviation"),
        pytest.param("the iran view", {"IRN": ["iran"]}, id="a title without capitals is spelled that way"),
        pytest.param("The iran view", {}, id="otherwise an English name needs its capital"),
        pytest.param("The White House and Iran", {"USA": ["White House"], "IRN": ["Iran"]}, id="two words"),
        pytest.param("Iran Air and Iran", {"IRN": ["Iran"]}, id="not within its not-phrase"),
        pytest.param("Georgia in spring", {}, id="ambiguous, alone"),
        pytest.param("Georgia talks", {"GEO": ["Georgia"]}, id="ambiguous, beside a concept"),
        pytest.param("Georgia and Oman", {"GEO": ["Georgia"], "OMN": ["Oman"]}, id="ambiguous, beside another actor"),
        pytest.param("Georgia and Georgia Tech talks", {"GEO": ["Georgia"]}, id="ambiguous, one of two in its phrase"),
        pytest.param("Georgia (Ga.) talks", {}, id="a word that forbids the sentence"),
        pytest.param("Northern Ireland talks", {"GBR": ["Northern Ireland"]}, id="the longer name wins"),
        pytest.param("Dobbs meets Ruiz", {"USA": ["Dobbs"]}, id="only who is in office acts for the state"),
        pytest.param("dobbs Fund closes", {}, id="people need their capital"),
        pytest.param("ONLY FOR US TODAY", {}, id="capitals everywhere: US needs company"),
        pytest.param("Anger in Tehran's halls", {"IRN": ["Tehran"]}, id="a possessive is no place"),
        pytest.param(
            "United States of Oman", {"OMN": ["States of Oman"]}, id="the longer name wins though it starts later"
        ),
        pytest.param("Iran calls Tehran's bluff", {"IRN": ["Iran", "Tehran"]}, id="capital as government"),
    ],
)
def test_actors_are_found_by_their_names(small: Scanner, title: str, actors: dict[str, list[str]]) -> None:
    within = document(title)

    assert named(small.scan(within).actors, within) == actors


@pytest.mark.parametrize(
    ("title", "lang", "actors"),
    [
        pytest.param("Les négociateurs iraniens à Genève", "fr", {"IRN": ["iraniens"]}, id="French plural"),
        pytest.param("США отказали Ирану", "ru", {"USA": ["США"], "IRN": ["Ирану"]}, id="Russian case"),
        pytest.param("والولايات المتحدة لإيران", "ar", {"USA": ["والولايات المتحدة"], "IRN": ["لإيران"]}, id="Arabic"),
        pytest.param("איראן לארה״ב", "he", {"IRN": ["איראן"], "USA": ["לארה״ב"]}, id="Hebrew prefix and gershayim"),
        pytest.param("美国和伊朗", "zh", {"USA": ["美国"], "IRN": ["伊朗"]}, id="Chinese"),
        pytest.param("美伊重启对话", "zh", {"USA": ["美伊"], "IRN": ["美伊"]}, id="Chinese pair"),
        pytest.param("Dobbs à Paris", "fr", {"USA": ["Dobbs"]}, id="English names of people in other languages"),
    ],
)
def test_actors_are_found_in_every_language(
    small: Scanner, title: str, lang: str, actors: dict[str, list[str]]
) -> None:
    within = document(title, lang=lang)

    assert named(small.scan(within).actors, within) == actors


@pytest.mark.parametrize(
    ("title", "lang"),
    [
        pytest.param("Explosion in Tehran", "en", id="English"),
        pytest.param("Réunion à Téhéran", "fr", id="French"),
        pytest.param("Встреча в Тегеране", "ru", id="Russian"),
        pytest.param("اجتماع في طهران", "ar", id="Arabic"),
        pytest.param("اجتماع بطهران", "ar", id="Arabic, written together"),
        pytest.param("在德黑兰会谈", "zh", id="Chinese"),
    ],
)
def test_a_capital_behind_a_place_preposition_is_a_host_and_not_an_actor(small: Scanner, title: str, lang: str) -> None:
    hits = small.scan(document(title, lang=lang))

    assert "IRN" not in hits.actors
    assert [hit.locative for hit in hits.hosts["IRN"]] == [True]


def test_a_capital_is_also_a_place(small: Scanner) -> None:
    hits = small.scan(document("Tehran to host talks in Tehran"))

    assert [hit.locative for hit in hits.places["tehran"]] == [False, True]
    assert [hit.start for hit in hits.actors["IRN"]] == [0]


def test_people_are_known_out_of_office_too(small: Scanner) -> None:
    hits = small.scan(document("Ruiz criticises talks", published=datetime(2025, 6, 1, tzinfo=UTC)))

    assert set(hits.people) == {"ruiz"}
    assert not hits.actors


@pytest.mark.parametrize(
    ("day", "actors"),
    [
        pytest.param(datetime(2024, 6, 1, tzinfo=UTC), {"USA": "ruiz"}, id="during"),
        pytest.param(datetime(2025, 1, 20, 8, tzinfo=UTC), {"USA": "ruiz"}, id="the last day"),
        pytest.param(datetime(2025, 1, 21, tzinfo=UTC), {}, id="after"),
        pytest.param(datetime(2021, 1, 19, tzinfo=UTC), {}, id="before"),
    ],
)
def test_offices_have_dates(small: Scanner, day: datetime, actors: dict[str, str]) -> None:
    hits = small.scan(document("Ruiz speaks", published=day))

    assert {name: found[0].term.person for name, found in hits.actors.items()} == actors


def test_a_person_with_two_offices_acts_for_the_one_held(small: Scanner) -> None:
    hits = small.scan(document("Marsh in talks"))

    assert [(hit.name, hit.term.role) for found in hits.actors.values() for hit in found] == [("USA", "envoy")]


@pytest.mark.parametrize(
    ("title", "concepts"),
    [
        pytest.param("Sides hold talks", {"talks": ["talks"]}, id="exact word"),
        pytest.param("She talks of peace", {"talks": ["talks"]}, id="exact word has no grammar"),
        pytest.param("They negotiated and are negotiating", {"talks": ["negotiated", "negotiating"]}, id="inflected"),
        pytest.param("He talks up the club", {}, id="a not-pattern takes what it overlaps"),
        pytest.param("Envoys sat quietly down", {"talks": ["sat quietly down"]}, id="irregular verb, gap"),
        pytest.param("Iran signs a new pact", {"deal": ["signs a new pact"]}, id="verb and object"),
        pytest.param("Pact signed by Iran", {}, id="order matters"),
        pytest.param("Iran signs one two three four five six seven pact", {}, id="wider than the gap"),
        pytest.param("Iran inks peace deals", {"deal": ["inks peace deals"]}, id="phrase of a list"),
        pytest.param("Truce: all sides agreed", {"deal": ["Truce"]}, id="both in one sentence"),
        pytest.param("Agreed by all: a truce", {"deal": ["truce"]}, id="in any order"),
        pytest.param("Agreed the deal", {}, id="nothing may stand between"),
        pytest.param("Agreed deal", {"deal": ["Agreed deal"]}, id="nothing stands between"),
        pytest.param("Renegotiate", {}, id="whole words"),
    ],
)
def test_patterns_find_what_they_say(small: Scanner, title: str, concepts: dict[str, list[str]]) -> None:
    within = document(title)

    assert named(small.scan(within).concepts, within) == concepts


def test_patterns_are_found_in_the_text_too(small: Scanner) -> None:
    within = document("Headline", "It rained. Both sides will sign a new pact. It rained.")

    assert named(small.scan(within).concepts, within) == {"deal": ["sign a new pact"]}


def test_a_pattern_does_not_reach_into_the_next_sentence(small: Scanner) -> None:
    assert not small.scan(document("Headline", "A pact they will sign. A pact is near.")).concepts


def test_a_pattern_stays_within_its_sentence(small: Scanner) -> None:
    assert not small.scan(
        document("Headline", "The minister may sign. A pact is near. All agreed. Truce is dead.")
    ).concepts


@pytest.mark.parametrize(
    ("title", "lang", "words"),
    [
        pytest.param("Paris négociera un accord", "fr", ["négociera"], id="French verb"),
        pytest.param("Paris rappelle l'ambassadeur", "fr", ["rappelle l'ambassadeur"], id="French elision"),
        pytest.param("Paris rappelle donc son ambassadeur", "fr", ["rappelle donc son ambassadeur"], id="French gap"),
        pytest.param("Die Friedensgespräche beginnen", "de", ["Friedensgespräche"], id="German compound"),
        pytest.param("Die Parteien verhandelten lange", "de", ["verhandelten"], id="German verb"),
        pytest.param("О переговорах и встрече", "ru", ["переговорах", "встрече"], id="Russian cases"),
        pytest.param("انتهت المحادثات بينهما", "ar", ["المحادثات"], id="Arabic plural with article"),
        pytest.param("双方会谈", "zh", ["会谈"], id="Chinese"),
        pytest.param("Die talks beginnen", "de", ["talks"], id="English words in other Latin languages"),
    ],
)
def test_words_are_inflected_as_their_language_does(small: Scanner, title: str, lang: str, words: list[str]) -> None:
    within = document(title, lang=lang)

    assert named(small.scan(within).concepts, within) == {"talks": words}


@pytest.mark.parametrize(
    ("title", "found"),
    [
        pytest.param("双方达成停火协议", True, id="within four characters"),
        pytest.param("达成了一个非常重要的协议", False, id="wider"),
    ],
)
def test_chinese_gaps_count_characters(small: Scanner, title: str, found: bool) -> None:
    assert ("deal" in small.scan(document(title)).concepts) is found


@pytest.mark.parametrize(
    ("title", "guards"),
    [
        pytest.param("Why Iran waits", {"explainer"}, id="at the start"),
        pytest.param("‘Why Iran waits’", {"explainer"}, id="at the start, quoted"),
        pytest.param("Iran asks why", set(), id="not at the start"),
        pytest.param("Will Iran wait?", {"explainer"}, id="a mark at the end"),
        pytest.param("Will Iran wait? - BBC", {"explainer"}, id="at the end, before the outlet"),
        pytest.param("Will it? Iran waits", set(), id="a mark in the middle"),
        pytest.param("Opinion | Iran waits", {"explainer"}, id="a mark beside a word"),
        pytest.param("Opinion of Iran | more", set(), id="a mark not beside it"),
        pytest.param("Q: who waits", {"explainer"}, id="colon"),
    ],
)
def test_marks_of_the_title_are_words(small: Scanner, title: str, guards: set[str]) -> None:
    assert set(small.scan(document(title)).guards) == guards


def test_guards_look_at_the_address(small: Scanner) -> None:
    hits = small.scan(document("Talks", url="https://news.example.org/Sport/1"))

    assert [(hit.start, hit.end, hit.term.sort) for hit in hits.guards["sport"]] == [(0, 0, "url")]


def test_hits_say_which_file_and_line_found_them(small: Scanner) -> None:
    hits = small.scan(document("Iran"))

    assert hits.actors["IRN"][0].term.origin == "actors/en.yaml:3"
    assert hits.actors["IRN"][0].term.text == "Iran"


def test_hits_stand_in_the_order_of_the_text(small: Scanner) -> None:
    hits = small.scan(document("Iran", "Iranian envoys left Iran. Tehran waits."))

    starts = [hit.start for hit in hits.actors["IRN"]]
    assert starts == sorted(starts)
    assert len(starts) == 4


# ── Words of rules and teams ───────────────────────────────────────────────────────────────────────────────────


def test_words_of_rules_are_found_beside_the_vocabulary() -> None:
    literals = [
        Literal("a/phrase", "persona non grata"),
        Literal("b/phrase", "срыв переговоров"),
        Literal("a/phrase", "pnged"),
    ]
    scanner = Scanner(compile_vocabulary(WORDS), literals)
    within = document("Iran declares envoy persona non grata, pnged")

    assert named(scanner.scan(within).literals, within) == {"a/phrase": ["persona non grata", "pnged"]}
    assert set(scanner.scan(document("Срыва переговоров не было")).literals) == {"b/phrase"}
    assert set(scanner.scan(within).actors) == {"IRN"}


def test_a_literal_that_is_no_pattern_is_a_problem_of_its_file() -> None:
    with pytest.raises(ConfigError, match=r"rules/x.yaml: .*at least two letters"):
        Scanner(compile_vocabulary({}), [Literal("k", "a*", None, "rules/x.yaml")])


def test_a_teams_words_are_seen_by_that_team_only() -> None:
    common = compile_vocabulary(WORDS)
    words = "{actors: {IRN: {add: {en: [Evin]}, remove: {en: [Iranian]}}}, concepts: {talks: {add: {en: [powwow]}}}}"
    scanner = Scanner(common, overlays={"gulf": common.extended({"rules/gulf/words.yaml": words})})
    within = document("Evin powwow of Iranian Iran")

    hits = scanner.scan(within)

    assert named(hits.actors, within) == {"IRN": ["Iranian", "Iran"]}
    assert not hits.concepts
    assert named(hits.of("gulf").actors, within) == {"IRN": ["Evin", "Iran"]}
    assert named(hits.of("gulf").concepts, within) == {"talks": ["powwow"]}
    assert hits.of("another") is hits


# ── Any text ───────────────────────────────────────────────────────────────────────────────────────────────────

_WORDS = (
    "US U.S. Iran IRAN Iranian's Georgia Tehran in at talks sign pact , . : | ? ' \u200c é ß ﷺ \x00 \ud800 إيران ب美伊 "
    "会谈 达成 协议 Ruiz Dobbs truce agree peace deal сша Тегеране"
)
_PIECES = st.sampled_from(_WORDS.split(" "))


@given(st.lists(st.one_of(_PIECES, st.text(max_size=6)), max_size=30), st.sampled_from(["", " "]))
def test_any_text_can_be_scanned_and_every_hit_leads_back(pieces: list[str], joint: str) -> None:
    within = document(joint.join(pieces), joint.join(reversed(pieces)))

    hits: Hits = _ANY.scan(within)

    for group in (hits.actors, hits.hosts, hits.people, hits.concepts, hits.places, hits.literals):
        for found in group.values():
            for hit in found:
                assert 0 <= hit.start < hit.end <= len(within.folded)
                assert within.folded[hit.start : hit.end] in fold(within.original(hit.start, hit.end))


_ANY = Scanner(compile_vocabulary(WORDS), [Literal("k", "sign ..3 pact")])


def test_a_term_that_stands_everywhere_hides_no_other() -> None:
    scanner = Scanner(compile_vocabulary(WORDS), [Literal("careless", "the")])

    hits = scanner.scan(document("News", "the the the. " * 5_000 + "Iran signs a pact."))

    assert set(hits.actors) == {"IRN"}
    assert len(hits.literals["careless"]) < 5_100


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("sign " * 40_000, id="a verb without end"),
        pytest.param("sign a-b-c-d " * 15_000, id="hyphens"),
        pytest.param("us " * 60_000, id="one name"),
        pytest.param("x" * 200_000, id="one word"),
        pytest.param("'" * 200_000, id="one mark"),
        pytest.param(". " * 100_000, id="sentences of nothing"),
        pytest.param("达" * 200_000, id="one character"),
    ],
)
@pytest.mark.timeout(10)
def test_hostile_text_is_scanned_in_bounded_time(text: str) -> None:
    _ANY.scan(document(text, text))
