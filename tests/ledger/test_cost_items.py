"""Every way in which something costs money, and what is refused when it is entered."""

from __future__ import annotations

import datetime as dt

import pytest

from ledger import accounts, cost_items, months, payments, periods, rules
from models import CostItem, ItemAnswer, Order, OrderChange, Presence, SplitRule, Transaction
from tests.ledger import books
from tests.ledger.books import DECEMBER, JANUARY, NOVEMBER
from union.audit import BOX
from union.faults import Refused

SERVER = {"name": "Сервер", "category": "other", "method": "monthly", "amount_minor": 1_000, "starts_on": NOVEMBER}


@pytest.fixture
def shops(db):
    return books.union(3)


@pytest.fixture
def maria(shops):
    return books.person()


def november():
    return periods.preview(months.of(NOVEMBER))


def only():
    (accrual,) = november().accruals
    return accrual


def test_pay_by_hours_of_presence_counts_work_and_not_meals(shops, maria):
    day = dt.date(2025, 11, 5)
    hours = {"ready": (9, 12), "meal": (12, 13), "after_call": (13, 14), "rest": (14, 15), "unanswered": (15, 18)}
    for kind, (starts, ends) in hours.items():
        Presence.create(user=maria, kind=kind, starts_at=books.local(day, starts), ends_at=books.local(day, ends))
    books.item("Оператор", 5_000, books.equally(), category="operator", method="hours", user=maria)
    assert (only().cost.quantity, only().cost.cost_minor) == (5 * 3600, 25_000)


def test_pay_per_answered_call_counts_hers_alone(shops, maria):
    other = books.person("Андрій")
    books.calls(shops[0], maria, books.local(dt.date(2025, 11, 5)), 3)
    books.calls(shops[0], other, books.local(dt.date(2025, 11, 5)), 5)
    books.calls(shops[0], maria, books.local(dt.date(2025, 11, 5)), 2, ending="abandoned_line")
    books.item("Оператор", 450, books.by("calls"), category="operator", method="answered", user=maria)
    assert (only().cost.quantity, only().cost.cost_minor) == (3, 1_350)
    assert november().charges == {shops[0].id: 1_350}


def test_by_talk_seconds(shops, maria):
    books.calls(shops[0], maria, books.local(dt.date(2025, 11, 5)), 1, talk_seconds=100)
    books.calls(shops[1], maria, books.local(dt.date(2025, 11, 5)), 1, talk_seconds=300)
    books.item("Оператор", 10_000, books.by("talk"), category="operator", user=maria)
    assert november().charges == {shops[0].id: 2_500, shops[1].id: 7_500}


def test_by_weights_and_days(shops):
    books.leaves(shops[1], dt.date(2025, 11, 16))
    books.item("Реклама", 10_000, books.by("weights", weights={shops[0].id: 1, shops[1].id: 2}))
    assert november().charges == {shops[0].id: 5_000, shops[1].id: 5_000}


def test_a_base_and_the_rest_by_usage(shops, maria):
    books.calls(shops[2], maria, books.local(dt.date(2025, 11, 5)))
    books.item("Оператор", 10_000, {"kind": "base", "amount_minor": 1_000, "basis": "calls"}, user=maria)
    assert november().charges == {shops[0].id: 1_000, shops[1].id: 1_000, shops[2].id: 8_000}


def test_bases_that_bring_more_than_the_cost_feed_the_reserve(shops):
    books.item("Сервер", 2_000, {"kind": "base", "amount_minor": 1_000, "basis": "calls"})
    assert (november().charged_minor, november().to_reserve_minor) == (3_000, 1_000)


def test_a_bill_for_one_shop_is_its_own(shops):
    books.item("Телефонія", 12_345, None, category="telephone", method="once", shop=shops[1])
    assert november().charges == {shops[1].id: 12_345}
    assert only().basis == "own"


def test_a_bonus_costs_and_a_fine_gives_back(shops, maria, settings):
    day = dt.date(2025, 11, 20)
    books.item("За важкого клієнта", 3_000, books.equally(), category="bonus", method="once", user=maria,
               starts_on=day, evidence_call="c1")  # fmt: skip
    fine = books.item("Грубість", 1_000, books.equally(), category="fine", method="once", user=maria, starts_on=day,
                      evidence="див. оцінку")  # fmt: skip
    assert [accrual.cost.cost_minor for accrual in november().accruals] == [3_000, -1_000]
    books.close(NOVEMBER, settings)
    assert accounts.owed_to(maria) == 2_000
    assert sum(books.bill(shops[0], NOVEMBER)) in (666, 667)
    cost_items.answer(fine, maria, "Клієнт кричав першим.")
    assert [item.name for item in cost_items.of_person(maria)] == ["Грубість", "За важкого клієнта"]
    with pytest.raises(Refused, match="not_yours"):
        cost_items.answer(fine, books.person("Інша"), "Це не я")
    assert ItemAnswer.select().count() == 1


