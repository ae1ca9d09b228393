"""The letter of an order: to every owner of the shop, at once, with all he needs to confirm it; and one more when the
operator who took it mends it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from calls import numbers
from mail import letters, outbox
from models import Order, OrderCorrection, Outbox, Union
from orders import orders
from settings import Settings
from union import money, people


def send(order: Order, link: Callable[[Order], str], settings: Settings) -> list[Outbox]:
    """Queue it, to each in his own language. The customer is the shop's: his number stands in it whole."""
    return _send(order, "order", f"order:{order.id}", link, settings)


def send_correction(correction: OrderCorrection, link: Callable[[Order], str], settings: Settings) -> list[Outbox]:
    """What an operator mended in an order, and the order as it stands now."""
    order = Order.get_by_id(correction.order_id)
    about, altered = f"order-correction:{correction.id}", _different(orders.altered(correction))
    return _send(order, "order_mended", about, link, settings, altered=altered, mended_by=correction.user.name)


def _different(altered: dict[str, tuple]) -> dict[str, tuple]:
    """The same, with only those lines of goods that came or went."""
    if "lines" not in altered:
        return altered
    before, after = (Counter(map(tuple, lines)) for lines in altered["lines"])
    return altered | {"lines": (list((before - after).elements()), list((after - before).elements()))}


def _send(
    order: Order, letter: str, about: str, link: Callable[[Order], str], settings: Settings, **more
) -> list[Outbox]:
    lines, queued = orders.lines(order), []
    for role in people.owners(order.shop):
        words = _words(letter, role.user.language, order, lines, link(order), more)
        queued.append(outbox.queue("order", about, role.user.email, words.subject, words.text, settings, words.html))
    return queued


def _words(letter: str, language: str, order: Order, lines: list, link: str, more: dict) -> letters.Letter:
    union = Union.get_or_none()

    def written(minor: int) -> str:
        return money.written(minor, union.currency if union else "UAH", language)

    return letters.write(
        letter, language, order=order, lines=lines, shop=order.shop.name, link=link, money=written,
        telephone=numbers.national(order.customer), operator=order.operator.name if order.operator else "",
        source=order.did.label if order.did else "", **more,
    )  # fmt: skip
