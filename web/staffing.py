"""How many operators the union's calls need, hour by hour, and what one more shop would change: for the coordinator.

The reckoning is calls/staffing.py's; here it is asked for the last whole weeks of all shops together. A level that no
number of operators reaches (100 %) or nonsense in the address gives the usual question.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from flask import Blueprint, Response, render_template, request

from calls import erlang, service_level
from calls import staffing as rules
from calls.erlang import Traffic
from calls.service_level import Report
from ledger import months, periods
from models import utcnow
from web import staffing_csv
from web.access import allow, settings
from web.languages import today, weekdays

WEEKS_MOST = 8
LEVEL, WITHIN_SECONDS = 80, 20  # per cent of calls, answered within so many seconds: what call centres promise
MOST_SECONDS, MOST_OPERATORS = 600, 30
BEYOND = 2  # operators more than are needed, in the table of the busiest hour

staffing = Blueprint("staffing", __name__)


@dataclass(frozen=True)
class Question:
    """What is asked: per cent answered within so many seconds, and how many operators there are."""

    level: int
    within: int
    operators: int


@staffing.get("/reports/staffing")
@allow("coordinator")
def show():
    weeks, report = history()
    asked = question(report)
    needs = needed(weeks, report, asked)
    if not needs:
        return render_template("reports/staffing.html", asked=asked, weeks=len(weeks), needs={})
    handle, level = report.whole.aht, asked.level / 100
    busiest = max(needs, key=lambda hour: needs[hour].forecast.high)
    most = needs[busiest].forecast
    peak, usual = Traffic(most.high, handle), Traffic(most.mean, handle)
    patience = report.whole.patience
    return render_template(
        "reports/staffing.html",
        asked=asked,
        weeks=len(weeks),
        is_reliable=len(weeks) >= rules.WEEKS_LEAST,
        needs=needs,
        span=range(min(hour for _, hour in needs), max(hour for _, hour in needs) + 1),
        weekdays=weekdays(),
        weekdays_long=weekdays("EEEE"),
        busiest=busiest,
        peak=peak,
        handle=handle,
        patience=patience,
        ladder=[
            (
                number,
                erlang.c(peak, number, asked.within),
                erlang.a(peak, number, asked.within, patience) if patience else None,
            )
            for number in range(1, needs[busiest].operators + BEYOND + 1)
        ],
        simple=rules.simple_formula(peak, level),
        example=rules.simple_formula(Traffic(100, 120), 0.8),
        more=one_more(usual, asked),
    )


@staffing.get("/reports/staffing.csv")
@allow("coordinator")
def csv():
    weeks, report = history()
    asked = question(report)
    return Response(
        "".join(staffing_csv.lines(needed(weeks, report, asked), weekdays("EEEE"))),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="staffing-{today()}-{asked.level}-{asked.within}.csv"'},
    )


def needed(weeks: list[dict[rules.Hour, int]], report: Report, asked: Question) -> dict[rules.Hour, rules.Need]:
    """Operators by hour of the week; nothing before the first answered call."""
    if not weeks or report.whole.aht is None:
        return {}
    return rules.needs(rules.forecast(weeks), report.whole.aht, asked.level / 100, asked.within)


def history() -> tuple[list[dict[rules.Hour, int]], Report]:
    """The calls of the last whole weeks, at most WEEKS_MOST, from the first that had any; and the report of all."""
    last = today() - dt.timedelta(1)
    first = last - dt.timedelta(WEEKS_MOST * 7 - 1)
    report = service_level.read(service_level.shops_of_union(), first, last, settings())
    offered = {place: counts.offered for place, counts in report.day_hours.items() if counts.offered}
    known = (last - min(day for day, _ in offered)).days // 7 + 1 if offered else 0
    return rules.whole_weeks(offered, last - dt.timedelta(known * 7 - 1), known), report


def question(report: Report) -> Question:
    """What the address asks; by default as many operators as took calls in these weeks."""
    took = sum(1 for user, counts in report.by("operator").items() if user and counts.handled)
    return Question(
        number("level", 1, 99, LEVEL),
        number("within", 0, MOST_SECONDS, WITHIN_SECONDS),
        number("operators", 1, MOST_OPERATORS, max(1, took)),
    )


def number(name: str, least: int, most: int, usual: int) -> int:
    given = request.args.get(name, type=int)
    return given if given is not None and least <= given <= most else usual


def one_more(usual: Traffic, asked: Question) -> rules.OneMore | None:
    """None without a shop in the union."""
    shops = len(service_level.shops_of_union())
    cost_minor = periods.preview(months.at(utcnow())).cost_minor
    return (
        rules.one_more(usual, shops, asked.operators, asked.level / 100, asked.within, cost_minor or None)
        if shops
        else None
    )