def order(shop, user, number: int, state: str, at: dt.datetime, sum_minor: int, margin_minor: int | None = None):
    made = Order.create(shop=shop, number=number, call_key="", operator=user, state=state, sum_minor=sum_minor,
                        margin_minor=margin_minor, placed_at=at)  # fmt: skip
    OrderChange.create(order=made, state=state, at=at)
    return made


def test_a_commission_is_taken_from_the_margin_or_else_from_the_sum(shops, maria, settings):
    at = books.local(dt.date(2025, 11, 5))
    order(shops[0], maria, 1, "delivered", at, 95_000, 20_000)
    order(shops[0], maria, 2, "delivered", at, 10_003)
    order(shops[1], maria, 1, "sent", at, 50_000)
    order(shops[2], None, 1, "delivered", at, 50_000)
    books.item("За замовлення", 0, None, category="commission", method="commission", rate_bp=2_000)
    assert (only().cost.cost_minor, only().cost.quantity) == (4_000 + 2_001, 2)
    assert november().charges == {shops[0].id: 6_001}
    books.close(NOVEMBER, settings)
    assert accounts.owed_to(maria) == 6_001


def test_an_order_that_comes_back_gives_its_commission_back_next_month(shops, maria, settings):
    delivered = order(shops[0], maria, 1, "delivered", books.local(dt.date(2025, 11, 5)), 10_000)
    books.item("За замовлення", 0, None, category="commission", method="commission", rate_bp=1_000)
    books.close(NOVEMBER, settings)
    Order.update(state="returned").where(Order.id == delivered.id).execute()
    OrderChange.create(order=delivered, state="returned", at=books.local(dt.date(2025, 12, 5)))
    books.close(DECEMBER, settings)
    books.close(JANUARY, settings)
    assert [books.bill(shops[0], month) for month in (NOVEMBER, DECEMBER, JANUARY)] == [[1_000], [-1_000], []]
    assert accounts.owed_to(maria) == 0


def test_by_orders(shops, maria):
    at = books.local(dt.date(2025, 11, 5))
    for number in (1, 2, 3):
        order(shops[0], maria, number, "new", at, 100)
    order(shops[1], maria, 1, "new", at, 100)
    order(shops[1], maria, 2, "cancelled", at, 100)
    books.item("Оператор", 4_000, books.by("orders"))
    assert november().charges == {shops[0].id: 3_000, shops[1].id: 1_000}


def test_an_item_that_was_ended_costs_to_its_last_day(shops, settings):
    server = books.item("Сервер", 30_000, books.equally())
    cost_items.end(server, dt.date(2025, 11, 10), BOX)
    assert november().cost_minor == 10_000
    books.close(NOVEMBER, settings)
    assert not periods.preview(months.of(DECEMBER)).accruals
    with pytest.raises(Refused, match="period_closed"):
        cost_items.end(CostItem.get(), dt.date(2025, 11, 20), BOX)


def test_an_item_is_taken_out_only_until_it_was_counted(shops, settings):
    wrong, right = books.item("Двічі", 1_000, books.equally()), books.item("Сервер", 1_000, books.equally())
    cost_items.take_out(wrong, BOX)
    books.close(NOVEMBER, settings)
    with pytest.raises(Refused, match="item_counted"):
        cost_items.take_out(right, BOX)
    assert [row.name for row in CostItem.select()] == ["Сервер"]


def test_a_later_rule_ends_the_one_before_it(shops, settings):
    server = books.item("Сервер", 3_000, books.fee(2_000))
    rules.add(server, {"starts_on": DECEMBER, **books.equally()}, BOX)
    assert november().charged_minor == 6_000
    books.close(NOVEMBER, settings)
    assert periods.preview(months.of(DECEMBER)).charged_minor == 3_000
    assert [(row.starts_on, row.ends_on) for row in SplitRule.select()] == [(NOVEMBER, DECEMBER), (DECEMBER, None)]


