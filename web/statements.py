"""A shop's money: each month's statement, what the running month comes to so far, and where each sum comes from.

Its owner and the coordinator see it. Of other shops it tells sums without names; what a shop's customers did is told
only as far as calls.show tells it to whoever looks.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from babel.numbers import format_decimal
from flask import Blueprint, Response, abort, render_template, url_for
from flask_babel import get_locale
from flask_login import current_user

from ledger import accounts, charged, months, periods, statements, totals
from ledger.months import Month
from models import Accrual, Call, CostItem, CountedFact, Membership, Order, Period, Share, Shop, Statement, utcnow
from web import statement_csv
from web.access import found, shop_page
from web.languages import month_name
from web.money_words import TEXTS, basis, counted, quantity

statement_pages = Blueprint("statements", __name__)

FACTS = 100  # of the calls behind a sum; all of them are in the file


@statement_pages.app_template_global()
def statement_month(period: Period) -> str:
    """How a statement is called in an address: 2026-10."""
    return f"{period.month:%Y-%m}"


# --- statements --------------------------------------------------------------------------------------------------


@statement_pages.get("/shops/<int:shop_id>/statements")
@shop_page("coordinator")
def index(shop: Shop):
    """The latest statement; before the first one what the running month comes to."""
    made = statements.of_shop(shop)
    return statement_page(shop, made[0], made) if made else so_far_page(shop, made)


@statement_pages.get("/shops/<int:shop_id>/statements/<month>")
@shop_page("coordinator")
def show(shop: Shop, month: str):
    return statement_page(shop, statement_of(shop, month), statements.of_shop(shop))


def statement_of(shop: Shop, month: str) -> Statement:
    try:
        first = dt.date.fromisoformat(f"{month}-01")
    except ValueError:
        abort(404)
    return found(statements.find(shop, first))


def statement_page(shop: Shop, statement: Statement, made: list[Statement]):
    period, today = statement.period, months.today(utcnow())
    is_latest = statement == made[0]
    return render_template(
        "money/statement.html",
        shop=shop,
        statement=statement,
        period=period,
        month=month_name(period.month),
        lines=statements.lines(statement),
        basis=lambda line: basis(line.share, line.share.accrual, months.of(period.month).days),
        is_latest=is_latest,
        since=statements.waiting(shop) if is_latest else (),
        owed_minor=accounts.owed_by(shop),
        overdue=statements.overdue(shop, today),
        charge_minor=charged.of_shop(shop, months.of(period.month))[0],
        today=today,
        union_month=totals.of_period(period),
        picker=picker(shop, made, statement_month(period)),
        **TEXTS,
    )


def picker(shop: Shop, made: list[Statement], chosen: str) -> list[tuple[str, str, bool]]:
    """The months to choose from: the running one, then statements, the latest first; text, address, whether chosen."""
    running = ("", url_for("statements.so_far", shop_id=shop.id), not chosen)
    closed = [
        (month_name(row.period.month), url_for("statements.show", shop_id=shop.id, month=statement_month(row.period)),
         statement_month(row.period) == chosen)
        for row in made
    ]  # fmt: skip
    return [running, *closed]


@statement_pages.get("/shops/<int:shop_id>/statements/<month>.csv")
@shop_page("coordinator")
def csv(shop: Shop, month: str):
    statement = statement_of(shop, month)
    return as_file(statement_csv.statement(statement, statements.lines(statement)), f"statement-{shop.id}-{month}.csv")


def as_file(lines, name: str) -> Response:
    """A table for a spreadsheet."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response("".join(lines), mimetype="text/csv", headers=headers)


# --- so far ------------------------------------------------------------------------------------------------------


@statement_pages.get("/shops/<int:shop_id>/statements/so-far")
@shop_page("coordinator")
def so_far(shop: Shop):
    return so_far_page(shop, statements.of_shop(shop))


