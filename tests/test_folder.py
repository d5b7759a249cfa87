"""A folder of files, our item format, and the lists of sources."""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from watcher.errors import Problem
from watcher.model import Cursor, Failed, FailureReason, Fetched, Item, NotModified, Source, SourceId
from watcher.sources.catalogue import LEARNT, read_catalogue
from watcher.sources.folder import MOST_FILES, FolderReader
from watcher.sources.items import read_items, to_item

NOON = datetime(2026, 2, 4, 12, 0, tzinfo=UTC)
READER = FolderReader(settling=timedelta())
TITLE = "Envoys agree a date"


def source(folder: Path) -> Source:
    return Source(SourceId("inbox"), "folder", str(folder), publisher="Desk", tier=1, lang="fr", timezone="Asia/Tehran")


def settle() -> None:
    """Until what changes next has another change time: file systems count in ticks of some milliseconds."""
    until = time.time_ns() + 20_000_000
    while time.time_ns() < until:
        os.sched_yield()


def read(folder: Path, cursor: Cursor | None = None) -> tuple[Item, ...]:
    fetched = READER.fetch(source(folder), cursor or Cursor())
    assert isinstance(fetched, Fetched)
    parsed = READER.parse(source(folder), fetched, now=NOON)
    assert not isinstance(parsed, Failed)
    return parsed.items


def after(folder: Path) -> Cursor:
    """The cursor once everything there was read."""
    fetched = READER.fetch(source(folder), Cursor())
    assert isinstance(fetched, Fetched)
    return Cursor(etag=fetched.etag)


RSS = f"<rss><channel><item><title>{TITLE}</title><guid>g1</guid></item></channel></rss>"
FEED = {"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "title": TITLE}]}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("a.txt", f"{TITLE}\n\nBoth sides\nconfirmed.\n", id="text: the first line is the title"),
        pytest.param("a.TXT", f"\n\n  {TITLE}", id="blank lines first"),
        pytest.param("a.jsonl", json.dumps({"title": TITLE, "url": "https://a.example/1"}), id="lines of items"),
        pytest.param("a.json", json.dumps({"title": TITLE}), id="one item"),
        pytest.param("a.json", json.dumps([{"title": TITLE}]), id="a list of items"),
        pytest.param("a.json", json.dumps(FEED), id="a JSON Feed"),
        pytest.param("a.xml", RSS, id="a feed"),
    ],
)
def test_files_of_every_kind_are_read(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content)
    settle()

    (item,) = read(tmp_path)

    assert (item.title, item.source, item.publisher, item.tier) == (TITLE, "inbox", "Desk", 1)
    assert (item.lang, item.timezone, item.seen) == ("fr", "Asia/Tehran", NOON)


def test_a_text_keeps_its_paragraphs_and_is_as_old_as_its_file(tmp_path: Path) -> None:
    file = tmp_path / "note.txt"
    file.write_bytes(f"{TITLE}\n\nBoth sides\nconfirmed.\n\nMore in Malmö.\n".encode("cp1252"))
    os.utime(file, (NOON.timestamp(), NOON.timestamp()))
    settle()

    (item,) = read(tmp_path)

    assert item.text == "Both sides confirmed.\nMore in Malmö."
    assert item.published == NOON


def test_an_edited_text_is_the_same_item(tmp_path: Path) -> None:
    file = tmp_path / "note.txt"
    file.write_text(TITLE)
    settle()
    (before,) = read(tmp_path)
    cursor = after(tmp_path)

    file.write_text(f"{TITLE}, after all")
    settle()
    (edited,) = read(tmp_path, cursor)

    assert edited.id == before.id
    assert edited.title == f"{TITLE}, after all"


