"""How true the announced waits were: what callers were told beside what they then waited.

One who was answered shows the truth. One who left before shows only that it would have been longer: leaving him out
would flatter short waits, so his weight goes to those whose wait, measured by what they were told, was longer than his
(Efron, The two sample problem with censored data, 1967). Facts only: nothing is computed while a caller waits.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate

from calls.announced import LONGEST
from models import Announced, Call, Shop


@dataclass(frozen=True)
class EstimateError:
    """Of a shop or of all, for announcements made in a period."""

    announcements: int
    left: int  # of these, to callers who were not answered afterwards
    within_share: float  # of true waits in the range that was said, 0.0-1.0; right is 0.65 to 0.80
    median_error_seconds: float  # of the middle, regardless of sign


@dataclass(frozen=True)
class Outcome:
    """What came after an announcement: the seconds until the answer or, left, until he left without one."""

    low_seconds: float
    middle_seconds: float
    high_seconds: float
    seconds: float
    left: bool

    @property
    def position(self) -> float:
        """Where the wait stands to what was said: below 1 shorter, 1 to 2 in the range, above 2 longer."""
        if self.seconds < self.low_seconds:
            return self.seconds / self.low_seconds
        return 1 + (self.seconds - self.low_seconds) / (self.high_seconds - self.low_seconds)

    @property
    def is_within(self) -> bool:
        return self.low_seconds <= self.seconds <= self.high_seconds


def estimate_error(begins_at: dt.datetime, ends_at: dt.datetime, shop: Shop | None = None) -> EstimateError | None:
    """Of announcements in [begins_at, ends_at), of one shop or of all; None when nobody was told or no wait is over."""
    return error_of(outcomes(begins_at, ends_at, shop))


def error_of(outcomes: Iterable[Outcome]) -> EstimateError | None:
    """The figures of these outcomes; None when there are none."""
    told = list(outcomes)
    if not told:
        return None
    weighed = list(_weighed(told))
    whole = sum(weight for _, weight in weighed)
    within = sum(weight for outcome, weight in weighed if outcome.is_within)
    errors = sorted((abs(outcome.seconds - outcome.middle_seconds), weight) for outcome, weight in weighed)
    return EstimateError(len(told), sum(outcome.left for outcome in told), within / whole, _median(errors, whole))


def outcomes(begins_at: dt.datetime, ends_at: dt.datetime, shop: Shop | None = None) -> Iterator[Outcome]:
    """One for each announcement whose caller waits no more."""
    told = (Announced.at >= begins_at) & (Announced.at < ends_at)
    if shop is not None:
        told &= Announced.shop == shop
    over = Call.answered_at.is_null(False) | Call.ended_at.is_null(False)
    query = Announced.select(Announced, Call.answered_at, Call.ended_at).join(Call, on=(Announced.call_key == Call.key))
    for row in query.where(told & over).objects():
        until = row.answered_at or row.ended_at
        yield Outcome(
            row.low_minutes * 60,
            row.middle_seconds,
            math.inf if row.high_minutes == LONGEST else row.high_minutes * 60,
            max(0.0, (until - row.at).total_seconds()),
            left=row.answered_at is None,
        )


def _weighed(told: list[Outcome]) -> Iterator[tuple[Outcome, float]]:
    """Who shows the truth, with his weight; the last of all counts as if he had been answered when he left."""
    weight, remaining = 1.0, len(told)
    for outcome in sorted(told, key=lambda one: (one.position, one.left)):
        remaining -= 1
        if outcome.left and remaining:
            weight += weight / remaining
        else:
            yield outcome, weight


def _median(errors: list[tuple[float, float]], whole: float) -> float:
    reached = accumulate(weight for _, weight in errors)
    return next(error for (error, _), so_far in zip(errors, reached, strict=True) if so_far >= whole / 2)
