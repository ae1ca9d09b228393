"""The operators' list of callbacks, a fragment of the desk. Each key is a wish by the rules of calls/callbacks.py;
whether a telephone rings is the scheduler's business.

The list never moves under her hand. Asked for again, it is told which rows it shows (`shown`) and gives the same in
the same order, as they stand now, what was settled meanwhile too; whoever came since is counted, until she wants to
see him. Only "show", "next" and coming anew put it in order: hers, then by what was promised, then by age.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from calls import attempts
from calls import callbacks as rules
from models import Callback, Shop, User, utcnow
from web import desk
from web.access import allow, found, settings
from web.call_words import BECAME
from web.callbacks import NOT_CALLABLE, Owed, callback_texts, told
from web.languages import today, zone

callback_list = Blueprint("callback_list", __name__)
MOST = 40  # rows; the rest come as these are settled

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
    "shop_closed": _l("%(detail)s is closed now: its customers are called in its hours."),
    "busy_elsewhere": _l("This customer is being called at this moment."),
    "operator_dialling": _l("Your other call is still going on."),
    "cap_concurrent": _l("This shop's limit is %(detail)s callbacks at the same time; try in a minute."),
    "cap_minutes": _l("This shop's %(detail)s minutes of callbacks for today are used up."),
    "facts_late": _l("Calls are not becoming facts at the moment, so nothing is dialled."),
    "nothing_due": _l("Nobody who is due can be called at this moment."),
    "number_unknown": _l("This customer's number is not known."),
    "no_number": _l("The number that was rung is no longer in use."),
    "time_past": _l("This time is past."),
    "time_far": _l("A call is promised for the next 60 days only."),
}


@dataclass(frozen=True)
class Listed:
    """What the list shows: rows, how many came since, how many there are beyond, and whom it is too early to call."""

    rows: list[Owed]
    new: int
    more: int
    later: list[Owed]
    is_unfolded: bool

    @property
    def shown(self) -> str:
        return ".".join(str(owed.row.id) for owed in self.rows)

    @property
    def later_today(self) -> int:
        return sum(owed.row.due_at.astimezone(zone()).date() == today() for owed in self.later)


@callback_list.get("/desk/callbacks")
@allow("operator", "trainee")
def show():
    return the_list()


def the_list(notice: str = "", status: int = 200, afresh: bool = False):
    """The list as it is now: the fragment when it is asked for by itself, else the desk with it in the middle."""
    shown = [] if afresh else [int(word) for word in request.values.get("shown", "").split(".") if word.isdecimal()]
    listed = of(current_user.user, shown[:MOST], "later" in request.values, utcnow())
    soon = settings().promise_soon_minutes * 60
    body = render_template("callbacks/_list.html", list=listed, notice=notice, soon=soon, **callback_texts())
    return desk.around(body, status)


def of(user: User, shown: list[int], unfolded: bool, now: dt.datetime) -> Listed:
    """The list for her; shown: the ids it has on her screen, in their order."""
    every = Callback.select().join(Shop).where(Callback.closed_at.is_null() | Callback.id.in_(shown), ~Shop.is_test)
    known = {owed.row.id: owed for owed in told(every, now)}
    waiting = sorted((owed for owed in known.values() if not owed.row.closed_at), key=lambda owed: place(owed, user))
    now_or_hers = [owed for owed in waiting if owed.is_due or is_hers(owed, user)]
    later = sorted((owed for owed in waiting if owed not in now_or_hers), key=lambda owed: owed.row.due_at)
    if not shown:
        return Listed(now_or_hers[:MOST], 0, max(0, len(now_or_hers) - MOST), later, unfolded)
    kept = [known[row] for row in shown if row in known]
    others = [owed for owed in now_or_hers if owed.row.id not in shown]
    hers = [owed for owed in others if is_hers(owed, user)]
    later = [owed for owed in later if owed.row.id not in shown]
    return Listed(hers + kept, len(others) - len(hers), 0, later, unfolded)


def place(owed: Owed, user: User) -> tuple:
    """Hers, then those to be taken, then those that can't be called or are another's; by promise, then by age."""
    rank = 0 if is_hers(owed, user) else 2 if owed.claim or owed.row.not_callable else 1
    return rank, owed.call_by, owed.row.opened_at


def is_hers(owed: Owed, user: User) -> bool:
    return owed.claim is not None and owed.claim.user_id == user.id


# --- what she does: each key is a wish by the rules -------------------------------------------------------------


@callback_list.post("/callbacks/next")
@allow("operator", "trainee")
def next_one():
    """Take the first who is due, and dial."""
    try:
        attempts.next_due(current_user.user, utcnow(), settings())
    except rules.Refused as refused:
        return the_list(str(NOT_DONE[refused.reason]), 409)
    return done(afresh=True)


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
    return done()


def done(afresh: bool = False):
    """After a key: the list, or the page for a browser without script."""
    return the_list(afresh=afresh) if request.htmx else redirect(url_for("callback_list.show"))


def refusal(refused: rules.Refused, callback: Callback) -> str:
    """Why not, in words."""
    detail = NOT_CALLABLE.get(refused.detail, refused.detail)
    if refused.reason == "closed":
        detail = BECAME[Callback.get_by_id(callback.id).closed_because]
    return str(NOT_DONE[refused.reason]) % {"detail": detail}
