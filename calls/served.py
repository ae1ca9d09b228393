"""Whose call is on an operator's desk: what her pages may know of a customer begins and ends here.

She is served a call that has rung at her telephone or that she dialled for a callback, and only for `desk_hours`;
everything on the desk (history, notes, orders, cards, questions) asks this before it shows or takes anything.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from models import Attempt, Call, Callback, Did, Leg, Shop, User
from settings import Settings

CALLBACK_KEY = "cb-"


@dataclass(frozen=True)
class Served:
    """A conversation of hers with a customer of a shop; call is None until the events of a callback are facts."""

    key: str
    shop: Shop
    did: Did | None
    customer: str | None  # E.164; None when withheld
    call: Call | None
    callback: Callback | None  # when she dialled it


def served(user: User | int, key: str, now: dt.datetime, settings: Settings) -> Served | None:
    """What this key is to her; None when it never rang at her telephone, or too long ago."""
    since = now - dt.timedelta(hours=settings.desk_hours)
    return _rang(user, key, since) or _dialled(user, key, since)


def _rang(user: User | int, key: str, since: dt.datetime) -> Served | None:
    hers = (Call.key == key) & (Leg.user == user) & (Leg.rang_at >= since) & ~Shop.is_test
    query = Call.select(Call, Shop, Did).join(Leg).switch(Call).join(Shop).switch(Call).left_outer_join(Did)
    call = query.where(hers).first()
    if call is None:
        return None
    attempt = Attempt.get_or_none(Attempt.public_id == call.attempt) if call.attempt else None
    return Served(key, call.shop, call.did, call.customer, call, attempt and attempt.callback)


def _dialled(user: User | int, key: str, since: dt.datetime) -> Served | None:
    """A callback of hers, whether or not its events have been read."""
    hers = (Attempt.public_id == key.removeprefix(CALLBACK_KEY)) & (Attempt.user == user) & (Attempt.wanted_at >= since)
    query = Attempt.select(Attempt, Callback, Shop, Did).join(Callback).join(Shop).switch(Callback).join(Did)
    attempt = query.where(hers).first() if key.startswith(CALLBACK_KEY) else None
    if attempt is None:
        return None
    promise = attempt.callback
    return Served(key, promise.shop, promise.did, promise.customer, Call.get_or_none(Call.key == key), promise)
