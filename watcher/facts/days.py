"""
The item's own day, and the dates of a sentence bound to its event: which days, and old, new, planned or held.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timezone
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from watcher.facts.belonging import APPOINTED, belongs
from watcher.facts.calendars import Days, Lean, Written
from watcher.facts.marks import Mark
from watcher.facts.sentence import Page
from watcher.facts.status import Standing
from watcher.model import DateFact, Item, Role, Status
from watcher.vocabulary import Hit

_ROLE_WITHIN = 6
_AHEAD = (Status.CONSIDERED, Status.REPORTED, Status.CLAIMED, Status.AGREED, Status.ANNOUNCED, Status.CONFIRMED)
_MOVING = frozenset(
    ("schedule.moved_up", "schedule.postponed", "schedule.changed", "schedule.off", "schedule.cancelled")
)


@lru_cache(maxsize=256)
def _zone(name: str) -> ZoneInfo | timezone:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # no such zone: days are read as UTC
        return UTC


def today_of(item: Item) -> date:
    """The day the item was published, where it was written."""
    return _local(item.time, item.timezone)


def _local(moment: datetime, name: str) -> date:
    if name == "UTC":
        return moment.date()
    try:
        return moment.astimezone(_zone(name)).date()
    except OverflowError:  # the first and last day of the calendar
        return moment.date()


class DateBinder:
    """Gives the dates of a sentence their roles, seen from one trigger in it."""

    def __init__(self, page: Page, trigger: Hit, standing: Standing) -> None:
        self.page = page
        self.trigger = trigger
        self.standing = standing
        self.sentence = page.sentence(trigger.start)
        self.day = today_of(page.document.item)
        self.moving = trigger.name in _MOVING or any(True for _ in self.sentence.of("roles", "move"))

    def facts(self) -> Iterator[DateFact]:
        """Every date of the sentence with its role; what is not bound to the trigger is only mentioned."""
        written = [half for one in self.sentence.dates for half in self._split(one)]
        words = [self._words_for(one, index, written) for index, one in enumerate(written)]
        told = {word for word in words if word}
        for one, word in zip(written, words, strict=True):
            role = self._role(one, word, told - {word})
            if days := self._resolved(one, role, stated=bool(word)):
                yield DateFact(*days, self._settled(role, days), self.page.document.span(one.start, one.end))

    # ── Which dates ────────────────────────────────────────────────────────────────────────────────────────────

    def _split(self, one: Written) -> tuple[Written, ...]:
        """ "From the 18th to the 11th" is two dates where it tells of a move, or could be no range."""
        if one.halves and (self.moving or one.on(self.day, "future") is None):
            return one.halves
        return (one,)

    # ── Roles ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _words_for(self, one: Written, index: int, written: list[Written]) -> str:
        """What words beside the date say of it: `old`, `new`, `planned`, `set`, `mentioned`; empty: nothing."""
        if not belongs(self.sentence, self.trigger, one):
            return "mentioned"
        for whole in self.sentence.dates:
            if one in whole.halves and one is not whole:
                return "old" if one is whole.halves[0] else "new"
        since = written[index - 1].end if index else self.sentence.start
        best = (_ROLE_WITHIN + 1, "")
        for mark in self._role_marks:
            if since <= mark.start <= one.start:  # "until" may be part of the date
                between = self.sentence.between(mark.end, one.start)
                weight = between + 2 * (mark.value in ("from", "to"))  # any other word says more
                if weight <= best[0] and (word := self._word_of(mark, between)):
                    best = weight, word
        return best[1] if best[0] <= _ROLE_WITHIN else ""

    @cached_property
    def _role_marks(self) -> tuple[Mark, ...]:
        """Marks that give a date its role; not "held" within "will be held"."""
        marks = tuple(self.sentence.of("roles"))
        return tuple(
            mark
            for mark in marks
            if mark.value != "move"
            and not any(
                other.start <= mark.start and mark.end <= other.end and other.end - other.start > mark.end - mark.start
                for other in marks
            )
        )

    def _word_of(self, mark: Mark, between: int) -> str:
        if mark.value in ("from", "to"):
            if not self.moving or between > 1:
                return ""
            return "old" if mark.value == "from" else "new"
        if mark.value == "since":
            return "mentioned" if between == 0 else ""
        return mark.value

    def _role(self, one: Written, word: str, others: set[str]) -> Role:
        """
        The role of a date by the words beside it and beside the other dates of its sentence.

        "Planned for the 18th" alone is a plan; where another day follows, it is the old one.
        """
        match word:
            case "mentioned":
                return Role.MENTIONED
            case "old" | "new" | "held":
                return Role(word)
            case "planned" if others & {"new", "set"}:
                return Role.OLD
            case "set" if others & {"old", "planned"}:
                return Role.NEW
        if not word and "held" in others:
            return Role.HELD  # "the first was held on the 12th; the second, on the 19th"
        if self.moving and others & {"old", "new"}:
            return Role.NEW if "old" in others else Role.OLD
        role = self._implied()
        return Role.MENTIONED if self._is_only_length(one, role) else role

    def _is_only_length(self, one: Written, role: Role) -> bool:
        """ "The lowest in a year", "over the past week": a length of time, unless something there points ahead."""
        if one.shape not in ("offset", "reach") or one.numbers[1] < 0:
            return False
        if one.numbers[0] < 0 or (one.shape == "reach" and role is Role.HELD):
            return True
        return one.shape == "reach" and not any(
            True for _ in self.sentence.of("status", "future", "infinitive", "begin")
        )

    def _implied(self) -> Role:
        """The role that follows from the event and its status alone."""
        status = self.standing.status
        if self.trigger.name in _MOVING or status is Status.OFF:
            return Role.OLD  # "postpones Friday's talks"
        if status is Status.HELD or (status is Status.REPORTED and self._is_told_as_past()):
            return Role.HELD
        mark = self.standing.mark
        if self.trigger.name.partition(".")[0] not in APPOINTED and (not mark or mark.value in ("reported", "claimed")):
            ahead = any(True for _ in self.sentence.of("status", "future", "infinitive"))
            return Role.PLANNED if ahead else Role.MENTIONED  # "a record on 18 November, says …" plans nothing
        return Role.PLANNED if status in _AHEAD else Role.MENTIONED

    def _is_told_as_past(self) -> bool:
        """
        Whether a day beside a bare noun lies behind: in a text ("at Wednesday's meeting") unless something there points
        ahead, in a title only after "after".
        """
        if self.standing.mark:
            return False
        if self.page.is_title(self.trigger.start):
            start, _ = self.sentence.clause(self.trigger.start)
            return any(start <= mark.start < self.trigger.start for mark in self.sentence.of("background", "after"))
        return not any(True for _ in self.sentence.of("status", "future", "considered"))

    def _resolved(self, one: Written, role: Role, *, stated: bool) -> Days | None:
        lean: Lean = "near"
        if role in (Role.PLANNED, Role.NEW, Role.OLD):
            lean = "future"
        elif role is Role.HELD and (stated or one.shape in ("weekday", "weekdays", "day_of_month")):
            lean = "future" if self._is_in_present and not stated else "past"
        # And "hold talks on 18 June" may tell of a June ahead.
        return one.on(self.day, lean)

    @cached_property
    def _is_in_present(self) -> bool:
        """ "Meet on Thursday": the present tense with a weekday tells of the one ahead."""
        mark = self.standing.mark
        return mark is not None and any(one.start == mark.start for one in self.sentence.of("status", "present"))

    def _settled(self, role: Role, days: Days) -> Role:
        """What was planned for a day that has passed is only mentioned; what "was held" ahead is planned."""
        if role is Role.PLANNED and days[1] < self.day:
            return Role.MENTIONED
        return Role.PLANNED if role is Role.HELD and days[0] > self.day else role
