"""What lost callers cost a shop in a month, beside its share of the union's costs: for its owner alone, like its orders."""

from __future__ import annotations

import datetime as dt

from flask import Blueprint, render_template, request, url_for

from calls.call_log import Filter
from ledger import charged, months
from models import Shop
from orders import funnel, missed_cost
from web.access import shop_page
from web.calls import address
from web.languages import month_name, today

MONTHS = 6

missed = Blueprint("missed", __name__)


@missed.get("/shops/<int:shop_id>/reports/missed")
@shop_page()
def show(shop: Shop):
    recent = funnel.months_until(today(shop), MONTHS)
    month = next((first for first in recent if f"{first:%Y-%m}" == request.args.get("month")), recent[0])
    last = min(funnel.last_of(month), today(shop))
    share_minor, is_closed = charged.of_shop(shop, months.of(month))
    return render_template(
        "reports/missed.html",
        shop=shop,
        month=month,
        months=[(first, month_name(first), link(shop, first)) for first in recent],
        lost=missed_cost.read(shop, month, last),
        calls=address(shop, Filter(month, last, "lost")),
        share_minor=share_minor,
        is_closed=is_closed,
    )


def link(shop: Shop, month: dt.date) -> str:
    return url_for("reports.missed.show", shop_id=shop.id, month=f"{month:%Y-%m}")
