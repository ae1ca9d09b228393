"""Who waits is told his place and the wait, and keeps his place while he listens.

FastAGI is down here, so every caller is in the line at once. What was told is decoded from what telephones recorded.
"""

from __future__ import annotations

import datetime as dt
import time

import pytest

import models
from tests.flows.announcements import told
from tests.flows.box import until
from tests.flows.cast import CUSTOMER, OTHER, SOAP, TEA, THIRD, TOOLS
from tests.flows.sound import heard

pytestmark = pytest.mark.flow
BOX = {"ring_seconds": 15, "wrapup_seconds": 0, "announce_first_seconds": 2, "announce_again_seconds": 8}
RUNS = ("scheduler",)
LONGEST = 7  # seconds that place and wait take to say
FOUR = ((CUSTOMER, TEA), (OTHER, SOAP), (THIRD, TOOLS), ("+380501110004", TEA))


def busy(cast) -> tuple:
    """An operator in a conversation, and with whom: (her telephone, his)."""
    operator = cast.on_duty(cast.operator, 20)
    first = cast.caller("+380501110000")
    first.call(cast.box.rings(SOAP))
    answer(operator)
    return operator, first


def answer(operator) -> None:
    ringing = operator.wait("incoming", 15)
    operator.answer(ringing["call"])
    operator.answered()


def announced(call: models.Call) -> list[models.Announced]:
    return list(models.Announced.select().where(models.Announced.call_key == call.key).order_by(models.Announced.at))


def true_place(call: models.Call, at) -> int:
    """His place at that instant, by the facts: who was in the line before him and still waited."""
    others = models.Call.select().where(models.Call.line_at < call.line_at)
    return 1 + sum((one.answered_at or one.ended_at) > at for one in others)


def test_four_callers_of_three_shops_hear_their_true_places_and_keep_them(cast, tmp_path):
    operator, first = busy(cast)
    callers = []
    for number, did in FOUR:
        callers.append(cast.caller(number, record=str(tmp_path / f"{number}.wav")))
        callers[-1].call(cast.box.rings(did))
        callers[-1].answered()
    until(lambda: models.Announced.select().count() == 4, 15, "everybody is told once")
    time.sleep(7)
    first.hangup()
    for caller in callers:
        operator.ended(15)
        answer(operator)
        time.sleep(9 if caller in callers[:2] else 2)
        caller.hangup()
    calls = [cast.call(customer=number) for number, _ in FOUR]
    assert sorted(calls, key=lambda call: call.answered_at) == calls, "served in the order they came"
    for place, call in enumerate(calls, 1):
        rows = announced(call)
        assert [row.place for row in rows] == [true_place(call, row.at) for row in rows]
        assert rows[0].place == place
        recorded = heard(tmp_path / f"{call.customer}.wav")
        said = [(one.place, one.low, one.high) for one in told(recorded)]
        asked_for = [(row.place, row.low_minutes, row.high_minutes) for row in rows]
        had_time = [row for row in rows if call.answered_at - row.at > dt.timedelta(seconds=LONGEST)]
        assert said == asked_for[: len(said)] and len(said) >= len(had_time), "all but one that her answer cut short"
    assert [row.place for row in announced(calls[3])][:3] == [4, 3, 2]
