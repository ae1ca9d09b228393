"""doctor --drill hears what callers get while all of ours is dead; it finds what is planted, and touches nobody."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import models
from models import Drill, DrillCall, DrillFinding
from pbx import apply
from pbx.config import render
from tests.flows.box import HOUSE, until
from tests.flows.cast import SOAP, TEA, make
from tests.flows.sound import HEARD, heard, likeness, samples
from union import last_drill
from union.audit import Actor
from upkeep import drill, stage

pytestmark = pytest.mark.flow
TRACES = (
    models.Shop, models.Did, models.Trunk, models.Queue, models.User, models.Menu, models.Prompt, models.DeadEnd,
    models.Call, models.Leg, models.Callback, models.Voicemail, models.Recording, models.Outbox,
)  # fmt: skip
CALLS = {(way, resort) for way in DrillCall.WAYS for resort in DrillCall.RESORTS}


@pytest.fixture
def box(make_box):
    """A box in which only Asterisk and what answers calls run, and a shop whose owner has named his mobile."""
    box = make_box()
    cast = make(box)
    mobile = {"last_resort": "mobile", "last_resort_number": "+380671234567"}
    models.Shop.update(mobile).where(models.Shop.id == cast.shops["tea"].id).execute()
    box.start_asterisk()
    box.start_agi()
    return box


def doctor(box, *arguments: str) -> subprocess.Popen:
    """The keeper's command, running."""
    return subprocess.Popen(
        [sys.executable, "commands.py", "doctor", "--drill", *arguments], cwd=HOUSE, env={**box.environ, "PATH": PATH},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip


PATH = "/usr/sbin:/usr/bin:/sbin:/bin"


def ended(running: subprocess.Popen) -> tuple[int, str]:
    said, _ = running.communicate(timeout=180)
    return running.returncode, said


def rows() -> dict[str, int]:
    """How many there are of what a call leaves, events of calls among them."""
    told = models.CelRow.select().where(models.CelRow.source == "cel").count()
    return {"told": told, **{table.__name__: table.select().count() for table in TRACES}}


def shops(done: Drill) -> dict[str, str]:
    return {finding.shop.name: finding.finding for finding in done.findings}


def faults(done: Drill) -> dict[tuple[str, str], str]:
    return {(call.way, call.resort): call.fault for call in done.calls}


def configured(box) -> dict[str, str]:
    return render(apply.read(box.settings), box.settings)


def test_a_box_whose_menu_process_lives_is_rehearsed_as_if_it_were_dead(box):
    box.start_scheduler()
    before, files = rows(), configured(box)
    status, said = ended(doctor(box))
    print(said)
    assert status == 0, said
    done = Drill.get()
    assert faults(done) == dict.fromkeys(CALLS, ""), said
    assert all(0 < call.heard_ms < 10_000 for call in done.calls)
    assert shops(done) == {"Чай": "mobile", "Мило": "message", "Інструменти": "message"}
    assert "! Мило: callers will hear the apology only" in said
    assert rows() == before
    assert configured(box) == files
    assert not list(box.settings.recordings_dir.iterdir())
    until(lambda: "+999" not in box.rx("dialplan show numbers-0"), 5, "the test number is gone")


def test_a_menu_process_that_is_really_killed_meanwhile_changes_nothing(box):
    running = doctor(box)
    until(lambda: DrillFinding.select().exists(), 60, "it has begun")
    box.signal("agi", signal.SIGKILL)
    status, said = ended(running)
    assert (status, faults(Drill.get())) == (0, dict.fromkeys(CALLS, "")), said


def test_a_shops_number_that_asterisk_has_lost_fails_the_drill(box):
    box.rx(f"dialplan remove extension {SOAP}@numbers-1")
    status, said = ended(doctor(box))
    assert status == 1
    assert "✗ Мило: Asterisk does not know its number" in said
    assert (Drill.get().fault, shops(Drill.get())["Мило"]) == ("shops", "unknown")


def test_a_shops_last_resort_that_leads_elsewhere_fails_the_drill(box):
    written = box.settings.pbx_dir / "etc/spilka/numbers.conf"
    written.write_text(written.read_text().replace("+380671234567", "+380671234568"))
    box.rx("module reload pbx_config.so")
    status, said = ended(doctor(box))
    assert (status, shops(Drill.get())["Чай"]) == (1, "differs")
    assert "+380671234567" not in said


def test_a_mobile_the_shop_may_not_call_fails_the_drill(box):
    models.Shop.update(last_resort_number="+380900123456").where(models.Shop.last_resort == "mobile").execute()
    box.reconfigure()
    assert ended(doctor(box))[0] == 1
    assert shops(Drill.get())["Чай"] == "not_callable"


@pytest.mark.parametrize(
    ("right", "wrong", "found"),
    [
        (
            "exten => T,1,Set(TIMEOUT(absolute)=0)\n same => n,CELGenUserEvent(AGI_FAILED,${STEP}|frozen)",
            "exten => none,1,NoOp()",
            {("frozen", "message"): "unanswered", ("frozen", "mobile"): "unanswered"},
        ),
        (
            "(alone),Playback(${PHRASES}/${CALLER_LANGUAGE}/no-operator)",
            "(alone),Wait(20)",
            {("refused", "message"): "silence", ("frozen", "message"): "silence"},
        ),
        (
            "(KEY,${PHRASES}/${ARG1}/transfer-offer",
            "(KEY,${PHRASES}/${ARG1}/kept",
            {("refused", "mobile"): "no_offer", ("frozen", "mobile"): "no_offer"},
        ),
    ],
    ids=["no dead man's switch", "no message", "another offer"],
)
def test_a_fault_of_the_dialplan_is_heard(make_box, tmp_path, monkeypatch, right, wrong, found):
    box = make_box(drill_heard_seconds=8)
    plant(right, wrong, tmp_path, monkeypatch)
    make(box)
    box.start_asterisk()
    assert played(box).fault == "calls"
    assert faults(Drill.get()) == dict.fromkeys(CALLS, "") | found


def test_a_drill_in_which_our_process_had_a_part_proves_nothing(make_box, tmp_path, monkeypatch):
    box = make_box(drill_heard_seconds=6)
    plant("AGI(${AGI_URL}/", f"AGI(agi://{box.settings.agi_bind}/", tmp_path, monkeypatch)
    make(box)
    box.start_asterisk()
    box.start_agi()
    assert played(box).fault == "calls"
    assert faults(Drill.get()) == dict.fromkeys(CALLS, "reached")


def plant(right: str, wrong: str, folder: Path, monkeypatch) -> None:
    """A fault in the dialplan."""
    etc = shutil.copytree(apply.STATIC, folder / "etc")
    plan = etc / "extensions.conf"
    assert right in plan.read_text()
    plan.write_text(plan.read_text().replace(right, wrong))
    monkeypatch.setattr(apply, "STATIC", etc)


def played(box) -> Drill:
    row = last_drill.begin(models.utcnow())
    with stage.alone(box.settings):
        list(drill.play(row, box.settings))
    return row


def test_a_drill_that_was_killed_is_told_and_taken_away_before_the_next(box):
    running = doctor(box)
    until(lambda: DrillCall.select().exists(), 60, "a call was made")
    status, said = ended(doctor(box))
    assert (status, "under way" in said) == (1, True)
    running.kill()
    running.wait()
    assert models.Shop.select().where(models.Shop.is_test).exists()
    with stage.alone(box.settings):
        drill.end_left_ones(models.utcnow(), box.settings)
    assert Drill.get().fault == "stopped"
    assert not models.Shop.select().where(models.Shop.is_test).exists()


def test_the_scheduler_carries_out_a_wish_and_real_callers_notice_nothing(make_box, tmp_path):
    box = make_box()
    cast = make(box)
    box.start_asterisk()
    box.start_agi()
    box.start_scheduler()
    wish = last_drill.want(cast.operator, Actor(cast.operator), models.utcnow())
    until(lambda: DrillCall.select().exists(), 90, "the first call of the drill")
    caller = cast.caller(record=str(tmp_path / "heard.wav"))
    caller.call(box.rings(TEA))
    caller.answered()
    until(lambda: '"MENU","keys|' in box.cel() or "keys" in box.cel(), 20, "he hears the menu")
    caller.hangup()
    assert likeness(heard(tmp_path / "heard.wav"), samples(cast.sounds["tea greeting"]), 1) > HEARD
    until(lambda: Drill.get_by_id(wish.id).ends_at, 90, "the drill is over")
    assert Drill.get_by_id(wish.id).fault == ""
    assert {call.shop_id for call in models.Call.select()} == {cast.shops["tea"].id}
