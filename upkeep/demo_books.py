"""The books of the demonstration union: the costs of the proposal's own sum, made to fit three shops, and what came of
it. Everything is entered and closed by the rules the pages use.

Each shop pays a fee of 2 200.00 a month: with three of them 6 600.00, of which operator 3 500.00, server 500.00 and
trainee 1 800.00 leave 800.00 for the reserve. The line's extra hours are shared by calls, to the kopeck.
"""

from __future__ import annotations

import datetime as dt

from ledger import cost_items, months, payments, periods
from models import Shop, User
from settings import Settings
from union.audit import BOX
from upkeep.demo import Demo

FEES = {"kind": "fees", "basis": "equal"}
FEE = {"kind": "fee", "amount_minor": 220_000, "basis": "equal"}
BY_CALLS = {"kind": "split", "basis": "calls"}


def keep(demo: Demo, settings: Settings, now: dt.datetime, days: int) -> None:
    """Enter what things cost since the union began, close the months that are over, and let most of the shops pay."""
    since = months.today(now) - dt.timedelta(days=days)
    _costs(demo.operator, demo.trainee, demo.shops["tools"], since)
    for period in periods.close_due(now, settings):
        for shop in list(demo.shops.values())[:-1]:  # the last one pays late
            _pay(shop, period.month, now)


def _costs(operator: User, trainee: User, tools: Shop, since: dt.date) -> None:
    _item("Оператор", "operator", 350_000, FEE, since, user=operator)
    _item("Сервер", "server", 50_000, FEES, since)
    _item("Стажер", "trainee", 180_000, FEES, since, user=trainee)
    _item("Додаткові години лінії", "operator", 40_000, BY_CALLS, since, user=operator)
    _item("Рахунок за телефонію", "telephone", 12_745, None, since, method="once", shop=tools)
    _item("Премія за складного клієнта", "bonus", 15_000, {"kind": "split", "basis": "equal"}, since, method="once",
          user=operator, evidence="Терпляче допомогла обрати чай для великого замовлення")  # fmt: skip


def _item(name: str, category: str, amount_minor: int, rule: dict | None, since: dt.date, **more) -> None:
    values = {"name": name, "category": category, "method": "monthly", "amount_minor": amount_minor, "starts_on": since}
    cost_items.add(values | more, rule, BOX)


def _pay(shop: Shop, month: dt.date, now: dt.datetime) -> None:
    values = {"kind": "shop", "shop": shop, "place": "bank", "day": months.today(now), "amount_minor": 220_000,
              "reference": f"{shop.id}/{month:%m}", "note": "Членський внесок"}  # fmt: skip
    payments.enter(values, f"demo:{month:%Y-%m}:{shop.id}", BOX)
