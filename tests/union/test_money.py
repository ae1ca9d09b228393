"""Amounts as people write them, to the kopeck."""

from __future__ import annotations

import pytest

from union import money


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("0", 0), ("120", 12000), ("99,5", 9950), ("99.05", 9905), ("1 250,50", 125050), ("12\u00a0345", 1234500),
        (" 7 ", 700), ("99999999,99", money.MOST_MINOR), ("100000000", None), ("", None), ("-1", None), ("1,005", None),
        ("1,2,3", None), ("1e3", None), ("٣", None), ("12 34", None), ("₴5", None), (",5", None),
    ],
)  # fmt: skip
def test_what_is_typed_is_read_exactly_or_not_at_all(text, minor):
    assert money.parse(text) == minor


def test_an_amount_comes_back_as_it_was_typed():
    for minor in (0, 5, 50, 99, 100, 12345, money.MOST_MINOR):
        assert money.parse(money.typed(minor)) == minor


def test_an_amount_is_written_in_the_readers_language():
    assert money.written(1234560, "UAH", "uk") == "12\u00a0345,60\u00a0₴"
    assert money.written(1234560, "UAH", "en") == "12,345.60\u00a0₴"
