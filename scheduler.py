"""The scheduler process: four loops and a timetable. One line per job, no logic.

Run as `python scheduler.py`. `facts` reads call events, `asterisk` speaks to Asterisk (nobody else does),
`announcements` speaks to who waits, `configuration` writes Asterisk's files; each goes on when another cannot. Whatever a job raises is logged and the job comes
again. Everything that must survive stands in the database, so the process may be killed at any point.
"""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable
from functools import partial, wraps

import models
from calls import (
    attempts,
    callbacks,
    ingest,
    morning_list,
    occupancy,
    presence,
    raw_archive,
    recordings,
    tallies,
    telephones,
    voicemails,
)  # fmt: skip
from calls.announcer import Announcer
from calls.dialling import Dialling
from calls.liveness import Liveness
from calls.members import Members
from calls.overflowing import Overflowing
from calls.placeholders import Placeholders
from calls.sending import Sending
from calls.transferring import Transferring
from calls.trunk_watch import TrunkWatch
from ledger import checked, periods
from mail import digests, given_up, hers, monthly, notices, outbox, weekly
from pbx.ami import Ami, AmiError
from pbx.disk import Disk, truncate_wal
from pbx.refresh import Refresh
from settings import Settings, current
from union import shops
from union import telephones as browsers
from upkeep import backup, drill, rehearsal
from upkeep.timetable import Timetable

log = logging.getLogger("scheduler")
COMPLAIN_SECONDS = 60  # the same fault is logged again after this long


class Loop(threading.Thread):
    """Jobs of one thread, each due every so many seconds, with one connection to the database."""

    def __init__(self, name: str, stop: threading.Event):
        super().__init__(name=name)
        self.stop = stop
        self.jobs: list[Job] = []

    def every(self, seconds: float, work: Callable[[], object]) -> None:
        self.jobs.append(Job(work, seconds))

    def run(self) -> None:
        with models.database.connection_context():
            while not self.stop.is_set():
                for job in self.jobs:
                    job.run_if_due()
                self.stop.wait(max(0, min(job.due for job in self.jobs) - time.monotonic()))


class Job:
    """One thing done again and again; a fault is logged when it is new or has lasted another minute."""

    def __init__(self, work: Callable[[], object], seconds: float):
        self.work, self.seconds, self.due = work, seconds, 0.0
        self.name = getattr(work, "__qualname__", None) or work.func.__qualname__
        self.complaint, self.complained_at = "", 0.0

    def run_if_due(self) -> None:
        if time.monotonic() < self.due:
            return
        self.due = time.monotonic() + self.seconds
        try:
            self.work()
        except Exception as fault:
            self.complain(fault)
        else:
            self.complaint = ""

    def complain(self, fault: Exception) -> None:
        now = time.monotonic()
        if str(fault) != self.complaint or now - self.complained_at > COMPLAIN_SECONDS:
            self.complaint, self.complained_at = str(fault), now
            log.error("%s: %s", self.name, fault, exc_info=not isinstance(fault, AmiError))


def now(work: Callable[..., object], *arguments: object) -> Callable[[], object]:
    """A rule that takes the instant first, at the instant it runs."""
    return wraps(work)(lambda: work(models.utcnow(), *arguments))


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    run(current(), stop)


def run(settings: Settings, stop: threading.Event) -> None:
    """Everything, until stop is set."""
    models.database.init(str(settings.database))
    ami = Ami(settings.ami_bind, settings.ami_secret)
    refresh = Refresh(ami, settings)
    loops = (
        facts(settings, stop),
        asterisk(ami, refresh, settings, stop),
        announcements(settings, stop),
        configuration(refresh, stop),
    )
    timetable = timetable_of(refresh, settings)
    for part in (*loops, timetable):
        part.start()
    log.info("started")
    stop.wait()
    timetable.shutdown(wait=False)
    for loop in loops:
        loop.join(10)
    log.info("stopped")


