"""Who keeps his place and hung up is counted in the line, and nobody speaks to his placeholder."""

from __future__ import annotations

import time

import pytest

import models
from calls import presence
from tests.flows.announcements import told
from tests.flows.box import until
from tests.flows.cast import CUSTOMER, OTHER, SOAP, TEA
from tests.flows.sound import heard

pytestmark = pytest.mark.flow
BOX = {"wrapup_seconds": 2, "announce_first_seconds": 2, "announce_again_seconds": 4, "announce_quiet_seconds": 4,
    "key_wait_seconds": 1, "tick_seconds": 2, "tick_late_seconds": 30}  # fmt: skip
RUNS = ("agi", "scheduler")


def test_a_kept_place_counts_and_is_never_spoken_to(cast, tmp_path):
    cast.on_duty(cast.operator, 20)
    presence.take_break(cast.operator, "meal")
    until(lambda: "paused" in cast.member(cast.operator), 3)
    keeps = cast.customer(CUSTOMER)
    cast.in_line(TEA, keeps)
    time.sleep(1.1)  # the queue orders by whole seconds
    later = cast.caller(OTHER, record=str(tmp_path / "heard.wav"))
    cast.in_line(SOAP, later)
    until(lambda: models.Announced.select().count() == 2, 15, "both are told their places")
    keeps.press("1")
    keeps.ended(15)
    until(lambda: "Local/s@place" in cast.box.rx("queue show"), 15, "a placeholder waits where he stood")
    so_far = models.Announced.select().count()
    time.sleep(11)
    later.hangup()
    call = cast.call(customer=OTHER)
    rows = list(models.Announced.select().order_by(models.Announced.id))
    assert {row.place for row in rows if row.call_key == call.key} == {2}
    assert {row.call_key for row in rows[so_far:]} <= {call.key}, "nothing is said to a placeholder"
    assert "Local/cb-" not in cast.box.cel()
    assert [one.place for one in told(heard(tmp_path / "heard.wav"))][:1] == [2]
