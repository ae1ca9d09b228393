"""The union at this moment and today, as the coordinator sees it: told by the same facts and rules as the logs.

No customer's number is in it: he is a competitor of the other shops.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from peewee import fn

from calls import line, presence, promises
from calls.estimate_error import EstimateError, estimate_error
from calls.line import InLine
from calls.standing import BY_MOBILE
from models import Call, Callback, Leg, Presence, Shop, Union


@dataclass(frozen=True)
class OfShop:
    """A shop today: calls that came, its longest wait in seconds, promises kept of those due, callbacks open and late."""

    shop: Shop
    calls: int
    longest_wait: int | None
    by_mobile: int  # of the calls, those the owner took on his mobile
    promised: int
    kept: int
    owed: int
    late: int


@dataclass(frozen=True)
class AtWork:
    """Somebody who is signed on; call is the one she speaks in."""

    presence: Presence
    call: Call | None


@dataclass(frozen=True)
class Board:
    """Who waits, who works, what each shop's day was like so far, and how true the announced waits were."""

    waiting: list[InLine]
    team: list[AtWork]
    shops: list[OfShop]
    error: EstimateError | None


def board(now: dt.datetime) -> Board:
    """Today is each shop's own date; the estimate's error is over the union's."""
    union = Union.get_or_none()
    zone = union.timezone if union else "UTC"
    shops = Shop.select().where(~Shop.is_test).order_by(Shop.name)
    return Board(
        waiting=line.line_order(),
        team=team(),
        shops=[of_shop(shop, now) for shop in shops],
        error=estimate_error(midnight(zone, now), now),
    )


def team() -> list[AtWork]:
    """Everybody who is signed on, longest first."""
    going = (Leg.party == "operator", Leg.answered_at.is_null(False), Leg.ended_at.is_null(), Call.ended_at.is_null())
    legs = Leg.select(Leg, Call, Shop).join(Call).join(Shop).where(*going)
    talks = {leg.user_id: leg.call for leg in legs}
    return [AtWork(row, talks.get(row.user_id)) for row in sorted(presence.signed_on(), key=lambda row: row.starts_at)]


def of_shop(shop: Shop, now: dt.datetime) -> OfShop:
    since = midnight(shop.timezone, now)
    today = Call.select().where(Call.shop == shop, Call.arrived_at >= since, Call.direction == "in")
    kept = promises.counted(shop, since, since + dt.timedelta(days=1), now)
    owed = Callback.select().where(Callback.shop == shop, Callback.closed_at.is_null())
    return OfShop(
        shop=shop,
        calls=today.count(),
        longest_wait=today.select(fn.MAX(Call.wait_seconds)).scalar(),
        by_mobile=today.where(BY_MOBILE).count(),
        promised=kept.kept + kept.late,
        kept=kept.kept,
        owed=owed.count(),
        late=owed.where(Callback.due_at <= now).count(),
    )


def midnight(zone: str, now: dt.datetime) -> dt.datetime:
    """When the local day began."""
    return now.astimezone(ZoneInfo(zone)).replace(hour=0, minute=0, second=0, microsecond=0)
