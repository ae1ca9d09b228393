"""The one line: callers of all shops wait in it, the operators who are signed on answer it.

FastAGI is down here, so every caller is in the line at once: what is tried is Asterisk and the scheduler.
"""

from __future__ import annotations

import re
import time

import pytest

import models
from calls import presence
from settings import ROOT
from tests.flows.box import until
from tests.flows.cast import CUSTOMER, OTHER, SOAP, TEA, THIRD, TOOLS
from tests.flows.sound import HEARD, NOT_HEARD, heard, samples, spoken, voice_in

pytestmark = pytest.mark.flow
NAME_SECONDS = 1.2  # so long she hears the shop's name before the two are connected
BOX = {"ring_seconds": 2, "wrapup_seconds": 2, "rtp_timeout_seconds": 2}
RUNS = ("scheduler",)


def talk(operator, seconds: float = 0) -> dict:
    """She picks up what rings; the ringing, with its INVITE."""
    ringing = operator.wait("incoming", 8)
    operator.answer(ringing["call"])
    operator.answered()
    time.sleep(seconds)
    return ringing


@pytest.mark.parametrize("who", ["customer", "operator"])
def test_they_hear_each_other_and_either_may_hang_up(cast, tmp_path, who):
    files = {name: tmp_path / f"{name}.wav" for name in ("customer", "operator")}
    voices = {"customer": cast.speech(901, 5), "operator": cast.speech(902, 5)}
    operator = cast.on_duty(cast.operator, 20, record=str(files["operator"]), play=str(voices["operator"]))
    caller = cast.caller(record=str(files["customer"]), play=str(voices["customer"]))
    caller.call(cast.box.rings(SOAP))
    talk(operator, 4)
    (caller if who == "customer" else operator).hangup()
    caller.ended(), operator.ended()

    hers, his = heard(files["operator"]), heard(files["customer"])
    assert spoken(hers, samples(cast.sounds["soap name"])) > HEARD
    assert spoken(hers, samples(cast.sounds["tea name"])) < NOT_HEARD
    assert spoken(his, samples(cast.sounds["soap name"])) < NOT_HEARD
    said = {who: samples(voice) for who, voice in voices.items()}
    assert voice_in(hers, said["customer"]) > HEARD
    assert voice_in(his, said["operator"]) > HEARD
    assert voice_in(hers, said["operator"]) < NOT_HEARD
    assert voice_in(his, said["customer"]) < NOT_HEARD

    call = cast.call()
    assert (call.ending, call.ended_by, call.operator, call.customer) == ("answered", who, cast.operator, CUSTOMER)
    assert call.shop == cast.shops["soap"]
    assert (call.ended_at - call.answered_at).total_seconds() == pytest.approx(call.talk_seconds, abs=0.6)


@pytest.mark.parametrize("identity", ["shown", "withheld", "forwarded"])
def test_no_digit_of_the_customer_reaches_her_telephone(cast, identity):
    cast.overhear(20)
    operator = cast.on_duty(cast.operator, 20)
    headers = {
        "shown": {},
        "withheld": {"Privacy": "id", "P-Asserted-Identity": f"<sip:{CUSTOMER}@example.com>"},
        "forwarded": {
            "Diversion": f"<sip:{CUSTOMER}@example.com>;reason=unconditional",
            "History-Info": f"<sip:{CUSTOMER}@example.com>;index=1",
            "Remote-Party-ID": f"<sip:{CUSTOMER}@example.com>;party=calling",
        },
    }[identity]
    caller = cast.caller(name=f"Ivan {CUSTOMER[1:]}")
    caller.call(cast.box.rings(TEA), headers)
    ringing = talk(operator, 1)
    caller.hangup()
    operator.ended()
    secret = CUSTOMER[-7:]
    assert secret not in ringing["invite"]
    assert f'From: "Chai" <sip:{cast.shops["tea"].id}@' in ringing["invite"]
    assert re.search(r"^X-Spilka-Call: [0-9]+\.[0-9]+\r?$", ringing["invite"], re.M)
    assert re.search(r"^X-Spilka-Did: [0-9]+\r?$", ringing["invite"], re.M)
    until(lambda: "BYE sip:op-" in cast.overheard(), 5, "her whole dialogue was seen")
    assert "INVITE sip:op-" in cast.overheard() and secret not in cast.overheard()


