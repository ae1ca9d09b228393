"""The sums of days that are over, kept so that a year of calls is read in a moment; a cache that can't lie.

A shop's day is tallied once nothing of it can change by itself: an operator says what a call came to for `desk_hours`.
A call that becomes a fact late, or another, or whose callback is closed, takes its day's tally away in the same
transaction (calls/spans.py), and the day is counted from the calls again until the timetable has tallied it anew. A
tally carries the rule it was made by; with another setting, short-call limit or zone it is not used. So read() is at
every moment what a recount gives.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, groupby
from operator import attrgetter
from zoneinfo import ZoneInfo

from peewee import fn

from calls import spans
from calls.counting import NAMES, VALUES, Cell, Counts, counted, grouped
from calls.spans import Span
from models import Call, HourTally, Presence, Shop, Table, TalliedSpan, Tally, database
from settings import Settings

DAYS_AT_ONCE = 500  # of one run; each is a transaction of its own, so that facts never wait long
COLUMNS = ", ".join(NAMES)
SUMS = ", ".join(f"SUM({name})" for name in NAMES)
WHOLE = f"""
    SELECT tally.span_id, {COLUMNS} FROM json_each(?) AS asked JOIN tally ON tally.span_id = asked.value
    WHERE tally.about = 'whole'
"""
BY = f"""
    SELECT tally.{{about}}_id, {SUMS} FROM json_each(?) AS asked JOIN tally ON tally.span_id = asked.value
    WHERE tally.about = '{{about}}' GROUP BY 1
"""
HOURS = """
    SELECT span.first, hour.weekday, hour.hour, SUM(hour.arrived), SUM(hour.offered)
    FROM json_each(?) AS asked JOIN tallied_span AS span ON span.id = asked.value
    JOIN hour_tally AS hour ON hour.span_id = span.id GROUP BY 1, 2, 3
"""
# a month is the sum of its days
OF_DAYS = "SELECT id FROM tallied_span WHERE shop_id = ? AND first = last AND first BETWEEN ? AND ?"
MONTH = (
    f"""INSERT INTO tally (span_id, about, did_id, operator_id, {COLUMNS})
        SELECT ?, about, did_id, operator_id, {SUMS} FROM tally WHERE span_id IN ({OF_DAYS}) GROUP BY 2, 3, 4""",
    f"""INSERT INTO hour_tally (span_id, weekday, hour, arrived, offered)
        SELECT ?, weekday, hour, SUM(arrived), SUM(offered) FROM hour_tally WHERE span_id IN ({OF_DAYS}) GROUP BY 2, 3""",
)  # fmt: skip


@dataclass(frozen=True)
class Sums:
    """What was counted, by (shop, day), by number rung, by operator, and by (day, weekday, hour) of all shops.

    Where months will do, the day is the first of a month for as many as are tallied whole."""

    whole: dict[tuple[int, dt.date], Counts]
    dids: dict[int | None, Counts]
    operators: dict[int | None, Counts]
    hours: dict[tuple[dt.date, int, int], Counts]  # arrived and offered only


PARTS = attrgetter("whole", "dids", "operators", "hours")


# --- reading ----------------------------------------------------------------------------------------------------


def read(shops: Iterable[Shop], first: dt.date, last: dt.date, settings: Settings, by_day: bool = True) -> Sums:
    """What was counted of these shops' days, both included: tallies where there are, calls for the rest."""
    shops = list(shops)
    found = spans.found(shops, first, last, settings, by_day)
    own = {shop: [(span.first, span.last) for span in group] for shop, group in groupby(found, attrgetter("shop"))}
    fresh = counted(
        [(shop, *gap) for shop in shops for gap in spans.gaps(own.get(shop.id, ()), first, last)],
        settings.answer_within_seconds,
    )
    return _joined(_stored(found), of_cells(fresh))


def _stored(found: Sequence[Span]) -> Sums:
    of = {span.id: (span.shop, span.first) for span in found}
    ids, on = json.dumps(list(of)), dt.date.fromisoformat
    dids, operators = (database.execute_sql(BY.format(about=about), (ids,)) for about in ("did", "operator"))
    return Sums(
        {of[span]: Counts(*sums) for span, *sums in database.execute_sql(WHOLE, (ids,))},
        {key: Counts(*sums) for key, *sums in dids},
        {key: Counts(*sums) for key, *sums in operators},
        {(on(day), weekday, hour): Counts(*sums) for day, weekday, hour, *sums in database.execute_sql(HOURS, (ids,))},
    )


