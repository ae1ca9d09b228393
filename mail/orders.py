"""The letter of an order: to every owner of the shop, at once, with all he needs to confirm it."""

from __future__ import annotations

from collections.abc import Callable

from calls import numbers
from mail import letters, outbox
from models import Order, Outbox, Union
from orders import orders
from settings import Settings
from union import money, people


def send(order: Order, link: Callable[[Order], str], settings: Settings) -> list[Outbox]:
    """Queue it, to each in his own language. The customer is the shop's: his number stands in it whole."""
    lines = orders.lines(order)
    return [_send_to(role.user, order, lines, link(order), settings) for role in people.owners(order.shop)]


def _send_to(owner, order: Order, lines: list, link: str, settings: Settings) -> Outbox:
    union = Union.get_or_none()

    def written(minor: int) -> str:
        return money.written(minor, union.currency if union else "UAH", owner.language)

    letter = letters.write(
        "order", owner.language, order=order, lines=lines, shop=order.shop.name, link=link, money=written,
        telephone=numbers.national(order.customer), operator=order.operator.name if order.operator else "",
        source=order.did.label if order.did else "",
    )  # fmt: skip
    return outbox.queue("order", f"order:{order.id}", owner.email, letter.subject, letter.text, settings, letter.html)
