"""What a promise to one shop's customer means to another shop, and to two operators at once."""

from __future__ import annotations

import pytest

import models
from calls import callbacks
from calls.callbacks import AlreadyClaimed
from models import Callback, utcnow
from tests.flows.box import until
from tests.flows.cast import SOAP, TEA

pytestmark = pytest.mark.flow
BOX, RUNS = {"wrapup_seconds": 2}, ("scheduler",)


def misses(cast, count: int) -> Callback:
    """The open callback once it counts so many missed calls."""
    return until(lambda: next((c for c in Callback.select() if c.misses.count() == count), None), 5, f"{count} misses")


def ring(cast, caller, number: str = TEA):
    caller.call(cast.box.rings(number))
    caller.answered()


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
