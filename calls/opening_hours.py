"""When a shop is open: its week, its exceptions, its zone.

Pure: hours, exceptions, a zone and an instant go in, an answer comes out. A shop is open at an instant when the
clock on its wall then shows a minute within one of that day's intervals [opens, closes). So the hour that an autumn
night repeats counts twice and the hour a spring night skips does not exist; an interval that opens inside the
skipped hour opens when the clock jumps past it.

A shop without any week hours is always open (it joined today and has not typed them yet; its callers must not be
turned away), except on the dates of its exceptions.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from zoneinfo import ZoneInfo

import models

DAY_MINUTES = 1440
HORIZON_DAYS = 400  # no answer is looked for beyond


@dataclass(frozen=True)
class Hours:
    """An interval on a weekday (0 = Monday): minutes from local midnight, [opens, closes), closes at most 1440."""

    weekday: int
    opens_minute: int
    closes_minute: int


Week = Sequence[Hours]
Exceptions = Mapping[dt.date, tuple[int, int] | None]  # the day's only interval; None: closed all day


@dataclass(frozen=True)
class Timetable:
    """What a shop's rows say of its hours."""

    hours: Week
    exceptions: Exceptions
    zone: ZoneInfo

    def is_open(self, at: dt.datetime) -> bool:
        return is_open(self.hours, self.exceptions, self.zone, at)

    def next_opening(self, at: dt.datetime) -> dt.datetime | None:
        return next_opening(self.hours, self.exceptions, self.zone, at)

    def closes_at(self, at: dt.datetime) -> dt.datetime | None:
        return closes_at(self.hours, self.exceptions, self.zone, at)

    def after_open(self, at: dt.datetime, duration: dt.timedelta) -> dt.datetime:
        return after_open(self.hours, self.exceptions, self.zone, at, duration)


def timetable(shop: models.Shop | int) -> Timetable:
    """A shop's timetable as its rows stand. Raises DoesNotExist for the id of a shop that is gone.

    In plain SQL, because every caller waits for it before he hears anything: peewee takes ten times as long to
    put such a query together as SQLite to answer it.
    """
    shop_id = shop if isinstance(shop, int) else shop.id
    zone = _rows("SELECT timezone FROM shop WHERE id = ?", shop_id)
    if not zone:
        raise models.Shop.DoesNotExist(f"shop {shop_id}")
    week = _rows("SELECT weekday, opens_minute, closes_minute FROM week_hours WHERE shop_id = ?", shop_id)
    dates = _rows("SELECT on_date, opens_minute, closes_minute FROM hours_exception WHERE shop_id = ?", shop_id)
    exceptions = {
        dt.date.fromisoformat(on_date): None if opens is None else (opens, closes) for on_date, opens, closes in dates
    }
    return Timetable(tuple(Hours(*row) for row in week), exceptions, ZoneInfo(zone[0][0]))


def _rows(query: str, shop_id: int) -> list[tuple]:
    return models.database.execute_sql(query, (shop_id,)).fetchall()


def is_open(hours: Week, exceptions: Exceptions, zone: ZoneInfo, at: dt.datetime) -> bool:
    """Whether the shop is open at this (aware) instant."""
    local = at.astimezone(zone)
    minute = local.hour * 60 + local.minute
    return any(opens <= minute < closes for opens, closes in _intervals(hours, exceptions, local.date()))


def next_opening(hours: Week, exceptions: Exceptions, zone: ZoneInfo, at: dt.datetime) -> dt.datetime | None:
    """The first instant from `at` on when the shop is open (`at` itself if it is), UTC; None: not within 400 days."""
    return _first(True, hours, exceptions, zone, at)


def closes_at(hours: Week, exceptions: Exceptions, zone: ZoneInfo, at: dt.datetime) -> dt.datetime | None:
    """The first instant from `at` on when the shop is closed (`at` itself if it is), UTC; None: not within 400 days."""
    if not hours and not exceptions:
        return None  # always open: there is no need to look at four hundred days
    return _first(False, hours, exceptions, zone, at)


def after_open(
    hours: Week, exceptions: Exceptions, zone: ZoneInfo, at: dt.datetime, duration: dt.timedelta
) -> dt.datetime:
    """The instant at which the shop has been open for `duration` since `at`, UTC; at + duration if it never opens."""
    left, start = duration, at
    while opens := next_opening(hours, exceptions, zone, start):
        closes = closes_at(hours, exceptions, zone, opens)
        if closes is None or closes - opens >= left:
            return opens + left
        left, start = left - (closes - opens), closes
    return at.astimezone(dt.UTC) + duration


def _first(wanted: bool, hours: Week, exceptions: Exceptions, zone: ZoneInfo, at: dt.datetime) -> dt.datetime | None:
    start = at.astimezone(dt.UTC)
    moments = chain([start], _changes(hours, exceptions, zone, start))
    return next((moment for moment in moments if is_open(hours, exceptions, zone, moment) is wanted), None)


def _changes(hours: Week, exceptions: Exceptions, zone: ZoneInfo, after: dt.datetime) -> Iterator[dt.datetime]:
    """Every instant after `after` at which the answer may change, in order."""
    first_day = after.astimezone(zone).date()
    for day in (first_day + dt.timedelta(days) for days in range(HORIZON_DAYS)):
        minutes = {0, *chain.from_iterable(_intervals(hours, exceptions, day))} - {DAY_MINUTES}
        yield from (moment for moment in _instants(day, minutes, zone) if moment > after)


def _instants(day: dt.date, minutes: set[int], zone: ZoneInfo) -> list[dt.datetime]:
    """When the wall clock shows these minutes of a day (twice in a repeated hour), and when the clock is changed."""
    midnight = dt.datetime.combine(day, dt.time())
    walls = [midnight + dt.timedelta(minutes=minute) for minute in minutes]
    shown = {wall.replace(tzinfo=zone, fold=fold).astimezone(dt.UTC) for wall in walls for fold in (0, 1)}
    return sorted(shown | _clock_changes(midnight, zone))


def _clock_changes(midnight: dt.datetime, zone: ZoneInfo) -> set[dt.datetime]:
    """The whole UTC minutes of this local day at which the zone's offset becomes another; mostly none."""
    start, end = ((midnight + dt.timedelta(days)).replace(tzinfo=zone).astimezone(dt.UTC) for days in (0, 1))
    if _offset(start, zone) == _offset(end, zone):
        return set()
    quarters = [start + dt.timedelta(minutes=15 * n) for n in range(int((end - start) / dt.timedelta(minutes=15)) + 1)]
    return {later for earlier, later in pairwise(quarters) if _offset(earlier, zone) != _offset(later, zone)}


def _offset(moment: dt.datetime, zone: ZoneInfo) -> dt.timedelta | None:
    return moment.astimezone(zone).utcoffset()


def _intervals(hours: Week, exceptions: Exceptions, day: dt.date) -> list[tuple[int, int]]:
    if day in exceptions:
        interval = exceptions[day]
        return [interval] if interval else []
    if not hours:
        return [(0, DAY_MINUTES)]
    return [(row.opens_minute, row.closes_minute) for row in hours if row.weekday == day.weekday()]
