"""A shop's orders, for its owner alone: what waits for him, each order with its call, and the funnel.

The coordinator sees none of it: who orders what from a shop is the shop's, and he is a competitor. What is asked for
stands in the address; a figure is a link to its own list, and the CSV is that list.
"""

from __future__ import annotations

import datetime as dt

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from markupsafe import Markup

from calls import recordings
from models import Call, Did, Order, OrderCorrection, Shop, utcnow
from orders import funnel as funnels
from orders import order_list
from orders import orders as rules
from orders.order_list import NOBODY, Filter
from orders.typed import Typed
from union import audit, money
from union.faults import Refused
from web import order_csv
from web.access import found, settings, shop_page
from web.calls import asked_day, asked_id
from web.languages import month_name, today
from web.languages import number as number_text
from web.order_words import FIELDS, GROUPS, REASONS, TEXTS, goods, typed_form, with_blank, written
from web.orders import in_words

shop_orders = Blueprint("shop_orders", __name__)

PAGE = 50
MONTHS = 6
ASKED = {"first": "from", "last": "to", "group": "state", "did": "did", "operator": "operator", "text": "q"}
TEXT_LONGEST = 100


# --- the list ----------------------------------------------------------------------------------------------------


@shop_orders.get("/shops/<int:shop_id>/orders")
@shop_page()
def index(shop: Shop):
    wanted = asked()
    listed = order_list.orders(shop, wanted, PAGE + 1, before=asked_id("before"))
    page = {
        "shop": shop,
        "orders": listed[:PAGE],
        "wanted": wanted,
        "nothing": Filter(),
        "counted": order_list.count(shop, wanted),
        "more": address(shop, wanted, before=listed[PAGE - 1].number) if len(listed) > PAGE else None,
        "csv": address(shop, wanted, "shop_orders.csv"),
        "address": lambda **changed: address(shop, Filter(**changed)),
        "goods": goods,
        **TEXTS,
    }
    if request.htmx:
        return render_template("orders/_list.html", **page)
    return render_template("orders/index.html", tiles=tiles(shop), **choices(shop), **page)


def tiles(shop: Shop) -> list[tuple[Filter, int, int]]:
    """The figures of the headline: what waits for a deed of the shop, and this month; each with its sum."""
    first = today(shop).replace(day=1)
    asked_for = (*(Filter(group=group) for group in ("new", "confirmed", "sent")), Filter(first=first))
    return [(wanted, *order_list.count(shop, wanted)) for wanted in asked_for]


def choices(shop: Shop) -> dict:
    """What the list may be narrowed to."""
    return {"dids": list(shop.dids.order_by(Did.starts_at)), "operators": order_list.operators(shop)}


def asked() -> Filter:
    """What the address asks for; what is nonsense in it asks for nothing."""
    group = request.args.get("state", "")
    return Filter(
        first=asked_day("from"),
        last=asked_day("to"),
        group=group if group in GROUPS else "",
        did=asked_one("did"),
        operator=asked_one("operator"),
        text=request.args.get("q", "").strip()[:TEXT_LONGEST],
    )


def asked_one(name: str) -> int | None:
    """The id of a row, or NOBODY for orders that came without one."""
    return NOBODY if request.args.get(name) == str(NOBODY) else asked_id(name)


def address(shop: Shop, wanted: Filter, endpoint: str = "shop_orders.index", **more) -> str:
    """Where what is wanted can be found."""
    given = {ASKED[name]: value for name, value in vars(wanted).items() if value not in (None, "")}
    return url_for(endpoint, shop_id=shop.id, **given, **more)


@shop_orders.get("/shops/<int:shop_id>/orders.csv")
@shop_page()
def csv(shop: Shop):
    """The list as a file: the same orders."""
    wanted = asked()
    detail = " ".join(f"{ASKED[name]}={value}" for name, value in vars(wanted).items() if value and name != "text")
    audit.note(current_user.actor, "orders.export", f"shop:{shop.id}", shop=shop, detail=detail)
    return Response(
        "".join(order_csv.lines(shop, order_list.every(shop, wanted))),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="orders-{shop.id}-{today(shop)}.csv"'},
    )