def test_a_month_without_a_rule_is_shared_equally_and_says_so(shops):
    server = books.item("Сервер", 3_000, None)
    rules.add(server, {"starts_on": DECEMBER, **books.equally()}, BOX)
    assert only().notes == ("no_rule",) and set(november().charges.values()) == {1_000}


@pytest.mark.parametrize(
    ("values", "field", "code"),
    [
        ({"name": " "}, "name", "missing"),
        ({"amount_minor": -1}, "amount_minor", "amount_negative"),
        ({"method": "guess"}, "method", "unknown"),
        ({"ends_on": dt.date(2025, 10, 31)}, "ends_on", "ends_before_start"),
        ({"starts_on": None}, "starts_on", "missing"),
        ({"method": "hours"}, "user", "person_missing"),
        ({"category": "fine", "method": "once", "evidence": "причина"}, "user", "person_missing"),
        ({"category": "bonus", "method": "once"}, "evidence", "evidence_missing"),
        ({"method": "commission"}, "rate_bp", "rate_wrong"),
        ({"rate_bp": 5}, "rate_bp", "rate_wrong"),
    ],
)
def test_a_wrong_item_is_refused_in_words(shops, values, field, code):
    with pytest.raises(Refused) as refused:
        cost_items.add(SERVER | values, None, BOX)
    assert refused.value.faults[field] == code
    assert not CostItem.select().exists()


@pytest.mark.parametrize(
    ("rule", "field", "code"),
    [
        (books.by("weights", weights={1: 0, 2: 0}), "weights", "weights_zero"),
        (books.by("weights", weights={1: -1, 2: 5}), "weights", "amount_negative"),
        (books.fee(-100), "amount_minor", "amount_negative"),
        (books.fee(0), "amount_minor", "amount_missing"),
        ({"kind": "split", "basis": "equal", "amount_minor": 5}, "amount_minor", "amount_unused"),
        (books.by("mood"), "basis", "unknown"),
        ({**books.equally(), "starts_on": dt.date(2025, 11, 15)}, "starts_on", "month_first"),
        ({**books.equally(), "ends_on": dt.date(2025, 10, 1)}, "ends_on", "ends_before_start"),
        ({**books.equally(), "ends_on": dt.date(2025, 12, 15)}, "ends_on", "month_first"),
    ],
)
def test_a_wrong_rule_is_refused_in_words_and_its_item_with_it(shops, rule, field, code):
    with pytest.raises(Refused) as refused:
        books.item("Сервер", 1_000, rule)
    assert refused.value.faults[field] == code
    assert not CostItem.select().exists()


def test_two_rules_never_hold_in_the_same_month(shops):
    server = books.item("Сервер", 1_000, {**books.equally(), "starts_on": NOVEMBER, "ends_on": JANUARY})
    with pytest.raises(Refused, match="rules_overlap"):
        rules.add(server, {"starts_on": DECEMBER, **books.by("calls")}, BOX)
    with pytest.raises(Refused, match="rules_overlap"):
        rules.add(server, {"starts_on": dt.date(2025, 10, 1), **books.by("calls")}, BOX)
    rules.add(server, {"starts_on": JANUARY, **books.by("calls")}, BOX)
    assert SplitRule.select().count() == 2


def test_nothing_is_entered_into_a_closed_month(shops, settings):
    server = books.item("Сервер", 1_000, books.equally())
    books.close(NOVEMBER, settings)
    with pytest.raises(Refused, match="period_closed"):
        books.item("Забули", 1_000, books.equally(), method="once", starts_on=dt.date(2025, 11, 30))
    with pytest.raises(Refused, match="period_closed"):
        rules.add(server, {"starts_on": NOVEMBER, **books.by("calls")}, BOX)


@pytest.mark.parametrize(
    ("values", "field", "code"),
    [
        ({"amount_minor": 0}, "amount_minor", "amount_missing"),
        ({"amount_minor": -5}, "amount_minor", "amount_missing"),
        ({"shop": None}, "shop", "payer_missing"),
        ({"kind": "operator"}, "user", "person_missing"),
        ({"place": "mattress"}, "place", "unknown"),
        ({"day": dt.date(2999, 1, 1)}, "day", "date_ahead"),
    ],
)
def test_a_wrong_payment_is_refused_in_words(shops, values, field, code):
    given = {"kind": "shop", "shop": shops[0], "place": "bank", "day": NOVEMBER, "amount_minor": 100} | values
    with pytest.raises(Refused) as refused:
        payments.enter(given, "a", BOX)
    assert refused.value.faults[field] == code
    assert not Transaction.select().exists()
