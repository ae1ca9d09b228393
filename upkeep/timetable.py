"""The timetable: jobs that come every so many seconds, and daily ones by the union's clock.

Nothing about what is due is kept in memory: a daily job's run is a row (union/runs.py), so a restart, a second
scheduler started by mistake, or the hour that comes twice in autumn change nothing. Each job is told to the table
Job, with the last fault of those that come often, for the page of jobs; and so that its silence is seen.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from zoneinfo import ZoneInfo

from apscheduler.schedulers.background import BackgroundScheduler

import models
from models import Job, Union
from settings import Settings
from union import runs

log = logging.getLogger(__name__)
DEFAULTS = {"coalesce": True, "max_instances": 1, "misfire_grace_time": 3600}
PULSE_SECONDS = 15
FIRST_ZONE = ZoneInfo("Europe/Kyiv")  # of a union that is not founded yet


class Timetable(BackgroundScheduler):
    """APScheduler in UTC, as the clock that wakes the jobs; `every` and `daily` are how they are put in."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(timezone="UTC", job_defaults=DEFAULTS)
        self.settings = settings
        self.told: dict[str, dict] = {}
        self.every(PULSE_SECONDS, self.pulse)

    def every(self, seconds: float, work: Callable[[], object]) -> None:
        """work() again and again; the table knows it as module.name."""
        name = f"{work.__module__.rpartition('.')[2]}.{work.__name__}"
        self.told[name] = {"at_minute": None, "every_seconds": max(1, round(seconds))}
        self.add_job(Often(name, work), "interval", seconds=seconds, next_run_time=models.utcnow())

    def daily(self, clock: str, name: str, work: Callable[[], object]) -> None:
        """work() once per local date from that time of day on, and again only if it died or failed."""
        at_minute = minute_of(clock)
        self.told[name] = {"at_minute": at_minute, "every_seconds": None}
        job, seconds = Daily(name, at_minute, work, self.settings), self.settings.timetable_seconds
        self.add_job(job, "interval", seconds=seconds, next_run_time=models.utcnow())

    def pulse(self) -> None:
        """Tell that the timetable is there and what is in it; a job that is in it no more is forgotten."""
        with models.database.atomic():
            for name, when in self.told.items():
                values = {**when, "seen_at": models.utcnow()}
                Job.insert(name=name, **values).on_conflict(conflict_target=[Job.name], update=values).execute()
            Job.delete().where(Job.name.not_in(list(self.told))).execute()


class Often:
    """A job that comes often: its own connection, and a fault is told when it is new and when it is over."""

    def __init__(self, name: str, work: Callable[[], object]) -> None:
        self.name, self.work = name, work
        self.fault: str | None = None  # as it stands in the table; None: not known yet
        self.noted_at: dt.datetime | None = None

    def __call__(self) -> None:
        now = models.utcnow()
        try:
            with models.database.connection_context():
                self.note(now, self.fault_of_work())
        except Exception:
            log.exception("%s", self.name)

    def fault_of_work(self) -> str:
        """Do the work; what went wrong, "" for nothing."""
        try:
            self.work()
        except Exception as fault:
            log.exception("%s", self.name)
            return f"{type(fault).__name__}: {fault}"[: runs.FAULT_MOST]
        return ""

    def note(self, now: dt.datetime, fault: str) -> None:
        """Once a minute, and when the fault is another: a row written each second would keep the disk busy."""
        is_due = self.noted_at is None or now - self.noted_at >= dt.timedelta(minutes=1)
        if fault != self.fault or is_due:
            Job.update(ran_at=now, fault=fault).where(Job.name == self.name).execute()
            self.fault, self.noted_at = fault, now


class Daily:
    """A daily job, asked often whether it is due."""

    def __init__(self, name: str, at_minute: int, work: Callable[[], object], settings: Settings) -> None:
        self.name, self.at_minute, self.work, self.settings = name, at_minute, work, settings

    def __call__(self) -> None:
        try:
            with models.database.connection_context():
                self.run_if_due(models.utcnow())
        except Exception:
            log.exception("%s", self.name)

    def run_if_due(self, now: dt.datetime) -> bool:
        """Whether the job was due at this instant, and done."""
        date = runs.due_date(self.at_minute, now, zone())
        return date is not None and runs.perform(self.name, date, now, self.settings, self.work)


def minute_of(clock: str) -> int:
    """04:20 in minutes from midnight. Raises ValueError for a time of the hour that one night skips."""
    at = dt.time.fromisoformat(clock)
    if at.hour == runs.QUIET_HOUR:
        raise ValueError(f"{clock}: this hour comes twice on one night and not at all on another")
    return at.hour * 60 + at.minute


def zone() -> ZoneInfo:
    union = Union.get_or_none()
    return ZoneInfo(union.timezone) if union else FIRST_ZONE
