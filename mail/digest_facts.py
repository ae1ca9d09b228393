"""What a shop's daily digest tells of one of its days: each figure by the same question as the page behind its link."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

from calls import call_log, promises
from calls.call_log import Figures
from calls.promises import Kept
from ledger import months, periods
from ledger.closed import is_closed
from models import Shop
from orders import funnel, order_list
from settings import Settings

PAST_DAYS = 14


class Costs:
    """What each shop owes for a month that is not closed; read once for all the digests of a moment."""

    def __init__(self) -> None:
        self.known: dict[dt.date, dict[int, int]] = {}

    def so_far(self, shop: Shop, day: dt.date) -> int | None:
        """Minor units, in the month of this day; None once it is closed, because its statement tells it then."""
        if is_closed(day):
            return None
        month = months.of(day)
        if month.first not in self.known:
            self.known[month.first] = dict(periods.preview(month).charges)
        return self.known[month.first].get(shop.id, 0)


@dataclass(frozen=True)
class Facts:
    """A shop's day, read when it is asked for; now: the instant at which promises and costs are looked at."""

    shop: Shop
    day: dt.date
    now: dt.datetime
    settings: Settings
    costs: Costs

    @cached_property
    def calls(self) -> Figures:
        return call_log.figures(self.shop, self.day)

    @cached_property
    def in_time(self) -> int:
        """Calls answered within answer_within_seconds."""
        return call_log.answered_within(self.shop, self.settings.answer_within_seconds, self.day)

    @cached_property
    def waiting(self) -> int:
        """Customers who wait for a call now, since whatever day."""
        return call_log.waiting(self.shop)

    @cached_property
    def kept(self) -> Kept:
        """The promises whose time was that day."""
        starts_at, ends_at = call_log.instants(self.shop, self.day, self.day)
        return promises.counted(self.shop, starts_at, ends_at, self.now)

    @cached_property
    def orders(self) -> tuple[int, int]:
        """How many were placed, and their sum in minor units."""
        return order_list.count(self.shop, order_list.Filter(self.day, self.day))

    @cached_property
    def month(self) -> funnel.Row:
        """The way from call to delivery of the month so far."""
        return funnel.whole(self.shop, self.day.replace(day=1), self.day)

    @cached_property
    def cost_minor(self) -> int | None:
        return self.costs.so_far(self.shop, self.day)

    @cached_property
    def past(self) -> list[tuple[dt.date, Figures]]:
        """The last days up to this one, the oldest first."""
        days = [self.day - dt.timedelta(days=back) for back in reversed(range(PAST_DAYS))]
        return [(day, call_log.figures(self.shop, day)) for day in days]
