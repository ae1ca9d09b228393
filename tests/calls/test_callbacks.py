"""Callbacks: what opens one, who holds it, what may be dialled, and what ends it."""

from __future__ import annotations

import datetime as dt
import threading

import pytest

import models
from calls import attempts, callbacks, caps
from calls.call_events import Dialled
from calls.callbacks import AlreadyClaimed, Refused
from models import Attempt, Callback, CelRow, Claim, Miss, Promise
from tests.calls.owed import CUSTOMER, FOREIGN, NOON, OTHER, a_call, another, answer, at, ended, refused, together

# --- what opens one ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "ending",
    [
        "abandoned_greeting", "abandoned_menu", "abandoned_line", "closed", "no_operator", "cut_off", "asked_callback",
    ],
)  # fmt: skip
def test_a_missed_customer_is_owed_a_callback(house, settings, ending):
    call = a_call(house, ending)
    ended(house, settings, call)
    callback = Callback.get()
    assert (callback.shop, callback.did, callback.customer) == (house.tea, house.dids[0], CUSTOMER)
    assert (callback.opened_at, callback.closed_at, callback.not_callable) == (call.ended_at, None, "")
    miss = callback.misses.get()
    assert (miss.call_key, miss.at, miss.why) == (call.key, call.ended_at, ending)


@pytest.mark.parametrize("ending", ["answered", "informed", "refused"])
def test_who_was_served_is_owed_nothing(house, settings, ending):
    ended(house, settings, a_call(house, ending))
    assert Callback.select().count() == 0


@pytest.mark.parametrize(("seconds", "count"), [(4.9, 0), (5.0, 1)])
def test_a_call_shorter_than_the_shops_limit_is_counted_apart(house, settings, seconds, count):
    ended(house, settings, a_call(house, "abandoned_greeting", seconds=seconds))
    assert Callback.select().count() == count


def test_a_short_call_to_a_closed_shop_is_a_missed_one(house, settings):
    ended(house, settings, a_call(house, "closed", seconds=1))
    assert Callback.select().count() == 1


def test_nobody_is_owed_a_callback_whose_number_is_not_known(house, settings):
    ended(house, settings, a_call(house, customer=None, withheld=True, callback_number=None))
    assert Callback.select().count() == 0


def test_a_withheld_caller_who_typed_a_number_is_called_there(house, settings):
    ended(house, settings, a_call(house, "asked_callback", customer=None, withheld=True, callback_number=OTHER))
    assert Callback.get().customer == OTHER


def test_a_test_call_opens_nothing(house, settings):
    models.Shop.update(is_test=True).where(models.Shop.id == house.tea.id).execute()
    ended(house, settings, a_call(house))
    assert Callback.select().count() == 0


def test_three_misses_are_one_callback_with_three_calls(house, settings):
    ended(house, settings, *(a_call(house, ended=minute) for minute in (0, 3, 9)))
    assert Callback.get().misses.count() == 3


def test_telling_a_call_twice_changes_nothing(house, settings):
    call = a_call(house)
    ended(house, settings, call, call)
    callbacks.close(Callback.get(), "given_up", at(1))
    ended(house, settings, call)
    assert (Callback.select().count(), Miss.select().count()) == (1, 1)


def test_two_shops_each_owe_the_same_customer_a_call(house, settings):
    ended(house, settings, a_call(house), a_call(house, shop_id=house.soap.id, did_id=house.dids[1].id))
    assert {callback.shop for callback in Callback.select()} == {house.tea, house.soap}


def test_a_number_that_must_not_be_dialled_stays_on_the_list_and_says_why(house, settings):
    ended(house, settings, a_call(house, customer=FOREIGN), a_call(house, customer="+380800123456"))
    assert [callback.not_callable for callback in Callback.select().order_by(Callback.id)] == [
        "foreign",
        "ua-toll-free",
    ]


def test_a_callback_is_promised_within_opening_hours(house, settings):
    models.WeekHours.create(shop=house.tea, weekday=4, opens_minute=540, closes_minute=730)  # Friday 9:00–12:10
    models.WeekHours.create(shop=house.tea, weekday=0, opens_minute=540, closes_minute=1080)
    ended(house, settings, a_call(house))
    assert Callback.get().due_at == NOON
    monday = dt.datetime(2026, 11, 23, 7, 10, tzinfo=dt.UTC)  # 9:10 in Kyiv: ten minutes were left
    assert Promise.get().call_by == monday


# --- what closes one --------------------------------------------------------------------------------------------


def test_a_customer_who_got_through_is_owed_nothing_any_more(missed, house, settings):
    answered = a_call(house, "answered", ended=5)
    ended(house, settings, answered)
    fresh = Callback.get()
    assert (fresh.closed_because, fresh.closed_at, fresh.closing_call) == ("got_through", at(5), answered.key)
    assert Claim.get().ended_because == "closed"


