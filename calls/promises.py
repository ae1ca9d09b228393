"""Promises: by when a customer was to be called, and whether he was.

A promise is made when the need for a call arises and lasts until his telephone rings (or somebody speaks with him
otherwise); the tries that follow by the shop's rule keep nothing and break nothing. So a promise is kept when that
happened before `call_by`, late when it happened after or has not happened by then, waiting until then. A callback
that was closed without a call (a number that is wrong) was not kept: late, or withdrawn if there was still time.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from peewee import JOIN, prefetch

from calls.retries import REACHED
from models import Attempt, Callback, Promise, Shop

STATES = ("kept", "late", "waiting", "withdrawn")
SPOKEN = ("talked", "got_through", "owner_called")  # a callback that closed so: he was spoken with


@dataclass(frozen=True)
class Kept:
    """How many promises of a time were kept, broken, are still ahead, or were withdrawn."""

    kept: int = 0
    late: int = 0
    waiting: int = 0
    withdrawn: int = 0

    @property
    def share(self) -> float | None:
        """Share of promises kept among those whose time is over (0.0–1.0); None when there are none."""
        over = self.kept + self.late
        return self.kept / over if over else None


def make(callback: Callback, made_at: dt.datetime, call_by: dt.datetime) -> None:
    """Promise a call, unless he still waits for one that is promised no later: the earlier word holds."""
    last = callback.promises.order_by(Promise.id.desc()).first()
    if last is None or called_at(last) is not None or call_by < last.call_by:
        Promise.create(callback=callback, made_at=made_at, call_by=call_by)


def state(promise: Promise, now: dt.datetime) -> str:
    """One of STATES."""
    if called := called_at(promise):
        return "kept" if called < promise.call_by else "late"
    if promise.call_by <= (promise.callback.closed_at or now):
        return "late"
    return "withdrawn" if promise.callback.closed_at else "waiting"


def called_at(promise: Promise) -> dt.datetime | None:
    """When his telephone first rang after the promise, or he was spoken with otherwise; None: not yet."""
    callback = promise.callback
    rang = [
        attempt.sent_at
        for attempt in callback.attempts
        if attempt.sent_at and attempt.sent_at >= promise.made_at and attempt.result in REACHED
    ]
    spoken = [callback.closed_at] if callback.closed_because in SPOKEN else []
    return min(rang + spoken, default=None)


def counted(shop: Shop, first: dt.datetime, last: dt.datetime, now: dt.datetime) -> Kept:
    """The promises of a shop whose time was in [first, last). One whose number can't be called is no promise."""
    # crossed: SQLite would else look through all the shop's callbacks there ever were
    promised = Promise.select(Promise.id, Callback.id).join(Callback, JOIN.CROSS).where(Promise.callback == Callback.id)
    in_time = promised.where(Promise.call_by >= first, Promise.call_by < last)
    found = list(in_time.where(Callback.shop == shop, Callback.not_callable == "").tuples())
    # by what was found, not by the question, which would be asked again for each of the two
    kept = Promise.select().where(Promise.id.in_([promise for promise, _ in found]))
    callbacks = Callback.select().where(Callback.id.in_([callback for _, callback in found]))
    rows = prefetch(kept, callbacks, Attempt.select())
    return Kept(**Counter(state(promise, now) for promise in rows))
