"""A shop's calls as its owner asks for them: the figures of a day, and the list of what is behind each.

Days are the shop's own. A figure is the number of calls that the list gives for the same day and group, because both
ask the same question (calls/standing.py).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from peewee import SQL, fn

from calls.standing import GROUPS, is_one_of, standing, with_promise
from models import Call, Callback, Did, Miss, Shop, User

CHUNK = 1000


@dataclass(frozen=True)
class Filter:
    """What is asked for: first and last are the shop's dates, both included; None is no limit."""

    first: dt.date | None = None
    last: dt.date | None = None
    group: str = ""  # one of standing.GROUPS
    did: int | None = None
    operator: int | None = None


@dataclass(frozen=True)
class Figures:
    """How many calls came in, by standing; going and out are in none of them."""

    by_operator: int = 0
    by_mobile: int = 0
    called_back: int = 0
    waiting: int = 0
    lost: int = 0
    apart: int = 0

    @property
    def answered(self) -> int:
        """Spoken with, whoever answered."""
        return self.by_operator + self.by_mobile

    @property
    def arrived(self) -> int:
        return self.answered + self.called_back + self.waiting + self.lost + self.apart


def calls(shop: Shop, wanted: Filter, limit: int, before: int | None = None) -> list[Call]:
    """The calls of a shop, newest first, at most limit, each with its `standing`; before: older than this Call.id."""
    query = with_promise(Call.select(Call, Did, User, standing(shop).alias("standing")))
    query = query.left_outer_join(Did).switch(Call).left_outer_join(User, on=(User.id == Call.operator))
    query = query.where(*_conditions(shop, wanted))
    if before and (last := Call.get_or_none(Call.id == before, Call.shop == shop)):
        earlier = (Call.arrived_at < last.arrived_at) | ((Call.arrived_at == last.arrived_at) & (Call.id < last.id))
        query = query.where(Call.arrived_at <= last.arrived_at, earlier)
    return list(query.order_by(Call.arrived_at.desc(), Call.id.desc()).limit(limit))


def every(shop: Shop, wanted: Filter) -> Iterator[Call]:
    """All of them, newest first, read a chunk at a time so that nobody who writes waits for a reader."""
    before = None
    while chunk := calls(shop, wanted, CHUNK, before):
        yield from chunk
        before = chunk[-1].id


def find(shop: Shop, key: str) -> Call | None:
    """One call of a shop, with its `standing`; None when there is none."""
    query = with_promise(Call.select(Call, standing(shop).alias("standing")))
    return query.where(Call.key == key, Call.shop == shop).first()


def figures(shop: Shop, first: dt.date, last: dt.date | None = None) -> Figures:
    """The calls that came to a shop on these of its days, both included; without last on that one day."""
    stands = standing(shop)
    asked = _conditions(shop, Filter(first, last or first))
    query = with_promise(Call.select(stands, fn.COUNT(Call.id))).where(*asked)
    counted = dict(query.group_by(SQL("1")).tuples())
    return Figures(**{name: counted.get(name, 0) for name in vars(Figures())})


def answered_within(shop: Shop, seconds: int, first: dt.date, last: dt.date | None = None) -> int:
    """How many of the answered calls of these of a shop's days had waited in the line no longer than this."""
    asked = _conditions(shop, Filter(first, last or first, "answered"))
    return with_promise(Call.select(Call.id)).where(*asked, fn.COALESCE(Call.wait_seconds, 0) <= seconds).count()


def _conditions(shop: Shop, wanted: Filter) -> list:
    starts, ends = instants(shop, wanted.first, wanted.last)
    conditions = [Call.shop == shop]
    conditions += is_one_of(shop, wanted.group) if wanted.group in GROUPS else []
    conditions += [Call.did == wanted.did] if wanted.did else []
    conditions += [Call.operator == wanted.operator] if wanted.operator else []
    conditions += [Call.arrived_at >= starts] if starts else []
    return conditions + ([Call.arrived_at < ends] if ends else [])


def instants(shop: Shop, first: dt.date | None, last: dt.date | None) -> tuple[dt.datetime | None, dt.datetime | None]:
    """The interval [from, to) of a shop's days, first and last included."""
    return first and _midnight(shop, first), last and _midnight(shop, last + dt.timedelta(days=1))


def _midnight(shop: Shop, date: dt.date) -> dt.datetime:
    return dt.datetime.combine(date, dt.time(), ZoneInfo(shop.timezone)).astimezone(dt.UTC)


def waiting(shop: Shop) -> int:
    """How many customers of a shop wait for a call now, since whatever day."""
    return Callback.select().where(Callback.shop == shop, Callback.closed_at.is_null()).count()


def operators(shop: Shop) -> list[User]:
    """Who ever answered a call of this shop, in the order of their names."""
    served = Call.select(Call.operator).where(Call.shop == shop, Call.operator == User.id)
    return list(User.select().where(fn.EXISTS(served)).order_by(User.name))


def callbacks_of(keys: Iterable[str]) -> dict[str, Callback]:
    """The callback that each of these calls led to, by Call.key."""
    misses = Miss.select(Miss, Callback).join(Callback).where(Miss.call_key.in_(list(keys)))
    return {miss.call_key: miss.callback for miss in misses}
