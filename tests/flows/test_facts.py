"""Real calls become facts: what a caller did is what the Call says, right to the second, and nothing is ever lost."""

from __future__ import annotations

import datetime as dt
import json
import signal
import time

import pytest

import models
from calls import ingest
from calls.facts_mark import mark_row
from models import Call, Callback, CelRow
from tests.flows.box import until
from tests.flows.cast import CUSTOMER, OTHER, SOAP, TEA, TOOLS
from tests.flows.sipp import invite

pytestmark = pytest.mark.flow

NAMES = (
    'quoted "name"', '"', "${SHELL(reboot)}", "semi;colon", "comma, comma|bar", "смайл 🙂", "x" * 1000,
    "ї" * 500, "back\\slash", "'; DROP TABLE call; --", "<b>bold</b>", '","CALL_IN","', "tab\there",
)  # fmt: skip


def facts(box, count: int = 1) -> list[Call]:
    """The first calls that are over, once there are so many of them."""

    def over() -> list[Call]:
        ingest.ingest_all(box.settings)
        return list(Call.select().where(Call.ended_at.is_null(False)).order_by(Call.id))

    return until(lambda: found if len(found := over()) >= count else None, 5, f"{count} calls that are over")


def sign_on(cast, user: models.User, host: int = 20, penalty: int = 0):
    """Her telephone registered and in the line."""
    phone = cast.phone(user, host)
    cast.box.rx(f"queue add member PJSIP/op-{user.id} to {models.Queue.get().pbx_name} penalty {penalty}")
    return phone


def dial(cast, number: str = TEA, keys: str = "", caller=None):
    """Somebody calls a shop and presses keys in its greeting."""
    phone = caller or cast.caller()
    phone.call(cast.box.rings(number))
    phone.answered()
    if keys:
        time.sleep(0.5)
        phone.press(keys)
    return phone


def option(cast, key: str, kind: str, **values) -> None:
    models.MenuOption.create(menu=cast.menus["tea"], key=key, label=kind, kind=kind, **values)


# --- how calls end -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "after", "ending"),
    [("", 1.5, "abandoned_greeting"), ("", 4.0, "abandoned_menu"), ("2", 1.0, "informed")],
)
def test_a_caller_who_hangs_up_before_the_line(cast, keys, after, ending):
    phone = dial(cast, keys=keys)
    time.sleep(after)
    phone.hangup()
    phone.ended()
    (call,) = facts(cast.box)
    assert (call.ending, call.ended_by, call.customer, call.menu_path) == (ending, "customer", CUSTOMER, keys)
    assert (call.shop, call.did) == (cast.shops["tea"], cast.dids["tea"])


def test_a_caller_who_hangs_up_while_the_operators_phone_rings(cast):
    operator = sign_on(cast, cast.operator)
    phone = dial(cast, keys="1")
    operator.wait("incoming")
    time.sleep(2)
    phone.hangup()
    phone.ended()
    (call,) = facts(cast.box)
    assert (call.ending, call.wait_seconds, call.menu_path) == ("abandoned_line", 2, "1")
    (leg,) = call.legs
    assert (leg.user, leg.answered_at) == (cast.operator, None)


def test_a_call_with_nobody_signed_on_is_owed_a_callback(cast):
    phone = dial(cast, keys="1")
    phone.ended(20)
    (call,) = facts(cast.box)
    assert (call.ending, call.ended_by) == ("no_operator", "system")
    assert Callback.get().customer == CUSTOMER


def test_a_caller_out_of_hours_with_and_without_the_key(cast):
    today = models.utcnow().date()
    for day in (today - dt.timedelta(1), today, today + dt.timedelta(1)):
        models.HoursException.create(shop=cast.shops["tools"], on_date=day)
    silent = dial(cast, TOOLS)
    time.sleep(2)
    silent.hangup()
    silent.ended()
    dial(cast, TOOLS, keys="1", caller=cast.caller(OTHER)).ended(20)
    assert [call.ending for call in facts(cast.box, 2)] == ["closed", "asked_callback"]
    assert [callback.customer for callback in Callback.select().order_by(Callback.id)] == [CUSTOMER, OTHER]


def test_a_key_that_asks_for_a_callback(cast):
    option(cast, "3", "callback")
    dial(cast, keys="3").ended(20)
    (call,) = facts(cast.box)
    assert (call.ending, call.menu_path) == ("asked_callback", "3")
    assert Callback.get().misses.get().why == "asked_callback"


@pytest.mark.parametrize("who", ["customer", "operator"])
def test_an_answered_call_is_right_to_the_second(cast, who):
    operator = sign_on(cast, cast.operator)
    phone = dial(cast, keys="1")
    rang = operator.wait("incoming")
    time.sleep(2)
    operator.answer(rang["call"])
    picked_up = operator.answered()["at"]
    time.sleep(4.5)
    (phone if who == "customer" else operator).hangup()
    hung_up = phone.ended()["at"]
    (call,) = facts(cast.box)
    assert (call.ending, call.ended_by, call.operator) == ("answered", who, cast.operator)
    heard_the_name = 1.0
    assert call.talk_seconds == pytest.approx(hung_up - picked_up - heard_the_name, abs=0.75)
    assert call.answered_at.timestamp() == pytest.approx(picked_up + heard_the_name, abs=0.4)
    assert call.wait_seconds == pytest.approx(picked_up + heard_the_name - call.line_at.timestamp(), abs=0.75)
    assert call.ended_at.timestamp() == pytest.approx(hung_up, abs=0.3)
    (leg,) = call.legs
    assert leg.answered_at.timestamp() == pytest.approx(picked_up, abs=0.3)
    assert Callback.select().count() == 0


