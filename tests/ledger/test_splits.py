"""A sum divided to the last kopeck, whatever the sum, the weights and the order of shops."""

from __future__ import annotations

import datetime as dt
import random
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from ledger.splits import rotation, split

NOVEMBER = dt.date(2025, 11, 1)
CASES = 100_000


def amounts(total: int, weights: dict[int, int]) -> list[int]:
    parts = split(total, weights, rotation(NOVEMBER, weights))
    return [parts[shop_id].amount_minor for shop_id in weights]


def test_thirty_hryvnias_by_seven_and_one_by_three():
    seven = amounts(3000, dict.fromkeys(range(1, 8), 1))
    assert sum(seven) == 3000 and sorted(seven) == [428] * 3 + [429] * 4
    three = amounts(100, dict.fromkeys(range(1, 4), 1))
    assert sum(three) == 100 and sorted(three) == [33, 33, 34]


def test_the_largest_remainder_gets_the_odd_kopeck_before_any_rotation():
    for month in (9, 10, 11):
        order = rotation(dt.date(2025, month, 1), (1, 2, 3))
        parts = split(100, {1: 333, 2: 333, 3: 334}, order)  # 33.3, 33.3, 33.4
        assert [parts[shop_id].amount_minor for shop_id in (1, 2, 3)] == [33, 33, 34]


def test_a_negative_sum_is_divided_as_its_opposite():
    assert amounts(-100, {1: 1, 2: 1, 3: 1}) == [-part for part in amounts(100, {1: 1, 2: 1, 3: 1})]


@pytest.mark.parametrize("weights", [{}, {1: 0, 2: 0}, {1: 2, 2: -1}])
def test_nobody_to_divide_among_is_refused(weights):
    with pytest.raises(ValueError):
        split(100, weights, (1, 2))


def test_the_rotation_begins_each_month_with_the_next_shop():
    months = [dt.date(2025, month, 1) for month in (9, 10, 11, 12)]
    orders = [rotation(month, (30, 10, 20)) for month in months]
    assert [order[0] for order in orders[:3]] != [orders[0][0]] * 3
    assert sorted(order[0] for order in orders[:3]) == [10, 20, 30]
    assert orders[3] == orders[0]
    for order in orders:
        doubled = order + order
        assert (10, 20, 30) in zip(doubled, doubled[1:], doubled[2:], strict=False)


sums = st.integers(-(10**10), 10**10)
weighings = st.dictionaries(st.integers(1, 60), st.integers(0, 10**6), min_size=1, max_size=20).filter(
    lambda weights: any(weights.values())
)


def check_a_division(total: int, weights: dict[int, int], seed: int) -> None:
    order = rotation(NOVEMBER, weights)
    parts = split(total, weights, order)
    assert sum(part.amount_minor for part in parts.values()) == total
    for shop_id, part in parts.items():
        exact = Fraction(total * weights[shop_id], sum(weights.values()))
        assert abs(part.amount_minor - exact) < 1
        assert part.amount_minor - part.odd_minor == (exact.__floor__() if total >= 0 else exact.__ceil__())
        assert weights[shop_id] or not part.amount_minor
    shuffled = list(weights.items())
    random.Random(seed).shuffle(shuffled)
    assert split(total, dict(shuffled), order) == parts


def test_any_division_is_exact_fair_and_the_same_in_any_order(times):
    @given(total=sums, weights=weighings, seed=st.integers(0, 9))
    @hypothesis_settings(max_examples=times(CASES), deadline=None)
    def run(total, weights, seed):
        check_a_division(total, weights, seed)

    run()


def test_a_tie_is_settled_by_the_rotation_alone():
    weights = {shop_id: 5 for shop_id in (4, 8, 15)}
    assert [shop_id for shop_id, part in split(1, weights, (8, 15, 4)).items() if part.odd_minor] == [8]
    assert [shop_id for shop_id, part in split(2, weights, (8, 15, 4)).items() if part.odd_minor] == [8, 15]
