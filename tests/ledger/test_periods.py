"""A month is previewed, closed once, and stays as it was closed; what comes late goes to the next."""

from __future__ import annotations

import datetime as dt

import pytest

from ledger import accounts, months, payments, periods, statements
from models import Accrual, CountedFact, Membership, Period, Posting, Share, Shop, Statement, Transaction
from tests.ledger import books
from tests.ledger.books import DECEMBER, JANUARY, NOVEMBER
from union.audit import BOX
from union.faults import Refused

KEPT = (Transaction, Posting, Period, Accrual, Share, CountedFact, Statement)


def rows() -> dict[str, list[tuple]]:
    return {table.__name__: list(table.select().order_by(table.id).tuples()) for table in KEPT}


def test_the_proposals_own_sum(db, settings):
    """20 shops × 350.00 = 7 000.00; operator 3 500.00, server 500.00, trainee 1 800.00; 1 200.00 to the reserve."""
    shops = books.union(20)
    maria = books.person()
    books.proposal(maria)
    planned = periods.preview(months.of(NOVEMBER))
    assert (planned.charged_minor, planned.cost_minor, planned.to_reserve_minor) == (700_000, 580_000, 120_000)
    books.close(NOVEMBER, settings)
    assert accounts.balances() == {
        **{f"Assets:Receivable:Shop-{shop.id}": 35_000 for shop in shops},
        "Equity:Appropriated": 120_000,
        "Equity:Reserve": -120_000,
        "Expenses:Operator": 350_000,
        "Expenses:Server": 50_000,
        "Expenses:Trainee": 180_000,
        "Income:Recharges": -700_000,
        f"Liabilities:Operator-{maria.id}": -350_000,
        "Liabilities:Suppliers": -230_000,
    }
    assert {statement.closing_minor for statement in Statement.select()} == {35_000}


def test_five_shops_leave_in_mid_month_and_the_reserve_pays(db, settings):
    shops = books.union(20)
    books.proposal()
    books.close(NOVEMBER, settings)
    for shop in shops[15:]:
        books.leaves(shop, dt.date(2025, 12, 16))
    planned = periods.preview(months.of(DECEMBER))
    half = 16_935  # 350.00 × 15 / 31 = 169.354…
    assert planned.charges == {shop.id: 35_000 if shop.id <= 15 else half for shop in shops}
    assert planned.to_reserve_minor == 15 * 35_000 + 5 * half - 580_000
    books.close(DECEMBER, settings)
    assert accounts.reserve() == 120_000 + 609_675 - 580_000
    assert not any(row.note for row in Accrual.select())


