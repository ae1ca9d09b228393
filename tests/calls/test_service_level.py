"""The figures of a shop's calls, each by its definition; days and hours are the shop's own."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest
from pytest import approx

from calls import occupancy, service_level
from calls.call_log import Filter
from calls.call_log import calls as listed
from calls.counting import Counts
from models import Call, Leg, Outcome, Presence, Shop, Union, WorkTally
from tests.calls.owed import FRIDAY, KYIV, MONDAY, SATURDAY, local

ids = itertools.count(1)
SECOND = dt.timedelta(seconds=1)


@pytest.fixture
def line(house, settings):
    """line(ending, wait, …) is a call of the tea shop on Friday at ten that came into the line."""

    def call(ending: str = "answered", wait: int = 5, talk: int = 0, operator=None, **given) -> Call:
        at = given.pop("at", local(FRIDAY, 10))
        values = {
            "key": f"c{next(ids)}", "direction": "in", "shop": house.tea, "did": house.dids[0], "arrived_at": at,
            "line_at": at + 10 * SECOND, "wait_seconds": wait, "talk_seconds": talk, "operator": operator,
            "ending": ending, "ended_at": at + (10 + wait + talk) * SECOND,
        }  # fmt: skip
        return Call.create(**values | given)

    return call


@pytest.fixture
def report(house, settings):
    def read(first=FRIDAY, last=FRIDAY, shops=None) -> service_level.Report:
        return service_level.read(shops or [house.tea], first, last, settings)

    return read


def test_service_level_by_both_formulas(line, report):
    """Of four offered two are answered in ten seconds, one later, one leaves at once: 2 of 4, or 2 of 3."""
    line(wait=3), line(wait=10), line(wait=11), line("abandoned_line", wait=7)
    figures = report().whole
    assert (figures.offered, figures.answered, figures.answered_within, figures.abandoned) == (4, 3, 2, 1)
    assert figures.level == approx(2 / 4)
    assert figures.level_patient == approx(2 / 3)
    assert figures.asa == approx(24 / 3)


def test_who_leaves_at_once_is_counted_apart_by_the_limit_of_his_shop(line, report, house):
    soon = {"arrived_at": local(FRIDAY, 10), "line_at": local(FRIDAY, 10), "ended_at": local(FRIDAY, 10) + 4 * SECOND}
    line("abandoned_line", wait=4, **soon)
    assert (report().whole.offered, report().whole.short) == (0, 1)
    house.tea.short_call_seconds = 4
    assert (report().whole.offered, report().whole.short, report().whole.abandoned_within) == (1, 0, 1)


@pytest.mark.parametrize("ending", ["closed", "informed", "abandoned_menu", "abandoned_greeting", "asked_callback"])
def test_who_never_came_to_the_line_was_not_offered(line, report, ending):
    line(ending, line_at=None, wait_seconds=None)
    assert (report().whole.arrived, report().whole.offered, report().whole.before_line) == (1, 0, 1)


@pytest.mark.parametrize(
    "ending, where", [("asked_callback", "asked"), ("no_operator", "nobody"), ("cut_off", "cut"),
                      ("abandoned_line", "abandoned"), ("answered", "answered")]
)  # fmt: skip
def test_every_offered_call_has_one_place(line, report, ending, where):
    line(ending, wait=30)
    counts = report().whole
    assert counts.offered == getattr(counts, where) == 1
    assert sum((counts.answered, counts.abandoned, counts.asked, counts.nobody, counts.cut)) == 1


def test_a_call_that_lives_or_was_made_by_us_is_not_offered(line, report, house):
    line(ended_at=None, ending="")
    line(direction="callback", talk=50, operator=house.operator)
    line("not_reached", direction="callback")
    assert report().whole == Counts(called=1, called_talk_seconds=50)


def test_handling_is_talk_and_the_work_after_it_of_calls_that_operators_took(line, report, house):
    worked = line(talk=100, operator=house.operator)
    spoken(worked, house.operator)
    work(house.operator, worked.ended_at, 40)
    line(talk=60, operator=house.operator)
    line(talk=500)  # the owner's mobile
    counts = report().whole
    assert (counts.answered, counts.handled, counts.by_mobile) == (3, 2, 1)
    assert counts.aht == approx((100 + 40 + 60) / 2)


def test_what_the_mobile_took_is_in_no_figure_of_an_operator(line, report, house):
    line(talk=100, operator=house.operator)
    line(talk=500, flags="overflow-mobile")
    by = report().by("operator")
    assert (by[house.operator.id].by_mobile, by[None].handled, by[None].by_mobile) == (0, 0, 1)
    assert (by[None].aht, by[None].talk_seconds) == (None, 0)
    work = occupancy.of_operators(by, {house.operator.id: (200, 0)})
    assert work == {house.operator.id: occupancy.Work(100, 0, 200)}


def spoken(call: Call, user) -> None:
    Leg.create(call=call, uniqueid=f"{call.key}x", party="operator", user=user, rang_at=call.line_at,
               answered_at=call.line_at, ended_at=call.ended_at)  # fmt: skip


def work(user, since: dt.datetime, seconds: int, kind: str = "after_call") -> None:
    Presence.create(user=user, kind=kind, starts_at=since, ends_at=since + seconds * SECOND)


def test_solved_at_once_is_of_those_she_said_it_of_and_the_latest_word_counts(line, report, house):
    said = {"shop": house.tea, "user": house.operator, "kind": "advice"}
    for words in ((False, True), (False,), (None,), ()):
        call = line(operator=house.operator)
        for solved in words:
            Outcome.create(call_key=call.key, solved=solved, **said)
    assert report().whole.solved_share == approx(1 / 2)


def test_figures_by_operator_source_shop_day_and_month(line, report, house):
    line(operator=house.operator), line(operator=house.trainee, at=local(SATURDAY, 12))
    line("abandoned_line", wait=60, did=None)
    line(shop=house.soap, did=house.dids[1], operator=house.operator)
    both = report(FRIDAY, SATURDAY, [house.tea, house.soap])
    answered = {key: counts.answered for key, counts in both.by("operator").items()}
    assert answered == {house.operator.id: 2, house.trainee.id: 1, None: 0}
    assert list(both.by("did")) == [house.dids[0].id, house.dids[1].id, None]
    assert {shop: counts.offered for shop, counts in both.by("shop").items()} == {house.tea.id: 3, house.soap.id: 1}
    assert {day: counts.offered for day, counts in both.by("day").items()} == {FRIDAY: 3, SATURDAY: 1}
    assert {day: counts.offered for day, counts in both.by("month").items()} == {dt.date(2026, 11, 1): 4}
    assert both.hours[5, 12].offered == 1


def test_days_and_hours_are_the_shops_own(line, report, house):
    line(at=local(SATURDAY, 0))  # 22:00 on Friday, UTC
    line(at=local(MONDAY, 0) - SECOND)
    assert report().whole.offered == 0
    assert set(report(SATURDAY, SATURDAY + dt.timedelta(days=1)).hours) == {(5, 0), (6, 23)}
    Shop.update(timezone="UTC").where(Shop.id == house.tea.id).execute()
    assert set(report(shops=[Shop.get_by_id(house.tea.id)]).hours) == {(4, 22)}


def test_the_hour_that_comes_twice_in_autumn_holds_both_its_calls(line, report):
    sunday = dt.date(2026, 10, 25)
    for fold in (0, 1):
        line(at=dt.datetime(2026, 10, 25, 3, 30, fold=fold, tzinfo=KYIV))
    assert report(sunday, sunday).hours[6, 3].offered == 2


def test_a_share_of_few_calls_is_not_yet_reliable(line, report):
    assert report().whole.level is None
    for _ in range(29):
        line()
    assert not report().whole.is_reliable
    line()
    assert report().whole.is_reliable


def test_a_test_shop_is_nowhere(house):
    Shop.update(is_test=True).where(Shop.id == house.soap.id).execute()
    assert house.soap not in service_level.shops_of_union()
    assert house.tea in service_level.shops_of_union()


def test_answered_is_what_the_list_of_calls_shows(line, report, house):
    line(operator=house.operator), line("abandoned_line", wait=9), line("cut_off", answered_at=local(FRIDAY, 10))
    shown = listed(house.tea, Filter(FRIDAY, FRIDAY, group="answered"), 10)
    assert len(shown) == report().whole.answered == 1


def test_occupancy_is_the_busy_part_of_the_time_at_work(line, report, house):
    began = local(FRIDAY, 9)
    work(house.operator, began, 3000, "ready")
    work(house.operator, began + 3000 * SECOND, 600, "after_call")
    work(house.operator, began + 3600 * SECOND, 3600, "meal")
    line(talk=700, operator=house.operator, at=began), line(talk=200, direction="callback", operator=house.operator)
    works = occupancy.of_operators(
        report().by("operator"), occupancy.presence(FRIDAY, FRIDAY, KYIV, local(SATURDAY, 0))
    )
    assert works == {house.operator.id: occupancy.Work(900, 600, 3000)}
    assert works[house.operator.id].occupancy == approx(1500 / 3600)


def test_presence_is_cut_at_the_ends_of_the_time_asked_for_and_at_now(house):
    work(house.operator, local(FRIDAY, 23), 7200, "ready")
    Presence.create(user=house.trainee, kind="ready", starts_at=local(FRIDAY, 23))
    assert occupancy.presence(SATURDAY, SATURDAY, KYIV, local(SATURDAY, 3)) == {
        house.operator.id: (3600, 0), house.trainee.id: (3 * 3600, 0),
    }  # fmt: skip


def test_presence_of_days_that_are_over_is_summed_once_and_says_the_same(house, settings):
    Union.create(id=1, name="Спілка")
    work(house.operator, local(FRIDAY, 22), 4 * 3600, "ready")
    work(house.operator, local(SATURDAY, 2), 60, "after_call")
    Presence.create(user=house.trainee, kind="ready", starts_at=local(FRIDAY, 23))
    now = local(MONDAY, 13)
    asked = FRIDAY, MONDAY, KYIV, now
    before = occupancy.presence(*asked)
    assert occupancy.make_due(now, settings) == 3
    assert occupancy.presence(*asked) == before
    assert before[house.operator.id] == (4 * 3600, 60)
    assert WorkTally.select().where(WorkTally.user.is_null(False)).count() == 5
    assert occupancy.make_due(now, settings) == 0
