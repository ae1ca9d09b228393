"""The days a report is of: what the address asks for, and the few that are one click away."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile

from flask_babel import lazy_gettext as _l

from web.calls import asked_day

USUAL_DAYS, MOST_DAYS = 30, 731
BY_DAY_MOST = 45  # longer periods are drawn by month
NAMES = {
    "week": _l("7 days"), "days": _l("30 days"), "month": _l("this month"), "last_month": _l("last month"),
    "year": _l("12 months"),
}  # fmt: skip


@dataclass(frozen=True)
class Period:
    """Days of a report, both included."""

    first: dt.date
    last: dt.date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def is_by_day(self) -> bool:
        return self.days <= BY_DAY_MOST

    @property
    def dates(self) -> list[dt.date]:
        return [self.first + dt.timedelta(days) for days in range(self.days)]

    @property
    def months(self) -> list[dt.date]:
        """The first days of its months."""
        return list(takewhile(lambda month: month <= self.last, _months(self.first)))

    @property
    def address(self) -> dict[str, dt.date]:
        return {"from": self.first, "to": self.last}


def asked(today: dt.date) -> Period:
    """What the address asks for; days that are missing, the wrong way round or too many give the usual ones."""
    first, last = asked_day("from"), asked_day("to") or today
    if first is None or not 0 <= (last - first).days < MOST_DAYS:
        return Period(last - dt.timedelta(USUAL_DAYS - 1), last)
    return Period(first, last)


def usual(today: dt.date) -> dict[str, Period]:
    """The periods that are one click away, by the names of NAMES."""
    month = today.replace(day=1)
    before = month - dt.timedelta(1)
    return {
        "week": Period(today - dt.timedelta(6), today),
        "days": Period(today - dt.timedelta(USUAL_DAYS - 1), today),
        "month": Period(month, today),
        "last_month": Period(before.replace(day=1), before),
        "year": Period((today - dt.timedelta(364)).replace(day=1), today),
    }


def _months(date: dt.date) -> Iterator[dt.date]:
    month = date.replace(day=1)
    while True:
        yield month
        month = (month + dt.timedelta(32)).replace(day=1)
