"""When the operators alone do not do: the trainee for her shops, then the owner's mobile, which must be accepted."""

from __future__ import annotations

import time

import pytest

import models
from calls import presence
from models import Callback, MobileHours, Overflow, Release, Union
from tests.flows.box import until
from tests.flows.cast import CUSTOMER, OTHER, SOAP, TEA, THIRD, TOOLS

pytestmark = pytest.mark.flow
MOBILE = "+380509998877"
BOX = {"ring_seconds": 2, "wrapup_seconds": 0, "unanswered_seconds": 2, "mobile_ring_seconds": 20}
RUNS = ("scheduler",)


@pytest.fixture
def cast(cast):
    """The tea shop's owner takes callers on his mobile at any time, but after a long wait only."""
    tea = cast.shops["tea"]
    models.Shop.update(last_resort="mobile", last_resort_number=MOBILE).where(models.Shop.id == tea.id).execute()
    Union.update(reserve_after_seconds=600, reserve_line_length=9, mobile_after_seconds=600).execute()
    for weekday in range(7):
        MobileHours.create(shop=tea, weekday=weekday, opens_minute=0, closes_minute=1440)
    until(lambda: MOBILE in cast.box.rx("dialplan show numbers-1"), 5, "the scheduler wrote and reloaded it")
    cast.facts_arrive()
    return cast


def away(cast, host: int = 20):
    """The operator is at the line, but at table: callers wait."""
    phone = cast.on_duty(cast.operator, host)
    presence.take_break(cast.operator, "meal")
    until(lambda: "paused" in cast.member(cast.operator), 5)
    return phone


def waits(cast, number: str = CUSTOMER, did: str = TEA, **options):
    """A caller who waits in the line."""
    before = models.Call.select().where(models.Call.line_at.is_null(False)).count()
    caller = cast.caller(number, **options)
    caller.call(cast.box.rings(did))
    caller.answered()
    in_line = models.Call.select().where(models.Call.line_at.is_null(False))
    until(lambda: in_line.count() > before, 8, "he is in the line")
    return caller


def talks(phone, seconds: float = 0) -> None:
    phone.answer(phone.wait("incoming", 20)["call"])
    phone.answered()
    time.sleep(seconds)


# --- the reserve ---------------------------------------------------------------------------------------------------


def held(cast) -> bool:
    return "paused:reserve" in cast.member(cast.trainee).replace(" ", "")


def busy_operator(cast):
    """The operator speaks with somebody; the trainee is ready, and not needed yet."""
    operator, trainee = cast.on_duty(cast.operator, 20), cast.on_duty(cast.trainee, 21)
    until(lambda: held(cast), 5, "she is held back")
    first = waits(cast, THIRD, TOOLS)
    talks(operator, 1.5)
    return operator, trainee, first


def test_the_trainee_is_rung_once_somebody_waited_long(cast):
    _, trainee, _ = busy_operator(cast)
    waits(cast)
    time.sleep(2)
    assert not trainee.happened("incoming")
    Union.update(reserve_after_seconds=3).execute()
    talks(trainee)
    until(lambda: models.Call.get(models.Call.customer == CUSTOMER).operator == cast.trainee, 8, "she has him")


def test_the_trainee_is_rung_once_the_line_is_long(cast):
    _, trainee, _ = busy_operator(cast)
    Union.update(reserve_line_length=1).execute()
    waits(cast)
    time.sleep(1.5)
    assert not trainee.happened("incoming"), "one is not longer than one"
    waits(cast, OTHER, SOAP)
    talks(trainee)
    until(lambda: models.Call.get(models.Call.customer == CUSTOMER).operator == cast.trainee, 8, "the first is hers")


def test_the_trainee_is_rung_only_for_the_shops_she_is_released_for(cast):
    Release.update(ends_at=models.utcnow()).where(Release.shop == cast.shops["soap"]).execute()
    Union.update(reserve_after_seconds=1).execute()
    operator, trainee, first = busy_operator(cast)
    other = waits(cast, OTHER, SOAP)
    time.sleep(4)
    assert not trainee.happened("incoming")
    other.hangup()
    waits(cast)
    talks(trainee)
    until(lambda: models.Call.get(models.Call.customer == CUSTOMER).operator == cast.trainee, 8)
    assert not models.Leg.select().join(models.Call).where(
        models.Call.shop == cast.shops["soap"], models.Leg.user == cast.trainee
    ).exists()  # fmt: skip


