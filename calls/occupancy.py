"""How much of their time operators are busy: talk and after-call work, of the time they were there for calls.

There for calls is presence `ready` (in it she talks, too) and `after_call`; breaks, training and a telephone that was
left ringing are not. Talk is of calls that arrived, and callbacks that were dialled, in the same time. A past presence
never changes, so days that are over are summed once; the row without a user says that a day is done.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from peewee import fn

from calls.counting import Counts
from calls.spans import days as days_of
from calls.spans import gaps
from calls.tallies import DAYS_AT_ONCE, settled_until
from calls.usage import midnight, present
from models import Presence, Union, WorkTally, database
from settings import Settings

AT_CALLS = ("ready", "after_call")

Spent = tuple[int, int]  # seconds ready, seconds of after-call work


@dataclass(frozen=True)
class Work:
    """An operator's time in seconds."""

    talk_seconds: int = 0
    after_call_seconds: int = 0
    ready_seconds: int = 0  # ready for calls or in one

    @property
    def present_seconds(self) -> int:
        return self.ready_seconds + self.after_call_seconds

    @property
    def occupancy(self) -> float | None:
        """Share of her time at work in which she was busy (0.0–1.0); None when she was not there."""
        present = self.present_seconds
        return min(1.0, (self.talk_seconds + self.after_call_seconds) / present) if present else None


def of_operators(counts: Mapping[int | None, Counts], spent: Mapping[int, Spent]) -> dict[int, Work]:
    """Each operator's time, from the counts of all shops by operator and from what presence() says; by User.id."""
    users = sorted(spent.keys() | counts.keys() - {None})
    return {user: _work(counts.get(user, Counts()), *spent.get(user, (0, 0))) for user in users}


def _work(counts: Counts, ready_seconds: int, after_call_seconds: int) -> Work:
    return Work(counts.talk_seconds + counts.called_talk_seconds, after_call_seconds, ready_seconds)


def presence(first: dt.date, last: dt.date, zone: ZoneInfo, now: dt.datetime) -> dict[int, Spent]:
    """Seconds of (ready, after-call work) on these days of the union's zone, both included, by User.id; until now."""
    days = WorkTally.day.between(first, last)
    done = WorkTally.select(WorkTally.day, WorkTally.day).where(days, WorkTally.user.is_null()).order_by(WorkTally.day)
    rows = WorkTally.select(WorkTally.user, fn.SUM(WorkTally.ready_seconds), fn.SUM(WorkTally.after_call_seconds))
    summed = rows.where(days, WorkTally.user.is_null(False)).group_by(WorkTally.user).tuples()
    found: dict[int, Spent] = {user: (ready, after) for user, ready, after in summed}
    for begins, ends in gaps(done.tuples(), first, last):
        until = min(now, midnight(ends + dt.timedelta(1), zone))
        for user, (ready, after) in measured(midnight(begins, zone), until).items():
            before = found.get(user, (0, 0))
            found[user] = before[0] + ready, before[1] + after
    return found


def measured(starts_at: dt.datetime, ends_at: dt.datetime) -> dict[int, Spent]:
    """The same of any [starts_at, ends_at), from the presences themselves; an open one lasts to the end."""
    seconds = present(starts_at, ends_at, AT_CALLS)
    return {
        user: (round(seconds.get((user, "ready"), 0)), round(seconds.get((user, "after_call"), 0)))
        for user in {user for user, _ in seconds}
    }


def make_due(now: dt.datetime, settings: Settings) -> int:
    """Sum the presences of the days that are over for good, newest first; how many days."""
    began, union = Presence.select(fn.MIN(Presence.starts_at)).scalar(), Union.get_or_none()
    if began is None or union is None:
        return 0
    zone = ZoneInfo(union.timezone)
    last = settled_until(now, settings).astimezone(zone).date() - dt.timedelta(1)
    done = {day for (day,) in WorkTally.select(WorkTally.day).where(WorkTally.user.is_null()).tuples()}
    due = [
        day for day in days_of(dt.datetime.fromisoformat(str(began)).astimezone(zone).date(), last) if day not in done
    ]
    for day in reversed(due[-DAYS_AT_ONCE:]):
        _make(day, zone)
    return len(due[-DAYS_AT_ONCE:])


def _make(day: dt.date, zone: ZoneInfo) -> None:
    spent = measured(midnight(day, zone), midnight(day + dt.timedelta(1), zone))
    rows = [(day, None, 0, 0), *((day, user, ready, after) for user, (ready, after) in spent.items())]
    with database.atomic():
        columns = [WorkTally.day, WorkTally.user, WorkTally.ready_seconds, WorkTally.after_call_seconds]
        WorkTally.insert_many(rows, columns).execute()
