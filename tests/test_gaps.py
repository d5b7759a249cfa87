"""What passed unseen: measured, stored, read from older pages; who is told that a source fails or is silent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import timedelta
from email.utils import format_datetime
from ipaddress import ip_network
from pathlib import Path

import pytest

from tests.fakes import SetClock
from tests.http_server import Answer, Request, Site, http_server, ok
from tests.rulebook import NOON, TALKS, ruleset, scanner
from watcher.ingest import Mind
from watcher.model import Cause, Cursor, Gap, GapState, Source, SourceId, TeamId
from watcher.net import Client
from watcher.poll import Care, Poller
from watcher.sources.feed import FeedReader
from watcher.store import SqlPollLog, Store, open_store

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
RULES = ruleset(TALKS)
TEAM = next(iter(RULES.teams))
SHOWN = 10


@dataclass
class Wire:
    """A feed that shows its ten latest items, of those published by the clock; numbers are minutes after noon."""

    clock: SetClock
    published: list[int] = field(default_factory=lambda: list(range(-100, 1, 10)))
    has_pages: bool = False
    has_dates: bool = True
    prefix: str = "i"
    failing: bool = False

    def answer(self, request: Request) -> Answer:
        if self.failing:
            return Answer(500)
        page = int(request.path.partition("paged=")[2] or 1)
        now = (self.clock.now() - NOON) // MINUTE
        visible = [at for at in sorted(self.published, reverse=True) if at <= now][SHOWN * (page - 1) : SHOWN * page]
        entries = "".join(map(self._entry, visible))
        maker = "<generator>https://wordpress.org/?v=6</generator>" if self.has_pages else ""
        return ok(f"<rss><channel>{maker}{entries}</channel></rss>".encode())

    def _entry(self, at: int) -> str:
        date = f"<pubDate>{format_datetime(NOON + at * MINUTE)}</pubDate>" if self.has_dates else ""
        return f"<item><title>News {at}</title><guid>{self.prefix}{at}</guid>{date}</item>"


@dataclass
class Desk:
    store: Store
    log: SqlPollLog
    clock: SetClock
    site: Site
    wire: Wire
    poller: Poller = field(init=False)
    source: Source = field(init=False)

    def watch(self, **changes: object) -> None:
        address = self.site.url("/feed", host="wire.example")
        plain = Source(SourceId("wire"), "feed", address, every=10 * MINUTE, owner=TEAM)
        self.source = replace(plain, **changes)  # type: ignore[arg-type]  # fields of a source
        self.log.enrol([self.source], now=self.clock.now())
        client = Client(resolve=self.site.resolve, permitted=[ip_network("127.0.0.0/8")])
        mind = Mind(RULES.vocabulary, scanner(RULES), RULES)
        self.poller = Poller(
            self.log, {"feed": FeedReader(client)}, {self.source.id: self.source}, mind=mind, clock=self.clock
        )

    def until(self, minute: int, *, step: timedelta = MINUTE) -> None:
        """Poll whatever is due until so many minutes after noon."""
        while self.clock.now() < NOON + minute * MINUTE:
            self.clock.pass_(step)
            self.poller.run()

    def gaps(self) -> Sequence[Gap]:
        return self.store.gaps(since=NOON - HOUR)

    def cursor(self) -> Cursor:
        return self.store.watched()[0].cursor

    def titles(self) -> set[int]:
        with self.store._database.read() as connection:
            found = connection.exec_driver_sql("SELECT title FROM items").scalars()
            return {int(title.removeprefix("News ")) for title in found}

    def told(self) -> list[str]:
        with self.store._database.read() as connection:
            return list(connection.exec_driver_sql("SELECT payload FROM notices ORDER BY time").scalars())


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    clock = SetClock(NOON)
    with closing(open_store(f"sqlite:///{tmp_path}/watcher.db")) as store, http_server() as site:
        lease = store.lease("test", now=NOON)
        assert lease
        made = Desk(store, store.poll_log(lease), clock, site, Wire(clock))
        site.answers["/feed"] = made.wire.answer
        made.watch()
        made.poller.run()
        yield made
        made.poller.close()


# Gaps


def test_while_something_known_is_visible_there_is_no_gap(desk: Desk) -> None:
    desk.wire.published += range(1, 60, 1)  # nine or ten between two polls
    desk.wire.published = [at for at in desk.wire.published if at <= 0 or at % 3 == 0]

    desk.until(60)

    assert desk.gaps() == ()
    assert desk.titles() >= {at for at in desk.wire.published if -90 <= at <= 50}


def test_what_publishes_more_than_it_shows_has_a_gap_and_is_read_in_a_hurry(desk: Desk) -> None:
    desk.wire.published += range(1, 13)

    desk.until(13)
    (gap,) = desk.gaps()
    desk.wire.published += range(14, 25)
    desk.until(24)

    assert (gap.source, gap.cause, gap.state) == ("wire", Cause.BUSY, GapState.LOST)
    assert (gap.since, gap.until) == (NOON, NOON + 2 * MINUTE)
    assert desk.cursor().hurry == 1
    assert set(range(14, 24)) <= desk.titles(), "twice as often now, so nothing is missed"
    assert len(desk.gaps()) == 1


def test_a_gap_is_filled_from_older_pages(desk: Desk) -> None:
    desk.wire.has_pages = True
    desk.wire.published += range(1, 41)
    desk.wire.failing = True
    desk.until(39)
    desk.wire.failing = False

    desk.until(120, step=10 * MINUTE)

    (gap,) = desk.gaps()
    assert (gap.state, gap.cause, gap.pages) == (GapState.FILLED, Cause.SOURCE, 4)
    assert desk.titles() == set(range(1, 41)) | set(range(-90, 1, 10))


def test_an_archive_is_read_where_a_feed_has_no_pages(desk: Desk) -> None:
    desk.watch(archive=desk.site.url("/all", host="wire.example"))
    desk.poller.run()
    whole = Wire(desk.clock, has_pages=False)
    whole.published = list(range(-100, 1, 10)) + list(range(1, 13))
    desk.wire.published = whole.published
    entries = "".join(map(whole._entry, sorted(whole.published, reverse=True)))
    desk.site.answers["/all"] = ok(f"<rss><channel>{entries}</channel></rss>".encode())

    desk.until(14)

    assert [gap.state for gap in desk.gaps()] == [GapState.FILLED]
    assert set(range(1, 13)) <= desk.titles()


def test_pages_without_end_are_not_read_for_ever(desk: Desk) -> None:
    desk.wire.has_pages = True
    desk.wire.published += range(1, 400)
    desk.wire.failing = True
    desk.until(398, step=30 * MINUTE)
    desk.wire.failing = False

    desk.until(1200, step=10 * MINUTE)

    (gap,) = desk.gaps()
    assert (gap.state, gap.pages, gap.found) == (GapState.LOST, 20, 200)


def test_new_ids_for_old_items_are_no_gap(desk: Desk) -> None:
    desk.wire.prefix = "rebuilt-"
    desk.wire.published.append(1)

    desk.until(15)

    assert desk.gaps() == ()


def test_without_dates_the_order_of_the_feed_says_what_is_latest(desk: Desk) -> None:
    desk.wire.has_dates = False
    desk.wire.published += range(1, 5)
    desk.until(12)
    first = desk.gaps()
    desk.wire.published += range(13, 30)
    desk.until(32)

    assert first == ()
    assert len(desk.gaps()) == 1


def test_a_downtime_is_put_on_file_and_what_it_cost(desk: Desk) -> None:
    desk.wire.published += range(1, 300, 5)
    desk.clock.pass_(5 * HOUR)

    away = desk.log.away(now=desk.clock.now())
    desk.watch()
    desk.poller.run()

    assert away == Gap(SourceId(""), NOON + 5 * HOUR, NOON, NOON + 5 * HOUR, Cause.DOWNTIME, GapState.LOST)
    assert [(gap.source, gap.cause) for gap in desk.gaps() if gap.source] == [("wire", Cause.DOWNTIME)]
    assert desk.log.away(now=desk.clock.now()) is None


def test_gaps_are_counted_in_the_overview(desk: Desk) -> None:
    desk.wire.published += range(1, 13)
    desk.until(13)

    assert desk.store.overview(now=desk.clock.now()).gaps == {"lost": 1}


# Care


def test_the_owner_is_told_once_that_a_source_fails_and_once_that_it_works_again(desk: Desk) -> None:
    desk.wire.failing = True
    desk.until(5 * 60, step=10 * MINUTE)
    before = desk.told()
    desk.until(48 * 60, step=HOUR)
    during = desk.told()
    desk.wire.failing = False
    desk.until(60 * 60, step=HOUR)

    assert before == []
    assert len(during) == 1
    assert "wire fails: HTTP 500" in during[0]
    assert [("wire works again" in one) for one in desk.told()] == [False, True]


def test_what_does_not_pass_by_itself_is_told_sooner(desk: Desk) -> None:
    desk.site.answers["/feed"] = Answer(404)

    desk.until(80, step=10 * MINUTE)

    assert len(desk.told()) == 1


def test_without_an_owner_nobody_is_told_unless_the_deployment_names_a_team(desk: Desk) -> None:
    desk.watch(owner=None)
    desk.wire.failing = True
    desk.until(24 * 60, step=HOUR)
    nobody = desk.told()
    desk.poller.care = Care(TEAM)
    desk.until(48 * 60, step=HOUR)

    assert nobody == []
    assert len(desk.told()) == 1


@pytest.mark.parametrize(
    ("silent_after", "told_after"),
    [
        pytest.param(None, 24, id="learnt: a day at least"),
        pytest.param(6 * HOUR, 6, id="as its owner wrote"),
        pytest.param(timedelta(days=36_500), None, id="never"),
    ],
)
def test_a_source_that_falls_silent_is_told_once_and_when_it_speaks_again(
    desk: Desk, silent_after: timedelta | None, told_after: int | None
) -> None:
    desk.watch(silent_after=silent_after)
    day = 24 * 60
    desk.wire.published += range(1, day, 30)
    desk.until(day, step=10 * MINUTE)
    assert desk.told() == []

    first = None
    for hour in range(1, 40):
        desk.until(day + hour * 60, step=30 * MINUTE)
        if desk.told() and first is None:
            first = hour
    desk.wire.published.append(day + 40 * 60)
    desk.until(day + 42 * 60, step=30 * MINUTE)

    assert first is None if told_after is None else first in (told_after - 1, told_after)
    assert len(desk.told()) == (0 if told_after is None else 2)


def test_when_no_host_can_be_reached_it_is_our_own_network_and_nobody_is_told(desk: Desk) -> None:
    care = Care(TEAM)
    desk.poller.care = care
    for number in range(12):
        care._reached[f"host-{number}.example"] = False
    desk.site.answers["/feed"] = Answer(raw=b"")

    desk.until(48 * 60, step=HOUR)

    assert desk.told() == []


def test_a_team_gets_no_more_than_so_many_notices_an_hour() -> None:
    care = Care(TEAM)

    allowed = [care._may_tell(TeamId("gulf"), NOON + n * timedelta(seconds=1)) for n in range(100)]

    assert sum(allowed) == 20
    assert care._may_tell(TeamId("gulf"), NOON + 2 * HOUR)


# Empty feeds


def test_a_feed_that_is_suddenly_empty_is_a_fault_until_it_lasts(desk: Desk) -> None:
    desk.site.answers["/feed"] = ok(b"<rss><channel></channel></rss>")

    outcomes = []
    for _ in range(5):
        desk.until(((desk.clock.now() - NOON) // MINUTE) + 90, step=45 * MINUTE)
        outcomes.append(desk.store.watched()[0].outcome)

    assert outcomes[0] == "emptied"
    assert outcomes[-1] in ("fetched", "not_modified")
