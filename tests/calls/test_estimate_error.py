"""How true the announced waits were, from facts."""

from __future__ import annotations

import datetime as dt
import random

import pytest

from calls.estimate_error import Outcome, error_of, estimate_error
from models import Announced, Call, Shop

NOON = dt.datetime(2026, 11, 21, 12, 0, tzinfo=dt.UTC)
LATER = NOON + dt.timedelta(days=1)


def told(seconds: float, left: bool = False) -> Outcome:
    """Told "2 to 4 minutes"; answered, or gone, after so many seconds."""
    return Outcome(120, 180, 240, seconds, left)


def caller(shop: Shop, key: str, answered_after: float | None = None, ended_after: float | None = None) -> None:
    """One who was told "2 to 4 minutes" at noon."""
    moments = [None if after is None else NOON + dt.timedelta(seconds=after) for after in (answered_after, ended_after)]
    Call.create(key=key, direction="in", shop=shop, arrived_at=NOON, answered_at=moments[0], ended_at=moments[1])
    Announced.create(
        call_key=key, shop=shop, at=NOON, place=2, low_minutes=2, high_minutes=4, middle_seconds=180, on_duty=1
    )


def test_the_range_is_held_against_the_answer_and_the_middle_s_error_is_the_median(house):
    for number, seconds in enumerate((100, 120, 190, 240, 400)):
        caller(house.tea, f"{number}.1", answered_after=seconds, ended_after=900)
    caller(house.soap, "of another shop", answered_after=5)
    error = estimate_error(NOON, LATER, house.tea)
    assert (error.announcements, error.left, error.within_share) == (5, 0, pytest.approx(3 / 5))
    assert error.median_error_seconds == 60
    assert estimate_error(NOON, LATER).announcements == 6


def test_who_still_waits_and_another_period_say_nothing(house):
    caller(house.tea, "waiting")
    caller(house.tea, "answered", answered_after=130)
    assert estimate_error(NOON, LATER).announcements == 1
    assert estimate_error(LATER, LATER + dt.timedelta(days=1)) is None
    assert estimate_error(NOON - dt.timedelta(days=1), NOON) is None


def test_an_hour_and_more_has_no_end(house):
    caller(house.tea, "long", answered_after=9000)
    Announced.update(low_minutes=50, high_minutes=60).execute()
    assert estimate_error(NOON, LATER).within_share == 1


def test_who_left_gives_his_weight_to_those_who_waited_longer():
    error = error_of([told(60), told(90, left=True), told(150), told(300)])
    assert error.left == 1
    assert error.within_share == pytest.approx(1.5 / 4)


def test_who_left_after_the_range_had_passed_was_told_too_little():
    assert error_of([told(150), told(300, left=True)]).within_share == pytest.approx(1 / 2)


def test_callers_who_leave_do_not_make_the_estimate_look_better_or_worse():
    """Waits that are in the range in exactly 0.7 of cases, seen through callers of whom half leave before."""
    dice = random.Random(7)
    waits = [dice.choices((dice.uniform(0, 119), dice.uniform(120, 240), dice.uniform(241, 500)), (5, 70, 25))[0]
             for _ in range(20_000)]  # fmt: skip
    stays = [dice.expovariate(1 / 250) for _ in waits]
    seen = [told(min(wait, stay), left=stay < wait) for wait, stay in zip(waits, stays, strict=True)]
    error = error_of(seen)
    assert error.left > 8_000
    assert error.within_share == pytest.approx(0.7, abs=0.02)
    naive = [outcome for outcome in seen if not outcome.left]
    assert abs(sum(one.is_within for one in naive) / len(naive) - 0.7) > 0.02
