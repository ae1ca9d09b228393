"""What each shop used of the union in an interval: what its share of the costs, and a commission, may be counted by.

Instants are [first, last). The shop of the test call is in no answer.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from peewee import fn

from models import Order, OrderChange, Shop

# --- orders ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Delivered:
    """An order that reached its customer at this instant; margin_minor is None while its shop has not told it."""

    order_id: int
    shop_id: int
    at: dt.datetime
    sum_minor: int
    margin_minor: int | None


def orders_of(shop_ids: Collection[int], first: dt.datetime, last: dt.datetime) -> dict[int, int]:
    """How many orders were placed with each of these shops, whatever became of them; 0 for one without."""
    counted = (
        Order.select(Order.shop, fn.COUNT(Order.id))
        .join(Shop)
        .where(Order.shop.in_(list(shop_ids)), ~Shop.is_test, Order.placed_at >= first, Order.placed_at < last)
        .group_by(Order.shop)
    )
    return dict.fromkeys(shop_ids, 0) | dict(counted.tuples())


def delivered_of(shop_ids: Collection[int], first: dt.datetime, last: dt.datetime) -> list[Delivered]:
    """The orders of these shops that were delivered in the interval and have not come back since, in order of time."""
    at = fn.MAX(OrderChange.at)
    found = (
        Order.select(Order.id, Order.shop, at, Order.sum_minor, Order.margin_minor)
        .join(Shop)
        .switch(Order)
        .join(OrderChange)
        .where(Order.shop.in_(list(shop_ids)), ~Shop.is_test, Order.state == "delivered")
        .where(OrderChange.state == "delivered", OrderChange.undoes.is_null())
        .group_by(Order.id)
        .having((at >= first) & (at < last))
        .order_by(at, Order.id)
    )
    return [Delivered(row[0], row[1], dt.datetime.fromisoformat(str(row[2])), *row[3:]) for row in found.tuples()]
