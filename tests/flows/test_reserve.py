"""Trainees who are released for some shops: each free one gets the first she may answer, and nobody else loses his place."""

from __future__ import annotations

import time

import pytest

import models
from calls import presence
from models import Release, Union
from tests.flows.box import until
from tests.flows.cast import CUSTOMER, OTHER, SOAP, TEA, THIRD, TOOLS

pytestmark = pytest.mark.flow
BOX = {"ring_seconds": 8, "wrapup_seconds": 2}
RUNS = ("scheduler",)
FOURTH = "+380501110004"
SHOPS = {TEA: "Chai", SOAP: "Mylo", TOOLS: "Instrumenty"}


@pytest.fixture
def cast(cast):
    """The trainees' time comes after ten minutes, so never, until a test says otherwise."""
    Union.update(reserve_after_seconds=600, reserve_line_length=9).execute()
    Release.delete().execute()
    cast.facts_arrive()
    return cast


def second_trainee(cast) -> models.User:
    user = models.User.create(email="second@example.com", name="second trainee", password_hash="x")
    models.Role.create(user=user, kind="trainee")
    models.Phone.create(user=user, secret="secret-of-second")
    models.QueueOperator.create(queue=models.Queue.get(), user=user, penalty=5)
    until(lambda: f"op-{user.id}" in cast.box.rx("pjsip show endpoints"), 15, "Asterisk knows her telephone")
    return user


def release(cast, user: models.User, *shops: str) -> None:
    for shop in shops:
        Release.create(user=user, shop=cast.shops[shop])


def at_work(cast, user: models.User, host: int):
    """A trainee who stands apart, at her telephone and ready, in a queue of her own."""
    phone = cast.on_duty(user, host)
    own = f"reserve-{user.id}"
    until(lambda: presence.interface(user.id) in cast.box.rx(f"queue show {own}"), 10, "she is in her queue")
    return phone


def busy(cast):
    """An operator in a conversation, and with whom."""
    operator = cast.on_duty(cast.operator, 20)
    first = waits(cast, "+380501110000", TEA)
    answer(operator)
    until(lambda: models.Call.get_or_none(models.Call.answered_at.is_null(False)), 15, "they speak")
    return operator, first


def waits(cast, number: str, did: str, **options):
    """A caller in the line."""
    caller = cast.caller(number, **options)
    caller.call(cast.box.rings(did))
    caller.answered()
    in_line = models.Call.select().where(models.Call.customer == number, models.Call.line_at.is_null(False))
    until(in_line.exists, 10, "he is in the line")
    time.sleep(1.1)  # the queue orders by whole seconds
    return caller


def answer(phone, timeout: float = 20) -> str:
    """She picks up; the shop her telephone showed."""
    ringing = phone.wait("incoming", timeout)
    phone.answer(ringing["call"])
    phone.answered()
    return ringing["invite"].partition('From: "')[2].partition('"')[0]


def of(number: str) -> models.User | None:
    """Who answered him."""
    return models.Call.get(models.Call.customer == number).operator


def test_each_free_trainee_gets_the_first_caller_she_may_answer(cast):
    other = second_trainee(cast)
    release(cast, cast.trainee, "tea", "soap")
    release(cast, other, "soap", "tools")
    busy(cast)
    iryna, sofia = at_work(cast, cast.trainee, 21), at_work(cast, other, 22)
    callers = [waits(cast, *who) for who in ((CUSTOMER, SOAP), (OTHER, TEA), (THIRD, TOOLS), (FOURTH, TEA))]
    assert not iryna.happened("incoming") and not sofia.happened("incoming"), "their time has not come"
    Union.update(reserve_after_seconds=1).execute()
    assert (answer(iryna), answer(sofia)) == ("Chai", "Mylo"), "the first by her who may answer nobody else here"
    until(lambda: (of(CUSTOMER), of(OTHER)) == (other, cast.trainee), 10, "each has hers")
    callers[0].hangup()
    assert answer(sofia) == "Instrumenty"
    callers[1].hangup()
    assert answer(iryna) == "Chai"
    until(lambda: (of(THIRD), of(FOURTH)) == (other, cast.trainee), 10)
    for trainee, theirs in ((cast.trainee, {TEA, SOAP}), (other, {SOAP, TOOLS})):
        legs = models.Leg.select(models.Leg, models.Call, models.Did).join(models.Call).join(models.Did)
        assert {leg.call.did.number for leg in legs.where(models.Leg.user == trainee)} <= theirs


def test_who_is_passed_over_keeps_his_place_and_so_does_he_whom_she_does_not_answer(cast):
    release(cast, cast.trainee, "tea")
    operator, first = busy(cast)
    trainee = at_work(cast, cast.trainee, 21)
    passed_over = waits(cast, CUSTOMER, SOAP)
    sent = waits(cast, OTHER, TEA)
    waits(cast, THIRD, TOOLS)
    Union.update(reserve_after_seconds=1).execute()
    assert '"Chai"' in trainee.wait("incoming", 15)["invite"]
    trainee.ended(25)
    until(lambda: presence.current(cast.trainee).kind == "unanswered", 10)
    first.hangup()
    served = []
    for caller in (passed_over, sent, None):
        operator.ended(15)
        served.append(answer(operator))
        time.sleep(1.5)
        if caller:
            caller.hangup()
    assert served == ["Mylo", "Chai", "Instrumenty"]
    assert len(trainee.happened("incoming")) == 1


def test_while_an_operator_is_free_no_trainee_is_rung(cast):
    Union.update(reserve_after_seconds=0).execute()
    release(cast, cast.trainee, "tea")
    trainee, operator = at_work(cast, cast.trainee, 21), cast.on_duty(cast.operator, 20)
    waits(cast, CUSTOMER, TEA)
    assert answer(operator) == "Chai"
    assert not trainee.happened("incoming")
    waits(cast, OTHER, TEA)
    assert answer(trainee) == "Chai", "the operator speaks: now it is at once"


def test_whom_nobody_there_may_answer_is_told_so_and_others_are_answered(cast):
    release(cast, cast.trainee, "tea")
    trainee = at_work(cast, cast.trainee, 21)
    caller = cast.caller(CUSTOMER)
    caller.call(cast.box.rings(SOAP))
    caller.ended(30)
    assert cast.call(customer=CUSTOMER).ending == "no_operator"
    assert models.Callback.get().customer == CUSTOMER
    assert not trainee.happened("incoming")
    waits(cast, OTHER, TEA)
    assert answer(trainee) == "Chai"
    until(lambda: of(OTHER) == cast.trainee, 10)


def test_a_key_no_telephone_has_moves_nobody(cast):
    operator = cast.on_duty(cast.operator, 20)
    presence.take_break(cast.operator, "meal")
    until(lambda: "paused" in cast.member(cast.operator), 10)
    first, _ = waits(cast, CUSTOMER, TEA), waits(cast, OTHER, SOAP)
    first.press("D")
    time.sleep(1)
    presence.ready(cast.operator)
    assert answer(operator) == "Chai"
