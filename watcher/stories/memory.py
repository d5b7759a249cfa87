"""
Open stories behind indexes: `assign` reads and answers, `fold` applies an answer, `restore` rebuilds all of it.

What is kept is bounded by what is open: developments leave after `Limits.horizon` without a report, stories close after
`Limits.quiet`. Restoring from what was stored gives the same answers as never having stopped.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from watcher.model import (
    ActorId,
    Appointment,
    Development,
    DevelopmentId,
    Filed,
    ItemId,
    Report,
    Seen,
    Story,
    StoryId,
)
from watcher.stories.calendar import Calendar
from watcher.stories.compare import Verdict, compare
from watcher.stories.decide import Assigned, Scene, decide
from watcher.stories.index import Index, Rarity
from watcher.stories.sight import SeenItems, Sight
from watcher.stories.track import Track
from watcher.stories.weights import JOINING, LIMITS, WORTH, Joining, Limits, Worth
from watcher.text import canonical_url

Matter = tuple[str, tuple[ActorId, ...]]
Key = TypeVar("Key")
_MOST_MATTERS = 50_000  # closed stories that a later report may link back to


class Memory:
    """What the decider knows of the world; one thread owns it."""

    def __init__(self, *, joining: Joining = JOINING, worth: Worth = WORTH, limits: Limits = LIMITS) -> None:
        self._joining, self._worth, self._limits = joining, worth, limits
        self._seen = SeenItems()
        self._stories: dict[StoryId, Story] = {}
        self._by_matter: dict[Matter, StoryId] = {}
        self._tracks: OrderedDict[DevelopmentId, Track] = OrderedDict()
        self._by_story: dict[StoryId, dict[DevelopmentId, None]] = {}
        self._by_item: dict[ItemId, dict[DevelopmentId, None]] = {}
        self._by_page: dict[str, dict[DevelopmentId, None]] = {}
        self._index = Index(limits)
        self._calendar = Calendar()

    def sight(self, item: ItemId, url: str, mark: int) -> Sight:
        """Whether an item was read before; `url` is canonical, `mark` its `fingerprint`."""
        return self._seen.look(item, url, mark)

    def knows(self, item: ItemId, url: str) -> bool:
        """Whether an item was read before in any state; `url` is canonical."""
        return self._seen.knows(item, url)

    def saw(self, seen: Seen) -> None:
        """Remember that an item was read."""
        self._seen.add(seen)

    def assign(self, report: Report, *, now: datetime) -> Assigned:
        """Which development the report founds or joins, and why. Changes nothing."""
        before = self._before(report)
        verdicts = self._verdicts(report, before, now=now)
        story = self._thread(report, verdicts)
        scene = Scene(
            verdicts=tuple(verdicts),
            stories=self._stories,
            edited=before,
            story=story,
            previous=None if story else self._by_matter.get(_matter(report)),
            siblings=tuple(self._tracks[key] for key in self._by_story.get(story.id, ())) if story else (),
            booking=self._calendar.book(report),
        )
        return decide(report, scene, self._joining, worth=self._worth, now=now)

    def fold(self, assigned: Assigned) -> None:
        """Make an answer of `assign` part of what is known."""
        self._put_story(assigned.story)
        for filed, development in assigned.filings():
            self._file(filed, development)
        for appointment in assigned.appointments:
            self._calendar.put(appointment)

    def restore(
        self,
        stories: Iterable[Story],
        developments: Iterable[Development],
        appointments: Iterable[Appointment],
        *,
        reports: Iterable[Filed],
        seen: Iterable[Seen],
    ) -> None:
        """
        Rebuild an empty memory.

        Args:
            stories: All that are open, and closed ones that later reports may link back to.
            developments: Those with a report younger than `Limits.horizon`; others may be among them.
            reports: Of these developments, in the order in which they were committed.
            seen: In any order, but the last of an item last.
        """
        for row in seen:
            self._seen.add(row)
        for story in stories:
            self._put_story(story)
        by_id = {development.id: development for development in developments}
        for filed in reports:
            if filed.development in by_id:
                self._file(filed, by_id[filed.development])
        for appointment in appointments:
            self._calendar.put(appointment)

    def development(self, key: DevelopmentId) -> Development | None:
        """As it stands; None when it is no longer compared with."""
        track = self._tracks.get(key)
        return track.development if track else None

    def story(self, key: StoryId) -> Story | None:
        """As it stands; None when it is closed."""
        return self._stories.get(key)

    def echoes(self, development: Development, *, now: datetime) -> tuple[DevelopmentId, ...]:
        """Other developments that say the same as it by what is known now, the closest first."""
        if development.facts is None:
            return ()
        verdicts = [v for v in self._verdicts(development.facts, (), now=now) if not v.vetoes]
        same = [v for v in verdicts if v.track.development.id != development.id and v.score >= self._joining.threshold]
        return tuple(v.track.development.id for v in sorted(same, key=lambda v: -v.score))

    def appointments(self) -> tuple[Appointment, ...]:
        """Every open appointment on file."""
        return self._calendar.open()

    def close_quiet(self, *, now: datetime) -> tuple[Story, ...]:
        """Stories that no report has touched for `Limits.quiet`, as they are when closed; they leave the memory."""
        quiet = [story for story in self._stories.values() if now - story.last_seen > self._limits.quiet]
        closed = tuple(replace(story, closed=now) for story in quiet)
        self._calendar.forget(now=now)
        for story in closed:
            self._put_story(story)
        return closed

    def __len__(self) -> int:
        return len(self._tracks)

    def _verdicts(self, report: Report, before: Iterable[DevelopmentId], *, now: datetime) -> list[Verdict]:
        keys = dict.fromkeys((*before, *self._index.candidates(report)))
        horizon = now - self._limits.horizon
        tracks = (self._tracks[key] for key in keys)
        rarity = Rarity(self._index.idf)
        return [compare(report, track, rarity, self._joining) for track in tracks if track.last_seen >= horizon]

    def _before(self, report: Report) -> tuple[DevelopmentId, ...]:
        """Developments that an earlier state of the same item, or of the same page, belongs to."""
        page = self._by_page.get(canonical_url(report.url), {}) if report.url else {}
        return tuple(dict.fromkeys((*self._by_item.get(report.item, {}), *page)))

    def _thread(self, report: Report, verdicts: Iterable[Verdict]) -> Story | None:
        """The open story that the report continues: that of the closest development, else that of the same matter."""
        near = [v for v in verdicts if v.score >= self._joining.thread and v.track.actors & set(report.actors)]
        if near:
            best = max(near, key=lambda verdict: (verdict.score, verdict.track.development.id))
            if found := self._stories.get(best.track.development.story):
                return found
        key = self._by_matter.get(_matter(report))
        return self._stories.get(key) if key else None

    def _put_story(self, story: Story) -> None:
        matter = (story.family, story.actors)
        self._by_matter.pop(matter, None)
        self._by_matter[matter] = story.id
        if len(self._by_matter) > _MOST_MATTERS:
            del self._by_matter[next(iter(self._by_matter))]
        if story.closed:
            self._stories.pop(story.id, None)
        else:
            self._stories[story.id] = story

    def _file(self, filed: Filed, development: Development) -> None:
        key, report = filed.development, filed.report
        track = self._tracks.get(key)
        if track is None:
            track = self._tracks[key] = Track(development, report, members=self._limits.members)
            self._by_story.setdefault(development.story, {})[key] = None
        track.development = development
        track.add(report)
        self._tracks.move_to_end(key)
        self._index.add(key, report)
        self._by_item.setdefault(report.item, {})[key] = None
        if report.url:
            page = canonical_url(report.url)
            track.pages.add(page)
            self._by_page.setdefault(page, {})[key] = None
        self._expire(report.seen)

    def _expire(self, moment: datetime) -> None:
        """Forget developments beyond the horizon; the oldest touched come first."""
        while self._tracks:
            key, track = next(iter(self._tracks.items()))
            if track.last_seen >= moment - self._limits.horizon:
                return
            del self._tracks[key]
            self._index.remove(key)
            _forget(self._by_story, {track.development.story}, key)
            _forget(self._by_item, set(track.development.items), key)
            _forget(self._by_page, track.pages, key)


def _forget(lists: dict[Key, dict[DevelopmentId, None]], names: Iterable[Key], key: DevelopmentId) -> None:
    for name in names:
        found = lists.get(name, {})
        found.pop(key, None)
        if not found:
            lists.pop(name, None)


def _matter(report: Report) -> Matter:
    return report.family, report.actors
