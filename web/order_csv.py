"""The list of orders as a file for a spreadsheet: an order a line; no cell of it can be computed (web/call_csv.py)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from flask_babel import lazy_gettext as _l
from flask_login import current_user

from models import Order, Shop
from union import money as amounts
from web.call_csv import BYTE_ORDER_MARK, line
from web.languages import number, zone
from web.order_words import STATES, goods

COLUMNS = (
    _l("Number"), _l("Date"), _l("Time"), _l("State"), _l("Customer"), _l("Telephone"), _l("Goods"), _l("Sum"),
    _l("Margin"), _l("Delivery"), _l("Comment"), _l("Operator"), _l("Number called"), _l("Source"),
)  # fmt: skip


def lines(shop: Shop, orders: Iterable[Order]) -> Iterator[str]:
    """The file, a line at a time."""
    yield BYTE_ORDER_MARK + line(COLUMNS)
    for order in orders:
        yield line(cells(shop, order))


def cells(shop: Shop, order: Order) -> tuple:
    local = order.placed_at.astimezone(zone(shop))
    return (
        order.number,
        local.strftime("%Y-%m-%d"),
        local.strftime("%H:%M:%S"),
        STATES[order.state],
        order.customer_name,
        current_user.customer(shop.id, order.customer),
        goods(order),
        amounts.typed(order.sum_minor),
        "" if order.margin_minor is None else amounts.typed(order.margin_minor),
        order.delivery,
        order.comment,
        order.operator.name if order.operator else "",
        number(order.did.number) if order.did else "",
        order.did.label if order.did else "",
    )
