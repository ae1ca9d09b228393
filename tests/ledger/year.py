"""A year of a union of twenty shops, with everything that books know: every kind of cost, every rule, shops that come
and go, payments by hand and from a bank's list, mistakes taken back; first a fee for all, later the exact split.
Some 11 000 postings.
"""

from __future__ import annotations

import datetime as dt
from itertools import count

from ledger import accounts, bank_csv, money, months, payments, rules, transactions
from ledger.months import Month
from models import CostItem, Membership, Order, OrderChange, Payment, Presence, Shop, Transaction, User
from settings import Settings
from tests.ledger import books
from union.audit import BOX

FIRST = dt.date(2025, 1, 1)
HOSTILE = 'Рахунок "№ 7"; (частина) \\ * ! | = 5 ; ключ: щось\n2025-01-01 * крадіжка'
BASES = ("equal", "calls", "talk", "orders")
_numbers = count(1)


def keep(settings: Settings, months_kept: int = 12, shops: int = 20) -> list[Shop]:
    """Keep the books of so many months; in the second half the fee has given way to the exact split."""
    union = books.union(shops, since=FIRST)
    maria, andrii = books.person("Марія"), books.person("Андрій")
    from_fees = _costs(union, maria, andrii)
    month = months.of(FIRST)
    for number in range(months_kept):
        if number == (months_kept + 1) // 2:
            for item in from_fees:
                rules.add(item, {"starts_on": month.first, **books.by("calls")}, BOX)
        _come_and_go(union, month, number)
        _live(union, month, number, maria, andrii)
        books.close(month.first, settings)
        _pay(union, month.next_first, maria, andrii)
        _take_back(month.next_first)
        month = month.next()
    return union


# --- what costs ---------------------------------------------------------------------------------------------------


def _costs(union: list[Shop], maria: User, andrii: User) -> list[CostItem]:
    """What is due all year; those that the fee pays for."""
    since = {"starts_on": FIRST}
    from_fees = [
        books.item("Оператор", 350_000, books.fee(35_000), category="operator", user=maria, **since),
        books.item("Стажер", 180_000, books.from_fees(), category="trainee", user=andrii, **since),
        books.item("Сервер", 50_000, books.from_fees(), category="server", **since),
    ]
    books.item("Години", 7_777, books.by("talk"), category="operator", method="hours", user=maria, **since)
    books.item("Дзвінки", 450, books.by("calls"), category="operator", method="answered", user=maria, **since)
    books.item("Замовлення", 0, None, category="commission", method="commission", rate_bp=333, **since)
    books.item(
        "Лінії", 60_001, {"kind": "base", "amount_minor": 1_500, "basis": "calls"}, category="telephone", **since
    )
    books.item(HOSTILE, 10_007, books.by("weights", weights={shop.id: shop.id for shop in union}), **since)
    for number in range(24):
        books.item(f"Спільне {number}", 1_000 + 101 * number, books.by(BASES[number % 4]), **since)
    return from_fees


def _come_and_go(union: list[Shop], month: Month, number: int) -> None:
    """Every second month one shop leaves in mid-month, and comes back on the 10th of the next."""
    if number % 2 == 0:
        books.leaves(union[-1 - number // 2], month.first.replace(day=16))
    else:
        Membership.create(shop=union[-1 - number // 2], starts_on=month.first.replace(day=10))


def _live(union: list[Shop], month: Month, number: int, maria: User, andrii: User) -> None:
    """A month's calls, orders and hours at work, and what is due once in it."""
    for shop in union:
        books.calls(shop, maria if shop.id % 3 else andrii, books.local(month.first, 10), 3 + shop.id % 5)
        books.item("Телефонія", 1_000 + 37 * shop.id + number, None, category="telephone", method="once", shop=shop,
                   starts_on=month.last_day)  # fmt: skip
        _order(
            shop, maria if shop.id % 2 else andrii, books.local(month.first.replace(day=5)), shop.id % 7 == number % 7
        )
    for day in range(1, 21):
        worked = books.local(month.first.replace(day=day), 9), books.local(month.first.replace(day=day), 17, day)
        Presence.create(user=maria, kind="ready", starts_at=worked[0], ends_at=worked[1])
    once = {"method": "once", "starts_on": month.first.replace(day=20)}
    books.item("Нова гарнітура", 12_345 + number, books.equally(), **once)
    judged = {**once, "user": maria, "evidence": "див. оцінку"}
    books.item("Премія", 20_003, books.by("calls"), category="bonus", **judged)
    books.item("Штраф", 5_001, books.equally(), category="fine", **judged)


def _order(shop: Shop, operator: User, at: dt.datetime, comes_back: bool) -> None:
    """An order that was delivered, and one of another month that may come back."""
    made = Order.create(shop=shop, number=next(_numbers), call_key="", operator=operator, state="delivered",
                        sum_minor=90_001 + 100 * shop.id, placed_at=at)  # fmt: skip
    OrderChange.create(order=made, state="delivered", at=at + dt.timedelta(days=2))
    if comes_back:
        earlier = Order.select().where(Order.shop == shop, Order.id < made.id).order_by(Order.id.desc()).first()
        if earlier and earlier.state == "delivered":
            Order.update(state="returned").where(Order.id == earlier.id).execute()
            OrderChange.create(order=earlier, state="returned", at=at)


# --- what is paid -------------------------------------------------------------------------------------------------


def _pay(union: list[Shop], day: dt.date, maria: User, andrii: User) -> None:
    """Shops pay by hand, in cash and by the bank's list; the union pays its operators and its suppliers."""
    for shop in union:
        books.pay(shop, 9_999 + shop.id, day)
    _enter("shop", "cash", 5_050, day, shop=union[0])
    _enter("reserve", "bank", 30_000, day)
    _enter("supplier", "bank", -accounts.balance(accounts.SUPPLIERS) or 1, day)
    for user in (maria, andrii):
        _enter("operator", "cash" if user == andrii else "bank", accounts.owed_to(user), day, user=user)
    movements = payments.recognise(bank_csv.read(_list(union, day).encode("cp1251")))
    named = [(row, row.shop) for row in movements if row.shop and not row.is_known]
    assert len(named) == len(union), "the bank's list names every shop"
    payments.enter_movements(named, BOX)


def _enter(kind: str, place: str, amount_minor: int, day: dt.date, **more) -> Payment:
    values = {"kind": kind, "place": place, "amount_minor": amount_minor, "day": day, **more}
    return payments.enter(values, f"year-{next(_numbers)}", BOX)


def _list(union: list[Shop], day: dt.date) -> str:
    """What the bank sends: a line for each shop's second payment, and one that is nobody's."""
    rows = [f"{day:%d.%m.%Y};{shop.name};Внесок, {shop.name};{money.plain(20_000 + shop.id)};{day:%m}{shop.id:03}"
            for shop in union]  # fmt: skip
    return "\n".join(["Дата;Платник;Призначення;Сума;№ документа", *rows, f"{day:%d.%m.%Y};Невідомий;?;7,00;1"])


def _take_back(day: dt.date) -> None:
    """A payment that was entered wrongly, and a shared cost that was charged by mistake."""
    paid = Transaction.select().where(Transaction.kind == "payment", Transaction.day == day)
    transactions.reverse(paid.order_by(Transaction.id).get(), "не той магазин", day, BOX)
    shared = CostItem.get(CostItem.name == "Спільне 0")
    wrong = Transaction.get(Transaction.key == f"accrual:{months.of(day).back(1).first:%Y-%m}:{shared.id}")
    transactions.reverse(wrong, "нараховано помилково", day, BOX)
