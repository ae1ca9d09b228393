"""A shop's part of a month is the same before the close and after it."""

from __future__ import annotations

from ledger import charged, months
from tests.ledger import books
from tests.ledger.books import DECEMBER, NOVEMBER


def test_a_shops_part_of_a_month_before_and_after_its_close(db, settings):
    shops = books.union(20)
    books.proposal(books.person())
    assert charged.of_shop(shops[3], months.of(NOVEMBER)) == (35_000, False)
    books.close(NOVEMBER, settings)
    assert charged.of_shop(shops[3], months.of(NOVEMBER)) == (35_000, True)
    assert charged.of_shop(shops[3], months.of(DECEMBER)) == (35_000, False)
