"""Key 1 in the line: he hangs up and keeps his place; an operator picks up for him and only then is he rung."""

from __future__ import annotations

import signal
import time

import pytest

from calls import presence
from models import Attempt, Callback, Claim, KeptPlace, Placeholder, Release
from tests.flows.box import until
from tests.flows.cast import CUSTOMER, OTHER, SOAP, TEA, TOOLS

pytestmark = pytest.mark.flow
BOX = {"wrapup_seconds": 2, "ring_seconds": 4, "place_permit_seconds": 8, "tick_seconds": 2, "tick_late_seconds": 30, "place_again_seconds": 0.2, "key_wait_seconds": 1,
    "callback_ring_seconds": 3}  # fmt: skip
RUNS = ("agi", "scheduler")
NAME_SECONDS = 1.5  # so long she hears the shop's name before the two are connected


def keeps_place(cast, number: str = TEA, customer: str = CUSTOMER, pause: float = 1.1, **phone):
    """A caller who stood in the line, pressed 1 and was told that his place is kept; his telephone, free again."""
    caller = cast.customer(customer, **phone)
    cast.in_line(number, caller)
    time.sleep(pause)
    caller.press("1")
    caller.ended(15)
    kept = Callback.customer == customer
    until(lambda: KeptPlace.select().join(Callback).where(kept).first(), 5, "his place is kept")
    return caller


def held(cast, count: int = 1) -> None:
    """So many placeholders wait in Asterisk's queue."""
    until(lambda: cast.box.rx("queue show").count("Local/s@place") == count, 25, f"{count} placeholders in the line")


def busy_elsewhere(cast, user) -> None:
    """She is signed on and has a break: the line is open, nobody is rung."""
    presence.take_break(user, "meal")
    until(lambda: "paused" in cast.member(user), 3)


def back(cast, user) -> None:
    presence.ready(user)


def test_he_is_called_back_at_his_place_before_who_came_later(cast):
    operator = cast.on_duty(cast.operator, 20)
    busy_elsewhere(cast, cast.operator)
    customer = keeps_place(cast, answer=200)
    held(cast)
    later = cast.caller(OTHER)
    cast.in_line(SOAP, later)
    assert not customer.happened("incoming")
    back(cast, cast.operator)

    ringing = operator.wait("incoming", 5)
    placeholder = Placeholder.get()
    assert '"Chai"' in ringing["invite"] and f"X-Spilka-Call: {placeholder.channel_id}" in ringing["invite"]
    assert CUSTOMER[-7:] not in ringing["invite"]
    time.sleep(1)
    assert not customer.happened("incoming"), "nobody is rung for an operator who may not pick up"
    operator.answer(ringing["call"])
    invite = customer.wait("incoming", 6)["invite"]
    assert f"<sip:{TEA}@" in invite.partition("\r\nTo:")[0], "he sees the shop's number"
    customer.answered()
    time.sleep(2)
    customer.hangup()
    operator.ended(5)

    call = cast.call(direction="callback")
    assert (call.customer, call.operator, call.ending, call.ended_by) == (
        CUSTOMER, cast.operator, "answered", "customer",
    )  # fmt: skip
    attempt = until(lambda: Attempt.get_or_none(Attempt.ended_at.is_null(False)), 5)
    assert (attempt.result, attempt.user, attempt.channel_id) == ("answered", cast.operator, call.key)
    assert Callback.get().to_confirm and Claim.get().user == cast.operator
    assert KeptPlace.get().ends_at and Placeholder.get().ends_at
    assert '"Mylo"' in operator.wait("incoming", 5)["invite"], "then he who came later"


def test_while_her_telephone_rings_for_him_he_may_leave_and_she_is_rung_for_him_again(cast):
    operator = cast.on_duty(cast.operator, 20)
    customer = cast.customer(CUSTOMER, answer=200)
    cast.in_line(TEA, customer)
    first = operator.wait("incoming", 5)
    customer.press("1")
    operator.ended(3)
    customer.ended(15)
    second = operator.wait("incoming", 8)
    assert "X-Spilka-Call: cb-" in second["invite"] and "X-Spilka-Call: cb-" not in first["invite"]
    operator.answer(second["call"])
    customer.wait("incoming", 6)
    customer.answered()
    operator.hangup()
    customer.ended(5)
    assert cast.call(direction="callback").ended_by == "operator"


def test_a_caller_a_kept_place_and_a_later_caller_are_served_in_the_order_in_which_they_came(cast):
    operator = cast.on_duty(cast.operator, 20, answer=200)
    busy_elsewhere(cast, cast.operator)
    first = cast.in_line(TEA, cast.caller("+380501000001"))
    time.sleep(1.1)
    customer = keeps_place(cast, SOAP, OTHER)
    last = cast.in_line(TOOLS, cast.caller("+380501000004"))
    held(cast)
    back(cast, cast.operator)
    operator.answered()
    assert not customer.happened("incoming")
    time.sleep(NAME_SECONDS)
    first.hangup()
    ringing = customer.wait("incoming", 25)
    customer.answer(ringing["call"], 486)
    until(lambda: len(operator.happened("incoming")) == 3, 25, "the last is served")
    shops = [i["invite"].partition('From: "')[2].partition('"')[0] for i in operator.happened("incoming")]
    assert shops == ["Chai", "Mylo", "Instrumenty"]
    last.hangup()


