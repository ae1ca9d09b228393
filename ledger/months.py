"""A month in the union's zone: [first of it, first of the next), as days and as instants. October has 745 hours."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from calls.usage import midnight
from models import Union


@dataclass(frozen=True, order=True)
class Month:
    """first: its first day; zone: the union's."""

    first: dt.date
    zone: ZoneInfo

    @property
    def next_first(self) -> dt.date:
        """The first day that is not of it any more."""
        return (self.first + dt.timedelta(days=31)).replace(day=1)

    @property
    def days(self) -> int:
        return (self.next_first - self.first).days

    @property
    def starts_at(self) -> dt.datetime:
        return midnight(self.first, self.zone)

    @property
    def ends_at(self) -> dt.datetime:
        return midnight(self.next_first, self.zone)

    @property
    def last_day(self) -> dt.date:
        return self.next_first - dt.timedelta(days=1)

    def next(self) -> Month:
        return Month(self.next_first, self.zone)

    def back(self, months: int) -> Month:
        """The month so many before."""
        ordinal = self.first.year * 12 + self.first.month - 1 - months
        return Month(dt.date(ordinal // 12, ordinal % 12 + 1, 1), self.zone)


def zone() -> ZoneInfo:
    """The union's."""
    return ZoneInfo(Union.get().timezone)


def of(day: dt.date) -> Month:
    """The month of a local day."""
    return Month(day.replace(day=1), zone())


def at(instant: dt.datetime) -> Month:
    """The month an instant falls in."""
    return of(instant.astimezone(zone()).date())


def today(now: dt.datetime) -> dt.date:
    """The union's date."""
    return now.astimezone(zone()).date()
