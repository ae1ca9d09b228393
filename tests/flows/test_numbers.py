"""A number is answered for its own shop, or refused before any answer."""

from __future__ import annotations

import pytest

import models
from tests.flows import cast as people
from tests.flows.box import until
from tests.flows.cast import TEA

pytestmark = pytest.mark.flow
RUNS = ()  # FastAGI is down: Asterisk alone must know the shop


def test_asterisk_starts_without_an_error_or_warning(cast):
    lines = [line for line in cast.box.log().splitlines() if " ERROR" in line or " WARNING" in line]
    assert lines == []


@pytest.mark.parametrize("form", [TEA, TEA[1:], "0442000001"])
def test_a_number_is_known_in_every_form_its_trunk_sends(cast, form):
    caller = cast.caller()
    caller.call(cast.box.rings(form))
    caller.answered()
    known = f"{cast.dids['tea'].id}|{cast.shops['tea'].id}|"
    until(lambda: '"USER_DEFINED","CALL_IN"' in cast.box.cel() and known in cast.box.cel(), 3)
    caller.hangup()
    caller.ended()


def test_an_unknown_number_gets_404_before_any_answer(cast):
    caller = cast.caller()
    caller.call(cast.box.rings("+380442999999"))
    assert caller.ended()["code"] == 404
    assert not caller.happened("state", state="CONFIRMED")


def test_a_shop_that_has_published_nothing_is_not_answered_and_its_owner_learns_that_the_call_arrived(make_box):
    box = make_box()
    cast = people.make(box)
    models.Menu.update(status="draft").where(models.Menu.shop == cast.shops["tea"]).execute()
    box.start_asterisk()
    caller = cast.caller()
    caller.call(box.rings(TEA))
    assert caller.ended()["code"] == 480
    assert not caller.happened("state", state="CONFIRMED")
    box.start_scheduler()
    call = cast.call(shop=cast.shops["tea"], did=cast.dids["tea"], ending="refused")
    assert call.answered_at is None and not models.Callback.select().exists()


def test_an_address_that_is_no_trunk_is_refused(cast):
    stranger = cast.caller(host=99)
    stranger.call(cast.box.rings(TEA))
    assert stranger.ended()["code"] == 403
    assert "CALL_IN" not in cast.box.cel()
