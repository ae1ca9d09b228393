"""What doctor --drill says where nothing can be tried; each thing it may find has its words."""

from __future__ import annotations

import pytest

from models import Drill, DrillCall, DrillFinding, Shop
from upkeep import drill, drill_words, stage


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
