"""What lost callers cost a shop: its own lost customers × its own rate of delivered orders × its own margin. As a range.

The rate is delivered orders per conversation, the margin that of delivered orders whose margin is known, both of the
year before: of the calls just made too little has been delivered yet. The range multiplies the ends of two intervals
of 95 % (Wilson's for the rate, the normal one for the mean margin), so it is wide where little is known. One who
called again and again, and was lost, is one customer; one who was called back in time was not lost.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, stdev

from peewee import fn

from calls.call_log import instants
from calls.standing import is_one_of, with_promise
from models import Call, Order, Shop
from orders import funnel

YEAR = dt.timedelta(days=364)
NORMAL = 1.96
CONVERSATIONS_LEAST, MARGINS_LEAST = 30, 5


@dataclass(frozen=True)
class Range:
    """A value and the interval that holds it, 95 %."""

    low: float
    middle: float
    high: float

    def __mul__(self, other: Range) -> Range:
        return Range(self.low * other.low, self.middle * other.middle, self.high * other.high)

    def times(self, number: int) -> Range:
        return Range(self.low * number, self.middle * number, self.high * number)


@dataclass(frozen=True)
class MissedCost:
    """rate: delivered orders per conversation; margin, cost: minor units; each None where nothing is known of it."""

    customers: int  # lost
    conversations: int
    delivered: int
    margins: int  # delivered orders whose margin is known
    rate: Range | None
    margin: Range | None

    @property
    def orders(self) -> Range | None:
        """How many delivered orders the lost customers would have been."""
        return self.rate and self.rate.times(self.customers)

    @property
    def cost(self) -> Range | None:
        return self.orders * self.margin if self.orders and self.margin else None

    @property
    def is_reliable(self) -> bool:
        return self.conversations >= CONVERSATIONS_LEAST and self.margins >= MARGINS_LEAST


def read(shop: Shop, first: dt.date, last: dt.date) -> MissedCost:
    """What was lost from the day first to the day last, both included, by the year that ends with last."""
    conversations = funnel.whole(shop, last - YEAR, last).calls
    delivered = _delivered(shop, last - YEAR, last)
    margins = [margin for margin in delivered if margin is not None]
    return MissedCost(
        customers=lost_customers(shop, first, last),
        conversations=conversations,
        delivered=len(delivered),
        margins=len(margins),
        rate=share_of(min(len(delivered), conversations), conversations),
        margin=mean_of(margins),
    )


def lost_customers(shop: Shop, first: dt.date, last: dt.date) -> int:
    """How many different customers were lost; each withheld one is another."""
    starts, ends = instants(shop, first, last)
    who = fn.COUNT(fn.DISTINCT(fn.COALESCE(Call.customer, Call.key)))
    lost = with_promise(Call.select(who)).where(Call.shop == shop, *is_one_of(shop, "lost"))
    return lost.where(Call.arrived_at >= starts, Call.arrived_at < ends).scalar()


def _delivered(shop: Shop, first: dt.date, last: dt.date) -> list[int | None]:
    """The margins of the delivered orders that came of a call."""
    starts, ends = instants(shop, first, last)
    of_calls = Order.shop == shop, Order.state == "delivered", Order.call_key != ""
    placed = Order.placed_at >= starts, Order.placed_at < ends
    return [margin for (margin,) in Order.select(Order.margin_minor).where(*of_calls, *placed).tuples()]


def share_of(part: int, whole: int) -> Range | None:
    """A share and Wilson's interval of it (1927); None of nothing."""
    if not whole:
        return None
    share, square = part / whole, NORMAL**2
    middle = share + square / (2 * whole)
    reach = NORMAL * math.sqrt(share * (1 - share) / whole + square / (4 * whole**2))
    scale = 1 + square / whole
    return Range(max(0.0, (middle - reach) / scale), share, min(1.0, (middle + reach) / scale))


def mean_of(values: Sequence[int]) -> Range | None:
    """The mean of amounts and its interval; of a single one nothing is known but itself. None without any."""
    if not values:
        return None
    mean = fmean(values)
    reach = NORMAL * stdev(values) / math.sqrt(len(values)) if len(values) > 1 else 0.0
    return Range(max(0.0, mean - reach), mean, mean + reach)
