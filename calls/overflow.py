"""When the operators alone do not do: the reserve, then the owner's mobile.

The reserve (trainees) is held back until somebody waited long, too many wait, or no operator is ready (`reserve`).
The mobile is rung in the hours its owner chose, once for a caller who
waited longer still; he stays in the line meanwhile, so whoever is first has him. Reserved by caps before the dial.
"""

from __future__ import annotations

import datetime as dt
import secrets
from zoneinfo import ZoneInfo

from calls import caps, line, reserve, transfers
from calls.callbacks import Refused
from calls.facts_mark import facts_late
from calls.line import InLine
from calls.opening_hours import Hours, is_open
from models import Did, Overflow, Shop, Trunk, Union, database
from settings import Settings

# --- the reserve --------------------------------------------------------------------------------------------------


def held_back(now: dt.datetime) -> frozenset[int]:
    """The people of the reserve who are not needed yet."""
    rule, manned, released = reserve.rule(), reserve.manned(), reserve.releases()
    standing = {user for user, queues in reserve.lines().items() if rule and queues <= manned}
    if not standing:
        return frozenset()
    shops = {place.shop.id for place in reserve.due(line.line_order(), rule, manned, now)}
    return frozenset(user for user in standing if not any((user, shop) in released for shop in shops))


# --- the owner's mobile -------------------------------------------------------------------------------------------


def due(now: dt.datetime) -> list[InLine]:
    """The callers for whom a mobile may be rung now, first to last."""
    waiting = [place for place in line.line_order() if place.call and place.call.did_id]
    if not waiting or not (union := Union.get_or_none()):
        return []
    patient = dt.timedelta(seconds=union.mobile_after_seconds)
    late = [place for place in waiting if now - place.since >= patient and takes_now(place.shop, now)]
    keys = [place.call.key for place in late]
    rung = {key for (key,) in Overflow.select(Overflow.call_key).where(Overflow.call_key.in_(keys)).tuples()}
    return [place for place in late if place.call.key not in rung]


def takes_now(shop: Shop, now: dt.datetime) -> bool:
    """Whether the owner wants callers on his mobile at this instant, and it may be rung."""
    week = [Hours(row.weekday, row.opens_minute, row.closes_minute) for row in shop.mobile_hours]
    wanted = bool(week) and is_open(week, {}, ZoneInfo(shop.timezone), now)
    return wanted and transfers.has_mobile(shop) and not transfers.mobile_fault(shop)


def want(place: InLine, now: dt.datetime, settings: Settings) -> Overflow:
    """Reserve the dial. Raises Refused: facts_late, no_trunk, cap_concurrent, cap_minutes."""
    did = Did.select(Did, Trunk, Shop).join(Trunk).switch(Did).join(Shop).where(Did.id == place.call.did_id).get()
    with database.atomic():
        if facts_late(now, settings):
            raise Refused("facts_late")
        if did.ends_at or not did.trunk.is_active:
            raise Refused("no_trunk")
        minutes = caps.reserve(place.shop, now, settings)
        return Overflow.create(
            public_id=secrets.token_hex(8), call_key=place.call.key, did=did, wanted_at=now, minutes_reserved=minutes
        )


def open_ones() -> list[Overflow]:
    """Those not ended, oldest first."""
    return list(Overflow.select().where(Overflow.ended_at.is_null()).order_by(Overflow.id))
