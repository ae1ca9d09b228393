"""Orders: typed during a call, placed once, then new → confirmed → sent → delivered, returned or cancelled.

Nothing is changed silently. A state is an OrderChange with who, when and why; the last one can be taken back for a
while, which is one more. What a placed order holds is altered by its shop, and by the operator who took it until the
shop does something with it; what it was stays beside it.
The telephone is the caller's, or another one that he dictates; whoever may not see numbers only ever writes that one.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import secrets
from dataclasses import dataclass

from peewee import fn

from calls import numbers
from calls.own_numbers import own_numbers
from models import Call, Did, Order, OrderChange, OrderCorrection, OrderLine, Outcome, Shop, User, database
from orders import prices
from orders.typed import Line, Typed
from settings import Settings
from union import audit
from union.audit import Actor
from union.faults import Refused, refuse_if

NEXT = {  # where an order may go from each state
    "new": ("confirmed", "cancelled"),
    "confirmed": ("sent", "cancelled"),
    "sent": ("delivered", "returned", "cancelled"),
    "delivered": ("returned",),
    "returned": (),
    "cancelled": (),
}
OPEN = ("new", "confirmed", "sent")
WITH_REASON = ("returned", "cancelled")
REASON_LONGEST = 500
TOKEN = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Origin:
    """Where an order comes from: a call on an operator's desk, or an owner who enters it himself."""

    shop: Shop
    call_key: str = ""
    did: Did | None = None
    operator: User | None = None
    customer: str | None = None  # the caller's number, E.164


def new_token() -> str:
    """The name of a form that was not sent yet."""
    return secrets.token_hex(16)


# --- the draft -------------------------------------------------------------------------------------------------


def draft(call_key: str, operator: User) -> Order | None:
    """What an operator has typed in this call and not placed yet, the last of it."""
    hers = Order.call_key == call_key, Order.operator == operator, Order.state == "draft"
    return Order.select().where(*hers).order_by(Order.id.desc()).first()


def save_draft(origin: Origin, token: str, typed: Typed, now: dt.datetime) -> Order:
    """Keep what is typed, as it is typed; an order that was placed meanwhile stays as it is. Raises Refused."""
    with database.atomic():
        order = _order_of(origin, token, now)
        if order.state == "draft":
            order.typed, order.sum_minor = typed.text(), typed.sum_minor
            order.save(only=[Order.typed, Order.sum_minor])
        return order


def dictate(origin: Origin, token: str, text: str, now: dt.datetime) -> Order:
    """The customer gives another telephone; with "" his own counts again. Raises Refused."""
    number = readable(text) if text else origin.customer
    with database.atomic():
        order = _order_of(origin, token, now)
        if order.state == "draft":
            order.customer, order.is_dictated = number, number != origin.customer
            order.save(only=[Order.customer, Order.is_dictated])
        return order


def readable(text: str) -> str:
    """The number of a customer somebody typed, E.164. Raises Refused: none, a service's, a dear one, one of ours."""
    number = numbers.normalise(text)
    kind = numbers.not_callable(number, numbers.ALLOWABLE, own_numbers()) if number else "invalid"
    refuse_if(telephone={"": None, "invalid": "number_wrong"}.get(kind, "number_premium"))
    return number


def _order_of(origin: Origin, token: str, now: dt.datetime) -> Order:
    """The order of a form, which begins here if it was not sent before."""
    refuse_if(token=None if TOKEN.fullmatch(token) else "form_wrong")
    order = Order.get_or_none(Order.token == token)
    if order is None:
        return Order.create(
            shop=origin.shop, token=token, call_key=origin.call_key, did=origin.did, operator=origin.operator,
            customer=origin.customer, created_at=now, typed=Typed().text(),
        )  # fmt: skip
    same = (order.shop_id, order.call_key, order.operator_id) == (
        origin.shop.id, origin.call_key, origin.operator and origin.operator.id,
    )  # fmt: skip
    refuse_if(token=None if same else "form_wrong")
    return order


# --- placing -----------------------------------------------------------------------------------------------------


