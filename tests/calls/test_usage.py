"""What a shop used of the union: its conversations and orders while it is a member, and nobody's test calls."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from calls import usage
from calls.usage import Usage, midnight
from models import Call, Membership, Order, OrderChange, Presence, Shop, Union

KYIV = ZoneInfo("Europe/Kyiv")
FIRST, NEXT = (midnight(dt.date(2025, month, 1), KYIV) for month in (11, 12))


@pytest.fixture
def union(house):
    Union.create(id=1, name="Спілка")
    for shop in (house.tea, house.soap):
        Membership.create(shop=shop, starts_on=dt.date(2025, 1, 1))
    return house


def call(shop, key: str, at: dt.datetime, operator=None, ending: str = "answered", **values) -> Call:
    given = {"talk_seconds": 30, "ended_at": at + dt.timedelta(minutes=1), "direction": "in"} | values
    return Call.create(key=key, shop=shop, arrived_at=at, operator=operator, ending=ending, **given)


def november() -> dict[int, Usage]:
    return usage.usage(FIRST, NEXT)


def test_only_conversations_with_an_operator_count(union):
    at = FIRST + dt.timedelta(days=3)
    call(union.tea, "answered", at, union.operator)
    call(union.tea, "called back", at, union.operator, direction="callback", talk_seconds=50)
    call(union.tea, "owner's mobile", at)
    call(union.tea, "hung up", at, ending="abandoned_line")
    call(union.tea, "not reached", at, union.operator, direction="callback", ending="not_reached")
    call(union.tea, "still speaking", at, union.operator, ending="", ended_at=None)
    assert november() == {union.tea.id: Usage(("answered", "called back"), 80)}
    assert november()[union.tea.id].calls == 2


def test_a_call_belongs_to_the_month_it_began_in(union):
    call(union.tea, "first", FIRST, union.operator)
    call(union.tea, "last", NEXT - dt.timedelta(microseconds=1), union.operator)
    call(union.tea, "next", NEXT, union.operator)
    assert november()[union.tea.id].call_keys == ("first", "last")


def test_only_a_members_days_count_in_the_unions_zone(union):
    Membership.update(starts_on=dt.date(2025, 11, 10), ends_on=dt.date(2025, 11, 20)).where(
        Membership.shop == union.soap
    ).execute()
    joined, left = (midnight(dt.date(2025, 11, day), KYIV) for day in (10, 20))
    second = dt.timedelta(seconds=1)
    for key, at in (("early", joined - second), ("in", joined), ("in too", left - second), ("late", left)):
        call(union.soap, key, at, union.operator)
    call(union.tools, "no member", joined, union.operator)
    assert november() == {union.soap.id: Usage(("in", "in too"), 60)}


def test_a_test_shop_is_nowhere(union):
    call(union.tea, "test", FIRST, union.operator)
    Shop.update(is_test=True).where(Shop.id == union.tea.id).execute()
    assert november() == {}


def test_orders_and_deliveries(union):
    at = FIRST + dt.timedelta(days=3)
    for number, state in enumerate(("new", "delivered", "delivered", "cancelled", "returned"), 1):
        order = Order.create(shop=union.tea, number=number, call_key="", state=state, placed_at=at, sum_minor=100)
        changed = at if number != 3 else NEXT  # delivered in December
        OrderChange.create(order=order, state=state, at=changed)
    Order.create(shop=union.tea, call_key="")
    assert november() == {union.tea.id: Usage((), 0, orders=4, delivered=1)}


def test_presence_is_counted_within_the_interval_and_an_open_one_to_its_end(union):
    hour = dt.timedelta(hours=1)
    Presence.create(user=union.operator, kind="ready", starts_at=FIRST - hour, ends_at=FIRST + hour)
    Presence.create(user=union.operator, kind="meal", starts_at=FIRST + hour, ends_at=FIRST + 2 * hour)
    Presence.create(user=union.operator, kind="ready", starts_at=NEXT - hour)
    assert usage.presence_seconds(FIRST, NEXT) == {union.operator.id: 7200}
