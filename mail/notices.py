"""Notices: the few things that need somebody at once, each told once, and its end once.

A cause is a row from the moment it is first seen. It is told when it has lasted notice_after_seconds, and is over when
it has been gone for notice_over_seconds, so that what comes and goes writes one letter, not ten. A shop's cap is told
to its owners, everything else to the coordinators. That a customer was given up is told by mail/given_up.py.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from peewee import IntegrityError

from calls import caps, facts_mark
from calls.opening_hours import Hours, is_open
from ledger import checked
from mail import letters, outbox
from models import Job, Notice, Presence, Role, Run, Shop, Trunk, TrunkOutage, Union, User, WeekHours, database
from pbx.disk import free_percent
from settings import Settings
from union import job_titles, last_copy, last_drill, people, runs, shops

KIND = "notice"
HOUR = dt.timedelta(hours=1)
COPIES = {  # ills of union/last_copy.py that need somebody at once; the rest mends itself, or was never set up
    "here": ("late", "no_room", "folder"),
    "outside": ("outside", "outside_late"),
    "trial": ("trial_failed", "trial_late"),
}


@dataclass(frozen=True)
class Cause:
    """kind: facts, disk, no_operator, books, trunk, job, copy, drill, cap. amount: percent, minutes, faults.

    name: of the trunk; of the job, in English; what is wrong with copies, a word of union/last_copy.py. of: the shop
    whose run of a job it is."""

    kind: str
    about: str = ""
    name: str = ""
    amount: int = 0
    shop: Shop | None = None
    of: str = ""

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.about}" if self.about else self.kind


def look(now: dt.datetime, settings: Settings) -> int:
    """Open, tell and close what the present moment asks for; how many causes were told."""
    present = {cause.key: cause for cause in causes(now, settings)}
    _open(present, now)
    _note_gone(set(present), now, settings)
    told = 0
    for notice in list(Notice.select().where(Notice.ends_at.is_null(), Notice.told_at.is_null())):
        lasted = (now - notice.starts_at).total_seconds() >= settings.notice_after_seconds
        if lasted and notice.cause in present:
            tell(notice, present[notice.cause], now, settings)
            told += 1
    return told


def _open(present: dict[str, Cause], now: dt.datetime) -> None:
    known = {notice.cause for notice in Notice.select().where(Notice.ends_at.is_null())}
    for key in present.keys() - known:
        try:
            with database.atomic():
                Notice.create(cause=key, starts_at=now)
        except IntegrityError:
            continue  # another scheduler saw it, too


def _note_gone(present: set[str], now: dt.datetime, settings: Settings) -> None:
    """What is no more has gone, and what has been gone for long enough is over: once, whoever looks."""
    is_open = Notice.ends_at.is_null()
    Notice.update(gone_at=None).where(is_open, Notice.cause.in_(present), Notice.gone_at.is_null(False)).execute()
    Notice.update(gone_at=now).where(is_open, Notice.cause.not_in(present), Notice.gone_at.is_null()).execute()
    until = now - dt.timedelta(seconds=settings.notice_over_seconds)
    for notice in list(Notice.select().where(is_open, Notice.gone_at <= until)):
        with database.atomic():
            over = Notice.update(ends_at=notice.gone_at).where(Notice.id == notice.id, is_open).execute()
            if over and notice.told_at and not notice.cause.startswith("cap:"):
                _write(Notice.get_by_id(notice.id), _past(notice), settings, is_over=True)


# --- the causes ----------------------------------------------------------------------------------------------------


def causes(now: dt.datetime, settings: Settings) -> Iterator[Cause]:
    """Everything that is wrong at this instant."""
    if facts_mark.facts_late(now, settings):
        yield Cause("facts")
    free = free_percent(settings.data_dir)
    if free < settings.recording_stop_percent:
        yield Cause("disk", amount=int(free))
    if _no_operator(now):
        yield Cause("no_operator")
    look = checked.last()
    if look and look.wrong:
        yield Cause("books", amount=look.wrong)
    for outage in TrunkOutage.select(TrunkOutage, Trunk).join(Trunk).where(TrunkOutage.ends_at.is_null()):
        yield Cause("trunk", str(outage.trunk_id), outage.trunk.name)
    yield from _jobs(now, settings)
    if last_drill.has_failed():
        yield Cause("drill")
    yield from _copies(now, settings)
    yield from _caps(now, settings)


def _no_operator(now: dt.datetime) -> bool:
    """Whether nobody is signed on in the hours in which operators work; a union that typed none is never told."""
    week = [Hours(row.weekday, row.opens_minute, row.closes_minute) for row in WeekHours.select().where(
        WeekHours.shop.is_null())]  # fmt: skip
    if not week or not is_open(week, {}, ZoneInfo(Union.get().timezone), now):
        return False
    at_work = Presence.ends_at.is_null(), Presence.kind != "unanswered"
    return not Presence.select().where(*at_work).exists()


def _jobs(now: dt.datetime, settings: Settings) -> Iterator[Cause]:
    """Daily jobs that have not run, or not well, long after their time; and shops' runs that failed for good."""
    zone = ZoneInfo(Union.get().timezone)
    late = now - dt.timedelta(minutes=settings.job_overdue_minutes)
    for job in Job.select().where(Job.at_minute.is_null(False)):
        # in the hour in which nothing is due what was due before it counts
        date = runs.due_date(job.at_minute, late, zone) or runs.due_date(job.at_minute, late - 2 * HOUR, zone)
        run = Run.get_or_none(Run.job == job.name, Run.local_date >= date)
        if run is None or run.fault:
            yield _job(job.name)
    for run in Run.select().where(Run.fault != "", Run.tries >= settings.job_tries, Run.ended_at > now - 24 * HOUR):
        if ":" in run.job:
            yield _job(run.job)


