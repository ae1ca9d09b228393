"""When a shop is open: its week, exceptions, both clock changes of Kyiv, and the questions against each other."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import models
from calls.opening_hours import Hours, after_open, closes_at, is_open, next_opening, timetable

KYIV = ZoneInfo("Europe/Kyiv")
WEEK = [Hours(day, 9 * 60, 18 * 60) for day in range(5)] + [Hours(5, 10 * 60, 14 * 60)]
SPRING, AUTUMN = dt.date(2026, 3, 29), dt.date(2026, 10, 25)  # 03:00 → 04:00, 04:00 → 03:00; both Sundays


def kyiv(text: str, fold: int = 0) -> dt.datetime:
    """A wall time of Kyiv as UTC (aware times in a repeated hour equal nothing of another zone: PEP 495)."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=KYIV, fold=fold).astimezone(dt.UTC)


@pytest.mark.parametrize(
    ("local", "expected"),
    [
        ("2026-11-20T08:59:59", False),
        ("2026-11-20T09:00:00", True),
        ("2026-11-20T17:59:59.999999", True),
        ("2026-11-20T18:00:00", False),
        ("2026-11-21T10:00:00", True),
        ("2026-11-21T14:00:00", False),
        ("2026-11-22T12:00:00", False),
    ],
)
def test_a_shop_is_open_from_its_opening_until_its_closing_minute(local, expected):
    assert is_open(WEEK, {}, KYIV, kyiv(local)) is expected
    assert is_open(WEEK, {}, KYIV, kyiv(local).astimezone(KYIV)) is expected


def test_an_exception_replaces_the_days_hours():
    friday, saturday = dt.date(2026, 11, 20), dt.date(2026, 11, 21)
    exceptions = {friday: None, saturday: (12 * 60, 20 * 60)}
    assert not is_open(WEEK, exceptions, KYIV, kyiv("2026-11-20T12:00"))
    assert not is_open(WEEK, exceptions, KYIV, kyiv("2026-11-21T11:00"))
    assert is_open(WEEK, exceptions, KYIV, kyiv("2026-11-21T19:00"))
    assert next_opening(WEEK, exceptions, KYIV, kyiv("2026-11-20T00:00")) == kyiv("2026-11-21T12:00")


def test_a_shop_without_week_hours_is_always_open_but_on_its_exceptions():
    at = kyiv("2026-12-31T23:30")
    assert is_open([], {}, KYIV, at)
    assert closes_at([], {}, KYIV, at) is None
    new_year = {dt.date(2027, 1, 1): None}
    assert closes_at([], new_year, KYIV, at) == kyiv("2027-01-01T00:00")
    assert next_opening([], new_year, KYIV, kyiv("2027-01-01T00:00")) == kyiv("2027-01-02T00:00")


def test_a_day_until_midnight_goes_on_into_the_next():
    nights = [Hours(4, 20 * 60, 1440), Hours(5, 0, 2 * 60)]
    assert closes_at(nights, {}, KYIV, kyiv("2026-11-20T21:00")) == kyiv("2026-11-21T02:00")


def test_intervals_that_touch_or_overlap_are_one():
    split = [Hours(4, 540, 720), Hours(4, 720, 800), Hours(4, 780, 900)]
    assert closes_at(split, {}, KYIV, kyiv("2026-11-20T10:00")) == kyiv("2026-11-20T15:00")


def test_a_shop_that_never_opens_has_no_next_opening():
    always_shut = {dt.date(2026, 11, 20) + dt.timedelta(n): None for n in range(500)}
    assert next_opening(WEEK, always_shut, KYIV, kyiv("2026-11-20T12:00")) is None


def test_hours_across_the_spring_night_are_an_hour_shorter():
    sunday = [Hours(6, 2 * 60, 5 * 60)]
    at = kyiv("2026-03-29T02:00")
    assert closes_at(sunday, {}, KYIV, at) - at == dt.timedelta(hours=2)


def test_a_shop_that_opens_in_the_hour_spring_skips_opens_when_the_clock_jumps():
    sunday = [Hours(6, 3 * 60 + 30, 5 * 60)]
    assert next_opening(sunday, {}, KYIV, kyiv("2026-03-29T01:00")) == dt.datetime(2026, 3, 29, 1, tzinfo=dt.UTC)


def test_hours_that_lie_in_the_skipped_hour_do_not_happen():
    assert next_opening([Hours(6, 190, 230)], {}, KYIV, kyiv("2026-03-29T01:00")) == kyiv("2026-04-05T03:10")


def test_the_hour_autumn_repeats_counts_twice():
    sunday = [Hours(6, 3 * 60, 3 * 60 + 30)]
    first, second = kyiv("2026-10-25T03:10"), kyiv("2026-10-25T03:10", fold=1)
    assert is_open(sunday, {}, KYIV, first) and is_open(sunday, {}, KYIV, second)
    assert closes_at(sunday, {}, KYIV, first) == kyiv("2026-10-25T03:30")
    assert next_opening(sunday, {}, KYIV, kyiv("2026-10-25T03:40")) == kyiv("2026-10-25T03:00", fold=1)
    long = [Hours(6, 2 * 60, 5 * 60)]
    at = kyiv("2026-10-25T02:00")
    assert closes_at(long, {}, KYIV, at) - at == dt.timedelta(hours=4)


