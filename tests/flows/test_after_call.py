"""After a conversation: work that begins by itself and lets no call in between, and a break that waits for the end."""

from __future__ import annotations

import datetime as dt
import time

import pytest

import models
from calls import presence
from tests.flows.box import until
from tests.flows.cast import CUSTOMER, OTHER, SOAP, TEA

BOX = {"wrapup_seconds": 2, "after_call_seconds": 5}
RUNS = ("scheduler",)


def kind(cast) -> str:
    return presence.current(cast.operator).kind


@pytest.fixture
def talking(cast):
    """A customer of the tea shop speaks with the operator; one of the soap shop waits."""
    operator = cast.on_duty(cast.operator, 20)
    first, second = cast.caller(), cast.caller(OTHER)
    first.call(cast.box.rings(TEA))
    operator.answer(operator.wait("incoming")["call"])
    operator.answered()
    second.call(cast.box.rings(SOAP))
    until(lambda: "1. PJSIP/trunk" in cast.box.rx("queue show"), 5)
    until(lambda: models.Leg.get_or_none(models.Leg.answered_at.is_null(False)), 5)
    time.sleep(1.2)
    return operator, first


def test_after_a_conversation_nobody_rings_until_she_returns_by_herself(cast, talking):
    operator, first = talking
    first.hangup()
    operator.ended()
    until(lambda: kind(cast) == "after_call", 2)
    until(lambda: "paused:after_call" in cast.member(cast.operator), 2)
    began = presence.current(cast.operator).starts_at
    assert began == models.Leg.get(models.Leg.user == cast.operator).ended_at
    operator.wait("incoming", 12)
    second = models.Leg.select().where(models.Leg.user == cast.operator).order_by(models.Leg.id.desc())
    rang_at = until(lambda: second.first().rang_at if second.count() == 2 else None, 3)
    assert rang_at - began >= dt.timedelta(seconds=BOX["after_call_seconds"])
    assert kind(cast) == "ready"


def test_who_says_that_she_is_ready_is_rung_by_who_waits(cast, talking):
    operator, first = talking
    first.hangup()
    operator.ended()
    until(lambda: "paused:after_call" in cast.member(cast.operator), 3)
    presence.need_longer(cast.operator)
    time.sleep(BOX["after_call_seconds"] + 1)
    assert kind(cast) == "after_call" and len(operator.happened("incoming")) == 1
    presence.ready(cast.operator)
    operator.wait("incoming", 4)


def test_a_break_asked_for_in_a_conversation_begins_with_its_end_and_who_waits_goes_on_waiting(cast, talking):
    operator, first = talking
    presence.take_break(cast.operator, "meal")
    assert kind(cast) == "ready"
    until(lambda: "paused:meal" in cast.member(cast.operator), 2)
    first.hangup()
    operator.ended()
    until(lambda: kind(cast) == "meal", 2)
    leg = models.Leg.get(models.Leg.user == cast.operator)
    assert presence.current(cast.operator).starts_at == leg.ended_at
    time.sleep(BOX["wrapup_seconds"] + 1)
    assert models.Leg.select().where(models.Leg.user == cast.operator).count() == 1
    assert cast.call(customer=CUSTOMER).ending == "answered"
    presence.ready(cast.operator)
    operator.wait("incoming", 4)
