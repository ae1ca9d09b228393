"""The books of the small union: a fee, shared costs, a bonus and a fine, two months closed, one that runs, payments.

Months are counted from today, so that the pages always show a closed month beside the one that runs.
"""

from __future__ import annotations

import datetime as dt

from ledger import cost_items, months, payments, periods
from ledger.months import Month
from models import Call, CostItem, Period, Shop, utcnow
from settings import Settings
from tests.web.seed import CUSTOMERS, Cast
from union.audit import BOX, Actor


def books(cast: Cast, settings: Settings) -> list[Period]:
    """Costs since two months, both closed; the tea shop has paid the first of them, the soap shop nothing."""
    now = utcnow()
    running = months.at(now)
    first, second = running.back(2), running.back(1)
    _costs(cast, first)
    for month, mine, others in ((first, 17, 9), (second, 41, 12)):
        _calls(cast, cast.tea, month, mine)
        _calls(cast, cast.soap, month, others)
    by = Actor(cast.coordinator)
    closed = [periods.close(first, now, settings, by)]
    pay(cast.tea, 412_990, second.first + dt.timedelta(days=8), by, "Членський внесок")
    return [*closed, periods.close(second, now, settings, by)]


def month_word(back: int) -> str:
    """The month so many before the running one, as addresses write it."""
    return f"{Month(utcnow().date().replace(day=1), dt.UTC).back(back).first:%Y-%m}"


def _costs(cast: Cast, since: Month) -> None:
    item("Оператор", "operator", 350_000, {"kind": "fee", "amount_minor": 330_000, "basis": "equal"}, since.first, user=cast.operator)  # fmt: skip
    item("Сервер", "server", 50_000, {"kind": "fees", "basis": "equal"}, since.first)
    item("Стажер", "trainee", 180_000, {"kind": "fees", "basis": "equal"}, since.first, user=cast.trainee)
    item("Додаткові години лінії", "operator", 40_003, {"kind": "split", "basis": "calls"}, since.first, user=cast.operator)  # fmt: skip
    item("Рахунок за телефонію", "telephone", 12_745, None, since.last_day, method="once", shop=cast.tea)
    equally, second = {"kind": "split", "basis": "equal"}, since.next()
    item("Премія за складного клієнта", "bonus", 15_001, equally, second.first, method="once", user=cast.operator,
         evidence="Терпляче допомогла обрати чай для великого замовлення", evidence_call="a7.1")  # fmt: skip
    fine = item("Запізнення на зміну", "fine", 5_000, equally, second.first, method="once", user=cast.operator,
                evidence="12-го лінія чекала 40 хвилин")  # fmt: skip
    cost_items.answer(fine, cast.operator, "Того дня у нас вимкнули світло, я попередила в чаті.")


def item(name: str, category: str, amount_minor: int, rule: dict | None, starts_on: dt.date, **more) -> CostItem:
    values = {"name": name, "category": category, "method": "monthly", "amount_minor": amount_minor, "starts_on": starts_on}  # fmt: skip
    return cost_items.add(values | more, rule, BOX)


def _calls(cast: Cast, shop: Shop, month: Month, number: int) -> None:
    """So many conversations of a month, one every five hours."""
    for place in range(number):
        at = month.starts_at + dt.timedelta(hours=9 + 5 * place, minutes=7 * place % 60)
        ends, key = at + dt.timedelta(seconds=90 + 3 * place), f"b{shop.id}-{month.first:%Y%m}-{place}.1"
        Call.create(key=key, direction="in", shop=shop, did=shop.dids.first(), customer=CUSTOMERS[place % 5], arrived_at=at,
                    answered_at=at, ended_at=ends, operator=cast.operator, talk_seconds=90 + 3 * place, ended_by="customer",
                    ending="answered")  # fmt: skip


def pay(shop: Shop, amount_minor: int, day: dt.date, by: Actor = BOX, note: str = ""):
    values = {"kind": "shop", "shop": shop, "place": "bank", "day": day, "amount_minor": amount_minor,
              "reference": f"{shop.id}-{day:%m%d}", "note": note}  # fmt: skip
    return payments.enter(values, f"seed-{shop.id}-{day}-{amount_minor}", by)
