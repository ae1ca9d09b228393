"""Fixtures of the flows: a box that runs, with the cast in it."""

from __future__ import annotations

import pytest

from tests.flows import cast as people
from tests.flows.box import Box


@pytest.fixture
def make_box(tmp_path):
    """make_box(**settings): a Box of this test's own; everything it starts is stopped afterwards."""
    boxes = []

    def make(**changed) -> Box:
        box = Box(tmp_path / f"box{len(boxes)}", **changed)
        boxes.append(box)
        return box

    yield make
    for box in boxes:
        box.stop()


@pytest.fixture
def cast(make_box):
    """The cast in a box whose Asterisk and FastAGI run, with trade waits shortened."""
    box = make_box()
    made = people.make(box)
    box.start_asterisk()
    box.start_agi()
    return made
