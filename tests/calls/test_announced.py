"""What a waiting caller hears of his wait, and what he does not hear again."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.announced import CAUSES, MINUTES, Announcement, next_announcement, spoken
from calls.wait import LineNow, Speaking, Wait
from models import Announced

TWO_BUSY = LineNow((), speaking=(Speaking(1, 10), Speaking(1, 90)))
ONE_BUSY = LineNow((), speaking=(Speaking(1, 10),))


def minutes(low: float, high: float) -> Wait:
    return Wait((low + high) * 30, low * 60, high * 60)


def heard(place: int, low: int, high: int, on_duty: int = 2) -> Announcement:
    return Announcement(place, low, high, (low + high) * 30, on_duty)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        ((5, 20, 25), (0, 1)),  # less than a minute
        ((20, 45, 80), (0, 1)),
        ((100, 150, 220), (2, 4)),
        ((170, 180, 200), (3, 4)),  # narrower than the words: the side on which the middle lies
        ((160, 170, 190), (2, 3)),
        ((620, 800, 1020), (10, 15)),
        ((3000, 4000, 9000), (50, 60)),  # 60: an hour and more
        ((5000, 6000, 9000), (50, 60)),
    ],
)
def test_a_range_is_said_in_whole_minutes(seconds, said):
    low, middle, high = seconds
    assert spoken(Wait(middle, low, high)) == said


def test_the_first_time_place_and_range_are_told():
    said = next_announcement(None, 3, TWO_BUSY, minutes(2, 4))
    assert (said.place, said.low_minutes, said.high_minutes, said.middle_seconds) == (3, 2, 4, 180)
    assert (said.on_duty, said.cause) == (2, "")


def test_nothing_is_said_to_one_who_is_about_to_be_answered():
    free = replace(ONE_BUSY, ready=1)
    assert next_announcement(None, 1, free, minutes(0, 1)) is None
    assert next_announcement(None, 2, free, minutes(0, 1)) is not None


def test_what_he_heard_last_is_not_said_again():
    assert next_announcement(heard(3, 2, 4), 3, TWO_BUSY, minutes(2.2, 3.8)) is None


def test_a_conversation_that_runs_long_does_not_make_the_announced_wait_grow():
    assert next_announcement(heard(1, 1, 3), 1, TWO_BUSY, minutes(3, 6)) is None


def test_a_better_place_is_told_with_the_wait_as_it_was_when_that_would_have_grown():
    said = next_announcement(heard(3, 2, 4), 2, TWO_BUSY, minutes(3, 5))
    assert (said.place, said.low_minutes, said.high_minutes, said.cause) == (2, 2, 4, "")


def test_the_middle_kept_is_in_the_range_that_was_said():
    assert next_announcement(heard(3, 2, 4), 2, TWO_BUSY, minutes(4, 8)).middle_seconds == 240


def test_a_longer_wait_is_told_with_its_cause():
    said = next_announcement(heard(2, 1, 3), 2, ONE_BUSY, minutes(3, 6))
    assert (said.low_minutes, said.high_minutes, said.cause) == (3, 6, "operator_left")
    said = next_announcement(heard(2, 1, 3), 3, TWO_BUSY, minutes(2, 5))
    assert (said.place, said.low_minutes, said.high_minutes, said.cause) == (3, 2, 5, "earlier_place")


def test_a_cause_is_not_told_when_the_wait_has_not_grown():
    assert next_announcement(heard(3, 2, 4), 2, ONE_BUSY, minutes(2, 3)).cause == ""


def test_an_operator_for_an_operator_is_no_cause():
    """One left and another came since he was told: he has no reason to wait longer."""
    assert next_announcement(heard(2, 1, 3), 2, TWO_BUSY, minutes(3, 6)) is None


def test_a_row_can_hold_every_cause():
    assert set(CAUSES) | {""} == set(Announced.CAUSES)


moments = st.tuples(
    st.integers(1, 9),
    st.integers(0, 3),
    st.lists(st.floats(0, 10_000), min_size=3, max_size=3).map(sorted),
)


@given(st.lists(moments, max_size=20))
def test_whatever_happens_nothing_grows_without_a_cause_and_nothing_is_said_twice(course):
    previous = None
    for place, on_duty, (low, middle, high) in course:
        line = LineNow((), speaking=(Speaking(1, 0),) * on_duty)
        said = next_announcement(previous, place, line, Wait(middle, low, high))
        if said is None:
            continue
        assert said.low_minutes in MINUTES and said.high_minutes in MINUTES
        assert said.low_minutes < said.high_minutes
        assert said.low_minutes * 60 <= said.middle_seconds <= said.high_minutes * 60
        if previous:
            grew = said.low_minutes > previous.low_minutes or said.high_minutes > previous.high_minutes
            assert bool(said.cause) == grew
            assert not grew or on_duty < previous.on_duty or place > previous.place
            assert replace(said, on_duty=0, cause="", middle_seconds=0) != replace(
                previous, on_duty=0, cause="", middle_seconds=0
            )
        previous = said
