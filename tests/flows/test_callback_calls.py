"""Callbacks dialled by hand from the list: her telephone rings first, then the customer sees the shop's number."""

from __future__ import annotations

import time

import pytest

from calls import attempts, callbacks
from models import Attempt, Callback, utcnow
from tests.flows import cast as people
from tests.flows.box import until
from tests.flows.cast import CUSTOMER, OTHER, SOAP, TEA
from tests.flows.sipp import answering
from tests.flows.sound import HEARD, NOT_HEARD, heard, samples, spoken, voice_in

pytestmark = pytest.mark.flow
BOX = {
    "wrapup_seconds": 0, "callback_ring_seconds": 2, "callback_operator_ring_seconds": 2, "attempt_unknown_seconds": 4,
}  # fmt: skip
RUNS = ("scheduler",)


def owed(cast, shop: str = "tea", customer: str = CUSTOMER) -> Callback:
    """A callback to this customer, held by the operator."""
    cast.facts_arrive()
    callback = Callback.create(
        shop=cast.shops[shop], did=cast.dids[shop], customer=customer, opened_at=utcnow(), due_at=utcnow()
    )
    callbacks.claim(callback, cast.operator, utcnow(), cast.box.settings)
    return callback


def click(cast, callback: Callback) -> Attempt:
    """She presses "call": the wish a page writes."""
    return attempts.want(callback, cast.operator, utcnow(), cast.box.settings)


def ended(attempt: Attempt, timeout: float = 8) -> Attempt:
    """The attempt, once it has a result."""
    over = (Attempt.id == attempt.id) & Attempt.ended_at.is_null(False)
    return until(lambda: Attempt.get_or_none(over), timeout, "the attempt has a result")


def test_her_telephone_rings_then_the_customers_and_they_talk(cast, tmp_path):
    files = {name: tmp_path / f"{name}.wav" for name in ("customer", "operator")}
    voices = {"customer": cast.speech(911, 5), "operator": cast.speech(912, 5)}
    operator = cast.on_duty(cast.operator, 20, record=str(files["operator"]), play=str(voices["operator"]))
    cast.overhear(20)
    customer = cast.customer(answer=200, record=str(files["customer"]), play=str(voices["customer"]))
    callback = owed(cast)
    attempt = click(cast, callback)

    ringing = operator.wait("incoming", 4)
    assert 'From: "Chai" <sip:1@' in ringing["invite"] and f"X-Spilka-Call: {attempt.channel_id}" in ringing["invite"]
    assert "paused:callback" in cast.member(cast.operator)
    assert not customer.happened("incoming"), "nobody is rung for an operator who may not be there"
    operator.answer(ringing["call"])
    invite = customer.wait("incoming")["invite"]
    assert f"<sip:{TEA}@" in invite.partition("\r\nTo:")[0], "the customer sees the shop's number"
    customer.answered()
    assert cast.going_out("tea") == 1
    time.sleep(4)
    customer.hangup()
    operator.ended()

    until(lambda: "BYE sip:op-" in cast.overheard(), 5, "her whole dialogue was seen")
    assert CUSTOMER[-7:] not in cast.overheard()

    hers, his = heard(files["operator"]), heard(files["customer"])
    assert spoken(hers, samples(cast.sounds["tea name"])) > HEARD
    assert spoken(his, samples(cast.sounds["tea name"])) < NOT_HEARD
    assert voice_in(hers, samples(voices["customer"])) > HEARD
    assert voice_in(his, samples(voices["operator"])) > HEARD
    attempt = ended(attempt)
    assert attempt.result == "answered" and attempt.minutes_reserved == 1
    assert Callback.get().to_confirm
    call = cast.call(direction="callback")
    assert (call.customer, call.operator, call.ending, call.ended_by) == (
        CUSTOMER, cast.operator, "answered", "customer",
    )  # fmt: skip
    until(lambda: "paused" not in cast.member(cast.operator), 3, "the line may ring her again")


@pytest.mark.parametrize(
    ("code", "result"),
    [(486, "busy"), (404, "wrong_number"), (603, "declined"), (None, "no_answer"), (480, "no_answer")],
)
def test_what_became_of_dialling_the_customer(cast, code, result):
    operator = cast.on_duty(cast.operator, 20, answer=200)
    customer = cast.customer(**({"answer": code} if code else {}))
    attempt = click(cast, owed(cast))
    customer.wait("incoming", 6)
    operator.ended(8)
    assert ended(attempt).result == result
    assert cast.call(direction="callback").ending == "not_reached"
    assert len(customer.happened("incoming")) == 1