# --- one order ---------------------------------------------------------------------------------------------------


@shop_orders.get("/shops/<int:shop_id>/orders/<int:number>")
@shop_page()
def show(shop: Shop, number: int):
    return order_page(shop, order_of(shop, number))


def order_of(shop: Shop, number: int) -> Order:
    return found(order_list.find(shop, number) if number < 2**63 else None)


def order_page(shop: Shop, order: Order, faults: dict | None = None, status: int = 200, wanted: str = ""):
    """The order as it stands; wanted: the state that was asked for in vain."""
    call = Call.get_or_none(Call.key == order.call_key, Call.shop == shop) if order.call_key else None
    return render_template(
        "orders/_order.html" if request.htmx else "orders/show.html",
        shop=shop,
        order=order,
        lines=rules.lines(order),
        call=call,
        has_recording=bool(call and current_user.hears(shop.id) and recordings.of([call.key])),
        history=[(row, differences(row) if isinstance(row, OrderCorrection) else None) for row in rules.history(order)],
        next_states=rules.NEXT[order.state],
        with_reason=rules.WITH_REASON,
        undoable=rules.undoable(order, utcnow(), settings()),
        faults=in_words(faults or {}),
        wanted=wanted,
        **TEXTS,
    ), status


def differences(row: OrderCorrection) -> list[tuple[str, str, str]]:
    """What a correction altered: field, before, after, as people read it."""
    return [(FIELDS[name], *(written(name, value) for value in pair)) for name, pair in rules.altered(row).items()]


@shop_orders.post("/shops/<int:shop_id>/orders/<int:number>/changes")
@shop_page()
def change(shop: Shop, number: int):
    """Bring it into its next state; the reason is one of those that are offered, or typed."""
    state = request.form.get("state", "")
    reason = request.form.get("reason", "").strip() or chosen_reason(state)
    return deed(shop, number, lambda order: rules.change(order, state, reason, current_user.actor, utcnow()), state)


def chosen_reason(state: str) -> str:
    """A reason that was only pressed, in the words of the one who pressed it."""
    place = request.form.get("chosen", -1, type=int)
    offered = REASONS.get(state, ())
    return str(offered[place]) if 0 <= place < len(offered) else ""


@shop_orders.post("/shops/<int:shop_id>/orders/<int:number>/undo")
@shop_page()
def undo(shop: Shop, number: int):
    return deed(shop, number, lambda order: rules.undo(order, current_user.actor, utcnow(), settings()))


def deed(shop: Shop, number: int, do, wanted: str = ""):
    """Do it and show the order, or say on it why not."""
    order = order_of(shop, number)
    try:
        do(order)
    except Refused as refused:
        status = 422 if "reason" in refused.faults else 409
        return order_page(shop, order_of(shop, number), refused.faults, status, wanted)
    if request.htmx:
        return order_page(shop, order_of(shop, number))
    return redirect(url_for("shop_orders.show", shop_id=shop.id, number=number))


# --- entering and correcting -------------------------------------------------------------------------------------


@shop_orders.route("/shops/<int:shop_id>/orders/new", methods=["GET", "POST"])
@shop_page()
def new(shop: Shop):
    """An order that came without a call of ours: by mail, in the shop, on the owner's mobile."""
    typed, telephone = typed_form(), request.form.get("telephone", "").strip()
    token = request.form.get("token", "") or rules.new_token()
    if request.method == "GET" or "more" in request.form:
        return form_page("orders/new.html", shop, typed, telephone, form_token=token)
    try:
        order = enter(rules.Origin(shop), token, typed, telephone)
    except Refused as refused:
        return form_page("orders/new.html", shop, typed, telephone, refused.faults, form_token=token)
    return redirect(url_for("shop_orders.show", shop_id=shop.id, number=order.number), 303)


