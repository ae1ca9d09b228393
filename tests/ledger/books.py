"""Little unions to keep books for: shops, who costs what, and calls written as the facts they are."""

from __future__ import annotations

import datetime as dt
from itertools import count
from zoneinfo import ZoneInfo

from ledger import cost_items, months, periods, statements
from models import Call, CostItem, InstantField, Membership, Payment, Period, Queue, Shop, Union, User, database
from settings import Settings
from union.audit import BOX

KYIV = ZoneInfo("Europe/Kyiv")
NOVEMBER, DECEMBER, JANUARY = dt.date(2025, 11, 1), dt.date(2025, 12, 1), dt.date(2026, 1, 1)
_keys = count(1)


def union(shops: int, since: dt.date = dt.date(2025, 1, 1)) -> list[Shop]:
    """A union in Kyiv and so many shops, members since this day."""
    Union.create(id=1, name="Спілка")
    queue = Queue.create(name="line")
    made = [Shop.create(name=f"Крамниця {number}", queue=queue) for number in range(1, shops + 1)]
    for shop in made:
        Membership.create(shop=shop, starts_on=since)
    return made


def person(name: str = "Марія") -> User:
    return User.create(email=f"{name}{next(_keys)}@example.com", name=name, password_hash="x")


def leaves(shop: Shop, first_day_out: dt.date) -> None:
    Membership.update(ends_on=first_day_out).where(Membership.shop == shop).execute()


def item(name: str, amount_minor: int, rule: dict | None, **values) -> CostItem:
    """A monthly item of November's first day, unless values say otherwise."""
    given = {"name": name, "category": "other", "method": "monthly", "amount_minor": amount_minor,
             "starts_on": NOVEMBER} | values  # fmt: skip
    return cost_items.add(given, rule, BOX)


def equally() -> dict:
    return {"kind": "split", "basis": "equal"}


def by(basis: str, **more) -> dict:
    return {"kind": "split", "basis": basis, **more}


def fee(amount_minor: int, basis: str = "equal") -> dict:
    return {"kind": "fee", "amount_minor": amount_minor, "basis": basis}


def from_fees(basis: str = "equal") -> dict:
    return {"kind": "fees", "basis": basis}


def proposal(operator: User | None = None) -> list[CostItem]:
    """The proposal's sum: a fee of 350.00 each; operator 3 500.00, server 500.00, trainee 1 800.00."""
    return [
        item("Оператор", 350_000, fee(35_000), category="operator", user=operator),
        item("Сервер", 50_000, from_fees(), category="server"),
        item("Стажер", 180_000, from_fees(), category="trainee"),
    ]


CALL = (
    "INSERT INTO call (key, direction, shop_id, withheld, arrived_at, menu_path, operator_id, talk_seconds, ended_at, "
    "ended_by, ending, attempt, recording, flags) VALUES (?, 'in', ?, 0, ?, '', ?, ?, ?, 'customer', ?, '', '', '')"
)


def calls(shop: Shop, operator: User, at: dt.datetime, number: int = 1, talk_seconds: int = 60,
          ending: str = "answered", every_seconds: int = 60) -> None:  # fmt: skip
    """So many answered calls from an instant on, one a minute."""
    stored = InstantField().db_value
    rows = []
    for place in range(number):
        starts = at + dt.timedelta(seconds=every_seconds * place)
        ends = starts + dt.timedelta(seconds=talk_seconds)
        rows.append((f"c{next(_keys)}", shop.id, stored(starts), operator.id, talk_seconds, stored(ends), ending))
    database.connection().cursor().executemany(CALL, rows)


def local(day: dt.date, hour: int = 12, minute: int = 0) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour, minute), KYIV)


def close(first: dt.date, settings: Settings) -> Period:
    """Close a month on the 3rd of the next."""
    month = months.of(first)
    return periods.close(month, local(month.next_first.replace(day=3)), settings)


def bill(shop: Shop, first: dt.date) -> list[int]:
    """The sums of a shop's statement of a month, line by line."""
    return [line.amount_minor for line in statements.lines(statements.find(shop, first))]


def pay(shop: Shop, amount_minor: int, day: dt.date, key: str = "") -> Payment:
    from ledger import payments

    values = {"kind": "shop", "shop": shop, "place": "bank", "day": day, "amount_minor": amount_minor}
    return payments.enter(values, key or f"test-{next(_keys)}", BOX)


def last_call_key() -> str:
    return Call.select(Call.key).order_by(Call.id.desc()).get().key
