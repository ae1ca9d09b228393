"""Runs of jobs: each once per (job, local date), however many schedulers there are and whenever they start.

Whoever inserts the row has the run. A process that dies leaves it open: after job_lost_minutes it is taken over. A
run that failed is tried again after job_retry_minutes, job_tries times in all. Taking over is an UPDATE that must
touch one row, so two never do. A job's work must bear being begun again.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Callable, Sized
from zoneinfo import ZoneInfo

from peewee import IntegrityError

from models import Job, Run, database
from settings import Settings

log = logging.getLogger(__name__)
FAULT_MOST = 300  # characters of a fault that are kept
QUIET_HOUR = 3  # local: the hour that a spring night skips and an autumn night repeats


def perform(job: str, date: dt.date, now: dt.datetime, settings: Settings, work: Callable[[], object]) -> bool:
    """Do a job's work for this local date unless it is done, or being done; whether it was this call that did it.

    The outcome kept is what work returns: a word, a number, or the length of a list.
    """
    run = claim(job, date, now, settings)
    if run is None:
        return False
    began = time.monotonic()
    try:
        outcome = work()
    except Exception as fault:
        log.exception("%s for %s", job, date)
        end(run, now, began, fault=f"{type(fault).__name__}: {fault}"[:FAULT_MOST])
    else:
        end(run, now, began, outcome=told(outcome))
    return True


def claim(job: str, date: dt.date, now: dt.datetime, settings: Settings) -> Run | None:
    """The right to do this job now; None when it is done, or somebody else has it."""
    run = Run.get_or_none(Run.job == job, Run.local_date == date)
    if run is None:
        try:
            with database.atomic():
                return Run.create(job=job, local_date=date, started_at=now)
        except IntegrityError:
            return None
    if not may_begin_again(run, now, settings):
        return None
    values = {"started_at": now, "ended_at": None, "fault": "", "tries": run.tries + 1}
    taken = Run.update(values).where(Run.id == run.id, Run.tries == run.tries).execute()
    return Run.get_by_id(run.id) if taken == 1 else None


def may_begin_again(run: Run, now: dt.datetime, settings: Settings) -> bool:
    """Whether a run died, or failed long enough ago; its last try is the last."""
    if run.tries >= settings.job_tries:
        return False
    if run.ended_at is None:
        return now - run.started_at >= dt.timedelta(minutes=settings.job_lost_minutes)
    return bool(run.fault) and now - run.ended_at >= dt.timedelta(minutes=settings.job_retry_minutes)


def end(run: Run, now: dt.datetime, began: float, outcome: str = "", fault: str = "") -> None:
    """A run that began at the instant now, when the monotonic clock showed began, is over."""
    ended_at = now + dt.timedelta(seconds=time.monotonic() - began)
    values = {"ended_at": ended_at, "outcome": outcome, "fault": fault}
    Run.update(values).where(Run.id == run.id, Run.tries == run.tries).execute()


def told(outcome: object) -> str:
    if outcome is None:
        return ""
    return str(len(outcome)) if isinstance(outcome, Sized) and not isinstance(outcome, str) else str(outcome)


# --- when a daily job is due: pure ----------------------------------------------------------------------------


def due_date(at_minute: int, now: dt.datetime, zone: ZoneInfo) -> dt.date | None:
    """The latest local date on which a job of this minute should have run by now; None in the quiet hour.

    So what a stopped scheduler missed is made up for once, under the date it belongs to.
    """
    local = now.astimezone(zone)
    if local.hour == QUIET_HOUR:
        return None
    has_come = local.hour * 60 + local.minute >= at_minute
    return local.date() if has_come else local.date() - dt.timedelta(days=1)


def next_at(at_minute: int, now: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """The next instant at which a job of this minute comes, UTC."""
    local = now.astimezone(zone)
    days = 1 if local.hour * 60 + local.minute >= at_minute else 0
    clock = dt.time(at_minute // 60, at_minute % 60)
    return dt.datetime.combine(local.date() + dt.timedelta(days=days), clock, zone).astimezone(dt.UTC)


# --- is the scheduler there -----------------------------------------------------------------------------------


def is_silent(now: dt.datetime, settings: Settings) -> bool:
    """Whether the timetable has not been heard of for silent_seconds; one that has never run is silent, too."""
    newest = Job.select(Job.seen_at).order_by(Job.seen_at.desc()).first()
    return newest is None or (now - newest.seen_at).total_seconds() > settings.silent_seconds
