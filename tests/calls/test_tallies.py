"""Sums of days that are over say what a recount says, at every moment and whatever changes."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
import random
import re

import pytest

from calls import ingest, service_level, tallies
from calls.counting import counted
from models import Call, HourTally, Outcome, Presence, Shop, TalliedSpan, Tally
from pbx.names import CEL_FILE
from tests.calls import recorded
from tests.calls.owed import FRIDAY, MONDAY, SATURDAY, local

ENDINGS = (
    "answered",
    "abandoned_line",
    "no_operator",
    "asked_callback",
    "cut_off",
    "closed",
    "informed",
    "not_reached",
)
DAYS = 6
LATER = local(MONDAY, 13)  # the day before is over for good
ids = itertools.count(1)


@pytest.fixture
def week(house):
    """Six days of calls of every kind to two shops, until Sunday."""
    dice = random.Random(7)
    for number in range(300):
        shop, did = dice.choice([(house.tea, house.dids[0]), (house.soap, house.dids[1])])
        day = MONDAY - dt.timedelta(dice.randint(1, DAYS))
        a_call(house, shop, did, local(day, dice.randint(0, 23), dice.randint(0, 59)), dice)
        if number % 10 == 0:
            Outcome.create(
                call_key=f"t{number}", shop=shop, user=house.operator, kind="advice", solved=dice.choice([0, 1])
            )
    return house


def a_call(house, shop, did, at: dt.datetime, dice: random.Random) -> Call:
    ending = dice.choice(ENDINGS)
    in_line = ending not in ("closed", "informed", "not_reached")
    return Call.create(
        key=f"t{next(ids)}", shop=shop, did=dice.choice([did, None]), direction="callback" if ending == "not_reached" else "in",
        arrived_at=at, ending=ending, ended_at=at + dt.timedelta(seconds=dice.randint(2, 300)),
        line_at=at if in_line else None, wait_seconds=dice.randint(0, 90) if in_line else None,
        operator=dice.choice([house.operator, house.trainee, None]) if ending == "answered" else None, talk_seconds=50,
    )  # fmt: skip


def sums(house, settings) -> dict:
    """Everything that is told of the week; a cell for every part without calls is no difference."""
    read = tallies.read([house.tea, house.soap], MONDAY - dt.timedelta(DAYS), MONDAY, settings)
    return {name: {key: counts for key, counts in part.items()} for name, part in vars(read).items()}


def recount(house, settings) -> dict:
    asked = [(shop, MONDAY - dt.timedelta(DAYS), MONDAY) for shop in (house.tea, house.soap)]
    return vars(tallies.of_cells(counted(asked, settings.answer_within_seconds)))


def test_tallies_say_what_a_recount_says(week, settings):
    assert tallies.make_due(LATER, settings) == 2 * DAYS
    assert Tally.select().count() > 40
    assert sums(week, settings) == recount(week, settings)
    assert tallies.make_due(LATER, settings) == 0


def test_a_report_is_the_same_before_and_after_its_days_are_tallied(week, settings):
    asked = [week.tea, week.soap], MONDAY - dt.timedelta(DAYS), MONDAY, settings
    before = service_level.read(*asked)
    tallies.make_due(LATER, settings)
    after = service_level.read(*asked)
    assert after.whole == before.whole
    assert after.hours == before.hours
    for what in ("shop", "operator", "did", "day", "month"):
        assert list(after.by(what).items()) == list(before.by(what).items()), what


@pytest.mark.parametrize("tallied", range(1, 2 * DAYS, 3))
def test_days_with_and_without_a_tally_add_up(week, settings, monkeypatch, tallied):
    monkeypatch.setattr(tallies, "DAYS_AT_ONCE", tallied)
    assert tallies.make_due(LATER, settings) == tallied
    assert sums(week, settings) == recount(week, settings)


def test_a_day_is_not_tallied_while_an_operator_may_still_say_what_a_call_came_to(week, settings):
    tallies.make_due(local(MONDAY, 11), settings)
    assert {day for (day,) in TalliedSpan.select(TalliedSpan.first).distinct().tuples()} == {
        MONDAY - dt.timedelta(days) for days in range(2, DAYS + 1)
    }


def test_nor_while_after_call_work_goes_on(week, settings):
    Presence.create(user=week.operator, kind="after_call", starts_at=local(SATURDAY, 20))
    tallies.make_due(LATER, settings)
    assert not TalliedSpan.select().where(TalliedSpan.first >= SATURDAY).exists()
    assert TalliedSpan.select().where(TalliedSpan.first == FRIDAY).exists()


@pytest.mark.parametrize("changed", [{"short_call_seconds": 200}, {"timezone": "Asia/Tokyo"}])
def test_with_another_rule_days_are_counted_and_tallied_anew(week, settings, changed):
    tallies.make_due(LATER, settings)
    before = sums(week, settings)
    Shop.update(**changed).where(Shop.id == week.tea.id).execute()
    week.tea = Shop.get_by_id(week.tea.id)
    assert sums(week, settings) == recount(week, settings) != before
    assert tallies.make_due(LATER, settings) >= DAYS
    assert sums(week, settings) == recount(week, settings)


def test_with_another_time_for_an_answer_too(week, settings):
    tallies.make_due(LATER, settings)
    patient = dataclasses.replace(settings, answer_within_seconds=60)
    assert sums(week, patient) == recount(week, patient) != recount(week, settings)


def test_a_call_that_becomes_a_fact_late_takes_its_days_tally_away(house, settings):
    (settings.cel_dir / CEL_FILE).write_bytes(recorded.text("answered-customer-hangs-up"))
    ingest.ingest_all(settings)
    call = Call.get()
    day = call.arrived_at.date()
    tallies.make(house.tea, day, settings)
    assert HourTally.select().exists()
    with (settings.cel_dir / CEL_FILE).open("ab") as late:
        late.write(
            re.sub(rb'"(17[0-9]{8}\.)([0-9]{1,4})"', rb'"\g<1>9\2"', recorded.text("answered-customer-hangs-up"))
        )
    assert tallies.read([house.tea], day, day, settings).whole[house.tea.id, day].answered == 1
    ingest.ingest_all(settings)
    assert tallies.read([house.tea], day, day, settings).whole[house.tea.id, day].answered == 2


def test_rebuilding_the_calls_forgets_every_tally(week, settings):
    tallies.make_due(LATER, settings)
    ingest.rebuild()
    assert not TalliedSpan.select().exists()
    assert not Tally.select().exists()
