"""Who waits now."""

from __future__ import annotations

import datetime as dt

import models
from calls import line

NOON = dt.datetime(2026, 11, 21, 12, 0, tzinfo=dt.UTC)


def test_only_who_is_in_the_line_and_neither_answered_nor_gone_waits_in_order_of_entering(db):
    queue = models.Queue.create(name="all shops")
    shop = models.Shop.create(name="tea", queue=queue)
    test_shop = models.Shop.create(name="test", queue=queue, is_test=True)

    def call(key: str, entered: int | None, shop=shop, **more) -> None:
        line_at = None if entered is None else NOON + dt.timedelta(seconds=entered)
        models.Call.create(key=key, direction="in", shop=shop, arrived_at=NOON, line_at=line_at, **more)

    call("second", 20)
    call("first", 10)
    call("in the menu", None)
    call("answered", 5, answered_at=NOON)
    call("gone", 6, ended_at=NOON)
    call("the box calling itself", 7, shop=test_shop)
    assert [(call.key, call.shop.name) for call in line.waiting()] == [("first", "tea"), ("second", "tea")]