def facts(settings: Settings, stop: threading.Event) -> Loop:
    loop = Loop("facts", stop)
    loop.every(settings.ingest_seconds, partial(ingest.ingest_all, settings))
    loop.every(60, partial(ingest.rotate, settings))
    loop.every(settings.wish_seconds, now(presence.move_on))
    return loop


def asterisk(ami: Ami, refresh: Refresh, settings: Settings, stop: threading.Event) -> Loop:
    liveness, members = Liveness(ami, settings), Members(ami, settings)
    dialling = Dialling(ami, members, settings)
    loop = Loop("asterisk", stop)
    loop.every(settings.wish_seconds, dialling.step)
    loop.every(settings.wish_seconds, Transferring(ami, settings).step)
    loop.every(settings.wish_seconds, Overflowing(ami, settings).step)
    loop.every(settings.wish_seconds, Sending(ami, settings).step)
    loop.every(settings.wish_seconds, partial(telephones.cut_off_ended, ami))
    loop.every(settings.wish_seconds, Placeholders(ami, members, settings).step)
    loop.every(settings.wish_seconds, refresh.reload)
    loop.every(settings.wish_seconds, liveness.note_start)
    loop.every(settings.tick_seconds, liveness.tick)
    loop.every(5, liveness.note_gone)
    loop.every(15, TrunkWatch(ami).look)
    return loop


def announcements(settings: Settings, stop: threading.Event) -> Loop:
    """Apart, because an estimate takes a moment: wishes must not wait for it."""
    ami = Ami(settings.ami_bind, settings.ami_secret, wants_events=False)
    loop = Loop("announcements", stop)
    loop.every(settings.announce_look_seconds, Announcer(ami, settings).step)
    return loop


def configuration(refresh: Refresh, stop: threading.Event) -> Loop:
    loop = Loop("configuration", stop)
    loop.every(1, refresh.write)
    return loop


def timetable_of(refresh: Refresh, settings: Settings) -> Timetable:
    timetable = Timetable(settings)
    timetable.every(5, now(attempts.expire, settings))
    timetable.every(10, now(callbacks.expire_claims))
    timetable.every(settings.lists_seconds, now(morning_list.build_due))
    timetable.every(settings.lists_seconds, now(given_up.queue_due, settings))
    timetable.every(10, now(browsers.end_stale, settings.session_hours))
    timetable.every(settings.outbox_seconds, now(outbox.send_due, settings))
    timetable.every(settings.timetable_seconds, now(digests.queue_due, settings))
    timetable.every(settings.timetable_seconds, now(weekly.queue_due, settings))
    timetable.every(settings.timetable_seconds, now(monthly.queue_due, settings))
    timetable.every(settings.timetable_seconds, now(hers.queue_due, settings))
    timetable.every(settings.notice_seconds, now(notices.look, settings))
    timetable.every(settings.tallies_seconds, now(tallies.make_due, settings))
    timetable.every(settings.tallies_seconds, now(occupancy.make_due, settings))
    timetable.every(60, now(shops.end_what_has_left))
    timetable.every(10, Disk(refresh, settings).watch)
    timetable.every(600, now(backup.take_if_due, settings))
    timetable.every(1800, now(rehearsal.rehearse_if_due, settings))
    timetable.every(5, now(drill.rehearse_wanted, settings))
    timetable.daily("00:30", "raw-events", now(raw_archive.put_away, settings))
    timetable.daily("00:40", "recordings", now(recordings.delete_expired, settings))
    timetable.daily("00:45", "voicemails", now(voicemails.delete_expired, settings))
    timetable.daily("00:50", "books", now(checked.look))
    timetable.daily("01:30", "database", truncate_wal)
    timetable.daily("04:20", "month", now(periods.close_due, settings))
    timetable.daily("05:10", "drill", now(drill.rehearse_if_due, settings))
    return timetable


if __name__ == "__main__":
    main()
