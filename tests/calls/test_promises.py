"""Promises: made, kept, broken, and counted."""

from __future__ import annotations

import pytest

from calls import callbacks, promises
from calls.promises import Kept
from models import Callback, Promise
from tests.calls.owed import OTHER, a_call, at, attempt, ended


def state(minute: float) -> str:
    return promises.state(Promise.select().order_by(Promise.id.desc()).get(), at(minute))


def test_a_promise_waits_until_its_time_and_is_late_from_then_on(missed):
    assert Promise.get().call_by == at(20)
    assert (state(19.9), state(20)) == ("waiting", "late")


@pytest.mark.parametrize(("minute", "word"), [(19, "kept"), (20, "late")])
def test_it_is_kept_when_his_telephone_rang_in_time_whatever_came_of_that(missed, house, settings, minute, word):
    attempt(missed, house, settings, "no_answer", minute)
    assert state(90) == word


def test_a_telephone_of_hers_that_rang_alone_keeps_nothing(missed, house, settings):
    attempt(missed, house, settings, "operator_no_answer", 5)
    assert state(20) == "late"


@pytest.mark.parametrize(("minute", "word"), [(9, "kept"), (25, "late")])
def test_who_got_through_by_himself_in_time_needed_no_call(missed, house, settings, minute, word):
    ended(house, settings, a_call(house, "answered", ended=minute))
    assert state(90) == word


def test_what_is_given_up_before_its_time_was_withdrawn_and_after_it_was_late(missed, house, settings):
    callbacks.outcome(missed, house.operator, "wrong_number", at(5))
    assert state(90) == "withdrawn"
    ended(house, settings, a_call(house, customer=OTHER))
    callbacks.close(Callback.get(Callback.customer == OTHER), "given_up", at(30))
    assert state(90) == "late"


def test_calling_again_while_he_waits_does_not_put_the_promise_off(missed, house, settings):
    ended(house, settings, a_call(house, ended=15))
    assert [promise.call_by for promise in missed.promises] == [at(20)]


def test_calling_again_after_a_try_is_a_promise_of_its_own(missed, house, settings):
    attempt(missed, house, settings, "busy", 5)
    ended(house, settings, a_call(house, ended=30))
    assert [promise.call_by for promise in missed.promises] == [at(20), at(50)]
    assert promises.counted(house.tea, at(0), at(60), at(40)) == Kept(kept=1, waiting=1)


def test_they_are_counted_by_shop_and_by_the_time_they_were_due(missed, house, settings):
    ended(house, settings, a_call(house, customer=OTHER, ended=10), a_call(house, customer="+48221234567"))
    attempt(missed, house, settings, "busy", 5)
    assert promises.counted(house.tea, at(0), at(60), at(60)) == Kept(kept=1, late=1), "no promise abroad"
    assert promises.counted(house.tea, at(0), at(60), at(60)).share == 0.5
    assert promises.counted(house.tea, at(0), at(20), at(60)) == Kept()
    assert promises.counted(house.soap, at(0), at(60), at(60)).share is None
