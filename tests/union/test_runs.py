"""A job runs once per local date: whoever claims, whenever it died, whatever the clocks do."""

from __future__ import annotations

import datetime as dt
import threading
from zoneinfo import ZoneInfo

import pytest

import models
import settings as spilka
from models import Job, Run
from union import runs

KYIV = ZoneInfo("Europe/Kyiv")
DAY = dt.date(2026, 11, 20)
NOON = dt.datetime(2026, 11, 20, 10, tzinfo=dt.UTC)


@pytest.fixture
def settings(tmp_path, db):
    return spilka.Settings(data_dir=tmp_path, secret_key="s" * 32, ami_secret="a" * 16)


def later(**time: float) -> dt.datetime:
    return NOON + dt.timedelta(**time)


def test_what_is_done_is_not_done_again_that_day(settings):
    done = []
    for _ in range(3):
        runs.perform("sweep", DAY, NOON, settings, lambda: done.append(1) or ["a", "b"])
    assert runs.perform("sweep", DAY + dt.timedelta(days=1), later(days=1), settings, lambda: "word")
    assert len(done) == 1
    assert [run.outcome for run in Run.select().order_by(Run.id)] == ["2", "word"]


def test_of_many_at_once_one_does_it(settings, times):
    """Each round four threads with connections of their own want the same run."""
    for round_ in range(times(100)):
        date, done, start = DAY + dt.timedelta(days=round_), [], threading.Barrier(4)

        def race(date=date, done=done, start=start):
            with models.database.connection_context():
                start.wait()
                runs.perform("race", date, NOON, settings, lambda: done.append(1))

        threads = [threading.Thread(target=race) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(done) == 1


def test_a_run_that_died_is_taken_over_once_it_is_surely_dead(settings):
    assert runs.claim("sweep", DAY, NOON, settings)
    assert runs.claim("sweep", DAY, later(minutes=119), settings) is None
    second = runs.claim("sweep", DAY, later(minutes=120), settings)
    assert second.tries == 2 and second.started_at == later(minutes=120)
    assert runs.claim("sweep", DAY, later(minutes=121), settings) is None


def test_one_thought_dead_that_ends_after_all_does_not_end_the_new_one(settings):
    first = runs.claim("sweep", DAY, NOON, settings)
    second = runs.claim("sweep", DAY, later(hours=3), settings)
    runs.end(first, NOON, 0, outcome="old")
    assert Run.get_by_id(second.id).ended_at is None


def test_a_failure_is_kept_in_words_and_tried_again_later_but_not_for_ever(settings, caplog):
    def broken():
        raise OSError("no space left")

    assert runs.perform("sweep", DAY, NOON, settings, broken)
    assert not runs.perform("sweep", DAY, later(minutes=14), settings, broken)
    for number in range(1, settings.job_tries):
        assert runs.perform("sweep", DAY, later(minutes=20 * number), settings, broken)
    assert not runs.perform("sweep", DAY, later(hours=20), settings, broken)
    run = Run.get()
    assert run.fault == "OSError: no space left" and run.tries == settings.job_tries
    assert "no space left" in caplog.text


def test_success_after_a_failure_leaves_no_fault(settings):
    results = iter([ValueError("once"), 7])

    def work():
        if isinstance(result := next(results), Exception):
            raise result
        return result

    runs.perform("sweep", DAY, NOON, settings, work)
    runs.perform("sweep", DAY, later(minutes=16), settings, work)
    assert (Run.get().fault, Run.get().outcome, Run.get().tries) == ("", "7", 2)


@pytest.mark.parametrize(
    ("at_minute", "local", "date"),
    [
        (260, "2026-11-20 04:19", "2026-11-19"),
        (260, "2026-11-20 04:20", "2026-11-20"),
        (1430, "2026-11-20 00:30", "2026-11-19"),  # missed before midnight: made up for under its own date
        (40, "2026-03-29 02:59", "2026-03-29"),
        (40, "2026-03-29 04:00", "2026-03-29"),
    ],
)
def test_the_date_a_job_is_due_for(at_minute, local, date):
    now = dt.datetime.fromisoformat(local).replace(tzinfo=KYIV)
    assert runs.due_date(at_minute, now, KYIV) == dt.date.fromisoformat(date)


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25", "2026-11-20"])
def test_nothing_is_due_in_the_hour_that_comes_twice_or_never(day):
    start = dt.datetime.fromisoformat(f"{day} 00:00").replace(tzinfo=KYIV).astimezone(dt.UTC)
    for minutes in range(0, 25 * 60, 7):
        now = start + dt.timedelta(minutes=minutes)
        assert (runs.due_date(40, now, KYIV) is None) == (now.astimezone(KYIV).hour == 3)


def test_the_next_time_is_a_clock_time_on_both_sides_of_a_clock_change():
    before = dt.datetime(2026, 10, 24, 12, tzinfo=dt.UTC)
    assert runs.next_at(260, before, KYIV) == dt.datetime(2026, 10, 25, 2, 20, tzinfo=dt.UTC)
    assert runs.next_at(260, before - dt.timedelta(days=1), KYIV) == dt.datetime(2026, 10, 24, 1, 20, tzinfo=dt.UTC)


def test_a_timetable_that_is_not_heard_of_is_silent(settings):
    assert runs.is_silent(NOON, settings)
    Job.create(name="pulse", every_seconds=15, seen_at=NOON)
    assert not runs.is_silent(later(seconds=40), settings)
    assert runs.is_silent(later(seconds=41), settings)
