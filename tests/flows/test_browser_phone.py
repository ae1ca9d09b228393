"""The browser is the operator's telephone: she signs in, is rung by a real caller, answers; they hear each other."""

from __future__ import annotations

import signal
import time

import pytest

import models
from calls import presence
from settings import ROOT
from tests.flows import browser
from tests.flows.box import until
from tests.flows.cast import CUSTOMER, TEA
from tests.flows.phones import Telephone
from tests.flows.sound import HEARD, NOT_HEARD, RATE, heard, samples, spoken, voice_in
from union import people

pytestmark = [pytest.mark.flow, pytest.mark.skipif(not browser.is_possible(), reason="no chromium or no caddy here")]
RUNS = ("scheduler", "web")
HEARD_OVER_OPUS = 0.45  # the codec alters noise more than A-law does: 0.6–0.8 where the voice is, 0.15 where it is not
IN_A_MIX = 0.4  # both at once, each half of what is recorded


@pytest.fixture
def cast(cast):
    browser.prepare(cast)
    return cast


def on_duty(desk: browser.Desk, user: models.User):
    """She logs in, her telephone registers, she signs on and is in the line."""
    desk.log_in(user)
    desk.wait("ready")
    desk.page.keyboard.press("g")
    until(lambda: desk.cast.member(user), 8, "she is in the line")


def in_call(desk: browser.Desk, **caller) -> Telephone:
    """She has answered a customer by the keyboard."""
    customer = desk.cast.caller(**caller)
    customer.call(desk.cast.box.rings(TEA))
    desk.wait("ringing")
    desk.page.keyboard.press("F7")
    desk.wait("talking")
    return customer


def test_she_signs_in_is_rung_answers_and_they_hear_each_other(cast, tmp_path):
    voices = {"customer": cast.speech(901, 6), "operator": cast.speech(902, 6)}
    his = tmp_path / "his.wav"
    models.Shop.update(recording_wanted=True).execute()
    with browser.desk(cast, voices["operator"]) as desk:
        on_duty(desk, cast.operator)
        caller = in_call(desk, record=str(his), play=str(voices["customer"]))
        desk.record()
        time.sleep(4)
        hers = samples(desk.recorded(tmp_path / "hers.wav"))
        desk.page.keyboard.press("F6")
        caller.ended()
        desk.wait("ready")
        assert desk.complaints == []
    call = cast.call()
    assert (call.ending, call.ended_by) == ("answered", "operator")
    assert (call.operator, call.customer) == (cast.operator, CUSTOMER)
    said = {who: samples(voice) for who, voice in voices.items()}
    assert voice_in(hers, said["customer"]) > HEARD_OVER_OPUS
    assert voice_in(heard(his), said["operator"]) > HEARD_OVER_OPUS
    assert voice_in(hers, said["operator"]) < NOT_HEARD
    assert voice_in(heard(his), said["customer"]) < NOT_HEARD
    recording = samples(cast.box.settings.recordings_dir / call.recording)
    assert all(voice_in(recording, voice) > IN_A_MIX for voice in said.values())


@pytest.mark.parametrize("what", ["hold", "mute"])
def test_on_hold_he_hears_music_and_muted_nothing(cast, tmp_path, what):
    file, voice, key = tmp_path / "heard.wav", cast.speech(902, 6), {"hold": "F9", "mute": "F8"}[what]
    with browser.desk(cast, voice) as desk:
        on_duty(desk, cast.operator)
        caller = in_call(desk, record=str(file))
        time.sleep(1)
        desk.page.keyboard.press(key)
        desk.page.wait_for_selector("#telephone[data-state=held], [data-phone=mute][aria-pressed=true]")
        time.sleep(5)
        desk.page.keyboard.press(key)
        desk.page.wait_for_selector("#telephone[data-state=talking] [data-phone=mute]:not([aria-pressed=true])")
        time.sleep(2.5)
        caller.hangup()
        desk.wait("ready")
    all_of_it, her = heard(file), samples(voice)
    meanwhile, afterwards = all_of_it[-7 * RATE : -int(3.5 * RATE)], all_of_it[-2 * RATE :]
    music = voice_in(meanwhile, samples(ROOT / "static/prompts/hold/hold.wav"))
    assert voice_in(meanwhile, her) < NOT_HEARD
    assert music > HEARD_OVER_OPUS if what == "hold" else music < NOT_HEARD
    assert voice_in(afterwards, her) > HEARD_OVER_OPUS