def test_open_minutes_pass_only_while_the_shop_is_open():
    twenty = dt.timedelta(minutes=20)
    assert after_open(WEEK, {}, KYIV, kyiv("2026-11-20T12:00"), twenty) == kyiv("2026-11-20T12:20")
    assert after_open(WEEK, {}, KYIV, kyiv("2026-11-20T17:50"), twenty) == kyiv("2026-11-21T10:10")
    assert after_open(WEEK, {}, KYIV, kyiv("2026-11-21T14:00"), twenty) == kyiv("2026-11-23T09:20")
    shut = {dt.date(2026, 11, 20) + dt.timedelta(n): None for n in range(500)}
    assert after_open(WEEK, shut, KYIV, kyiv("2026-11-20T12:00"), twenty) == kyiv("2026-11-20T12:20")


def test_a_shops_rows_are_its_timetable(db):
    shop = models.Shop.create(name="Чай", queue=models.Queue.create(name="line"), timezone="Europe/Warsaw")
    models.WeekHours.create(shop=shop, weekday=4, opens_minute=540, closes_minute=1080)
    models.HoursException.create(shop=shop, on_date=dt.date(2026, 11, 27))
    hours = timetable(shop)
    assert hours.is_open(dt.datetime(2026, 11, 20, 8, 0, tzinfo=dt.UTC))  # 09:00 in Warsaw
    assert not hours.is_open(dt.datetime(2026, 11, 20, 7, 59, tzinfo=dt.UTC))
    assert hours.closes_at(dt.datetime(2026, 11, 20, 8, 0, tzinfo=dt.UTC)) == dt.datetime(
        2026, 11, 20, 17, tzinfo=dt.UTC
    )
    opening = hours.next_opening(dt.datetime(2026, 11, 21, tzinfo=dt.UTC))
    assert opening == dt.datetime(2026, 12, 4, 8, tzinfo=dt.UTC)  # the 27th is an exception
    assert hours.after_open(opening, dt.timedelta(hours=1)) == opening + dt.timedelta(hours=1)


# --- the questions against each other, around ordinary days and both clock changes -----------------------------

minute = st.integers(0, 1440)
interval = st.tuples(minute, minute).filter(lambda pair: pair[0] < pair[1])
night = st.tuples(st.integers(0, 360), st.integers(0, 360)).filter(lambda pair: pair[0] < pair[1])
weeks = st.lists(
    st.builds(lambda day, pair: Hours(day, *pair), st.integers(0, 6), interval | night), min_size=1, max_size=8
)
around = st.sampled_from([SPRING, AUTUMN, dt.date(2026, 7, 1), dt.date(2026, 12, 31)])
dates = st.builds(lambda day, shift: day + dt.timedelta(shift), around, st.integers(-2, 2))
exceptions = st.dictionaries(dates, st.none() | interval | night, max_size=3)
instants = st.builds(
    lambda day, seconds: dt.datetime.combine(day, dt.time(), dt.UTC) + dt.timedelta(seconds=seconds),
    dates, st.integers(-86400, 86400),
)  # fmt: skip
zones = st.sampled_from([KYIV, ZoneInfo("Europe/London"), ZoneInfo("UTC"), ZoneInfo("Australia/Lord_Howe")])


def by_the_minute(week, closed, zone, at, wanted, minutes=3 * 1440):
    """The first instant with the wanted answer, by asking every minute; None within three days."""
    if is_open(week, closed, zone, at) is wanted:
        return at
    first = at.replace(second=0, microsecond=0)
    moments = (first + dt.timedelta(minutes=n) for n in range(1, minutes))
    return next((moment for moment in moments if is_open(week, closed, zone, moment) is wanted), None)


@settings(max_examples=60, deadline=None)
@given(weeks, exceptions, zones, instants, st.booleans())
def test_the_next_opening_and_closing_are_what_asking_every_minute_finds(week, closed, zone, at, wanted):
    found = (next_opening if wanted else closes_at)(week, closed, zone, at)
    walked = by_the_minute(week, closed, zone, at, wanted)
    if walked is None:
        assert found is None or found >= at + dt.timedelta(days=3) - dt.timedelta(minutes=2)
    else:
        assert found == walked


@settings(max_examples=60, deadline=None)
@given(weeks, exceptions, zones, instants, st.integers(1, 600))
def test_open_minutes_counted_one_by_one_are_as_many(week, closed, zone, at, wanted):
    at = at.replace(second=0)
    end = after_open(week, closed, zone, at, dt.timedelta(minutes=wanted))
    length = int((end - at) / dt.timedelta(minutes=1))
    if length > 4 * 1440:
        return
    passed = sum(is_open(week, closed, zone, at + dt.timedelta(minutes=n)) for n in range(length))
    never_opens = next_opening(week, closed, zone, at) is None
    assert passed == (0 if never_opens else wanted)
