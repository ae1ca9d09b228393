"""Calling hours: the shop open and operators at work, each by the clock on its own wall."""

from __future__ import annotations

import datetime as dt

import pytest

import models
from calls.calling_hours import calling_hours
from tests.calls.owed import FRIDAY, MONDAY, NOON, local


def works(shop, opens: int, closes: int, days=range(5)) -> None:
    """Hours on these weekdays, of a shop or (None) of the operators."""
    for weekday in days:
        models.WeekHours.create(shop=shop, weekday=weekday, opens_minute=opens * 60, closes_minute=closes * 60)


def test_both_must_be_there(hours):
    week = calling_hours(hours.tea, NOON)
    for clock, is_open in (((8, 59), False), ((9, 0), True), ((17, 59), True), ((18, 0), False)):
        assert week.is_open(local(FRIDAY, *clock)) is is_open
    assert week.closes_at(local(FRIDAY, 12)) == local(FRIDAY, 18)
    assert week.next_opening(local(FRIDAY, 18)) == local(MONDAY, 9)


def test_minutes_are_counted_within_both_only(hours):
    assert calling_hours(hours.tea, NOON).after_open(local(FRIDAY, 17, 30), dt.timedelta(hours=1)) == local(
        MONDAY, 9, 30
    )


def test_a_shop_in_another_zone_opens_by_its_own_clock(house):
    models.Union.create(id=1, name="Спілка")
    works(None, 9, 18)
    works(house.tea, 9, 18)
    models.Shop.update(timezone="Europe/Lisbon").where(models.Shop.id == house.tea.id).execute()  # two hours behind
    week = calling_hours(models.Shop.get_by_id(house.tea.id), NOON)
    assert week.first_on(MONDAY) == local(MONDAY, 11)
    assert week.closes_at(local(MONDAY, 12)) == local(MONDAY, 18)


def test_without_hours_somebody_is_always_there(house):
    week = calling_hours(house.tea, NOON)
    assert week.is_open(NOON) and week.closes_at(NOON) is None
    assert week.first_on(FRIDAY) == local(FRIDAY, 0)


def test_a_shop_that_no_operator_meets_is_called_for_in_its_own_hours(house):
    works(None, 9, 18)
    works(house.tea, 19, 22)
    assert calling_hours(house.tea, NOON).next_opening(NOON) == local(FRIDAY, 19)


@pytest.mark.parametrize("day", [MONDAY, FRIDAY])
def test_a_day_the_shop_is_closed_has_no_beginning(hours, day):
    models.HoursException.create(shop=hours.tea, on_date=day)
    assert calling_hours(hours.tea, NOON).first_on(day) is None