def test_only_new_and_changed_files_are_read_again(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("One")
    settle()
    cursor = after(tmp_path)
    unchanged = READER.fetch(source(tmp_path), cursor)
    outside = tmp_path.parent / f"{tmp_path.name}-b.txt"
    outside.write_text("Two")
    os.utime(outside, (1, 1))  # moved here with a modification time long ago
    outside.rename(tmp_path / "b.txt")
    settle()

    assert unchanged == NotModified()
    assert [item.title for item in read(tmp_path, cursor)] == ["Two"]


@pytest.mark.parametrize("name", ["a.txt.part", "a.tmp", ".a.txt", "a.pdf", "noext"])
def test_what_is_not_meant_for_us_is_left_alone(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(TITLE)
    (tmp_path / "sub.txt").mkdir()
    settle()

    assert READER.fetch(source(tmp_path), Cursor()) == NotModified()


def test_a_file_that_was_touched_a_moment_ago_waits(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("half of a ti")

    assert FolderReader().fetch(source(tmp_path), Cursor()) == NotModified()


def test_a_link_to_nothing_harms_nobody(tmp_path: Path) -> None:
    (tmp_path / "a.txt").symlink_to(tmp_path / "gone.txt")
    (tmp_path / "b.txt").write_text(TITLE)
    settle()

    assert len(read(tmp_path)) == 1


def test_a_clock_that_was_set_back_hides_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TITLE)
    settle()

    assert len(read(tmp_path, Cursor(etag=str(time.time_ns() + 10**15)))) == 1


def test_what_is_too_much_for_one_poll_is_read_in_the_next(tmp_path: Path) -> None:
    titles = {str(number) for number in range(MOST_FILES + 50)}
    for title in titles:
        (tmp_path / f"{title}.txt").write_text(title)
    settle()

    cursor, seen, rounds = Cursor(), Counter[str](), 0
    while isinstance(fetched := READER.fetch(source(tmp_path), cursor), Fetched):
        parsed = READER.parse(source(tmp_path), fetched, now=NOON)
        assert not isinstance(parsed, Failed)
        seen.update(item.title for item in parsed.items)
        cursor, rounds = Cursor(etag=fetched.etag), rounds + 1

    assert rounds == 2
    assert seen == Counter(titles)


def test_files_of_one_moment_are_read_together(tmp_path: Path) -> None:
    (tmp_path / "0.txt").write_text(TITLE)
    for number in range(1, MOST_FILES + 10):
        os.link(tmp_path / "0.txt", tmp_path / f"{number}.txt")  # links of one file share its change time
    settle()

    assert len(read(tmp_path)) == MOST_FILES + 10
    assert READER.fetch(source(tmp_path), after(tmp_path)) == NotModified()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        pytest.param("bad.jsonl", "{broken\n[1]\n", "bad.jsonl:1: not JSON", id="lines that are no items"),
        pytest.param("bad.json", "{broken", "no JSON Feed", id="no JSON"),
        pytest.param("bad.json", "[[]]", "neither title nor url", id="no items"),
        pytest.param("bad.xml", "<html><body>Hello</body></html>", "a page of HTML", id="no feed"),
        pytest.param("bad.txt", " \n ", "an empty file", id="empty"),
    ],
)
def test_a_bad_file_costs_itself_and_is_reported(tmp_path: Path, name: str, content: str, said: str) -> None:
    (tmp_path / name).write_text(content)
    (tmp_path / "good.txt").write_text(TITLE)
    settle()

    with capture_logs() as lines:
        items = read(tmp_path)

    assert [item.title for item in items] == [TITLE]
    assert {line["event"] for line in lines} == {"file.rejected"}
    assert said in lines[0]["detail"]


def test_a_folder_that_is_not_there_is_a_failure() -> None:
    outcome = READER.fetch(source(Path("/nowhere/at/all")), Cursor())

    assert isinstance(outcome, Failed)
    assert outcome.reason == FailureReason.CONNECTION


# The item format


def items_of(*lines: bytes | str) -> list[Item | Problem]:
    raw = (line if isinstance(line, bytes) else line.encode() for line in lines)
    return list(read_items(raw, path="wire.jsonl", now=NOON))


def test_an_item_says_what_it_says() -> None:
    (item,) = items_of(
        '{"id": 7, "title": " Talks\\u202e  moved\\nup ", "link": "https://a.example/1", "source": "Wire",'
        ' "lang": "en-GB", "published": "Wed, 04 Feb 2026 09:00:00 GMT", "first_seen": "2026-02-04T09:05:00Z",'
        ' "description": "A.\\n\\nB."}'
    )

    assert isinstance(item, Item)
    assert (item.id, item.title, item.url, item.source) == ("7", "Talks moved up", "https://a.example/1", "Wire")
    assert (item.lang, item.text) == ("en", "A.\nB.")
    assert (item.published, item.seen) == (NOON - timedelta(hours=3), NOON - timedelta(hours=2, minutes=55))


def test_what_is_missing_is_worked_out() -> None:
    first, second, other = items_of(*['{"title": "Talks", "url": "https://www.a.example/1"}'] * 2, '{"title": "Visit"}')

    assert isinstance(first, Item)
    assert isinstance(other, Item)
    assert first == second
    assert (first.source, first.lang, first.published, first.seen) == ("a.example", None, None, NOON)
    assert first.id != other.id


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "http://[", "x" * 5000, "ftp://a.example/"])
def test_what_is_no_web_address_is_no_url(url: str) -> None:
    (item,) = items_of(json.dumps({"title": "Talks", "url": url}))

    assert isinstance(item, Item)
    assert item.url == ""


