"""How long the line waits: against formulas, and against what must hold of any estimate."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calls.handling import History, fit
from calls.laws import SHARES, LogNormal, Patience, Sometimes
from calls.wait import Handling, LineNow, Speaking, Trainee, Waiting, waits

SHOP, NEVER = 1, Patience((0,), (1e-9,))
NO_MOMENT = Sometimes(0, LogNormal(1, 1))


@dataclass(frozen=True)
class Exponential:
    """The law without memory: the only one for which every figure is known by hand."""

    mean: float

    def beyond(self, seconds: float) -> float:
        return math.exp(-max(0, seconds) / self.mean)

    def exceeded_by(self, share: float) -> float:
        return -self.mean * math.log(share)

    @cached_property
    def whole(self) -> tuple[float, ...]:
        return tuple(map(self.exceeded_by, SHARES))


def memoryless(mean: float = 100, **more) -> Handling:
    """Conversations of this mean, nothing between them, and callers who never leave."""
    law = Exponential(mean)
    plain = Handling({}, law, law, NO_MOMENT, NO_MOMENT, NEVER, answering_seconds=0)
    return replace(plain, **more)


def erlang_quantile(share: float, stages: int, mean: float) -> float:
    """The quantile of a sum of exponential stages, by halving."""
    low, high = 0.0, 100 * stages * mean
    for _ in range(80):
        middle = (low + high) / 2
        x = middle / mean
        below = 1 - math.exp(-x) * math.fsum(x**k / math.factorial(k) for k in range(stages))
        low, high = (middle, high) if below < share else (low, middle)
    return low


def line(places: int, **operators) -> LineNow:
    return LineNow(tuple(Waiting(SHOP, 0) for _ in range(places)), **operators)


@pytest.mark.parametrize("operators", [1, 2, 3])
def test_with_conversations_without_memory_each_place_waits_as_long_as_erlang_says(operators):
    busy = line(8, speaking=tuple(Speaking(SHOP, 50.0 * n) for n in range(operators)))
    for place, wait in enumerate(waits(busy, memoryless(100)), start=1):
        expected = [erlang_quantile(share, place, 100 / operators) for share in (0.5, 0.135, 0.865)]
        assert [wait.middle_seconds, wait.low_seconds, wait.high_seconds] == pytest.approx(expected, rel=0.08, abs=5)


def test_where_callers_leave_as_fast_as_one_operator_answers_the_last_waits_for_the_slowest_of_all():
    """From k ahead the line shrinks at rate (k + 1)m: the sum of these steps is the largest of so many exponentials."""
    leaving = memoryless(100, patience=Patience((0,), (1 / 100,)))
    for place, wait in enumerate(waits(line(8, speaking=(Speaking(SHOP, 0),)), leaving), start=1):
        expected = [-100 * math.log1p(-(share ** (1 / place))) for share in (0.5, 0.135, 0.865)]
        assert [wait.middle_seconds, wait.low_seconds, wait.high_seconds] == pytest.approx(expected, rel=0.08, abs=5)


def test_her_telephone_s_ringing_is_part_of_the_wait():
    wait, *_ = waits(line(1, ready=1), memoryless(answering_seconds=7))
    assert (wait.low_seconds, wait.middle_seconds, wait.high_seconds) == (7, 7, 7)


def test_a_trainee_for_everybody_is_one_more_operator():
    busy = (Speaking(SHOP, 50.0), Speaking(SHOP, 10.0))
    trainees = (Trainee(frozenset({SHOP}), speaking=busy[1]),)
    theirs = waits(line(6, speaking=busy[:1], trainees=trainees), memoryless())
    assert theirs == waits(line(6, speaking=busy), memoryless())


def test_a_trainee_helps_her_shops_callers_and_so_those_before_and_behind_them_wait_less():
    """Two shops in turn, one operator: she who may answer the second shop shortens everybody's wait, his most."""
    queue = tuple(Waiting(shop, 0) for shop in (SHOP, 2, SHOP, 2))
    alone = LineNow(queue, speaking=(Speaking(SHOP, 0),))
    helped = replace(alone, trainees=(Trainee(frozenset({2}), speaking=Speaking(2, 0)),))
    before, after = waits(alone, memoryless()), waits(helped, memoryless())
    assert after[0] == before[0], "the first is not hers"
    assert after[1].middle_seconds == pytest.approx(erlang_quantile(0.5, 1, 100), rel=0.2)
    assert all(new.middle_seconds < old.middle_seconds for new, old in zip(after[1:], before[1:], strict=True))


