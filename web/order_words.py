"""What pages and files call the states of an order, and how an order's form is read from a request."""

from __future__ import annotations

from itertools import zip_longest

from flask import request
from flask_babel import lazy_gettext as _l

from calls import numbers
from models import Order
from orders.typed import Typed, TypedLine
from web.languages import money

STATES = {
    "draft": _l("not placed yet"),
    "new": _l("new"),
    "confirmed": _l("confirmed"),
    "sent": _l("sent"),
    "delivered": _l("delivered"),
    "returned": _l("returned"),
    "cancelled": _l("cancelled"),
}
GROUPS = {
    "": _l("All orders"),
    "open": _l("Under way"),
    "new": _l("New"),
    "confirmed": _l("Confirmed"),
    "sent": _l("Sent"),
    "delivered": _l("Delivered"),
    "returned": _l("Returned"),
    "cancelled": _l("Cancelled"),
    "once_confirmed": _l("Confirmed and further"),
    "once_sent": _l("Sent and further"),
}
DEEDS = {  # what brings an order into a state, as a button says it
    "confirmed": _l("Confirm"),
    "sent": _l("Mark as sent"),
    "delivered": _l("Mark as delivered"),
    "returned": _l("It came back"),
    "cancelled": _l("Cancel the order"),
}
REASONS = {  # what is said most often; anything else may be typed
    "returned": (_l("not collected at the post office"), _l("did not suit"), _l("damaged on the way")),
    "cancelled": (_l("changed his mind"), _l("out of stock"), _l("can't be reached"), _l("ordered twice")),
}
FIELDS = {  # what a correction may alter
    "customer_name": _l("Customer's name"),
    "customer": _l("Telephone"),
    "lines": _l("What is ordered"),
    "delivery": _l("Delivery"),
    "comment": _l("Comment"),
    "margin_minor": _l("Margin"),
}
TEXTS = {"states": STATES, "groups": GROUPS, "deeds": DEEDS, "reasons": REASONS}


def typed_form() -> Typed:
    """What was typed into the form of an order."""
    columns = (request.form.getlist(name) for name in ("title", "quantity", "price"))
    lines = [TypedLine(*(cell.strip() for cell in row)) for row in zip_longest(*columns, fillvalue="")]
    while lines and lines[-1].is_blank:
        lines.pop()
    words = {name: request.form.get(name, "").strip() for name in ("customer_name", "delivery", "comment")}
    return Typed(lines=tuple(lines), **words)


def with_blank(typed: Typed) -> list[TypedLine]:
    """The lines of a form and one more to type into."""
    return [*typed.lines, TypedLine(quantity="1")]


def goods(order: Order) -> str:
    """What was ordered, in one line: Tea × 2, Cup × 1."""
    return ", ".join(f"{line.title} × {line.quantity}" for line in order.lines)


def written(name: str, value) -> str:
    """A value of a correction as its owner reads it."""
    if name == "lines":
        return "; ".join(f"{title} × {quantity}, {money(price)}" for title, quantity, price in value)
    if name == "customer":
        return numbers.national(value) if value else ""
    if name == "margin_minor":
        return "" if value is None else money(value)
    return value
