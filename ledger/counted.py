"""The facts that count in a month, and what they measure: calls, seconds of talk, orders of each shop.

A fact is counted once, ever: closing a period writes it down (models.CountedFact), and what comes late is found by
not being there. Reading looks back LATE_MONTHS closed months; what is later than that is nobody's any more.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import starmap
from operator import itemgetter
from zoneinfo import ZoneInfo

from calls import usage
from calls.usage import Fact
from ledger.months import Month
from models import CountedFact, InstantField, Period, database

LATE_MONTHS = 2
MEASURES = {"calls": ("call", False), "talk": ("call", True), "orders": ("order", False)}

UNCOUNTED = "NOT EXISTS (SELECT 1 FROM counted_fact WHERE kind = fact.kind AND key = fact.key)"
WRITE = (
    "INSERT INTO counted_fact (period_id, kind, key, shop_id, user_id, at, quantity) "
    "VALUES ({period}, ?, ?, ?, ?, ?, ?)"  # a hundred thousand of them: many times faster than row by row
)


class Counted:
    """Facts read once and asked often, by days of the union's zone."""

    def __init__(self, facts: Sequence[Fact], zone: ZoneInfo) -> None:
        self.facts, self.zone = facts, zone
        self.within = cache(self._within)
        self.measure = cache(self._measure)

    def _within(self, starts_on: dt.date | None, ends_on: dt.date | None) -> Sequence[Fact]:
        """The facts of the days [starts_on, ends_on); None is no limit."""
        since = self._stored(starts_on) if starts_on else ""
        until = self._stored(ends_on) if ends_on else "~"  # after every digit
        return [fact for fact in self.facts if since <= fact.at < until]

    def _measure(self, basis: str, starts_on: dt.date | None, ends_on: dt.date | None) -> dict[int, int]:
        """What each shop used in these days by a basis of MEASURES, Shop.id -> number."""
        kind, by_quantity = MEASURES[basis]
        used: dict[int, int] = {}
        for fact in self.within(starts_on, ends_on):
            if fact.kind == kind:
                used[fact.shop_id] = used.get(fact.shop_id, 0) + (fact.quantity if by_quantity else 1)
        return used

    def before(self, day: dt.date) -> int:
        """How many facts are older than a day: they came late."""
        until = self._stored(day)
        return sum(fact.at < until for fact in self.facts)

    def _stored(self, day: dt.date) -> str:
        return InstantField().db_value(usage.midnight(day, self.zone))


def uncounted(month: Month) -> list[Fact]:
    """What no closed period has counted, to the end of a month: its own facts, and late ones of closed months; in the
    order of their keys, in which they are written soonest. A return counts only of a delivery that was counted."""
    closed = Period.select().where(Period.month >= month.back(LATE_MONTHS).first, Period.month < month.first)
    starts_at = min([period.starts_at for period in closed], default=month.starts_at)
    found = usage.facts(starts_at, month.ends_at, UNCOUNTED)
    returned = [fact.key for fact in found if fact.kind == "return"]
    counted = CountedFact.select(CountedFact.key).where(CountedFact.kind == "delivery", CountedFact.key.in_(returned))
    delivered = {key for (key,) in counted.tuples()} if returned else set()
    return sorted((fact for fact in found if fact.kind != "return" or fact.key in delivered), key=itemgetter(0, 1))


def count(period: Period, facts: Sequence[Fact]) -> None:
    """Write down that a period has counted these facts, so that no other does."""
    database.connection().cursor().executemany(WRITE.format(period=int(period.id)), facts)


def of(period: Period) -> Iterator[Fact]:
    """What a period counted, in the order it was written."""
    read = "SELECT kind, key, shop_id, user_id, at, quantity FROM counted_fact WHERE period_id = ? ORDER BY id"
    return starmap(Fact, database.execute_sql(read, (period.id,)))
