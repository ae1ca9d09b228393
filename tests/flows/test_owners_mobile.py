"""A key of the menu that rings the owner's mobile: he speaks with his customer, or the line does."""

from __future__ import annotations

import time

import pytest

import models
from tests.flows.box import until
from tests.flows.cast import CUSTOMER, TEA

pytestmark = pytest.mark.flow
BOX = {"wrapup_seconds": 0}
RUNS = ("agi", "scheduler")


@pytest.fixture
def owners_mobile(cast):
    """The tea shop's key 4 rings its owner's mobile: his telephone."""
    models.Shop.update(short_call_seconds=0, last_resort="mobile", last_resort_number="+380509998877").execute()
    models.MenuOption.create(menu=cast.menus["tea"], key="4", label="Власник", kind="mobile")
    until(lambda: "+380509998877" in cast.box.rx("dialplan show numbers-1"), 4, "the scheduler wrote and reloaded it")
    return cast.caller("+380509998877", port=5060)


def asking_for_the_owner(cast):
    caller = cast.caller()
    caller.call(cast.box.rings(TEA))
    until(lambda: "greeting|" in cast.box.cel(), 10, "he is in the greeting")
    time.sleep(0.5)
    caller.press("4")
    return caller


def test_a_key_rings_the_owners_mobile_which_sees_the_shops_number(cast, owners_mobile):
    caller = asking_for_the_owner(cast)
    ringing = owners_mobile.wait("incoming")
    assert CUSTOMER[-7:] not in ringing["invite"] and f"<sip:{TEA}@" in ringing["invite"]
    owners_mobile.answer(ringing["call"])
    owners_mobile.answered()
    time.sleep(0.5)
    owners_mobile.press("1")
    until(lambda: "BRIDGE_ENTER" in cast.box.cel(), 8, "they speak")
    caller.hangup()
    owners_mobile.ended()
    call = cast.call()
    assert (call.ending, call.operator, call.menu_path, call.line_at) == ("answered", None, "4", None)
    assert models.Callback.select().count() == 0


def test_an_owner_who_declines_leaves_his_caller_to_the_line(cast, owners_mobile):
    operator = cast.on_duty(cast.operator, 20)
    caller = asking_for_the_owner(cast)
    owners_mobile.answer(owners_mobile.wait("incoming")["call"], 486)
    operator.answer(operator.wait("incoming")["call"])
    operator.answered()
    time.sleep(2)  # first she hears the shop's name
    caller.hangup()
    operator.ended()
    call = cast.call()
    assert (call.ending, call.operator) == ("answered", cast.operator)
    assert call.line_at is not None


def test_a_caller_who_gives_up_while_the_mobile_rings_is_owed_a_call(cast, owners_mobile):
    caller = asking_for_the_owner(cast)
    owners_mobile.wait("incoming")
    time.sleep(3)
    caller.hangup()
    call = cast.call()
    assert call.ending == "abandoned_menu"
    assert models.Callback.get().customer == CUSTOMER
