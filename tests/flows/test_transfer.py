"""A caller is handed over to the owner's mobile: he is the operator's until the owner presses the key."""

from __future__ import annotations

import signal
import time

import pytest

import models
from calls import transfers
from settings import ROOT
from tests.flows.box import until
from tests.flows.cast import CUSTOMER, TEA
from tests.flows.sound import HEARD, NOT_HEARD, heard, samples, voice_in

pytestmark = pytest.mark.flow
MOBILE = "+380509998877"
BOX = {"mobile_ring_seconds": 4}
RUNS = ("scheduler",)


@pytest.fixture
def cast(cast):
    models.Shop.update(last_resort="mobile", last_resort_number=MOBILE, recording_wanted=True).execute()
    return cast


def in_call(cast, **options):
    """A customer speaks with the operator: their telephones, and the key of the call."""
    operator = cast.on_duty(cast.operator, 20, **options.get("operator", {}))
    caller = cast.caller(**options.get("caller", {}))
    caller.call(cast.box.rings(TEA))
    operator.answer(operator.wait("incoming", 8)["call"])
    operator.answered()
    talking = models.Leg.user == cast.operator, models.Leg.answered_at.is_null(False)
    leg = until(lambda: models.Leg.select().where(*talking).first(), 8, "the call is a fact")
    return operator, caller, leg.call.key


def hand_over(cast, key: str) -> models.Transfer:
    return transfers.want(cast.operator, key, models.utcnow(), cast.box.settings)


def rung(mobile) -> dict:
    ringing = mobile.wait("incoming", 20)
    mobile.answer(ringing["call"])
    mobile.answered()
    return ringing


def ended(transfer: models.Transfer) -> models.Transfer:
    return until(lambda: models.Transfer.get_or_none(models.Transfer.ended_at.is_null(False)), 15, "it has ended")


def test_the_owner_takes_the_call_and_the_operator_is_free(cast, tmp_path):
    files = {name: tmp_path / f"{name}.wav" for name in ("caller", "owner")}
    voices = {name: cast.speech(900 + n, 6) for n, name in enumerate(("caller", "operator", "owner"))}
    mobile = cast.customer(MOBILE, record=str(files["owner"]), play=str(voices["owner"]))
    operator, caller, key = in_call(
        cast,
        operator={"play": str(voices["operator"])},
        caller={"record": str(files["caller"]), "play": str(voices["caller"])},
    )
    transfer = hand_over(cast, key)
    invite = rung(mobile)["invite"]
    assert CUSTOMER[-7:] not in invite and f"<sip:{TEA}@" in invite, "he sees his own shop's number"
    time.sleep(3)
    assert not operator.happened("state", state="DISCONNECTED"), "until the key the caller is hers"
    mobile.press("1")
    operator.ended()
    assert cast.going_out("tea") == 1
    time.sleep(3)
    caller.hangup()
    mobile.ended()
    said = {who: samples(voice) for who, voice in voices.items()}
    his, owners = heard(files["caller"]), heard(files["owner"])
    assert voice_in(owners, samples(ROOT / "static/prompts/uk/transfer-offer.wav")) > HEARD
    assert voice_in(owners, said["caller"]) > HEARD and voice_in(his, said["owner"]) > HEARD
    assert voice_in(owners, said["operator"]) < NOT_HEARD
    call = cast.call()
    assert (call.ending, call.ended_by, call.operator, call.customer) == (
        "answered", "customer", cast.operator, CUSTOMER)  # fmt: skip
    assert "transferred" in call.flags
    legs = {leg.party: leg for leg in call.legs}
    assert set(legs) == {"operator", "mobile"} and legs["operator"].ended_at < legs["mobile"].ended_at
    assert call.talk_seconds == pytest.approx((call.ended_at - call.answered_at).total_seconds(), abs=1.1)
    assert ended(transfer).taken_at and ended(transfer).minutes_reserved == 1


@pytest.mark.parametrize("what", ["nobody picks up", "no key is pressed", "she takes him back"])
def test_not_taken_the_caller_is_hers_as_before(cast, what):
    mobile = cast.customer(MOBILE)
    operator, caller, key = in_call(cast)
    transfer = hand_over(cast, key)
    mobile.wait("incoming") if what == "nobody picks up" else rung(mobile)
    if what == "she takes him back":
        transfers.withdraw(transfer, models.utcnow())
    mobile.ended(40)
    assert ended(transfer).taken_at is None and ended(transfer).minutes_reserved == 0
    assert not operator.happened("state", state="DISCONNECTED")
    assert cast.box.channels() == 2
    caller.hangup()
    operator.ended()
    call = cast.call()
    assert (call.ending, call.operator) == ("answered", cast.operator) and "transferred" not in call.flags


def test_the_owner_hangs_up_and_the_call_is_over_though_the_scheduler_was_dead_meanwhile(cast):
    mobile = cast.customer(MOBILE)
    operator, caller, key = in_call(cast)
    transfer = hand_over(cast, key)
    rung(mobile)
    cast.box.signal("scheduler", signal.SIGKILL)
    time.sleep(1.5)  # the name of the shop
    mobile.press("1")
    operator.ended()
    cast.box.start_scheduler()
    until(lambda: models.Transfer.get_by_id(transfer.id).taken_at, 5, "it is found out")
    mobile.hangup()
    caller.ended()
    assert ended(transfer).minutes_reserved == 1
    call = cast.call()
    assert (call.ending, call.ended_by, call.operator) == ("answered", "operator", cast.operator)
    assert not models.Callback.select().exists()
