"""The morning list: built once per shop and date whoever asks how often, over both changes of the clock, and nobody
is lost between the days.
"""

from __future__ import annotations

import datetime as dt
import random
import threading

import models
from calls import callbacks, morning_list
from calls.calling_hours import calling_hours
from models import Callback, MorningEntry, Run
from tests.calls.owed import DAY, FRIDAY, KYIV, MINUTE, MONDAY, SATURDAY, a_call, dial, ended, local


def miss(house, settings, at: dt.datetime, customer: str = "+380501112233") -> Callback:
    ended(house, settings, a_call(house, customer=customer, ended_at=at, arrived_at=at - MINUTE))
    return Callback.get(Callback.customer == customer, Callback.closed_at.is_null())


def test_who_is_missed_at_night_is_due_when_the_shop_is_open_and_operators_work(hours, settings):
    callback = miss(hours, settings, local(FRIDAY, 22))
    assert callback.due_at == local(MONDAY, 9)
    assert callback.promises.get().call_by == local(MONDAY, 9, 20)
    assert miss(hours, settings, local(FRIDAY, 8, 30), "+380671112233").due_at == local(FRIDAY, 9)


def test_who_is_missed_in_hours_is_due_at_once(hours, settings):
    callback = miss(hours, settings, local(FRIDAY, 17, 50))
    assert callback.due_at == local(FRIDAY, 17, 50)
    assert callback.promises.get().call_by == local(MONDAY, 9, 10), "ten minutes of the twenty were left"


def test_the_list_holds_who_waits_when_the_day_begins_and_is_built_once(hours, settings):
    night = miss(hours, settings, local(FRIDAY, 22))
    assert morning_list.build_due(local(SATURDAY, 12)) == 0, "a day without hours has no list"
    assert morning_list.build_due(local(MONDAY, 8, 59)) == 0
    assert morning_list.build_due(local(MONDAY, 9)) == 1
    miss(hours, settings, local(MONDAY, 9, 1), "+380671112233")
    assert morning_list.build_due(local(MONDAY, 9, 2)) == 0
    assert [entry.callback for entry in MorningEntry.select()] == [night]
    assert (Run.get().local_date, Run.get().outcome) == (MONDAY, "1")


def test_a_list_that_is_built_late_is_the_same(hours, settings):
    night = miss(hours, settings, local(FRIDAY, 22))
    early = miss(hours, settings, local(FRIDAY, 23), "+380671112233")
    miss(hours, settings, local(MONDAY, 9, 5), "+380931112233")
    callbacks.close(night, "got_through", local(MONDAY, 9, 10))
    dial(hours, settings, early, local(MONDAY, 9, 15), "busy")
    morning_list.build_due(local(MONDAY, 11))
    assert {entry.callback for entry in MorningEntry.select()} == {night, early}


def test_it_says_how_far_it_is_worked_off(hours, settings):
    one, two, _ = [miss(hours, settings, local(FRIDAY, 21), f"+3806711122{number}") for number in (10, 11, 12)]
    assert morning_list.progress(hours.tea, local(MONDAY, 8)) is None
    morning_list.build_due(local(MONDAY, 9))
    assert told(hours, local(MONDAY, 9)) == (3, 0)
    dial(hours, settings, one, local(MONDAY, 9, 5), "answered")
    dial(hours, settings, two, local(MONDAY, 9, 10), "no_answer")
    assert told(hours, local(MONDAY, 9, 15)) == (3, 2)


def told(house, now) -> tuple[int, int]:
    progress = morning_list.progress(house.tea, now)
    return progress.listed, progress.done


def test_three_schedulers_at_once_build_one_list(hours, settings, times):
    miss(hours, settings, local(FRIDAY, 22))
    for _ in range(times(50)):
        MorningEntry.delete().execute()
        Run.delete().execute()
        barrier, built = threading.Barrier(3), []

        def build(barrier=barrier, built=built):
            with models.database.connection_context():
                barrier.wait()
                built.append(morning_list.build_due(local(MONDAY, 9)))

        threads = [threading.Thread(target=build) for _ in range(3)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        assert sorted(built) == [0, 0, 1]
        assert (Run.select().count(), MorningEntry.select().count()) == (1, 1)


def test_four_hundred_days_lose_nobody_and_build_each_list_once(hours, settings, times):
    """Two changes of the clock lie within, one after 40 days. Missed by day and by night; few are worked off."""
    chance, lost, lists = random.Random(7), {}, 0
    first = dt.date(2026, 9, 15)
    for number in range(max(60, times(400))):
        date = first + number * DAY
        for hour in sorted(chance.sample(range(24), 2)):
            at = local(date, hour, chance.randrange(60))
            lost[miss(hours, settings, at, f"+38067{len(lost):07}").id] = at
        opens = calling_hours(hours.tea, local(date, 0)).first_on(date)
        assert (opens is None) == (date.weekday() > 4) and (opens is None or opens == local(date, 9))
        built = [morning_list.build_due(local(date, hour, half)) for hour in range(24) for half in (0, 30)]
        assert sum(built) == (date.weekday() < 5), date
        lists += sum(built)
        settle_some(chance, local(date, 17, 59))
    assert Run.select().count() == lists
    for callback in Callback.select():
        at = lost[callback.id]
        expected = at if calling_hours(hours.tea, at).is_open(at) else morning_after(at)
        assert callback.due_at == expected
        on_lists = Run.select().join(MorningEntry).where(MorningEntry.callback == callback)
        days = [run.local_date for run in on_lists.order_by(Run.local_date)]
        until = callback.closed_at or local(date, 23, 59)
        assert days == [day for day in working_days(at, until) if at < local(day, 9) <= until]


def settle_some(chance: random.Random, at: dt.datetime) -> None:
    for callback in Callback.select().where(Callback.closed_at.is_null(), Callback.due_at <= at):
        if chance.random() < 0.5:
            callbacks.close(callback, "talked", at)


def morning_after(at: dt.datetime) -> dt.datetime:
    """Nine o'clock of the next working day, or of this one before it."""
    return next(local(day, 9) for day in working_days(at, at + 5 * DAY) if local(day, 9) > at)


def working_days(since: dt.datetime, until: dt.datetime) -> list[dt.date]:
    day, days = since.astimezone(KYIV).date(), []
    while day <= until.astimezone(KYIV).date():
        days += [day] if day.weekday() < 5 else []
        day += DAY
    return days
