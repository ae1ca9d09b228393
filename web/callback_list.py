"""The operators' list of callbacks, a fragment of the desk. Each key is a wish by the rules of calls/callbacks.py;
whether a telephone rings is the scheduler's business.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from calls import attempts
from calls import callbacks as rules
from models import Callback, User, utcnow
from web import desk
from web.access import allow, found, settings
from web.call_words import BECAME
from web.callbacks import NOT_CALLABLE, callback_texts, promises

callback_list = Blueprint("callback_list", __name__)

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


@callback_list.get("/desk/callbacks")
@allow("operator", "trainee")
def show():
    return the_list()


def the_list(notice: str = "", status: int = 200):
    """The list as it is now: the fragment when it is asked for by itself, else the desk with it in the middle."""
    listed = promises(current_user.user)
    body = render_template("callbacks/_list.html", promises=listed, notice=notice, **callback_texts())
    return desk.around(body, status)


@callback_list.post("/callbacks/<int:callback_id>/claim")
@allow("operator", "trainee")
def claim(callback_id: int):
    return wish(callback_id, lambda *hers: rules.claim(*hers, utcnow(), settings()))


@callback_list.post("/callbacks/<int:callback_id>/release")
@allow("operator", "trainee")
def release(callback_id: int):
    return wish(callback_id, lambda *hers: rules.release(*hers, utcnow()))


@callback_list.post("/callbacks/<int:callback_id>/attempt")
@allow("operator", "trainee")
def attempt(callback_id: int):
    return wish(callback_id, lambda *hers: attempts.want(*hers, utcnow(), settings()))


@callback_list.post("/callbacks/<int:callback_id>/outcome")
@allow("operator", "trainee")
def outcome(callback_id: int):
    said = request.form.get("outcome", "")
    return wish(callback_id, lambda *hers: rules.outcome(*hers, said, utcnow()))


def wish(callback_id: int, change: Callable[[Callback, User], object]):
    """Do it, or say on the list why not (409)."""
    callback = found(Callback.get_or_none(Callback.id == callback_id))
    try:
        change(callback, current_user.user)
    except rules.Refused as refused:
        return the_list(refusal(refused, callback), 409)
    return the_list() if request.htmx else redirect(url_for("callback_list.show"))


def refusal(refused: rules.Refused, callback: Callback) -> str:
    """Why not, in words."""
    detail = NOT_CALLABLE.get(refused.detail, refused.detail)
    if refused.reason == "closed":
        detail = BECAME[Callback.get_by_id(callback.id).closed_because]
    return str(NOT_DONE[refused.reason]) % {"detail": detail}
