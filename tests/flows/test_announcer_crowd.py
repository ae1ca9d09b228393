"""Everybody in a long line is told at once: each his own place, in time, and none while an operator is free for him."""

from __future__ import annotations

import statistics
import time

import pytest

import models
from calls import presence
from models import Announced, Call
from tests.flows.announcements import told
from tests.flows.box import until
from tests.flows.cast import Cast
from tests.flows.crowd import Caller, call_in
from tests.flows.sound import heard

pytestmark = pytest.mark.flow
FIRST, AGAIN = 6, 15
BOX = {"ring_seconds": 60, "announce_first_seconds": FIRST, "announce_again_seconds": AGAIN}
RUNS = ("scheduler",)


def wait_at_lunch(cast: Cast):
    """The line is open and nobody answers: its operator is at table."""
    operator = cast.on_duty(cast.operator, 20)
    presence.take_break(cast.operator, "meal")
    until(lambda: "paused" in cast.member(cast.operator), 10)
    return operator


def lags(cast: Cast, crowd: list[Caller]) -> list[float]:
    """Once all were told and hung up: for each the seconds from when he should have been told to when he heard it.

    Fails when one heard nothing, another's place, or nobody's."""
    late = []
    for caller in crowd:
        row = first_told(caller)
        said = told(heard(caller.file))
        assert said and said[0].place == row.place, caller
        late.append(caller.began() + said[0].at - call_of(caller).line_at.timestamp() - FIRST)
    return late


def call_of(caller: Caller) -> Call:
    return Call.get(Call.customer == caller.number)


def first_told(caller: Caller) -> Announced:
    return Announced.select().where(Announced.call_key == call_of(caller).key).order_by(Announced.at).get()


def all_told(crowd: list[Caller]) -> bool:
    return Announced.select(Announced.call_key).distinct().count() == len(crowd)


def test_everybody_is_told_his_own_place_at_once_and_nobody_for_whom_she_is_free(cast, tmp_path, times):
    operator = wait_at_lunch(cast)
    crowd = call_in(cast, max(8, times(30)), tmp_path)
    until(lambda: all_told(crowd), 60, "everybody is told")
    presence.ready(cast.operator)
    free_at = models.utcnow()
    operator.wait("incoming", 15)
    time.sleep(AGAIN + 3)
    for phone in {caller.phone for caller in crowd}:
        phone.hangup()
    until(lambda: not Call.select().where(Call.ended_at.is_null()).exists(), 20, "all are gone")
    rows = sorted((call_of(caller).line_at.replace(microsecond=0), first_told(caller).place) for caller in crowd)
    assert [place for _, place in rows] == list(range(1, len(crowd) + 1)), "each his own, in the order they came"
    late = lags(cast, crowd)
    assert min(late) > -1, "nobody before his time"
    assert max(late) < AGAIN, "nobody waits longer for his first word than for the next"
    (first,) = (caller for caller in crowd if first_told(caller).place == 1)
    after = Announced.select().where(Announced.call_key == call_of(first).key, Announced.at > free_at)
    assert not after.exists(), "her telephone rings for him"
    print(f"told {len(late)} at once: {statistics.median(late):.2f} s late at the median, {max(late):.2f} s at most")