@pytest.mark.parametrize(
    ("line", "code"),
    [
        pytest.param("{", "bad-json", id="no JSON"),
        pytest.param(b"\xff\xfe{}", "bad-json", id="no UTF-8"),
        pytest.param("[" * 100_000, "bad-json", id="nested without end"),
        pytest.param("[]", "bad-item", id="a list"),
        pytest.param("{}", "bad-item", id="neither title nor url"),
        pytest.param('{"title": ["x"]}', "bad-item", id="a title that is no text"),
        pytest.param(b'"' + b"x" * 2_000_001 + b'"', "too-large", id="too long"),
    ],
)
def test_a_bad_line_costs_itself(line: bytes | str, code: str) -> None:
    first, second = items_of(line, '{"title": "Talks"}')

    assert isinstance(first, Problem)
    assert (first.path, first.line, first.code) == ("wire.jsonl", 1, code)
    assert isinstance(second, Item)


def test_halves_of_surrogate_pairs_and_controls_do_not_get_in() -> None:
    item = to_item({"title": "Ta\ud800lks\x00 \x1b[31m", "text": "\udfff\x07"}, now=NOON)

    assert item
    assert (item.title, item.text) == ("Talks [31m", "")


# Lists of sources


def test_a_list_of_sources_is_read() -> None:
    sources, problems = read_catalogue(
        {
            "sources.yaml": "sources:\n- {source: bbc-world, feed: 'https://feeds.example/world', every: 10m, "
            "publisher: BBC, lang: en, tier: 1, timezone: Europe/London, private: yes, baseline_age: 2h, "
            "verified: never}\n"
            "- {source: inbox, folder: inbox}\n"
            "- {source: slow, feed: 'https://feeds.example/slow', between: [10m, 2h], patience: 3h}\n"
            "- {source: plain, feed: 'https://feeds.example/plain'}\n"
        }
    )

    assert not problems
    assert sources == (
        Source(
            SourceId("bbc-world"), "feed", "https://feeds.example/world", timedelta(minutes=10), "BBC", 1, "en",
            "Europe/London", timedelta(hours=2), True,
        ),
        Source(SourceId("inbox"), "folder", "inbox", timedelta(seconds=30)),
        Source(
            SourceId("slow"), "feed", "https://feeds.example/slow",
            between=(timedelta(minutes=10), timedelta(hours=2)), patience=timedelta(hours=3),
        ),
        Source(SourceId("plain"), "feed", "https://feeds.example/plain", between=LEARNT),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        pytest.param("{source: a}", "one of `feed:`, `page:`", id="no address"),
        pytest.param("{source: a, feed: 'https://a.example', folder: b}", "one of", id="two addresses"),
        pytest.param("{source: A b, feed: 'https://a.example'}", "small letters", id="a bad name"),
        pytest.param("{source: a, feed: 'a.example/rss'}", "no http or https address", id="no scheme"),
        pytest.param("{source: a, feed: 'file:///etc/passwd'}", "no http or https address", id="a file"),
        pytest.param("{source: a, feed: 'https://me:s3cret@a.example/'}", "take them out", id="a password"),
        pytest.param("{source: a, feed: 'https://a.example', every: 5s}", "at least 60 seconds", id="too often"),
        pytest.param("{source: a, feed: 'https://a.example', between: [5m]}", "shortest first", id="half a range"),
        pytest.param("{source: a, feed: 'https://a.example', between: [5s, 5m]}", "at least 60", id="a range too low"),
        pytest.param("{source: a, feed: 'https://a.example', every: 5m, between: [5m, 9m]}", "not both", id="both"),
        pytest.param("{source: a, feed: 'https://a.example', timezone: Mars}", "IANA", id="no such zone"),
        pytest.param("{source: a, feed: 'https://a.example', tier: 7}", "from 1 to 3", id="no such tier"),
        pytest.param("{source: a, feed: 'https://a.example', lang: english}", "two-letter", id="no code"),
        pytest.param("{source: a, feed: 'https://a.example', evry: 5m}", "did you mean", id="a slip"),
        pytest.param("text", "expected a source", id="no mapping"),
    ],
)
def test_a_faulty_source_is_said_with_its_place_and_costs_itself(entry: str, said: str) -> None:
    sources, problems = read_catalogue({"s.yaml": f"sources:\n- {entry}\n- {{source: z, feed: 'https://z.example'}}\n"})

    assert "z" in {source.id for source in sources}
    assert said in str(problems[0])
    assert "s3cret" not in str(problems)
    assert (problems[0].path, problems[0].line) == ("s.yaml", 2)


def test_a_name_stands_once_over_all_files() -> None:
    entry = "sources: [{source: a, feed: 'https://a.example'}]"

    sources, problems = read_catalogue({"a.yaml": entry, "b.yaml": entry})

    assert len(sources) == 1
    assert "already in a.yaml:1" in str(problems[0])
