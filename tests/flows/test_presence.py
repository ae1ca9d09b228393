"""Who is signed on is in the line, whatever restarts, and nobody else is."""

from __future__ import annotations

import re
import signal
import time

import pytest

import models
from calls import presence
from pbx.ami import Ami
from tests.flows import cast as people
from tests.flows.box import until
from tests.flows.cast import CUSTOMER, OTHER, SOAP, TEA

pytestmark = pytest.mark.flow
BOX = {"wrapup_seconds": 0, "unreachable_seconds": 2, "recording_stop_percent": 0}
RUNS = ("scheduler",)


@pytest.fixture
def ami(cast):
    ami = Ami(cast.box.settings.ami_bind, cast.box.settings.ami_secret)
    yield ami
    ami.close()


def members(cast) -> str:
    """The queue's members as Asterisk tells them, without what changes by itself."""
    return "\n".join(re.sub(r"\(ringinuse.*?\)|has taken.*", "", line) for line in lines_of_members(cast))


def lines_of_members(cast) -> list[str]:
    return [line.strip() for line in cast.box.rx("queue show").splitlines() if "PJSIP/op-" in line]


def test_signing_on_a_break_and_signing_off_are_seen_by_asterisk_within_a_second(cast):
    cast.on_duty(cast.operator, 20)
    cast.on_duty(cast.trainee, 21)
    assert "penalty 5" in cast.member(cast.trainee) and "penalty" not in cast.member(cast.operator)
    presence.take_break(cast.operator, "meal")
    until(lambda: "paused:meal" in cast.member(cast.operator), 1)
    presence.take_break(cast.operator, "training")
    until(lambda: "paused:training" in cast.member(cast.operator), 1)
    presence.ready(cast.operator)
    until(lambda: "paused" not in cast.member(cast.operator), 1)
    presence.sign_off(cast.operator)
    until(lambda: not cast.member(cast.operator), 1)
    assert cast.member(cast.trainee)


def test_a_caller_waits_for_an_operator_who_is_only_on_a_break(cast):
    operator = cast.on_duty(cast.operator, 20)
    presence.take_break(cast.operator, "rest")
    until(lambda: "paused" in cast.member(cast.operator), 2)
    caller = cast.caller()
    caller.call(cast.box.rings(TEA))
    caller.answered()
    time.sleep(1)
    assert not caller.happened("state", state="DISCONNECTED")
    presence.ready(cast.operator)
    operator.wait("incoming", 3)


def test_the_last_operator_signs_off_and_who_waits_is_not_left_waiting(cast):
    cast.on_duty(cast.operator, 20)
    presence.take_break(cast.operator, "rest")
    until(lambda: "paused" in cast.member(cast.operator), 2)
    caller = cast.caller()
    caller.call(cast.box.rings(TEA))
    until(lambda: "1. PJSIP/trunk" in cast.box.rx("queue show"), 3)
    presence.sign_off(cast.operator)
    until(lambda: '"NOBODY"' in cast.box.cel(), 12, "he is told that nobody can answer, and may leave a message")
    caller.hangup()
    assert cast.call().ending == "no_operator"


def test_asterisk_killed_in_mid_call_comes_back_with_everybody_signed_on(cast):
    operator, _ = cast.on_duty(cast.operator, 20), cast.on_duty(cast.trainee, 21)
    presence.take_break(cast.trainee, "meal")
    until(lambda: "paused:meal" in cast.member(cast.trainee), 2)
    talking, waiting = cast.caller(), cast.caller(OTHER)
    talking.call(cast.box.rings(TEA))
    operator.answer(operator.wait("incoming")["call"])
    operator.answered()
    waiting.call(cast.box.rings(SOAP))
    waiting.answered()
    until(lambda: models.Call.select().where(models.Call.answered_at.is_null(False)).exists(), 3)
    time.sleep(1)

    cast.box.signal("asterisk", signal.SIGKILL)
    cast.box.start_asterisk()
    until(lambda: "paused:meal" in members(cast), 5)
    assert len(lines_of_members(cast)) == 2
    for customer in (CUSTOMER, OTHER):
        assert cast.call(customer=customer).ending == "cut_off"
    owed = {row.customer for row in models.Callback.select()}
    assert owed == {CUSTOMER, OTHER}
    assert presence.current(cast.operator).kind == "ready"


