"""Holidays are known in their order, and those already decided are not suggested again."""

from __future__ import annotations

import datetime as dt

import pytest

from calls import holidays

DAY = dt.date


@pytest.mark.parametrize(
    "sunday",
    [DAY(2023, 4, 16), DAY(2024, 5, 5), DAY(2025, 4, 20), DAY(2026, 4, 12), DAY(2027, 5, 2), DAY(2028, 4, 16),
     DAY(2029, 4, 8), DAY(2030, 4, 28)],
)  # fmt: skip
def test_easter_is_when_the_church_keeps_it(sunday):
    assert holidays.easter(sunday.year) == sunday


def test_what_comes_crosses_the_year_and_ends_after_four_months():
    coming = holidays.coming(DAY(2026, 12, 25))
    assert coming == [(DAY(2026, 12, 25), "christmas"), (DAY(2027, 1, 1), "new-year"), (DAY(2027, 3, 8), "womens-day")]
    assert holidays.coming(DAY(2026, 12, 25), [DAY(2027, 1, 1)]) == [coming[0], coming[2]]


def test_the_moving_feasts_stand_in_their_place():
    assert [code for _, code in holidays.coming(DAY(2027, 4, 30))] == [
        "labour-day", "easter", "remembrance", "trinity", "constitution", "statehood", "independence"]  # fmt: skip
