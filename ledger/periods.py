"""A month: looked at any time, closed once, and never touched again.

The close is one database transaction: the counted facts, an accrual and its shares per item, one ledger transaction
per item (the cost to whom it is owed, the shares to the shops), the result to or from the reserve, and a statement
per shop. Killed anywhere, it happened whole or not at all; asked for again, it gives the period that is there.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator

from calls import usage
from ledger import accounts, counted, months, rules, statements, transactions
from ledger.closed import next_to_close
from ledger.months import Month
from ledger.plan import Given, Plan, PlannedAccrual, plan
from models import Accrual, CostItem, Membership, Period, Share, Shop, database
from settings import Settings
from union import audit
from union.audit import BOX, Actor
from union.faults import refuse_if


def preview(month: Month) -> Plan:
    """A month as it would be closed with what is known now; nothing is written."""
    return plan(collect(month))


def collect(month: Month) -> Given:
    """What a month is planned from, read once."""
    return Given(
        month=month,
        items=list(CostItem.select().order_by(CostItem.id)),
        rules=rules.of_month(month),
        weights=rules.weights(),
        memberships=list(Membership.select(Membership).join(Shop).where(~Shop.is_test).order_by(Membership.id)),
        counted=counted.Counted(counted.uncounted(month), month.zone),
        presence=lambda first, last: usage.presence_seconds(
            usage.midnight(first, month.zone), usage.midnight(last, month.zone)
        ),
        reserve_minor=accounts.reserve(),
        carried_minor=accounts.unappropriated(),
    )


# --- closing --------------------------------------------------------------------------------------------------


def close(month: Month, now: dt.datetime, settings: Settings, by: Actor = BOX) -> Period:
    """Close a month, once. Raises Refused: it isn't over, an earlier one is open, there is nobody to pay for it."""
    with database.atomic():
        if closed := Period.get_or_none(Period.month == month.first):
            return closed
        _check(month, now)
        given = collect(month)
        planned = plan(given)
        refuse_if(month="no_members" if planned.unshared else None)
        period = _open(planned, given, now, settings, by)
        counted.count(period, given.counted.facts)
        for accrual in planned.accruals:
            _accrue(period, accrual, month, by)
        _appropriate(planned, by)
        statements.make(period, month)
        audit.note(by, "period.close", f"period:{period.id}", detail=f"{month.first:%Y-%m}")
        return period


def _check(month: Month, now: dt.datetime) -> None:
    due = next_to_close()
    refuse_if(month="period_running" if now < month.ends_at else None)
    refuse_if(month="nothing_to_close" if due is None else "earlier_open" if month != due else None)


def _open(planned: Plan, given: Given, now: dt.datetime, settings: Settings, by: Actor) -> Period:
    month = planned.month
    return Period.create(
        month=month.first, starts_at=month.starts_at, ends_at=month.ends_at, closed_at=now, closed_by=by.user,
        due_on=months.today(now) + dt.timedelta(days=settings.payment_days),
        reserve_before_minor=planned.reserve_before_minor, reserve_after_minor=planned.reserve_after_minor,
        digest=digest(_planned_rows(planned), given.counted.facts),
    )  # fmt: skip


def _accrue(period: Period, accrual: PlannedAccrual, month: Month, by: Actor) -> None:
    key = f"accrual:{month.first:%Y-%m}:{accrual.item.id}"
    postings = _postings(accrual)
    transaction = None
    if any(postings.values()):
        transaction = transactions.post(key, month.last_day, "accrual", postings, text=accrual.item.name, user=by.user)
    row = Accrual.create(
        period=period, item=accrual.item, transaction=transaction, cost_minor=accrual.cost.cost_minor,
        quantity=accrual.cost.quantity, fixed_minor=accrual.fixed_minor, covered_minor=accrual.covered_minor,
        shared_minor=accrual.shared_minor, basis=accrual.basis, weight_total=accrual.weight_total,
        note=" ".join(accrual.notes),
    )  # fmt: skip
    if accrual.shares:
        columns = [Share.accrual, Share.shop, Share.days, Share.weight, Share.fixed_minor, Share.split_minor,
                   Share.odd_minor]  # fmt: skip
        Share.insert_many([(row.id, *_share_row(share)) for share in accrual.shares], columns).execute()


def _postings(accrual: PlannedAccrual) -> dict[str, int]:
    """The cost to whom it is owed, the shares to the shops."""
    postings = {accounts.expense(accrual.item.category): accrual.cost.cost_minor}
    for user_id, owed in accrual.cost.payees.items():
        postings[accounts.payable(user_id)] = -owed
    for share in accrual.shares:
        postings[accounts.receivable(share.shop_id)] = share.amount_minor
    postings[accounts.RECHARGES] = -sum(share.amount_minor for share in accrual.shares)
    return postings


def _appropriate(planned: Plan, by: Actor) -> None:
    """The month's result goes to the reserve, or comes from it."""
    if change := planned.to_reserve_minor:
        month = planned.month
        transactions.post(
            f"reserve:{month.first:%Y-%m}", month.last_day, "reserve",
            {accounts.APPROPRIATED: change, accounts.RESERVE: -change}, user=by.user,
        )  # fmt: skip


# --- by timetable ---------------------------------------------------------------------------------------------


def close_due(now: dt.datetime, settings: Settings) -> list[Period]:
    """Close every month whose day has come: the close_day of the month after it, in the union's zone."""
    closed = []
    while (month := next_to_close()) and months.today(now) >= month.next_first.replace(day=settings.close_day):
        closed.append(close(month, now, settings))
    return closed


# --- what was frozen ------------------------------------------------------------------------------------------


def digest(rows: Iterable[tuple], facts: list[usage.Fact]) -> str:
    """SHA-256 (hex) over a period's accruals and shares and the facts it counted, in the order they are written."""
    return hashlib.sha256(json.dumps([list(rows), facts], ensure_ascii=False).encode()).hexdigest()


def _planned_rows(planned: Plan) -> Iterator[tuple]:
    for accrual in planned.accruals:
        yield (accrual.item.id, accrual.cost.cost_minor, accrual.cost.quantity, accrual.fixed_minor,
               accrual.covered_minor, accrual.shared_minor, accrual.basis, accrual.weight_total,
               " ".join(accrual.notes))  # fmt: skip
        yield from map(_share_row, accrual.shares)


def _share_row(share) -> tuple:
    return share.shop_id, share.days, share.weight, share.fixed_minor, share.split_minor, share.odd_minor


def frozen_digest(period: Period) -> str:
    """The digest of what the database holds of a period now; it must be the one written at the close."""
    return digest(_frozen_rows(period), list(counted.of(period)))


def _frozen_rows(period: Period) -> Iterator[tuple]:
    for accrual in period.accruals.order_by(Accrual.id):
        yield (accrual.item_id, accrual.cost_minor, accrual.quantity, accrual.fixed_minor, accrual.covered_minor,
               accrual.shared_minor, accrual.basis, accrual.weight_total, accrual.note)  # fmt: skip
        yield from map(_share_row, accrual.shares.order_by(Share.id))
