"""What goes out for a shop and was wished by nobody counts too: callers whom the dialplan forwards to the mobile."""

from __future__ import annotations

import pytest

import models
from calls import caps
from models import Attempt, Call, Leg, Overflow
from tests.calls.owed import at, refused


def forwarded(
    house, rang: float = 0, answered: float | None = 0, ended: float | None = 1, uniqueid: str = "", shop=None
):
    """A caller of the tea shop whom the dialplan forwarded to the mobile: minutes from noon."""
    number = Call.select().count() + 1
    over = None if ended is None else at(ended)
    call = Call.create(key=f"{number}.1", direction="in", shop=shop or house.tea, did=house.dids[0], arrived_at=at(rang - 1),
                       ended_at=over, ending="answered" if over else "", flags="last-resort-mobile")  # fmt: skip
    return Leg.create(call=call, uniqueid=uniqueid or f"{number}.2", party="mobile", rang_at=at(rang), ended_at=over,
                      answered_at=None if answered is None else at(answered))  # fmt: skip


def used(house, settings, now: float = 60) -> int:
    return caps.used_minutes(house.tea, at(now), settings)


def test_a_forwarded_call_costs_the_minutes_it_took(house, settings):
    forwarded(house, 0, 0.5, 2.6)
    forwarded(house, 3, None, 3.5)
    assert used(house, settings) == 3, "each minute begun; who did not answer took none"


def test_a_forwarded_call_that_goes_on_holds_what_it_may_still_take(house, settings):
    longest = settings.callback_max_seconds // 60
    forwarded(house, answered=None, ended=None)
    assert used(house, settings, 0.1) == longest
    models.Shop.update(cap_minutes_per_day=longest - 10).execute()
    house.tea = models.Shop.get_by_id(house.tea.id)
    assert used(house, settings, 0.1) == longest - 10
    assert refused(caps.reserve, house.tea, at(0.1), settings) == "cap_minutes"


def test_what_was_forwarded_leaves_less_for_the_next(house, settings):
    forwarded(house, 0, 0, 290)
    assert caps.reserve(house.tea, at(300), settings) == 10
    forwarded(house, 0, 0, 8)
    assert refused(caps.reserve, house.tea, at(300), settings) == "cap_minutes"


@pytest.mark.parametrize("answered", [None, 1])
def test_mobiles_that_ring_or_speak_are_among_those_at_the_same_time(house, settings, answered):
    forwarded(house, answered=answered, ended=None)
    caps.reserve(house.tea, at(1), settings)
    forwarded(house, answered=answered, ended=None)
    assert refused(caps.reserve, house.tea, at(1), settings) == "cap_concurrent"
    caps.reserve(house.soap, at(1), settings)


def test_yesterdays_forwards_are_yesterdays_but_one_that_goes_on(house, settings):
    forwarded(house, -13 * 60, -13 * 60, -12 * 60 + 30)
    assert used(house, settings) == 0
    forwarded(house, -12 * 60 - 5, -12 * 60 - 5, None)
    assert used(house, settings, -12 * 60 + 10) == settings.callback_max_seconds // 60


def test_a_mobile_rung_for_a_wish_is_counted_once(house, settings):
    wish = Overflow.create(public_id="x", call_key="1.1", did=house.dids[0], wanted_at=at(0), minutes_reserved=7)
    forwarded(house, ended=None, uniqueid=wish.channel_id)
    forwarded(house, 0, 0, 7, uniqueid="tr-abc")
    assert used(house, settings) == 7
    assert caps.reserve(house.tea, at(1), settings), "one of two goes out"


def test_every_kind_of_going_out_is_counted_together(missed, house, settings):
    Attempt.create(public_id="a", callback=missed, user=house.trainee, customer="+380501112233", wanted_at=at(0),
                   ended_at=at(5), result="talked", minutes_reserved=5)  # fmt: skip
    Overflow.create(
        public_id="x", call_key="9.1", did=house.dids[0], wanted_at=at(0), ended_at=at(3), minutes_reserved=3
    )
    forwarded(house, 0, 0, 2)
    assert used(house, settings) == 10
