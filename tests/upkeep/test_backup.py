"""The nightly copy: what it holds, what a kill, a full disk or a busy box does to it, how long it is kept."""

from __future__ import annotations

import datetime as dt
import os
import random
import re
import signal
import threading
import time
from zoneinfo import ZoneInfo

import pytest

import models
from calls import ingest
from models import Backup
from pbx import cel
from settings import env_file
from tests.calls import recorded
from upkeep import backup, copies, rehearsal

KYIV = ZoneInfo("Europe/Kyiv")


def taken(box, at: dt.datetime | None = None) -> Backup:
    row = backup.take(at or models.utcnow(), box.settings)
    assert (row.fault, row.detail) == ("", "")
    return row


def last(box):
    return box.settings.backup_dir / copies.whole(box.settings.backup_dir)[-1]


def test_a_copy_holds_everything_a_box_needs_and_nothing_of_another_kind_is_forgotten(box):
    row = taken(box)
    paths = set(copies.read_sums(last(box)))
    sound = models.Recording.get().file
    assert {
        "spilka.db",
        "cel/cel.csv",
        "spilka.env",
        f"../files/recordings/{sound}",
        "../files/prompts/1/hello.wav",
    } <= paths
    assert "../files/voicemails/new-kind.alaw" in paths
    assert not copies.damage(last(box))
    assert (row.files, row.database_bytes > 0, row.taken_at <= row.ends_at) == (3, True, True)
    assert env_file(last(box) / "spilka.env")["SPILKA_SECRET_KEY"] == "s" * 32


def test_what_is_secret_can_be_read_by_the_box_alone(box):
    taken(box)
    assert (last(box) / "spilka.env").stat().st_mode & 0o777 == 0o600


def test_the_sums_are_those_that_sha256sum_checks(box):
    taken(box)
    assert os.system(f"cd {last(box)} && sha256sum --check --quiet SHA256SUMS") == 0


def test_sound_costs_no_second_place_on_the_same_disk(box):
    taken(box)
    recording = box.settings.recordings_dir / models.Recording.get().file
    assert recording.samefile(box.settings.backup_dir / "files/recordings" / recording.name)


def test_a_file_that_is_still_written_is_copied_as_it_stands_and_again_when_it_has_grown(box):
    going = box.settings.recordings_dir / "going.alaw"
    going.write_bytes(b"one")
    first = taken(box)
    with going.open("ab") as file:
        file.write(b" two")
    mirrored = box.settings.backup_dir / "files/recordings/going.alaw"
    assert mirrored.read_bytes() == b"one"
    taken(box, first.starts_at + dt.timedelta(seconds=1))
    assert mirrored.read_bytes() == b"one two"
    assert not copies.damage(last(box))


def test_the_current_event_file_is_copied_up_to_its_last_whole_line(box):
    with (box.settings.cel_dir / "cel.csv").open("ab") as file:
        file.write(b'"CHAN_START","","179529')
    taken(box)
    assert (last(box) / "cel/cel.csv").read_bytes().endswith(b"\n")


def test_event_files_leave_the_box_only_when_they_are_ingested_and_a_copy_holds_them(box, monkeypatch):
    monkeypatch.setattr(cel, "LATE_ROW_SECONDS", 0)
    put_away = cel.rotate(box.settings.cel_dir, ingest.current_mark())
    taken(box)
    assert put_away.exists()  # its end had not been read when the database was copied
    ingest.ingest_all(box.settings)
    row = Backup.get()
    taken(box, row.starts_at + dt.timedelta(seconds=1))
    assert not put_away.exists()
    assert (last(box) / "cel" / put_away.name).exists()


# --- what goes wrong --------------------------------------------------------------------------------------------


def test_killed_at_any_moment_it_leaves_the_copy_before_it_whole_and_the_next_one_succeeds(box, times):
    box.write("recordings/large.alaw", os.urandom(8 << 20))
    taken(box)
    for _ in range(times(40)):
        process = box.start("backup")
        time.sleep(random.uniform(0.3, 1.6))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        for name in copies.whole(box.settings.backup_dir):
            assert not copies.damage(box.settings.backup_dir / name)
    ended, said = box.run("backup")
    assert ended == 0, said
    assert not list(box.settings.backup_dir.glob("*.part"))
    assert Backup.select().where(Backup.ends_at.is_null()).count() == 0
    assert not copies.damage(last(box))


def test_without_room_nothing_is_copied_and_the_row_says_how_much_is_missing(box, monkeypatch):
    full = type("Usage", (), {"total": 10 << 30, "free": 300 << 20})
    monkeypatch.setattr(copies.shutil, "disk_usage", lambda _folder: full)
    row = backup.take(models.utcnow(), box.settings)
    assert row.fault == "no_room"
    assert re.fullmatch(r"\d+ MB are needed, \d+ MB too many for this disk", row.detail)
    assert copies.whole(box.settings.backup_dir) == []