def so_far_page(shop: Shop, made: list[Statement]):
    """What the first month that isn't closed would come to for this shop, with what is known now."""
    month = month_so_far()
    planned = periods.preview(month)
    shares = [
        (accrual, share)
        for accrual in planned.accruals
        for share in accrual.shares
        if share.shop_id == shop.id and share.amount_minor
    ]
    return render_template(
        "money/so_far.html",
        shop=shop,
        month=month_name(month.first),
        is_over=utcnow() >= month.ends_at,
        shares=shares,
        basis=lambda accrual, share: basis(share, accrual, month.days),
        charge_minor=planned.charges.get(shop.id, 0),
        owed_minor=accounts.owed_by(shop),
        overdue=statements.overdue(shop, months.today(utcnow())),
        is_member=is_member(shop, month),
        union_month=totals.of_plan(planned),
        picker=picker(shop, made, ""),
        **TEXTS,
    )


def month_so_far() -> Month:
    """The running month, or an earlier one that waits to be closed."""
    running = months.at(utcnow())
    waiting = periods.next_to_close()
    return min(waiting, running) if waiting else running


def is_member(shop: Shop, month: Month) -> bool:
    ends = Membership.ends_on.is_null() | (Membership.ends_on > month.first)
    return Membership.select().where(Membership.shop == shop, Membership.starts_on < month.next_first, ends).exists()


# --- where a sum comes from ---------------------------------------------------------------------------------------


@statement_pages.get("/shops/<int:shop_id>/statements/shares/<int:share_id>")
@shop_page("coordinator")
def behind(shop: Shop, share_id: int):
    """Where a sum comes from: what the thing cost, everybody's part, the calls behind one's own, the odd kopeck."""
    share = share_of(shop, share_id)
    shown, accrual = statements.behind(share), share.accrual
    return render_template(
        "money/behind.html",
        shop=shop,
        behind=shown,
        share=share,
        accrual=accrual,
        item=accrual.item,
        period=accrual.period,
        month=month_name(accrual.period.month),
        quantity=quantity(accrual.item.method, accrual.quantity),
        basis=basis(share, accrual, months.of(accrual.period.month).days),
        exact=exact(shown),
        parts=sorted([(share.amount_minor, True), *((other, False) for other in shown.others)], reverse=True),
        facts=described(shop, shown.facts[:FACTS]),
        counted=counted,
        **TEXTS,
    )


def share_of(shop: Shop, share_id: int) -> Share:
    query = Share.select(Share, Accrual, CostItem, Period).join(Accrual).join(CostItem)
    query = query.switch(Accrual).join(Period)
    return found(query.where(Share.id == share_id, Share.shop == shop).first())


def exact(shown: statements.Behind) -> str | None:
    """The shop's exact part with the decimals that rounding took; None when it is a whole number of kopecks."""
    if shown.exact_minor % shown.of == 0:
        return None
    value = Decimal(shown.exact_minor) / (shown.of * 100)
    return format_decimal(value, "#,##0.00000", locale=get_locale())


def described(shop: Shop, facts: tuple[CountedFact, ...]) -> list[tuple[CountedFact, Call | Order | None]]:
    """Each fact with the call or the order it was; None when it isn't there any more."""
    keys = [fact.key for fact in facts]
    known = {call.key: call for call in Call.select().where(Call.shop == shop, Call.key.in_(keys))}
    if current_user.owns(shop.id):
        known |= {str(order.id): order for order in Order.select().where(Order.shop == shop, Order.id.in_(keys))}
    return [(fact, known.get(fact.key)) for fact in facts]


@statement_pages.get("/shops/<int:shop_id>/statements/shares/<int:share_id>.csv")
@shop_page("coordinator")
def facts_csv(shop: Shop, share_id: int):
    """Every call or order behind a sum, as a file."""
    facts = statements.behind(share_of(shop, share_id)).facts
    return as_file(statement_csv.facts(shop, facts, order_numbers(shop, facts)), f"behind-{shop.id}-{share_id}.csv")


def order_numbers(shop: Shop, facts: tuple[CountedFact, ...]) -> dict[str, int]:
    """Order.number by the key of an order's fact, for the owner alone."""
    if not current_user.owns(shop.id) or all(fact.kind == "call" for fact in facts):
        return {}
    rows = Order.select(Order.id, Order.number).where(Order.shop == shop).tuples()
    return {str(order_id): number for order_id, number in rows}
