"""Edits of rule files keep every other character."""

from __future__ import annotations

import difflib
from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watcher.matching.editing import flow, with_member, with_value, without_member
from watcher.yamlfile import Plain, parse, to_plain

FILE = dedent(
    """\
    # What the desk wants.
    as_of: 2026-02-10
    rules:
      - rule: Talks            # of any kind
        what: talks
        unless: [sport, market]   # noise
        examples:
          alert:
            - "Iran: talks"    # said so
            - Talks go on

          # near misses
          quiet: [Oil slips, "Cup, final"]

      - {use: ceasefire, severity: flash}  # louder here
      - rule: Visits
        what: visit
        unless: sport

      - rule: Deals
        what: agreement
        examples:
            alert:
            - Deal signed
    """
)


def added(before: str, after: str | None) -> list[str]:
    """Lines that are new or changed; nothing else may be."""
    assert after is not None
    diff = list(difflib.ndiff(before.splitlines(), after.splitlines()))
    return [line[2:].strip() for line in diff if line.startswith("+ ")]


@pytest.mark.parametrize(
    ("line", "keys", "expected"),
    [
        pytest.param(4, ("examples", "alert"), ['- "new"'], id="a block list grows by a line"),
        pytest.param(
            4, ("examples", "quiet"), ['quiet: [Oil slips, "Cup, final", "new"]'], id="a flow list in its line"
        ),
        pytest.param(4, ("unless",), ['unless: [sport, market, "new"]   # noise'], id="a comment stays behind"),
        pytest.param(16, ("unless",), ['unless: [sport, "new"]'], id="a value that stands alone becomes a list"),
        pytest.param(
            16, ("examples", "quiet"), ["examples:", "quiet:", '- "new"'], id="keys that are not there are made"
        ),
        pytest.param(
            15,
            ("examples", "quiet"),
            ['- {use: ceasefire, severity: flash, examples: {quiet: ["new"]}}  # louder here'],
            id="a rule on one line stays on one line",
        ),
        pytest.param(20, ("examples", "alert"), ['- "new"'], id="a list that is not indented grows as it is"),
        pytest.param(20, ("examples", "quiet"), ['quiet: ["new"]'], id="beside a key as deep as it is"),
    ],
)
def test_a_member_is_added_and_nothing_else_changes(line: int, keys: tuple[str, ...], expected: list[str]) -> None:
    after = with_member(FILE, line, keys, '"new"')

    assert added(FILE, after) == expected
    tree, problems = parse(after or "", "rules.yaml")
    assert not problems
    assert tree is not None
    assert "new" in str(to_plain(tree))


def test_a_member_is_taken_out_of_its_line() -> None:
    after = without_member(FILE, 4, ("unless",), "sport")

    assert added(FILE, after) == ["unless: [market]   # noise"]
    assert without_member(FILE, 16, ("unless",), "sport") is None, "the only one stays"
    assert without_member(FILE, 4, ("unless",), "court") is None


def test_a_line_of_a_list_is_taken_out_with_its_comment() -> None:
    after = without_member(FILE, 4, ("examples", "alert"), "Iran: talks")

    assert after == FILE.replace('        - "Iran: talks"    # said so\n', "")


def test_a_key_is_added_once() -> None:
    after = with_value(FILE, 16, "where", "{in: title}")

    assert added(FILE, after) == ["where: {in: title}"]
    assert with_value(FILE, 16, "what", "x") is None


def test_where_no_rule_begins_nothing_is_edited() -> None:
    assert with_member(FILE, 5, ("unless",), "new") is None
    assert with_member("rules: [", 1, ("unless",), "new") is None


VALUES: st.SearchStrategy[Plain] = st.recursive(
    st.text(st.characters(exclude_categories=["C", "Z"], include_characters=" ")),
    lambda inner: st.lists(inner, min_size=1) | st.dictionaries(st.from_regex(r"\A[a-z]{1,8}\Z"), inner, min_size=1),
    max_leaves=8,
)


@settings(max_examples=40, deadline=None)
@given(st.lists(VALUES, min_size=1))
def test_what_is_written_in_flow_form_reads_as_it_was(values: list[Plain]) -> None:
    tree, problems = parse(f"rules: {flow(values)}", "rules.yaml")

    assert not problems
    assert tree is not None
    assert to_plain(tree) == {"rules": values}
