"""Which days and months of a shop are summed: spans, each whole, by the rule under which it was summed.

A month's span lies over the spans of its days and holds their sums, so that a year is twelve rows where it was 365.
Whatever changes a call, or where it stands, takes the day and the month it belongs to away in the same transaction
(`forget`): a span that is there is true.
"""

from __future__ import annotations

import calendar
import datetime as dt
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import starmap
from zoneinfo import ZoneInfo

from models import Shop, TalliedSpan, database
from settings import Settings

DAY = dt.timedelta(1)
Dates = tuple[dt.date, dt.date]  # first and last, both included

BY_DAY = "span.first = span.last"
BY_MONTH = """(span.first < span.last OR NOT EXISTS (
    SELECT 1 FROM tallied_span AS month WHERE month.shop_id = span.shop_id AND month.rule = span.rule
        AND month.first = substr(span.first, 1, 8) || '01' AND month.last > month.first
        AND month.first >= ?2 AND month.last <= ?3))"""
FOUND = """
    SELECT span.id, span.shop_id, span.first, span.last
    FROM json_each(?1) AS asked JOIN tallied_span AS span
        ON span.shop_id = asked.value ->> 0 AND span.rule = asked.value ->> 1
    WHERE span.first >= ?2 AND span.last <= ?3 AND {grain}
    ORDER BY span.shop_id, span.first
"""
WHOLE_MONTHS = """
    SELECT min(span.first), max(span.last) FROM tallied_span AS span
    WHERE span.shop_id = ? AND span.rule = ? AND span.first = span.last
        AND NOT EXISTS (SELECT 1 FROM tallied_span AS month WHERE month.shop_id = span.shop_id
            AND month.rule = span.rule AND month.first = substr(span.first, 1, 8) || '01' AND month.last > month.first)
    GROUP BY substr(span.first, 1, 7)
    HAVING count(*) = CAST(substr(date(span.first, 'start of month', '+1 month', '-1 day'), 9) AS INTEGER)
"""
FORGET = "DELETE FROM tallied_span WHERE shop_id = ? AND first = ? AND last = ?"


@dataclass(frozen=True)
class Span:
    """Days of a shop that are summed, both included: one, or a month."""

    id: int
    shop: int
    first: dt.date
    last: dt.date


def rule(shop: Shop, settings: Settings) -> str:
    """All but the calls that a tally depends on."""
    return f"{settings.answer_within_seconds} {shop.short_call_seconds} {shop.timezone}"


def found(shops: Iterable[Shop], first: dt.date, last: dt.date, settings: Settings, by_day: bool) -> list[Span]:
    """The summed spans within these days, none over another, by shop and day; months where they may be and are."""
    asked = json.dumps([(shop.id, rule(shop, settings)) for shop in shops])
    sql = FOUND.format(grain=BY_DAY if by_day else BY_MONTH)
    rows = database.execute_sql(sql, (asked, first.isoformat(), last.isoformat()))
    on = dt.date.fromisoformat
    return [Span(number, shop, on(begins), on(ends)) for number, shop, begins, ends in rows]


def gaps(covered: Iterable[Dates], first: dt.date, last: dt.date) -> Iterator[Dates]:
    """The runs of days between first and last that are not covered; covered: in order, none over another."""
    for begins, ends in covered:
        if first < begins:
            yield first, begins - DAY
        first = ends + DAY
    if first <= last:
        yield first, last


def days(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    """Every day from first to last."""
    return (first + DAY * number for number in range((last - first).days + 1))


def month_of(day: dt.date) -> Dates:
    """The first and the last day of the month it is in."""
    return day.replace(day=1), day.replace(day=calendar.monthrange(day.year, day.month)[1])


def whole_months(shop: Shop, settings: Settings) -> list[Dates]:
    """The months all of whose days are summed, and which are not themselves."""
    on = dt.date.fromisoformat
    rows = database.execute_sql(WHOLE_MONTHS, (shop.id, rule(shop, settings)))
    return list(starmap(lambda begins, ends: (on(begins), on(ends)), rows))


def forget(shop_id: int, at: dt.datetime) -> None:
    """A call of this shop that arrived at this instant is, or was, another than was counted. Plain SQL: asked for each."""
    (zone,) = database.execute_sql("SELECT timezone FROM shop WHERE id = ?", (shop_id,)).fetchone()
    forget_day(shop_id, at.astimezone(ZoneInfo(zone)).date())


def forget_day(shop_id: int, day: dt.date) -> None:
    """This day, and so its month, is to be counted again."""
    for first, last in ((day, day), month_of(day)):
        database.execute_sql(FORGET, (shop_id, first.isoformat(), last.isoformat()))


def forget_all() -> None:
    """Every call may be another than was counted."""
    TalliedSpan.delete().execute()
