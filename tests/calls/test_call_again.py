"""Calls asked for otherwise than by being missed: "call again at four" in a conversation, and the site's button."""

from __future__ import annotations

import datetime as dt

import pytest

import models
from calls import attempts, callbacks
from calls.call_events import Dialled
from calls.served import served
from models import Attempt, Callback, CallRequest, Leg
from tests.calls.owed import CUSTOMER, FRIDAY, MONDAY, OTHER, a_call, at, ended, local, refused


@pytest.fixture
def talk(house):
    """The operator speaks with the customer, since noon; the call has not ended."""
    return conversation(house, CUSTOMER)


def conversation(house, customer: str | None):
    call = a_call(house, "", customer=customer, answered_at=at(0), operator_id=house.operator.id)
    row = {name: value for name, value in vars(call).items() if name in models.Call._meta.columns}
    models.Call.insert({**row, "ended_at": None, "ended_by": ""}).execute()
    Leg.create(call=call.id, uniqueid=f"{call.key}.2", party="operator", user=house.operator, rang_at=at(0))
    return call


def desk(house, settings, key: str, minute: float = 1):
    return served(house.operator, key, at(minute), settings)


def again(house, settings, key: str, when: dt.datetime, minute: float = 1):
    return callbacks.call_again(desk(house, settings, key, minute), when, house.operator, at(minute), settings)


def test_call_again_at_four_is_a_callback_due_at_four_which_the_end_of_the_call_leaves_open(talk, house, settings):
    told = again(house, settings, talk.key, at(240))
    assert (told.due_at, told.is_moved) == (at(240), False)
    over = dict(vars(talk), ending="answered", ended_at=at(5), legs=())
    ended(house, settings, type(talk)(**over), type(talk)(**over))
    callback = Callback.get()
    assert (callback.closed_at, callback.due_at, callback.promises.get().call_by) == (None, at(240), at(260))
    request = CallRequest.get()
    assert (request.source, request.user, request.call_key) == ("conversation", house.operator, talk.key)


def test_what_he_waited_for_is_settled_by_the_conversation_and_the_new_call_is_another(missed, house, settings):
    again(house, settings, conversation(house, CUSTOMER).key, at(240), 3)
    old, new = Callback.select().order_by(Callback.id)
    assert (old.id, old.closed_because, new.closed_at, new.due_at) == (missed.id, "got_through", None, at(240))


def test_said_twice_in_one_conversation_the_last_word_counts(talk, house, settings):
    again(house, settings, talk.key, at(240))
    again(house, settings, talk.key, at(300), 2)
    assert (Callback.get().due_at, CallRequest.select().count()) == (at(300), 2)


def test_a_later_conversation_settles_it(talk, house, settings):
    again(house, settings, talk.key, at(240))
    ended(house, settings, a_call(house, "answered", ended=60))
    assert Callback.get().closed_because == "got_through"


def test_during_a_callback_she_dialled_it_is_talked_and_nothing_is_left_to_say(missed, house, settings):
    wish = attempts.want(missed, house.operator, at(1), settings)
    attempts.mark_sent(wish, at(1))
    again(house, settings, wish.channel_id, at(240), 2)
    attempts.end(Dialled(wish.public_id, "answered", at(3), 60), settings)
    callback = Callback.get()
    assert (Attempt.get().result, callback.to_confirm, callback.due_at) == ("talked", False, at(240))
    assert callbacks.claim_of(callback) is None


def test_after_a_callback_she_dialled_the_old_promise_is_kept(missed, house, settings):
    wish = attempts.want(missed, house.operator, at(1), settings)
    attempts.mark_sent(wish, at(1))
    attempts.end(Dialled(wish.public_id, "answered", at(3), 60), settings)
    again(house, settings, wish.channel_id, at(240), 4)
    old, new = Callback.select().order_by(Callback.id)
    assert (old.closed_because, old.closing_call, new.due_at) == ("talked", wish.channel_id, at(240))
    assert Attempt.get().result == "talked"


def test_a_time_out_of_hours_is_moved_to_the_next_open_minute_and_said_so(hours, settings):
    told = again(hours, settings, conversation(hours, CUSTOMER).key, local(FRIDAY, 19))
    assert (told.due_at, told.is_moved) == (local(MONDAY, 9), True)


def test_a_time_past_too_far_or_for_nobody_is_refused(talk, house, settings):
    def why(key, when) -> str:
        return refused(callbacks.call_again, desk(house, settings, key), when, house.operator, at(1), settings)

    assert why(talk.key, at(1)) == "time_past"
    assert why(talk.key, at(1) + dt.timedelta(days=61)) == "time_far"
    assert why(conversation(house, None).key, at(240)) == "number_unknown"


def test_the_sites_button_opens_a_callback_that_says_where_he_stood(house, settings):
    callback = callbacks.ask(
        house.tea, house.dids[0], OTHER, None, "site", "https://tea.example/oolong", at(3), settings
    )
    assert (callback.due_at, callback.promises.get().call_by) == (at(3), at(23))
    assert CallRequest.get().page == "https://tea.example/oolong"
    ended(house, settings, a_call(house, "answered", ended=9, customer=OTHER))
    assert Callback.get().closed_because == "got_through"


def test_the_sites_button_adds_to_what_is_owed_already(missed, house, settings):
    for minute in (5, 6):
        callbacks.ask(house.tea, house.dids[0], CUSTOMER, None, "site", "", at(minute), settings)
    assert (Callback.select().count(), CallRequest.select().count()) == (1, 2)
    assert Callback.get().promises.get().call_by == at(20)


def test_an_owner_who_called_himself_settles_it_in_his_name(missed, house, settings):
    callbacks.settle(missed, house.trainee, at(4))
    fresh = Callback.get()
    assert (fresh.closed_because, fresh.closed_by, fresh.closed_at) == ("owner_called", house.trainee, at(4))
    assert refused(callbacks.settle, missed, house.trainee, at(5)) == "closed"
    ended(house, settings, a_call(house, ended=3))
    assert Callback.select().count() == 1, "a miss from before the owner's call is no new one"


def test_what_is_being_dialled_the_owner_does_not_settle(missed, house, settings):
    attempts.mark_sent(attempts.want(missed, house.operator, at(1), settings), at(1))
    assert refused(callbacks.settle, missed, house.trainee, at(2)) == "attempt_open"
