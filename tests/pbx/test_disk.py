"""What is given up as the disk fills, and when it comes back."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

import settings
from pbx.disk import Disk, free_percent, truncate_wal

LIMITS = settings.load({"SPILKA_SECRET_KEY": "k" * 40, "SPILKA_AMI_SECRET": "a" * 20})


@pytest.fixture
def disk(tmp_path):
    return Disk(SimpleNamespace(recording=True), replace(LIMITS, data_dir=tmp_path, ballast_mb=1))


def state(disk: Disk) -> tuple[bool, bool]:
    return disk.refresh.recording, disk.ballast.exists()


def test_recording_goes_first_then_the_ballast_and_both_come_back_with_room_to_spare(disk):
    told = []
    for free in (50, 10, 9.9, 11, 3, 2.9, 4, 11.9, 12):
        disk.act(free)
        told.append((free, *state(disk)))
    assert told == [
        (50, True, True),
        (10, True, True),
        (9.9, False, True),
        (11, False, True),
        (3, False, True),
        (2.9, False, False),
        (4, False, False),
        (11.9, False, False),
        (12, True, True),
    ]


def test_the_ballast_really_occupies_what_it_will_give_back(disk):
    disk.act(50)
    assert disk.ballast.stat().st_blocks * 512 >= 1 << 20


def test_the_watch_looks_at_the_disk_of_the_data(disk, tmp_path):
    assert 0 <= free_percent(tmp_path) <= 100
    disk.settings = replace(disk.settings, recording_stop_percent=101)
    disk.watch()
    assert not disk.refresh.recording


def test_the_log_of_the_database_is_cut(db, tmp_path):
    db.execute_sql("CREATE TABLE filler (x)")
    wal = tmp_path / "spilka.db-wal"
    assert wal.stat().st_size > 0
    truncate_wal()
    assert wal.stat().st_size == 0
