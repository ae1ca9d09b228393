"""A shop's orders as its owner asks for them: the list, and the figures that open it.

Days are the shop's own and those of the placing. A figure is the number of orders that the list gives for the same
question, because both are asked here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from peewee import fn

from calls import numbers
from calls.call_log import instants
from models import Did, Order, Shop, User
from orders.orders import OPEN

CHUNK = 1000
NOBODY = 0  # asked for as an operator or a source: orders that came without one
GROUPS = {  # what may be asked for, and the states it holds
    "open": OPEN,
    "new": ("new",),
    "confirmed": ("confirmed",),
    "sent": ("sent",),
    "delivered": ("delivered",),
    "returned": ("returned",),
    "cancelled": ("cancelled",),
    "once_confirmed": ("confirmed", "sent", "delivered", "returned"),
    "once_sent": ("sent", "delivered", "returned"),
}


@dataclass(frozen=True)
class Filter:
    """What is asked for: first and last are the shop's dates, both included; None is no limit."""

    first: dt.date | None = None
    last: dt.date | None = None
    group: str = ""  # one of GROUPS
    did: int | None = None
    operator: int | None = None
    text: str = ""  # a number of an order, a telephone, a part of a name


def orders(shop: Shop, wanted: Filter, limit: int, before: int | None = None) -> list[Order]:
    """Placed orders, newest first, at most limit; before: with a lower number than this."""
    query = Order.select(Order, Did, User).left_outer_join(Did).switch(Order).left_outer_join(User)
    query = query.where(*conditions(shop, wanted))
    query = query.where(Order.number < before) if before else query
    return list(query.order_by(Order.number.desc()).limit(limit))


def every(shop: Shop, wanted: Filter) -> Iterator[Order]:
    """All of them, newest first, read a chunk at a time so that nobody who writes waits for a reader."""
    before = None
    while chunk := orders(shop, wanted, CHUNK, before):
        yield from chunk
        before = chunk[-1].number


def count(shop: Shop, wanted: Filter) -> tuple[int, int]:
    """How many there are, and their sum in minor units."""
    return Order.select(fn.COUNT(Order.id), fn.COALESCE(fn.SUM(Order.sum_minor), 0)).where(
        *conditions(shop, wanted)
    ).scalar(as_tuple=True)  # fmt: skip


def find(shop: Shop, number: int) -> Order | None:
    """A placed order by the shop's own number."""
    return Order.get_or_none(Order.shop == shop, Order.number == number)


def operators(shop: Shop) -> list[User]:
    """Who ever took an order for this shop, in the order of their names."""
    took = Order.select(Order.operator).where(Order.shop == shop, Order.number.is_null(False))
    return list(User.select().where(User.id.in_(took)).order_by(User.name))


def conditions(shop: Shop, wanted: Filter) -> list:
    """What holds for each order that is asked for."""
    starts, ends = instants(shop, wanted.first, wanted.last)
    found = [Order.shop == shop, Order.number.is_null(False)]
    found += [Order.state.in_(GROUPS[wanted.group])] if wanted.group in GROUPS else []
    found += [Order.placed_at >= starts] if starts else []
    found += [Order.placed_at < ends] if ends else []
    found += [_is(Order.did, wanted.did)] if wanted.did is not None else []
    found += [_is(Order.operator, wanted.operator)] if wanted.operator is not None else []
    return found + ([_is_about(wanted.text)] if wanted.text else [])


def _is(field, row_id: int):
    return field.is_null() if row_id == NOBODY else field == row_id


def _is_about(text: str):
    """An order's own number, the whole telephone, or letters of the name."""
    about = fn.INSTR(fn.casefold(Order.customer_name), text.casefold()) > 0
    if (digits := text.lstrip("№# ")).isascii() and digits.isdigit() and len(digits) < 10:
        about |= Order.number == int(digits)
    if telephone := numbers.normalise(text):
        about |= Order.customer == telephone
    return about