def of_cells(cells: Mapping[Cell, Counts]) -> Sums:
    return Sums(
        grouped(((cell.shop, cell.day), counts) for cell, counts in cells.items()),
        grouped((cell.did, counts) for cell, counts in cells.items()),
        grouped((cell.operator, counts) for cell, counts in cells.items()),
        grouped(
            ((cell.day, cell.day.weekday(), cell.hour), Counts(counts.arrived, counts.offered))
            for cell, counts in cells.items()
        ),
    )


def _joined(*sums: Sums) -> Sums:
    return Sums(*(grouped(chain(*(part.items() for part in parts))) for parts in zip(*map(PARTS, sums), strict=True)))


# --- making -----------------------------------------------------------------------------------------------------


def make_due(now: dt.datetime, settings: Settings) -> int:
    """Tally the shops' days that are over for good and have no tally, newest first, then whole months; how many days."""
    shops = list(Shop.select().where(~Shop.is_test))
    due = [(shop, day) for shop in shops for day in _due(shop, now, settings)]
    due.sort(key=lambda shop_day: shop_day[1], reverse=True)
    for shop, day in due[:DAYS_AT_ONCE]:
        make(shop, day, settings)
    for shop in shops:
        make_months(shop, settings)
    return len(due[:DAYS_AT_ONCE])


def _due(shop: Shop, now: dt.datetime, settings: Settings) -> Iterator[dt.date]:
    zone = ZoneInfo(shop.timezone)
    began = Call.select(Call.arrived_at).where(Call.shop == shop).order_by(Call.arrived_at).limit(1).scalar()
    if began is None:
        return
    first, last = began.astimezone(zone).date(), settled_until(now, settings).astimezone(zone).date() - spans.DAY
    done = [(span.first, span.last) for span in spans.found([shop], first, last, settings, by_day=True)]
    for gap in spans.gaps(done, first, last):
        yield from spans.days(*gap)


def settled_until(now: dt.datetime, settings: Settings) -> dt.datetime:
    """Until when nothing changes by itself any more: nobody may say more of a call, no after-call work goes on."""
    going_on = Presence.select(fn.MIN(Presence.starts_at)).where(
        Presence.ends_at.is_null(), Presence.kind == "after_call"
    )
    said = now - dt.timedelta(hours=settings.desk_hours)
    return min(said, going_on.scalar() or said)


def make(shop: Shop, day: dt.date, settings: Settings) -> None:
    """Tally a day from its calls, whatever was tallied of it before."""
    with database.atomic():
        spans.forget_day(shop.id, day)
        sums = of_cells(counted([(shop, day, day)], settings.answer_within_seconds))
        span = TalliedSpan.create(shop=shop, first=day, last=day, rule=spans.rule(shop, settings))
        rows = [(span.id, "whole", None, None, counts) for counts in sums.whole.values()]
        rows += [(span.id, "did", did, None, counts) for did, counts in sums.dids.items()]
        rows += [(span.id, "operator", None, operator, counts) for operator, counts in sums.operators.items()]
        _insert(Tally, [(*key, *VALUES(counts)) for *key, counts in rows])
        hours = [(span.id, weekday, hour, counts) for (_, weekday, hour), counts in sums.hours.items()]
        _insert(HourTally, [(*key, counts.arrived, counts.offered) for *key, counts in hours])


def _insert(table: type[Table], rows: list[tuple]) -> None:
    """Rows of every column but the id."""
    if rows:
        table.insert_many(rows, table._meta.sorted_fields[1:]).execute()


def make_months(shop: Shop, settings: Settings) -> None:
    """Sum the months whose days are all tallied."""
    with database.atomic():
        for first, last in spans.whole_months(shop, settings):
            month = TalliedSpan.create(shop=shop, first=first, last=last, rule=spans.rule(shop, settings))
            for query in MONTH:
                database.execute_sql(query, (month.id, shop.id, first.isoformat(), last.isoformat()))
