"""Retries over a real Asterisk: who was not reached is due again by his shop's rule, and nobody is rung who rang in."""

from __future__ import annotations

import datetime as dt

import pytest

from calls import attempts, callbacks, promises
from calls.callbacks import Refused
from models import Attempt, Call, Callback, Claim, Outbox, Promise, Shop, utcnow
from tests.flows.box import until
from tests.flows.cast import CUSTOMER, TEA
from union import audit, people

pytestmark = pytest.mark.flow
BOX = {
    "wrapup_seconds": 0, "callback_ring_seconds": 2, "callback_operator_ring_seconds": 2, "attempt_unknown_seconds": 4,
    "lists_seconds": 0.5,
}  # fmt: skip
RUNS = ("agi", "scheduler")


def missed(cast, customer) -> Callback:
    """The customer hears the greeting and hangs up; each call counts, however short."""
    Shop.update(short_call_seconds=0).execute()
    cast.facts_arrive()
    customer.call(cast.box.rings(TEA))
    customer.answered()
    customer.hangup()
    return until(lambda: Callback.get_or_none(Callback.closed_at.is_null()), 8, "a callback is owed")


@pytest.fixture
def customer(cast):
    """His telephone stands at the trunk's address from the start; he is busy whenever he is called."""
    return cast.customer(answer=486)


@pytest.fixture
def owed(cast, customer) -> Callback:
    return missed(cast, customer)


def press_next(cast) -> Attempt:
    return attempts.next_due(cast.operator, utcnow(), cast.box.settings)


def ended(attempt: Attempt) -> Attempt:
    over = (Attempt.id == attempt.id) & Attempt.ended_at.is_null(False)
    return until(lambda: Attempt.get_or_none(over), 12, "the attempt has a result")


def make_due() -> None:
    """The wait of the rule is over."""
    Callback.update(due_at=utcnow()).where(Callback.closed_at.is_null()).execute()


@pytest.mark.parametrize(("code", "result"), [(486, "busy"), (None, "no_answer")])
def test_busy_and_no_answer_are_due_again_in_a_quarter_of_an_hour(cast, code, result):
    customer = cast.customer(**({"answer": code} if code else {}))
    owed = missed(cast, customer)
    cast.on_duty(cast.operator, 20, answer=200)
    attempt = ended(press_next(cast))
    assert (attempt.result, len(customer.happened("incoming"))) == (result, 1)
    fresh = Callback.get_by_id(owed.id)
    assert fresh.due_at - attempt.ended_at == dt.timedelta(minutes=15)
    assert promises.state(Promise.get(), utcnow()) == "kept"
    with pytest.raises(Refused) as told:
        press_next(cast)
    assert told.value.reason == "nothing_due"


def test_after_the_last_try_he_is_given_up_and_the_owner_gets_a_letter(cast, customer, owed):
    people.give_role(cast.trainee, "owner", cast.shops["tea"], audit.BOX)
    Shop.update(retry_tries=2).execute()
    operator = cast.on_duty(cast.operator, 20, answer=200)
    ended(press_next(cast))
    operator.ended(8)
    make_due()
    until(lambda: "paused" not in cast.member(cast.operator), 5, "she is free again")
    ended(press_next(cast))
    fresh = Callback.get_by_id(owed.id)
    assert (fresh.closed_because, fresh.closed_by, len(customer.happened("incoming"))) == ("given_up", None, 2)
    letter = until(lambda: Outbox.get_or_none(Outbox.kind == "given_up"), 8, "the letter is queued")
    assert letter.recipient == cast.trainee.email and "050 111 2233" in letter.text


def test_who_rings_in_while_he_waits_for_the_next_try_is_not_dialled(cast, customer, owed):
    operator = cast.on_duty(cast.operator, 20, answer=200)
    ended(press_next(cast))
    operator.ended(8)
    make_due()
    until(lambda: "paused" not in cast.member(cast.operator), 5, "she is free again")
    again = cast.caller(CUSTOMER)
    again.call(cast.box.rings(TEA))
    again.answered()
    until(lambda: Call.get_or_none(Call.answered_at.is_null(False)), 20, "they talk")
    again.hangup()
    closed = until(lambda: Callback.get_or_none(Callback.closed_because == "got_through"), 8, "it is settled")
    assert (closed.id, closed.closing_call) == (owed.id, cast.call(ending="answered").key)
    with pytest.raises(Refused):
        press_next(cast)
    assert Attempt.select().count() == len(customer.happened("incoming")) == 1
    assert Claim.select().where(Claim.ends_at.is_null()).count() == 0


def test_a_scheduler_killed_between_two_tries_changes_nothing(cast, customer, owed):
    operator = cast.on_duty(cast.operator, 20, answer=200)
    first = press_next(cast)
    customer.wait("incoming", 8)
    cast.box.signal("scheduler", 9)
    cast.box.start_scheduler()
    attempt = ended(first)
    operator.ended(8)
    fresh = Callback.get_by_id(owed.id)
    assert (attempt.result, fresh.due_at - attempt.ended_at) == ("busy", dt.timedelta(minutes=15))
    assert callbacks.due(utcnow()) == []
    assert len(customer.happened("incoming")) == 1
