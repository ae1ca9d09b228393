"""What costs the union money: entering it, ending it, and an operator's answer to a bonus or fine of hers.

An item is never edited: what was counted must stay explainable. It is ended and another one begun; one that no period
has counted yet may be taken out. Nothing is entered into a closed period.
"""

from __future__ import annotations

import datetime as dt

from ledger import rules
from ledger.closed import is_closed
from ledger.money import MOST_MINOR
from models import Accrual, CostItem, ItemAnswer, User, database
from union import audit
from union.audit import Actor
from union.faults import refuse_if

FOR_A_PERSON = ("hours", "answered")  # methods that need one
JUDGED = ("bonus", "fine")
TEXT_MOST = 2000


def add(values: dict, rule: dict | None, by: Actor) -> CostItem:
    """A new item by the columns of CostItem, and its first rule (see rules.add; None when a shop bears it alone or it
    is a commission). Raises Refused."""
    check(values)
    with database.atomic():
        item = CostItem.create(**values)
        if rule is not None:
            rules.add(item, {"starts_on": item.starts_on.replace(day=1), **rule}, by)
        audit.note(by, "cost_item.create", f"cost_item:{item.id}", shop=item.shop, detail=item.name)
    return item


def check(values: dict) -> None:
    """Raise Refused when an item of these columns may not be."""
    method, category = values.get("method"), values.get("category")
    starts_on, ends_on = values.get("starts_on"), values.get("ends_on")
    refuse_if(
        name=None if values.get("name", "").strip() else "missing",
        method=None if method in CostItem.METHODS else "unknown",
        category=None if category in CostItem.CATEGORIES else "unknown",
        amount_minor=None if 0 <= values.get("amount_minor", 0) <= MOST_MINOR else "amount_negative",
        rate_bp=_rate_fault(method, values.get("rate_bp", 0)),
        user=_user_fault(method, category, values.get("user")),
        starts_on=_start_fault(starts_on),
        ends_on="ends_before_start" if ends_on and starts_on and ends_on <= starts_on else None,
        evidence=_evidence_fault(category, values),
    )


def _rate_fault(method: str, rate_bp: int) -> str | None:
    if method == "commission":
        return None if 0 < rate_bp <= 10_000 else "rate_wrong"
    return "rate_wrong" if rate_bp else None


def _user_fault(method: str, category: str, user: User | None) -> str | None:
    needs_one = method in FOR_A_PERSON or category in JUDGED
    return "person_missing" if needs_one and user is None else None


def _start_fault(starts_on: dt.date | None) -> str | None:
    if starts_on is None:
        return "missing"
    return "period_closed" if is_closed(starts_on) else None


def _evidence_fault(category: str, values: dict) -> str | None:
    """Nobody is fined or praised in money without a call or a reason she can look at."""
    given = values.get("evidence_call") or values.get("evidence", "").strip()
    return "evidence_missing" if category in JUDGED and not given else None


def end(item: CostItem, last_day: dt.date, by: Actor) -> None:
    """The item costs nothing any more after last_day. Raises Refused."""
    ends_on = last_day + dt.timedelta(days=1)
    refuse_if(
        last_day="ends_before_start"
        if ends_on <= item.starts_on
        else "period_closed"
        if is_closed(ends_on) or (item.ends_on and is_closed(item.ends_on))
        else None
    )
    with database.atomic():
        CostItem.update(ends_on=ends_on).where(CostItem.id == item.id).execute()
        audit.note(by, "cost_item.end", f"cost_item:{item.id}", shop=item.shop, detail=last_day.isoformat())


def take_out(item: CostItem, by: Actor) -> None:
    """An item entered by mistake is no more. Raises Refused once a period has counted it: reverse that then."""
    with database.atomic():
        counted = Accrual.select().where(Accrual.item == item).exists()
        refuse_if(item="item_counted" if counted else None)
        audit.note(by, "cost_item.delete", f"cost_item:{item.id}", shop=item.shop, detail=item.name)
        CostItem.delete().where(CostItem.id == item.id).execute()


def answer(item: CostItem, user: User, text: str) -> ItemAnswer:
    """She says something to a bonus or fine of hers. Raises Refused."""
    refuse_if(
        item=None if item.category in JUDGED and item.user_id == user.id else "not_yours",
        text="missing" if not text.strip() else "note_long" if len(text) > TEXT_MOST else None,
    )
    return ItemAnswer.create(item=item, user=user, text=text.strip())


def of_person(user: User) -> list[CostItem]:
    """Her own bonus and fine lines, the latest first: all of money that an operator sees."""
    own = CostItem.select().where(CostItem.user == user, CostItem.category.in_(JUDGED))
    return list(own.order_by(CostItem.starts_on.desc(), CostItem.id.desc()))
