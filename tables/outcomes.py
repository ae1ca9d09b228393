"""What a conversation came to."""

from __future__ import annotations

from peewee import BooleanField, CharField, ForeignKeyField, TextField

from tables.base import InstantField, Table, one_of, utcnow
from tables.people import User
from tables.shops import Shop


class CallNote(Table):
    """What an operator wrote down during a call, saved as she types."""

    call_key = CharField()
    shop = ForeignKeyField(Shop, backref="+")
    user = ForeignKeyField(User, backref="+")
    text = TextField(default="")
    changed_at = InstantField(default=utcnow)

    class Meta:
        indexes = ((("call_key", "user"), True),)


class Outcome(Table):
    """What a conversation came to, as its operator says; the latest of a call counts, the earlier ones stay."""

    KINDS = ("order", "advice", "delivery", "complaint", "return", "wrong_number", "call_again", "other")

    call_key = CharField(index=True)
    shop = ForeignKeyField(Shop, backref="+")
    user = ForeignKeyField(User, backref="+")
    kind = CharField()
    solved = BooleanField(null=True)  # at once, in this call; null: not said
    at = InstantField(default=utcnow)

    class Meta:
        constraints = [
            one_of("kind", "order", "advice", "delivery", "complaint", "return", "wrong_number", "call_again", "other")
        ]


class Reveal(Table):
    """An operator made a customer's whole number appear, by an act of her own; its shop let her.

    about: the call or the callback it was needed for, call:1732.5 or callback:7.
    """

    user = ForeignKeyField(User, backref="reveals", on_delete="CASCADE")
    shop = ForeignKeyField(Shop, backref="reveals", on_delete="CASCADE")
    number = CharField()  # E.164
    about = CharField()
    at = InstantField(default=utcnow)

    class Meta:
        indexes = ((("user", "at"), False), (("shop", "at"), False))
