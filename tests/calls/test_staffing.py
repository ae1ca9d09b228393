"""How many operators an hour of the week needs, from the weeks before, and what another shop changes."""

from __future__ import annotations

import datetime as dt
import random

import pytest
from pytest import approx

from calls import erlang, staffing
from calls.erlang import Traffic

MONDAY = dt.date(2026, 10, 5)
SHOPS = Traffic(calls_per_hour=8, handle_seconds=180)


def test_the_simple_formula_gives_what_its_source_prints():
    bare, shrunk, absent = staffing.simple_formula(Traffic(100, 120), 0.8)
    assert bare == approx(4.166, abs=0.001)
    assert shrunk == approx(4.79, abs=0.005)
    assert absent == approx(5.27, abs=0.005)


def test_the_simple_formula_is_low_where_chance_rules():
    assert staffing.simple_formula(SHOPS, 0.8)[2] < 1
    assert erlang.operators_for(SHOPS, 0.8, 20) == 2
    assert erlang.c(SHOPS, 1, 20).level < 0.8


def test_weeks_begin_where_they_are_told_and_an_empty_one_counts():
    tuesday, third = MONDAY + dt.timedelta(days=1), MONDAY + dt.timedelta(days=15)
    offered = {(MONDAY, 10): 4, (tuesday, 9): 1, (third, 9): 3, (MONDAY - dt.timedelta(days=1), 10): 7}
    weeks = staffing.whole_weeks(offered, MONDAY, 3)
    assert weeks == [{(0, 10): 4, (1, 9): 1}, {}, {(1, 9): 3}]
    expected = staffing.forecast(weeks)
    assert set(expected) == {(0, 10), (1, 9)}
    assert expected[0, 10].mean == approx(4 / 3)


@pytest.mark.parametrize("mean", [3, 12])
def test_nine_hours_of_ten_stay_within_the_margin(mean, times):
    dice, held, tries = random.Random(mean), 0, times(20_000)
    for _ in range(tries):
        *weeks, following = (poisson(dice, mean) for _ in range(9))
        held += following <= staffing.forecast_of(weeks).high
    assert held / tries == approx(0.9, abs=0.04)


def poisson(dice: random.Random, mean: float) -> int:
    """How many arrivals fit into one hour."""
    count, at = 0, dice.expovariate(mean)
    while at < 1:
        count, at = count + 1, at + dice.expovariate(mean)
    return count


def test_hours_that_differ_from_week_to_week_get_a_wider_margin():
    steady, wild = staffing.forecast_of([6, 6, 6, 6]), staffing.forecast_of([0, 12, 0, 12])
    assert steady.mean == wild.mean
    assert steady.high < wild.high


def test_operators_are_counted_for_the_margin():
    expected = {(0, 10): staffing.forecast_of([8, 8, 8, 8])}
    need = staffing.needs(expected, 180, 0.8, 20)[0, 10]
    assert need.operators == erlang.operators_for(Traffic(expected[0, 10].high, 180), 0.8, 20)
    assert need.mean.level > 0.8


def test_one_more_shop_makes_all_wait_longer_and_each_pay_less():
    changed = staffing.one_more(SHOPS, 10, 1, 0.8, 20, cost_minor=580_000)
    assert changed.before.level == approx(0.63, abs=0.005)
    assert changed.after.level < changed.before.level
    assert changed.after.wait_seconds > changed.before.wait_seconds
    assert (changed.share_before_minor, changed.share_after_minor) == (58_000, 52_728)
    assert (changed.operators_before, changed.operators_after) == (2, 2)
    assert staffing.one_more(SHOPS, 10, 1, 0.8, 20, None).share_after_minor is None
