"""What lost callers cost: their number by the list of calls, the shop's own rate and margin, as a range."""

from __future__ import annotations

import datetime as dt
import itertools
import random

import pytest
from pytest import approx

from models import Call, Callback, Miss, Order
from orders import missed_cost
from orders.missed_cost import MissedCost, Range
from tests.calls.conftest import furnish
from tests.calls.owed import FRIDAY, local

ids = itertools.count(1)
FIRST, LAST = FRIDAY.replace(day=1), dt.date(2026, 11, 30)


@pytest.fixture
def house(db):
    return furnish()


def call(house, ending: str, customer: str | None, day: dt.date = FRIDAY, closed: str | None = None) -> Call:
    """A call on this day; closed: what became of the callback it led to."""
    at = local(day, 10, next(ids) % 60)
    made = Call.create(key=f"c{next(ids)}", shop=house.tea, did=house.dids[0], direction="in", customer=customer,
                       arrived_at=at, ending=ending, ended_at=at + dt.timedelta(minutes=1))  # fmt: skip
    if closed:
        owed = Callback.create(shop=house.tea, did=house.dids[0], customer=customer, opened_at=at, due_at=at,
                               closed_at=at, closed_because=closed)  # fmt: skip
        Miss.create(callback=owed, call_key=made.key, at=at, why=ending)
    return made


def order(house, of: Call, margin_minor: int | None, state: str = "delivered") -> None:
    Order.create(shop=house.tea, call_key=of.key if of else "", state=state, margin_minor=margin_minor,
                 placed_at=local(FRIDAY, 11), number=next(ids))  # fmt: skip


def test_a_customer_who_was_lost_twice_is_one_and_one_called_back_is_none(house):
    call(house, "abandoned_line", "+380501112233", closed="given_up")
    call(house, "abandoned_line", "+380501112233", closed="given_up")
    call(house, "abandoned_line", "+380672223344", closed="talked")
    call(house, "no_operator", None), call(house, "no_operator", None)
    call(house, "abandoned_line", "+380631234567", dt.date(2026, 10, 31), closed="given_up")
    assert missed_cost.lost_customers(house.tea, FIRST, LAST) == 3


def test_the_rate_is_of_delivered_orders_that_came_of_calls(house):
    calls = [call(house, "answered", f"+38050000000{number}") for number in range(8)]
    order(house, calls[0], 20_000), order(house, calls[1], 30_000)
    order(house, calls[2], None, "returned"), order(house, None, 90_000)
    call(house, "no_operator", None), call(house, "no_operator", None)
    lost = missed_cost.read(house.tea, FIRST, LAST)
    assert (lost.customers, lost.conversations, lost.delivered, lost.margins) == (2, 8, 2, 2)
    assert lost.rate.middle == approx(2 / 8)
    assert lost.margin.middle == approx(25_000)
    assert lost.orders.middle == approx(0.5)
    assert lost.cost.middle == approx(12_500)
    assert lost.cost.low < lost.cost.middle < lost.cost.high
    assert not lost.is_reliable


def test_nothing_is_reckoned_from_nothing(house):
    lost = missed_cost.read(house.tea, FIRST, LAST)
    assert lost == MissedCost(0, 0, 0, 0, None, None)
    assert lost.orders is lost.cost is None


def test_wilsons_interval_as_published():
    """Newcombe (1998), example of 81 of 263: 0.2553 to 0.3662; and none of 20: 0.0000 to 0.1611."""
    assert missed_cost.share_of(81, 263).low == approx(0.2553, abs=0.0002)
    assert missed_cost.share_of(81, 263).high == approx(0.3662, abs=0.0002)
    assert missed_cost.share_of(0, 20).low == 0
    assert missed_cost.share_of(0, 20).high == approx(0.1611, abs=0.0002)


def test_the_interval_of_a_mean_holds_it_nineteen_times_of_twenty(times):
    dice, held, tries = random.Random(1), 0, times(20_000)
    for _ in range(tries):
        mean = missed_cost.mean_of([dice.gauss(100, 20) for _ in range(40)])
        held += mean.low <= 100 <= mean.high
    assert held / tries == approx(0.95, abs=0.02)
    assert missed_cost.mean_of([70]) == Range(70, 70, 70)
