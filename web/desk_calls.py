"""A call on the operator's desk: looked at, written about, said what it came to.

Everything here asks `calls.served` first: a call that never rang at her telephone does not exist (404).
"""

from __future__ import annotations

import datetime as dt

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from calls import callbacks, notes, outcomes, reveals
from calls.served import Served, served
from models import Did, Shop, utcnow
from web import callback_list, desk, desk_card
from web.access import allow, found, settings
from web.languages import zone

desk_calls = Blueprint("desk_calls", __name__)

NOT_SAID = _l("Say first what the conversation came to.")
NO_TIME = _l("Give a day and a time.")


@desk_calls.get("/desk/calls")
@allow("operator", "trainee")
def index():
    """No call on the desk: those she had."""
    return desk.around(desk_card.calls())


@desk_calls.get("/desk/calls/<key>")
@allow("operator", "trainee")
def show(key: str):
    hers = served(current_user.user, key, utcnow(), settings())
    return desk.around(desk_card.of(hers) if hers else desk_card.ringing(key, found(rung())))


def rung() -> Did | None:
    """The number in use that the address says was rung."""
    number = request.args.get("did", 0, type=int)
    in_use = (Did.id == number) & Did.ends_at.is_null() & ~Shop.is_test
    return Did.select(Did, Shop).join(Shop).where(in_use).first() if 0 < number < 2**63 else None


@desk_calls.get("/desk/calls/<key>/state")
@allow("operator", "trainee")
def state(key: str):
    """Whether it rings, is spoken or is over."""
    hers = mine(key)
    return render_template("desk/_state.html", hers=hers) if request.htmx else back(key)


@desk_calls.post("/desk/calls/<key>/number")
@allow("operator", "trainee")
def reveal(key: str):
    """The customer's whole number, where his shop lets her see it."""
    hers = mine(key)
    if not current_user.may_reveal(hers.shop, hers.customer):
        abort(404)
    reveals.of_call(hers, current_user.actor, utcnow())
    current_user.forget_revealed()
    return render_template("desk/_number.html", hers=hers) if request.htmx else back(key)


@desk_calls.post("/desk/calls/<key>/note")
@allow("operator", "trainee")
def write(key: str):
    """Keep what she typed; with script it comes by itself as she types."""
    hers = mine(key)
    try:
        note = notes.write(hers, current_user.user, request.form.get("text", ""), utcnow())
    except notes.TooLong:
        return render_template("desk/_kept.html", most=notes.MOST), 422
    return render_template("desk/_kept.html", note=note, shop=hers.shop) if request.htmx else back(key)


@desk_calls.post("/desk/calls/<key>/outcome")
@allow("operator", "trainee")
def outcome(key: str):
    """Which of the eight it was, or whether it was solved at once."""
    hers, form = mine(key), request.form
    try:
        if "solved" in form:
            outcomes.say_solved(hers, current_user.user, form["solved"] == "yes", utcnow())
        else:
            outcomes.say(hers, current_user.user, form.get("kind", ""), utcnow())
    except outcomes.NotSayable:
        return render_template("desk/_outcomes.html", notice=NOT_SAID, **desk_card.said(hers)), 409
    asks_when = form.get("kind") == "call_again"
    return (
        render_template("desk/_outcomes.html", asks_when=asks_when, **desk_card.said(hers))
        if request.htmx
        else back(key)
    )


@desk_calls.post("/desk/calls/<key>/again")
@allow("operator", "trainee")
def call_again(key: str):
    """Promise the customer another call, at a time of the shop's day."""
    hers, typed = mine(key), request.form.get("at", "")
    try:
        at = dt.datetime.fromisoformat(typed).replace(tzinfo=zone(hers.shop))
        callbacks.call_again(hers, at, current_user.user, utcnow(), settings())
    except (ValueError, callbacks.Refused) as fault:
        words = callback_list.NOT_DONE[fault.reason] if isinstance(fault, callbacks.Refused) else NO_TIME
        return render_template("desk/_outcomes.html", typed=typed, fault=words, **desk_card.said(hers)), 422
    outcomes.say(hers, current_user.user, "call_again", utcnow())
    return render_template("desk/_outcomes.html", **desk_card.said(hers)) if request.htmx else back(key)


def mine(key: str) -> Served:
    """The call, if it is hers; 404 otherwise."""
    return served(current_user.user, key, utcnow(), settings()) or abort(404)


def back(key: str):
    return redirect(url_for("desk_calls.show", key=key))
