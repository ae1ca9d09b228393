"""What doctor --drill says where nothing can be tried; each thing it may find has its words."""

from __future__ import annotations

import datetime as dt
import threading
from contextlib import ExitStack
from zoneinfo import ZoneInfo

import pytest

from models import Drill, DrillCall, DrillFinding, Shop, User
from union import last_drill
from union.audit import Actor
from upkeep import drill, drill_words, stage

NIGHT = dt.datetime(2026, 11, 22, 5, 10, tzinfo=ZoneInfo("Europe/Kyiv"))


def test_without_asterisk_the_drill_fails_and_says_so(box):
    status, said = box.run("doctor", "--drill")
    assert (status, Drill.get().fault) == (1, "asterisk")
    assert "Asterisk could not be tried. it does not answer" in said
    assert not Shop.select().where(Shop.is_test).exists()


def test_it_is_not_begun_while_another_one_plays(box):
    with stage.alone(box.settings):
        status, said = box.run("doctor", "--drill")
    assert status == 1 and "under way" in said
    assert not Drill.select().exists()


def test_every_fault_and_finding_has_its_words():
    assert set(drill_words.CALLS) == {(way, resort) for way in DrillCall.WAYS for resort in DrillCall.RESORTS}
    assert set(drill_words.CALL_FAULTS) | {""} == set(DrillCall.FAULTS)
    assert set(drill_words.FINDINGS) == set(DrillFinding.FINDINGS)
    assert set(drill_words.FAULTS) == set(drill_words.ADVICE) | {""} == set(Drill.FAULTS)


@pytest.mark.parametrize(
    ("found", "fault"),
    [
        ([], ""),
        ([DrillFinding(finding="message"), DrillCall(fault="")], ""),
        ([DrillFinding(finding="differs"), DrillCall(fault="")], "shops"),
        ([DrillFinding(finding="differs"), DrillCall(fault="silence")], "calls"),
    ],
)
def test_a_caller_who_got_nothing_is_worse_than_a_shop_that_may(found, fault):
    assert drill.fault_of(found) == fault


def test_the_timetable_rehearses_at_night_and_gives_way_to_whoever_plays(box):
    assert drill.rehearse_if_due(NIGHT.replace(hour=10), box.settings) == "not_due"
    with stage.alone(box.settings):
        assert drill.rehearse_if_due(NIGHT, box.settings) == "not_due"
    assert not Drill.select().exists()
    assert drill.rehearse_if_due(NIGHT, box.settings) == "failed"
    assert [row.fault for row in Drill.select()] == ["asterisk"]


def test_a_wish_is_carried_out_once(box):
    user = User.get()
    last_drill.want(user, Actor(user), NIGHT)
    for _ in range(2):
        drill.rehearse_wanted(NIGHT, box.settings)
    assert [row.fault for row in Drill.select()] == ["asterisk"]


def test_a_test_call_waits_until_a_drill_is_over(box):
    with ExitStack() as playing:
        playing.enter_context(stage.alone(box.settings))
        threading.Timer(0.5, playing.close).start()
        with stage.alone(box.settings, wait_seconds=20):
            pass
