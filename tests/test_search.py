"""Stored items and alerts found by their words, alerts as a feed, and everything of a kind exported."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.commits import decided, read
from tests.examples import NOON, TEAM
from tests.inside import run
from watcher.ingest import Commit
from watcher.model import Item, TeamId
from watcher.protocols import PollLog
from watcher.store import Retention, Store, open_store

DAY = timedelta(days=1)
TITLES = (
    "Iran and the United States to hold talks in Muscat",
    "Le président reçoit l'émissaire à Genève",
    "Переговоры Армении и Азербайджана отложены",
    "محادثات إيرانية أمريكية في مسقط",
    "دور سوم مذاکرات ایران و آمریکا",
    "שיחות בין איראן לארצות הברית",
    "中国外交部长将访问莫斯科",
    "日本とロシアの外相会談",
    "รัฐมนตรีไทยหารือกัมพูชา",
)


@contextmanager
def opened(folder: Path) -> Iterator[tuple[Store, PollLog]]:
    store = open_store(f"sqlite:///{folder / 'watcher.db'}")
    lease = store.lease("test", now=NOON)
    assert lease is not None
    try:
        yield store, store.poll_log(lease)
    finally:
        lease.release()
        store.close()


def items(*titles: str, text: str = "") -> tuple[Item, ...]:
    return tuple(
        replace(read(str(n), at=NOON + n * timedelta(minutes=1)), title=title, text=text)
        for n, title in enumerate(titles)
    )


def found(store: Store, *words: str) -> list[str]:
    return [hit.item.title for hit in store.views.search(words, since=None, until=None, limit=50).hits]


@pytest.mark.parametrize(
    ("words", "at"),
    [
        pytest.param(("talks", "IRAN"), 0, id="any order, any case"),
        pytest.param(("musc",), 0, id="the beginning of a word"),
        pytest.param(("united states",), 0, id="a phrase"),
        pytest.param(("geneve", "president"), 1, id="without accents"),
        pytest.param(("переговоры", "армении"), 2, id="Russian"),
        pytest.param(("ايرانية",), 3, id="Arabic, other spelling"),
        pytest.param(("مذاكرات", "ايران"), 4, id="Persian typed on an Arabic keyboard"),
        pytest.param(("איראן",), 5, id="Hebrew"),
        pytest.param(("外交", "莫斯科"), 6, id="Chinese"),
        pytest.param(("外相会談",), 7, id="Japanese"),
        pytest.param(("กัมพูชา",), 8, id="Thai"),
    ],
)
def test_items_are_found_in_every_script(tmp_path: Path, words: tuple[str, ...], at: int) -> None:
    with opened(tmp_path) as (store, log):
        log.commit((), Commit(items=items(*TITLES)), now=NOON)

        assert found(store, *words) == [TITLES[at]]


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(("talks", "geneve"), id="words of two items"),
        pytest.param(("states united",), id="a phrase in the wrong order"),
        pytest.param(("scat",), id="the end of a word"),
        pytest.param(('"', "*", "NEAR("), id="signs of the index's own language"),
        pytest.param(('") OR ("talks',), id="an attempt to break out"),
        pytest.param(("—",), id="no letter at all"),
    ],
)
def test_what_no_item_holds_is_not_found(tmp_path: Path, words: tuple[str, ...]) -> None:
    with opened(tmp_path) as (store, log):
        log.commit((), Commit(items=items(*TITLES)), now=NOON)

        assert found(store, *words) == []


def test_the_index_follows_edits_and_forgetting(tmp_path: Path) -> None:
    (item,) = items("Envoys to meet in Oslo", text="A photograph of the fjord.")
    with opened(tmp_path) as (store, log):
        log.commit((), Commit(items=(item,)), now=NOON)
        log.commit((), Commit(items=(replace(item, title="Envoys to meet in Vienna"),)), now=NOON)
        assert (found(store, "oslo"), found(store, "vienna", "fjord")) == ([], ["Envoys to meet in Vienna"])

        store.prune(now=NOON + 2 * DAY, keep=Retention(text=DAY))
        assert (found(store, "fjord"), found(store, "vienna")) == ([], ["Envoys to meet in Vienna"])

        store.prune(now=NOON + 40 * DAY)
        assert found(store, "vienna") == []
    with closing(sqlite3.connect(tmp_path / "watcher.db")) as other:
        assert other.execute("SELECT count(*) FROM search_rows").fetchone() == (0,)
        other.execute("INSERT INTO search_words(search_words) VALUES ('integrity-check')")


def test_the_index_survives_a_vacuum(tmp_path: Path) -> None:
    with opened(tmp_path) as (store, log):
        log.commit((), Commit(items=items(*TITLES)), now=NOON)
        store.prune(now=NOON + 35 * DAY + timedelta(minutes=2))
    with closing(sqlite3.connect(tmp_path / "watcher.db")) as other:
        other.execute("VACUUM")
    with opened(tmp_path) as (store, _):
        assert found(store, "莫斯科") == [TITLES[6]]


def test_a_database_made_before_is_indexed_when_it_is_upgraded(tmp_path: Path) -> None:
    path = tmp_path / "watcher.db"
    with closing(sqlite3.connect(path)) as other:
        other.executescript((Path(__file__).parent / "data" / "database_0001.sql").read_text("utf-8"))
        other.execute(
            "INSERT INTO items(id, source, url, title, publisher, timezone, tier, baseline, seen) "
            "VALUES ('old', 's', 'https://a.example/old', ?, 'A', 'UTC', 2, 0, 0)",
            (TITLES[6],),
        )
        (alerts,) = other.execute("SELECT count(*) FROM alerts").fetchone()
        other.commit()

    with opened(tmp_path) as (store, _):
        assert found(store, "莫斯科") == [TITLES[6]]
        assert [fed.cursor for fed in store.views.feed(after=0)] == list(range(1, alerts + 1))


def test_people_see_who_was_told_and_find_alerts_whose_items_are_gone(tmp_path: Path) -> None:
    with opened(tmp_path) as (store, log):
        log.commit((), decided("one"), now=NOON)

    said = run("search", "talks", "BROUGHT", "--timezone", "UTC", folder=tmp_path)
    assert "1 items, the last seen first" in said
    assert "told: gulf" in said

    with opened(tmp_path) as (store, _):
        store.prune(now=NOON + 40 * DAY)
    gone = json.loads(run("search", "talks", "--json", folder=tmp_path))
    assert (gone["hits"], len(gone["alerts"])) == ([], 1)
    assert "nothing on file holds snow" in run("search", "snow", folder=tmp_path, expect=1)


def test_a_feed_gives_each_alert_once_in_the_order_of_raising(tmp_path: Path) -> None:
    with opened(tmp_path) as (_, log):
        for key, at in (("one", NOON), ("two", NOON + DAY), ("back", NOON - DAY)):
            log.commit((), decided(key, at=at), now=NOON)

    first = [json.loads(line) for line in run("alerts", "--after", "0", "--limit", "2", folder=tmp_path).splitlines()]
    cursor = str(first[-1]["cursor"])
    rest = [json.loads(line) for line in run("alerts", "--after", cursor, folder=tmp_path).splitlines()]

    assert [line["development"] for line in (*first, *rest)] == ["d-one", "d-two", "d-back"]
    assert run("alerts", "--after", str(rest[-1]["cursor"]), folder=tmp_path) == ""


def test_a_number_of_the_feed_is_never_used_again(tmp_path: Path) -> None:
    with opened(tmp_path) as (store, log):
        log.commit((), decided("one"), now=NOON)
        log.commit((), replace(decided("one"), deliveries=()), now=NOON)
        (first,) = store.views.feed(after=0)
        with closing(sqlite3.connect(tmp_path / "watcher.db")) as other:
            other.execute("DELETE FROM alerts")
            other.commit()
        log.commit((), decided("two"), now=NOON)

        (second,) = store.views.feed(after=0, team=TEAM.id)

    assert second.cursor > first.cursor
    assert store is not None


def test_a_feed_can_be_of_one_team(tmp_path: Path) -> None:
    with opened(tmp_path) as (store, log):
        log.commit((), decided("one"), now=NOON)

        assert store.views.feed(after=0, team=TeamId("other")) == ()


def test_items_are_exported_as_replay_reads_them(tmp_path: Path) -> None:
    with opened(tmp_path) as (_, log):
        log.commit((), Commit(items=items(*TITLES, text="In a few words.")), now=NOON)

    from watcher.sources.items import read_items

    lines = run("export", "items", folder=tmp_path).splitlines()
    again = [
        item for item in read_items((line.encode() for line in lines), path="x", now=NOON) if isinstance(item, Item)
    ]

    assert [(i.id, i.title, i.url, i.seen, i.published, i.publisher, i.text) for i in again] == [
        (i.id, i.title, i.url, i.seen, i.published, i.publisher, i.text) for i in items(*TITLES, text="In a few words.")
    ]


@pytest.mark.parametrize("kind", ["alerts", "developments", "stories", "appointments"])
def test_every_kind_is_exported_by_time(tmp_path: Path, kind: str) -> None:
    with opened(tmp_path) as (_, log):
        log.commit((), decided("two", at=NOON + DAY), now=NOON + DAY)
        log.commit((), decided("one"), now=NOON)

    lines = [json.loads(line) for line in run("export", kind, folder=tmp_path).splitlines()]

    assert len(lines) == 2
    assert json.dumps(lines[0]).count("one") > json.dumps(lines[0]).count("two")
    assert len(run("export", kind, "--since", "2026-02-05", folder=tmp_path).splitlines()) == 1


def test_an_unknown_kind_is_answered_with_those_there_are(tmp_path: Path) -> None:
    assert "write items, alerts," in run("export", "things", folder=tmp_path, expect=2)


def test_more_than_a_page_is_exported_whole(tmp_path: Path) -> None:
    with opened(tmp_path) as (store, log):
        same = tuple(replace(read(str(n)), title=f"Title {n}") for n in range(2_300))
        log.commit((), Commit(items=same), now=NOON)

        assert len({item.id for item in store.export("items") if isinstance(item, Item)}) == 2_300
