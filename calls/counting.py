"""What each call counts as: the sums behind every figure, cell by cell, from the calls as they are stored now.

A cell is an hour of a shop's own day, a number that was rung, who answered. The definitions are in service_level.py,
which is whom to ask; tallies.py keeps the sums of days that are over.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from peewee import ValuesList

from calls.call_log import instants
from calls.standing import is_one_of, standing, with_promise
from models import Call, InstantField, Shop, database

Key = TypeVar("Key", bound=Hashable)
RELIABLE_LEAST = 30

# the plus: SQLite would else look for her ends instead of the one beginning
ROWS = """
    SELECT call.id, call.shop_id, call.did_id, call.operator_id, call.direction, call.ending, call.arrived_at, call.line_at IS NOT NULL,
        COALESCE(call.wait_seconds, 0), call.talk_seconds,
        call.ended_at,
        COALESCE((SELECT SUM((julianday(work.ends_at) - julianday(work.starts_at)) * 86400)
            FROM leg JOIN presence AS work ON work.user_id = leg.user_id AND work.starts_at = leg.ended_at
                AND work.kind = 'after_call' AND +work.ends_at IS NOT NULL
            WHERE leg.call_id = call.id AND leg.party = 'operator'), 0),
        (SELECT solved FROM outcome WHERE outcome.call_key = call.key ORDER BY outcome.id DESC LIMIT 1)
    FROM json_each(?) AS asked CROSS JOIN call ON call.shop_id = asked.value ->> 0
        AND call.arrived_at >= asked.value ->> 1 AND call.arrived_at < asked.value ->> 2
    WHERE call.ended_at IS NOT NULL
"""


class Row(NamedTuple):
    """A call that is over, as it is counted. after_call_seconds: her work after it; solved: None is not said."""

    id: int
    shop: int
    did: int | None
    operator: int | None
    direction: str
    ending: str
    arrived_at: str  # as stored
    in_line: int
    wait_seconds: int
    talk_seconds: int
    ended_at: str
    after_call_seconds: float
    solved: int | None

    @property
    def seconds(self) -> float:
        """How long the call was; SQLite's julianday would be off by some microseconds."""
        ended, arrived = map(dt.datetime.fromisoformat, (self.ended_at, self.arrived_at))
        return (ended - arrived).total_seconds()


@dataclass(frozen=True, slots=True)
class Counts:
    """Sums that can be added, and what follows from them. Seconds are whole; shares 0.0–1.0, None without calls."""

    arrived: int = 0
    offered: int = 0
    answered: int = 0
    answered_within: int = 0
    abandoned: int = 0  # left the line, not at once
    abandoned_within: int = 0
    gave_up_seconds: int = 0  # in the line, of the abandoned
    asked: int = 0  # left the line for a callback
    nobody: int = 0  # nobody was signed on
    cut: int = 0  # our failure, or her telephone's
    short: int = 0
    waited_seconds: int = 0  # of the answered
    handled: int = 0  # of the answered, those by an operator of the union
    talk_seconds: int = 0  # of the handled
    after_call_seconds: int = 0  # of the handled
    called: int = 0  # callbacks in which somebody was spoken with
    called_talk_seconds: int = 0  # talk of these
    told: int = 0  # conversations of which she said whether they solved it
    solved: int = 0
    called_back: int = 0  # missed, as the list of calls has them (calls/standing.py)
    waiting: int = 0
    lost: int = 0

    @property
    def before_line(self) -> int:
        """Arrived but not offered: menu, out of hours, gave up before the line."""
        return self.arrived - self.offered - self.short

    @property
    def by_mobile(self) -> int:
        """Of the answered, those the shop's owner took on his mobile: no operator's work."""
        return self.answered - self.handled

    @property
    def level(self) -> float | None:
        """Service level of everybody: answered within the time / offered."""
        return _share(self.answered_within, self.offered)

    @property
    def level_patient(self) -> float | None:
        """Service level without those who left within the time."""
        return _share(self.answered_within, self.offered - self.abandoned_within)

    @property
    def answered_share(self) -> float | None:
        return _share(self.answered, self.offered)

    @property
    def abandoned_share(self) -> float | None:
        return _share(self.abandoned, self.offered)

    @property
    def asa(self) -> float | None:
        """Average speed of answer: mean wait in the line of the answered, seconds."""
        return _share(self.waited_seconds, self.answered)

    @property
    def aht(self) -> float | None:
        """Average handling time: talk and after-call work per call an operator answered, seconds."""
        return _share(self.talk_seconds + self.after_call_seconds, self.handled)

    @property
    def solved_share(self) -> float | None:
        """Solved at once / conversations of which the operator said so or not."""
        return _share(self.solved, self.told)

    @property
    def patience(self) -> float | None:
        """Mean patience in the line, seconds: all waiting that was endured for each who left (exponential law)."""
        return _share(self.waited_seconds + self.gave_up_seconds, self.abandoned)

    @property
    def is_reliable(self) -> bool:
        return self.offered >= RELIABLE_LEAST