def _job(key: str) -> Cause:
    """key: month, or a shop's run: digest:3:5."""
    shop = Shop.get_or_none(Shop.id == key.partition(":")[2].partition(":")[0])
    return Cause("job", key, job_titles.title(key), of=shop.name if shop else "")


def _copies(now: dt.datetime, settings: Settings) -> Iterator[Cause]:
    """At most one for what is here, outside, and put back for trial: each with the most urgent that is wrong with it."""
    ills = last_copy.standing(now, settings).ills
    for about, words in COPIES.items():
        if told := [ill for ill in ills if ill in words]:
            yield Cause("copy", about, told[0])


def _caps(now: dt.datetime, settings: Settings) -> Iterator[Cause]:
    for shop in shops.current():
        used = caps.used_minutes(shop, now, settings)
        if used and used * 100 >= shop.cap_minutes_per_day * settings.cap_near_percent:
            yield Cause("cap", str(shop.id), amount=used, shop=shop)


def _past(notice: Notice) -> Cause:
    """What a notice was about, as far as its end needs it."""
    kind, _, about = notice.cause.partition(":")
    if kind == "job":
        return _job(about)
    trunk = Trunk.get_or_none(Trunk.id == about) if kind == "trunk" else None
    return Cause(kind, about, trunk.name if trunk else about)


# --- the letters ---------------------------------------------------------------------------------------------------


def tell(notice: Notice, cause: Cause, now: dt.datetime, settings: Settings) -> None:
    """Write to whom it concerns, once."""
    with database.atomic():
        if Notice.update(told_at=now).where(Notice.id == notice.id, Notice.told_at.is_null()).execute():
            _write(notice, cause, settings)


def _write(notice: Notice, cause: Cause, settings: Settings, is_over: bool = False) -> None:
    about = f"notice:{notice.id}:over" if is_over else f"notice:{notice.id}"
    zone = ZoneInfo(cause.shop.timezone if cause.shop else Union.get().timezone)
    for user in _readers(cause):
        letter = letters.write(
            "notice", user.language, name=user.name, cause=cause, is_over=is_over,
            since=_moment(notice.starts_at, zone, user), until=_moment(notice.ends_at, zone, user),
            link=_link(cause, settings),
        )  # fmt: skip
        outbox.queue(KIND, about, user.email, letter.subject, letter.text, settings, letter.html)


def _readers(cause: Cause) -> list[User]:
    if cause.shop:
        return [role.user for role in people.owners(cause.shop) if role.user.is_active]
    held = Role.kind == "coordinator", Role.ends_at.is_null(), User.is_active
    return list(User.select().join(Role).where(*held).order_by(User.id).distinct())


def _moment(at: dt.datetime | None, zone: ZoneInfo, user: User) -> str:
    return format_datetime(at.astimezone(zone), "d MMM, HH:mm", locale=user.language) if at else ""


def _link(cause: Cause, settings: Settings) -> str:
    """The page where something can be done about it."""
    if not settings.public_host:
        return ""
    pages = {
        "trunk": f"/trunks/{cause.about}", "no_operator": "/people", "cap": f"/shops/{cause.about}/callbacks",
        "drill": "/drills", "books": "/money", "copy": "/backups",
    }  # fmt: skip
    return f"https://{settings.public_host}{pages.get(cause.kind, '/jobs')}"
