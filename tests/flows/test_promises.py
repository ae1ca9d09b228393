"""A missed customer is promised one call, is never rung where it is forbidden, and getting through ends the promise."""

from __future__ import annotations

import pytest

import models
from calls import attempts, callbacks
from calls.callbacks import AlreadyClaimed, Refused
from models import Callback, utcnow
from tests.calls.test_numbers import FORBIDDEN
from tests.flows import cast as people
from tests.flows.box import until
from tests.flows.cast import CUSTOMER, SOAP, TEA

pytestmark = pytest.mark.flow


@pytest.fixture
def cast(make_box):
    box = make_box(wrapup_seconds=0)
    made = people.make(box)
    box.start_asterisk()
    box.start_scheduler()
    until(lambda: models.IngestMark.get_or_none(models.IngestMark.ticked_at.is_null(False)), 5, "facts arrive")
    return made


def misses(cast, count: int) -> Callback:
    """The open callback once it counts so many missed calls."""
    return until(lambda: next((c for c in Callback.select() if c.misses.count() == count), None), 5, f"{count} misses")


def ring(cast, caller, number: str = TEA):
    caller.call(cast.box.rings(number))
    caller.answered()


def test_three_misses_are_one_callback_that_closes_itself_when_he_gets_through(cast):
    caller = cast.caller()
    for count in (1, 2, 3):
        ring(cast, caller)
        caller.hangup()
        caller.ended()
        callback = misses(cast, count)
    assert Callback.select().count() == 1
    assert callback.customer == CUSTOMER and callback.shop == cast.shops["tea"]

    operator = cast.on_duty(cast.operator, 20)
    ring(cast, caller)
    operator.answer(operator.wait("incoming")["call"])
    operator.answered()
    until(lambda: models.Call.get_or_none(models.Call.answered_at.is_null(False)), 5, "they talk")
    operator.hangup()
    closed = until(lambda: Callback.get_or_none(Callback.closed_at.is_null(False)), 5, "closed by itself")
    call = cast.call(ending="answered")
    assert (closed.id, closed.closed_because, closed.closing_call) == (callback.id, "got_through", call.key)


def test_a_conversation_with_another_shop_leaves_the_promise_open(cast):
    caller = cast.caller()
    ring(cast, caller)
    caller.hangup()
    misses(cast, 1)
    operator = cast.on_duty(cast.operator, 20)
    ring(cast, caller, SOAP)
    operator.answer(operator.wait("incoming")["call"])
    operator.answered()
    until(lambda: models.Call.get_or_none(models.Call.answered_at.is_null(False)), 5, "they talk")
    operator.hangup()
    cast.call(ending="answered")
    assert Callback.get().closed_at is None


def test_two_operators_claim_at_once_one_wins_and_the_other_is_told(cast):
    caller = cast.caller()
    ring(cast, caller)
    caller.hangup()
    callback = misses(cast, 1)
    callbacks.claim(callback, cast.operator, utcnow(), cast.box.settings)
    with pytest.raises(AlreadyClaimed) as told:
        callbacks.claim(callback, cast.trainee, utcnow(), cast.box.settings)
    assert told.value.by == cast.operator


def test_no_invite_reaches_the_trunk_for_a_forbidden_destination(cast):
    """Whatever number stands on the list, wherever it came from, only what the shop may call is dialled."""
    cast.on_duty(cast.operator, 20, answer=200)
    provider = cast.caller(port=5060, answer=200)
    refused = {}
    elsewhere = [number for number, why in FORBIDDEN.items() if why != "own"]
    for number in [*elsewhere, TEA, SOAP]:
        callback = Callback.create(
            shop=cast.shops["tea"], did=cast.dids["tea"], customer=number, opened_at=utcnow(), due_at=utcnow()
        )
        callbacks.claim(callback, cast.operator, utcnow(), cast.box.settings)
        with pytest.raises(Refused) as fault:
            attempts.want(callback, cast.operator, utcnow(), cast.box.settings)
        refused[number] = fault.value.reason
    assert len(refused) >= 60 and set(refused.values()) == {"not_callable"}

    allowed = Callback.create(
        shop=cast.shops["tea"], did=cast.dids["tea"], customer=CUSTOMER, opened_at=utcnow(), due_at=utcnow()
    )
    callbacks.claim(allowed, cast.operator, utcnow(), cast.box.settings)
    attempts.want(allowed, cast.operator, utcnow(), cast.box.settings)
    invite = provider.wait("incoming", 8)["invite"]
    assert f"sip:{CUSTOMER}@" in invite
    assert len(provider.happened("incoming")) == 1
