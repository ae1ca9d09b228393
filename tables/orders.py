"""What customers ordered by telephone, and how each order went on."""

from __future__ import annotations

from peewee import SQL, BooleanField, CharField, Check, ForeignKeyField, IntegerField, TextField

from tables.base import InstantField, Table, one_of, utcnow
from tables.people import User
from tables.shops import Did, Shop


class Order(Table):
    """What a customer ordered by telephone. Sums in minor units of the union's currency.

    A draft is what is typed during the call; placing it gives the number. Each change of state is an OrderChange,
    each correction of what was placed an OrderCorrection. token: the form it was typed in; sent twice, it is one order.
    """

    STATES = ("draft", "new", "confirmed", "sent", "delivered", "returned", "cancelled")

    shop = ForeignKeyField(Shop, backref="orders")
    token = CharField(null=True, unique=True)
    number = IntegerField(null=True)  # counts within the shop, from 1; null while a draft
    call_key = CharField(index=True)  # Call.key it was taken in; "" when entered without one
    did = ForeignKeyField(Did, null=True, backref="+")  # the source: which advertisement rang
    operator = ForeignKeyField(User, null=True, backref="+", on_delete="SET NULL")
    state = CharField(default="draft")  # that of the latest OrderChange
    customer = CharField(null=True)  # E.164
    is_dictated = BooleanField(default=False)  # the customer gave another number than his own: write-only for operators
    customer_name = CharField(default="")
    delivery = TextField(default="")
    comment = TextField(default="")
    sum_minor = IntegerField(default=0)
    margin_minor = IntegerField(null=True)  # null: not known
    created_at = InstantField(default=utcnow)
    placed_at = InstantField(null=True)
    typed = TextField(default="")  # a draft's fields as they stand in the form, JSON; "" once placed

    class Meta:
        constraints = [one_of("state", "draft", "new", "confirmed", "sent", "delivered", "returned", "cancelled")]
        indexes = ((("shop", "placed_at"), False), (("shop", "customer"), False))


Order.add_index(
    Order.index(Order.shop, Order.number, unique=True, name="order_number", where=SQL("number IS NOT NULL"))
)


class OrderLine(Table):
    """Goods within an order."""

    order = ForeignKeyField(Order, backref="lines", on_delete="CASCADE")
    position = IntegerField()
    title = CharField()
    quantity = IntegerField(default=1)
    price_minor = IntegerField(default=0)  # of one

    class Meta:
        constraints = [Check("quantity > 0"), Check("price_minor >= 0")]


class OrderChange(Table):
    """An order came into this state, why, and who said so. undoes: the change that was taken back by this one."""

    order = ForeignKeyField(Order, backref="changes", on_delete="CASCADE")
    state = CharField()
    reason = TextField(default="")
    undoes = ForeignKeyField("self", null=True, unique=True, backref="undone_by")
    user = ForeignKeyField(User, null=True, backref="+", on_delete="SET NULL")
    at = InstantField(default=utcnow)

    class Meta:
        constraints = [one_of("state", "new", "confirmed", "sent", "delivered", "returned", "cancelled")]
        indexes = ((("state", "at"), False),)


class OrderCorrection(Table):
    """What a placed order was and what its shop made of it, field by field, JSON; the earlier ones stay."""

    order = ForeignKeyField(Order, backref="corrections", on_delete="CASCADE")
    before = TextField()
    after = TextField()
    user = ForeignKeyField(User, null=True, backref="+", on_delete="SET NULL")
    at = InstantField(default=utcnow)
