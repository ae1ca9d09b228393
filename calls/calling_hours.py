"""When a shop's customers are called back: while the shop is open and operators are at work, never else.

The operators' hours are the union's (WeekHours without a shop), in the union's zone; a union that has typed none has
operators at any time. A shop whose hours meet no operator's is called back in its own hours: somebody may yet come.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from calls.opening_hours import HORIZON_DAYS, Hours, Timetable, timetable
from models import Shop, Union, WeekHours


@dataclass(frozen=True)
class CallingHours:
    """The instants that lie within two timetables, the shop's and the operators'."""

    shop: Timetable
    operators: Timetable

    def is_open(self, at: dt.datetime) -> bool:
        return self.shop.is_open(at) and self.operators.is_open(at)

    def next_opening(self, at: dt.datetime) -> dt.datetime | None:
        """The first instant from `at` on within both, UTC; None: not within the horizon."""
        moment, horizon = self.shop.next_opening(at), at + dt.timedelta(days=HORIZON_DAYS)
        while moment and moment < horizon:
            if self.operators.is_open(moment):
                return moment
            work = self.operators.next_opening(moment)
            moment = work and self.shop.next_opening(work)
        return None

    def closes_at(self, at: dt.datetime) -> dt.datetime | None:
        """The first instant from `at` on that is not within both, UTC; None: not within the horizon."""
        if not self.is_open(at):
            return at
        ends = [end for end in (self.shop.closes_at(at), self.operators.closes_at(at)) if end]
        return min(ends, default=None)

    def after_open(self, at: dt.datetime, duration: dt.timedelta) -> dt.datetime:
        """The instant at which both have been open for `duration` since `at`; at + duration if they never are."""
        left, start = duration, at
        while opens := self.next_opening(start):
            closes = self.closes_at(opens)
            if closes is None or closes - opens >= left:
                return opens + left
            left, start = left - (closes - opens), closes
        return at + duration

    def first_on(self, date: dt.date) -> dt.datetime | None:
        """When this local date of the shop begins for callbacks; None when it has no such hour."""
        midnight, next_midnight = (
            dt.datetime.combine(day, dt.time(), self.shop.zone).astimezone(dt.UTC)
            for day in (date, date + dt.timedelta(days=1))
        )
        opens = self.next_opening(midnight)
        return opens if opens and opens < next_midnight else None


def calling_hours(shop: Shop, now: dt.datetime) -> CallingHours:
    """A shop's, as its rows and the union's stand."""
    own, operators = timetable(shop), _operators(shop)
    hours = CallingHours(own, operators)
    if operators.hours and hours.next_opening(now) is None:
        return CallingHours(own, Timetable((), {}, operators.zone))
    return hours


def _operators(shop: Shop) -> Timetable:
    union = Union.get_or_none()
    rows = WeekHours.select().where(WeekHours.shop.is_null())
    week = tuple(Hours(row.weekday, row.opens_minute, row.closes_minute) for row in rows)
    return Timetable(week, {}, ZoneInfo(union.timezone if union else shop.timezone))