def test_a_free_trainee_is_rung_for_him_once_he_has_waited_long_enough():
    trainees = (Trainee(frozenset({SHOP}), after_seconds=20),)
    queue = (Waiting(SHOP, 5), Waiting(2, 0), Waiting(SHOP, 0))
    first, second, _ = waits(LineNow(queue, speaking=(Speaking(2, 0),), trainees=trainees), memoryless(1e6))
    assert (first.middle_seconds, first.at_once) == (15, False)
    assert second.middle_seconds > 1e5
    soon = waits(LineNow((Waiting(SHOP, 21),), speaking=(Speaking(2, 0),), trainees=trainees), memoryless(1e6))
    assert (soon[0].middle_seconds, soon[0].at_once) == (0, True)


def test_whom_nobody_there_may_answer_is_told_no_wait():
    trainees = (Trainee(frozenset({2}), away=30.0),)
    nobody, somebody = waits(LineNow((Waiting(SHOP, 0), Waiting(2, 0)), trainees=trainees), memoryless())
    assert nobody is None and somebody.middle_seconds >= 0


def test_without_an_operator_there_is_no_wait_to_tell():
    assert waits(line(2), memoryless()) is None


def test_a_union_without_a_single_call_has_an_estimate():
    (wait,) = waits(line(1, speaking=(Speaking(SHOP, 30),)), fit(History(), 10))
    assert 0 < wait.low_seconds < wait.middle_seconds < wait.high_seconds


people = st.builds(Waiting, st.integers(1, 4), st.floats(0, 3000), st.booleans())
lines = st.builds(
    LineNow,
    st.lists(people, min_size=1, max_size=12).map(tuple),
    st.integers(0, 2),
    st.lists(st.builds(Speaking, st.integers(1, 4), st.floats(0, 1e6)), min_size=1, max_size=3).map(tuple),
    st.lists(st.floats(0, 1e5), max_size=2).map(tuple),
    st.lists(st.floats(0, 1e6), max_size=2).map(tuple),
)
ORDINARY = fit(History({1: [60.0] * 30, 2: [400.0, 200.0]}, after_calls=[30.0, 90.0], breaks=[300.0]), 10)


@settings(deadline=None)
@given(lines)
def test_every_wait_is_a_range_around_its_middle_and_who_came_later_waits_as_long_at_least(now):
    before = None
    for wait in waits(now, ORDINARY):
        assert 0 <= wait.low_seconds <= wait.middle_seconds <= wait.high_seconds < math.inf
        assert before is None or wait.middle_seconds >= before.middle_seconds
        assert before is None or (wait.low_seconds, wait.high_seconds) >= (before.low_seconds, before.high_seconds)
        before = wait


@settings(deadline=None)
@given(lines, st.integers(0, 11), people)
def test_one_more_ahead_never_shortens_the_wait_of_who_does_not_see_others_leave(now, at, one):
    """Where callers leave it may: somebody who would have talked for long gives up because of the one more."""
    stay = replace(ORDINARY, patience=NEVER)
    longer = replace(now, waiting=(*now.waiting[:at], one, *now.waiting[at:]))
    after, before = waits(longer, stay)[-1], waits(now, stay)[-1]
    assert after.middle_seconds >= 0.95 * before.middle_seconds  # others are paired with other durations


@settings(deadline=None)
@given(lines)
def test_one_more_operator_never_lengthens_a_wait(now):
    after, before = waits(replace(now, ready=now.ready + 1), ORDINARY), waits(now, ORDINARY)
    assert all(later.middle_seconds <= sooner.middle_seconds for later, sooner in zip(after, before, strict=True))


@settings(deadline=None)
@given(lines)
def test_two_estimates_of_one_line_are_equal(now):
    assert waits(now, ORDINARY) == waits(now, ORDINARY)