def place(order: Order, by: Actor, now: dt.datetime) -> bool:
    """Make a draft the shop's next order; False when it was placed before. Raises Refused."""
    typed = Typed.of(order)
    refuse_if(**typed.faults(), telephone=None if order.customer else "missing")
    with database.atomic():
        last = Order.select(fn.MAX(Order.number)).where(Order.shop == order.shop_id).scalar() or 0
        placed = Order.update(
            state="new", number=last + 1, placed_at=now, typed="", sum_minor=typed.sum_minor, delivery=typed.delivery,
            customer_name=typed.customer_name, comment=typed.comment,
        ).where(Order.id == order.id, Order.state == "draft").execute()  # fmt: skip
        if not placed:
            return False
        _write_lines(order, typed.goods)
        OrderChange.create(order=order, state="new", user=by.user, at=now)
        _say_outcome(order, by, now)
    return True


def _write_lines(order: Order, lines: list[Line]) -> None:
    OrderLine.delete().where(OrderLine.order == order).execute()
    for position, line in enumerate(lines):
        OrderLine.create(order=order, position=position, **vars(line))


def _say_outcome(order: Order, by: Actor, now: dt.datetime) -> None:
    """A call in which something was ordered came to an order, unless its operator has said otherwise."""
    if order.call_key and not Outcome.select().where(Outcome.call_key == order.call_key).exists():
        Outcome.create(call_key=order.call_key, shop=order.shop_id, user=by.user, kind="order", at=now)


# --- its states --------------------------------------------------------------------------------------------------


def change(order: Order, state: str, reason: str, by: Actor, now: dt.datetime) -> None:
    """Bring a placed order into its next state. Raises Refused: not from where it is, no reason, too long a one."""
    reason = reason.strip()
    refuse_if(
        state=None if state in NEXT.get(order.state, ()) else "order_state",
        reason="missing" if state in WITH_REASON and not reason else _too_long(reason),
    )
    with database.atomic():
        _move(order, state)
        OrderChange.create(order=order, state=state, reason=reason, user=by.user, at=now)


def undo(order: Order, by: Actor, now: dt.datetime, settings: Settings) -> None:
    """Take back the last change of state. Raises Refused when it is too old, or nothing that can be taken back."""
    last, before = _last_two(order)
    refuse_if(state=None if _may_be_undone(last, before, now, settings) else "undo_over")
    with database.atomic():
        _move(order, before.state)
        OrderChange.create(order=order, state=before.state, undoes=last, user=by.user, at=now)


def undoable(order: Order, now: dt.datetime, settings: Settings) -> OrderChange | None:
    """The change that can be taken back at this moment."""
    last, before = _last_two(order)
    return last if _may_be_undone(last, before, now, settings) else None


def _may_be_undone(last: OrderChange | None, before: OrderChange | None, now: dt.datetime, settings: Settings) -> bool:
    """Not the placing, not a taking back, not what happened long ago."""
    window = dt.timedelta(minutes=settings.order_undo_minutes)
    return bool(last and before and last.undoes_id is None and now - last.at < window)


def _last_two(order: Order) -> tuple[OrderChange | None, OrderChange | None]:
    last, before = [*order.changes.order_by(OrderChange.id.desc()).limit(2), None, None][:2]
    return last, before


def _move(order: Order, state: str) -> None:
    """Of two who move it at once the second is refused."""
    moved = Order.update(state=state).where(Order.id == order.id, Order.state == order.state).execute()
    refuse_if(state=None if moved else "order_state")
    order.state = state


def _too_long(reason: str) -> str | None:
    return "too_long" if len(reason) > REASON_LONGEST else None


# --- its correction ----------------------------------------------------------------------------------------------


def correct(order: Order, typed: Typed, telephone: str, margin: str, by: Actor, now: dt.datetime) -> bool:
    """Alter a placed order for its shop; what it was is kept. False when nothing is altered. Raises Refused."""
    number, faults = numbers.normalise(telephone), typed.faults()
    try:
        number = number if number == order.customer else readable(telephone)
    except Refused as refused:
        faults |= refused.faults if telephone else {"telephone": "missing"}
    margin_minor = prices.minor(margin) if margin else None
    refuse_if(**faults, margin="price_wrong" if margin and margin_minor is None else None)
    with database.atomic():
        return _alter(order, typed, by, now, customer=number, margin_minor=margin_minor) is not None


