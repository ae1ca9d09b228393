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
from peewee import fn

from calls import attempts, reveals
from calls import callbacks as rules
from models import Callback, Claim, Promise, Shop, User, utcnow
from web import desk, desk_card
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
    "cap_concurrent": _l("This shop's limit is %(detail)s outgoing calls at the same time; try in a minute."),
    "cap_minutes": _l("This shop's %(detail)s minutes of outgoing calls for today are used up."),
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
    later: list[dt.datetime]  # when each of them is due, in order
    unfolded: list[Owed]  # the first of them, when she wants to see them
    is_unfolded: bool

    @property
    def shown(self) -> str:
        return ".".join(str(owed.row.id) for owed in self.rows)

    @property
    def later_today(self) -> int:
        return sum(due_at.astimezone(zone()).date() == today() for due_at in self.later)


@callback_list.get("/desk/callbacks")
@allow("operator", "trainee")
def show():
    return the_list()


def the_list(notice: str = "", status: int = 200, afresh: bool = False):
    """The list as it is now: the fragment when it is asked for by itself, else the desk with it at its side."""
    shown = [] if afresh else [int(word) for word in request.values.get("shown", "").split(".") if word.isdecimal()]
    listed = of(current_user.user, shown[:MOST], "later" in request.values, utcnow())
    soon = settings().promise_soon_minutes * 60
    body = render_template("callbacks/_list.html", list=listed, notice=notice, soon=soon, **callback_texts())
    return body if request.htmx else desk.whole(desk_card.now(), body), status


def of(user: User, shown: list[int], unfolded: bool, now: dt.datetime) -> Listed:
    """The list for her; shown: the ids it has on her screen, in their order."""
    waiting = sorted(in_brief(user), key=lambda one: one.place)
    listed = [one.row for one in waiting if one.due_at <= now or one.is_hers]
    later = [one for one in sorted(waiting, key=lambda one: one.due_at) if one.row not in {*listed, *shown}]
    hers = [one.row for one in waiting if one.is_hers and one.row not in shown]
    rows = [*hers, *shown] if shown else listed[:MOST]
    beyond = len(set(listed) - set(rows))
    unfold = [one.row for one in later[:MOST]] if unfolded else []
    known = {owed.row.id: owed for owed in told(now, Callback.id.in_(rows + unfold))}
    return Listed(
        rows=[known[row] for row in rows if row in known],
        new=beyond if shown else 0,
        more=0 if shown else beyond,
        later=[one.due_at for one in later],
        unfolded=[known[row] for row in unfold],
        is_unfolded=unfolded,
    )


@dataclass(frozen=True)
class Brief:
    """As much of an open callback as its place in the list takes; whole rows are read only for those shown."""

    row: int
    due_at: dt.datetime
    call_by: dt.datetime
    opened_at: dt.datetime
    is_hers: bool
    is_free: bool

    @property
    def place(self) -> tuple:
        """Hers, then those to be taken, then those that can't be called or are another's; by promise, then by age."""
        return 0 if self.is_hers else 1 if self.is_free else 2, self.call_by, self.opened_at


def in_brief(user: User) -> list[Brief]:
    """The open callbacks of all shops."""
    call_by = Promise.select(fn.MAX(Promise.call_by)).where(Promise.callback == Callback.id)
    columns = Callback.id, Callback.due_at, call_by, Callback.opened_at, Callback.not_callable, Claim.user
    query = Callback.select(*columns).join(Shop).switch(Callback)
    query = query.left_outer_join(Claim, on=(Claim.callback == Callback.id) & Claim.ends_at.is_null())
    rows = query.where(Callback.closed_at.is_null(), ~Shop.is_test).tuples()
    return [
        Brief(row, due, Promise.call_by.python_value(by) or due, opened, holder == user.id, not (why or holder))
        for row, due, by, opened, why, holder in rows
    ]


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


@callback_list.post("/callbacks/<int:callback_id>/number")
@allow("operator", "trainee")
def reveal(callback_id: int):
    """The customer's whole number, of a callback she holds, where its shop lets her see it."""
    callback = found(Callback.get_or_none(Callback.id == callback_id))
    if not current_user.may_reveal(callback.shop, callback.customer):
        found(None)
    current_user.forget_revealed()
    return wish(callback_id, lambda *hers: reveals.of_callback(*hers, current_user.actor, utcnow()))


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
