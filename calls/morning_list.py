"""The morning list: what a shop owes when its day begins, written down once per shop and local date.

A customer missed out of hours is due when the shop is next open and operators work; so are retries put off to the
morning, and what was left over. The list is a record of who stood there at that moment (a Run and its entries), by
which the desk and the owner see how far it is worked off; when a customer is dialled, his own due_at says. So a
list that is built late, or on a day when the scheduler did not run, loses nobody.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from peewee import IntegrityError

from calls.calling_hours import calling_hours
from calls.retries import REACHED
from models import Attempt, Callback, MorningEntry, Run, Shop, database

JOB = "morning-list:"


@dataclass(frozen=True)
class Progress:
    """How many stood on a shop's list of a day, and how many of them were called or need no call any more."""

    began_at: dt.datetime
    listed: int
    done: int


def build_due(now: dt.datetime) -> int:
    """Build the list of every shop whose day has begun and which has none yet; how many were built."""
    return sum(_build_if_begun(shop, now) for shop in list(Shop.select().where(~Shop.is_test)))


def _build_if_begun(shop: Shop, now: dt.datetime) -> bool:
    date = now.astimezone(ZoneInfo(shop.timezone)).date()
    if _run(shop, date):
        return False
    begins_at = calling_hours(shop, now).first_on(date)
    return begins_at is not None and begins_at <= now and _build(shop, date, begins_at, now)


def _build(shop: Shop, date: dt.date, begins_at: dt.datetime, now: dt.datetime) -> bool:
    """Write the list down; False when another process was first."""
    try:
        with database.atomic():
            run = Run.create(job=f"{JOB}{shop.id}", local_date=date, started_at=begins_at)
            owed = _owed_at(shop, begins_at)
            for callback in owed:
                MorningEntry.create(run=run, callback=callback)
            Run.update(ended_at=now, outcome=str(len(owed))).where(Run.id == run.id).execute()
    except IntegrityError:
        return False
    return True


def _owed_at(shop: Shop, at: dt.datetime) -> list[Callback]:
    """Who was owed a call that was due at that instant, even if he has been called since: a late list is the same."""
    still = Callback.closed_at.is_null() | (Callback.closed_at > at)
    waiting = Callback.select().where((Callback.shop == shop) & still & (Callback.opened_at < at))
    return [callback for callback in waiting if callback.due_at <= at or _tried_between(callback, at)]


def _tried_between(callback: Callback, at: dt.datetime) -> bool:
    """Whether what is due later now is so because it was tried after the day began."""
    return callback.attempts.where((Attempt.sent_at >= at) & Attempt.result.in_(REACHED)).exists()


def _run(shop: Shop, date: dt.date) -> Run | None:
    return Run.get_or_none(Run.job == f"{JOB}{shop.id}", Run.local_date == date)


def progress(shop: Shop, now: dt.datetime) -> Progress | None:
    """How far today's list of a shop is worked off; None before its day has begun and when nobody stood on it."""
    run = _run(shop, now.astimezone(ZoneInfo(shop.timezone)).date())
    entries = list(run.entries.select(MorningEntry, Callback).join(Callback)) if run else []
    if not entries:
        return None
    done = sum(_is_done(entry.callback, run.started_at) for entry in entries)
    return Progress(run.started_at, len(entries), done)


def _is_done(callback: Callback, since: dt.datetime) -> bool:
    return callback.closed_at is not None or _tried_between(callback, since)
