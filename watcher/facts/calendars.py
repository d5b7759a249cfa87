"""
Which days a written date means, seen from an item's own day. Calendar arithmetic only; the grammar is in `dates`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, assert_never

Lean = Literal["future", "past", "near"]
"""Which way an incomplete date points: what is planned lies ahead, what was held lies behind."""

Shape = Literal["day", "days", "day_of_month", "weekday", "weekdays", "offset", "reach", "month", "span"]
Days = tuple[date, date]
"""First and last day, inclusive."""

WEEK, WEEKEND, MONTH, YEAR = 1, 2, 3, 4
# Months that are meant by a part of a year.
_SEASONS = {"early": (1, 3), "middle": (5, 8), "late": (10, 12), "end": (12, 12)}
_SHIFTS = {"next": 1, "coming": 1, "last": -1, "this": 0, "": 0}
# Without a year, a day some weeks ago is likelier meant than one almost a year ahead, and the other way round.
_SLACK_BEHIND = timedelta(days=90)
_SLACK_AHEAD = timedelta(days=25)


@dataclass(frozen=True, slots=True)
class Written:
    """
    A date as written, before it is known which day that is.

    Args:
        shape: How `numbers` are to be read.
        numbers: day: year or 0, month, day · days: year or 0, month, day, month, day (month 0: the current) ·
            day_of_month: day · weekday(s): ISO weekdays · offset, reach ("in two weeks"): days from today, first and
            last · month: year or 0, month · span: unit, shift from today's.
        shift: `next`, `coming`, `last`, `this` or empty, as written beside it.
        part: `early`, `middle`, `late`, `end` or empty, of a month or week.
        halves: Both ends of a range that says "to" as dates of their own: "from the 18th to the 11th" may be a move.
        jalali: The month is one of the Iranian calendar.
    """

    start: int
    end: int
    shape: Shape
    numbers: tuple[int, ...]
    shift: str = ""
    part: str = ""
    halves: tuple[Written, ...] = ()
    jalali: bool = False

    def on(self, today: date, lean: Lean = "near") -> Days | None:
        """First and last day meant; None when there is no such day, such as 31 June."""
        try:
            return self._days(today, lean)
        except (ValueError, OverflowError):  # beyond the calendar: "in 900000 days"
            return None

    def _days(self, today: date, lean: Lean) -> Days | None:
        match self.shape:
            case "day":
                return _single(_whole_day(self, self.numbers, today, lean=lean))
            case "days":
                return _range(self, today, lean)
            case "day_of_month":
                return _single(_day_of_month(self.numbers[0], self.shift, today, lean=lean))
            case "weekday":
                return _single(_weekday(self.numbers[0], self.shift, today, lean=lean))
            case "weekdays":
                first = _weekday(self.numbers[0], self.shift, today, lean=lean)
                return first, first + timedelta((self.numbers[1] - self.numbers[0]) % 7)
            case "offset" | "reach":
                return today + timedelta(self.numbers[0]), today + timedelta(self.numbers[1])
            case "month":
                return _month(self, today, lean)
            case "span":
                return _stretch(self, today)
            case _:
                assert_never(self.shape)


def _single(day: date | None) -> Days | None:
    return (day, day) if day else None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _nearest(candidates: Sequence[date | None], today: date, lean: Lean) -> date | None:
    """The candidate that the lean makes likeliest: within slack of its side, else the nearest."""
    days = [day for day in candidates if day]
    if lean == "future":
        days = [day for day in days if day >= today - _SLACK_BEHIND] or days
    elif lean == "past":
        days = [day for day in days if day <= today + _SLACK_AHEAD] or days
    return min(days, key=lambda day: abs(day - today), default=None)


def _whole_day(written: Written, numbers: Sequence[int], today: date, *, lean: Lean) -> date | None:
    year, month, day = numbers
    if written.jalali:
        years = (year,) if year else (today.year - 622, today.year - 621)
        return _nearest([_from_jalali(one, month, day) for one in years], today, lean)
    if year:
        return _day(year, month, day)
    return _nearest([_day(today.year + shift, month, day) for shift in (-1, 0, 1)], today, lean)


def _from_jalali(year: int, month: int, day: int) -> date | None:
    """The Iranian calendar's day; its leap years by the 33-year rule, right from 1925 to 2088."""
    if not (1 <= month <= 12 and 1 <= day <= (31 if month <= 6 else 30) and 1300 <= year <= 1500):
        return None
    leaps = sum(1 for one in range(1304, year) if one % 33 in (1, 5, 9, 13, 17, 22, 26, 30))
    new_year = date(1925, 3, 21) + timedelta((year - 1304) * 365 + leaps)
    return new_year + timedelta(31 * min(month - 1, 6) + 30 * max(month - 7, 0) + day - 1)


