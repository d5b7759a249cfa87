"""A running watcher without its bells: everything that decides and delivers, opened from settings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta

import structlog

from watcher.deliver import Courier
from watcher.errors import ConfigError, Problem, StoreError
from watcher.ingest import Commit, Mind, wake
from watcher.matching import Ruleset
from watcher.model import Source, SourceId, Team, TeamId
from watcher.notices import owed_for, rules_refused
from watcher.poll import Care, Poller, report
from watcher.protocols import Clock
from watcher.schedule import Pace
from watcher.settings import Settings
from watcher.store import DOWNTIME, SLACK, Lease, Store, open_store
from watcher.trial import prepare, scanner_of
from watcher.wiring.measuring import Metrics
from watcher.wiring.minding import recalled
from watcher.wiring.opinions import feedback_link
from watcher.wiring.publishing import mark, publish
from watcher.wiring.rules import keep, last_good_of, load_ruleset
from watcher.wiring.sending import channels, renderer, writer
from watcher.wiring.vigil import Vigil
from watcher.wiring.watching import read_sources, readers

WAKES_AT_ONCE = 500

log = structlog.get_logger()


class BusyError(StoreError):
    """Another process decides for this database."""


class Desk:
    """
    What decides and delivers. `decide` and `reload` belong to one thread; each courier may have its own.

    Attributes:
        couriers: By the kind of channel.
    """

    def __init__(self, settings: Settings, store: Store, lease: Lease, clock: Clock) -> None:
        self.settings, self.store, self._lease, self._clock = settings, store, lease, clock
        self.metrics = Metrics()
        self._log = store.poll_log(lease, self.metrics.count)
        self._is_ahead = False
        self.sources: Mapping[SourceId, Source] = {}
        self._vigil = Vigil((settings.rules, settings.sources))
        self.sources = self._listed()
        self.ruleset = self._rules()
        self.poller = Poller(
            self._log,
            readers(settings),
            self.sources,
            mind=self._recalled(),
            clock=clock,
            pace=Pace(settings.workers, timedelta(seconds=settings.host_gap), settings.host_requests),
        )
        self.poller.care = Care(TeamId(settings.owner), timedelta(hours=settings.tell_after_hours))
        self._note_absence(clock.now())
        self._log.enrol(self.sources.values(), now=clock.now())
        self._seen_at = clock.now()
        self._rewind(clock.now())
        self._renderer = renderer(settings.templates)
        self._published: tuple[object, ...] = ()
        write = writer(store.views, lambda: self.ruleset.teams, self._renderer, link=feedback_link(settings))
        self.couriers = {
            kind: Courier(store.outbox, {kind: channel}, write, clock, self._team)
            for kind, channel in channels(settings).items()
        }

    @classmethod
    def open(cls, settings: Settings, clock: Clock, *, holder: str) -> Desk:
        """
        Everything ready to run.

        Args:
            holder: Who we are, for the message that another process gets.

        Raises:
            ConfigError: No source list, or no team with a rule.
            BusyError: Another process decides for this database.
            StoreError: The database cannot be used.
        """
        store = open_store(settings.database)
        with ExitStack() as unless_ready:
            unless_ready.callback(store.close)
            lease = store.lease(holder, now=clock.now())
            if lease is None:
                who = store.overview(now=clock.now()).holder
                raise BusyError(f"another watcher decides for this database: {who}", retryable=False)
            unless_ready.callback(lease.release)
            desk = cls(settings, store, lease, clock)
            unless_ready.pop_all()
        return desk

    def now(self) -> datetime:
        """The time of the clock that everything here decides by."""
        return self._clock.now()

    def decide(self, *, stopping: Callable[[], bool] = bool) -> None:
        """One round: what has come back is decided, what is due is fetched. Raises StoreError."""
        self._look_at_clock()
        if self.poller.has_news():
            with self._deciding():
                self.poller.finish(stopping=stopping)
        if not stopping():
            self.poller.start()

    def poll(self) -> int:
        """Read and decide what is due now, waiting for every answer; how many polls. Raises StoreError."""
        with self._deciding():
            return self.poller.run()

    def wake(self) -> None:
        """Decide what has fallen due without a new item. Raises StoreError."""
        now = self._clock.now()
        while due := self._log.wakes(now=now, limit=WAKES_AT_ONCE):
            with self._deciding():
                commit = wake(due, self.poller.mind, now=now)
                self._log.commit((), commit, now=now)
            report(commit)

    def publish(self) -> int:
        """Write feeds and the calendar, if the settings name a folder; how many files changed. Raises as `publish`."""
        folder, now = self.settings.feeds, self._clock.now()
        if folder is None or (found := mark(self.store, self.ruleset, now=now)) == self._published:
            return 0
        files = publish(folder, self.store, self.ruleset, self._renderer, now=now)
        self._published = found
        return files

    def has_edits(self) -> bool:
        """Whether somebody has edited rules or sources, and is done with it; once for each edit."""
        return self._vigil.has_changed()

    def reload(self) -> Ruleset:
        """
        Read rules and sources again; what was told stays told.

        Raises:
            ConfigError: No team with a rule is left, or no list of sources; what ran goes on.
            StoreError: Not everything could be written; to be called again.
        """
        self._vigil.took_in()
        sources, ruleset = self._listed(), self._rules()
        self._log.enrol(sources.values(), now=self._clock.now())
        self.sources = self.poller.sources = sources
        self.ruleset = ruleset
        self.poller.mind.follow(ruleset, scanner_of(ruleset))
        return ruleset

    def close(self) -> None:
        """Let go of workers, channels, database and lease."""
        self.poller.close()
        for courier in self.couriers.values():
            for channel in courier.channels.values():
                channel.close()
        self.store.close()
        self._lease.release()

    def _team(self, team: TeamId) -> Team | None:
        return self.ruleset.teams.get(team)

    def _rules(self) -> Ruleset:
        last_good = last_good_of(self.store.rules)
        ruleset = load_ruleset(self.settings.rules, secrets=self.settings.secrets, last_good=last_good, prepare=prepare)
        if not ruleset.rules:
            missing = Problem(str(self.settings.rules), 0, 0, "no team has a rule that can run: `watcher check`")
            raise ConfigError(ruleset.all_problems or [missing])
        keep(self.store.rules, ruleset, now=self._clock.now())
        self._tell_refused(ruleset)
        for team in sorted(ruleset.problems):
            errors = [str(problem) for problem in ruleset.problems[team] if not problem.is_warning]
            if errors:
                log.error("rules.rejected", team=team, problems=errors)
        return ruleset

    def _tell_refused(self, ruleset: Ruleset) -> None:
        """Owe each team that is refused the news of it, once until its folder is good again."""
        now = self._clock.now()
        refused = [(ruleset.teams[one.team], one) for one in self.store.rules.rejected() if one.team in ruleset.teams]
        told = [(rules_refused(team, one.problems, since=one.since, now=now), team) for team, one in refused]
        if told:
            owed = tuple(delivery for notice, team in told for delivery in owed_for(notice, team))
            self._log.commit((), Commit(notices=tuple(notice for notice, _ in told), deliveries=owed), now=now)

    def _listed(self) -> Mapping[SourceId, Source]:
        """
        The sources on file. While something is wrong with the list, those that are watched already stay.

        Raises:
            ConfigError: There is no list, or nothing in it can be used.
        """
        sources, problems = read_sources(self.settings.sources)
        for problem in problems:
            log.error("sources.rejected", problem=str(problem))
        before = dict(self.sources) if problems else {}
        listed = {**before, **{source.id: source for source in sources}}
        if problems and not listed:
            raise ConfigError(problems)
        return listed

    def _look_at_clock(self) -> None:
        """A machine that slept missed what happened meanwhile; one whose clock was set back would wait for it."""
        before, self._seen_at = self._seen_at, self._clock.now()
        if self._seen_at < before - SLACK:
            self.poller.rewind()
            self._rewind(self._seen_at)
        elif self._seen_at > before + DOWNTIME:
            self._note_absence(self._seen_at)

    def _rewind(self, now: datetime) -> None:
        if moved := self._log.rewind(now=now):
            log.warning("clock.rewound", due_now=moved)

    def _note_absence(self, now: datetime) -> None:
        if gap := self._log.away(now=now):
            log.warning("gap.opened", since=gap.since.isoformat(), until=gap.until.isoformat(), cause=gap.cause)

    @contextmanager
    def _deciding(self) -> Iterator[None]:
        """What was decided and could not be written is forgotten before the next decision, or it were never told."""
        if self._is_ahead:
            self.poller.mind = self._recalled()
        self._is_ahead = True
        ledger = self.poller.mind.ledger
        ledger.silences, ledger.acknowledged = self.store.wishes.recent(now=self._clock.now())
        yield
        self._is_ahead = False

    def _recalled(self) -> Mind:
        return recalled(self.store, self._log, self.ruleset, now=self._clock.now())
