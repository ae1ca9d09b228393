"""Erlang's formulas against published values, against each other, and against a simulation that knows none of them."""

from __future__ import annotations

import heapq
import random

import pytest
from pytest import approx

from calls import erlang
from calls.erlang import Traffic

PUBLISHED = Traffic(calls_per_hour=200, handle_seconds=180)  # 100 calls in 30 minutes of 180 s
SHOPS = Traffic(calls_per_hour=8, handle_seconds=180)


@pytest.mark.parametrize("servers, load", [(17, 9.6516), (25, 16.1245)])
def test_b_carries_at_one_percent_what_the_tables_say(servers, load):
    assert erlang.b_load(0.01, servers) == approx(load, abs=0.0001)
    assert erlang.b(load, servers) == approx(0.01, abs=0.00001)


def test_b_of_one_server_and_of_none():
    assert erlang.b(3, 0) == 1
    assert erlang.b(3, 1) == approx(3 / 4)


def test_c_needs_fourteen_operators_for_the_published_example():
    assert erlang.operators_for(PUBLISHED, 0.8, 20) == 14
    served = erlang.c(PUBLISHED, 14, 20)
    assert served.level == approx(0.888, abs=0.0005)
    assert served.waiting == approx(0.174, abs=0.0005)
    assert served.occupancy == approx(10 / 14)
    assert erlang.c(PUBLISHED, 13, 20).level < 0.8


def test_one_operator_answers_63_percent_of_eight_calls_in_twenty_seconds_and_two_94():
    assert erlang.c(SHOPS, 1, 20).level == approx(0.63, abs=0.005)
    assert erlang.c(SHOPS, 2, 20).level == approx(0.94, abs=0.005)


def test_c_says_so_when_the_operators_can_not_keep_up():
    assert erlang.c(PUBLISHED, 10, 20) == erlang.OVERWHELMED
    assert erlang.c(PUBLISHED, 0, 20) == erlang.OVERWHELMED


@pytest.mark.parametrize("operators", [0, 1])
def test_without_calls_nobody_waits(operators):
    nothing = Traffic(0, 180)
    assert erlang.c(nothing, operators, 20) == erlang.a(nothing, operators, 20, 60) == erlang.IDLE
    assert erlang.operators_for(nothing, 0.8, 20) == 0


def test_a_with_endless_patience_is_c():
    patient, endless = erlang.a(SHOPS, 2, 20, 1e7), erlang.c(SHOPS, 2, 20)
    assert patient.level == approx(endless.level, abs=1e-4)
    assert patient.waiting == approx(endless.waiting, abs=1e-4)
    assert patient.wait_seconds == approx(endless.wait_seconds, rel=1e-3)


def test_a_without_patience_is_b():
    assert erlang.a(SHOPS, 2, 20, 0.01).abandoned == approx(erlang.b(SHOPS.load, 2), rel=1e-3)


def test_a_without_operators_answers_nobody():
    assert erlang.a(SHOPS, 0, 20, 60) == erlang.Service(1.0, 60, 0.0, 1.0, 1.0)


@pytest.mark.parametrize("calls, operators, patience", [(8, 1, 120), (24, 2, 60), (60, 2, 90)])
def test_a_is_what_a_simulation_sees(calls, operators, patience, times):
    """The last of them can't keep up without the callers who leave."""
    traffic, offered = Traffic(calls, 180), times(400_000)
    formula = erlang.a(traffic, operators, 20, patience)
    waiting, wait_seconds, level, abandoned = simulated(traffic, operators, 20, patience, offered)
    loose = 8 / offered**0.5  # the mean of so many calls, which follow one another, is no better known
    assert waiting == approx(formula.waiting, abs=loose)
    assert level == approx(formula.level, abs=loose)
    assert abandoned == approx(formula.abandoned, abs=loose)
    assert wait_seconds == approx(formula.wait_seconds, abs=loose * 180)


def simulated(
    traffic: Traffic, operators: int, within: float, patience: float, offered: int
) -> tuple[float, float, float, float]:
    """(waiting, mean wait, answered within, abandoned) of so many calls, first come first served."""
    dice, now, free_at = random.Random(operators), 0.0, [0.0] * operators
    waited, waits, in_time, left = 0, 0.0, 0, 0
    for _ in range(offered):
        now += dice.expovariate(traffic.per_second)
        wait, patient = max(0.0, free_at[0] - now), dice.expovariate(1 / patience)
        waited += wait > 0
        waits += min(wait, patient)
        if patient < wait:
            left += 1
            continue
        in_time += wait <= within
        heapq.heapreplace(free_at, now + wait + dice.expovariate(1 / traffic.handle_seconds))
    return waited / offered, waits / offered, in_time / offered, left / offered
