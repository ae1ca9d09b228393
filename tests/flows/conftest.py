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
def cast(request, make_box):
    """The cast in a running box. A module's BOX names settings to change, its RUNS what runs beside Asterisk."""
    box = make_box(**getattr(request.module, "BOX", {}))
    made = people.make(box)
    box.start_asterisk()
    for process in getattr(request.module, "RUNS", ("agi",)):
        getattr(box, f"start_{process}")()
    return made
