"""What operators say and know for a shop."""

from __future__ import annotations

from peewee import SQL, CharField, Check, ForeignKeyField, IntegerField, TextField
from playhouse.sqlite_ext import FTS5Model, RowIDField, SearchField

from tables.base import InstantField, Table, database, one_of, utcnow
from tables.people import User
from tables.shops import Shop


class Script(Table):
    """One version of what operators say for a shop: the latest counts, the earlier ones stay, none is edited."""

    shop = ForeignKeyField(Shop, backref="scripts", on_delete="CASCADE")
    version = IntegerField()
    written_by = ForeignKeyField(User, null=True, backref="+", on_delete="SET NULL")
    written_at = InstantField(default=utcnow)

    class Meta:
        indexes = ((("shop", "version"), True),)


class ScriptStep(Table):
    """Something to say; `hears` is what the customer says before it, "" when nothing of his leads to it."""

    PARTS = ("greeting", "questions", "objections", "closing")

    script = ForeignKeyField(Script, backref="steps", on_delete="CASCADE")
    part = CharField()
    position = IntegerField()  # within its part, from 0
    hears = TextField(default="")
    says = TextField()

    class Meta:
        constraints = [one_of("part", "greeting", "questions", "objections", "closing")]


class Card(Table):
    """What an operator must know of a shop: goods, or how delivery, payment and returns go. Removed ones stay."""

    KINDS = ("goods", "delivery", "payment", "returns", "other")

    shop = ForeignKeyField(Shop, backref="cards", on_delete="CASCADE")
    kind = CharField(default="goods")
    title = CharField()
    spoken = CharField(default="")  # how the title is said aloud
    price_minor = IntegerField(null=True)  # minor units of the union's currency
    stock = IntegerField(null=True)  # pieces; null: not told
    differs = TextField(default="")  # what differs from the picture
    text = TextField(default="")
    confirmed_at = InstantField(default=utcnow)  # when the shop last said that all of it is so
    confirmed_by = ForeignKeyField(User, null=True, backref="+", on_delete="SET NULL")
    removed_at = InstantField(null=True)

    class Meta:
        constraints = [
            one_of("kind", "goods", "delivery", "payment", "returns", "other"),
            Check("price_minor >= 0"),
            Check("stock >= 0"),
        ]


Card.add_index(Card.index(Card.shop, Card.title, unique=True, name="card_title", where=SQL("removed_at IS NULL")))


class CardWords(FTS5Model):
    """The words of the cards that are not removed, folded and stemmed by orders/search.py; rowid is the card's id."""

    rowid = RowIDField()
    title = SearchField()
    title_stems = SearchField()
    body = SearchField()
    body_stems = SearchField()

    class Meta:
        database = database
        legacy_table_names = False
        options = {"tokenize": "unicode61 remove_diacritics 0", "prefix": "2 3"}


class Question(Table):
    """What an operator could not answer a customer: asked of the shop at once, answered once."""

    shop = ForeignKeyField(Shop, backref="questions", on_delete="CASCADE")
    call_key = CharField(index=True)
    operator = ForeignKeyField(User, null=True, backref="+", on_delete="SET NULL")
    text = TextField()
    asked_at = InstantField(default=utcnow)
    answer = TextField(default="")
    answered_at = InstantField(null=True)
    answered_by = ForeignKeyField(User, null=True, backref="+", on_delete="SET NULL")
    card = ForeignKeyField(Card, null=True, backref="+", on_delete="SET NULL")  # what was made of it

    class Meta:
        constraints = [Check("(answered_at IS NULL) = (answer = '')")]
        indexes = ((("shop", "answered_at"), False),)