def test_the_scheduler_killed_changes_nothing_for_callers_and_goes_on_where_it_was(cast):
    operator = cast.on_duty(cast.operator, 20, answer=200)
    cast.box.signal("scheduler", signal.SIGKILL)
    caller = cast.caller()
    caller.call(cast.box.rings(TEA))
    operator.answered()
    time.sleep(1.5)
    caller.hangup()
    operator.ended()
    presence.take_break(cast.operator, "meal")
    cast.box.start_scheduler()
    until(lambda: "paused:meal" in cast.member(cast.operator), 3)
    assert cast.call().ending == "answered"


def test_whatever_somebody_does_to_the_queue_by_hand_is_put_right(cast, ami):
    cast.on_duty(cast.operator, 20)
    ami.queue_remove("line-1", presence.interface(cast.operator.id))
    ami.queue_add("line-1", presence.interface(cast.trainee.id), 0)
    until(lambda: cast.member(cast.operator) and len(lines_of_members(cast)) == 1, 3)


def test_a_telephone_out_of_reach_is_signed_off_with_the_reason(cast):
    phone = cast.on_duty(cast.operator, 20)
    phone.unregister()
    until(lambda: presence.current(cast.operator) is None, 8)
    assert presence.last_ended(cast.operator).ended_because == "unreachable"
    until(lambda: lines_of_members(cast) == [], 2)


def test_a_short_gap_in_her_registration_is_forgiven(make_box):
    box = make_box(**BOX | {"unreachable_seconds": 5})
    cast = people.make(box)
    box.start_asterisk()
    box.start_scheduler()
    phone = cast.on_duty(cast.operator, 20)
    phone.unregister()
    until(lambda: not cast.member(cast.operator), 3)
    time.sleep(2)
    phone.close()
    cast.phone(cast.operator, 20)
    until(lambda: cast.member(cast.operator), 3)
    time.sleep(4)
    assert presence.current(cast.operator).kind == "ready"


def test_a_number_added_on_a_page_rings_a_moment_later_and_a_reload_loses_no_member(cast):
    operator = cast.on_duty(cast.operator, 20)
    presence.take_break(cast.operator, "meal")
    until(lambda: "paused:meal" in cast.member(cast.operator), 2)
    models.Did.create(number="+380442000009", shop=cast.shops["soap"], trunk=cast.trunk)
    models.Queue.create(name="another")
    until(lambda: "+380442000009" in cast.box.rx("dialplan show numbers-1"), 4)
    until(lambda: "line-2" in cast.box.rx("queue show"), 4)
    assert "paused:meal" in cast.member(cast.operator)
    presence.ready(cast.operator)
    caller = cast.caller()
    caller.call(cast.box.rings("+380442000009"))
    assert '"Mylo"' in operator.wait("incoming")["invite"]


def test_while_asterisk_is_down_facts_are_still_read_and_nothing_is_logged_twice_a_second(cast):
    operator = cast.on_duty(cast.operator, 20, answer=200)
    caller = cast.caller()
    caller.call(cast.box.rings(TEA))
    operator.answered()
    cast.box.signal("scheduler", signal.SIGSTOP)
    caller.hangup()
    caller.ended()
    until(lambda: cast.box.channels() == 0, 5)
    cast.box.signal("asterisk", signal.SIGKILL)
    cast.box.signal("scheduler", signal.SIGCONT)
    cast.call()
    time.sleep(1.5)
    complaints = [line for line in cast.box.log("scheduler").splitlines() if " ERROR " in line]
    assert 1 <= len(complaints) <= 6


def test_the_scheduler_stops_at_once_and_cleanly(cast):
    process = cast.box.processes["scheduler"]
    process.terminate()
    assert process.wait(3) == 0
    assert "Traceback" not in cast.box.log("scheduler")
