"""How rules do, in figures and on a page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from lxml import html

from tests.test_commands import run
from watcher.commands.report import as_html
from watcher.commands.screen import sparkline
from watcher.ingest import Mind, ingest
from watcher.matching import Ruleset
from watcher.model import Feedback, Item, ItemId, RuleId, TeamId, Verdict
from watcher.store import Store, open_store
from watcher.trial import scanner_of
from watcher.wiring.rehearsal import unhurried
from watcher.wiring.reporting import report_of
from watcher.wiring.rules import load_ruleset
from watcher.wiring.statistics import figures, wilson

ROOT = Path(__file__).parent.parent
START = datetime(2026, 2, 2, 6, tzinfo=UTC)
NOW = START + timedelta(days=6)
EVIL = "Thailand and Cambodia agree on ceasefire <script>alert(1)</script> & \u202e"
TITLES = (
    EVIL,
    "Cambodia and Thailand agree to ceasefire",
    "Israel and Hamas agree to ceasefire in Gaza",
    "EU approves new sanctions against Russia",
)


@pytest.fixture(scope="module")
def shipped() -> Ruleset:
    return unhurried(load_ruleset(ROOT / "rules"))


@pytest.fixture
def store(tmp_path: Path, shipped: Ruleset) -> Iterator[Store]:
    """A week in which four things were reported, two of them the same."""
    with closing(open_store(f"sqlite:///{tmp_path}/watcher.db")) as opened:
        lease = opened.lease("test", now=START)
        assert lease
        log, mind = opened.poll_log(lease), Mind(shipped.vocabulary, scanner_of(shipped), shipped)
        for number, title in enumerate(TITLES):
            seen = START + timedelta(days=number)
            item = Item(ItemId(f"i{number}"), title, f"https://w{number}.example/", f"w{number}", seen, lang="en")
            loud = replace(item, tier=1, publisher=f"Wire {number}")
            log.commit((), ingest([loud], mind, now=seen), now=seen)
        lease.release()
        yield opened


@pytest.mark.parametrize(
    ("good", "judged", "low", "high"),
    [
        pytest.param(0, 0, 0.0, 1.0, id="nothing judged, nothing known"),
        pytest.param(1, 1, 0.207, 1.0, id="one good one proves little"),
        pytest.param(5, 10, 0.237, 0.763, id="half of ten"),
        pytest.param(50, 100, 0.404, 0.596, id="half of a hundred"),
        pytest.param(0, 20, 0.0, 0.161, id="none of twenty"),
    ],
)
def test_the_interval_is_wilsons(good: int, judged: int, low: float, high: float) -> None:
    assert wilson(good, judged) == pytest.approx((low, high), abs=0.0005)


def told(store: Store, verdict: Verdict, by: str = "ann") -> None:
    """A verdict about every alert of the Middle East desk."""
    for line in store.views.alerts(team=TeamId("middle-east")):
        item = Item(ItemId("x"), line.title, "", "", NOW)
        alert = line.alert
        store.feedback.put(Feedback(alert.id, alert.team, by, verdict, NOW, item, alert.rules, alert.id))


def test_figures_count_what_was_told_spared_said_and_shared(store: Store, shipped: Ruleset) -> None:
    told(store, Verdict.NOISE)
    told(store, Verdict.USEFUL, by="ben")
    [alert] = [line.alert for line in store.views.alerts(team=TeamId("middle-east"))][-1:]
    item = Item(ItemId("x"), "A", "", "", NOW)
    store.feedback.put(Feedback(alert.id, alert.team, "zoe", Verdict.NOISE, NOW + timedelta(1), item, alert.rules))

    found = {(one.team, one.rule): one for one in figures(store, shipped, since=START)}
    one = found[TeamId("middle-east"), RuleId("ceasefire")]

    assert one.firing.alerts == sum(one.firing.by_day.values()) > 0
    assert one.precision.judged == one.firing.alerts
    assert one.precision.good == one.firing.alerts - 1, "the last word counts"
    assert one.noisy
    silent = found[TeamId("schedulers"), RuleId("meeting-moved-up")]
    assert (silent.firing.alerts, silent.precision.judged) == (0, 0)
    assert {
        team
        for team, _ in {(one.team, one.rule) for one in figures(store, shipped, since=START, team=TeamId("schedulers"))}
    } == {"schedulers"}


def test_nothing_before_the_time_counts(store: Store, shipped: Ruleset) -> None:
    assert all(one.firing.alerts == 0 for one in figures(store, shipped, since=NOW))


def test_the_page_is_whole_and_obeys_no_headline(store: Store, shipped: Ruleset) -> None:
    told(store, Verdict.NOISE)

    text = as_html(report_of(store, shipped, since=START, now=NOW, team=None))
    page = html.document_fromstring(text)

    assert "<script" not in text
    assert "&lt;script&gt;alert(1)" in text
    assert [node.text for node in page.iter("h2")] == ["Alerts by day", "Top stories", "Sources", "Rules and noise"]
    assert page.get("lang") == "en"
    for plot in page.iter("svg"):
        assert plot.get("aria-labelledby") or plot.get("aria-label") or plot.get("aria-hidden")
    ids = {node.get("id") for node in page.iter() if node.get("id")}
    assert {node.get("aria-labelledby") for node in page.iter("svg") if node.get("aria-labelledby")} <= ids
    assert "prefers-color-scheme: dark" in text
    assert not page.xpath("//*[@src or @href or @onclick]")


def test_a_page_of_nothing_is_a_page(tmp_path: Path, shipped: Ruleset) -> None:
    with closing(open_store(f"sqlite:///{tmp_path}/empty.db")) as empty:
        text = as_html(report_of(empty, shipped, since=START, now=NOW, team=TeamId("schedulers")))

    assert "Nothing was told." in text
    assert "0 alerts in 7 days" in text


def test_the_commands_show_both(tmp_path: Path) -> None:
    run("init", folder=tmp_path)

    found = json.loads(run("rules", "stats", "--json", folder=tmp_path))
    assert {one["rule"] for one in found} == {"us-iran-talks", "meeting-moved-up"}
    assert "met nothing: my-desk/meeting-moved-up, my-desk/us-iran-talks" in run("rules", "stats", folder=tmp_path)
    assert "0 alerts" in run("report", "page.html", "--since", "7d", folder=tmp_path)
    assert (tmp_path / "page.html").read_text("utf-8").startswith("<!doctype html>")
    assert "no team is called" in run("report", "--team", "nobody", folder=tmp_path, expect=2)


@pytest.mark.parametrize(
    ("counts", "bars"),
    [
        pytest.param([], "", id="nothing"),
        pytest.param([0, 0], "  ", id="zeros"),
        pytest.param([1, 0, 8, 4], "▁ █▄", id="the tallest for the greatest"),
        pytest.param([1] * 60, "█" * 30, id="many days are shown two by two"),
    ],
)
def test_a_sparkline_has_a_bar_for_each_number(counts: list[int], bars: str) -> None:
    assert sparkline(counts) == bars
