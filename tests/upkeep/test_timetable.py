"""The timetable over a real clock and a real database: jobs come, faults are told, its pulse is seen."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable

import pytest

import settings as spilka
from models import Job, Run, Union, utcnow
from union import runs
from upkeep.timetable import Daily, Timetable, minute_of


@pytest.fixture
def settings(tmp_path, db):
    Union.create(id=1, name="Спілка")
    return spilka.Settings(data_dir=tmp_path, secret_key="s" * 32, ami_secret="a" * 16, timetable_seconds=0.1)


@pytest.fixture
def timetable(settings):
    timetable = Timetable(settings)
    yield timetable
    timetable.shutdown()


def wait_until(is_so: Callable[[], bool]) -> None:
    give_up_at = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < give_up_at
        time.sleep(0.02)


def test_a_daily_job_comes_once_however_often_it_is_asked_for(timetable):
    done, asked = [], []
    timetable.every(0.05, lambda: asked.append(1))
    timetable.daily("00:00", "sweep", lambda: done.append(1))
    timetable.start()
    wait_until(lambda: len(asked) > 8)
    assert len(done) == 1 and Run.select().where(Run.job == "sweep").count() == 1


def test_the_pulse_tells_what_is_in_the_timetable_and_forgets_what_is_not(timetable, settings):
    Job.create(name="long ago", every_seconds=5, seen_at=utcnow() - dt.timedelta(days=3))
    assert runs.is_silent(utcnow(), settings)
    timetable.daily("04:20", "month", list)
    timetable.start()
    wait_until(lambda: not runs.is_silent(utcnow(), settings))
    told = {job.name: (job.at_minute, job.every_seconds) for job in Job.select()}
    assert told == {"timetable.pulse": (None, 15), "month": (260, None)}


def test_a_fault_of_a_job_stands_in_the_table_until_it_goes_well_again(timetable, caplog):
    Job.create(name="test_timetable.work", every_seconds=1)
    is_broken = [True]

    def work():
        if is_broken:
            raise ValueError("broken job")

    timetable.every(0.05, work)
    timetable.start()
    wait_until(lambda: Job.get(Job.name == "test_timetable.work").fault == "ValueError: broken job")
    is_broken.clear()
    wait_until(lambda: Job.get(Job.name == "test_timetable.work").fault == "")
    assert "broken job" in caplog.text


def test_what_was_missed_while_nobody_ran_is_made_up_for_once(settings):
    done = []
    job = Daily("sweep", minute_of("23:30"), lambda: done.append(1), settings)
    for clock in ("2026-11-20T20:00", "2026-11-22T22:10", "2026-11-22T23:00", "2026-11-23T22:00"):
        job.run_if_due(dt.datetime.fromisoformat(f"{clock}:00+00:00"))
    assert [str(run.local_date) for run in Run.select().order_by(Run.id)] == ["2026-11-19", "2026-11-22", "2026-11-23"]
    assert len(done) == 3


def test_no_job_stands_in_the_hour_that_comes_twice():
    assert minute_of("04:20") == 260
    with pytest.raises(ValueError):
        minute_of("03:30")