def test_a_network_that_plays_its_announcement_and_then_gives_up_is_no_answer(cast):
    cast.on_duty(cast.operator, 20, answer=200)
    with answering(cast.box.folder, "early-media-then-480", f"{cast.box.net}.10") as log:
        attempt = ended(click(cast, owed(cast)))
    assert "SIP/2.0 183" in log.read_text() and "SIP/2.0 480" in log.read_text()
    assert attempt.result == "no_answer"
    assert cast.call(direction="callback").ending == "not_reached"


def test_she_does_not_pick_up(cast):
    operator, customer = cast.on_duty(cast.operator, 20), cast.customer()
    attempt = click(cast, owed(cast))
    operator.wait("incoming", 4)
    operator.ended(5)
    assert ended(attempt).result == "operator_no_answer"
    assert not customer.happened("incoming")


def test_her_telephone_is_not_registered(cast):
    customer = cast.customer()
    attempt = click(cast, owed(cast))
    assert ended(attempt, 3).result == "operator_unreachable"
    assert not customer.happened("incoming")


def test_she_hangs_up_before_the_customer_answers(cast):
    operator, customer = cast.on_duty(cast.operator, 20, answer=200), cast.customer()
    attempt = click(cast, owed(cast))
    customer.wait("incoming", 6)
    operator.hangup()
    customer.ended(3)
    assert ended(attempt).result == "operator_gave_up"


def test_the_trunk_is_dead(cast):
    operator = cast.on_duty(cast.operator, 20, answer=200)
    cast.box.rx("pjsip qualify trunk-1")  # Asterisk asks by itself too, at a random moment of its first 30 s
    until(lambda: "Unavail" in cast.box.rx("pjsip show contacts"), 8, "nobody is at the trunk's address")
    attempt = click(cast, owed(cast))
    operator.ended(8)
    assert ended(attempt).result == "trunk_dead"


def test_while_she_speaks_with_a_caller_her_wish_is_refused_and_nothing_rings(cast):
    operator, customer = cast.on_duty(cast.operator, 20, answer=200), cast.customer(OTHER)
    caller = cast.caller()
    caller.call(cast.box.rings(SOAP))
    operator.answered()
    attempt = ended(click(cast, owed(cast, customer=OTHER)))
    assert (attempt.result, attempt.reason) == ("refused", "operator_busy")
    assert len(operator.happened("incoming")) == 1 and not customer.happened("incoming")
    assert caller.happened("state", state="DISCONNECTED") == []


def test_while_her_callback_lasts_the_line_rings_another(cast):
    operator, trainee = cast.on_duty(cast.operator, 20, answer=200), cast.on_duty(cast.trainee, 21)
    customer = cast.customer(OTHER, answer=200)
    attempt = click(cast, owed(cast, customer=OTHER))
    customer.answered()
    caller = cast.caller()
    caller.call(cast.box.rings(TEA))
    trainee.wait("incoming", 4)
    assert len(operator.happened("incoming")) == 1
    customer.hangup()
    assert ended(attempt).result == "answered"


def test_a_conversation_ends_when_its_minutes_are_used_up(make_box):
    box = make_box(**BOX, callback_max_seconds=3)
    cast = people.make(box)
    box.start_asterisk()
    box.start_scheduler()
    cast.on_duty(cast.operator, 20, answer=200)
    customer = cast.customer(answer=200)
    attempt = Attempt.create(
        public_id="0" * 16, callback=owed(cast), user=cast.operator, customer=CUSTOMER, minutes_reserved=30
    )
    connected = customer.answered()["at"]
    assert 2.5 < customer.ended(6)["at"] - connected < 5
    assert ended(attempt).result == "answered"


def test_a_scheduler_killed_before_it_could_dial_leaves_a_wish_that_was_not_dialled(cast):
    """The attempt is taken, and then nothing: as if killed between the UPDATE and the Originate."""
    operator = cast.on_duty(cast.operator, 20)
    attempt = Attempt.create(
        public_id="0" * 16, callback=owed(cast), user=cast.operator, customer=CUSTOMER, sent_at=utcnow()
    )
    assert ended(attempt, 12).result == "not_dialled"
    assert not operator.happened("incoming")
    until(lambda: "paused" not in cast.member(cast.operator), 3, "the line may ring her again")


def test_wishes_written_while_the_scheduler_is_dead_are_dialled_once_it_is_back(cast):
    operator, customer = cast.on_duty(cast.operator, 20, answer=200), cast.customer(answer=486)
    cast.box.signal("scheduler", 9)
    attempt = click(cast, owed(cast))
    cast.box.start_scheduler()
    customer.wait("incoming", 6)
    assert ended(attempt).result == "busy"
    assert len(operator.happened("incoming")) == 1