def test_her_network_is_cut_in_a_call_and_the_caller_is_not_left_in_silence(cast, tmp_path):
    """Half a minute in life, here until the caller is back in the line: sound is missed after 3 s."""
    file = tmp_path / "heard.wav"
    with browser.desk(cast) as desk:
        on_duty(desk, cast.operator)
        caller = in_call(desk, record=str(file))
        desk.cut()
        until(lambda: "OPERATOR_LOST" in cast.box.cel(), 20, "her silence was noticed")
        until(lambda: "1. PJSIP/trunk" in cast.box.rx("queue show"), 20, "he is at the head of the line")
        desk.mend()
        desk.wait("ready", 60)
        until(lambda: cast.member(cast.operator), 30, "her telephone can be rung")
        presence.sign_on(cast.operator)
        desk.wait("ringing", 30)
        desk.page.keyboard.press("F7")
        desk.wait("talking")
        time.sleep(1)
        caller.hangup()
        desk.wait("ready")
    assert spoken(heard(file), samples(ROOT / "static/prompts/uk/operator-lost.wav")) > HEARD
    call = cast.call()
    assert (call.ending, call.operator, call.flags) == ("answered", cast.operator, "agi-dead returned-to-line")


def test_her_access_is_ended_in_a_call_and_the_caller_goes_back_to_the_line(cast):
    with browser.desk(cast) as desk:
        on_duty(desk, cast.operator)
        caller = in_call(desk)
        until(lambda: "BRIDGE_ENTER" in cast.box.cel(), 10, "she has heard the shop's name, they speak")
        people.end_sessions(cast.operator)
        until(lambda: "OPERATOR_LOST" in cast.box.cel(), 10, "he goes back")
        until(lambda: not cast.member(cast.operator), 10, "she has left the line")
        until(lambda: "Unable to find" in cast.box.rx(f"pjsip show endpoint op-{cast.operator.id}"), 10, "no account")
        caller.hangup()
    assert presence.current(cast.operator) is None
    assert "returned-to-line" in cast.call().flags


def test_of_two_tabs_one_rings_and_the_other_takes_the_telephone_but_never_out_of_a_call(cast):
    with browser.desk(cast) as desk:
        on_duty(desk, cast.operator)
        other = browser.Desk(desk.page.context.new_page(), cast)
        other.page.goto("/desk")
        other.wait("elsewhere")
        caller = in_call(desk)
        assert other.page.get_attribute("#telephone", "data-state") == "elsewhere"
        other.press("take")
        other.page.wait_for_selector("[data-refused]:visible")
        assert desk.page.get_attribute("#telephone", "data-state") == "talking"
        caller.hangup()
        desk.wait("ready")
        other.press("take")
        other.wait("ready")
        desk.wait("elsewhere")
        in_call(other).hangup()
        other.wait("ready")
        other.page.close()
        desk.wait("ready")
        assert desk.complaints == other.complaints == []


def test_a_dead_line_is_said_within_seconds_though_its_socket_stands(cast):
    with browser.desk(cast) as desk:
        on_duty(desk, cast.operator)
        cast.box.signal("asterisk", signal.SIGSTOP)
        try:
            desk.page.wait_for_selector("[data-fault=registration]:visible", timeout=20_000)
        finally:
            cast.box.signal("asterisk", signal.SIGCONT)
        desk.wait("ready", 40)
        assert desk.page.is_hidden("[data-fault=registration]")