def mend(order: Order, typed: Typed, by: Actor, now: dt.datetime) -> OrderCorrection | None:
    """Alter an order for the operator who took it. None when nothing is altered. Raises Refused."""
    refuse_if(**typed.faults())
    with database.atomic():
        refuse_if(state=None if is_mendable(Order.get_by_id(order.id), by.user) else "order_taken_on")
        return _alter(order, typed, by, now)


def is_mendable(order: Order, operator: User) -> bool:
    """Whether she who took an order may still alter it: its shop has neither brought it further nor altered it."""
    others = OrderCorrection.order == order, OrderCorrection.user.is_null() | (OrderCorrection.user != operator)
    is_as_left = order.state == "new" and order.operator_id == operator.id
    return is_as_left and not OrderCorrection.select().where(*others).exists()


def _alter(order: Order, typed: Typed, by: Actor, now: dt.datetime, **more) -> OrderCorrection | None:
    """Within a transaction, which no other writer enters."""
    before = snapshot(order)
    Order.update(
        customer_name=typed.customer_name, delivery=typed.delivery, comment=typed.comment, sum_minor=typed.sum_minor,
        **more,
    ).where(Order.id == order.id).execute()  # fmt: skip
    _write_lines(order, typed.goods)
    after = snapshot(Order.get_by_id(order.id))
    if after == before:
        return None
    audit.note(by, "order.correct", f"order:{order.id}", shop=order.shop)
    return OrderCorrection.create(order=order, before=json.dumps(before), after=json.dumps(after), user=by.user, at=now)


def altered(row: OrderCorrection) -> dict[str, tuple]:
    """What a correction altered, by the names of snapshot(): what it was, and what it is."""
    before, after = json.loads(row.before), json.loads(row.after)
    return {name: (before[name], after[name]) for name in before if before[name] != after[name]}


def snapshot(order: Order) -> dict:
    """What an order holds, as its corrections keep it."""
    return {
        "customer_name": order.customer_name,
        "customer": order.customer,
        "lines": [[line.title, line.quantity, line.price_minor] for line in lines(order)],
        "delivery": order.delivery,
        "comment": order.comment,
        "margin_minor": order.margin_minor,
    }


# --- questions ---------------------------------------------------------------------------------------------------


def lines(order: Order) -> list[OrderLine]:
    return list(order.lines.order_by(OrderLine.position))


def placed_in(call_key: str, shop: Shop, operator: User | None = None) -> list[Order]:
    """The orders placed in a call, by this operator or by any, the first first."""
    found = Order.select().where(Order.call_key == call_key, Order.shop == shop, Order.number.is_null(False))
    return list((found.where(Order.operator == operator) if operator else found).order_by(Order.number))


def open_orders(shop: Shop, customer: str | None) -> list[Order]:
    """What a customer waits for from a shop, newest first: ordered for his number, or in a call from it."""
    if not customer:
        return []
    rang = Call.select(Call.key).where(Call.shop == shop, Call.customer == customer)
    his = (Order.customer == customer) | Order.call_key.in_(rang)
    found = Order.select().where(Order.shop == shop, Order.state.in_(OPEN), his)
    return list(found.order_by(Order.number.desc()))


def name_of(shop: Shop, customer: str | None) -> str:
    """How a customer called himself in his last order with this shop; "" when he has none."""
    if not customer:
        return ""
    own = Order.shop == shop, Order.customer == customer, Order.number.is_null(False), ~Order.is_dictated
    last = Order.select(Order.customer_name).where(*own).order_by(Order.number.desc()).first()
    return last.customer_name if last else ""


def history(order: Order) -> list[OrderChange | OrderCorrection]:
    """Everything that was done to an order, the first first, with who did it."""
    changes = OrderChange.select(OrderChange, User).left_outer_join(User).where(OrderChange.order == order)
    fixes = OrderCorrection.select(OrderCorrection, User).left_outer_join(User).where(OrderCorrection.order == order)
    return sorted([*changes, *fixes], key=lambda row: (row.at, isinstance(row, OrderCorrection), row.id))
