"""A shop's calls as its owner asks for them: which days, which ending, and what became of those that were missed.

Days are the shop's own. A missed call is one after which the customer is owed something; it is settled when its
callback closed with a conversation.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from models import Call, Callback, Did, Miss, Shop, User

ANSWERED = ("answered",)
MISSED = (
    "abandoned_greeting", "abandoned_menu", "abandoned_line", "closed", "no_operator", "asked_callback", "cut_off",
)  # fmt: skip
SETTLED = ("talked", "got_through")
GROUPS = {"answered": ANSWERED, "missed": MISSED}


@dataclass(frozen=True)
class Filter:
    """What is asked for: first and last are the shop's dates, both included; None is no limit."""

    first: dt.date | None = None
    last: dt.date | None = None
    group: str = ""  # one of GROUPS
    direction: str = ""  # in, callback
    did: int | None = None


@dataclass(frozen=True)
class Figures:
    """A shop's incoming calls of some days; of the missed ones, settled are those the customer was spoken to after."""

    arrived: int
    answered: int
    missed: int
    settled: int


def calls(shop: Shop, wanted: Filter, limit: int, before: int | None = None) -> list[Call]:
    """The calls of a shop, newest first, at most limit; before: only those that came before this Call.id."""
    query = Call.select(Call, Did, User).left_outer_join(Did).switch(Call).left_outer_join(User)
    query = query.where(Call.shop == shop, *_conditions(shop, wanted))
    if before and (last := Call.get_or_none(Call.id == before, Call.shop == shop)):
        earlier = (Call.arrived_at < last.arrived_at) | ((Call.arrived_at == last.arrived_at) & (Call.id < last.id))
        query = query.where(earlier)
    return list(query.order_by(Call.arrived_at.desc(), Call.id.desc()).limit(limit))


def _conditions(shop: Shop, wanted: Filter) -> list:
    starts, ends = instants(shop, wanted.first, wanted.last)
    conditions = [Call.ending.in_(GROUPS[wanted.group])] if wanted.group in GROUPS else []
    conditions += [Call.direction == wanted.direction] if wanted.direction else []
    conditions += [Call.did == wanted.did] if wanted.did else []
    conditions += [Call.arrived_at >= starts] if starts else []
    return conditions + ([Call.arrived_at < ends] if ends else [])


def instants(shop: Shop, first: dt.date | None, last: dt.date | None) -> tuple[dt.datetime | None, dt.datetime | None]:
    """The interval [from, to) of a shop's days, first and last included."""
    return first and _midnight(shop, first), last and _midnight(shop, last + dt.timedelta(days=1))


def _midnight(shop: Shop, date: dt.date) -> dt.datetime:
    return dt.datetime.combine(date, dt.time(), ZoneInfo(shop.timezone)).astimezone(dt.UTC)


def figures(shop: Shop, first: dt.date, last: dt.date) -> Figures:
    """A shop's incoming calls from first to last."""
    query = Call.select(Call.key, Call.ending).where(
        *_conditions(shop, Filter(first, last, direction="in")), Call.shop == shop, Call.ended_at.is_null(False)
    )
    endings = dict(query.tuples())
    missed = [key for key, ending in endings.items() if ending in MISSED]
    became = callbacks_of(missed)
    return Figures(
        arrived=len(endings),
        answered=sum(ending in ANSWERED for ending in endings.values()),
        missed=len(missed),
        settled=sum(promise.closed_because in SETTLED for promise in became.values()),
    )


def waiting(shop: Shop) -> int:
    """How many customers of a shop wait for a call now, since whatever day."""
    return Callback.select().where(Callback.shop == shop, Callback.closed_at.is_null()).count()


def callbacks_of(keys: Iterable[str]) -> dict[str, Callback]:
    """The callback that each of these calls led to, by Call.key."""
    misses = Miss.select(Miss, Callback).join(Callback).where(Miss.call_key.in_(list(keys)))
    return {miss.call_key: miss.callback for miss in misses}
