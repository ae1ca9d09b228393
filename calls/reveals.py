"""Whole numbers of customers before an operator: by an act of hers, one at a time, where the shop lets her, counted.

A trainee sees none, and a coordinator who also answers the line none either: he is a competitor. What she made
appear stays on her pages for `reveal_minutes`, and goes at once when the shop takes the leave back. Each act is a row,
which the shop's owner reads, and stands in the journal, which holds no number.
"""

from __future__ import annotations

import datetime as dt

from peewee import fn

from calls.callbacks import require_claimed
from calls.served import Served
from models import Callback, Reveal, Shop, User, database
from settings import Settings
from union import audit
from union.audit import Actor
from union.people import Rights


def may(rights: Rights, shop: Shop) -> bool:
    """Whether who has these rights may make a number of the shop's customers appear."""
    return rights.operator and not rights.coordinator and shop.numbers_open


def lately(user: User, rights: Rights, now: dt.datetime, settings: Settings) -> frozenset[tuple[int, str]]:
    """(shop id, number) of what she has made appear and still may see."""
    if not rights.operator or rights.coordinator:
        return frozenset()
    since = now - dt.timedelta(minutes=settings.reveal_minutes)
    rows = Reveal.select(Reveal.shop, Reveal.number).join(Shop).where(Shop.numbers_open)
    return frozenset(rows.where(Reveal.user == user, Reveal.at > since).tuples())


def of_call(served: Served, by: Actor, now: dt.datetime) -> None:
    """Her call's customer."""
    _reveal(served.shop, served.customer, f"call:{served.key}", by, now)


def of_callback(callback: Callback, user: User, by: Actor, now: dt.datetime) -> None:
    """The customer of a callback she holds. Raises callbacks.Refused."""
    with database.atomic():
        require_claimed(callback, user, now)
        _reveal(callback.shop, callback.customer, f"callback:{callback.id}", by, now)


def _reveal(shop: Shop, number: str, about: str, by: Actor, now: dt.datetime) -> None:
    with database.atomic():
        Reveal.create(user=by.user, shop=shop, number=number, about=about, at=now)
        audit.note(by, "number.reveal", about, shop=shop)


# --- what its owner reads ------------------------------------------------------------------------------------------


def counted(shop: Shop, since: dt.datetime) -> list[tuple[User, int]]:
    """How many numbers each operator has made appear since then, the most first."""
    count = fn.COUNT(Reveal.id)
    query = User.select(User, count.alias("reveals")).join(Reveal).where(Reveal.shop == shop, Reveal.at >= since)
    return [(user, user.reveals) for user in query.group_by(User.id).order_by(count.desc(), User.name)]


def latest(shop: Shop, most: int) -> list[Reveal]:
    """The last ones, the newest first, each with who it was."""
    query = Reveal.select(Reveal, User).join(User).where(Reveal.shop == shop)
    return list(query.order_by(Reveal.id.desc()).limit(most))
