"""The sums of days that are over, kept so that a year of calls is read in a moment; a cache that can't lie.

A shop's day is tallied once nothing of it can change by itself: an operator says what a call came to for `desk_hours`.
A call that becomes a fact late, or another, takes its day's tally away in the same transaction (`forget`), and the day
is counted from the calls again until the timetable has tallied it anew. A tally carries the rule it was made by; with
another setting, short-call limit or zone it is not used. So read() is at every moment what a recount gives.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from peewee import fn

from calls.counting import NAMES, VALUES, Cell, Counts, counted
from models import Call, DayTally, HourTally, Presence, Shop, TalliedDay, database
from settings import Settings

DAYS_AT_ONCE = 500  # of one run; each is a transaction of its own, so that facts never wait long
SUMS = ", ".join(f"SUM(tally.{name})" for name in NAMES)
WHOLE = f"""
    SELECT day.shop_id, tally.did_id, tally.operator_id, substr(day.day, 1, 7) || '-01', {SUMS}
    FROM tallied_day AS day JOIN day_tally AS tally ON tally.tallied_id = day.id WHERE {{where}} GROUP BY 1, 2, 3, 4
"""
DAYS = f"""
    SELECT day.day, day.shop_id, {SUMS}
    FROM tallied_day AS day JOIN day_tally AS tally ON tally.tallied_id = day.id WHERE {{where}} GROUP BY day.id
"""
HOURS = """
    SELECT day.day, tally.hour, SUM(tally.arrived), SUM(tally.offered)
    FROM tallied_day AS day JOIN hour_tally AS tally ON tally.tallied_id = day.id WHERE {where} GROUP BY 1, 2
"""


@dataclass
class Sums:
    """What was counted, by (shop, did, operator, first of month), by (day, shop), and by (day, hour) of all shops."""

    whole: dict[tuple, Counts] = field(default_factory=dict)
    days: dict[tuple[dt.date, int], Counts] = field(default_factory=dict)
    hours: dict[tuple[dt.date, int], Counts] = field(default_factory=dict)

    def add(self, cells: Mapping[Cell, Counts]) -> None:
        for cell, counts in cells.items():
            _add(self.whole, (cell.shop, cell.did, cell.operator, cell.day.replace(day=1)), counts)
            _add(self.days, (cell.day, cell.shop), counts)
            _add(self.hours, (cell.day, cell.hour), Counts(counts.arrived, counts.offered))


def _add(sums: dict[Hashable, Counts], key: Hashable, counts: Counts) -> None:
    sums[key] = sums[key] + counts if key in sums else counts


# --- reading ----------------------------------------------------------------------------------------------------


def read(shops: Iterable[Shop], first: dt.date, last: dt.date, settings: Settings) -> Sums:
    """What was counted of these shops' days, both included: tallies where there are, calls for the rest."""
    shops = list(shops)
    sums = _stored(shops, first, last, settings)
    for shop in shops:
        for begins, ends in gaps(_tallied(shop, first, last, settings), first, last):
            sums.add(counted(shop, begins, ends, settings.answer_within_seconds))
    return sums


def _stored(shops: Iterable[Shop], first: dt.date, last: dt.date, settings: Settings) -> Sums:
    conditions, bound = [], []
    for shop in shops:
        conditions.append("(day.shop_id = ? AND day.day BETWEEN ? AND ? AND day.rule = ?)")
        bound += [shop.id, first.isoformat(), last.isoformat(), _rule(shop, settings)]
    if not conditions:
        return Sums()
    whole, days, hours = (
        database.execute_sql(query.format(where=" OR ".join(conditions)), bound) for query in (WHOLE, DAYS, HOURS)
    )
    on = dt.date.fromisoformat
    return Sums(
        {(shop, did, operator, on(month)): Counts(*sums) for shop, did, operator, month, *sums in whole},
        {(on(day), shop): Counts(*sums) for day, shop, *sums in days},
        {(on(day), hour): Counts(arrived, offered) for day, hour, arrived, offered in hours},
    )


def _tallied(shop: Shop, first: dt.date, last: dt.date, settings: Settings) -> set[dt.date]:
    """The days that have a tally by today's rule."""
    of_rule = TalliedDay.shop == shop, TalliedDay.rule == _rule(shop, settings)
    rows = TalliedDay.select(TalliedDay.day).where(*of_rule, TalliedDay.day >= first, TalliedDay.day <= last)
    return {day for (day,) in rows.tuples()}


def _rule(shop: Shop, settings: Settings) -> str:
    """All but the calls that a tally depends on."""
    return f"{settings.answer_within_seconds} {shop.short_call_seconds} {shop.timezone}"


def gaps(done: set[dt.date], first: dt.date, last: dt.date) -> Iterator[tuple[dt.date, dt.date]]:
    """The runs of days that are not done, as (first, last)."""
    begins = None
    for day in days(first, last):
        if day in done:
            if begins:
                yield begins, day - dt.timedelta(1)
            begins = None
        else:
            begins = begins or day
    if begins:
        yield begins, last


def days(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    """Every day from first to last."""
    return (first + dt.timedelta(number) for number in range((last - first).days + 1))


# --- making -----------------------------------------------------------------------------------------------------


def make_due(now: dt.datetime, settings: Settings) -> int:
    """Tally the shops' days that are over for good and have no tally, newest first; how many."""
    due = [(shop, day) for shop in Shop.select().where(~Shop.is_test) for day in _due(shop, now, settings)]
    due.sort(key=lambda shop_day: shop_day[1], reverse=True)
    for shop, day in due[:DAYS_AT_ONCE]:
        make(shop, day, settings)
    return len(due[:DAYS_AT_ONCE])


def _due(shop: Shop, now: dt.datetime, settings: Settings) -> list[dt.date]:
    zone = ZoneInfo(shop.timezone)
    began = Call.select(Call.arrived_at).where(Call.shop == shop).order_by(Call.arrived_at).limit(1).scalar()
    if began is None:
        return []
    first, last = began.astimezone(zone).date(), settled_until(now, settings).astimezone(zone).date() - dt.timedelta(1)
    done = _tallied(shop, first, last, settings)
    return [day for day in days(first, last) if day not in done]


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
        TalliedDay.delete().where(TalliedDay.shop == shop, TalliedDay.day == day).execute()
        cells = counted(shop, day, day, settings.answer_within_seconds)
        tallied = TalliedDay.create(shop=shop, day=day, rule=_rule(shop, settings))
        sums = Sums()
        sums.add(cells)
        for (_, did, operator, _), counts in sums.whole.items():
            DayTally.create(
                tallied=tallied, did=did, operator=operator, **dict(zip(NAMES, VALUES(counts), strict=True))
            )
        for (_, hour), counts in sums.hours.items():
            HourTally.create(tallied=tallied, hour=hour, arrived=counts.arrived, offered=counts.offered)


def forget(shop_id: int, at: dt.datetime) -> None:
    """A call of this shop that arrived at this instant is, or was, another than was counted. Plain SQL: asked for each."""
    (zone,) = database.execute_sql("SELECT timezone FROM shop WHERE id = ?", (shop_id,)).fetchone()
    day = at.astimezone(ZoneInfo(zone)).date()
    database.execute_sql("DELETE FROM tallied_day WHERE shop_id = ? AND day = ?", (shop_id, day.isoformat()))


def forget_all() -> None:
    """Every call may be another than was counted."""
    TalliedDay.delete().execute()