def test_a_conversation_that_ended_before_his_last_miss_closes_nothing(missed, house, settings):
    ended(house, settings, a_call(house, ended=9), a_call(house, "answered", ended=5))
    assert Callback.get().closed_at is None


def test_a_miss_told_after_a_later_conversation_opens_nothing(house, settings):
    ended(house, settings, a_call(house, "answered", ended=5), a_call(house, ended=3))
    assert Callback.select().count() == 0


def test_a_conversation_with_another_shop_closes_nothing(missed, house, settings):
    ended(house, settings, a_call(house, "answered", ended=5, shop_id=house.soap.id))
    assert Callback.get().closed_at is None


def test_a_miss_after_a_closed_callback_opens_a_new_one(missed, house, settings):
    ended(house, settings, a_call(house, "answered", ended=5), a_call(house, ended=9))
    assert [bool(callback.closed_at) for callback in Callback.select().order_by(Callback.id)] == [True, False]


def test_a_wish_not_yet_sent_dies_with_its_callback_and_one_under_way_goes_on(missed, house, settings):
    wish = attempts.want(missed, house.operator, at(1), settings)
    callbacks.close(missed, "got_through", at(2))
    assert Attempt.get().result == "not_dialled"
    assert not attempts.mark_sent(wish, at(2))
    Attempt.update(ended_at=None, result="", sent_at=at(1)).execute()
    callbacks.close(missed, "got_through", at(3))
    assert Attempt.get().ended_at is None


# --- who holds it ------------------------------------------------------------------------------------------------


def test_two_claims_at_once_one_wins_and_the_other_is_told_who(house, settings, times):
    ended(house, settings, a_call(house))
    callback = Callback.get()
    for _ in range(times(50)):
        won, lost = [], []
        barrier = threading.Barrier(2)

        def click(user, won=won, lost=lost, barrier=barrier):
            with models.database.connection_context():
                barrier.wait()
                try:
                    callbacks.claim(callback, user, NOON, settings)
                    won.append(user)
                except AlreadyClaimed as told:
                    lost.append((user, told.by))

        together([lambda user=user: click(user) for user in (house.operator, house.trainee)])
        assert len(won) == 1
        assert lost == [(({house.operator, house.trainee} - set(won)).pop(), won[0])]
        assert callbacks.release(callback, won[0], NOON)


def test_claiming_again_renews_the_lease(missed, house, settings):
    again = callbacks.claim(missed, house.operator, at(5), settings)
    assert Claim.select().count() == 1
    assert again.lease_until == at(15)


def test_only_who_holds_it_gives_it_back(missed, house):
    assert not callbacks.release(missed, house.trainee, at(1))
    assert callbacks.release(missed, house.operator, at(1))
    assert callbacks.claim_of(missed) is None
    assert not callbacks.release(missed, house.operator, at(2))


def test_a_lease_that_ran_out_frees_the_callback(missed, house, settings):
    assert callbacks.expire_claims(at(9.9)) == 0
    assert callbacks.expire_claims(at(10)) == 1
    assert Claim.get().ended_because == "expired"
    callbacks.claim(missed, house.trainee, at(10), settings)


def test_a_claim_takes_over_a_lease_that_ran_out_a_moment_ago(missed, house, settings):
    assert callbacks.claim(missed, house.trainee, at(11), settings).user == house.trainee


def test_the_lease_does_not_run_while_she_dials_and_starts_anew_afterwards(missed, house, settings):
    wish = attempts.want(missed, house.operator, at(1), settings)
    attempts.mark_sent(wish, at(1))
    assert callbacks.expire_claims(at(60)) == 0
    attempts.end(Dialled(wish.public_id, "busy", at(61)), settings)
    assert callbacks.expire_claims(at(70)) == 0
    assert callbacks.expire_claims(at(71)) == 1


def test_who_signs_off_gives_everything_back(missed, house, settings):
    another(house, settings, OTHER, house.operator)
    assert callbacks.release_all(house.operator, at(1), "signed-off") == 2
    assert {claim.ended_because for claim in Claim.select()} == {"signed-off"}


def test_a_closed_callback_cannot_be_claimed(missed, house, settings):
    callbacks.close(missed, "given_up", at(1))
    assert refused(callbacks.claim, missed, house.trainee, at(2), settings) == "closed"


# --- the wish to dial --------------------------------------------------------------------------------------------


