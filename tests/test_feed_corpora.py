"""
The test corpora of five feed readers and 88 feeds as outlets served them: no crash, no hang, bounded memory, and the
titles and links that the corpora expect and feedparser reads. Floors are in `data/floors_feeds.json`.
"""

from __future__ import annotations

import ast
import hashlib
import io
import json
import os
import re
import resource
import tarfile
import time
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest

from watcher.model import Failed
from watcher.sources import plain
from watcher.sources.entries import Entry, address
from watcher.sources.feed import read_feed

FLOORS = json.loads(Path(__file__).parent.joinpath("data", "floors_feeds.json").read_text(encoding="utf-8"))
HOME = "http://127.0.0.1:8097/"
FEEDS = (".xml", ".rss", ".atom")

Said = list[tuple[str | None, str | None]]
"""Title and link of entries as somebody else has them; None: not said."""


@pytest.fixture(scope="module")
def corpora(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The corpora, unpacked."""
    place = os.environ.get("WATCHER_TEST_DATA")
    if not place:
        pytest.skip("WATCHER_TEST_DATA does not say where the shared data is")
    folder = tmp_path_factory.mktemp("feeds")
    for name, digest in FLOORS["sha256"].items():
        packed = Path(place, name).read_bytes()
        assert hashlib.sha256(packed).hexdigest() == digest, f"{name} is not the file that the floors were measured on"
        with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
            archive.extractall(folder, filter="data")
    return folder


def entries(path: Path) -> tuple[Entry, ...] | None:
    """What we read; None: it is no feed."""
    feed = read_feed(path.read_bytes(), "", UTC)
    return None if isinstance(feed, Failed) else feed.entries


def agree(ours: tuple[Entry, ...] | None, said: Said) -> bool:
    """Whether we have these titles and links, HTML in them or not."""
    if ours is None or len(ours) < len(said):
        return False
    return all(
        (title is None or entry.title in (plain.line(title), plain.line_of_html(title), plain.line_of_either(title)))
        and (link is None or address(entry.link, HOME) == address(link, HOME))
        for entry, (title, link) in zip(ours, said, strict=False)
    )


# What the corpora expect


def of_feedparser(folder: Path) -> Iterator[tuple[Path, Said]]:
    pattern = re.compile(r"entries\[0\](?:\['(title|link)'\]|\.(title|link)) == (u?'(?:[^'\\]|\\.)*')")
    for line in (folder / "index.jsonl").read_text(encoding="utf-8").splitlines():
        known = json.loads(line)
        found = {a or b: ast.literal_eval(value) for a, b, value in pattern.findall(known["expect"] or "")}
        if found:
            yield folder / known["file"], [(found.get("title"), found.get("link"))]


def of_gofeed(folder: Path) -> Iterator[tuple[Path, Said]]:
    for path in sorted(folder.rglob("*.xml")):
        beside = path.with_suffix(".json")
        known = json.loads(beside.read_text(encoding="utf-8-sig")) if beside.exists() else {}
        said: Said = [
            (one.get("title"), one["link"] if isinstance(one.get("link"), str) else None)
            for one in known.get("items") or known.get("entries") or ()
        ]
        if any(title or link for title, link in said):
            yield path, said


def of_feed_rs(folder: Path) -> Iterator[tuple[Path, Said]]:
    for path in sorted(folder.rglob("*.xml")):
        beside = path.with_suffix(".serde.json")
        if beside.exists():
            known = json.loads(beside.read_text(encoding="utf-8"))
            yield path, [((one["title"] or {}).get("content"), None) for one in known["entries"]]


def test_titles_and_links_are_what_the_corpora_expect(corpora: Path) -> None:
    shares: dict[str, float] = {}
    misses = []
    for name, expectations in (("feedparser", of_feedparser), ("gofeed", of_gofeed), ("feed_rs", of_feed_rs)):
        results = [(path, agree(entries(path), said)) for path, said in expectations(corpora / f"feeds_{name}")]
        misses += [str(path.relative_to(corpora)) for path, agreed in results if not agreed]
        shares[name] = round(sum(agreed for _, agreed in results) / len(results), 4)

    print(shares, misses)
    assert {name: share for name, share in shares.items() if share < FLOORS["expected"][name]} == {}, misses


# What feedparser reads


def by_feedparser(body: bytes) -> Said | None:
    """Titles and links as feedparser has them; None: it crashed."""
    import feedparser

    try:
        parsed = feedparser.parse(io.BytesIO(body))
    except (AttributeError, TypeError, ValueError):
        return None
    return [(found.get("title") or "", found.get("link") or "") for found in parsed.entries]


@pytest.mark.parametrize("corpus", ["feedparser", "gofeed", "feed_rs", "miniflux", "raw_outlets_2026-08"])
def test_titles_and_links_are_those_of_feedparser(corpora: Path, corpus: str) -> None:
    results: dict[str, bool] = {}
    for path in sorted((corpora / f"feeds_{corpus}").rglob("*")):
        if path.suffix in FEEDS and (theirs := by_feedparser(path.read_bytes())):
            ours = entries(path)
            # A link where feedparser has none, such as `rdf:about`, is no disagreement.
            said: Said = [(title, link or None) for title, link in theirs]
            results[path.name] = ours is not None and len(ours) == len(said) and agree(ours, said)

    share = round(sum(results.values()) / len(results), 4)
    misses = [name for name, agreed in results.items() if not agreed]
    print(corpus, share, len(results), misses)
    assert share >= FLOORS["feedparser"][corpus], misses


def test_no_file_takes_long_or_much(corpora: Path) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    slow: dict[str, Any] = {}
    files = [path for path in corpora.rglob("*") if path.is_file()]
    for path in files:
        body = path.read_bytes()
        for some in (body, body[: len(body) // 2], body.replace(b">", b"", 1), body[::-1]):
            started = time.process_time()
            read_feed(some, "text/xml; charset=us-ascii", UTC)
            if (taken := time.process_time() - started) > 1:
                slow[path.name] = taken

    assert len(files) > 3_000
    assert not slow
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000, "more than 200 MB"


def test_parsing_is_many_times_as_fast_as_feedparser(corpora: Path) -> None:
    bodies = [path.read_bytes() for path in sorted((corpora / "feeds_raw_outlets_2026-08").glob("*.xml"))]

    started = time.process_time()
    for body in bodies:
        read_feed(body, "text/xml", UTC)
    ours = time.process_time() - started
    started = time.process_time()
    for body in bodies[::4]:
        by_feedparser(body)
    theirs = (time.process_time() - started) * len(bodies) / len(bodies[::4])

    print(f"{theirs / ours:.1f} times")
    assert theirs / ours >= FLOORS["speed"]