def _range(written: Written, today: date, lean: Lean) -> Days | None:
    year, month, day, last_month, last_day = written.numbers
    if not month:
        first = _day_of_month(day, written.shift, today, lean=lean)
        last = _day(first.year, first.month, last_day) if first else None
    else:
        first = _whole_day(written, (year, month, day), today, lean=lean)
        if first is None:
            return None
        last = _whole_day(written, (year, last_month, last_day), first, lean="near")
    return (first, last) if first and last and first <= last else None


def _day_of_month(day: int, shift: str, today: date, *, lean: Lean) -> date | None:
    months = (_SHIFTS[shift],) if shift else (-1, 0, 1)
    days = [_day(first.year, first.month, day) for first, _ in (month_days(today, one) for one in months)]
    known = [one for one in days if one]
    if lean == "future":
        known = [one for one in known if one >= today - timedelta(3)] or known
    elif lean == "past":
        known = [one for one in known if one <= today] or known
    return min(known, key=lambda one: abs(one - today), default=None)


def _weekday(weekday: int, shift: str, today: date, *, lean: Lean) -> date:
    ahead = (weekday - today.isoweekday()) % 7
    if shift == "next":  # the one of next week, as editors use it
        return today + timedelta(7 - today.isoweekday() + weekday)
    if shift == "coming":
        return today + timedelta(ahead or 7)
    if shift == "last":
        return today - timedelta((7 - ahead) if ahead else 7)
    if lean == "past":
        return today - timedelta((7 - ahead) % 7)
    if lean == "future" or shift == "this":
        return today + timedelta(ahead)
    return today + timedelta(ahead if ahead <= 3 else ahead - 7)


def month_days(today: date, shift: int) -> Days:
    """First and last day of the month `shift` months after today's."""
    index = today.year * 12 + today.month - 1 + shift
    following = date((index + 1) // 12, (index + 1) % 12 + 1, 1)
    return date(index // 12, index % 12 + 1, 1), following - timedelta(1)


def _month(written: Written, today: date, lean: Lean) -> Days | None:
    year, month = written.numbers
    if written.jalali:
        first = _whole_day(written, (year, month, 1), today, lean=lean)
        return (first, first + timedelta(30 if month <= 6 else 29)) if first else None
    if written.shift in ("next", "last") and not year:
        year = today.year + (month <= today.month if written.shift == "next" else -(month >= today.month))
    day = _whole_day(written, (year, month, 15), today, lean=lean)
    return _part(month_days(day, 0), written.part) if day else None


def _stretch(written: Written, today: date) -> Days:
    unit, shift = written.numbers
    monday = today - timedelta(today.isoweekday() - 1) + timedelta(7 * shift)
    if unit == WEEK:
        days = _part((monday, monday + timedelta(6)), written.part)
    elif unit == WEEKEND:
        days = monday + timedelta(5), monday + timedelta(6)
    elif unit == MONTH:
        days = _part(month_days(today, shift), written.part)
    else:
        first, last = _SEASONS.get(written.part, (1, 12))
        days = date(today.year + shift, first, 1), month_days(date(today.year + shift, last, 1), 0)[1]
    if written.part == "late" and shift == 0 and days[1] >= today:
        return min(max(days[0], today), days[1]), days[1]
    return days


def _part(days: Days, part: str) -> Days:
    first, last = days
    third = timedelta((last - first).days // 3)
    match part:
        case "early":
            return first, first + third
        case "middle":
            return first + third, last - third
        case "late":
            return last - third, last
        case "end":
            return last - timedelta(min(third.days, 6)), last
        case _:
            return days
