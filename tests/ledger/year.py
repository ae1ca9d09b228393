"""A year of a union of twenty shops: fees, shared costs, telephone bills, calls, payments. Some 10 000 postings."""

from __future__ import annotations

import datetime as dt

from ledger import months
from models import Shop
from settings import Settings
from tests.ledger import books

FIRST = dt.date(2025, 1, 1)
HOSTILE = 'Рахунок "№ 7"; (частина) \\ * ! | = 5 ; ключ: щось\n2025-01-01 * крадіжка'
BASES = ("equal", "calls", "talk", "orders")


def keep(settings: Settings, months_kept: int = 12, shops: int = 20) -> list[Shop]:
    """Keep the books of so many months; some shops come later, some leave."""
    union = books.union(shops, since=FIRST)
    maria, andrii = books.person("Марія"), books.person("Андрій")
    _costs(union, maria, andrii)
    month = months.of(FIRST)
    for number in range(months_kept):
        for shop in union:
            books.calls(shop, maria if shop.id % 3 else andrii, books.local(month.first, 10), 3 + shop.id % 5)
            books.item("Телефонія", 1_000 + 37 * shop.id + number, None, category="telephone", method="once",
                       shop=shop, starts_on=month.last_day)  # fmt: skip
        books.close(month.first, settings)
        for shop in union:
            for part in (20_000, 9_999 + shop.id):
                books.pay(shop, part, month.next_first)
        month = month.next()
    books.leaves(union[-1], month.next_first)
    return union


def _costs(union: list[Shop], maria, andrii) -> None:
    since = {"starts_on": FIRST}
    books.item("Оператор", 350_000, books.fee(35_000), category="operator", user=maria, **since)
    books.item("Стажер", 180_000, books.from_fees(), category="trainee", user=andrii, **since)
    books.item("Сервер", 50_000, books.from_fees(), category="server", **since)
    books.item("Дзвінки", 450, books.by("calls"), category="operator", method="answered", user=maria, **since)
    books.item(HOSTILE, 10_007, books.by("weights", weights={shop.id: shop.id for shop in union}), **since)
    for number in range(30):
        books.item(f"Спільне {number}", 1_000 + 101 * number, books.by(BASES[number % 4]), **since)
