"""Which months are closed, and from when the union keeps books at all."""

from __future__ import annotations

import datetime as dt

from peewee import fn

from ledger import months
from ledger.months import Month
from models import CostItem, Period


def is_closed(day: dt.date) -> bool:
    """Whether a local day belongs to a month that is closed, or to one before the first that was."""
    last = last_closed()
    return last is not None and day < last.next_first


def last_closed() -> Month | None:
    """The last month that was closed; None when none was."""
    latest = Period.select(fn.MAX(Period.month)).scalar()
    return months.of(dt.date.fromisoformat(str(latest))) if latest else None


def next_to_close() -> Month | None:
    """The first month that isn't closed: the one after the last, or that of the first cost item; None without any."""
    if last := last_closed():
        return last.next()
    first = CostItem.select(fn.MIN(CostItem.starts_on)).scalar()
    return months.of(dt.date.fromisoformat(str(first))) if first else None
