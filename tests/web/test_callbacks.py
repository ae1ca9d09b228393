"""The owner's callbacks: what was promised and what became of it, "I called him", and the rule of the tries."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from models import Call, Callback, Leg, Shop, utcnow
from tests.web import seed


@pytest.fixture
def owed(cast) -> Callback:
    seed.calls(cast)
    return Callback.get(Callback.customer == seed.CUSTOMERS[2])


def test_an_owner_who_called_himself_says_so_and_it_stands_there_with_his_name(as_, cast, owed):
    browser = as_("owner")
    assert f"tel:{owed.customer}" in browser.get("/shops/1/callbacks").text
    assert browser.post(f"/shops/1/callbacks/{owed.id}/settle").status_code == 302
    page = browser.get("/shops/1/callbacks").text
    assert Callback.get_by_id(owed.id).closed_by == cast.owner
    assert "передзвонили з крамниці" in page and cast.owner.name in page
    assert "Це вже залагоджено" in browser.post(f"/shops/1/callbacks/{owed.id}/settle", follow_redirects=True).text


def test_nobody_settles_another_shops_customer(as_, cast, owed):
    assert as_("other_owner").post(f"/shops/2/callbacks/{owed.id}/settle").status_code == 404
    assert as_("coordinator").post(f"/shops/1/callbacks/{owed.id}/settle").status_code == 404
    assert Callback.get_by_id(owed.id).closed_at is None


def test_a_promise_that_was_broken_is_told(as_, cast, owed):
    Callback.update(closed_at=utcnow(), closed_because="talked").where(Callback.id == owed.id).execute()
    assert "пізніше, ніж обіцяли" in as_("owner").get("/shops/1/callbacks").text


def test_the_coordinator_sees_no_number_and_no_link_to_it(as_, owed):
    page = as_("coordinator").get("/shops/1/callbacks").text
    assert "tel:" not in page and "settle" not in page


def test_the_rule_of_the_tries_is_a_sentence_and_is_changed(as_, cast):
    browser = as_("owner")
    assert "15 хвилин" in browser.get("/shops/1/callbacks").text
    answer = browser.post("/shops/1/callbacks/retries",
                          data={"wait0": "30", "wait1": "morning", "wait2": "morning", "wait3": "morning", "tries": "3"})  # fmt: skip
    assert answer.status_code == 302
    shop = Shop.get_by_id(1)
    assert (shop.retry_waits, shop.retry_tries) == ("30 morning", 3)
    assert 'selected value="30"' in browser.get("/shops/1/callbacks/retries").text


@pytest.mark.parametrize("typed", [{"wait0": "7"}, {"tries": "0"}, {"tries": ""}, {"tries": "11"}])
def test_a_rule_that_is_none_comes_back_with_its_fault(as_, cast, typed):
    chosen = {"wait0": "30", "wait1": "60", "wait2": "60", "wait3": "60", "tries": "3"}
    answer = as_("owner").post("/shops/1/callbacks/retries", data=chosen | typed)
    assert answer.status_code == 422 and 'class="fault"' in answer.text and 'selected value="60"' in answer.text
    assert Shop.get_by_id(1).retry_waits == "15 60 morning"


def test_the_owner_sees_what_went_out_today_of_his_minutes_whoever_dialled(as_, cast):
    now = utcnow()
    mine = {"cap_minutes_per_day": 60, "last_resort": "mobile", "last_resort_number": "+380509998877"}
    Shop.update(mine).where(Shop.id == cast.tea.id).execute()
    call = Call.create(key="9.1", direction="in", shop=cast.tea, arrived_at=now, ended_at=now, ending="answered")
    spoken = now + dt.timedelta(minutes=12)
    Leg.create(call=call, uniqueid="9.2", party="mobile", rang_at=now, answered_at=now, ended_at=spoken)
    for page in ("callbacks", "overflow"):
        assert re.search(r'id="minutes-out">\D*12\D+60\D', as_("owner").get(f"/shops/1/{page}").text), page
    assert re.search(r'id="minutes-out">\D*0\D+300\D', as_("other_owner").get("/shops/2/callbacks").text)
