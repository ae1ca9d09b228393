"""Figures of days that are over: rows made from facts, to be made again at any time."""

from __future__ import annotations

from peewee import CharField, ForeignKeyField, IntegerField

from tables.base import DayField, Table, one_of
from tables.people import User
from tables.shops import Did, Shop


class TalliedSpan(Table):
    """A shop's local day, or a month of them, is summed by this rule (calls/spans.py); by another it is not used."""

    shop = ForeignKeyField(Shop, backref="+", on_delete="CASCADE")
    first = DayField()
    last = DayField()  # included
    rule = CharField()

    class Meta:
        indexes = ((("shop", "first", "last"), True),)


class Tally(Table):
    """What was counted of a span, whole, by number rung and by operator; the columns are those of counting.Counts."""

    span = ForeignKeyField(TalliedSpan, backref="tallies", index=False, on_delete="CASCADE")
    about = CharField()
    did = ForeignKeyField(Did, null=True, backref="+")
    operator = ForeignKeyField(User, null=True, backref="+")
    arrived = IntegerField()
    offered = IntegerField()
    answered = IntegerField()
    answered_within = IntegerField()
    abandoned = IntegerField()
    abandoned_within = IntegerField()
    gave_up_seconds = IntegerField()
    asked = IntegerField()
    nobody = IntegerField()
    cut = IntegerField()
    short = IntegerField()
    waited_seconds = IntegerField()
    handled = IntegerField()
    talk_seconds = IntegerField()
    after_call_seconds = IntegerField()
    called = IntegerField()
    called_talk_seconds = IntegerField()
    told = IntegerField()
    solved = IntegerField()
    called_back = IntegerField()
    waiting = IntegerField()
    lost = IntegerField()

    class Meta:
        constraints = [one_of("about", "whole", "did", "operator")]
        indexes = ((("span", "about"), False),)


class HourTally(Table):
    """What was counted of an hour of the week in a span, local; weekday 0 is Monday."""

    span = ForeignKeyField(TalliedSpan, backref="hours", on_delete="CASCADE")
    weekday = IntegerField()
    hour = IntegerField()
    arrived = IntegerField()
    offered = IntegerField()


class WorkTally(Table):
    """An operator's time at calls on a day of the union, in seconds; the row without a user says that the day is done."""

    day = DayField()
    user = ForeignKeyField(User, null=True, backref="+", on_delete="CASCADE")
    ready_seconds = IntegerField(default=0)
    after_call_seconds = IntegerField(default=0)

    class Meta:
        indexes = ((("day", "user"), True),)
