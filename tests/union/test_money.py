"""Amounts as people read them, to the kopeck."""

from __future__ import annotations

from orders import prices
from union import money


def test_an_amount_in_a_field_is_read_as_it_was():
    for minor in (0, 5, 50, 99, 100, 12345, 10**10 - 1):
        assert prices.minor(money.typed(minor)) == minor


def test_an_amount_is_written_in_the_readers_language():
    assert money.written(1234560, "UAH", "uk") == "12\u00a0345,60\u00a0₴"
    assert money.written(1234560, "UAH", "en") == "12,345.60\u00a0₴"
