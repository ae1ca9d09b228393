"""The browser is the operator's telephone: she signs in, is rung by a real caller, answers; they hear each other."""

from __future__ import annotations

import time

import pytest

import models
from tests.flows import browser
from tests.flows.box import until
from tests.flows.cast import CUSTOMER, TEA
from tests.flows.phones import Telephone
from tests.flows.sound import NOT_HEARD, heard, samples, voice_in

pytestmark = [pytest.mark.flow, pytest.mark.skipif(not browser.is_possible(), reason="no chromium or no caddy here")]
RUNS = ("scheduler", "web")
HEARD_OVER_OPUS = 0.6  # the codec alters noise more than A-law does: 0.8 where the voice is, 0.15 where it is not
IN_A_MIX = 0.4  # both at once, each half of what is recorded


@pytest.fixture
def cast(cast):
    browser.start_caddy(cast.box)
    models.Phone.delete().execute()
    coordinator = models.User.create(email="coordinator@example.com", name="Координатор", password_hash="x")
    models.Role.create(user=coordinator, kind="coordinator")
    return cast


def on_duty(desk: browser.Desk, user: models.User):
    """She logs in, her telephone registers, she signs on and is in the line."""
    desk.log_in(user)
    desk.wait("ready")
    desk.page.keyboard.press("1")
    until(lambda: desk.cast.member(user), 8, "she is in the line")


def in_call(desk: browser.Desk, **caller) -> Telephone:
    """She has answered a customer by the keyboard."""
    customer = desk.cast.caller(**caller)
    customer.call(desk.cast.box.rings(TEA))
    desk.wait("ringing")
    desk.page.keyboard.press("F2")
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
        desk.page.keyboard.press("F4")
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