def test_a_wish_is_a_row_that_is_sent_once(missed, house, settings):
    wish = attempts.want(missed, house.operator, at(1), settings)
    assert (wish.customer, wish.user, wish.minutes_reserved) == (CUSTOMER, house.operator, 30)
    assert wish.channel_id == f"cb-{wish.public_id}"
    (found,) = attempts.sendable(at(1), settings)
    assert (found.callback.did.trunk, found.callback.shop) == (house.trunk, house.tea)
    assert attempts.mark_sent(found, at(1))
    assert not attempts.mark_sent(found, at(1))
    assert attempts.sendable(at(1), settings) == []


def test_a_wish_nobody_sent_in_time_is_never_sent(missed, house, settings):
    attempts.want(missed, house.operator, at(1), settings)
    assert attempts.sendable(at(3), settings) == []
    assert attempts.expire(at(3), settings) == 1
    assert Attempt.get().result == "not_dialled"


def test_a_sent_attempt_nothing_was_heard_of_was_not_dialled(missed, house, settings):
    attempts.mark_sent(attempts.want(missed, house.operator, at(1), settings), at(1))
    assert attempts.expire(at(1.4), settings) == 0
    assert attempts.expire(at(1.5), settings) == 1
    assert (Attempt.get().result, Attempt.get().minutes_reserved) == ("not_dialled", 0)


def test_an_attempt_that_is_heard_of_may_last(missed, house, settings):
    wish = attempts.want(missed, house.operator, at(1), settings)
    attempts.mark_sent(wish, at(1))
    CelRow.create(file_number=1, offset=0, event="CHAN_START", at=at(1), uniqueid=wish.channel_id,
                  linkedid=wish.channel_id)  # fmt: skip
    assert attempts.expire(at(40), settings) == 0


def test_news_after_the_silence_are_believed(missed, house, settings):
    wish = attempts.want(missed, house.operator, at(1), settings)
    attempts.mark_sent(wish, at(1))
    attempts.expire(at(2), settings)
    assert attempts.end(Dialled(wish.public_id, "answered", at(3), 60), settings)
    assert not attempts.end(Dialled(wish.public_id, "busy", at(4)), settings)
    assert (Attempt.get().result, Callback.get().to_confirm) == ("answered", True)


def wanted(callback, house, settings, when=None) -> str:
    return refused(attempts.want, callback, house.operator, when or at(1), settings)


def test_what_she_does_not_hold_she_does_not_dial(missed, house, settings):
    assert refused(attempts.want, missed, house.trainee, at(1), settings) == "not_claimed"
    assert wanted(missed, house, settings, at(11)) == "not_claimed"
    callbacks.close(missed, "given_up", at(2))
    assert wanted(missed, house, settings) == "closed"


def test_nothing_is_dialled_while_facts_are_late(missed, house, settings):
    assert wanted(missed, house, settings, at(9)) == "facts_late"


def test_a_number_that_is_not_callable_is_not_dialled(missed, house, settings):
    foreign = another(house, settings, FOREIGN, house.operator)
    assert wanted(foreign, house, settings) == "not_callable"
    models.Shop.update(last_resort_number=CUSTOMER).execute()
    with pytest.raises(Refused) as caught:
        attempts.want(missed, house.operator, at(1), settings)
    assert (caught.value.reason, caught.value.detail) == ("not_callable", "own")


def test_a_number_leaves_by_its_own_trunk_or_not_at_all(missed, house, settings):
    models.Trunk.update(is_active=False).execute()
    assert wanted(missed, house, settings) == "no_trunk"


def test_a_customer_of_two_shops_is_not_rung_by_both_at_once(missed, house, settings):
    ended(house, settings, a_call(house, shop_id=house.soap.id, did_id=house.dids[1].id))
    soap = Callback.get(Callback.shop == house.soap)
    callbacks.claim(soap, house.trainee, NOON, settings)
    attempts.want(missed, house.operator, at(1), settings)
    assert refused(attempts.want, soap, house.trainee, at(1), settings) == "busy_elsewhere"


def test_she_dials_one_at_a_time(missed, house, settings):
    other = another(house, settings, OTHER, house.operator)
    attempts.want(missed, house.operator, at(1), settings)
    assert wanted(other, house, settings) == "operator_dialling"


def test_an_answered_attempt_is_confirmed_before_the_next(missed, house, settings):
    answer(missed, house, settings)
    assert wanted(missed, house, settings) == "to_confirm"


@pytest.mark.parametrize("used", [298, 300])
def test_the_minutes_of_the_day_are_reserved_before_the_dial(missed, house, settings, used):
    spend(missed, house, used)
    assert wanted(missed, house, settings) == "cap_minutes"


def test_what_is_left_of_the_day_limits_the_conversation(missed, house, settings):
    spend(missed, house, 290)
    wish = attempts.want(missed, house.operator, at(1), settings)
    assert wish.minutes_reserved == 10
    assert caps.max_seconds(wish.minutes_reserved, settings) == 600


