"""What the shops used of the union in an interval: conversations, orders, deliveries, and the operators' presence.

One question, asked by the ledger, the digests and the reports alike, so that all of them count the same. A
conversation is a call that an operator of the union answered, or a callback she was connected for; it belongs to the
instant it began. What the shop's owner took on his mobile was no work of the union's and is none, however he came by it. Only what a shop had as a member counts, in the union's zone; a test shop is nowhere.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import starmap
from typing import NamedTuple
from zoneinfo import ZoneInfo

from models import InstantField, Membership, Shop, Union, database

PAID = ("ready", "after_call", "rest", "training", "technical")  # presence that counts as work: no meal, no silence

CONVERSATIONS = """
    SELECT 'call' AS kind, call.key AS key, call.shop_id, call.operator_id, call.arrived_at AS at, call.talk_seconds
    FROM span JOIN call ON call.shop_id = span.shop_id
        AND call.arrived_at >= span.starts_at AND call.arrived_at < span.ends_at
    WHERE call.ending = 'answered' AND call.operator_id IS NOT NULL
"""
ORDERS = """
    SELECT 'order' AS kind, CAST("order".id AS TEXT) AS key, "order".shop_id, "order".operator_id,
        "order".placed_at AS at, "order".sum_minor
    FROM span JOIN "order" ON "order".shop_id = span.shop_id
        AND "order".placed_at >= span.starts_at AND "order".placed_at < span.ends_at
    WHERE "order".state NOT IN ('draft', 'cancelled')
"""
CHANGED = """
    SELECT '{kind}' AS kind, CAST("order".id AS TEXT) AS key, "order".shop_id, "order".operator_id,
        MIN(change.at) AS at, {sign} COALESCE("order".margin_minor, "order".sum_minor)
    FROM order_change AS change CROSS JOIN "order" ON "order".id = change.order_id AND "order".state = '{state}'
    JOIN span ON span.shop_id = "order".shop_id AND change.at >= span.starts_at AND change.at < span.ends_at
    WHERE change.state = '{state}' AND change.at >= (SELECT MIN(starts_at) FROM span)
    GROUP BY "order".id
"""
MICROSECONDS = "unixepoch(substr({at}, 1, 19)) * 1000000 + substr({at}, 21, 6)"  # exactly; julianday() is off by some
PRESENT = f"""
    SELECT user_id, kind, SUM({MICROSECONDS.format(at="until")} - ({MICROSECONDS.format(at="since")})) FROM (
        SELECT user_id, kind, MAX(starts_at, ?1) AS since, MIN(ends_at, ?2) AS until
            FROM presence WHERE ends_at > ?1 AND starts_at < ?2
        UNION ALL SELECT user_id, kind, MAX(starts_at, ?1), ?2 FROM presence WHERE ends_at IS NULL AND starts_at < ?2
    ) WHERE kind IN (SELECT value FROM json_each(?3)) GROUP BY +user_id, kind
"""
DELIVERIES = CHANGED.format(kind="delivery", state="delivered", sign="+")
RETURNS = CHANGED.format(kind="return", state="returned", sign="-")


class Fact(NamedTuple):
    """Something that counts. at: as it is stored, fixed width, so that text order is time order.

    quantity: seconds of talk of a call; what an order is worth; the margin (or else the sum) of a delivery, in minor
    units; that of a return, negative."""

    kind: str  # call, order, delivery, return
    key: str  # Call.key or Order.id
    shop_id: int
    user_id: int | None  # who answered or took the order
    at: str
    quantity: int


@dataclass(frozen=True)
class Usage:
    """What one shop used."""

    call_keys: tuple[str, ...] = ()
    talk_seconds: int = 0
    orders: int = 0
    delivered: int = 0

    @property
    def calls(self) -> int:
        return len(self.call_keys)


def usage(starts_at: dt.datetime, ends_at: dt.datetime) -> dict[int, Usage]:
    """What each member used in [starts_at, ends_at), by Shop.id; {} for a shop that used nothing is left out."""
    return of_facts(facts(starts_at, ends_at))


def of_facts(counted: Iterable[Fact]) -> dict[int, Usage]:
    """The same of facts already read."""
    of_shop: dict[int, dict[str, list[Fact]]] = {}
    for fact in counted:
        of_shop.setdefault(fact.shop_id, {}).setdefault(fact.kind, []).append(fact)
    return {shop_id: _summed(kinds) for shop_id, kinds in of_shop.items()}


def _summed(kinds: dict[str, list[Fact]]) -> Usage:
    calls = kinds.get("call", [])
    return Usage(
        call_keys=tuple(fact.key for fact in calls),
        talk_seconds=sum(fact.quantity for fact in calls),
        orders=len(kinds.get("order", [])),
        delivered=len(kinds.get("delivery", [])),
    )


def facts(starts_at: dt.datetime, ends_at: dt.datetime, which: str = "1") -> list[Fact]:
    """Every fact of the members in [starts_at, ends_at), by kind, then in the order of time.

    which: a condition in SQL on fact.kind, fact.key, fact.at, for whoever wants only some."""
    known = spans(starts_at, ends_at)
    if not known:
        return []
    rows = ", ".join("(?, ?, ?)" for _ in known)
    bound = [value for span in known for value in span]
    found = []
    for query in (CONVERSATIONS, ORDERS, DELIVERIES, RETURNS):
        members = f"WITH span(shop_id, starts_at, ends_at) AS (VALUES {rows})"
        sql = f"{members} SELECT * FROM ({query}) AS fact WHERE {which} ORDER BY at, key"
        found += starmap(Fact, database.execute_sql(sql, bound))
    return found


def spans(starts_at: dt.datetime, ends_at: dt.datetime) -> list[tuple[int, str, str]]:
    """Who was a member when: (Shop.id, from, to) within [starts_at, ends_at), instants as they are stored."""
    zone = ZoneInfo(Union.get().timezone)
    clipped = [
        (row.shop_id, max(starts_at, midnight(row.starts_on, zone)),
         min(ends_at, midnight(row.ends_on, zone)) if row.ends_on else ends_at)
        for row in Membership.select(Membership).join(Shop).where(~Shop.is_test).order_by(Membership.id)
    ]  # fmt: skip
    stored = InstantField().db_value
    return [(shop_id, stored(start), stored(end)) for shop_id, start, end in clipped if start < end]


def midnight(day: dt.date, zone: ZoneInfo) -> dt.datetime:
    """The instant at which a local day begins, UTC."""
    return dt.datetime.combine(day, dt.time(), zone).astimezone(dt.UTC)


def presence_seconds(starts_at: dt.datetime, ends_at: dt.datetime) -> dict[int, int]:
    """How long each operator was at work in [starts_at, ends_at), by User.id; an open presence lasts to its end."""
    seconds: dict[int, float] = {}
    for (user_id, _), spent in present(starts_at, ends_at, PAID).items():
        seconds[user_id] = seconds.get(user_id, 0) + spent
    return {user_id: round(spent) for user_id, spent in seconds.items()}


def present(starts_at: dt.datetime, ends_at: dt.datetime, kinds: Sequence[str]) -> dict[tuple[int, str], float]:
    """Seconds of presence of these kinds in [starts_at, ends_at), by User.id and kind; an open one lasts to its end."""
    bound = (*map(InstantField().db_value, (starts_at, ends_at)), json.dumps(kinds))
    return {(user, kind): spent / 1e6 for user, kind, spent in database.execute_sql(PRESENT, bound)}
