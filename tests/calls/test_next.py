"""One key for the next customer: the first who is due, once, however many press it."""

from __future__ import annotations

import threading

import models
from calls import attempts, callbacks
from calls.callbacks import Refused
from models import Attempt, Callback, Claim
from tests.calls.owed import (
    CUSTOMER,
    FOREIGN,
    OTHER,
    a_call,
    another,
    answer,
    at,
    attempt,
    ended,
    refused,
    together,
)


def next_one(house, settings, minute: float = 1):
    return attempts.next_due(house.operator, at(minute), settings)


def test_the_first_promised_is_dialled_and_the_rest_wait(missed, house, settings):
    ended(house, settings, a_call(house, customer=OTHER, ended=-5))
    wish = next_one(house, settings)
    assert (wish.customer, wish.user) == (OTHER, house.operator)
    assert {claim.callback.customer for claim in Claim.select().where(Claim.ends_at.is_null())} == {OTHER}


def test_who_cannot_be_dialled_or_is_anothers_or_not_due_is_passed_over(missed, house, settings):
    ended(house, settings, a_call(house, customer=FOREIGN, ended=-9))
    another(house, settings, OTHER, house.trainee, ended=-8)
    later = another(house, settings, "+380931112233", house.operator, ended=-7)
    attempt(later, house, settings, "busy", 0)
    assert next_one(house, settings).customer == CUSTOMER


def test_a_shop_at_its_limit_does_not_hold_up_the_others(missed, house, settings):
    models.Shop.update(cap_concurrent=0).where(models.Shop.id == house.tea.id).execute()
    ended(house, settings, a_call(house, customer=OTHER, shop_id=house.soap.id, did_id=house.dids[1].id))
    assert next_one(house, settings).customer == OTHER


def test_nobody_due_and_an_answer_not_told_are_said(missed, house, settings):
    answer(missed, house, settings)
    assert refused(attempts.next_due, house.operator, at(3), settings) == "to_confirm"
    callbacks.outcome(missed, house.operator, "talked", at(3))
    assert refused(attempts.next_due, house.operator, at(4), settings) == "nothing_due"


def test_while_facts_are_late_nothing_is_taken(missed, house, settings):
    callbacks.release(missed, house.operator, at(1))
    assert refused(attempts.next_due, house.operator, at(9), settings) == "facts_late"
    assert callbacks.claim_of(missed) is None


def test_what_another_left_without_a_word_can_be_settled_by_the_next(missed, house, settings):
    answer(missed, house, settings)
    callbacks.release_all(house.operator, at(3), "signed-off")
    callbacks.claim(missed, house.trainee, at(4), settings)
    callbacks.outcome(missed, house.trainee, "machine", at(5))
    assert Callback.get().due_at == at(20)


def test_two_operators_who_race_for_one_customer_dial_him_once(missed, house, settings, times):
    """Both press "next", or both take the row and call: one dial, and the other is told why not."""
    callbacks.release(missed, house.operator, at(1))
    for number in range(times(1000)):
        reasons = []
        barrier = threading.Barrier(2)

        def press(user, number=number, reasons=reasons, barrier=barrier):
            with models.database.connection_context():
                barrier.wait()
                try:
                    if number % 2:
                        attempts.next_due(user, at(1), settings)
                    else:
                        callbacks.claim(missed, user, at(1), settings)
                        attempts.want(missed, user, at(1), settings)
                    reasons.append("")
                except Refused as told:
                    reasons.append(told.reason)

        together([lambda user=user: press(user) for user in (house.operator, house.trainee)])
        assert sorted(reasons) == ["", "nothing_due" if number % 2 else "already_claimed"]
        assert Attempt.select().count() == 1
        Attempt.delete().execute()
        Claim.delete().execute()
