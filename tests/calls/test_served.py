"""Whose call is on a desk: hers while it is fresh, nobody else's ever."""

from __future__ import annotations

import datetime as dt

from calls.served import served
from models import Attempt, Call, Callback, Leg, Queue, Shop

NOW = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


def ringing(house, key: str, shop: Shop, at: dt.datetime = NOW) -> Call:
    call = Call.create(key=key, direction="in", shop=shop, customer="+380671112233", arrived_at=at)
    Leg.create(call=call, uniqueid=f"{key}.2", party="operator", user=house.operator, rang_at=at)
    return call


def test_a_call_that_rings_at_her_telephone_is_on_her_desk_and_on_no_other(house, settings):
    call = ringing(house, "1.1", house.tea)
    found = served(house.operator, "1.1", NOW + HOUR, settings)
    assert (found.call, found.shop, found.customer) == (call, house.tea, "+380671112233")
    assert served(house.trainee, "1.1", NOW + HOUR, settings) is None


def test_after_her_day_it_is_on_no_desk(house, settings):
    ringing(house, "1.1", house.tea)
    assert served(house.operator, "1.1", NOW + settings.desk_hours * HOUR, settings)
    assert served(house.operator, "1.1", NOW + (settings.desk_hours + 1) * HOUR, settings) is None


def test_a_callback_of_hers_is_on_her_desk_before_its_events_are_facts(house, settings):
    promise = Callback.create(shop=house.soap, did=house.dids[1], customer="+380671112233", opened_at=NOW, due_at=NOW)
    Attempt.create(public_id="abc", callback=promise, user=house.operator, customer=promise.customer, wanted_at=NOW)
    found = served(house.operator, "cb-abc", NOW, settings)
    assert (found.shop, found.callback, found.call) == (house.soap, promise, None)
    assert served(house.trainee, "cb-abc", NOW, settings) is None


def test_the_test_call_of_the_box_is_on_no_desk(house, settings):
    ringing(house, "1.1", Shop.create(name="test", queue=Queue.get(), is_test=True))
    assert served(house.operator, "1.1", NOW, settings) is None