@pytest.mark.parametrize(("code", "result"), [(486, "busy"), (None, "no_answer")])
def test_who_is_not_reached_goes_back_to_the_list_and_she_is_free(cast, code, result):
    operator = cast.on_duty(cast.operator, 20, answer=200)
    busy_elsewhere(cast, cast.operator)
    customer = keeps_place(cast, **({"answer": code} if code else {}))
    back(cast, cast.operator)
    customer.wait("incoming", 10)
    if code is None:
        operator.ended(10)
    attempt = until(lambda: Attempt.get_or_none(Attempt.ended_at.is_null(False)), 8)
    assert attempt.result == result
    assert Callback.get().closed_at is None and KeptPlace.get().ends_at
    until(lambda: not Claim.select().where(Claim.ends_at.is_null()).exists(), 3, "nobody holds it")
    time.sleep(1.5)
    assert len(customer.happened("incoming")) == 1, "he is not rung twice"
    assert Placeholder.select().count() == 1
    assert presence.current(cast.operator).kind == "ready"


def test_she_lets_it_ring_out_and_another_is_rung_for_him(cast):
    operator = cast.on_duty(cast.operator, 20)
    busy_elsewhere(cast, cast.operator)
    customer = keeps_place(cast, answer=200)
    back(cast, cast.operator)
    operator.wait("incoming", 8)
    until(lambda: presence.current(cast.operator).kind == "unanswered", 10)
    until(lambda: Attempt.get_or_none(Attempt.result == "operator_no_answer"), 3)
    assert not customer.happened("incoming")
    trainee = cast.on_duty(cast.trainee, 21, answer=200)
    customer.wait("incoming", 10)
    assert trainee.happened("incoming")
    until(lambda: Attempt.get().user == cast.trainee, 3)
    customer.hangup()
    trainee.ended(5)
    assert Attempt.select().count() == 1


def test_a_trainee_who_answers_for_some_shops_is_sent_his_place_too(cast):
    Release.delete().where(Release.shop == cast.shops["tools"]).execute()
    operator, trainee = cast.on_duty(cast.operator, 20), cast.on_duty(cast.trainee, 21)
    for user in (cast.operator, cast.trainee):
        busy_elsewhere(cast, user)
    passed_over = cast.in_line(TOOLS, cast.caller(OTHER))
    customer = keeps_place(cast, answer=200)
    held(cast)
    back(cast, cast.trainee)
    ringing = trainee.wait("incoming", 10)
    assert "X-Spilka-Call: cb-" in ringing["invite"]
    trainee.answer(ringing["call"])
    customer.wait("incoming", 15)
    customer.answered()
    until(lambda: Attempt.get().user == cast.trainee, 10, "the attempt is hers")
    customer.hangup()
    trainee.ended(10)
    back(cast, cast.operator)
    assert '"Instrumenty"' in operator.wait("incoming", 10)["invite"]
    passed_over.hangup()


def test_he_rings_in_and_takes_his_place_himself(cast):
    operator = cast.on_duty(cast.operator, 20)
    busy_elsewhere(cast, cast.operator)
    customer = keeps_place(cast)
    held(cast)
    later = cast.caller(OTHER)
    cast.in_line(SOAP, later)
    cast.in_line(TEA, customer)
    held(cast, 0)
    back(cast, cast.operator)
    ringing = operator.wait("incoming", 5)
    assert '"Chai"' in ringing["invite"] and "X-Spilka-Call: cb-" not in ringing["invite"], "he before who came later"
    operator.answer(ringing["call"])
    time.sleep(2)
    customer.hangup()
    until(lambda: Callback.get().closed_because == "got_through", 5)
    assert not customer.happened("incoming")


def test_asterisk_is_killed_and_his_place_is_held_again_before_who_came_later(cast):
    operator = cast.on_duty(cast.operator, 20)
    busy_elsewhere(cast, cast.operator)
    customer = keeps_place(cast, answer=200)
    held(cast)
    cast.box.signal("asterisk", signal.SIGKILL)
    cast.box.start_asterisk()
    held(cast)
    assert Placeholder.select().where(Placeholder.ends_at.is_null()).count() == 1
    later = cast.caller(OTHER)
    cast.in_line(SOAP, later)
    operator = cast.phone(cast.operator, 21, answer=200)
    back(cast, cast.operator)
    customer.wait("incoming", 15)
    assert len(customer.happened("incoming")) == 1
    assert '"Chai"' in operator.wait("incoming")["invite"]


def test_the_scheduler_is_killed_and_his_placeholder_is_the_same_one(cast):
    operator = cast.on_duty(cast.operator, 20, answer=200)
    busy_elsewhere(cast, cast.operator)
    customer = keeps_place(cast, answer=200)
    held(cast)
    cast.box.signal("scheduler", signal.SIGKILL)
    back(cast, cast.operator)
    time.sleep(1)
    assert not operator.happened("incoming"), "nobody tells the line that she is back"
    cast.box.start_scheduler()
    customer.wait("incoming", 10)
    customer.answered()
    assert Placeholder.select().count() == 1 and len(customer.happened("incoming")) == 1


def test_while_facts_do_not_come_nobody_is_dialled(cast):
    """Her telephone rings, she picks up, and the scheduler is frozen: there is no leave, so she is free again."""
    operator = cast.on_duty(cast.operator, 20)
    busy_elsewhere(cast, cast.operator)
    customer = keeps_place(cast, answer=200)
    back(cast, cast.operator)
    ringing = operator.wait("incoming", 8)
    cast.box.signal("scheduler", signal.SIGSTOP)
    Attempt.delete().execute()  # as if it had been frozen a moment earlier
    operator.answer(ringing["call"])
    operator.ended(20)
    assert not customer.happened("incoming")
    cast.box.signal("scheduler", signal.SIGCONT)
    until(lambda: Placeholder.get().ends_at, 5)
    assert KeptPlace.get().ends_at is None, "his place is not lost"
