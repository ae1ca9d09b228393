"""Reports: how well callers are answered, for a shop's owner and for the union's coordinator.

Every figure is asked of calls/service_level.py and printed with its definition; what the list of calls can show is a
link to exactly those calls. Days are the shop's own. The file holds the same figures, a day a line.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from flask import Blueprint, Response, render_template, url_for
from flask_babel import format_date, gettext

from calls import occupancy, service_level
from calls.call_log import Filter
from calls.counting import Counts
from calls.service_level import Report
from models import Did, Shop, User, utcnow
from web import charts, report_csv
from web.access import allow, settings, shop_page
from web.calls import address as calls_address
from web.languages import number, today, weekdays, zone
from web.missed_cost import missed
from web.report_period import NAMES, Period, asked, usual
from web.report_words import BY_NAME, FIGURES, OCCUPANCY, UNRELIABLE
from web.staffing import staffing

reports = Blueprint("reports", __name__)
reports.register_blueprint(missed)
reports.register_blueprint(staffing)

UNANSWERED = ("abandoned", "asked", "nobody", "cut")


@reports.get("/shops/<int:shop_id>/reports")
@shop_page("coordinator")
def shop(shop: Shop):
    period = asked(today(shop))
    report = service_level.read([shop], period.first, period.last, settings(), period.is_by_day)
    dids = {did.id: did.label or number(did.number) for did in shop.dids.order_by(Did.starts_at)}
    return render_template(
        "reports/shop.html",
        shop=shop,
        tables=[
            (gettext("By operator"), [
                (name, counts, shop_link(shop, period, **who_answered(key)))
                for key, name, counts in named(report.by("operator"), people(), gettext("Owner's mobile")) if counts.answered
            ]),
            (gettext("By number called"), [
                (name, counts, shop_link(shop, period, "answered", did=key))
                for key, name, counts in named(report.by("did"), dids, gettext("Other numbers"))
            ]),
        ],
        link=lambda group: shop_link(shop, period, group),
        csv=url_for("reports.shop_csv", shop_id=shop.id, **period.address),
        **common(report, period, today(shop), url_for("reports.shop", shop_id=shop.id)),
    )  # fmt: skip


@reports.get("/shops/<int:shop_id>/reports.csv")
@shop_page("coordinator")
def shop_csv(shop: Shop):
    period = asked(today(shop))
    return download(f"report-{shop.id}", period, [shop])


@reports.get("/reports")
@allow("coordinator")
def union():
    period, shops = asked(today()), service_level.shops_of_union()
    report = service_level.read(shops, period.first, period.last, settings(), period.is_by_day)
    operators = report.by("operator")
    spent = occupancy.presence(period.first, period.last, zone(), utcnow())
    work = occupancy.of_operators(operators, spent)
    by_shop = report.by("shop")
    return render_template(
        "reports/union.html",
        shops=[(shop, by_shop.get(shop.id, Counts())) for shop in shops],
        tables=[
            (gettext("By operator"), [
                (name, counts, None)
                for _, name, counts in named(operators, people(), gettext("Owner's mobile")) if counts.answered
            ]),
        ],
        occupancy=[(name, work[user]) for user, name in people().items() if user in work],
        occupancy_meaning=OCCUPANCY,
        csv=url_for("reports.union_csv", **period.address),
        **common(report, period, today(), url_for("reports.union")),
    )  # fmt: skip


@reports.get("/reports.csv")
@allow("coordinator")
def union_csv():
    return download("report", asked(today()), service_level.shops_of_union())


# --- what both pages need ------------------------------------------------------------------------------------------


def common(report: Report, period: Period, date: dt.date, here: str) -> dict:
    """What the fragments of a report need, whosever it is."""
    return {
        "period": period,
        "periods": [(NAMES[name], days, f"{here}?from={days.first}&to={days.last}") for name, days in usual(date).items()],
        "here": here,
        "whole": report.whole,
        "figures": FIGURES,
        "figure": BY_NAME,
        "within": settings().answer_within_seconds,
        "least": service_level.RELIABLE_LEAST,
        "unreliable": UNRELIABLE,
        "columns": (columns := in_columns(report, period)),
        "bars": charts.bars([(label, [c.answered, sum(getattr(c, why) for why in UNANSWERED)]) for label, c in columns]),
        "weeks": (weeks := hours_in_mean(report, period)),
        "heat": charts.heat(weeks),
        "busiest": max(weeks, key=weeks.get, default=None),
        "weekdays": weekdays("EE"),
        "weekdays_long": weekdays("EEEE"),
    }  # fmt: skip


def in_columns(report: Report, period: Period) -> list[tuple[str, Counts]]:
    """The counts of each day, or of each month of a long period, under a short name."""
    counts = report.by("day" if period.is_by_day else "month")
    spans = period.dates if period.is_by_day else period.months
    return [(format_date(day, "d.MM" if period.is_by_day else "LLL"), counts.get(day, Counts())) for day in spans]


def hours_in_mean(report: Report, period: Period) -> dict[tuple[int, int], float]:
    """How many calls arrive in each hour of the week, in the mean of the period's weeks."""
    days = [date.weekday() for date in period.dates]
    return {(day, hour): counts.arrived / max(1, days.count(day)) for (day, hour), counts in report.hours.items()}


def people() -> dict[int, str]:
    return {user.id: user.name for user in User.select(User.id, User.name).order_by(User.name)}


def named(groups: dict, names: dict[int, str], nobody: str) -> Iterable[tuple[int | None, str, Counts]]:
    """The groups of a report with their names, most offered first."""
    rows = [(key, names.get(key, nobody), counts) for key, counts in groups.items()]
    return sorted(rows, key=lambda row: (row[0] is None, -row[2].offered))


def shop_link(shop: Shop, period: Period, group: str, **more: int | None) -> str | None:
    """The list of exactly these calls; None where it can't be asked for."""
    if None in more.values():
        return None
    return calls_address(shop, Filter(period.first, period.last, group, **more))


def who_answered(user: int | None) -> dict:
    """What the list is asked for to show an operator's answered calls, or those of the owner's mobile."""
    return {"group": "by_operator", "operator": user} if user else {"group": "by_mobile"}


def download(name: str, period: Period, shops: list[Shop]) -> Response:
    report = service_level.read(shops, period.first, period.last, settings())
    return Response(
        "".join(report_csv.lines(report, {shop.id: shop.name for shop in shops})),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{name}-{period.first}-{period.last}.csv"'},
    )
