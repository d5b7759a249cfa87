"""YAML as strings with marks: what is read, what is refused, and the small readers that collect faults."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.yamlfile import (
    LIMIT_BYTES,
    LIMIT_DEPTH,
    Faults,
    Node,
    Plain,
    Scalar,
    Sequence,
    Table,
    did_you_mean,
    nearest,
    parse,
    read_choice,
    read_clock,
    read_duration,
    read_fields,
    read_list,
    read_number,
    read_text,
    read_texts,
    read_truth,
    to_plain,
)


def plain(text: str) -> Plain:
    root, problems = parse(text, "f.yaml")
    assert not problems, problems
    assert root is not None
    return to_plain(root)


def node(text: str) -> Node:
    root, problems = parse(text, "f.yaml")
    assert not problems
    assert root is not None
    return root


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("a: NO", {"a": "NO"}, id="Norway stays Norway"),
        pytest.param("a: on", {"a": "on"}, id="on is a word"),
        pytest.param("a: 12:30", {"a": "12:30"}, id="a time is no number in base sixty"),
        pytest.param("a: 2026-02-18", {"a": "2026-02-18"}, id="a date keeps its text"),
        pytest.param("a: 0x1F", {"a": "0x1F"}, id="no hexadecimal"),
        pytest.param("a: 1_000", {"a": "1_000"}, id="no underscores in numbers"),
        pytest.param("a: ~", {"a": None}, id="a bare tilde is nothing"),
        pytest.param("a:", {"a": None}, id="an empty value is nothing"),
        pytest.param("a: '~'", {"a": "~"}, id="a quoted tilde is a tilde"),
        pytest.param("a: ~Araghchi", {"a": "~Araghchi"}, id="a fuzzy name"),
        pytest.param("a: =talks", {"a": "=talks"}, id="a literal"),
        pytest.param("a: /x{2}/", {"a": "/x{2}/"}, id="an expression"),
        pytest.param("- [a, b]\n- c", [["a", "b"], "c"], id="lists"),
        pytest.param("Иран: تهران", {"Иран": "تهران"}, id="any script"),
        pytest.param("\ufeffa: b", {"a": "b"}, id="a byte order mark is no text"),
        pytest.param("a: >-\n  one\n  two", {"a": "one two"}, id="folded blocks"),
    ],
)
def test_every_scalar_keeps_its_text(text: str, value: Plain) -> None:
    assert plain(text) == value


@pytest.mark.parametrize(
    ("text", "place", "code"),
    [
        pytest.param("a: 1\nb: 2\na: 3", "f.yaml:3:1", "duplicate-key", id="a key twice"),
        pytest.param("a: {b: 1, b: 2}", "f.yaml:1:11", "duplicate-key", id="a key twice further in"),
        pytest.param("a: &x 1", "f.yaml:1:4", "unsupported-yaml", id="an anchor"),
        pytest.param("a: &x 1\nb: *x", "f.yaml:1:4", "unsupported-yaml", id="an alias"),
        pytest.param("a: {<<: {b: c}}", "f.yaml:1:5", "unsupported-yaml", id="a merge"),
        pytest.param("a: !!int 3", "f.yaml:1:4", "unsupported-yaml", id="a tag"),
        pytest.param("a: !!python/object:os.system x", "f.yaml:1:4", "unsupported-yaml", id="a hostile tag"),
        pytest.param("a: 1\n---\nb: 2", "f.yaml:2:1", "unsupported-yaml", id="a second document"),
        pytest.param("? [a]\n: b", "f.yaml:1:3", "unsupported-yaml", id="a list as key"),
        pytest.param("a: 'x", "f.yaml:1:6", "bad-yaml", id="a quote that is not closed"),
        pytest.param("a: [b", "f.yaml:2:1", "bad-yaml", id="a bracket that is not closed"),
        pytest.param("\ta: b", "f.yaml:1:1", "bad-yaml", id="a tab"),
        pytest.param("a: b: c", "f.yaml:1:5", "bad-yaml", id="a colon in a plain text"),
        pytest.param("a: \x01", "f.yaml:1:4", "bad-yaml", id="a control character"),
        pytest.param("ok: 1\na: \ud800", "f.yaml:2:4", "bad-yaml", id="half a surrogate pair"),
        pytest.param("[" * 100_000, "f.yaml:1:1001", "too-deep", id="a hundred thousand brackets"),
        pytest.param("{a: " * 10_000, f"f.yaml:1:{LIMIT_DEPTH * 4 + 1}", "too-deep", id="deep mappings"),
        pytest.param("- " * 10_000, f"f.yaml:1:{LIMIT_DEPTH * 2 + 1}", "too-deep", id="deep lists"),
        pytest.param("a: " + "x" * LIMIT_BYTES, "f.yaml", "too-large", id="more than a megabyte"),
    ],
)
def test_what_is_refused_is_named_with_its_place(text: str, place: str, code: str) -> None:
    _, problems = parse(text, "f.yaml")

    assert [problem.code for problem in problems][:1] == [code]
    assert str(problems[0]).startswith(f"{place}: ")


def test_several_faults_of_one_file_are_found_together() -> None:
    _, problems = parse("a: 1\na: 2\nb: &x 3\nc: *x\n", "f.yaml")

    assert [problem.line for problem in problems] == [2, 3, 4]


def test_aliases_that_would_multiply_cost_nothing() -> None:
    bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n"
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )

    started = time.perf_counter()
    _, problems = parse(bomb, "f.yaml")

    assert problems
    assert time.perf_counter() - started < 1


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n", "---\n"])
def test_an_empty_file_is_nothing_and_no_fault(text: str) -> None:
    assert parse(text, "f.yaml") == (None, ())


def test_a_node_knows_where_it_stands() -> None:
    root = node("a:\n  - b\n  - {c: d}\n")

    assert isinstance(root, Table)
    listed = root.get("a")
    assert isinstance(listed, Sequence)
    assert [(item.line, item.column) for item in listed.items] == [(2, 5), (3, 5)]


@given(st.text(max_size=200))
def test_no_text_crashes_the_reader(text: str) -> None:
    root, problems = parse(text, "f.yaml")

    assert root is None or to_plain(root) is None or isinstance(to_plain(root), str | list | dict)
    assert all(problem.path == "f.yaml" for problem in problems)


# ── readers ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("20m", timedelta(minutes=20), id="minutes"),
        pytest.param("2h", timedelta(hours=2), id="hours"),
        pytest.param("30d", timedelta(days=30), id="days"),
        pytest.param("90 s", timedelta(seconds=90), id="seconds, with a space"),
        pytest.param("1w", timedelta(weeks=1), id="a week"),
        pytest.param("hour", timedelta(hours=1), id="a unit alone is one of it"),
        pytest.param("3 Hours", timedelta(hours=3), id="words"),
        pytest.param("0m", None, id="no time at all"),
        pytest.param("m", None, id="a short unit alone"),
        pytest.param("999999w", None, id="longer than ten years"),
        pytest.param("soon", None, id="no time span"),
        pytest.param("[1h]", None, id="a list"),
    ],
)
def test_durations(text: str, expected: timedelta | None) -> None:
    faults = Faults()

    assert read_duration(node(text), faults) == expected
    assert bool(len(faults)) is (expected is None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("06:30", 390, id="with a nought"),
        pytest.param("'22:00'", 1320, id="quoted"),
        pytest.param("7.05", 425, id="with a stop"),
        pytest.param("24:00", None, id="no such hour"),
        pytest.param("7", None, id="no minutes"),
    ],
)
def test_times_of_day(text: str, expected: int | None) -> None:
    assert read_clock(node(text), Faults()) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("yes", True), ("True", True), ("no", False), ("false", False), ("off", False), ("1", None), ("nope", None)],
)
def test_truths(text: str, expected: bool | None) -> None:
    assert read_truth(node(text), Faults()) is expected


@pytest.mark.parametrize(("text", "expected"), [("7", 7), ("0", None), ("11", None), ("7.5", None), ("x", None)])
def test_numbers_have_bounds(text: str, expected: int | None) -> None:
    assert read_number(node(text), Faults(), low=1, high=10) == expected


def test_an_unknown_key_is_a_problem_with_an_offer_and_the_others_are_read() -> None:
    faults = Faults()

    fields = read_fields(node("severity: high\nseverty: low\nqqq: 1\n"), ("severity", "notify"), faults)

    assert set(fields) == {"severity"}
    assert [str(problem) for problem in faults.problems] == [
        'f.yaml:2:1: severty: no such key (did you mean "severity"?)',
        "f.yaml:3:1: qqq: no such key; known here: notify, severity",
    ]


def test_a_choice_says_what_is_allowed_and_what_was_meant() -> None:
    faults = Faults()

    assert read_choice(node("flsh"), ("info", "watch", "flash"), faults, key="severity") is None
    assert str(faults.problems[0]) == (
        "f.yaml:1:1: severity: 'flsh' is not info, watch or flash (did you mean \"flash\"?)"
    )


def test_a_value_that_stands_alone_is_a_list_of_one() -> None:
    assert [to_plain(one) for one in read_list(node("a"))] == ["a"]
    assert [to_plain(one) for one in read_list(node("[a, b]"))] == ["a", "b"]
    assert read_list(Scalar("f.yaml", 1, 1, "")) == ()


@pytest.mark.parametrize("text", ["[a, [b]]", "[a, {b: c}]", "[a, '']"])
def test_a_list_of_texts_holds_texts_only(text: str) -> None:
    faults = Faults()

    assert [one.text for one in read_texts(node(text), faults)] == ["a"]
    assert len(faults) == 1


def test_lists_and_texts_are_bounded() -> None:
    faults = Faults()

    assert read_texts(node(f"[{'a, ' * 50}a]"), faults, limit=10) == ()
    assert read_text(node("x" * 50), faults, limit=10) is None
    assert {problem.code for problem in faults.problems} == {"too-large"}


def test_problems_are_sorted_and_warnings_are_not_fatal() -> None:
    faults = Faults()
    later, sooner = Scalar("f.yaml", 9, 1, ""), Scalar("f.yaml", 2, 1, "")

    faults.add(later, "second", "W1")
    faults.add(sooner, "first", "W2")

    assert [problem.message for problem in faults.problems] == ["first", "second"]
    assert not faults.is_fatal
    faults.add(sooner, "third")
    assert faults.is_fatal


def test_near_names_are_offered_and_far_ones_are_not() -> None:
    assert nearest("sports", ["sport", "market"]) == "sport"
    assert nearest("iran", ["Iran", "Iraq"]) == "Iran"
    assert did_you_mean("zebra", ["sport", "market"]) == ""
    assert nearest("anything", []) is None
