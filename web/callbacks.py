"""A shop's callbacks as its owner sees them: what was promised, what became of it, the rule by which a customer is
tried again. The operators' list (web/callback_list.py) shows the same rows.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from peewee import Expression, prefetch
from wtforms import IntegerField, SelectField
from wtforms.validators import InputRequired

from calls import callbacks as rules
from calls import caps, morning_list, retries, voicemails
from calls import promises as kept
from models import Attempt, Callback, CallRequest, Claim, Did, Miss, Promise, Shop, User, Voicemail, utcnow
from web.access import found, settings, shop_page
from web.call_words import BECAME, ENDINGS
from web.forms import Form, choices

callbacks = Blueprint("callbacks", __name__)
PAGE = 50
STEPS = 4  # waits of a rule that can be chosen one by one; the last of them repeats

RESULTS = {
    "": _l("under way"),
    "answered": _l("answered"),
    "talked": _l("talked"),
    "machine": _l("an answering machine"),
    "busy": _l("busy"),
    "declined": _l("declined"),
    "no_answer": _l("no answer"),
    "wrong_number": _l("no such number"),
    "operator_no_answer": _l("you did not pick up"),
    "operator_unreachable": _l("your telephone was out of reach"),
    "operator_gave_up": _l("you hung up first"),
    "trunk_dead": _l("the provider did not answer"),
    "not_dialled": _l("was not dialled"),
    "refused": _l("was not dialled"),
}
NOT_CALLABLE = {
    "ua-mobile": _l("this shop calls no mobile numbers"),
    "ua-fixed": _l("this shop calls no fixed numbers"),
    "ua-toll-free": _l("this shop calls no 0 800 numbers"),
    "ua-premium": _l("a premium number"),
    "ua-other": _l("not a usual number"),
    "foreign": _l("this shop calls nobody abroad"),
    "foreign-premium": _l("a premium number abroad"),
    "emergency": _l("an emergency number"),
    "short": _l("a short number"),
    "own": _l("a number of the union"),
    "invalid": _l("no such number"),
}
SOURCES = {"conversation": _l("asked for another call"), "site": _l("asked on the site")}
WAITS = {
    "5": _l("5 minutes later"),
    "15": _l("15 minutes later"),
    "30": _l("30 minutes later"),
    "60": _l("an hour later"),
    "120": _l("two hours later"),
    "240": _l("four hours later"),
    "morning": _l("the next morning"),
}
KEPT = {
    "kept": _l("in time"),
    "late": _l("later than promised"),
    "waiting": "",
    "withdrawn": "",
}


@dataclass(frozen=True)
class Owed:
    """A callback as a page shows it, at the instant `now`."""

    row: Callback
    reasons: list[tuple[dt.datetime, str]]  # when, and a word of ENDINGS or SOURCES, in the order of time
    attempts: list[Attempt]
    claim: Claim | None
    promise: Promise | None  # the last one made
    since: dt.datetime  # from when he has been waiting
    now: dt.datetime
    voicemails: list[Voicemail]  # what he said who met nobody, oldest first

    @property
    def state(self) -> str:
        """One of calls.promises.STATES; without a promise "waiting"."""
        return kept.state(self.promise, self.now) if self.promise else "waiting"

    @property
    def late_seconds(self) -> int:
        """Seconds past the promised time; negative before it."""
        return round((self.now - self.call_by).total_seconds())

    @property
    def call_by(self) -> dt.datetime:
        return self.promise.call_by if self.promise else self.row.due_at

    @property
    def waits_seconds(self) -> int:
        return round((self.now - self.since).total_seconds())

    @property
    def tries(self) -> int:
        """How often his telephone rang since the last promise."""
        since = self.promise.made_at if self.promise else self.row.opened_at
        return sum(a.result in retries.REACHED and a.wanted_at >= since for a in self.attempts)

    @property
    def page(self) -> str:
        """The page of the site on which he last asked for a call; "" when he did not."""
        pages = [request.page for request in self.row.requests if request.page]
        return pages[-1].partition("://")[2] if pages else ""

    @property
    def is_due(self) -> bool:
        return self.row.due_at <= self.now

    @property
    def running(self) -> Attempt | None:
        return next((attempt for attempt in self.attempts if attempt.ended_at is None), None)


def callback_texts() -> dict:
    return {
        "results": RESULTS,
        "not_callable": NOT_CALLABLE,
        "endings": ENDINGS,
        "reasons": {**ENDINGS, **SOURCES},
        "outcomes": BECAME,
    }


def told(now: dt.datetime, *which: Expression, order: tuple = (), most: int | None = None) -> list[Owed]:
    """Callbacks with all that hangs on them."""
    query = Callback.select(Callback, Shop, Did).join(Shop).switch(Callback).join(Did).where(*which)
    query = query.order_by(*order).limit(most)
    parts = (
        Miss.select().order_by(Miss.at),
        CallRequest.select().order_by(CallRequest.at),
        Attempt.select().order_by(Attempt.id),
        Claim.select().where(Claim.ends_at.is_null()),
        Promise.select().order_by(Promise.id),
    )
    rows = prefetch(query, *parts, User)
    said = voicemails.of_callbacks(row.id for row in rows)
    return [_owed(row, now, said.get(row.id, [])) for row in rows]


def _owed(row: Callback, now: dt.datetime, said: list[Voicemail]) -> Owed:
    reasons = [(miss.at, miss.why) for miss in row.misses]
    reasons += [(request.at, request.source) for request in row.requests]
    named = [request.wanted_at for request in row.requests if request.wanted_at and request.wanted_at <= now]
    promise = next(reversed(list(row.promises)), None)
    since = max([row.opened_at, *named])
    return Owed(row, sorted(reasons), list(row.attempts), next(iter(row.claims), None), promise, since, now, said)


@callbacks.get("/shops/<int:shop_id>/callbacks")
@shop_page("coordinator")
def index(shop: Shop):
    now = utcnow()
    waiting = told(now, Callback.shop == shop, Callback.closed_at.is_null())
    ended = Callback.shop == shop, Callback.closed_at.is_null(False)
    closed = told(now, *ended, order=(Callback.closed_at.desc(),), most=PAGE)
    return render_template(
        "callbacks/index.html",
        shop=shop,
        waiting=sorted(waiting, key=lambda owed: (owed.call_by, owed.row.opened_at)),
        closed=closed,
        morning=morning_list.progress(shop, now),
        rule=[WAITS[wait] for wait in shop.retry_waits.split()],
        kept=KEPT,
        used_minutes=caps.used_minutes(shop, now, settings()),
        **callback_texts(),
    )


@callbacks.post("/shops/<int:shop_id>/callbacks/<int:callback_id>/settle")
@shop_page()
def settle(shop: Shop, callback_id: int):
    """The owner has called the customer himself."""
    callback = found(Callback.get_or_none(Callback.id == callback_id, Callback.shop == shop))
    try:
        rules.settle(callback, current_user.user, utcnow())
        flash(gettext("Settled: you called the customer yourself."))
    except rules.Refused as refused:
        ringing = refused.reason == "attempt_open"
        flash(gettext("The operator is calling him now.") if ringing else gettext("It is settled already."))
    return redirect(url_for("callbacks.index", shop_id=shop.id))


class RetryForm(Form):
    wait0, wait1, wait2, wait3 = (
        SelectField(text, choices=choices(WAITS))
        for text in (_l("After the first try"), _l("After the second"), _l("After the third"), _l("And then each time"))
    )
    tries = IntegerField(_l("Tries in all"), [InputRequired()])

    @property
    def waits(self) -> list[str]:
        """The rule's words; a last one that only repeats is left out."""
        words = [self[f"wait{number}"].data for number in range(STEPS)]
        while len(words) > 1 and words[-1] == words[-2]:
            words.pop()
        return words


@callbacks.route("/shops/<int:shop_id>/callbacks/retries", methods=["GET", "POST"])
@shop_page("coordinator")
def retry_rule(shop: Shop):
    form = RetryForm(data=_chosen(shop))
    if form.carries_out(lambda: retries.set_rule(shop, form.waits, form.tries.data, current_user.actor)):
        flash(gettext("Saved."))
        return redirect(url_for("callbacks.index", shop_id=shop.id))
    return render_template("callbacks/retries.html", shop=shop, form=form), form.status


def _chosen(shop: Shop) -> dict:
    """The rule as the form's fields."""
    words = shop.retry_waits.split()
    return {f"wait{n}": words[min(n, len(words) - 1)] for n in range(STEPS)} | {"tries": shop.retry_tries}
