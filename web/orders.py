"""The order on an operator's desk: the form that is saved as she types it, and what the customer already waits for.

Everything is scoped by the call (calls/served.py). The telephone that a customer dictates is only ever written here:
no answer of these pages carries it, wrong or right; she sees it masked, whatever the shop allows.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import current_user

from calls import numbers
from calls.served import Served, served
from mail import orders as letters
from models import Order, database, utcnow
from orders import orders as rules
from orders.typed import Typed, TypedLine
from union.faults import Refused
from web import errors, faults
from web.access import allow, found, settings
from web.order_words import TEXTS, goods, typed_form, with_blank

orders = Blueprint("orders", __name__)


@dataclass(frozen=True)
class Desk:
    """A call of hers and the order she types in it; order is None while nothing was typed."""

    call: Served
    token: str
    order: Order | None

    @property
    def origin(self) -> rules.Origin:
        call = self.call
        return rules.Origin(call.shop, call.key, call.did, current_user.user, call.customer)

    @property
    def telephone(self) -> str:
        """The order's telephone as she may see it."""
        if self.order and self.order.is_dictated:
            return numbers.masked(self.order.customer)
        return current_user.customer(self.call.shop.id, self.call.customer)


@orders.get("/desk/calls/<key>/order")
@allow("operator", "trainee")
def pane(key: str):
    call = call_of(key)
    draft = rules.draft(key, current_user.user)
    if not draft and "more" not in request.args and rules.placed_in(key, call.shop, current_user.user):
        return shown_placed(call)
    return form(Desk(call, draft.token if draft else rules.new_token(), draft))


@orders.post("/desk/calls/<key>/order/draft")
@allow("operator", "trainee")
def save(key: str):
    """Saved as typed; the answer is the sums, what is wrong so far, and a new blank line when the last was used."""
    desk, typed = kept(key)
    if not request.htmx:
        wrong = telephone_faults(desk)
        return form(desk, wrong) if wrong else redirect(url_for("orders.pane", key=key, more=1))
    asked = len(request.form.getlist("title"))
    return render_template(
        "orders/_saved.html",
        typed=typed,
        blank=TypedLine(quantity="1"),
        asked=asked,
        grows=len(typed.lines) == asked,
        faults=in_words(typed.faults(is_finished=False)),
        at=utcnow(),
    )


@orders.post("/desk/calls/<key>/order/telephone")
@allow("operator", "trainee")
def dictate(key: str):
    """Another telephone, or the caller's again; the answer is masked, and a wrong one is said beside the field only."""
    desk, _ = kept(key)
    try:
        order = rules.dictate(desk.origin, desk.token, request.form.get("telephone", "").strip(), utcnow())
    except Refused as refused:
        if not request.htmx:
            return form(desk, refused.faults)
        return render_template("orders/_telephone_fault.html", faults=in_words(refused.faults)), 422, RETARGETED
    if not request.htmx:
        return redirect(url_for("orders.pane", key=key, more=1))
    return render_template("orders/_telephone.html", desk=Desk(desk.call, desk.token, order), faults={})


RETARGETED = {"HX-Retarget": "#order-telephone-fault", "HX-Reswap": "outerHTML"}  # what was typed stays in its field


@orders.post("/desk/calls/<key>/order")
@allow("operator", "trainee")
def place(key: str):
    """Place it and tell the shop, together; or the form again with everything in it."""
    desk, typed = kept(key)
    wrong = telephone_faults(desk) | typed.faults()
    order = Order.get_by_id(desk.order.id)
    if wrong and order.state == "draft":
        return form(Desk(desk.call, desk.token, order), wrong)
    try:
        place_and_tell(order)
    except Refused as refused:
        return form(Desk(desk.call, desk.token, order), refused.faults)
    return placed_page(desk.call)


def placed_page(call: Served):
    if not request.htmx:
        return redirect(url_for("orders.pane", key=call.key), 303)
    page, status = shown_placed(call)
    return page, status, {"HX-Trigger": "order-placed"}  # the card beside shows what the call came to


