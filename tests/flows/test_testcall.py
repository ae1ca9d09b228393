"""test-call goes through the whole box, says which part is broken, and leaves nothing behind."""

from __future__ import annotations

import pytest

import models
from pbx import apply
from pbx.config import render
from tests.flows.box import until
from tests.flows.cast import make
from upkeep import stage, testcall

pytestmark = pytest.mark.flow
ITS_OWN = (models.IngestMark, models.Run)  # what the scheduler writes whether there is a test call or not
TABLES = [table for table in models.TABLES if table not in ITS_OWN]


@pytest.fixture
def box(make_box):
    """A whole box with a union in it, as an upgrade finds it."""
    box = make_box(tick_seconds=5)
    make(box)
    box.start_asterisk()
    box.start_agi()
    box.start_scheduler()
    until(lambda: models.IngestMark.select().where(models.IngestMark.ticked_at.is_null(False)).exists(), 15, "a tick")
    return box


def rows() -> dict[str, int]:
    """How many rows each table has; ticks leave none."""
    return {table.__name__: table.select().count() for table in TABLES}


def test_a_well_box_passes_every_step_and_is_afterwards_as_it_was(box):
    before, configured = rows(), render_all(box)
    steps = list(testcall.play(box.settings))
    assert [step.name for step in steps if not step.is_well] == []
    assert len(steps) == 8
    assert rows() == before
    assert render_all(box) == configured
    assert not list(box.settings.recordings_dir.iterdir())
    assert "op-0" not in box.rx("pjsip show endpoints")
    assert stage.member(box.settings) == ""


def test_without_the_menu_process_the_greeting_is_missed(box):
    box.signal("agi", 9)
    steps = list(testcall.play(box.settings))
    assert [step.name for step in steps if not step.is_well] == ["The number answers, the greeting is heard"]
    assert "the greeting is not in it" in steps[-1].found


def test_without_the_scheduler_she_is_not_signed_on(box):
    box.signal("scheduler", 9)
    before = rows()
    steps = list(testcall.play(box.settings))
    assert [step.name for step in steps if not step.is_well] == ["The operator is signed on"]
    assert "does the scheduler run?" in steps[-1].found
    assert rows() == before


def test_what_a_killed_test_call_left_is_struck_before_the_next(box):
    stage._build(box.settings, stage.add_operator)
    assert all(step.is_well for step in testcall.play(box.settings))
    assert not models.Shop.select().where(models.Shop.is_test).exists()


def test_the_unions_own_callers_and_operators_never_meet_it(box):
    with stage.set_stage(box.settings, stage.add_operator):
        shops = models.Shop.select().where(~models.Shop.is_test)
        assert {shop.queue.pbx_name for shop in shops}.isdisjoint({stage.QUEUE})
        assert models.Queue.select().order_by(models.Queue.id).first().pbx_name != stage.QUEUE


def render_all(box) -> dict[str, str]:
    return render(apply.read(box.settings), box.settings)
