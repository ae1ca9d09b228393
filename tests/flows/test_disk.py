"""A full disk under the event file, or the folder gone: calls go on, every page says so, and it mends itself."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import urllib.request

import pytest

import models
from calls.facts_mark import facts_late
from models import IngestMark, utcnow
from tests.flows import cast as people
from tests.flows.box import Box, until
from tests.flows.cast import OTHER, TEA

pytestmark = [pytest.mark.flow, pytest.mark.skipif(os.geteuid() != 0, reason="a small disk is mounted by root only")]
RUSHED = {"tick_seconds": 1, "tick_late_seconds": 2}


@pytest.fixture
def small_disk(make_box):
    """A box whose event file lies on a disk of 256 KB of its own."""
    box = make_box(**RUSHED)
    box.settings.cel_dir.mkdir(parents=True)
    mount = str(box.settings.cel_dir)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", mount], check=True)
    yield box
    subprocess.run(["umount", "--lazy", mount], check=True)


def start(box: Box) -> people.Cast:
    made = people.make(box)
    box.start_asterisk()
    box.start_scheduler()
    box.start_web()
    until(lambda: not late(box), 8, "facts arrive")
    return made


def late(box: Box) -> bool:
    return facts_late(utcnow(), box.settings)


def banner(box: Box) -> bool:
    """Whether a page tells that calls are not becoming facts."""
    with urllib.request.urlopen(f"http://{box.settings.web_bind}/login") as answer:
        return 'id="facts-late"' in answer.read().decode()


def ring(cast, caller):
    """A call that is answered and ends."""
    caller.call(cast.box.rings(TEA))
    caller.answered()
    caller.hangup()
    caller.ended()


def test_on_a_full_disk_calls_go_on_torn_rows_are_counted_and_every_page_says_so(small_disk):
    box = small_disk
    cast = start(box)
    assert not banner(box)
    filler = box.settings.cel_dir / "filler"
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"x" * 512)
    caller = cast.caller()
    for _ in range(6):
        ring(cast, caller)
    until(lambda: late(box), 12, "facts are late")
    assert banner(box)

    filler.unlink()
    until(lambda: not late(box), 8, "facts arrive again")
    assert not banner(box)
    ring(cast, cast.caller(OTHER))
    assert cast.call(customer=OTHER).ending == "no_operator"
    assert IngestMark.get().torn_rows > 0


def test_a_removed_event_folder_is_told_within_a_minute_and_made_again(make_box):
    box = make_box(**RUSHED)
    cast = start(box)
    shutil.rmtree(box.settings.cel_dir)
    box.settings.cel_dir.write_text("something else has taken its place")
    caller = cast.caller(OTHER)
    ring(cast, caller)
    until(lambda: late(box), 12, "facts are late")
    assert banner(box)

    box.settings.cel_dir.unlink()
    until(lambda: not late(box), 12, "the folder is made again and facts arrive")
    ring(cast, caller)
    assert cast.call(customer=OTHER).ending == "no_operator"
    assert models.Call.select().count() == 1
