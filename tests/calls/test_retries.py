"""Retries: when a customer who was not reached is due again, when he is given up, and what is no try."""

from __future__ import annotations

import datetime as dt

import pytest

import models
from calls import attempts, callbacks, retries
from calls.call_events import Dialled
from calls.calling_hours import calling_hours
from models import AuditEntry, Callback
from tests.calls.owed import FRIDAY, MONDAY, NOON, a_call, at, attempt, dial, ended, local
from union.audit import BOX
from union.faults import Refused

RULE = ["15", "60", "morning"]


@pytest.mark.parametrize(
    ("tries", "ended_at", "due_at"),
    [
        (1, local(FRIDAY, 12), local(FRIDAY, 12, 15)),
        (2, local(FRIDAY, 12), local(FRIDAY, 13)),
        (3, local(FRIDAY, 12), local(MONDAY, 9)),
        (4, local(MONDAY, 9, 5), local(MONDAY + dt.timedelta(days=1), 9)),
        (1, local(FRIDAY, 17, 50), local(MONDAY, 9)),
        (2, local(FRIDAY, 17, 0), local(MONDAY, 9)),
        (1, local(FRIDAY, 17, 44), local(FRIDAY, 17, 59)),
    ],
)
def test_a_try_in_vain_is_repeated_by_the_rule_and_inside_hours(hours, tries, ended_at, due_at):
    assert retries.next_try(RULE, tries, ended_at, calling_hours(hours.tea, ended_at)) == due_at


@pytest.mark.parametrize(
    ("month", "saturday", "opens_utc"),
    [(3, 28, dt.time(6)), (10, 24, dt.time(7))],  # the clock changes in the night to Sunday: 9 o'clock is 6 or 7 UTC
)
def test_the_next_morning_is_nine_by_the_clock_on_the_wall(house, month, saturday, opens_utc):
    for weekday in range(7):
        models.WeekHours.create(shop=house.tea, weekday=weekday, opens_minute=540, closes_minute=1080)
    tried = local(dt.date(2026, month, saturday), 15)
    due = retries.next_try(["morning"], 1, tried, calling_hours(house.tea, tried))
    assert due == dt.datetime.combine(dt.date(2026, month, saturday + 1), opens_utc, dt.UTC)


def test_a_shop_that_is_always_open_is_tried_again_after_midnight(house):
    assert retries.next_try(["morning"], 1, NOON, calling_hours(house.tea, NOON)) == local(dt.date(2026, 11, 21), 0)


@pytest.mark.parametrize("result", ["busy", "no_answer", "declined", "wrong_number", "answered"])
def test_busy_no_answer_and_a_machine_are_due_again_in_a_quarter_of_an_hour(missed, house, settings, result):
    attempt(missed, house, settings, result, 2)
    assert Callback.get().due_at == at(17)


@pytest.mark.parametrize(
    "result", ["operator_no_answer", "operator_unreachable", "trunk_dead", "not_dialled", "refused"]
)
def test_what_never_rang_his_telephone_is_no_try(missed, house, settings, result):
    attempt(missed, house, settings, result, 2)
    assert Callback.get().due_at == NOON
    assert retries.tries_since(missed, NOON) == 0


def test_after_the_last_try_it_is_given_up_by_the_rule(missed, house, settings):
    for number in range(5):
        assert Callback.get().closed_at is None
        attempt(missed, house, settings, "no_answer", 2 + number)
    fresh = Callback.get()
    assert (fresh.closed_because, fresh.closed_at, fresh.closed_by) == ("given_up", at(6), None)


def test_news_told_twice_are_one_try(missed, house, settings):
    attempt(missed, house, settings, "busy", 2)
    attempts.end(Dialled("try-2", "busy", at(9)), settings)
    assert (retries.tries_since(missed, NOON), Callback.get().due_at) == (1, at(17))


def test_a_customer_who_rings_again_is_due_at_once_and_has_the_whole_rule_again(missed, house, settings):
    for number in range(3):
        attempt(missed, house, settings, "no_answer", 2 + number)
    assert Callback.get().due_at > at(600)
    ended(house, settings, a_call(house, ended=30))
    assert Callback.get().due_at == at(30)
    attempt(missed, house, settings, "busy", 31)
    assert Callback.get().due_at == at(46)


def test_a_miss_told_after_a_later_try_changes_nothing_about_when(missed, house, settings):
    attempt(missed, house, settings, "busy", 2)
    ended(house, settings, a_call(house, ended=1))
    assert (Callback.get().due_at, missed.misses.count()) == (at(17), 2)


def test_a_customer_who_got_through_while_he_was_rung_is_not_tried_again(missed, house, settings):
    wish = attempts.want(missed, house.operator, at(1), settings)
    attempts.mark_sent(wish, at(1))
    ended(house, settings, a_call(house, "answered", ended=2))
    attempts.end(Dialled(wish.public_id, "busy", at(3)), settings)
    assert (Callback.get().closed_because, Callback.get().due_at) == ("got_through", NOON)


def test_nothing_is_dialled_while_the_shop_is_closed(hours, settings):
    ended(hours, settings, a_call(hours))
    with pytest.raises(callbacks.Refused) as told:
        dial(hours, settings, Callback.get(), local(FRIDAY, 20), "busy")
    assert told.value.reason == "shop_closed"


def test_an_owner_changes_the_rule_and_the_journal_says_so(house):
    retries.set_rule(house.tea, ["30", "morning"], 3, BOX)
    shop = models.Shop.get_by_id(house.tea.id)
    assert (shop.retry_waits, shop.retry_tries) == ("30 morning", 3)
    assert "15 60 morning → 30 morning" in AuditEntry.get().detail


@pytest.mark.parametrize(
    ("waits", "tries", "field"), [([], 3, "waits"), (["7"], 3, "waits"), (["15"], 0, "tries"), (["15"], 11, "tries")]
)
def test_a_rule_that_is_none_is_refused(house, waits, tries, field):
    with pytest.raises(Refused) as told:
        retries.set_rule(house.tea, waits, tries, BOX)
    assert set(told.value.faults) == {field}
