"""Everybody in a long line is told at once: each his own place, in time, and none while an operator is free for him."""

from __future__ import annotations

import statistics
import time

import pytest

import models
from calls import presence
from models import Announced
from tests.flows.box import until
from tests.flows.crowd import all_told, call_in, call_of, first_told, hang_up, lags, operator_at_lunch

pytestmark = pytest.mark.flow
FIRST, AGAIN = 6, 15
BOX = {"ring_seconds": 60, "announce_first_seconds": FIRST, "announce_again_seconds": AGAIN}
RUNS = ("scheduler",)


def test_everybody_is_told_his_own_place_at_once_and_nobody_for_whom_she_is_free(cast, tmp_path, times):
    operator = operator_at_lunch(cast)
    crowd = call_in(cast, max(8, times(30)), tmp_path)
    until(lambda: all_told(crowd), 60, "everybody is told")
    presence.ready(cast.operator)
    free_at = models.utcnow()
    operator.wait("incoming", 15)
    time.sleep(AGAIN + 3)
    hang_up(crowd)
    rows = sorted((call_of(caller).line_at.replace(microsecond=0), first_told(caller).place) for caller in crowd)
    assert [place for _, place in rows] == list(range(1, len(crowd) + 1)), "each his own, in the order they came"
    late = lags(crowd, FIRST)
    assert min(late) > -1, "nobody before his time"
    assert max(late) < AGAIN, "nobody waits longer for his first word than for the next"
    (first,) = (caller for caller in crowd if first_told(caller).place == 1)
    after = Announced.select().where(Announced.call_key == call_of(first).key, Announced.at > free_at)
    assert not after.exists(), "her telephone rings for him"
    print(f"told {len(late)} at once: {statistics.median(late):.2f} s late at the median, {max(late):.2f} s at most")
