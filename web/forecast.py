"""What the fee becomes with more or fewer shops, and how long the reserve lasts if three leave: two small charts.

Drawn on the server as SVG, with the same figures in a table for whoever doesn't see them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, render_template, request

from ledger import accounts, forecast, months, periods, totals
from ledger.totals import Totals
from models import Membership, Period, Shop, utcnow
from web.access import allow
from web.languages import month_name
from web.statements import month_so_far

forecast_page = Blueprint("forecast", __name__)

WIDTH, HEIGHT, FOOT, HEAD = 640, 180, 22, 20  # of a chart, in its own units
LEAVE, LEAVE_MOST = 3, 10


@dataclass(frozen=True)
class Bar:
    """A bar of a chart: where it stands, its figure, its label, and what is special about it."""

    x: int
    y: int
    width: int
    height: int
    minor: int
    label: str
    mark: str = ""

    @property
    def middle(self) -> int:
        return self.x + self.width // 2


@forecast_page.get("/money/forecast")
@allow("coordinator")
def show():
    month, figures = base()
    members = members_now()
    leave = max(1, min(request.args.get("leave", LEAVE, type=int), LEAVE_MOST, members - 1))
    fees = forecast.fees(figures.cost_minor, range(min(members or 10, 10), max(members, 20) + 1))
    course = forecast.leaving(figures.cost_minor, figures.charged_minor, members, accounts.reserve(), leave)
    return render_template(
        "money/forecast.html",
        month=month,
        figures=figures,
        members=members,
        leave=leave,
        choices=range(1, min(LEAVE_MOST, max(members - 1, 1)) + 1),
        fees=[(fee, bar) for fee, bar in zip(fees, fee_bars(fees, members), strict=True)],
        course=course,
        reserve_bars=reserve_bars(course) if course else (),
        reserve_minor=accounts.reserve(),
        size=(WIDTH, HEIGHT + FOOT),
        floor=HEIGHT,
    )


def base() -> tuple[str, Totals]:
    """The month the forecast is made from: the last closed one, or the running one when none is."""
    period = Period.select().order_by(Period.month.desc()).first()
    if period:
        return month_name(period.month), totals.of_period(period)
    month = month_so_far()
    return month_name(month.first), totals.of_plan(periods.preview(month))


def members_now() -> int:
    today = months.today(utcnow())
    is_now = (Membership.starts_on <= today) & (Membership.ends_on.is_null() | (Membership.ends_on > today))
    return Membership.select().join(Shop).where(is_now, ~Shop.is_test).count()


def fee_bars(fees: Sequence[forecast.Fee], members: int) -> list[Bar]:
    return bars([(fee.fee_minor, str(fee.shops), "now" if fee.shops == members else "") for fee in fees])


def reserve_bars(course: forecast.Leaving) -> list[Bar]:
    """A bar a month; from the month in which it no longer pays all they are marked."""
    return bars([
        (reserve, str(number), "short" if course.short_in and number >= course.short_in else "")
        for number, reserve in enumerate(course.reserve_minor, 1)
    ])  # fmt: skip


def bars(figures: Sequence[tuple[int, str, str]]) -> list[Bar]:
    """Bars side by side, the highest as high as the chart; figures: minor units, label, mark."""
    most = max([minor for minor, _, _ in figures] + [1])
    step = WIDTH // max(len(figures), 1)
    return [
        Bar(place * step + step // 8, HEIGHT - height, step - step // 4, height, minor, label, mark)
        for place, (minor, label, mark) in enumerate(figures)
        for height in [(HEIGHT - HEAD) * max(minor, 0) // most]
    ]
