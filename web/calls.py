"""A shop's calls: the log, and each call's story. What is asked for stands in the address, so it can be kept and sent.

There is no search by a customer's number: who may not see numbers could find them out by asking.
"""

from __future__ import annotations

import datetime as dt
from itertools import groupby

from flask import Blueprint, render_template, request, url_for
from flask_babel import lazy_gettext as _l

from calls import call_log, story
from calls.call_log import Filter
from models import Call, Did, Shop
from web.access import found, shop_page
from web.languages import today, zone

PAGE = 50

calls = Blueprint("calls", __name__)

ENDINGS = {
    "": _l("still going on"),
    "answered": _l("answered"),
    "abandoned_greeting": _l("hung up in the greeting"),
    "abandoned_menu": _l("hung up in the menu"),
    "abandoned_line": _l("hung up waiting"),
    "closed": _l("came out of hours"),
    "no_operator": _l("nobody was there"),
    "informed": _l("heard what he wanted"),
    "asked_callback": _l("asked for a call back"),
    "cut_off": _l("the connection broke"),
    "refused": _l("was not taken"),
    "not_reached": _l("not reached"),
}
GROUPS = {"": _l("All calls"), "missed": _l("Missed"), "answered": _l("Answered")}
BECAME = {
    "talked": _l("called back"),
    "got_through": _l("got through later"),
    "wrong_number": _l("wrong number"),
    "given_up": _l("given up"),
}
ENDED_BY = {
    "customer": _l("The customer hung up"),
    "operator": _l("The operator hung up"),
    "system": _l("The call ended"),
    "": _l("The call ended"),
}
STEPS = {
    "arrived": _l("The call arrived"),
    "callback_began": _l("A call back began"),
    "was_closed": _l("The shop was closed"),
    "greeting": _l("Heard the greeting"),
    "announcement": _l("Heard the announcement"),
    "key": _l("Pressed %(detail)s"),
    "wrong": _l("Pressed %(detail)s, which leads nowhere"),
    "silence": _l("Pressed no key"),
    "information": _l("Heard the information"),
    "closed": _l("Heard that the shop is closed"),
    "asked": _l("Asked for a call back"),
    "line": _l("Entered the line"),
    "rang": _l("%(detail)s's telephone rang"),
    "rang_mobile": _l("The owner's mobile rang"),
    "customer_rang": _l("The customer's telephone rang"),
    "picked_up": _l("%(detail)s answered"),
    "operator_lost": _l("The operator's telephone died; the caller went back to the head of the line"),
    "nobody": _l("No operator was signed on"),
    "last_resort": _l("The last resort was tried"),
    "agi_failed": _l("The menu did not work; the caller went straight to the line"),
    "dialled": _l("The customer was dialled"),
}
TEXTS = {"endings": ENDINGS, "groups": GROUPS, "outcomes": BECAME}
PARTIES = {"mobile": _l("The owner's mobile"), "customer": _l("The customer")}


@calls.get("/shops/<int:shop_id>/calls")
@shop_page("coordinator")
def index(shop: Shop):
    day, group, did = asked_day(), request.args.get("group", ""), request.args.get("did", type=int)
    wanted = Filter(first=day, last=day, group=group if group in GROUPS else "", did=did)
    listed = call_log.calls(shop, wanted, PAGE, before=request.args.get("before", type=int))
    days = [
        (date, list(rows)) for date, rows in groupby(listed, lambda call: call.arrived_at.astimezone(zone(shop)).date())
    ]
    shown_day = day or today(shop)
    return render_template(
        "calls/_list.html" if request.htmx else "calls/index.html",
        shop=shop,
        days=days,
        became=call_log.callbacks_of(call.key for call in listed),
        figures=call_log.figures(shop, shown_day, shown_day),
        waiting=0 if day else call_log.waiting(shop),
        shown_day=shown_day,
        wanted=wanted,
        nothing=Filter(),
        dids=list(shop.dids.order_by(Did.starts_at)),
        more=listed[-1].id if len(listed) == PAGE else None,
        address=lambda **changed: address(shop, **changed),
        **TEXTS,
    )


def asked_day() -> dt.date | None:
    """The day in the address; None for all days, or when it is none."""
    try:
        return dt.date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        return None


def address(shop: Shop, **changed) -> str:
    """This list's address with something changed; a change to nothing takes it out, and the place in the list too."""
    kept = {name: request.args[name] for name in ("day", "group", "did") if name in request.args}
    return url_for("calls.index", shop_id=shop.id, **{k: v for k, v in {**kept, **changed}.items() if v})


@calls.get("/shops/<int:shop_id>/calls/<key>")
@shop_page("coordinator")
def show(shop: Shop, key: str):
    call = found(Call.get_or_none(Call.key == key, Call.shop == shop))
    return render_template(
        "calls/show.html",
        shop=shop,
        call=call,
        steps=[(step, in_words(step)) for step in story.tell(call)],
        promise=call_log.callbacks_of([call.key]).get(call.key),
        **TEXTS,
    )


def in_words(step: story.Step) -> str:
    if step.code == "ended":
        return str(ENDED_BY[step.detail])
    return str(STEPS[step.code]) % {"detail": PARTIES.get(step.detail, step.detail)}
