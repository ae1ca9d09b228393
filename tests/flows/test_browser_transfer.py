"""On the desk: one key offers the caller to the owner, on hold meanwhile; not taken, she speaks with him again."""

from __future__ import annotations

import time

import pytest

import models
from tests.flows import browser
from tests.flows.box import until
from tests.flows.test_browser_phone import in_call, on_duty
from tests.flows.test_transfer import MOBILE, rung

pytestmark = [pytest.mark.flow, pytest.mark.skipif(not browser.is_possible(), reason="no chromium or no caddy here")]
RUNS = ("scheduler", "web")
BOX = {"mobile_ring_seconds": 3}


@pytest.fixture
def cast(cast):
    browser.prepare(cast)
    models.Shop.update(last_resort="mobile", last_resort_number=MOBILE).execute()
    return cast


def test_she_offers_the_caller_twice_and_the_second_time_he_is_taken(cast):
    mobile = cast.customer(MOBILE)
    with browser.desk(cast) as desk:
        on_duty(desk, cast.operator)
        caller = in_call(desk)
        until(lambda: models.Leg.get_or_none(models.Leg.answered_at.is_null(False)), 20, "the call is a fact")
        desk.page.keyboard.press("F10")
        mobile.wait("incoming", 20)
        desk.wait("held")
        assert MOBILE[-7:] not in desk.page.content()
        mobile.ended(20)
        desk.wait("talking", 20)
        desk.page.keyboard.press("F10")
        desk.wait("held")
        rung(mobile)
        time.sleep(1.5)  # the name of the shop
        mobile.press("1")
        desk.wait("ready", 20)
        until(lambda: models.Transfer.get_or_none(models.Transfer.taken_at.is_null(False)), 10, "it is seen")
        caller.hangup()
        mobile.ended()
    assert [bool(one.taken_at) for one in models.Transfer.select().order_by(models.Transfer.id)] == [False, True]
    assert "transferred" in cast.call().flags
