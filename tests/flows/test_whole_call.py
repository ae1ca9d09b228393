"""From the shop's greeting to the fact: everything of ours runs, and then nothing of ours does."""

from __future__ import annotations

import signal
import time

import pytest

import models
from models import Callback, Miss
from settings import ROOT
from tests.flows import cast as people
from tests.flows.box import until
from tests.flows.cast import CUSTOMER, SOAP, TEA
from tests.flows.sound import HEARD, NOT_HEARD, heard, samples, spoken, voice_in

pytestmark = pytest.mark.flow


@pytest.fixture
def cast(make_box):
    box = make_box(wrapup_seconds=0)
    made = people.make(box)
    models.Shop.update(short_call_seconds=0).execute()
    box.start_asterisk()
    box.start_agi()
    box.start_scheduler()
    return made


def test_a_caller_hears_his_shop_presses_1_and_speaks_with_the_operator(cast, tmp_path):
    file = tmp_path / "heard.wav"
    voice = cast.speech(931, 8)
    operator = cast.on_duty(cast.operator, 20, play=str(voice))
    caller = cast.caller(record=str(file))
    caller.call(cast.box.rings(SOAP))
    arrived = caller.answered()["at"]
    time.sleep(3.5)
    caller.press("1")
    ringing = operator.wait("incoming", 5)
    time.sleep(1)
    operator.answer(ringing["call"])
    operator.answered()
    time.sleep(3)
    caller.hangup()
    ended = operator.ended()["at"]

    sound = heard(file)
    assert spoken(sound, samples(cast.sounds["soap greeting"])) > HEARD
    assert spoken(sound, samples(cast.sounds["tea greeting"])) < NOT_HEARD
    assert voice_in(sound, samples(voice)) > HEARD
    call = cast.call()
    assert (call.shop, call.did, call.customer) == (cast.shops["soap"], cast.dids["soap"], CUSTOMER)
    assert (call.ending, call.ended_by, call.menu_path, call.flags) == ("answered", "customer", "1", "")
    assert call.arrived_at.timestamp() == pytest.approx(arrived, abs=0.5)
    assert call.ended_at.timestamp() == pytest.approx(ended, abs=0.5)
    assert call.line_at.timestamp() == pytest.approx(ringing["at"], abs=0.5)
    assert call.wait_seconds == 2 and call.talk_seconds == 2, "a second of ringing, one of the shop's name, then talk"
    (leg,) = call.legs
    assert (leg.party, leg.user) == ("operator", cast.operator)


def test_three_missed_calls_are_one_callback_and_getting_through_closes_it(cast):
    for count in (1, 2, 3):
        caller = cast.caller(host=10)
        caller.call(cast.box.rings(TEA))
        caller.answered()
        time.sleep(0.3)
        caller.hangup()
        caller.ended()
        until(lambda count=count: Miss.select().count() == count, 5)
    callback = Callback.get()
    assert (callback.customer, callback.shop, callback.closed_at) == (CUSTOMER, cast.shops["tea"], None)

    operator = cast.on_duty(cast.operator, 20, answer=200)
    caller = cast.caller()
    caller.call(cast.box.rings(TEA))
    time.sleep(3.5)
    caller.press("1")
    operator.answered(6)
    time.sleep(1.5)
    caller.hangup()
    closed = Callback.closed_at.is_null(False)
    callback = until(lambda: Callback.get_or_none(closed), 5)
    assert callback.closed_because == "got_through"
    assert callback.closing_call == cast.call(ending="answered").key


def test_with_all_of_ours_dead_and_nobody_signed_on_he_is_told_and_becomes_a_callback_later(cast, tmp_path):
    cast.box.signal("agi", signal.SIGKILL)
    cast.box.signal("scheduler", signal.SIGKILL)
    file = tmp_path / "heard.wav"
    caller = cast.caller(record=str(file))
    caller.call(cast.box.rings(TEA))
    caller.answered()
    time.sleep(12)  # he might leave a message now
    caller.hangup()
    assert spoken(heard(file), samples(ROOT / "static/prompts/uk/no-operator.wav")) > HEARD
    cast.box.start_scheduler()
    assert cast.call().ending == "no_operator"
    assert Callback.get().customer == CUSTOMER
