"""Feeds that we write, read by another library, and the files they go to."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import feedparser
import pytest
from lxml import etree

from tests.examples import NOON, item, told
from tests.test_aftermath import raise_alert
from tests.test_commands import run
from tests.world import World, world
from watcher.errors import ConfigError
from watcher.render.feeds import atom, json_feed
from watcher.wiring.sending import renderer

HOSTILE = "Talks ]]> <script>alert(1)</script> &amp; \x00\x0b\ud800 محادثات"


@pytest.fixture
def gulf(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path) as made:
        yield made


def test_hostile_titles_leave_the_feed_sound() -> None:
    tolds = [told(item(HOSTILE))]

    written = atom(tolds, key="gulf", title="Gulf & co", body=renderer().body, now=NOON)
    parsed = feedparser.parse(written)

    etree.fromstring(written.encode())
    assert not parsed.bozo
    (entry,) = parsed.entries
    assert entry.id == "urn:watcher:alert:a1"
    assert "<script>" not in entry.content[0].value
    assert "محادثات" in entry.title
    assert json.loads(json_feed(tolds, title="Gulf", body=renderer().body))["items"][0]["url"].startswith("https://")


def test_the_folder_has_feeds_of_teams_and_rules_and_the_calendar(gulf: World) -> None:
    gulf.poll()
    raise_alert(gulf)
    gulf.stop()

    said = run("feeds", "out", folder=gulf.folder)
    again = run("feeds", "out", folder=gulf.folder)

    out = gulf.folder / "out"
    names = sorted(str(path.relative_to(out)) for path in out.rglob("*") if path.is_file())
    rule = "gulf/us-iran-talks"
    assert names == sorted(["calendar.ics", "gulf.atom", "gulf.json", f"{rule}.atom", f"{rule}.json"])
    assert (said, again) == ("5 files changed in out\n", "0 files changed in out\n")
    (entry,) = feedparser.parse((out / "gulf.atom").read_bytes()).entries
    assert "third round of talks" in entry.title
    assert entry.link == "https://gulfwire.example/1"
    body = json.loads((out / f"{rule}.json").read_text())
    assert body["items"][0]["_watcher"]["schema"] == "watcher.alert.v1"


def test_the_service_writes_what_is_new(gulf: World) -> None:
    (gulf.folder / "watcher.toml").write_text('feeds = "public"\n')
    gulf.poll()
    assert gulf.desk
    place = os.getcwd()
    os.chdir(gulf.folder)
    try:
        first = gulf.desk.publish()
        raise_alert(gulf)
        second, third = gulf.desk.publish(), gulf.desk.publish()
    finally:
        os.chdir(place)

    assert (first, second, third) == (5, 5, 0)
    assert b"20260218" in (gulf.folder / "public" / "calendar.ics").read_bytes()


def test_a_folder_that_cannot_be_written_is_named(gulf: World) -> None:
    (gulf.folder / "public").write_text("a file")
    (gulf.folder / "watcher.toml").write_text(f'feeds = "{gulf.folder / "public"}"\n')
    gulf.poll()
    assert gulf.desk

    with pytest.raises(ConfigError, match="a folder that this user can write to"):
        gulf.desk.publish()


def test_an_empty_feed_does_not_change_each_minute() -> None:
    texts = {atom([], key="gulf", title="Gulf", body=str, now=NOON) for _ in range(2)}

    assert len(texts) == 1
    assert feedparser.parse(texts.pop()).feed.title == "Gulf"
