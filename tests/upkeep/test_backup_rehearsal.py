"""The rehearsal finds what would keep a copy from saving the day, and a place outside keeps what it is given."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import signal
import time
from zoneinfo import ZoneInfo

import pytest

import models
from models import Backup, Call, Posting, Rehearsal
from tests.upkeep.conftest import SOUND
from tests.upkeep.test_backup_restore import spoil
from upkeep import backup, copies, outside, rehearsal

KYIV = ZoneInfo("Europe/Kyiv")


def rehearsed(box) -> Rehearsal:
    return rehearsal.rehearse(models.utcnow(), box.settings)


def last(box):
    return box.settings.backup_dir / copies.whole(box.settings.backup_dir)[-1]


@pytest.fixture
def copied(box):
    assert backup.take(models.utcnow(), box.settings).fault == ""
    return box


@pytest.fixture
def outer(box, tmp_path):
    """A box that has a place outside: restic's repository in a folder of its own."""
    wanted = {"REPOSITORY": str(tmp_path / "outside"), "PASSWORD": "a password", "ENVIRONMENT": "RESTIC_PACK_SIZE=4"}
    box.environment |= {f"SPILKA_BACKUP_{name}": value for name, value in wanted.items()}
    return box


def test_a_good_copy_is_found_good_and_counted(copied):
    row = rehearsed(copied)
    assert (row.fault, row.detail, row.place) == ("", "", "folder")
    assert (row.calls, row.transactions, row.files) == (Call.select().count(), 1, 3)
    assert row.name == Backup.get().name
    assert not (copied.folder / "rehearsal").exists()


def test_it_leaves_the_living_box_as_it_is(copied):
    before = rehearsal.facts()
    rehearsed(copied)
    assert rehearsal.facts() == before
    assert models.database.database == str(copied.settings.database)


@pytest.mark.parametrize("path", ["spilka.db", "cel/cel.csv", "../files/voicemails/new-kind.alaw"])
def test_bytes_that_changed_are_found(copied, path):
    spoil(last(copied) / path)
    row = rehearsed(copied)
    assert (row.fault, row.detail) == ("files", f"changed: {path}")


def test_a_file_that_is_gone_is_found(copied):
    (copied.settings.backup_dir / "files/prompts/1/hello.wav").unlink()
    assert rehearsed(copied).detail == "missing: ../files/prompts/1/hello.wav"


def test_books_that_are_not_in_order_are_found(box):
    models.database.execute_sql("DROP TRIGGER posting_no_update")
    Posting.update(amount_minor=35_001).where(Posting.amount_minor > 0).execute()
    backup.take(models.utcnow(), box.settings)
    row = rehearsed(box)
    assert row.fault == "books"
    assert "balanced: transaction:1 (a)" in row.detail


def test_a_call_that_its_events_do_not_tell_is_found(box):
    Call.update(talk_seconds=Call.talk_seconds + 1).where(Call.ending == "answered").execute()
    backup.take(models.utcnow(), box.settings)
    assert rehearsed(box).fault == "facts"


def test_without_any_copy_that_is_what_it_says(box):
    assert rehearsed(box).fault == "none"


def test_killed_it_is_known_to_have_been_stopped(copied):
    process = copied.start("rehearse")
    while not Rehearsal.select().exists():
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    rehearsed(copied)
    assert [row.fault for row in Rehearsal.select().order_by(Rehearsal.id)] == ["stopped", ""]


@pytest.mark.parametrize(
    ("now", "before", "fault", "name", "due"),
    [
        ("2026-11-22 12:00", None, "", "", True),
        ("2026-11-22 03:10", None, "", "", False),
        ("2026-11-22 12:00", "2026-11-16 12:00", "", "old", False),
        ("2026-11-23 12:00", "2026-11-16 12:00", "", "old", True),
        ("2026-11-22 12:00", "2026-11-21 12:00", "files", "old", True),  # there is a newer copy
        ("2026-11-22 12:00", "2026-11-21 12:00", "files", "new", False),
    ],
)
def test_it_is_due_weekly_and_after_a_bad_one_with_the_next_copy(box, now, before, fault, name, due):
    local = dt.datetime.fromisoformat(now).replace(tzinfo=KYIV)
    begun = before and dt.datetime.fromisoformat(before).replace(tzinfo=KYIV)
    row = begun and Rehearsal(starts_at=begun, ends_at=begun, fault=fault, name=name)
    assert rehearsal.is_due(local, row, "new", box.settings) == due


# --- outside ----------------------------------------------------------------------------------------------------


def test_from_outside_alone_a_machine_that_has_nothing_gets_everything_back(outer):
    assert backup.take(models.utcnow(), outer.settings).outside_at
    before = rehearsal.facts()
    machine = outer.elsewhere("other")
    shutil.rmtree(outer.folder)  # the old one has burnt down
    ended, said = machine.run("restore")
    assert ended == 0, said
    machine.open()
    assert rehearsal.facts() == before
    assert (machine.folder / "voicemails/new-kind.alaw").read_bytes() == SOUND
    assert not (machine.folder / "fetched").exists()


def test_the_rehearsal_takes_the_copy_from_outside(outer):
    backup.take(models.utcnow(), outer.settings)
    row = rehearsed(outer)
    assert (row.fault, row.place, row.calls) == ("", "outside", Call.select().count())


def test_what_is_spoilt_outside_is_found(outer, tmp_path):
    backup.take(models.utcnow(), outer.settings)
    for pack in (tmp_path / "outside/data").rglob("*"):
        if pack.is_file():
            pack.chmod(0o600)
            spoil(pack)
    assert rehearsed(outer).fault == "outside"


def test_a_place_that_cannot_be_reached_is_said_and_the_copy_here_stands(outer):
    outer.environment["SPILKA_BACKUP_REPOSITORY"] = "/proc/nowhere"
    row = backup.take(models.utcnow(), outer.settings)
    assert (row.fault, row.outside_at) == ("outside", None)
    assert row.taken_at
    assert "/proc/nowhere" in row.detail
    assert not copies.damage(last(outer))


def test_a_wrong_password_is_said_in_words(outer):
    backup.take(models.utcnow(), outer.settings)
    outer.environment["SPILKA_BACKUP_PASSWORD"] = "another"
    row = backup.take(models.utcnow() + dt.timedelta(seconds=1), outer.settings)
    assert (row.fault, "wrong password" in row.detail) == ("outside", True)


def test_killed_while_it_is_carried_outside_the_next_one_arrives(outer, times):
    outer.write("recordings/large.alaw", os.urandom(16 << 20))
    for _ in range(times(10)):
        process = outer.start("backup")
        while not Backup.select().where(Backup.taken_at.is_null(False), Backup.ends_at.is_null()).exists():
            assert process.poll() is None, process.communicate()
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert not copies.damage(last(outer))
        time.sleep(1)  # a name is a second
    assert backup.take(models.utcnow(), outer.settings).fault == ""
    assert rehearsed(outer).fault == ""


def test_outside_too_copies_are_let_go(outer):
    begun = models.utcnow()
    for second in range(3):
        backup.take(begun + dt.timedelta(seconds=second), outer.settings)
    (outer.folder / "try").mkdir()
    outside.fetch(outer.settings, outer.folder / "try", with_files=False)
    assert copies.whole(outer.folder / "try") == [copies.named(begun + dt.timedelta(seconds=2))]
    with pytest.raises(copies.CopyError):
        outside.fetch(outer.settings, outer.folder / "older", copies.named(begun), with_files=False)
