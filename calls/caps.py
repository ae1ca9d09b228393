"""What a shop's outgoing conversations may cost: so many at the same time, so many minutes a local day.

Whoever wishes a dial (a callback, a transfer or an overflow to the owner's mobile) reserves here, in the transaction
of the wish. What the dialplan forwards to the mobile by itself, for a key of the menu or as the last resort, has no
wish: it is a leg of the caller's call and counted as that, a moment late. How many of all of them there are at the
same time the dialplan counts as well, which needs nobody of ours.
"""

from __future__ import annotations

import datetime as dt
import math
from zoneinfo import ZoneInfo

from peewee import fn

from calls.callbacks import Refused
from models import Attempt, Call, Callback, Did, Leg, Overflow, Shop, Transfer
from settings import Settings

LEAST_MINUTES = 3  # with less than this left of the day's minutes a conversation is not begun
WAITS_MOST = dt.timedelta(days=1)  # a caller has arrived so long at most before a mobile rings for him


def reserve(shop: Shop, now: dt.datetime, settings: Settings) -> int:
    """Minutes of this local day's that the shop's next conversation may take. Raises Refused."""
    running = sum(of_shop.where(wish.ended_at.is_null()).count() for wish, of_shop in _wishes(shop))
    running += sum(leg.ended_at is None for leg in _forwarded(shop, now))
    if running >= shop.cap_concurrent:
        raise Refused("cap_concurrent", str(shop.cap_concurrent))
    minutes = min(_longest(settings), shop.cap_minutes_per_day - used_minutes(shop, now, settings))
    if minutes < LEAST_MINUTES:
        raise Refused("cap_minutes", str(shop.cap_minutes_per_day))
    return minutes


def max_seconds(minutes: int, settings: Settings) -> int:
    """The longest a conversation may last for which so many minutes were reserved."""
    return min(settings.callback_max_seconds, minutes * 60)


def used_minutes(shop: Shop, now: dt.datetime, settings: Settings) -> int:
    """Minutes of this local day's that are reserved or spent; a forwarded call that goes on holds what it may take."""
    midnight = _midnight(shop, now)
    used = 0
    for wish, of_shop in _wishes(shop):
        today = of_shop.where((wish.wanted_at >= midnight) | wish.ended_at.is_null())
        used += today.select(fn.COALESCE(fn.SUM(wish.minutes_reserved), 0)).scalar()
    forwarded = _forwarded(shop, now)
    used += sum(spoken_minutes(leg.answered_at, leg.ended_at) for leg in forwarded if leg.ended_at)
    going = [spoken_minutes(leg.answered_at, now) for leg in forwarded if leg.ended_at is None]
    left = max(0, shop.cap_minutes_per_day - used)
    return used + max(sum(going), min(len(going) * _longest(settings), left))


def spoken_minutes(answered_at: dt.datetime | None, ended_at: dt.datetime) -> int:
    """Minutes of a conversation as providers count them, each one begun; 0 when nobody answered."""
    return max(0, math.ceil((ended_at - answered_at).total_seconds() / 60)) if answered_at else 0


def _longest(settings: Settings) -> int:
    return math.ceil(settings.callback_max_seconds / 60)


def _wishes(shop: Shop):
    """Every kind of outgoing conversation, and the query of a shop's."""
    return (
        (Attempt, Attempt.select().join(Callback).where(Callback.shop == shop)),
        (Transfer, Transfer.select().join(Did).where(Did.shop == shop)),
        (Overflow, Overflow.select().join(Did).where(Did.shop == shop)),
    )


def _forwarded(shop: Shop, now: dt.datetime) -> list[Leg]:
    """The mobiles that the dialplan rang by itself, today or still; a wish's channel bears the name of its kind."""
    midnight = _midnight(shop, now)
    wished = Leg.uniqueid.startswith(Transfer.CHANNEL) | Leg.uniqueid.startswith(Overflow.CHANNEL)
    recent = Call.shop == shop, Call.arrived_at >= midnight - WAITS_MOST
    mobiles = Leg.select(Leg).join(Call).where(*recent, Leg.party == "mobile", ~wished)
    return list(mobiles.where((Leg.rang_at >= midnight) | Leg.ended_at.is_null()))


def _midnight(shop: Shop, now: dt.datetime) -> dt.datetime:
    """When the shop's local day began."""
    return now.astimezone(ZoneInfo(shop.timezone)).replace(hour=0, minute=0, second=0, microsecond=0)