def test_she_lets_it_ring_out_and_the_trainee_answers(cast):
    operator, trainee = sign_on(cast, cast.operator), sign_on(cast, cast.trainee, 21, penalty=1)
    phone = dial(cast, keys="1")
    operator.wait("incoming")
    trainee.answer(trainee.wait("incoming", 15)["call"])
    trainee.answered()
    time.sleep(2.5)
    phone.hangup()
    phone.ended()
    (call,) = facts(cast.box)
    assert (call.ending, call.operator) == ("answered", cast.trainee)
    assert [(leg.user, bool(leg.answered_at)) for leg in call.legs.order_by(models.Leg.id)] == [
        (cast.operator, False),
        (cast.trainee, True),
    ]


# --- who calls ------------------------------------------------------------------------------------------------------


def test_an_unknown_number_leaves_no_call(cast):
    phone = cast.caller()
    phone.call(cast.box.rings("+380442999999"))
    assert phone.ended()["code"] == 404
    dial(cast).hangup()
    (call,) = facts(cast.box)
    assert call.shop == cast.shops["tea"]


def by_sipp(cast, caller: str = CUSTOMER, shape: str = "number-in-request", name: str = "", seconds: float = 0.3):
    address = f"{cast.box.net}.10"
    invite(cast.box.folder, shape, cast.box.settings.sip_bind, address, TEA, caller, seconds, name=name)


def test_a_withheld_caller_is_nobody_though_his_number_came_along(cast):
    cast.trunk.caller_in = "pai"
    cast.trunk.save()
    cast.box.reconfigure()
    by_sipp(cast, shape="anonymous-with-identity", seconds=6)
    (call,) = facts(cast.box)
    assert (call.withheld, call.customer, call.ending) == (True, None, "abandoned_menu")
    assert Callback.select().count() == 0


def test_a_call_that_carries_one_of_our_own_numbers_is_withheld(cast):
    by_sipp(cast, shape="forwarded-with-own-number", caller=SOAP, seconds=6)
    (call,) = facts(cast.box)
    assert (call.withheld, call.customer) == (True, None)
    assert Callback.select().count() == 0


def test_what_callers_call_themselves_does_no_harm(cast):
    """A call by each of these names: every row kept, every fact right. (SIPp takes brackets for its own.)"""
    for name in NAMES:
        by_sipp(cast, name=name)
    calls = facts(cast.box, len(NAMES))
    assert [(call.customer, call.shop) for call in calls] == [(CUSTOMER, cast.shops["tea"])] * len(NAMES)
    assert mark_row().torn_rows == 0
    assert CelRow.select().count() == cast.box.cel().count("\n")
    first = {call.key: CelRow.get((CelRow.linkedid == call.key) & (CelRow.event == "CHAN_START")) for call in calls}
    kept = [first[call.key].cid_name for call in calls]
    plain = [name for name in NAMES if not set(name) & set('"\\\t') and len(name) < 80]
    assert [name for name in kept if name in plain] == plain
    said = CelRow.select().where((CelRow.event == "USER_DEFINED") & (CelRow.name == "CALL_IN"))
    assert {json.loads(row.extra)["extra"].split("|")[2:][1] for row in said} == {CUSTOMER}


# --- when things die ----------------------------------------------------------------------------------------------------


def test_asterisk_killed_with_one_talking_and_one_waiting_both_become_facts_and_callbacks(cast):
    operator = sign_on(cast, cast.operator)
    talking = dial(cast, keys="1")
    operator.answer(operator.wait("incoming")["call"])
    operator.answered()
    time.sleep(2)
    waiting = dial(cast, SOAP, keys="1", caller=cast.caller(OTHER))
    until(lambda: cast.box.cel().count('"USER_DEFINED","LINE"') == 2, 5, "both in the line")
    time.sleep(0.5)
    cast.box.signal("asterisk", signal.SIGKILL)
    died_at = models.utcnow()
    time.sleep(2)
    cast.box.start_asterisk()
    ingest.asterisk_started(cast.box.settings, died_at + dt.timedelta(seconds=2))
    spoke, waited = facts(cast.box, 2)
    assert (spoke.ending, spoke.operator, spoke.shop) == ("cut_off", cast.operator, cast.shops["tea"])
    assert (waited.ending, waited.operator, waited.shop) == ("cut_off", None, cast.shops["soap"])
    assert spoke.ended_at <= died_at
    assert {(callback.customer, callback.shop) for callback in Callback.select()} == {
        (CUSTOMER, cast.shops["tea"]),
        (OTHER, cast.shops["soap"]),
    }
    for phone in (talking, waiting):
        phone.kill()
    dial(cast, caller=cast.caller()).hangup()
    assert len(facts(cast.box, 3)) == 3