class Cell(NamedTuple):
    """What is counted together: a shop's local hour of a day, a number that was rung, who answered."""

    shop: int
    day: dt.date
    hour: int
    did: int | None
    operator: int | None


NAMES = tuple(field.name for field in fields(Counts))
VALUES = attrgetter(*NAMES)


def counted(asked: Iterable[tuple[Shop, dt.date, dt.date]], within_seconds: int) -> dict[Cell, Counts]:
    """The calls of shops on days (first and last, both included) as they are stored now, cell by cell."""
    shops, spans = {}, []
    for shop, first, last in asked:
        shops[shop.id] = shop, ZoneInfo(shop.timezone)
        spans.append((shop.id, *map(InstantField().db_value, instants(shop, first, last))))
    if not spans:
        return {}
    missed = dict(_missed(spans))
    return grouped(
        (_cell(row, zone), of_call(row, missed.get(row.id), shop.short_call_seconds, within_seconds))
        for row in map(Row._make, database.execute_sql(ROWS, (json.dumps(spans),)))
        for shop, zone in [shops[row.shop]]
    )


def _missed(spans: Sequence[tuple[int, str, str]]) -> Iterable[tuple[int, str]]:
    """Where the missed calls of these shops, each in [from, to), stand: (Call.id, standing)."""
    asked = ValuesList(spans, alias="asked")
    shop, starts_at, ends_at = asked.c.column1, asked.c.column2, asked.c.column3
    within = (Call.shop == shop) & (Call.arrived_at >= starts_at) & (Call.arrived_at < ends_at)
    query = Call.select(Call.id, standing(Shop)).join(asked, on=within).switch(Call).join(Shop)
    return with_promise(query).where(*is_one_of(Shop, "missed")).tuples()


def _cell(row: Row, zone: ZoneInfo) -> Cell:
    local = dt.datetime.fromisoformat(row.arrived_at).astimezone(zone)
    return Cell(row.shop, local.date(), local.hour, row.did, row.operator)


def of_call(row: Row, missed: str | None, short_call_seconds: int, within_seconds: int) -> Counts:
    """What one call that is over counts as; missed: where it stands, None when no customer was missed."""
    followed = {missed: 1} if missed else {}
    work = round(row.after_call_seconds)
    spoken = {"told": int(row.solved is not None), "solved": row.solved or 0}
    if row.direction == "callback":
        answered = int(row.ending == "answered")
        return Counts(called=answered, called_talk_seconds=answered * row.talk_seconds, **spoken)
    if not row.in_line and row.ending != "answered":
        return Counts(arrived=1, **followed)
    within = int(row.wait_seconds <= within_seconds)
    if row.ending == "answered":
        hers = int(row.operator is not None)
        return Counts(
            arrived=1, offered=1, answered=1, answered_within=within, waited_seconds=row.wait_seconds,
            handled=hers, talk_seconds=hers * row.talk_seconds, after_call_seconds=hers * work, **spoken,
        )  # fmt: skip
    if row.ending == "abandoned_line":
        if row.seconds < short_call_seconds:
            return Counts(arrived=1, short=1, **followed)
        return Counts(
            arrived=1, offered=1, abandoned=1, abandoned_within=within, gave_up_seconds=row.wait_seconds, **followed
        )
    why = {"asked_callback": "asked", "no_operator": "nobody"}.get(row.ending, "cut")
    return Counts(arrived=1, offered=1, **{why: 1}, **followed)


def total(counts: Iterable[Counts]) -> Counts:
    """Their sum, column by column."""
    return Counts(*map(sum, zip(*map(VALUES, counts), strict=True)))


def grouped(pairs: Iterable[tuple[Key, Counts]]) -> dict[Key, Counts]:
    """The sum of those that share a key."""
    groups: dict[Key, list[Counts]] = {}
    for key, counts in pairs:
        groups.setdefault(key, []).append(counts)
    return {key: total(group) if len(group) > 1 else group[0] for key, group in groups.items()}


def _share(part: float, of: float) -> float | None:
    return part / of if of else None
