"""Copies of the box, and the rehearsals of what saves the day: a restore, the last resort."""

from __future__ import annotations

from peewee import CharField, ForeignKeyField, IntegerField, TextField

from tables.base import InstantField, Table, one_of, utcnow
from tables.people import User
from tables.shops import Did, Shop


class Backup(Table):
    """A copy of the box was begun; it is whole in the backup folder from taken_at, outside from outside_at on.

    fault: why the one or the other did not come about, else "". detail: the failing program's own words.
    """

    FAULTS = ("", "no_room", "folder", "outside", "stopped")

    name = CharField(unique=True)  # of its folder: the instant it began, 2026-11-22T010000Z
    starts_at = InstantField()
    taken_at = InstantField(null=True)
    outside_at = InstantField(null=True)
    ends_at = InstantField(null=True)
    database_bytes = IntegerField(default=0)
    files = IntegerField(default=0)  # recordings, prompts … that it can be restored with
    files_bytes = IntegerField(default=0)
    fault = CharField(default="")
    detail = TextField(default="")

    class Meta:
        constraints = [one_of("fault", "", "no_room", "folder", "outside", "stopped")]


class Rehearsal(Table):
    """A copy was restored into an empty folder to see whether it can be, and looked through.

    fault: the first thing that was not as it should be, else "".
    """

    FAULTS = ("", "none", "no_room", "outside", "files", "database", "books", "facts", "stopped")

    name = CharField(default="")  # of the Backup
    place = CharField()  # where the copy was fetched from
    starts_at = InstantField()
    ends_at = InstantField(null=True)
    calls = IntegerField(default=0)
    transactions = IntegerField(default=0)
    files = IntegerField(default=0)
    fault = CharField(default="")
    detail = TextField(default="")

    class Meta:
        constraints = [
            one_of("place", "folder", "outside"),
            one_of("fault", "", "none", "no_room", "outside", "files", "database", "books", "facts", "stopped"),
        ]


class DeadEnd(Table):
    """A number whose calls find our process out of reach: a drill's own, while it lasts."""

    did = ForeignKeyField(Did, unique=True, backref="+", on_delete="CASCADE")
    address = CharField()  # 127.0.0.1:port, where nobody answers


class Drill(Table):
    """A test caller met a box whose every process of ours was out of reach: wanted → started → ended.

    fault: what was worst, "" when each call and each shop's last resort was as it should be. detail: more about the
    fault, in the words of the program that failed.
    """

    FAULTS = ("", "asterisk", "calls", "shops", "unable", "stopped")

    wanted_by = ForeignKeyField(User, null=True, backref="+", on_delete="SET NULL")  # null: the timetable or a command
    wanted_at = InstantField(default=utcnow)
    starts_at = InstantField(null=True)
    ends_at = InstantField(null=True)
    fault = CharField(default="")
    detail = TextField(default="")

    class Meta:
        constraints = [one_of("fault", "", "asterisk", "calls", "shops", "unable", "stopped")]


class DrillCall(Table):
    """What the test caller got. way: how our process was out of reach; resort: what the test shop chose for that case.

    heard_ms: from dialling until he heard it, null when he never did.
    """

    WAYS = ("refused", "frozen")
    RESORTS = ("message", "mobile")
    FAULTS = ("", "unanswered", "reached", "silence", "cut", "no_ring", "no_offer", "one_way")

    drill = ForeignKeyField(Drill, backref="calls", on_delete="CASCADE")
    way = CharField()
    resort = CharField()
    heard_ms = IntegerField(null=True)
    fault = CharField(default="")
    detail = TextField(default="")

    class Meta:
        indexes = ((("drill", "way", "resort"), True),)
        constraints = [
            one_of("way", "refused", "frozen"),
            one_of("resort", "message", "mobile"),
            one_of("fault", "", "unanswered", "reached", "silence", "cut", "no_ring", "no_offer", "one_way"),
        ]


class DrillFinding(Table):
    """What Asterisk would do by itself for a shop's callers, as it was read there; never a number."""

    FINDINGS = ("mobile", "message", "not_live", "not_callable", "differs", "unknown")
    FAULTS = ("not_callable", "differs", "unknown")

    drill = ForeignKeyField(Drill, backref="findings", on_delete="CASCADE")
    shop = ForeignKeyField(Shop, backref="+", on_delete="CASCADE")
    finding = CharField()

    class Meta:
        indexes = ((("drill", "shop"), True),)
        constraints = [one_of("finding", "mobile", "message", "not_live", "not_callable", "differs", "unknown")]

    @property
    def is_well(self) -> bool:
        return self.finding not in self.FAULTS