def telephone_faults(desk: Desk) -> dict[str, str]:
    """A telephone that was typed but not taken yet is taken now."""
    if not (text := request.form.get("telephone", "").strip()):
        return {}
    try:
        rules.dictate(desk.origin, desk.token, text, utcnow())
    except Refused as refused:
        return refused.faults
    return {}


def place_and_tell(order: Order) -> None:
    """The order and the letters to its shop's owners, all or nothing. Raises Refused."""
    with database.atomic():
        if rules.place(order, current_user.actor, utcnow()):
            letters.send(Order.get_by_id(order.id), link, settings())


def link(order: Order) -> str:
    """The whole address of an order's page: by the host people are told, else by the one this request used."""
    path = url_for("shop_orders.show", shop_id=order.shop_id, number=order.number)
    host = settings().public_host
    return f"https://{host}{path}" if host else request.url_root.rstrip("/") + path


# --- what she mends in an order of this call, until its shop takes it on ---------------------------------------


@orders.get("/desk/calls/<key>/orders/<int:order_number>")
@allow("operator", "trainee")
def show_placed(key: str, order_number: int):
    """The form; once the order is the shop's, why there is none, and nothing of what stands in it."""
    call = call_of(key)
    order = placed_here(call, order_number)
    if not rules.is_mendable(order, current_user.user):
        return shown_placed(call, faults.text("order_taken_on"))
    return mending(call, order, Typed.of(order), {}, 200)


@orders.post("/desk/calls/<key>/orders/<int:order_number>")
@allow("operator", "trainee")
def mend(key: str, order_number: int):
    """Mend it and tell the shop what is different, together; or the form again with everything in it."""
    call = call_of(key)
    order, typed = placed_here(call, order_number), typed_form()
    if "more" in request.form:
        return mending(call, order, typed, {}, 200)
    try:
        with database.atomic():
            if correction := rules.mend(order, typed, current_user.actor, utcnow()):
                letters.send_correction(correction, link, settings())
    except Refused as refused:
        return mending(call, order, typed, refused.faults, 422)
    return placed_page(call)


def placed_here(call: Served, number: int) -> Order:
    """An order that she herself placed in this call."""
    own = rules.placed_in(call.key, call.shop, current_user.user)
    return found(next((order for order in own if order.number == number), None))


def mending(call: Served, order: Order, typed: Typed, wrong: dict[str, str], status: int):
    lines = with_blank(typed)
    return shown(Desk(call, "", order), status, mended=order, typed=typed, lines=lines, faults=in_words(wrong))


# --- what is shown -----------------------------------------------------------------------------------------------


def call_of(key: str) -> Served:
    return found(served(current_user.user, key, utcnow(), settings()))


def kept(key: str) -> tuple[Desk, Typed]:
    """The form that was sent, and what is typed in it, which is kept before anything else. Raises Refused."""
    desk, typed = Desk(call_of(key), request.form.get("token", ""), None), typed_form()
    return Desk(desk.call, desk.token, rules.save_draft(desk.origin, desk.token, typed, utcnow())), typed


@orders.errorhandler(Refused)
def not_this_form(_refused: Refused):
    """A form that is not hers, or of another call."""
    return errors.show(422)


def form(desk: Desk, wrong: dict[str, str] | None = None):
    typed = Typed.of(desk.order) if desk.order else Typed()
    if typed.is_blank and not wrong:
        typed = Typed(customer_name=rules.name_of(desk.call.shop, desk.call.customer))
    return shown(
        desk, 422 if wrong else 200, typed=typed, lines=with_blank(typed), faults=in_words(wrong or {}), placed=None
    )


def shown(desk: Desk, status: int = 200, **more):
    waits_for = rules.open_orders(desk.call.shop, desk.call.customer)
    template = "orders/_pane.html" if request.htmx else "orders/desk.html"
    return render_template(template, desk=desk, waits_for=waits_for, goods=goods, **TEXTS, **more), status


def shown_placed(call: Served, notice: str = ""):
    placed = rules.placed_in(call.key, call.shop, current_user.user)
    mendable = [order for order in placed if rules.is_mendable(order, current_user.user)]
    return shown(Desk(call, "", None), placed=placed, mendable=mendable, notice=notice)


def in_words(wrong: dict[str, str]) -> dict[str, str]:
    return {field: faults.text(code) for field, code in wrong.items()}
