"""Proof that facts arrive, and the ends nobody told, on a real Asterisk."""

from __future__ import annotations

import time

import pytest

import models
from calls import ingest
from calls.facts_mark import facts_late, mark_row
from calls.liveness import GONE_SECONDS, Liveness
from models import Call, CelRow, utcnow
from pbx.ami import Ami
from tests.flows.box import until
from tests.flows.cast import TEA

pytestmark = pytest.mark.flow
BOX, RUNS = {"tick_seconds": 1, "tick_late_seconds": 2}, ()


@pytest.fixture
def clock():
    return [0.0]


@pytest.fixture
def liveness(cast, clock):
    ami = Ami(cast.box.settings.ami_bind, cast.box.settings.ami_secret)
    yield Liveness(ami, cast.box.settings, lambda: clock[0])
    ami.close()


def test_ticks_become_facts_leave_no_rows_and_their_absence_is_noticed(cast):
    settings = cast.box.settings
    assert facts_late(utcnow(), settings)
    cast.box.start_scheduler()
    until(lambda: not facts_late(utcnow(), settings), 5)
    first = mark_row().ticked_at
    until(lambda: mark_row().ticked_at > first, 4)
    assert CelRow.select().where(CelRow.source == "cel").count() == 0
    assert cast.box.channels() <= 2
    settings.cel_dir.rename(settings.cel_dir.with_name("lost"))
    settings.cel_dir.touch()  # so that no directory can be made there again
    until(lambda: facts_late(utcnow(), settings), 6)
    settings.cel_dir.unlink()
    until(lambda: not facts_late(utcnow(), settings), 6)


def test_a_removed_directory_of_events_is_made_again_and_facts_go_on(cast):
    cast.box.start_scheduler()
    settings = cast.box.settings
    until(lambda: not facts_late(utcnow(), settings), 5)
    settings.cel_dir.rename(settings.cel_dir.with_name("lost"))
    until(settings.cel_dir.is_dir, 5)
    caller = cast.caller()
    caller.call(cast.box.rings(TEA))
    caller.ended(20)
    assert cast.call().ending == "no_operator"


def test_a_call_asterisk_no_longer_knows_ends_as_cut_off(cast, liveness, clock):
    settings = cast.box.settings
    caller = cast.caller()
    caller.call(cast.box.rings(TEA))
    until(lambda: "CALL_IN" in cast.box.cel(), 5)
    ingest.ingest_all(settings)
    assert Call.get().ended_at is None
    liveness.note_gone()
    settings.cel_dir.rename(settings.cel_dir.with_name("lost"))  # its end is lost on the way
    caller.hangup()
    caller.ended()
    until(lambda: cast.box.channels() == 0, 5)
    settings.cel_dir.with_name("lost").rename(settings.cel_dir)
    ingest.ingest_all(settings)
    liveness.note_gone()
    clock[0] = GONE_SECONDS - 1
    liveness.note_gone()
    assert Call.get().ended_at is None
    clock[0] = GONE_SECONDS
    liveness.note_gone()
    assert Call.get().ending == "cut_off"
    liveness.note_gone()
    assert CelRow.select().where(CelRow.event == "CHANNEL_GONE").count() == 1


def test_a_living_call_is_left_alone(cast, liveness, clock):
    cast.phone(cast.operator, 20)
    caller = cast.caller()
    models.Shop.update(last_resort="mobile", last_resort_number="+380509998877").execute()
    cast.box.reconfigure()
    caller.call(cast.box.rings(TEA))
    until(lambda: "CALL_IN" in cast.box.cel(), 5)
    ingest.ingest_all(cast.box.settings)
    for second in (0, GONE_SECONDS, 5 * GONE_SECONDS):
        clock[0] = second
        liveness.note_gone()
        assert Call.get().ended_at is None
    caller.hangup()


def test_a_start_of_asterisk_is_noted_once_however_often_we_connect(cast, liveness):
    liveness.note_start()
    liveness.note_start()
    started = CelRow.select().where(CelRow.event == "ASTERISK_STARTED")
    assert started.count() == 1
    assert 0 <= (utcnow() - started.get().at).total_seconds() < 5
    liveness.ami.close()
    time.sleep(0.3)
    liveness.note_start()
    assert started.count() == 1
