"""What each call counts as: the sums behind every figure, cell by cell, from the calls as they are stored now.

A cell is an hour of a shop's own day, a number that was rung, who answered. The definitions are in service_level.py,
which is whom to ask; tallies.py keeps the sums of days that are over.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from operator import add, attrgetter
from typing import NamedTuple
from zoneinfo import ZoneInfo

from calls.call_log import instants
from models import InstantField, Shop, database

RELIABLE_LEAST = 30

ROWS = """
    SELECT call.did_id, call.operator_id, call.direction, call.ending, call.arrived_at, call.line_at IS NOT NULL,
        COALESCE(call.wait_seconds, 0), call.talk_seconds,
        call.ended_at,
        COALESCE((SELECT SUM((julianday(work.ends_at) - julianday(work.starts_at)) * 86400)
            FROM leg JOIN presence AS work ON work.user_id = leg.user_id AND work.starts_at = leg.ended_at
                AND work.kind = 'after_call' AND work.ends_at IS NOT NULL
            WHERE leg.call_id = call.id AND leg.party = 'operator'), 0),
        (SELECT solved FROM outcome WHERE outcome.call_key = call.key ORDER BY outcome.id DESC LIMIT 1)
    FROM call
    WHERE call.shop_id = ? AND call.arrived_at >= ? AND call.arrived_at < ? AND call.ended_at IS NOT NULL
"""


class Row(NamedTuple):
    """A call that is over, as it is counted. after_call_seconds: her work after it; solved: None is not said."""

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

    def __add__(self, other: Counts) -> Counts:
        return Counts(*map(add, VALUES(self), VALUES(other)))

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


Cells = Mapping[Cell, Counts]
NAMES = tuple(field.name for field in fields(Counts))
VALUES = attrgetter(*NAMES)


def counted(shop: Shop, first: dt.date, last: dt.date, within_seconds: int) -> dict[Cell, Counts]:
    """The calls of a shop on these days as they are stored now, cell by cell."""
    begins, ends = map(InstantField().db_value, instants(shop, first, last))
    zone, cells = ZoneInfo(shop.timezone), {}
    for row in map(Row._make, database.execute_sql(ROWS, (shop.id, begins, ends))):
        local = dt.datetime.fromisoformat(row.arrived_at).astimezone(zone)
        cell = Cell(shop.id, local.date(), local.hour, row.did, row.operator)
        counts = of_call(row, shop.short_call_seconds, within_seconds)
        cells[cell] = cells[cell] + counts if cell in cells else counts
    return cells


def of_call(row: Row, short_call_seconds: int, within_seconds: int) -> Counts:
    """What one call that is over counts as."""
    work = round(row.after_call_seconds)
    spoken = {"told": int(row.solved is not None), "solved": row.solved or 0}
    if row.direction == "callback":
        answered = int(row.ending == "answered")
        return Counts(called=answered, called_talk_seconds=answered * row.talk_seconds, **spoken)
    if not row.in_line and row.ending != "answered":
        return Counts(arrived=1)
    within = int(row.wait_seconds <= within_seconds)
    if row.ending == "answered":
        hers = int(row.operator is not None)
        return Counts(
            arrived=1, offered=1, answered=1, answered_within=within, waited_seconds=row.wait_seconds,
            handled=hers, talk_seconds=hers * row.talk_seconds, after_call_seconds=hers * work, **spoken,
        )  # fmt: skip
    if row.ending == "abandoned_line":
        if row.seconds < short_call_seconds:
            return Counts(arrived=1, short=1)
        return Counts(arrived=1, offered=1, abandoned=1, abandoned_within=within, gave_up_seconds=row.wait_seconds)
    why = {"asked_callback": "asked", "no_operator": "nobody"}.get(row.ending, "cut")
    return Counts(arrived=1, offered=1, **{why: 1})


def total(counts: Iterable[Counts]) -> Counts:
    return sum(counts, Counts())


def _share(part: float, of: float) -> float | None:
    return part / of if of else None
