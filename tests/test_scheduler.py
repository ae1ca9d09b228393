"""The loops themselves: what a job raises stops neither it nor its neighbours."""

from __future__ import annotations

import logging
import threading
import time

import pytest

import models
import scheduler
import settings as settings_module
from pbx.ami import AmiError
from pbx.refresh import Refresh
from union import job_titles

LETTERS = ("digest", "week", "monthly", "hers", "health")


@pytest.fixture
def loop(db):
    stop = threading.Event()
    loop = scheduler.Loop("test", stop)
    yield loop
    stop.set()
    if loop.is_alive():
        loop.join(2)


def run_for(loop: scheduler.Loop, seconds: float) -> None:
    loop.start()
    time.sleep(seconds)
    loop.stop.set()
    loop.join(2)
    assert not loop.is_alive()


def test_each_job_comes_when_it_is_due_and_a_fault_stops_nobody(loop, caplog):
    times = {"often": 0, "seldom": 0, "broken": 0}

    def count(name: str, fault: Exception | None = None):
        def job():
            times[name] += 1
            if fault:
                raise fault

        return job

    loop.every(0.05, count("often"))
    loop.every(10, count("seldom"))
    loop.every(0.05, count("broken", ValueError("no such shop")))
    run_for(loop, 0.5)
    assert times["often"] >= 5 and times["broken"] >= 5 and times["seldom"] == 1
    complaints = [record for record in caplog.records if "no such shop" in record.message]
    assert len(complaints) == 1, "the same fault is told once a minute"
    assert complaints[0].exc_info


def test_a_new_fault_is_told_at_once_and_asterisks_absence_without_a_traceback(loop, caplog):
    faults = iter([AmiError("gone"), AmiError("gone"), ValueError("other"), AmiError("gone")])
    job = scheduler.Job(lambda: (_ for _ in ()).throw(next(faults)), 0)
    for _ in range(4):
        job.run_if_due()
    assert [(record.args[1].args[0], bool(record.exc_info)) for record in caplog.records] == [
        ("gone", False),
        ("other", True),
        ("gone", False),
    ]


def test_a_loop_has_a_connection_of_its_own(loop):
    seen = []
    loop.every(10, lambda: seen.append((models.Shop.select().count(), id(models.database.connection()))))
    run_for(loop, 0.2)
    assert seen and seen[0] != (0, id(models.database.connection()))


def test_a_job_gets_the_instant_at_which_it_runs():
    got = []
    scheduler.now(lambda instant, word: got.append((instant, word)), "x")()
    assert got[0][1] == "x" and (models.utcnow() - got[0][0]).total_seconds() < 5


def test_the_timetable_is_in_utc_and_never_doubles(tmp_path):
    values = settings_module.load({"SPILKA_SECRET_KEY": "k" * 40, "SPILKA_AMI_SECRET": "a" * 20})
    timetable = scheduler.timetable_of(Refresh(None, values), values)
    timetable.start(paused=True)
    jobs = timetable.get_jobs()
    timetable.shutdown()
    assert len(jobs) >= 9
    assert all(job.coalesce and job.max_instances == 1 and job.misfire_grace_time == 3600 for job in jobs)
    assert str(timetable.timezone) == "UTC"


def test_every_job_of_the_timetable_has_a_title_for_people(tmp_path):
    values = settings_module.load({"SPILKA_SECRET_KEY": "k" * 40, "SPILKA_AMI_SECRET": "a" * 20})
    jobs = set(scheduler.timetable_of(Refresh(None, values), values).told)
    of_shops = {"morning-list", *LETTERS}
    assert jobs | of_shops == set(job_titles.TITLES)


def test_everything_starts_and_stops_without_asterisk(db, tmp_path, caplog):
    """Nobody is at the manager's address: facts are read, the rest waits, and the stop is prompt."""
    caplog.set_level(logging.INFO)
    values = settings_module.load(
        {
            "SPILKA_SECRET_KEY": "k" * 40, "SPILKA_AMI_SECRET": "a" * 20, "SPILKA_AMI_BIND": "127.0.0.1:9",
            "SPILKA_DATA_DIR": str(tmp_path), "SPILKA_BALLAST_MB": "1",
            "SPILKA_PBX_DIR": str(tmp_path / "pbx"),
        }
    )  # fmt: skip
    stop = threading.Event()
    whole = threading.Thread(target=scheduler.run, args=(values, stop))
    whole.start()
    time.sleep(1)
    stop.set()
    whole.join(3)
    assert not whole.is_alive()
    assert "stopped" in caplog.text and "does not answer" in caplog.text
    assert (tmp_path / "pbx/etc/extensions.conf").exists(), "the configuration waits for Asterisk"
