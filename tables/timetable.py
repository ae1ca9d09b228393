"""What runs by the clock, and what each run did."""

from __future__ import annotations

from peewee import CharField, Check, ForeignKeyField, IntegerField, TextField

from tables.base import DayField, InstantField, Table, utcnow
from tables.promises import Callback


class Job(Table):
    """What the timetable comes back to, as the scheduler tells the page of jobs.

    A daily one comes at at_minute, from midnight of the union's clock; the others every so many seconds.
    """

    name = CharField(unique=True)
    at_minute = IntegerField(null=True)
    every_seconds = IntegerField(null=True)
    seen_at = InstantField(default=utcnow)  # when the timetable last told that it has it
    ran_at = InstantField(null=True)  # of those that come often: when one last began
    fault = TextField(default="")  # of those that come often: what went wrong; "" since it went well again

    class Meta:
        constraints = [Check("(at_minute IS NULL) <> (every_seconds IS NULL)")]


class Run(Table):
    """A job ran for this local date; the key decides what is due after a restart, and that nothing runs twice.

    Open it runs, or its process died; with a fault it failed and is tried again. union/runs.py is its only writer.
    """

    job = CharField()
    local_date = DayField()
    started_at = InstantField(default=utcnow)
    ended_at = InstantField(null=True)
    outcome = TextField(default="")
    fault = TextField(default="")
    tries = IntegerField(default=1)

    class Meta:
        indexes = ((("job", "local_date"), True),)


class MorningEntry(Table):
    """A callback stood on the list with which a shop's day began: the Run's job and date say which."""

    run = ForeignKeyField(Run, backref="entries", on_delete="CASCADE")
    callback = ForeignKeyField(Callback, backref="+", on_delete="CASCADE")

    class Meta:
        indexes = ((("run", "callback"), True),)