def test_five_callers_of_three_shops_are_served_in_the_order_they_came(cast):
    operator, trainee = cast.on_duty(cast.operator, 20), cast.on_duty(cast.trainee, 21)
    numbers = [CUSTOMER, OTHER, THIRD, "+380501110004", "+380501110005"]
    callers = [cast.caller(number, answer=200) for number in numbers]
    for caller, did in zip(callers, (TEA, SOAP, TOOLS, TEA, SOAP), strict=True):
        caller.call(cast.box.rings(did))
        caller.answered()
        time.sleep(0.1)
    talk(operator), talk(trainee, NAME_SECONDS)  # the first two: she, and since she is busy the trainee
    for caller, phone in zip(callers, (operator, trainee, operator, trainee, operator), strict=True):
        if callers.index(caller) > 1:
            talk(phone, NAME_SECONDS)
        caller.hangup()
        phone.ended()
    cast.call(customer=numbers[-1])
    rung = list(models.Leg.select(models.Leg, models.Call).join(models.Call).order_by(models.Leg.rang_at))
    assert [leg.call.customer for leg in rung] == numbers
    assert [leg.user for leg in rung] == [cast.operator, cast.trainee] * 2 + [cast.operator]


def test_she_lets_it_ring_out_and_the_trainee_is_rung_next(cast):
    operator, trainee = cast.on_duty(cast.operator, 20), cast.on_duty(cast.trainee, 21)
    caller = cast.caller()
    caller.call(cast.box.rings(TEA))
    first = operator.wait("incoming")
    second = trainee.wait("incoming", 6)
    assert 1.5 < second["at"] - first["at"] < 5
    until(lambda: presence.current(cast.operator).kind == "unanswered", 2)
    assert "unanswered" in cast.member(cast.operator)
    trainee.answer(second["call"])
    trainee.answered()
    assert len(operator.happened("incoming")) == 1

    presence.ready(cast.operator)
    until(lambda: "paused" not in cast.member(cast.operator), 2)
    other = cast.caller(OTHER, host=10)
    other.call(cast.box.rings(SOAP))
    assert operator.wait("incoming")


def test_declining_is_the_same_as_ringing_out(cast):
    operator, trainee = cast.on_duty(cast.operator, 20, answer=486), cast.on_duty(cast.trainee, 21)
    caller = cast.caller()
    caller.call(cast.box.rings(TEA))
    trainee.wait("incoming", 4)
    until(lambda: presence.current(cast.operator).kind == "unanswered", 2)
    assert len(operator.happened("incoming")) == 1


def test_her_telephone_dies_in_a_call_and_he_is_back_at_the_head_of_the_line(cast, tmp_path):
    operator = cast.on_duty(cast.operator, 20)
    file = tmp_path / "heard.wav"
    lost = cast.caller(record=str(file))
    lost.call(cast.box.rings(TEA))
    talk(operator)
    waiting = cast.caller(OTHER)
    waiting.call(cast.box.rings(SOAP))
    waiting.answered()
    operator.kill()
    until(lambda: "1. PJSIP/trunk" in cast.box.rx("queue show") and "OPERATOR_LOST" in cast.box.cel(), 5)
    until(lambda: "2. PJSIP/trunk" in cast.box.rx("queue show"), 9, "he has heard the apology")
    trainee = cast.on_duty(cast.trainee, 21)
    ringing = trainee.wait("incoming", 20)
    assert '"Chai"' in ringing["invite"], "the one who was lost comes first"
    trainee.answer(ringing["call"])
    trainee.answered()
    time.sleep(NAME_SECONDS)
    lost.hangup()
    apology = samples(ROOT / "static/prompts/uk/operator-lost.wav")
    assert spoken(heard(file), apology) > HEARD
    talk(trainee)
    waiting.hangup()
    call = cast.call(customer=CUSTOMER)
    assert (call.ending, call.operator, call.flags) == ("answered", cast.trainee, "agi-dead returned-to-line")


