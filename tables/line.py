"""Who serves the line and what is told in it."""

from __future__ import annotations

from peewee import SQL, CharField, Check, ForeignKeyField, IntegerField

from tables.base import InstantField, Table, one_of, utcnow
from tables.people import User
from tables.shops import Did, Prompt, Queue, Shop


class QueueOperator(Table):
    """Who serves a queue; penalty 0 first, a trainee higher."""

    queue = ForeignKeyField(Queue, backref="operators", on_delete="CASCADE")
    user = ForeignKeyField(User, backref="queues", on_delete="CASCADE")
    penalty = IntegerField(default=0)

    class Meta:
        indexes = ((("queue", "user"), True),)

    @property
    def reserve_name(self) -> str:
        """Her own queue, to which callers are sent whom she may answer, while she must not answer all of the line."""
        return f"reserve-{self.user_id}"


class Release(Table):
    """A person of the reserve may be rung for a shop's callers in [starts_at, ends_at)."""

    user = ForeignKeyField(User, backref="releases", on_delete="CASCADE")
    shop = ForeignKeyField(Shop, backref="releases", on_delete="CASCADE")
    given_by = ForeignKeyField(User, null=True, backref="+", on_delete="SET NULL")
    starts_at = InstantField(default=utcnow)
    ended_by = ForeignKeyField(User, null=True, backref="+", on_delete="SET NULL")
    ends_at = InstantField(null=True)


Release.add_index(
    Release.index(Release.user, Release.shop, unique=True, name="release_open", where=SQL("ends_at IS NULL"))
)


class MobileHours(Table):
    """When a shop's owner takes callers of the line on his mobile: weekday (0 = Monday), [opens, closes) in minutes."""

    shop = ForeignKeyField(Shop, backref="mobile_hours", on_delete="CASCADE")
    weekday = IntegerField()
    opens_minute = IntegerField()
    closes_minute = IntegerField()

    class Meta:
        constraints = [
            Check("weekday BETWEEN 0 AND 6"),
            Check("opens_minute >= 0 AND opens_minute < closes_minute AND closes_minute <= 1440"),
        ]


class Overflow(Table):
    """The owner's mobile is rung for a caller who waits, and who stays in the line until a key is pressed there:
    wanted → taken → ended. Reserved before the dial; once for a caller."""

    public_id = CharField(unique=True)
    call_key = CharField(unique=True)
    did = ForeignKeyField(Did, backref="+")  # the number that was rung: the mobile is rung from there
    wanted_at = InstantField(default=utcnow)
    taken_at = InstantField(null=True)
    ended_at = InstantField(null=True)
    reason = CharField(default="")  # why it was not dialled
    minutes_reserved = IntegerField(default=0)
    CHANNEL = "ov-"

    @property
    def channel_id(self) -> str:
        return f"{self.CHANNEL}{self.public_id}"


Overflow.add_index(Overflow.index(Overflow.did, name="overflow_open", where=SQL("ended_at IS NULL")))


class Presence(Table):
    """What an operator is doing in [starts_at, ends_at); no open row = signed off.

    by: self, unanswered (she let it ring out), unreachable (her phone), coordinator.
    """

    KINDS = ("ready", "rest", "meal", "training", "technical", "after_call", "unanswered")

    user = ForeignKeyField(User, backref="presences", on_delete="CASCADE")
    kind = CharField()
    starts_at = InstantField(default=utcnow)
    ends_at = InstantField(null=True)
    ended_because = CharField(default="")  # next kind, signed-off, unreachable
    returns_at = InstantField(null=True)  # when after-call work ends by itself; null: when she says so
    next_kind = CharField(default="")  # the break she asked for during a call: it begins after it

    class Meta:
        indexes = ((("user", "starts_at"), False), (("user", "ends_at"), False), (("ends_at",), False))
        constraints = [
            one_of("kind", "ready", "rest", "meal", "training", "technical", "after_call", "unanswered"),
            one_of("next_kind", "", "rest", "meal", "training", "technical"),
        ]


Presence.add_index(Presence.index(Presence.user, unique=True, name="presence_open", where=SQL("ends_at IS NULL")))


class Announced(Table):
    """What a waiting caller was told of his wait, from `at`: low to high minutes, said so; beside it the estimate's middle.

    cause: why it was longer than what he had heard before, else "".
    """

    CAUSES = ("", "operator_left", "earlier_place")

    call_key = CharField()
    shop = ForeignKeyField(Shop, backref="announced")
    at = InstantField(default=utcnow)
    place = IntegerField()  # 1 = first
    low_minutes = IntegerField()
    high_minutes = IntegerField()
    middle_seconds = IntegerField()
    on_duty = IntegerField()  # operators in the line
    cause = CharField(default="")

    class Meta:
        constraints = [one_of("cause", "", "operator_left", "earlier_place"), Check("low_minutes < high_minutes")]
        indexes = ((("call_key", "at"), False), (("shop", "at"), False))


class AutomaticMode(Table):
    """In [starts_at, ends_at) due callbacks come to her by themselves whenever she is ready and nobody waits."""

    user = ForeignKeyField(User, backref="automatic_modes", on_delete="CASCADE")
    starts_at = InstantField(default=utcnow)
    ends_at = InstantField(null=True)
    ended_because = CharField(default="")  # herself, signed-off, unreachable


AutomaticMode.add_index(
    AutomaticMode.index(AutomaticMode.user, unique=True, name="automatic_mode_open", where=SQL("ends_at IS NULL"))
)


class WaitingPrompt(Table):
    """A prompt that a shop's callers hear while they wait and there is no news of place and wait; in this order."""

    prompt = ForeignKeyField(Prompt, unique=True, backref="waiting_prompts", on_delete="CASCADE")
    position = IntegerField()  # 0 = first


class WaitingPlayed(Table):
    """A prompt was played to a waiting caller in [starts_at, ends_at): he does not hear it again."""

    call_key = CharField()
    prompt = ForeignKeyField(Prompt, backref="+", on_delete="CASCADE")
    starts_at = InstantField(default=utcnow)
    ends_at = InstantField()

    class Meta:
        indexes = ((("call_key", "prompt"), True),)