def enter(origin: rules.Origin, token: str, typed: Typed, telephone: str) -> Order:
    """All of it or nothing, with everything that is wrong at once. Raises Refused."""
    wrong = typed.faults()
    try:
        rules.readable(telephone)
    except Refused as refused:
        wrong |= refused.faults if telephone else {"telephone": "missing"}
    if wrong:
        raise Refused(**wrong)
    rules.save_draft(origin, token, typed, utcnow())
    order = rules.dictate(origin, token, telephone, utcnow())
    rules.place(order, current_user.actor, utcnow())
    return Order.get_by_id(order.id)


@shop_orders.route("/shops/<int:shop_id>/orders/<int:number>/edit", methods=["GET", "POST"])
@shop_page()
def edit(shop: Shop, number: int):
    """A correction of a placed order, and its margin; what it was stays in its history."""
    order = order_of(shop, number)
    if request.method == "GET":
        margin = "" if order.margin_minor is None else money.typed(order.margin_minor)
        telephone = current_user.customer(shop.id, order.customer)
        return form_page("orders/edit.html", shop, Typed.of(order), telephone, order=order, margin=margin)
    typed, telephone = typed_form(), request.form.get("telephone", "").strip()
    margin = request.form.get("margin", "").strip()
    if "more" in request.form:
        return form_page("orders/edit.html", shop, typed, telephone, order=order, margin=margin)
    try:
        if rules.correct(order, typed, telephone, margin, current_user.actor, utcnow()):
            flash(gettext("Corrected. What it was stays in the history of the order."))
    except Refused as refused:
        return form_page("orders/edit.html", shop, typed, telephone, refused.faults, order=order, margin=margin)
    return redirect(url_for("shop_orders.show", shop_id=shop.id, number=number), 303)


def form_page(template: str, shop: Shop, typed: Typed, telephone: str, wrong: dict | None = None, **more):
    page = render_template(
        template, order=more.pop("order", None), shop=shop, typed=typed, lines=with_blank(typed), telephone=telephone, faults=in_words(wrong or {}), **more
    )  # fmt: skip
    return page, 422 if wrong else 200


# --- the funnel --------------------------------------------------------------------------------------------------


@shop_orders.get("/shops/<int:shop_id>/orders/funnel")
@shop_page()
def funnel(shop: Shop):
    month = asked_month(today(shop))
    last = funnels.last_of(month)
    return render_template(
        "orders/funnel.html",
        shop=shop,
        month=month_name(month),
        whole=funnels.whole(shop, month, last),
        operators=[
            (user.name if user else gettext("Without an operator"), row, links(shop, month, operator=row.key))
            for user, row in funnels.by_operator(shop, month, last)
        ],
        sources=[
            (
                (did.label or number_text(did.number)) if did else gettext("Without a call"),
                row,
                links(shop, month, did=row.key),
            )
            for did, row in funnels.by_source(shop, month, last)
        ],
        months=[
            (month_link(shop, row.key), row, links(shop, row.key))
            for row in funnels.by_month(shop, funnels.months_until(today(shop), MONTHS))
        ],
        behind=links(shop, month),
        least=funnels.RELIABLE_LEAST,
    )


def asked_month(default: dt.date) -> dt.date:
    """The first day of the month in the address, else of this one."""
    try:
        month = dt.date.fromisoformat(f"{request.args.get('month', '')}-01")
    except ValueError:
        return default.replace(day=1)
    return month if 2000 <= month.year < 2100 else default.replace(day=1)


def links(shop: Shop, first: dt.date, **key) -> dict[str, str | None]:
    """The list behind each step of a month's funnel; None for conversations that bear nobody's name."""
    last = funnels.last_of(first)
    spoken = {"from": first, "to": last, "group": "spoken"}
    calls = None if NOBODY in key.values() else url_for("calls.index", shop_id=shop.id, **spoken, **key)
    return {"calls": calls} | {
        step: address(shop, Filter(first, last, group, **key)) for step, group in funnels.STEPS.items()
    }


def month_link(shop: Shop, month: dt.date) -> Markup:
    """The name of a month, leading to its funnel."""
    href = url_for("shop_orders.funnel", shop_id=shop.id, month=f"{month:%Y-%m}")
    return Markup('<a href="{}">{}</a>').format(href, month_name(month))
