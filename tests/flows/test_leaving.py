"""One deed ends an operator's access in the middle of a call: she is cut off, the caller is not."""

from __future__ import annotations

import pytest

import models
from calls import presence, shift
from tests.flows.box import until
from tests.flows.cast import CUSTOMER, TEA
from union import audit, leaving

pytestmark = pytest.mark.flow
RUNS = ("scheduler",)


def test_her_call_ends_and_its_caller_is_the_next_ones_her_telephone_rings_no_more(cast):
    operator, caller = cast.on_duty(cast.operator, 20), cast.caller()
    caller.call(cast.box.rings(TEA))
    ringing = operator.wait("incoming", 8)
    assert CUSTOMER.removeprefix("+") not in ringing["invite"], "no customer's number in what her telephone reads"
    operator.answer(ringing["call"])
    operator.answered()
    talking = models.Leg.user == cast.operator, models.Leg.answered_at.is_null(False)
    until(lambda: models.Leg.select().where(*talking).exists(), 8, "the call is a fact")
    trainee = cast.on_duty(cast.trainee, 21)

    with models.database.atomic():
        leaving.leave(cast.operator, audit.BOX)
        shift.leave(cast.operator)

    trainee.answer(trainee.wait("incoming", 15)["call"])
    trainee.answered()
    until(lambda: models.Leaving.get().severed_at, 8, "she was cut off")
    assert presence.current(cast.operator) is None and not cast.member(cast.operator)
    gone = f"op-{cast.operator.id}"
    until(lambda: gone not in cast.box.rx("pjsip show endpoints"), 10, "her account is gone from Asterisk")
    caller.hangup()
    until(lambda: cast.box.channels() == 0, 8, "all is quiet")
    assert len(operator.happened("incoming")) == 1