def test_without_an_operator_the_reserve_is_rung_at_once(cast):
    trainee = cast.on_duty(cast.trainee, 21)
    assert not held(cast)
    waits(cast)
    trainee.wait("incoming", 8)


# --- nobody who may answer -----------------------------------------------------------------------------------------


def test_an_operator_who_did_not_answer_keeps_nobody_waiting_for_ever(cast):
    models.Shop.update(last_resort="message").execute()
    operator = cast.on_duty(cast.operator, 20)
    caller = waits(cast)
    operator.wait("incoming", 8)
    until(lambda: presence.current(cast.operator).kind == "unanswered", 8, "she let it ring out")
    until(lambda: "NOBODY," in cast.box.cel(), 15, "he is not left waiting")
    assert presence.current(cast.operator).kind == "unanswered", "she may come back by one key"
    caller.hangup()
    assert cast.call().ending == "no_operator" and Callback.get().customer == CUSTOMER


# --- the owner's mobile --------------------------------------------------------------------------------------------


def test_the_owner_takes_a_caller_who_waited_long_and_it_is_counted_apart(cast):
    mobile = cast.customer(MOBILE)
    away(cast)
    Union.update(mobile_after_seconds=1).execute()
    caller = waits(cast)
    ringing = mobile.wait("incoming", 20)
    assert CUSTOMER[-7:] not in ringing["invite"] and f"<sip:{TEA}@" in ringing["invite"]
    assert Overflow.get().minutes_reserved >= 3, "reserved before the dial"
    mobile.answer(ringing["call"])
    mobile.answered()
    time.sleep(2.5)  # the name of the shop
    mobile.press("1")
    until(lambda: Overflow.get().taken_at, 8, "they speak")
    assert cast.going_out("tea") == 1
    time.sleep(1)
    mobile.hangup()
    caller.ended()
    call = cast.call()
    assert (call.ending, call.ended_by, call.operator) == ("answered", "operator", None)
    assert set(call.flags.split()) == {"overflow-mobile", "agi-dead"}
    assert call.wait_seconds >= 1 and call.talk_seconds >= 1
    ended = until(lambda: Overflow.get_or_none(Overflow.ended_at.is_null(False)), 8)
    assert ended.minutes_reserved == 1 and not Callback.select().exists()


def test_a_mobile_whose_voicemail_answers_gets_no_caller(cast):
    mobile = cast.customer(MOBILE)
    away(cast)
    Union.update(mobile_after_seconds=1).execute()
    caller = waits(cast)
    talks(mobile)
    mobile.ended(60)  # the offer, three times, and nobody presses
    ended = until(lambda: Overflow.get_or_none(Overflow.ended_at.is_null(False)), 8)
    assert (ended.taken_at, ended.minutes_reserved) == (None, 0)
    assert not caller.happened("state", state="DISCONNECTED") and cast.box.channels() == 1
    time.sleep(1.5)
    assert len(mobile.happened("incoming")) == 1, "once for a caller"
    caller.hangup()
    assert cast.call().ending == "abandoned_line"


def test_an_operator_who_is_first_keeps_the_caller(cast):
    mobile = cast.customer(MOBILE)
    operator = away(cast)
    Union.update(mobile_after_seconds=1).execute()
    waits(cast)
    talks(mobile)
    presence.sign_on(cast.operator)
    talks(operator)
    mobile.ended(15)
    until(lambda: Overflow.get().ended_at, 8)
    assert Overflow.get().taken_at is None and not operator.happened("state", state="DISCONNECTED")


@pytest.mark.parametrize("forbidden", ["hours", "caps"])
def test_out_of_his_hours_or_caps_no_mobile_is_rung(cast, forbidden):
    if forbidden == "hours":
        MobileHours.delete().execute()
    else:
        models.Shop.update(cap_minutes_per_day=2).execute()
    mobile = cast.customer(MOBILE)
    away(cast)
    Union.update(mobile_after_seconds=1).execute()
    waits(cast)
    time.sleep(4)
    assert not mobile.happened("incoming") and not Overflow.select().exists()