def test_yesterdays_minutes_are_yesterdays(missed, house, settings):
    spend(missed, house, 300, dt.timedelta(hours=13))
    assert attempts.want(missed, house.operator, at(1), settings)


def spend(callback, house, minutes: int, ago: dt.timedelta = dt.timedelta(hours=1)) -> None:
    Attempt.create(public_id=f"spent-{minutes}", callback=callback, user=house.trainee, customer=CUSTOMER,
                   wanted_at=NOON - ago, ended_at=NOON, result="talked", minutes_reserved=minutes)  # fmt: skip


def test_an_ended_attempt_costs_the_minutes_it_took(missed, house, settings):
    wish = attempts.want(missed, house.operator, at(1), settings)
    attempts.end(Dialled(wish.public_id, "answered", at(3), 61), settings)
    assert Attempt.get().minutes_reserved == 2


def test_twenty_clicks_at_once_keep_the_caps(house, settings):
    """Twenty operators, twenty customers of one shop: its two concurrent calls and not one more are wanted."""
    models.IngestMark.create(id=1, ticked_at=at(1))
    clicks = []
    for number in range(20):
        user = models.User.create(email=f"{number}@example.com", name=str(number), password_hash="x")
        clicks.append((another(house, settings, f"+3805011100{number:02}", user), user))
    barrier, reasons = threading.Barrier(20), []

    def click(callback, user):
        with models.database.connection_context():
            barrier.wait()
            try:
                attempts.want(callback, user, at(1), settings)
                reasons.append("")
            except Refused as told:
                reasons.append(told.reason)

    together([lambda pair=pair: click(*pair) for pair in clicks])
    assert sorted(reasons) == ["", "", *["cap_concurrent"] * 18]
    assert Attempt.select().count() == house.tea.cap_concurrent


def test_twenty_clicks_on_one_callback_are_one_attempt(missed, house, settings):
    barrier, wishes = threading.Barrier(20), []

    def click():
        with models.database.connection_context():
            barrier.wait()
            try:
                wishes.append(attempts.want(missed, house.operator, at(1), settings))
            except Refused as told:
                assert told.reason == "busy_elsewhere"

    together([click] * 20)
    assert len(wishes) == Attempt.select().count() == 1


# --- what she says --------------------------------------------------------------------------------------------------


def test_an_answered_attempt_closes_nothing_until_she_says_by_whom(missed, house, settings):
    wish = answer(missed, house, settings)
    assert (Callback.get().to_confirm, Callback.get().closed_at) == (True, None)
    callbacks.outcome(missed, house.operator, "talked", at(3))
    fresh = Callback.get()
    assert (fresh.closed_because, fresh.closing_call, fresh.to_confirm) == ("talked", wish.channel_id, False)
    assert Attempt.get().result == "talked"


@pytest.mark.parametrize("what", ["machine", "busy", "no_answer"])
def test_a_machine_is_a_retry(missed, house, settings, what):
    answer(missed, house, settings)
    callbacks.outcome(missed, house.operator, what, at(3))
    fresh = Callback.get()
    assert (fresh.closed_at, fresh.to_confirm, Attempt.get().result) == (None, False, what)
    assert callbacks.claim_of(missed) is None


@pytest.mark.parametrize("what", ["wrong_number", "given_up"])
def test_she_may_close_it_without_having_reached_anybody(missed, house, what):
    callbacks.outcome(missed, house.operator, what, at(3))
    assert Callback.get().closed_because == what


def test_she_cannot_have_talked_without_an_answer(missed, house):
    assert refused(callbacks.outcome, missed, house.operator, "talked", at(1)) == "nothing_to_confirm"
    assert refused(callbacks.outcome, missed, house.operator, "sold", at(1)) == "no_such_outcome"


def test_only_who_holds_it_says_what_became_of_it(missed, house):
    assert refused(callbacks.outcome, missed, house.trainee, "given_up", at(1)) == "not_claimed"


def test_she_cannot_say_what_became_of_it_while_it_rings(missed, house, settings):
    attempts.want(missed, house.operator, at(1), settings)
    assert refused(callbacks.outcome, missed, house.operator, "given_up", at(1)) == "attempt_open"


@pytest.mark.parametrize(
    "result", ["busy", "declined", "no_answer", "wrong_number", "trunk_dead", "operator_no_answer"]
)
def test_an_attempt_that_reached_nobody_leaves_the_callback_open_and_hers(missed, house, settings, result):
    wish = attempts.want(missed, house.operator, at(1), settings)
    attempts.end(Dialled(wish.public_id, result, at(2)), settings)
    assert (Attempt.get().result, Callback.get().to_confirm, Callback.get().closed_at) == (result, False, None)
    assert attempts.want(missed, house.operator, at(1), settings)
