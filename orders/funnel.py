"""From call to delivered: how many conversations of an interval, how many orders placed in it, and how far these came.

Each step is a question of the list of calls or of orders, so a figure can be looked behind. An order stands where it
stands today: one that was cancelled is in no later step, one that came back was sent but not delivered.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable
from dataclasses import dataclass

from peewee import fn

from calls.call_log import instants
from calls.standing import is_one_of, with_promise
from models import Call, Did, Order, Shop, User
from orders.order_list import NOBODY, Filter, conditions

STEPS = {"orders": "", "confirmed": "once_confirmed", "sent": "once_sent", "delivered": "delivered"}  # step: group
RELIABLE_LEAST = 30  # with fewer conversations a share moves by more than three points with a single order


@dataclass(frozen=True)
class Row:
    """A funnel: key is the id of an operator or a source (NOBODY without one), or the first day of a month."""

    key: Hashable
    calls: int = 0
    orders: int = 0
    confirmed: int = 0
    sent: int = 0
    delivered: int = 0

    @property
    def steps(self) -> list[tuple[str, int]]:
        return [(name, getattr(self, name)) for name in ("calls", *STEPS)]

    @property
    def is_reliable(self) -> bool:
        """Whether there were conversations enough to conclude anything from its shares."""
        return self.calls >= RELIABLE_LEAST

    @property
    def share(self) -> float | None:
        """Delivered orders per conversation; None without conversations."""
        return self.delivered / self.calls if self.calls else None


def whole(shop: Shop, first: dt.date, last: dt.date) -> Row:
    """The shop's funnel of these days, both included."""
    return next(iter(_rows(shop, first, last, Call.shop, Order.shop)), Row(shop.id))


def by_operator(shop: Shop, first: dt.date, last: dt.date) -> list[tuple[User | None, Row]]:
    """A funnel for each who spoke or took an order, most conversations first; None: the owner himself."""
    rows = _rows(shop, first, last, Call.operator, Order.operator)
    people = {user.id: user for user in User.select().where(User.id.in_([row.key for row in rows]))}
    return [(people.get(row.key), row) for row in rows]


def by_source(shop: Shop, first: dt.date, last: dt.date) -> list[tuple[Did | None, Row]]:
    """A funnel for each number that was rung, most conversations first; None: orders without a call."""
    rows = _rows(shop, first, last, Call.did, Order.did)
    dids = {did.id: did for did in shop.dids}
    return [(dids.get(row.key), row) for row in rows]


def by_month(shop: Shop, months: list[dt.date]) -> list[Row]:
    """A funnel for each of these months, given by their first days, in which there was anything."""
    rows = (Row(month, *(number for _, number in whole(shop, month, last_of(month)).steps)) for month in months)
    return [row for row in rows if row.calls or row.orders]


def months_until(month: dt.date, count: int) -> list[dt.date]:
    """The first days of so many months, the last of them month, newest first."""
    found = [month.replace(day=1)]
    while len(found) < count:
        found.append((found[-1] - dt.timedelta(days=1)).replace(day=1))
    return found


def last_of(month: dt.date) -> dt.date:
    """The last day of the month that begins on this day."""
    return (month.replace(day=1) + dt.timedelta(days=32)).replace(day=1) - dt.timedelta(days=1)


def _rows(shop: Shop, first: dt.date, last: dt.date, call_key, order_key) -> list[Row]:
    """Funnels by any key that calls and orders share, most conversations first."""
    counted: dict[Hashable, dict[str, int]] = {}
    for key, calls in _calls(shop, first, last, call_key):
        counted.setdefault(key or NOBODY, {})["calls"] = calls
    for step, group in STEPS.items():
        asked = conditions(shop, Filter(first, last, group))
        for key, orders in Order.select(order_key, fn.COUNT(Order.id)).where(*asked).group_by(order_key).tuples():
            counted.setdefault(key or NOBODY, {})[step] = orders
    rows = [Row(key, **numbers) for key, numbers in counted.items()]
    return sorted(rows, key=lambda row: (row.key == NOBODY, -row.calls, -row.orders))


def _calls(shop: Shop, first: dt.date, last: dt.date, key):
    """The conversations of these days by key."""
    starts, ends = instants(shop, first, last)
    spoken = with_promise(Call.select(key, fn.COUNT(Call.id))).where(Call.shop == shop, *is_one_of(shop, "spoken"))
    return spoken.where(Call.arrived_at >= starts, Call.arrived_at < ends).group_by(key).tuples()