def test_a_second_dead_telephone_ends_the_call_as_cut_off(cast):
    operator, trainee = cast.on_duty(cast.operator, 20), cast.on_duty(cast.trainee, 21)
    caller = cast.caller()
    caller.call(cast.box.rings(TEA))
    talk(operator)
    operator.kill()
    talk_at = trainee.wait("incoming", 25)
    trainee.answer(talk_at["call"])
    trainee.answered()
    trainee.kill()
    caller.ended(6)
    call = cast.call()
    assert call.ending == "cut_off"
    assert [miss.why for miss in models.Miss.select()] == ["cut_off"]


@pytest.mark.parametrize("rung", [False, True])
def test_hanging_up_in_the_line_is_a_missed_call(cast, rung):
    operator = cast.on_duty(cast.operator, 20)
    if not rung:
        presence.take_break(cast.operator, "meal")
        until(lambda: "paused" in cast.member(cast.operator), 2)
    models.Shop.update(short_call_seconds=0).execute()
    caller = cast.caller()
    caller.call(cast.box.rings(TEA))
    caller.answered()
    if rung:
        operator.wait("incoming")
    time.sleep(0.5)
    caller.hangup()
    call = cast.call()
    assert (call.ending, call.ended_by, call.operator) == ("abandoned_line", "customer", None)
    assert models.Callback.get().customer == CUSTOMER
    assert bool(operator.happened("incoming")) is rung


def test_with_nobody_signed_on_the_caller_hears_that_he_will_be_called(cast, tmp_path):
    file = tmp_path / "heard.wav"
    caller = cast.caller(record=str(file))
    caller.call(cast.box.rings(TEA))
    caller.answered()
    caller.ended(20)
    assert spoken(heard(file), samples(ROOT / "static/prompts/uk/no-operator.wav")) > HEARD
    assert cast.call().ending == "no_operator"
    assert models.Callback.get().customer == CUSTOMER


def test_with_nobody_signed_on_the_owners_mobile_rings_and_shows_the_shops_number(cast):
    models.Shop.update(last_resort="mobile", last_resort_number="+380509998877").execute()
    until(lambda: "+380509998877" in cast.box.rx("dialplan show numbers-1"), 4, "the scheduler wrote and reloaded it")
    mobile = cast.customer("+380509998877")
    caller = cast.caller()
    caller.call(cast.box.rings(TEA))
    ringing = mobile.wait("incoming")
    assert CUSTOMER[-7:] not in ringing["invite"] and f"<sip:{TEA}@" in ringing["invite"]
    mobile.answer(ringing["call"])
    mobile.answered()
    time.sleep(0.5)
    mobile.press("1")
    until(lambda: "BRIDGE_ENTER" in cast.box.cel(), 8, "they speak")
    caller.hangup()
    mobile.ended()
    call = cast.call()
    assert (call.ending, call.operator) == ("answered", None)
    assert "last-resort-mobile" in call.flags


def test_with_nobody_signed_on_a_mobile_whose_voicemail_answers_gets_no_caller(cast):
    models.Shop.update(last_resort="mobile", last_resort_number="+380509998877").execute()
    until(lambda: "+380509998877" in cast.box.rx("dialplan show numbers-1"), 4, "the scheduler wrote and reloaded it")
    mobile = cast.customer("+380509998877")
    caller = cast.caller()
    caller.call(cast.box.rings(TEA))
    mobile.answer(mobile.wait("incoming")["call"])
    mobile.answered()
    mobile.ended(60)  # nobody presses the key
    until(lambda: "LAST_RESORT,message" in cast.box.cel(), 8, "he is told that he will be called")
    caller.hangup()
    assert cast.call().ending == "no_operator" and "BRIDGE_ENTER" not in cast.box.cel()
    assert models.Callback.get().customer == CUSTOMER
