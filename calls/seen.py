"""What an operator has seen of the shops' customers: each call, callback, number, order and recording, by its time.

Told when she leaves, so that each shop knows what left with her. Numbers are in it as facts; who may read them whole
is the page's business.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from models import Attempt, Call, Callback, Leg, Listening, Order, Recording, Reveal, Shop, User

KINDS = ("call", "callback", "number", "order", "recording")


@dataclass(frozen=True)
class Seen:
    """At this instant she spoke with, dialled, looked at, wrote down or heard this customer (E.164 or None)."""

    at: dt.datetime
    kind: str
    shop: Shop
    customer: str | None


def by(user: User, since: dt.datetime) -> list[Seen]:
    """All of it since then, the newest first; the test shop's left out."""
    seen = [*_calls(user, since), *_callbacks(user, since), *_numbers(user, since), *_orders(user, since),
            *_recordings(user, since)]  # fmt: skip
    return sorted((one for one in seen if not one.shop.is_test), key=lambda one: one.at, reverse=True)


def counted(seen: list[Seen]) -> list[tuple[Shop, Counter]]:
    """How much of each kind, by shop, in the order of their names."""
    shops = {one.shop.id: one.shop for one in seen}
    counts = {shop_id: Counter(one.kind for one in seen if one.shop.id == shop_id) for shop_id in shops}
    return [(shop, counts[shop.id]) for shop in sorted(shops.values(), key=lambda shop: shop.name)]


def _calls(user: User, since: dt.datetime) -> Iterator[Seen]:
    """She picked up; a callback of hers is told by its attempt."""
    answered = Leg.user == user, Leg.party == "operator", Leg.answered_at >= since, Call.direction == "in"
    for leg in Leg.select(Leg, Call, Shop).join(Call).join(Shop).where(*answered):
        yield Seen(leg.answered_at, "call", leg.call.shop, leg.call.customer)


def _callbacks(user: User, since: dt.datetime) -> Iterator[Seen]:
    query = Attempt.select(Attempt, Callback, Shop).join(Callback).join(Shop)
    for attempt in query.where(Attempt.user == user, Attempt.sent_at >= since):
        yield Seen(attempt.sent_at, "callback", attempt.callback.shop, attempt.customer)


def _numbers(user: User, since: dt.datetime) -> Iterator[Seen]:
    for row in Reveal.select(Reveal, Shop).join(Shop).where(Reveal.user == user, Reveal.at >= since):
        yield Seen(row.at, "number", row.shop, row.number)


def _orders(user: User, since: dt.datetime) -> Iterator[Seen]:
    """What she took; one the customer dictated another number for names that one, which she wrote herself."""
    for order in Order.select(Order, Shop).join(Shop).where(Order.operator == user, Order.placed_at >= since):
        yield Seen(order.placed_at, "order", order.shop, order.customer)


def _recordings(user: User, since: dt.datetime) -> Iterator[Seen]:
    query = Listening.select(Listening, Recording, Shop, Call.customer.alias("customer")).join(Recording).join(Shop)
    query = query.join(Call, on=(Call.key == Recording.call_key)).where(Listening.user == user, Listening.at >= since)
    for row in query.objects():
        yield Seen(row.at, "recording", Shop.get_by_id(row.shop), row.customer)
