"""What an item costs in a month: pure, from the item, the facts counted in the month and the operators' presence.

Every sum is rounded once, to the nearest kopeck: a month's pay by days, an hour's by seconds, a commission per order.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from calls.usage import Fact
from ledger.money import proportion
from ledger.months import Month
from models import CostItem

WHOLE_BP = 10_000


@dataclass(frozen=True)
class Cost:
    """cost_minor: below zero for a fine. quantity: days, seconds, calls or orders behind it.

    payees: what each is owed, User.id (None: a supplier) -> minor units. own: what each shop bears by itself, Shop.id
    -> minor units, when the item has its own answer to that."""

    cost_minor: int
    quantity: int
    payees: Mapping[int | None, int]
    own: Mapping[int, int] = field(default_factory=dict)


def is_due(item: CostItem, month: Month) -> bool:
    """Whether an item belongs to a month: one that is due once does to the month of its day."""
    if item.method == "once":
        return month.first <= item.starts_on < month.next_first
    starts_on, ends_on = window(item, month)
    return starts_on < ends_on


def window(item: CostItem, month: Month) -> tuple[dt.date, dt.date]:
    """The days [from, to) of a month in which an item costs anything; one that is due once is the whole month's."""
    if item.method == "once":
        return month.first, month.next_first
    return max(item.starts_on, month.first), min(item.ends_on or month.next_first, month.next_first)


def fact_days(item: CostItem) -> tuple[dt.date | None, dt.date | None]:
    """The days [from, to) whose facts count for an item, also when they come late; None is no limit."""
    return (None, None) if item.method == "once" else (item.starts_on, item.ends_on)


def cost(item: CostItem, month: Month, facts: Iterable[Fact], presence: Mapping[int, int]) -> Cost:
    """facts: those of the item's window; presence: seconds at work in it by User.id."""
    made = METHODS[item.method](item, month, facts, presence)
    if item.shop_id is None:
        return made
    return Cost(made.cost_minor, made.quantity, made.payees, {item.shop_id: made.cost_minor})


def _monthly(item: CostItem, month: Month, _facts, _presence) -> Cost:
    starts_on, ends_on = window(item, month)
    days = (ends_on - starts_on).days
    return _paid(item, proportion(item.amount_minor, days, month.days), days)


def _once(item: CostItem, _month, _facts, _presence) -> Cost:
    return _paid(item, -item.amount_minor if item.category == "fine" else item.amount_minor, 1)


def _by_hours(item: CostItem, _month, _facts, presence: Mapping[int, int]) -> Cost:
    seconds = presence.get(item.user_id, 0)
    return _paid(item, proportion(item.amount_minor, seconds, 3600), seconds)


def _by_calls(item: CostItem, _month, facts: Iterable[Fact], _presence) -> Cost:
    calls = sum(fact.kind == "call" and fact.user_id == item.user_id for fact in facts)
    return _paid(item, item.amount_minor * calls, calls)


def _commission(item: CostItem, _month, facts: Iterable[Fact], _presence) -> Cost:
    """A part of each delivered order's worth; a return gives it back. An order that nobody took earns nobody any."""
    payees: dict[int | None, int] = {}
    own: dict[int, int] = {}
    orders = 0
    for fact in facts:
        if fact.kind in ("delivery", "return") and fact.user_id and item.user_id in (None, fact.user_id):
            earned = proportion(fact.quantity, item.rate_bp, WHOLE_BP)
            payees[fact.user_id] = payees.get(fact.user_id, 0) + earned
            own[fact.shop_id] = own.get(fact.shop_id, 0) + earned
            orders += 1
    return Cost(sum(own.values()), orders, payees, own)


def _paid(item: CostItem, amount_minor: int, quantity: int) -> Cost:
    return Cost(amount_minor, quantity, {item.user_id: amount_minor})


METHODS = {
    "monthly": _monthly,
    "once": _once,
    "hours": _by_hours,
    "answered": _by_calls,
    "commission": _commission,
}
