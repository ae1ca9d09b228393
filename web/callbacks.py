"""Callbacks: the operators' list, and each shop's own. Every key writes a wish by the rules of calls/callbacks.py;
whether a telephone rings is the scheduler's business.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, render_template
from flask_babel import lazy_gettext as _l
from peewee import prefetch

from models import Attempt, Callback, Claim, Did, Miss, Shop, User, utcnow
from web.access import shop_page
from web.call_words import BECAME, ENDINGS

callbacks = Blueprint("callbacks", __name__)
PAGE = 50

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


@dataclass(frozen=True)
class Promise:
    """A callback as an operator sees it."""

    row: Callback
    misses: list[Miss]
    attempts: list[Attempt]
    claim: Claim | None
    late_seconds: int

    @property
    def last_miss(self) -> Miss | None:
        return self.misses[-1] if self.misses else None

    def place_for(self, user: User) -> int:
        """0 for what she holds, 1 for what she may take, 2 for what can't be dialled or is another's."""
        if self.claim:
            return 0 if self.claim.user_id == user.id else 2
        return 2 if self.row.not_callable else 1

    @property
    def running(self) -> Attempt | None:
        return next((attempt for attempt in self.attempts if attempt.ended_at is None), None)


def callback_texts() -> dict:
    return {"results": RESULTS, "not_callable": NOT_CALLABLE, "endings": ENDINGS, "outcomes": BECAME}


def promises(user: User) -> list[Promise]:
    """The open callbacks of all shops: hers, then those to be taken by when they are due, then the rest."""
    listed = told(Callback.select().join(Shop).where(Callback.closed_at.is_null(), ~Shop.is_test))
    return sorted(listed, key=lambda promise: (promise.place_for(user), promise.row.due_at))


def told(query) -> list[Promise]:
    """Callbacks with their misses, attempts and claims, in the order of the query."""
    misses = Miss.select().order_by(Miss.at)
    attempts = Attempt.select().order_by(Attempt.id)
    claims = Claim.select().where(Claim.ends_at.is_null())
    now = utcnow()
    return [
        Promise(row, list(row.misses), list(row.attempts), next(iter(row.claims), None), late(row, now))
        for row in prefetch(query, misses, attempts, claims, User, Shop, Did)
    ]


def late(row: Callback, now) -> int:
    """Seconds past the promised time; negative before it."""
    return round((now - row.due_at).total_seconds())


@callbacks.get("/shops/<int:shop_id>/callbacks")
@shop_page("coordinator")
def index(shop: Shop):
    waiting = told(
        Callback.select().where(Callback.shop == shop, Callback.closed_at.is_null()).order_by(Callback.due_at)
    )
    ended = Callback.select().where(Callback.shop == shop, Callback.closed_at.is_null(False))
    closed = told(ended.order_by(Callback.closed_at.desc()).limit(PAGE))
    return render_template("callbacks/index.html", shop=shop, waiting=waiting, closed=closed, **callback_texts())