def test_what_the_reserve_cannot_pay_is_shared_by_the_items_rule_and_shown_before(db, settings):
    shops = books.union(20)
    books.proposal()
    books.close(NOVEMBER, settings)
    for shop in shops[10:]:
        books.leaves(shop, DECEMBER)
    planned = periods.preview(months.of(DECEMBER))
    short = 580_000 - 350_000 - 120_000
    trainee = planned.accruals[2]
    assert (trainee.covered_minor, trainee.shared_minor, trainee.notes) == (180_000 - short, short, ("reserve_short",))
    assert planned.reserve_after_minor == 0
    books.close(DECEMBER, settings)
    assert accounts.reserve() == 0
    assert [books.bill(shop, DECEMBER) for shop in shops[:10]] == [[35_000, short // 10]] * 10


def test_costs_split_exactly_instead_of_a_fee(db, settings):
    shops = books.union(3)
    maria = books.person()
    books.item("Оператор", 350_000, books.by("calls"), category="operator", user=maria)
    for shop, number in zip(shops, (41, 12, 7), strict=True):
        books.calls(shop, maria, books.local(dt.date(2025, 11, 5)), number)
    books.close(NOVEMBER, settings)
    assert [books.bill(shop, NOVEMBER) for shop in shops] == [[239_167], [70_000], [40_833]]
    assert [(share.weight, share.accrual.weight_total) for share in Share.select()] == [(41, 60), (12, 60), (7, 60)]
    assert accounts.reserve() == 0
    assert Transaction.select().count() == 1


def test_closing_twice_posts_nothing(db, settings):
    books.union(7)
    books.proposal()
    first = books.close(NOVEMBER, settings)
    before = rows()
    assert books.close(NOVEMBER, settings) == first
    assert rows() == before


def test_a_closed_month_does_not_move_whatever_happens_after(db, settings):
    shops = books.union(4)
    maria = books.person()
    books.item("Оператор", 100_001, books.by("calls"), category="operator", user=maria)
    books.calls(shops[0], maria, books.local(dt.date(2025, 11, 3)), 3)
    period = books.close(NOVEMBER, settings)
    before = rows()
    books.calls(shops[1], maria, books.local(dt.date(2025, 11, 4)), 5)
    Membership.update(ends_on=dt.date(2025, 11, 2)).where(Membership.shop == shops[0]).execute()
    books.pay(shops[0], 100, dt.date(2025, 11, 20))
    assert periods.frozen_digest(period) == period.digest
    assert {name: had[: len(before[name])] for name, had in rows().items()} == before


def test_late_calls_count_in_the_next_month_with_a_note_and_only_once(db, settings):
    shops = books.union(2)
    maria = books.person()
    books.item("Оператор", 60_000, books.by("calls"), category="operator", user=maria)
    books.calls(shops[0], maria, books.local(dt.date(2025, 11, 3)), 2)
    books.close(NOVEMBER, settings)
    books.calls(shops[1], maria, books.local(dt.date(2025, 11, 29)), 1)
    books.calls(shops[0], maria, books.local(dt.date(2025, 12, 3)), 2)
    planned = periods.preview(months.of(DECEMBER))
    assert planned.late == 1
    assert planned.charges == {shops[0].id: 40_000, shops[1].id: 20_000}
    books.close(DECEMBER, settings)
    planned = periods.preview(months.of(JANUARY))
    assert planned.late == 0 and planned.accruals[0].notes == ("no_usage",)


def test_a_month_without_usage_is_shared_equally_and_says_so(db, settings):
    shops = books.union(3)
    books.item("Сервер", 10_000, books.by("orders"))
    books.close(NOVEMBER, settings)
    row = Accrual.get()
    assert (row.basis, row.note) == ("equal", "no_usage")
    assert sorted(books.bill(shop, NOVEMBER) for shop in shops) == [[3333], [3333], [3334]]


def test_who_gets_the_odd_kopeck_goes_round(db):
    books.union(3)
    books.item("Сервер", 100, books.equally())
    lucky = []
    month = months.of(NOVEMBER)
    for _ in range(6):
        (accrual,) = periods.preview(month).accruals
        lucky += [share.shop_id for share in accrual.shares if share.odd_minor]
        month = month.next()
    assert sorted(lucky) == [1, 1, 2, 2, 3, 3] and lucky[:3] == lucky[3:]


def test_a_shop_pays_for_its_days(db, settings):
    shops = books.union(2)
    books.leaves(shops[1], dt.date(2025, 11, 11))
    books.item("Сервер", 40_000, books.equally())
    planned = periods.preview(months.of(NOVEMBER))
    assert planned.charges == {shops[0].id: 30_000, shops[1].id: 10_000}
    assert [share.days for share in planned.accruals[0].shares] == [30, 10]


def test_an_item_that_begins_in_mid_month_costs_its_days(db):
    shops = books.union(2)
    books.leaves(shops[1], dt.date(2025, 11, 16))
    books.item("Стажер", 180_000, books.equally(), category="trainee", starts_on=dt.date(2025, 11, 16))
    planned = periods.preview(months.of(NOVEMBER))
    assert planned.cost_minor == 90_000
    assert planned.charges == {shops[0].id: 90_000}


def test_the_test_shop_is_nowhere(db, settings):
    shops = books.union(3)
    Shop.update(is_test=True).where(Shop.id == shops[2].id).execute()
    maria = books.person()
    books.calls(shops[2], maria, books.local(dt.date(2025, 11, 3)), 9)
    books.item("Оператор", 60_000, books.by("calls"), category="operator", user=maria)
    planned = periods.preview(months.of(NOVEMBER))
    assert planned.charges == {shops[0].id: 30_000, shops[1].id: 30_000}
    books.close(NOVEMBER, settings)
    assert not CountedFact.select().exists()
    assert Statement.select().count() == 2


def test_months_are_closed_in_order_and_only_when_they_are_over(db, settings):
    books.union(2)
    books.item("Сервер", 10_000, books.equally())
    month = months.of(NOVEMBER)
    with pytest.raises(Refused, match="period_running"):
        periods.close(month, month.ends_at - dt.timedelta(seconds=1), settings)
    with pytest.raises(Refused, match="earlier_open"):
        books.close(DECEMBER, settings)
    assert not Period.select().exists()


def test_without_members_nothing_is_closed(db, settings):
    books.union(1, since=JANUARY)
    books.item("Сервер", 10_000, books.equally())
    with pytest.raises(Refused, match="no_members"):
        books.close(NOVEMBER, settings)
    assert not Transaction.select().exists()


def test_the_timetable_closes_on_the_third_all_that_is_due(db, settings):
    books.union(2)
    books.item("Сервер", 10_000, books.equally())
    second, third = (books.local(dt.date(2026, 1, day), 0, 30) for day in (2, 3))
    assert [period.month for period in periods.close_due(second, settings)] == [NOVEMBER]
    assert [period.month for period in periods.close_due(third, settings)] == [DECEMBER]
    assert periods.close_due(third, settings) == []
    assert {period.closed_by for period in Period.select()} == {None}


def test_october_has_745_hours_of_presence_pay(db):
    from models import Presence

    books.union(1)
    maria = books.person()
    october = months.of(dt.date(2025, 10, 1))
    Presence.create(user=maria, kind="ready", starts_at=october.starts_at, ends_at=october.ends_at)
    books.item("Оператор", 5_000, books.equally(), category="operator", method="hours", user=maria,
               starts_on=october.first)  # fmt: skip
    (accrual,) = periods.preview(october).accruals
    assert (accrual.cost.quantity, accrual.cost.cost_minor) == (745 * 3600, 745 * 5_000)


def test_a_statement_runs_from_balance_to_balance(db, settings):
    (tea,) = books.union(1)
    books.item("Сервер", 10_000, books.equally())
    books.close(NOVEMBER, settings)
    books.pay(tea, 6_000, dt.date(2025, 12, 5))
    books.pay(tea, 1_500, dt.date(2025, 12, 9))
    books.close(DECEMBER, settings)
    statement = statements.find(tea, DECEMBER)
    assert (statement.opening_minor, statement.closing_minor) == (10_000, 12_500)
    told = [(line.amount_minor, line.balance_minor, bool(line.share)) for line in statements.lines(statement)]
    assert told == [(-6_000, 4_000, False), (-1_500, 2_500, False), (10_000, 12_500, True)]
    assert accounts.owed_by(tea) == 12_500


def test_a_payment_of_the_next_month_waits_for_its_statement(db, settings):
    (tea,) = books.union(1)
    books.item("Сервер", 10_000, books.equally())
    books.pay(tea, 6_000, dt.date(2025, 12, 2))
    books.close(NOVEMBER, settings)
    assert books.bill(tea, NOVEMBER) == [10_000]
    assert [line.amount_minor for line in statements.waiting(tea)] == [-6_000]


def test_a_wrong_payment_is_reversed_with_a_reason(db, settings):
    (tea,) = books.union(1)
    payment = books.pay(tea, 6_000, dt.date(2025, 12, 2))
    with pytest.raises(Refused, match="reason_missing"):
        payments.reverse(payment, " ", BOX)
    payments.reverse(payment, "того самого дня двічі", BOX)
    payments.reverse(payment, "ще раз", BOX)
    assert accounts.owed_by(tea) == 0 and Transaction.select().count() == 2
    assert payments.is_reversed(payment)


def test_days_overdue_are_those_of_the_oldest_unpaid_bill(db, settings):
    (tea,) = books.union(1)
    books.item("Сервер", 10_000, books.equally())
    first = books.close(NOVEMBER, settings)
    assert statements.overdue(tea, first.due_on) is None
    late = statements.overdue(tea, first.due_on + dt.timedelta(days=5))
    assert (late.amount_minor, late.days) == (10_000, 5)
    books.pay(tea, 4_000, DECEMBER)
    assert statements.overdue(tea, first.due_on + dt.timedelta(days=5)).amount_minor == 6_000
    books.pay(tea, 6_000, DECEMBER)
    assert statements.overdue(tea, first.due_on + dt.timedelta(days=5)) is None
