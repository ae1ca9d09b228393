"""The dialplan forwards callers to the owner's mobile, by a key of the menu or as the last resort: within the caps."""

from __future__ import annotations

import signal
import time

import pytest

import models
from calls import caps
from tests.flows.box import until
from tests.flows.cast import CUSTOMER, OTHER, TEA, THIRD

pytestmark = pytest.mark.flow
BOX = {"wrapup_seconds": 0}
RUNS = ("agi", "scheduler")


@pytest.fixture
def owners_mobile(cast):
    """The tea shop's key 4 rings its owner's mobile: his telephone."""
    models.Shop.update(short_call_seconds=0, last_resort="mobile", last_resort_number="+380509998877").execute()
    models.MenuOption.create(menu=cast.menus["tea"], key="4", label="Власник", kind="mobile")
    until(lambda: "+380509998877" in cast.box.rx("dialplan show numbers-1"), 4, "the scheduler wrote and reloaded it")
    return cast.customer("+380509998877")


def asking_for_the_owner(cast, number: str = CUSTOMER):
    caller = cast.caller(number)
    before = cast.box.cel().count("MENU,greeting|")
    caller.call(cast.box.rings(TEA))
    until(lambda: cast.box.cel().count("MENU,greeting|") > before, 10, "he is in the greeting")
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


def limit(cast, most: int) -> None:
    """So many calls may go out for the tea shop at the same time."""
    models.Shop.update(cap_concurrent=most).where(models.Shop.id == cast.shops["tea"].id).execute()
    until(lambda: f"MOST_OUT={most}" in cast.box.rx("dialplan show numbers-1"), 5, "Asterisk knows it")


def takes(owners_mobile) -> None:
    ringing = owners_mobile.wait("incoming")
    owners_mobile.answer(ringing["call"])
    owners_mobile.answered()
    time.sleep(0.5)
    owners_mobile.press("1")


def used_minutes(cast) -> int:
    return caps.used_minutes(cast.shops["tea"], models.utcnow(), cast.box.settings)


def test_what_the_owner_spoke_is_taken_from_the_shops_minutes(cast, owners_mobile):
    caller = asking_for_the_owner(cast)
    takes(owners_mobile)
    until(lambda: used_minutes(cast) > 1, 8, "as long as they speak all they may take is held")
    assert cast.going_out("tea") == 1
    caller.hangup()
    cast.call()
    assert (used_minutes(cast), cast.going_out("tea")) == (1, 0)


def test_a_second_caller_who_asks_for_the_owner_beyond_the_limit_is_left_to_the_line(cast, owners_mobile):
    limit(cast, 1)
    operator = cast.on_duty(cast.operator, 20)
    asking_for_the_owner(cast)
    takes(owners_mobile)
    until(lambda: models.Leg.get_or_none(models.Leg.party == "mobile"), 8, "it is a fact")
    asking_for_the_owner(cast, OTHER)
    operator.wait("incoming", 10)
    assert "CAPPED,cap_concurrent" in cast.box.cel() and len(owners_mobile.happened("incoming")) == 1


def test_with_all_of_ours_dead_the_last_resort_keeps_to_the_limit(cast, owners_mobile):
    limit(cast, 1)
    for process in ("agi", "scheduler"):
        cast.box.signal(process, signal.SIGKILL)
    first, second = cast.caller(CUSTOMER), cast.caller(THIRD)
    first.call(cast.box.rings(TEA))
    takes(owners_mobile)
    until(lambda: "BRIDGE_ENTER" in cast.box.cel(), 8, "they speak")
    second.call(cast.box.rings(TEA))
    until(lambda: "VOICEMAIL," in cast.box.cel(), 15, "he may leave a message instead")
    assert len(owners_mobile.happened("incoming")) == 1
    assert cast.box.cel().count('"USER_DEFINED","LAST_RESORT"') == 2
    first.hangup()
    owners_mobile.ended()
    third = cast.caller(OTHER)
    third.call(cast.box.rings(TEA))
    until(lambda: len(owners_mobile.happened("incoming")) == 2, 15, "the next one may again")


def test_who_was_left_to_the_line_is_still_himself(cast, owners_mobile):
    operator = cast.on_duty(cast.operator, 20)
    caller = asking_for_the_owner(cast)
    owners_mobile.answer(owners_mobile.wait("incoming")["call"], 486)
    operator.wait("incoming")
    caller.press("1")
    until(lambda: "KEPT,|" in cast.box.cel(), 10, "he keeps his place by the number he shows")
