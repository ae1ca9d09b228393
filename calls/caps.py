"""What a shop's outgoing conversations may cost: so many at the same time, so many minutes a local day.

Whoever wishes a dial (a callback, a transfer or an overflow to the owner's mobile) reserves here, in the transaction
of the wish.
"""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from peewee import fn

from calls.callbacks import Refused
from models import Attempt, Callback, Did, Overflow, Shop, Transfer
from settings import Settings

LEAST_MINUTES = 3  # with less than this left of the day's minutes a conversation is not begun


def reserve(shop: Shop, now: dt.datetime, settings: Settings) -> int:
    """Minutes of this local day's that the shop's next conversation may take. Raises Refused."""
    running = sum(of_shop.where(wish.ended_at.is_null()).count() for wish, of_shop in _wishes(shop))
    if running >= shop.cap_concurrent:
        raise Refused("cap_concurrent", str(shop.cap_concurrent))
    minutes = min(-(-settings.callback_max_seconds // 60), shop.cap_minutes_per_day - used_minutes(shop, now))
    if minutes < LEAST_MINUTES:
        raise Refused("cap_minutes", str(shop.cap_minutes_per_day))
    return minutes


def used_minutes(shop: Shop, now: dt.datetime) -> int:
    """Minutes of this local day's that are reserved or spent."""
    local = now.astimezone(ZoneInfo(shop.timezone))
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    used = 0
    for wish, of_shop in _wishes(shop):
        today = of_shop.where((wish.wanted_at >= midnight) | wish.ended_at.is_null())
        used += today.select(fn.COALESCE(fn.SUM(wish.minutes_reserved), 0)).scalar()
    return used


def _wishes(shop: Shop):
    """Every kind of outgoing conversation, and the query of a shop's."""
    return (
        (Attempt, Attempt.select().join(Callback).where(Callback.shop == shop)),
        (Transfer, Transfer.select().join(Did).where(Did.shop == shop)),
        (Overflow, Overflow.select().join(Did).where(Did.shop == shop)),
    )
