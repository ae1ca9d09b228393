"""The operator's page: is she on the line, who waits, which customers are owed a call. One fragment, asked for again
every few seconds; everything she presses answers with that same fragment.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from calls import attempts, line, presence, shift
from calls import callbacks as rules
from calls.presence import NotAllowed
from models import Call, Callback, Did, Leg, Presence, Shop, User, utcnow
from web.access import allow, found, settings
from web.call_words import BECAME
from web.callbacks import NOT_CALLABLE, callback_texts, promises

desk = Blueprint("desk", __name__)

STATES = {
    "ready": _l("Ready for calls"),
    "rest": _l("Resting"),
    "meal": _l("At table"),
    "training": _l("Learning"),
    "technical": _l("Technical break"),
    "unanswered": _l("Did not answer"),
    "": _l("Signed off"),
}
CHOICES = (  # what she may press: kind, key on the keyboard, icon, word
    ("ready", "1", "headset", _l("Ready")),
    ("rest", "2", "coffee", _l("Rest")),
    ("meal", "3", "utensils", _l("Meal")),
    ("training", "4", "graduation-cap", _l("Learning")),
    ("technical", "5", "wrench", _l("Technical")),
    ("off", "0", "log-out", _l("Sign off")),
)
REFUSED = {
    "no-queue": _l("You serve no line yet: your coordinator gives you the role."),
    "not-signed-on": _l("Sign on first."),
    "unknown-kind": _l("There is no such break."),
}
NOT_DONE = {
    "already_claimed": _l("%(detail)s has just taken it."),
    "closed": _l("It is settled already: %(detail)s."),
    "not_claimed": _l("It is not yours any more; take it again."),
    "attempt_open": _l("The call is still going on."),
    "nothing_to_confirm": _l("Nobody has answered yet: call first."),
    "no_such_outcome": _l("There is no such outcome."),
    "to_confirm": _l("Say first who answered."),
    "not_callable": _l("This number can't be called: %(detail)s."),
    "no_trunk": _l("The number it would be called from is no longer in use."),
    "busy_elsewhere": _l("This customer is being called at this moment."),
    "operator_dialling": _l("Your other call is still going on."),
    "cap_concurrent": _l("This shop's limit is %(detail)s callbacks at the same time; try in a minute."),
    "cap_minutes": _l("This shop's %(detail)s minutes of callbacks for today are used up."),
    "facts_late": _l("Calls are not becoming facts at the moment, so nothing is dialled."),
}


@dataclass(frozen=True)
class Place:
    """A person of the line as the others see her: what she does, and the call she has."""

    user: User
    presence: Presence
    call: Call | None


@desk.get("/desk")
@allow("operator", "trainee")
def show():
    return the_desk()


@desk.post("/desk/presence")
@allow("operator", "trainee")
def set_presence():
    kind, user = request.form.get("kind", ""), current_user.user
    try:
        if kind == "off":
            shift.end(user)
        elif kind == "ready":
            presence.sign_on(user)
        else:
            presence.take_break(user, kind)
    except NotAllowed as refused:
        return the_desk(REFUSED[refused.reason], 409)
    return pressed()


def pressed():
    """After a key: the desk again, or the page for a browser without script."""
    return the_desk() if request.htmx else redirect(url_for("desk.show"))


def the_desk(notice: str = "", status: int = 200):
    """The desk as it is now; the fragment alone when it is asked for by itself."""
    mine = presence.current(current_user.user)
    last = None if mine else presence.last_ended(current_user.user)
    body = render_template(
        "desk/_desk.html" if request.htmx else "desk/show.html",
        mine=mine,
        unreachable=bool(last and last.ended_because == presence.UNREACHABLE),
        call=call_of(current_user.user),
        team=team(),
        waiting=line.waiting(),
        promises=promises(current_user.user),
        notice=notice,
        states=STATES,
        keys=CHOICES,
        **callback_texts(),
    )
    return body, status


def call_of(user: User) -> Call | None:
    """The call that rings at her telephone or that she is in."""
    hers = Leg.user == user, Leg.ended_at.is_null(), Call.ended_at.is_null()
    calls = Call.select(Call, Shop, Did).join(Leg).switch(Call).join(Shop).switch(Call).left_outer_join(Did)
    return calls.where(*hers).order_by(Leg.rang_at.desc()).first()


def team() -> list[Place]:
    """Everybody signed on."""
    busy = Call.select().where(Call.answered_at.is_null(False), Call.ended_at.is_null(), Call.operator.is_null(False))
    calls = {call.operator_id: call for call in busy}
    return [Place(row.user, row, calls.get(row.user_id)) for row in presence.signed_on()]


# --- what she does with a callback: each key is a wish by the rules of calls/callbacks.py ------------------------


@desk.post("/callbacks/<int:callback_id>/claim")
@allow("operator", "trainee")
def claim(callback_id: int):
    return wish(callback_id, lambda *hers: rules.claim(*hers, utcnow(), settings()))


@desk.post("/callbacks/<int:callback_id>/release")
@allow("operator", "trainee")
def release(callback_id: int):
    return wish(callback_id, lambda *hers: rules.release(*hers, utcnow()))


@desk.post("/callbacks/<int:callback_id>/attempt")
@allow("operator", "trainee")
def attempt(callback_id: int):
    return wish(callback_id, lambda *hers: attempts.want(*hers, utcnow(), settings()))


@desk.post("/callbacks/<int:callback_id>/outcome")
@allow("operator", "trainee")
def outcome(callback_id: int):
    said = request.form.get("outcome", "")
    return wish(callback_id, lambda *hers: rules.outcome(*hers, said, utcnow()))


def wish(callback_id: int, change: Callable[[Callback, User], object]):
    """Do it, or say on the desk why not (409)."""
    callback = found(Callback.get_or_none(Callback.id == callback_id))
    try:
        change(callback, current_user.user)
    except rules.Refused as refused:
        return the_desk(refusal(refused, callback), 409)
    return pressed()


def refusal(refused: rules.Refused, callback: Callback) -> str:
    """Why not, in words."""
    detail = NOT_CALLABLE.get(refused.detail, refused.detail)
    if refused.reason == "closed":
        detail = BECAME[Callback.get_by_id(callback.id).closed_because]
    return str(NOT_DONE[refused.reason]) % {"detail": detail}
