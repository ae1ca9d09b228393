"""What a shop and a customer have had with each other, for the one who is about to speak with him.

Of this shop only: whoever serves one shop learns nothing of what a customer does with another.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from calls import notes, outcomes
from calls.served import Served
from models import Call, Callback, CallNote, Order, Outcome, User

SHOWN = 5


@dataclass(frozen=True)
class Past:
    """An earlier call, what it came to and what was noted down; each may be missing."""

    call: Call
    outcome: Outcome | None
    note: CallNote | None


@dataclass(frozen=True)
class History:
    """name is "" until an order told it; calls counts them all, past holds the latest; orders are placed ones."""

    name: str = ""
    calls: int = 0
    past: list[Past] = field(default_factory=list)
    callback: Callback | None = None
    orders: list[Order] = field(default_factory=list)


def of(served: Served) -> History:
    """What there was before this conversation; nothing of a customer who is not known."""
    if not served.customer:
        return History()
    his = (Call.shop == served.shop) & (Call.customer == served.customer) & (Call.key != served.key)
    ended = Call.select(Call, User).left_outer_join(User).where(his & Call.ended_at.is_null(False))
    calls = list(ended.order_by(Call.arrived_at.desc()).limit(SHOWN))
    came_to, noted = outcomes.of(call.key for call in calls), notes.of(call.key for call in calls)
    orders = Order.select().where((Order.shop == served.shop) & (Order.customer == served.customer))
    placed = list(orders.where(Order.placed_at.is_null(False)).order_by(Order.placed_at.desc()))
    return History(
        name=next((order.customer_name for order in placed if order.customer_name), ""),
        calls=ended.count(),
        past=[Past(call, came_to.get(call.key), next(iter(noted.get(call.key, ())), None)) for call in calls],
        callback=_open_callback(served),
        orders=placed[:SHOWN],
    )


def _open_callback(served: Served) -> Callback | None:
    his = (Callback.shop == served.shop) & (Callback.customer == served.customer)
    return Callback.get_or_none(his & Callback.closed_at.is_null())
