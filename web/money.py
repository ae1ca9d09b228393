"""The union's money, for its coordinator: how it stands, who owes, and the months: looked at any time, closed once.

Sums of every shop, nothing of any shop's customers.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from ledger import accounts, checked, months, periods, statements, totals
from ledger.months import Month
from ledger.plan import Plan
from models import Account, Accrual, CostItem, Period, Share, Shop, User, utcnow
from web.access import allow, settings
from web.forms import Form
from web.languages import month_name
from web.money_words import TEXTS, basis, quantity
from web.statements import month_so_far

money_pages = Blueprint("money", __name__)


@dataclass(frozen=True)
class Cost:
    """An item's cost of a month and how it is met, planned or closed; parts: (shop, sum, by what)."""

    item: CostItem
    cost_minor: int
    quantity: str
    fixed_minor: int
    covered_minor: int
    shared_minor: int
    basis: str
    notes: tuple[str, ...]
    parts: tuple[tuple[Shop, int, str], ...]


TABS = (
    (_l("Overview"), "money.index"),
    (_l("Costs"), "cost_items.index"),
    (_l("Payments"), "payments.index"),
    (_l("Forecast"), "forecast.show"),
    (_l("Books"), "books.index"),
)


@money_pages.app_context_processor
def tabs() -> dict:
    """The pages of the union's money, for their head."""
    return {"money_tabs": TABS}


@money_pages.get("/money")
@allow("coordinator")
def index():
    month = month_so_far()
    planned = periods.preview(month)
    today = months.today(utcnow())
    look = checked.last()
    debts = [(shop, accounts.owed_by(shop), statements.overdue(shop, today)) for shop in who_has_account()]
    return render_template(
        "money/index.html",
        month=month,
        month_text=month_name(month.first),
        is_over=utcnow() >= month.ends_at,
        closes_on=month.next_first.replace(day=settings().close_day),
        union_month=totals.of_plan(planned),
        noted=sorted({note for accrual in planned.accruals for note in accrual.notes}),
        debts=sorted(debts, key=lambda debt: -debt[1]),
        owed_minor=sum(owed for _, owed, _ in debts if owed > 0),
        bank_minor=accounts.balance(accounts.BANK),
        cash_minor=accounts.balance(accounts.CASH),
        payables=payables(),
        closed=[(month_name(period.month), period) for period in Period.select().order_by(Period.month.desc())],
        look=look,
        faults=checked.faults(look) if look else [],
        **TEXTS,
    )


def who_has_account() -> list[Shop]:
    """Members and whoever was one: every shop with an account."""
    return list(Shop.select().join(Account).order_by(Shop.name))


def payables() -> list[tuple[str, int]]:
    """Whom the union owes what: operators by name, then suppliers together."""
    operators = User.select().join(Account).order_by(User.name)
    owed = [(user.name, accounts.owed_to(user)) for user in operators]
    return [row for row in (*owed, (gettext("Suppliers"), -accounts.balance(accounts.SUPPLIERS))) if row[1]]


# --- a month -----------------------------------------------------------------------------------------------------


@money_pages.get("/money/months/<month>")
@allow("coordinator")
def month(month: str):
    return month_page(read_month(month), Form(formdata=None))


def read_month(text: str) -> Month:
    """The month of an address, 2026-10; 404 when it is none that the books know."""
    try:
        found = months.of(dt.date.fromisoformat(f"{text}-01"))
    except ValueError:
        abort(404)
    is_closed = Period.select().where(Period.month == found.first).exists()
    if not is_closed and found != month_so_far():
        abort(404)
    return found


def month_page(month: Month, form: Form):
    period = Period.get_or_none(Period.month == month.first)
    planned = None if period else periods.preview(month)
    costs = closed_costs(period, month) if period else planned_costs(planned)
    charges: dict[Shop, int] = {}
    for cost in costs:
        for shop, amount, _ in cost.parts:
            charges[shop] = charges.get(shop, 0) + amount
    return render_template(
        "money/month.html",
        month=month,
        month_text=month_name(month.first),
        form=form,
        period=period,
        planned=planned,
        is_over=utcnow() >= month.ends_at,
        costs=costs,
        charges=sorted(charges.items(), key=lambda charge: charge[0].name),
        first_served=Shop.get_or_none(Shop.id == planned.rotation[0]) if planned and planned.rotation else None,
        union_month=totals.of_period(period) if period else totals.of_plan(planned),
        **TEXTS,
    ), form.status


def planned_costs(planned: Plan) -> list[Cost]:
    shops = {shop.id: shop for shop in Shop.select()}
    return [
        Cost(
            accrual.item, accrual.cost.cost_minor, quantity(accrual.item.method, accrual.cost.quantity),
            accrual.fixed_minor, accrual.covered_minor, accrual.shared_minor, accrual.basis, accrual.notes,
            tuple((shops[share.shop_id], share.amount_minor, basis(share, accrual, planned.month.days))
                  for share in accrual.shares),
        )
        for accrual in planned.accruals
    ]  # fmt: skip


def closed_costs(period: Period, month: Month) -> list[Cost]:
    accruals = Accrual.select(Accrual, CostItem).join(CostItem).where(Accrual.period == period).order_by(Accrual.id)
    shares = Share.select(Share, Shop).join(Shop).order_by(Share.shop)
    return [
        Cost(
            accrual.item, accrual.cost_minor, quantity(accrual.item.method, accrual.quantity), accrual.fixed_minor,
            accrual.covered_minor, accrual.shared_minor, accrual.basis, tuple(accrual.note.split()),
            tuple((share.shop, share.amount_minor, basis(share, accrual, month.days))
                  for share in shares.where(Share.accrual == accrual)),
        )
        for accrual in accruals
    ]  # fmt: skip


@money_pages.post("/money/months/<month>/close")
@allow("coordinator")
def close(month: str):
    wanted, form = read_month(month), Form()
    if form.carries_out(lambda: periods.close(wanted, utcnow(), settings(), current_user.actor)):
        flash(
            gettext("%(month)s is closed. Every shop has its statement.", month=month_name(wanted.first).capitalize())
        )
        return redirect(url_for("money.month", month=month))
    return month_page(wanted, form)
