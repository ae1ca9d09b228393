"""Opening hours as people write them: `9–18`, `09:00-13:00, 14:00-18:00`; nothing means closed.

Kept as minutes from local midnight, [opens, closes); calls/opening_hours.py says what they mean.
Without a shop they are the hours in which the union's operators work, in the union's own zone.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from itertools import pairwise

from peewee import IntegrityError

from models import HoursException, MobileHours, Shop, WeekHours, database
from union import audit
from union.audit import Actor
from union.faults import Refused, refuse_if

Interval = tuple[int, int]
TIME = r"(\d{1,2})(?:[:.](\d{2}))?"
INTERVAL = re.compile(rf"{TIME}\s*[-–—]\s*{TIME}", re.ASCII)
DAY_MINUTES = 1440


def parse(text: str) -> list[Interval]:
    """The intervals of a day in order; [] for nothing. Raises Refused(hours=…)."""
    parts = [part.strip() for part in re.split(r"[,;]", text) if part.strip()]
    intervals = sorted(_interval(part) for part in parts)
    if any(later[0] < earlier[1] for earlier, later in pairwise(intervals)):
        raise Refused(hours="hours_overlap")
    return intervals


def _interval(text: str) -> Interval:
    match = INTERVAL.fullmatch(text)
    if not match:
        raise Refused(hours="hours_wrong")
    opens, closes = _minutes(match[1], match[2]), _minutes(match[3], match[4])
    if opens is None or closes is None:
        raise Refused(hours="hours_wrong")
    if closes <= opens:
        raise Refused(hours="ends_before_start")
    return opens, closes


def _minutes(hours: str, minutes: str | None) -> int | None:
    of_day = int(hours) * 60 + int(minutes or 0)
    return of_day if int(minutes or 0) < 60 and of_day <= DAY_MINUTES else None


def written(intervals: list[Interval]) -> str:
    """Intervals as people read them: 09:00–13:00, 14:00–18:00."""
    return ", ".join(f"{_clock(opens)}–{_clock(closes)}" for opens, closes in intervals)


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def week(shop: Shop | None) -> list[list[Interval]]:
    """Seven days, Monday first."""
    days: list[list[Interval]] = [[] for _ in range(7)]
    for row in WeekHours.select().where(_of(shop)).order_by(WeekHours.weekday, WeekHours.opens_minute):
        days[row.weekday].append((row.opens_minute, row.closes_minute))
    return days


def set_week(shop: Shop | None, days: list[str], by: Actor) -> None:
    """Replace a week by seven texts, Monday first. Raises Refused with a fault per day: day0 … day6."""
    parsed = parse_week(days)
    with database.atomic():
        WeekHours.delete().where(_of(shop)).execute()
        for weekday, (opens, closes) in _rows(parsed):
            WeekHours.create(shop=shop, weekday=weekday, opens_minute=opens, closes_minute=closes)
        about = f"shop:{shop.id}" if shop else "union:1"
        audit.note(by, "hours.update", about, shop=shop, detail=" | ".join(map(written, parsed)))


def mobile_week(shop: Shop) -> list[list[Interval]]:
    """Seven days, Monday first: when the owner takes callers of the line on his mobile."""
    days: list[list[Interval]] = [[] for _ in range(7)]
    for row in shop.mobile_hours.order_by(MobileHours.opens_minute):
        days[row.weekday].append((row.opens_minute, row.closes_minute))
    return days


def set_mobile_week(shop: Shop, days: list[str], by: Actor) -> None:
    """Replace it by seven texts, likewise. Raises Refused."""
    parsed = parse_week(days)
    with database.atomic():
        MobileHours.delete().where(MobileHours.shop == shop).execute()
        for weekday, (opens, closes) in _rows(parsed):
            MobileHours.create(shop=shop, weekday=weekday, opens_minute=opens, closes_minute=closes)
        audit.note(by, "mobile_hours.update", f"shop:{shop.id}", shop=shop, detail=" | ".join(map(written, parsed)))


def parse_week(days: list[str]) -> list[list[Interval]]:
    """Seven days as typed, Monday first. Raises Refused with a fault per day: day0 … day6."""
    parsed, faults = [], {}
    for number, text in enumerate(days):
        try:
            parsed.append(parse(text))
        except Refused as refused:
            faults[f"day{number}"] = refused.faults["hours"]
    refuse_if(**faults)
    return parsed


def _rows(parsed: list[list[Interval]]) -> Iterator[tuple[int, Interval]]:
    return ((weekday, interval) for weekday, intervals in enumerate(parsed) for interval in intervals)


def _of(shop: Shop | None):
    return WeekHours.shop == shop if shop else WeekHours.shop.is_null()


def without_operator(shop: list[Interval], operators: list[Interval]) -> list[Interval]:
    """The parts of a shop's day in which no operator works."""
    left = shop
    for starts, ends in operators:
        left = [part for opens, closes in left for part in ((opens, min(closes, starts)), (max(opens, ends), closes))]
        left = [(opens, closes) for opens, closes in left if opens < closes]
    return left


def add_exception(shop: Shop, on: dt.date, hours: str, note: str, today: dt.date, by: Actor) -> HoursException:
    """On this date other hours apply, or none. Raises Refused."""
    intervals = parse(hours)
    refuse_if(
        hours="hours_one" if len(intervals) > 1 else None,
        on="date_past" if on < today else None,
    )
    opens, closes = intervals[0] if intervals else (None, None)
    try:
        with database.atomic():
            row = HoursException.create(
                shop=shop, on_date=on, opens_minute=opens, closes_minute=closes, note=note.strip()
            )
            detail = f"{on.isoformat()} {written(intervals) or '—'}"
            audit.note(by, "hours.update", f"shop:{shop.id}", shop=shop, detail=detail)
            return row
    except IntegrityError:
        raise Refused(on="date_taken")


def remove_exception(row: HoursException, by: Actor) -> None:
    """The week's hours apply again on that date."""
    with database.atomic():
        row.delete_instance()
        audit.note(by, "hours.update", f"shop:{row.shop_id}", shop=row.shop, detail=f"− {row.on_date.isoformat()}")