def test_a_folder_that_cannot_be_written_is_said_in_the_row(box):
    (box.settings.backup_dir).mkdir()
    (box.settings.backup_dir / "files").write_text("in the way")
    row = backup.take(models.utcnow(), box.settings)
    assert (row.fault, row.taken_at) == ("folder", None)
    assert "files" in row.detail


def test_two_at_once_are_one(box):
    with copies.alone(box.settings.backup_dir):
        ended, said = box.run("backup")
    assert ended == 1
    assert "a copy is being made or looked through at this moment" in said


def test_a_copy_taken_while_calls_become_facts_is_one_consistent_point(box, times):
    stop, story = threading.Event(), recorded.text("answered-customer-hangs-up")

    def keep_ingesting():
        with models.database.connection_context():
            number = 0
            while not stop.is_set():
                number += 1
                with (box.settings.cel_dir / "cel.csv").open("ab") as file:
                    file.write(another(story, number))
                ingest.ingest_all(box.settings)

    worker = threading.Thread(target=keep_ingesting)
    worker.start()
    try:
        at = models.utcnow()
        for number in range(times(20)):
            taken(box, at + dt.timedelta(seconds=number))
    finally:
        stop.set()
        worker.join()
    for name in copies.whole(box.settings.backup_dir):
        found = rehearsal.looked_through(box.settings.backup_dir / name, box.folder / "try" / name)
        assert found["fault"] == ""
        told = (box.settings.backup_dir / name / "cel/cel.csv").read_bytes().count(b'"USER_DEFINED","CALL_IN"')
        assert found["calls"] == told


def another(story: bytes, number: int) -> bytes:
    """The same call some time later, with ids of its own."""
    return re.sub(rb"\b17952\d{5}\b", lambda second: b"%d" % (int(second[0]) + 1000 * number), story)


# --- when, and how long -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "before", "fault", "due"),
    [
        ("2026-11-22 00:59", "2026-11-21 01:00", "", False),
        ("2026-11-22 01:00", "2026-11-21 01:00", "", True),
        ("2026-11-22 14:00", "2026-11-22 01:00", "", False),
        ("2026-11-22 14:00", "2026-11-21 01:00", "", True),  # the box was off at night
        ("2026-11-22 01:30", "2026-11-22 01:00", "outside", False),
        ("2026-11-22 05:00", "2026-11-22 01:00", "outside", True),
        ("2026-11-22 03:30", "2026-11-21 01:00", "", False),
        ("2026-10-25 02:30", "2026-10-24 01:00", "", False),
        ("2026-11-22 01:00", None, "", True),
    ],
)
def test_it_is_due_each_night_after_its_hour_never_while_clocks_change(box, now, before, fault, due):
    local = dt.datetime.fromisoformat(now).replace(tzinfo=KYIV)
    row = before and Backup(
        starts_at=dt.datetime.fromisoformat(before).replace(tzinfo=KYIV), fault=fault, ends_at=local
    )
    assert backup.is_due(local, row, box.settings) == due


def test_a_night_that_was_taken_is_not_taken_again(box):
    now = models.utcnow().astimezone(KYIV).replace(hour=12)
    backup.take_if_due(now, box.settings)
    backup.take_if_due(now + dt.timedelta(minutes=10), box.settings)
    assert Backup.select().count() == 1


def test_a_year_of_nights_leaves_the_last_days_weeks_and_months():
    nights = [dt.datetime(2026, 1, 1, 23, tzinfo=dt.UTC) + dt.timedelta(days=day) for day in range(400)]
    left: set[str] = set()
    for night in nights:
        left = copies.kept({*left, copies.named(night)}, KYIV, 7, 5, 12)
    days = sorted(copies.begun_at(name).astimezone(KYIV).date() for name in left)
    assert days[-7:] == [nights[-1].astimezone(KYIV).date() - dt.timedelta(days=n) for n in range(6, -1, -1)]
    assert 18 <= len(days) <= 24
    assert (days[-1] - days[0]).days > 300


def test_copies_of_the_last_two_days_stay_whatever_their_number():
    now = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
    names = {copies.named(now - dt.timedelta(hours=hours)) for hours in (0, 1, 2, 11, 35)}
    assert copies.kept(names, KYIV, 1, 1, 1) == names


def test_what_was_deleted_in_the_box_leaves_the_copies_after_so_many_days(box):
    recording = box.settings.recordings_dir / models.Recording.get().file
    begun = models.utcnow()
    taken(box, begun)
    recording.unlink()
    mirrored = box.settings.backup_dir / "files/recordings" / recording.name
    for day in range(1, 8):
        assert mirrored.exists()
        taken(box, begun + dt.timedelta(days=day))
    assert not mirrored.exists()


def test_the_database_of_all_copies_but_the_last_is_packed_and_still_what_it_was(box):
    first = taken(box)
    taken(box, first.starts_at + dt.timedelta(days=1))
    older = box.settings.backup_dir / first.name
    assert sorted(path.name for path in older.iterdir()) == ["SHA256SUMS", "cel", "spilka.db.gz", "spilka.env"]
    assert not copies.damage(older)
