"""The proposal's own case as one story: a fee for all, five shops leave in mid-month, then costs are split exactly."""

from __future__ import annotations

import datetime as dt

from ledger import accounts, checks, months, periods, rules, statements
from models import Accrual
from tests.ledger import books
from tests.ledger.books import DECEMBER, JANUARY, NOVEMBER
from union.audit import BOX


def test_a_union_of_twenty_lives_through_its_first_winter(db, settings):
    shops, maria = books.union(20), books.person()
    items = books.proposal(maria)

    books.close(NOVEMBER, settings)
    assert {statements.find(shop, NOVEMBER).closing_minor for shop in shops} == {35_000}
    assert accounts.reserve() == 120_000
    for shop in shops:
        books.pay(shop, 35_000, DECEMBER)

    for shop in shops[15:]:
        books.leaves(shop, dt.date(2025, 12, 16))
    books.close(DECEMBER, settings)
    assert [books.bill(shop, DECEMBER) for shop in (shops[0], shops[19])] == [[-35_000, 35_000], [-35_000, 16_935]]
    assert accounts.reserve() == 120_000 + (15 * 35_000 + 5 * 16_935) - 580_000

    for item in items:
        rules.add(item, {"starts_on": JANUARY, **books.by("calls")}, BOX)
    for shop in shops[:15]:
        books.calls(shop, maria, books.local(dt.date(2026, 1, 7)), shop.id)
    planned = periods.preview(months.of(JANUARY))
    books.close(JANUARY, settings)
    assert planned.charged_minor == planned.cost_minor == 580_000
    assert accounts.reserve() == planned.reserve_before_minor == planned.reserve_after_minor
    assert sum(sum(books.bill(shop, JANUARY)) for shop in shops[:15]) == 580_000
    assert books.bill(shops[19], JANUARY) == [], "who has left is charged nothing, and still sees what he owes"
    assert statements.find(shops[19], JANUARY).closing_minor == 16_935
    behind = statements.behind(statements.lines(statements.find(shops[0], JANUARY))[0].share)
    assert (behind.share.weight, behind.accrual.weight_total, len(behind.facts)) == (1, 120, 1)
    assert sum(behind.others) + behind.share.amount_minor == behind.accrual.cost_minor
    assert accounts.owed_to(maria) == 3 * 350_000
    assert not any(row.note for row in Accrual.select()) and checks.faults() == []
