"""What the fee would be, and how long the reserve lasts."""

from __future__ import annotations

from ledger import forecast, money, months, periods, totals
from tests.ledger import books
from tests.ledger.books import NOVEMBER


def test_the_fee_falls_as_shops_join_and_always_covers_the_costs():
    fees = forecast.fees(580_000)
    assert [(fee.shops, fee.fee_minor) for fee in (fees[0], fees[-1])] == [(10, 58_000), (20, 29_000)]
    assert all(580_000 <= fee.fee_minor * fee.shops < 580_000 + fee.shops for fee in fees)


def test_three_leave_a_union_of_twenty_and_the_reserve_still_grows():
    course = forecast.leaving(580_000, 700_000, 20, 120_000)
    assert (course.shops, course.result_minor, course.short_in) == (17, 15_000, None)
    assert course.reserve_minor[:2] == (135_000, 150_000)


def test_three_leave_a_smaller_one_and_the_reserve_runs_out():
    course = forecast.leaving(580_000, 595_000, 17, 120_000)
    assert (course.result_minor, course.short_in, course.reserve_minor[:3]) == (-90_000, 2, (30_000, 0, 0))
    assert forecast.leaving(580_000, 600_000, 3, 0) is None


def test_how_many_months_the_reserve_lasts(db):
    books.union(20)
    assert totals.of_plan(periods.preview(months.of(NOVEMBER))).lasts_months is None
    books.item("Сервер", 50_000, books.fee(10_000))
    assert totals.of_plan(periods.preview(months.of(NOVEMBER))).lasts_months == 3


def test_sums_are_read_as_people_write_them():
    read = {"1 234,50": 123_450, "1234.5": 123_450, "\u22127": -700, "+0,05": 5, "12\u202f000": 1_200_000, " 3 ": 300}
    assert {text: money.minor(text) for text in read} == read
    for text in ("", "1,234", "12 34", "1.2.3", "ten", "1e5", "--1", "99999999999999"):
        try:
            raise AssertionError(f"{text!r} was read as {money.minor(text)}")
        except money.NotMoney:
            continue
    assert [money.plain(amount) for amount in (5, -123_450, 0)] == ["0.05", "-1234.50", "0.00"]
