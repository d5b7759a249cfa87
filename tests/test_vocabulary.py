"""Words files: what they compile to, what is wrong with them and where, a team's changes, the compiled file."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path
from textwrap import dedent

import pytest

from watcher.errors import ConfigError
from watcher.text import fold
from watcher.vocabulary import Vocabulary, check_pattern, compile_vocabulary, load
from watcher.vocabulary.inflect import inflect, inflect_name
from watcher.vocabulary.patterns import parse_pattern
from watcher.vocabulary.shipped import dumps, loads, shipped_texts

INDEX = {
    "actors/index.yaml": "IRN: {class: state, english: Iran}\nHAMAS: {class: group, english: Hamas}",
    "concepts/index.yaml": "talks: {family: talks}\ndeal.signed: {family: agreement, where: text, outcome: yes}",
    "guards/index.yaml": "sport: {scope: item}",
}
README = Path(str(resources.files("watcher.vocabulary") / "README.md"))


def terms(vocabulary: Vocabulary) -> set[tuple[str, str, str | None]]:
    return {(term.name, term.text, term.lang) for term in vocabulary.terms()}


# ── Files ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_files_become_names_and_terms() -> None:
    vocabulary = compile_vocabulary(
        INDEX
        | {
            "actors/en.yaml": "IRN: {names: [Iran], capital: [Tehran]}\nHAMAS: [Hamas]",
            "places.yaml": "muscat: {country: IRN, names: {en: [Muscat], fr: [Mascate]}}",
            "concepts/fr.yaml": "talks: {any: [pourparlers]}",
            "marks/en.yaml": "months: [January, February]",
        }
    )

    assert vocabulary.actors["IRN"].english == "Iran"  # type: ignore[index]  # a plain code in a test
    assert vocabulary.concepts["deal.signed"].outcome  # type: ignore[index]
    assert vocabulary.guards["sport"].scope == "item"
    assert vocabulary.places["muscat"].english == "Muscat"
    assert vocabulary.marks("en") == {"months": ["January", "February"]}
    assert vocabulary.marks("fr") == {}
    assert ("talks", "pourparlers", "fr") in terms(vocabulary)
    assert {sort for sort in (term.sort for term in vocabulary.terms()) if sort} == {"name", "capital"}


@pytest.mark.parametrize(
    ("path", "text", "problem"),
    [
        pytest.param(
            "actors/en.yaml", "IRM: [Iran]", r'actors/en.yaml:1:1: .*IRM.*did you mean "IRN"', id="unknown code"
        ),
        pytest.param(
            "actors/en.yaml", "IRN: {name: [Iran]}", r'en.yaml:1:7: name: .*did you mean "names"', id="unknown key"
        ),
        pytest.param("actors/en.yaml", "IRN: [{says: Iran}]", r"en.yaml:1:8: .*says", id="unknown key of an alias"),
        pytest.param("actors/en.yaml", "IRN: [--]", r"en.yaml:1:7: .*no name", id="alias without letters"),
        pytest.param("actors/x.yaml", "- IRN", r"x.yaml:1:1: .*mapping", id="not a mapping"),
        pytest.param("actors/x.yaml", "IRN: [", r"x.yaml:.*not YAML", id="broken"),
        pytest.param(
            "concepts/en.yaml", "talk: {any: [x]}", r'en.yaml:1:1: .*did you mean "talks"', id="unknown concept"
        ),
        pytest.param("concepts/en.yaml", "talks: {any: [$deal]}", r"en.yaml:1:15: .*no list _deal", id="unknown list"),
        pytest.param("concepts/en.yaml", "_a: [$a]\ntalks: {any: [$a]}", r"en.yaml:2:15: .*within itself", id="circle"),
        pytest.param(
            "concepts/en.yaml", "talks: {any: ['..3 x']}", r"en.yaml:1:15: .*between two", id="gap at the edge"
        ),
        pytest.param("concepts/en.yaml", "talks: {any: [x ..99 y]}", r"1:15: .*too wide", id="gap too wide"),
        pytest.param("concepts/en.yaml", "talks: {any: ['*']}", r"1:15: ", id="nothing but a star"),
        pytest.param("concepts/en.yaml", "talks: {any: [a & b & c]}", r"1:15: at most one &", id="two ampersands"),
        pytest.param(
            "concepts/en.yaml", "talks: {any: [':']}", r"1:15: .*no word", id="marks in the middle of nowhere"
        ),
        pytest.param("guards/en.yaml", "sports: {any: [x]}", r'1:1: .*did you mean "sport"', id="unknown guard"),
        pytest.param("guards/index.yaml", "sport: {scope: all}", r"1:16: 'all' is not title", id="unknown scope"),
        pytest.param("concepts/index.yaml", "Talks: {family: x}", r"1:1: Talks: .*snake_case", id="bad name"),
        pytest.param(
            "actors/people.yaml", "x: {of: IRX, role: leader, names: {en: [X]}}", r"1:9: .*IRX", id="office of nobody"
        ),
        pytest.param(
            "actors/people.yaml",
            "x: {of: IRN, role: leader, from: May, names: {en: [X]}}",
            r"'May' is not a date",
            id="date",
        ),
        pytest.param(
            "places.yaml", "x: {country: IRN}", r"places.yaml:1:1: x: a place needs", id="place without names"
        ),
        pytest.param("verbs/en.yaml", "a: b", r"verbs/en.yaml:1:1: not a vocabulary file", id="unknown file"),
    ],
)
def test_problems_name_their_place(path: str, text: str, problem: str) -> None:
    with pytest.raises(ConfigError) as raised:
        compile_vocabulary(INDEX | {path: text})

    assert re.search(problem, str(raised.value)), raised.value


def test_problems_of_all_files_come_together() -> None:
    files = INDEX | {"actors/en.yaml": "IRM: [Iran]", "concepts/en.yaml": "talk: {any: [x]}", "guards/en.yaml": "x: {}"}

    with pytest.raises(ConfigError) as raised:
        compile_vocabulary(files)

    assert [problem.path for problem in raised.value.problems] == [
        "actors/en.yaml",
        "concepts/en.yaml",
        "guards/en.yaml",
    ]


# ── A team's words ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_teams_words_add_remove_and_create() -> None:
    shipped = compile_vocabulary(INDEX | {"actors/en.yaml": "IRN: [Iran, Persia]"})

    extended = shipped.extended(
        {
            "words.yaml": dedent(
                """
                actors:
                  IRN: {add: {en: [Evin]}, remove: {en: [Persia]}}
                  NAVY: {new: {class: group, english: Navy}, add: {en: {names: [The Navy]}}}
                concepts:
                  our.corridor: {new: {family: transit}, add: {en: [transit corridor]}}
                people: {x: {of: NAVY, role: leader, names: {en: [Xavier]}}}
                """
            )
        }
    )

    assert terms(extended) - terms(shipped) == {
        ("IRN", "Evin", "en"),
        ("NAVY", "The Navy", "en"),
        ("our.corridor", "transit corridor", "en"),
        ("x", "Xavier", "en"),
    }
    assert terms(shipped) - terms(extended) == {("IRN", "Persia", "en")}
    assert "our.corridor" not in shipped.concepts


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        pytest.param("actors: {IRN: {remove: {en: [Persa]}}}", r'Persa.*did you mean "Persia"', id="nothing to remove"),
        pytest.param("actors: {IRX: {add: {en: [x1]}}}", r"IRX.*needs `new:`", id="unknown without new"),
        pytest.param("actor: {}", r'actor: .*did you mean "actors"', id="unknown section"),
        pytest.param("actors: [x]", r"expected a mapping", id="wrong shape"),
        pytest.param("actors: {IRN: {add: [x]}}", r"by language", id="no language"),
    ],
)
def test_problems_of_a_teams_words_name_their_place(words: str, problem: str) -> None:
    shipped = compile_vocabulary(INDEX | {"actors/en.yaml": "IRN: [Iran, Persia]"})

    with pytest.raises(ConfigError, match=problem):
        shipped.extended({"rules/x/words.yaml": words})


def test_the_example_of_the_readme_compiles() -> None:
    readme = README.read_text(encoding="utf-8")
    block = readme.split("for that team alone:\n", 1)[1].replace("[...]", "[ایران]")
    words = dedent("\n".join(line for line in block.splitlines() if line.startswith("    ")))
    shipped = compile_vocabulary(
        INDEX
        | {
            "actors/index.yaml": "IRN: {class: state, english: I}\nCHE: {class: state, english: C}",
            "actors/en.yaml": "IRN: [Persian]",
            "concepts/en.yaml": "talks: {any: [parley]}",
        }
    )

    assert "our.corridor" in shipped.extended({"words.yaml": words}).concepts


# ── The shipped words ──────────────────────────────────────────────────────────────────────────────────────────


def test_the_shipped_words_compile_without_a_problem() -> None:
    assert load().actors


def test_the_compiled_file_gives_the_same_vocabulary() -> None:
    vocabulary = compile_vocabulary(
        INDEX | {"actors/en.yaml": "IRN: [Iran]", "concepts/en.yaml": "talks: {any: [a b, cc]}"}
    )

    assert loads(dumps(vocabulary, "mark"), "mark") == vocabulary


@pytest.mark.parametrize(
    "compiled",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\x00garbage", id="garbage"),
        pytest.param(b"i\x01\x00\x00\x00", id="other"),
    ],
)
def test_a_damaged_compiled_file_is_not_read(compiled: bytes) -> None:
    assert loads(compiled, "mark") is None


def test_a_compiled_file_of_other_words_is_not_read() -> None:
    assert loads(dumps(compile_vocabulary(INDEX), "old"), "new") is None


def test_every_shipped_file_says_where_its_facts_come_from() -> None:
    assert not [path for path, text in shipped_texts().items() if not text.startswith("#")]


# ── Forms ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("word", "lang", "forms", "others"),
    [
        pytest.param("postpone", "en", "postpones postponed postponing", "postponement", id="e drops"),
        pytest.param("plan", "en", "plans planned planning", "plane planet", id="consonant doubles"),
        pytest.param(
            "cancel", "en", "cancels canceled cancelled cancelling canceling", "cancellation", id="both spellings"
        ),
        pytest.param("ratify", "en", "ratifies ratified ratifying", "ratification", id="y becomes ie"),
        pytest.param("delay", "en", "delays delayed delaying", "delaies", id="y after a vowel"),
        pytest.param("reach", "en", "reaches reached reaching", "reachable", id="es"),
        pytest.param("hold", "en", "holds held holding", "holder holded", id="irregular"),
        pytest.param(
            "withdraw", "en", "withdraws withdrew withdrawn withdrawing", "withdrawal", id="irregular with prefix"
        ),
        pytest.param("talks", "en", "talks", "talk talked", id="a plural stays one"),
        pytest.param(
            "négocier", "fr", "négocie négocient négocia négocié négociées négocieront négociant", "négoce", id="fr -er"
        ),
        pytest.param("prolonger", "fr", "prolongea prolongeant prolongé prolonge", "prolongation", id="fr -ger"),
        pytest.param("convenir", "fr", "convenit", "convenable", id="fr -ir"),
        pytest.param("suspendre", "fr", "suspend suspendent suspendu suspendues suspendra", "suspension", id="fr -re"),
        pytest.param("accord", "fr", "accords", "accordéon", id="fr noun"),
        pytest.param("aplazar", "es", "aplaza aplazan aplazó aplazada aplacen aplazando", "aplauso", id="es -zar"),
        pytest.param("romper", "es", "rompe rompen rompió rompieron rompiendo", "rompecabezas", id="es -er"),
        pytest.param("reunión", "es", "reuniones", "reunir", id="es -ión"),
        pytest.param("verhandeln", "de", "verhandelt verhandelten", "handel", id="de -eln"),
        pytest.param("sagen", "de", "sagt sagte sagten gesagt", "sagenhaft", id="de participle"),
        pytest.param("Abkommen", "de", "Abkommens", "Abkömmling", id="de noun"),
        pytest.param(
            "переговоры", "ru", "переговоров переговорам переговорах переговорами", "переговорщик", id="ru plural"
        ),
        pytest.param("встреча", "ru", "встречи встречу встречей встрече", "встречный", id="ru -а"),
        pytest.param("соглашение", "ru", "соглашения соглашению соглашений", "согласие", id="ru -ие"),
        pytest.param("отложить", "ru", "отложили отложена отложат отложенный", "ложь", id="ru verb"),
        pytest.param("подписать", "ru", "подписали подписан подписано", "писать", id="ru -ать"),
        pytest.param("محادثة", "ar", "المحادثة محادثات ومحادثاتهم بالمحادثات", "حديث", id="ar -a"),
        pytest.param("اتفاق", "ar", "الاتفاق واتفاق لاتفاق للاتفاق اتفاقية", "اتفق", id="ar prefixes"),
        pytest.param("مذاکره", "fa", "مذاکره‌ها مذاکره‌ای", "ذکر", id="fa suffixes"),
        pytest.param("הסכם", "he", "ההסכם הסכמים בהסכם להסכם", "סכם", id="he prefixes, final letter"),
    ],
)
def test_words_have_the_forms_of_their_language(word: str, lang: str, forms: str, others: str) -> None:
    regex = re.compile(inflect(fold(word), lang).regex)

    assert [form for form in f"{word} {forms}".split() if not regex.fullmatch(fold(form))] == []
    assert [form for form in others.split() if regex.fullmatch(fold(form))] == []


@pytest.mark.parametrize(
    ("word", "lang", "forms", "others"),
    [
        pytest.param("iranian", "en", "iranians", "irania", id="en adjective"),
        pytest.param("iran", "en", "irans", "iranian iraned", id="en name"),
        pytest.param("iranien", "fr", "iranienne iraniens iraniennes", "iran", id="fr adjective"),
        pytest.param("россия", "ru", "россии россию россией", "россиянин", id="ru name"),
        pytest.param("российский", "ru", "российского российские российскими", "россия", id="ru adjective"),
        pytest.param("путин", "ru", "путина путину путиным", "путь", id="ru person"),
        pytest.param("العراق", "ar", "والعراق للعراق بالعراق", "عراقي عراق", id="ar name with article"),
        pytest.param("ايران", "ar", "وايران لايران بايران", "ايراني", id="ar name"),
        pytest.param("איראנ", "he", "לאיראנ ואיראנ שבאיראנ", "איראני", id="he name"),
        pytest.param("iran", "pl", "iranem iranu iranowi", "iranistyczny", id="pl name"),
    ],
)
def test_names_take_fewer_endings_than_words(word: str, lang: str, forms: str, others: str) -> None:
    regex = re.compile(inflect_name(word, lang).regex)

    assert [form for form in f"{word} {forms}".split() if not regex.fullmatch(form)] == []
    assert [form for form in others.split() if regex.fullmatch(form)] == []


@pytest.mark.parametrize(
    "pattern", ["persona non grata", "hold talks", "срыв переговоров", "达成 协议", "^why", "sign ..3 pact"]
)
def test_a_usable_pattern_has_nothing_wrong(pattern: str) -> None:
    assert check_pattern(pattern) is None


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param("", id="empty"),
        pytest.param("!", id="a mark"),
        pytest.param("a*", id="one letter and a star"),
        pytest.param("a", id="one letter"),
        pytest.param("|".join(f"word{n}" for n in range(10_000)), id="ten thousand alternatives"),
        pytest.param("word " * 50, id="fifty words"),
        pytest.param("$list", id="a list that is not there"),
    ],
)
def test_an_unusable_pattern_is_refused_with_a_message(pattern: str) -> None:
    assert check_pattern(pattern)


def test_the_scan_looks_for_the_rarest_word() -> None:
    compiled = parse_pattern("hold secret talks", "en").compiled({" talks ": 90, " hold ": 90, " held ": 90})

    assert " secret " in compiled.anchors
