"""The books of the demonstration union: the proposal's own sum, month by month, entered and closed by the rules the
pages use.

First month: twenty shops pay 350.00 each, 7 000.00 together; operator 3 500.00, server 500.00 and trainee 1 800.00
leave 1 200.00 for the reserve. Second: five shops leave in the middle of it and pay for their days. Third: there is no
fee any more, the costs are split exactly. The month that runs has a bonus, a bill of one shop and hours by the call.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from ledger import accounts, cost_items, months, payments, periods, rules
from ledger.months import Month
from models import CostItem, Shop, User
from settings import Settings
from union.audit import BOX
from upkeep.demo import Demo

FEE = {"kind": "fee", "amount_minor": 35_000, "basis": "equal"}
FEES = {"kind": "fees", "basis": "equal"}
EQUALLY, BY_CALLS = ({"kind": "split", "basis": basis} for basis in ("equal", "calls"))
CLOSES = dt.timedelta(days=2, hours=4, minutes=20)  # after the month: as the timetable does it
PAYS_ON = 8  # of the month after: who gets a statement pays it, and the union pays whom it owes


def keep(demo: Demo, settings: Settings, now: dt.datetime) -> None:
    """Three months of costs, closed one after the other and paid for by nearly all; the costs of the one that runs."""
    first = months.of(demo.first)
    second, third, running = first.next(), first.next().next(), months.at(now)
    shared = _shared(demo.operator, demo.trainee, first)
    _close(first, demo, settings, now)
    _close(second, demo, settings, now, late=demo.left[-1:])
    for item, rule in zip(shared, (BY_CALLS, EQUALLY, BY_CALLS), strict=True):
        rules.add(item, {"starts_on": third.first, **rule}, BOX)
    _close(third, demo, settings, now, late=[*demo.left[-1:], demo.shops["soap"]])
    _more(demo.operator, demo.shops["tools"], running.first)


def _shared(operator: User, trainee: User, since: Month) -> list[CostItem]:
    """What all shops bear: from the fee at first."""
    return [
        _item("Оператор", "operator", 350_000, FEE, since.first, user=operator),
        _item("Сервер", "server", 50_000, FEES, since.first),
        _item("Стажер", "trainee", 180_000, FEES, since.first, user=trainee),
    ]


def _more(operator: User, tools: Shop, since: dt.date) -> None:
    _item("Додаткові години лінії", "operator", 40_000, BY_CALLS, since, user=operator)
    _item("Рахунок за телефонію", "telephone", 12_745, None, since, method="once", shop=tools)
    _item("Премія за складного клієнта", "bonus", 15_000, EQUALLY, since, method="once", user=operator,
          evidence="Терпляче допомогла обрати чай для великого замовлення")  # fmt: skip


def _item(name: str, category: str, amount_minor: int, rule: dict | None, since: dt.date, **more) -> CostItem:
    values = {"name": name, "category": category, "method": "monthly", "amount_minor": amount_minor, "starts_on": since}
    return cost_items.add(values | more, rule, BOX)


# --- a month's end -------------------------------------------------------------------------------------------------


def _close(month: Month, demo: Demo, settings: Settings, now: dt.datetime, late: Sequence[Shop] = ()) -> None:
    """Close a month, and once its day has come let every shop but the late ones pay what it owes, and pay whom we owe."""
    periods.close(month, min(now, month.ends_at + CLOSES), settings)
    day = month.next_first.replace(day=PAYS_ON)
    if day > months.today(now):
        return
    for shop in (*demo.shops.values(), *demo.smaller.values(), *demo.left):
        if shop not in late:
            _pay("shop", accounts.owed_by(shop), day, f"{shop.id}/{month.first:%m}", shop=shop, note="Внесок за місяць")
    for user in (demo.operator, demo.trainee):
        _pay("operator", accounts.owed_to(user), day, f"{user.id}/{month.first:%m}", user=user)
    _pay("supplier", -accounts.balance(accounts.SUPPLIERS), day, f"{month.first:%m}", note="Сервер")


def _pay(kind: str, amount_minor: int, day: dt.date, reference: str, **more) -> None:
    if amount_minor > 0:
        values = {"kind": kind, "place": "bank", "day": day, "amount_minor": amount_minor, "reference": reference}
        payments.enter(values | more, f"demo:{kind}:{day}:{reference}", BOX)
