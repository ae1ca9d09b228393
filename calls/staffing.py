"""How many operators the calls need, hour by hour of the week, and what one more shop would change: pure.

The forecast is the union's own history: for each hour of the week the mean of the weeks that are known, and above it a
margin that the next such hour exceeds once in ten. Operators are counted for the margin, by Erlang C. Callbacks are
left out: they are made between calls. Beside it stands the simple formula that is sold as a calculation of staff; it
knows no chance, so it is low for few operators and says nothing of the wait.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, variance

from calls import erlang
from calls.erlang import Service, Traffic

WEEKS_LEAST = 4  # with fewer a forecast is "not yet reliable": the spread from week to week is not known
MARGIN = 1.2816  # standard deviations above the mean: nine hours of ten have no more calls
SHRINKAGE, ABSENCE = 0.15, 0.10  # as the source of the simple formula takes them

Hour = tuple[int, int]  # weekday (0 = Monday), hour of the local day


@dataclass(frozen=True)
class Forecast:
    """Calls in one hour of the week: their mean, and the number that nine such hours of ten do not exceed."""

    mean: float
    high: float


@dataclass(frozen=True)
class Need:
    """Operators for one hour of the week, and what they give at the margin and in the mean."""

    forecast: Forecast
    operators: int
    mean: Service


@dataclass(frozen=True)
class OneMore:
    """Before and after one more shop like those there are, with the same operators; cost: minor units, None unknown."""

    shops: int
    before: Service
    after: Service
    operators_before: int
    operators_after: int
    share_before_minor: int | None
    share_after_minor: int | None


def forecast(weeks: Sequence[Mapping[Hour, int]]) -> dict[Hour, Forecast]:
    """Calls by hour of the week, from the counts of whole weeks; only hours in which there ever was a call."""
    hours = {hour for week in weeks for hour in week}
    return {hour: forecast_of([week.get(hour, 0) for week in weeks]) for hour in sorted(hours)}


def forecast_of(counts: Sequence[int]) -> Forecast:
    """The next count after these: random (Poisson) at least, more if they differed more, and their mean is not exact."""
    mean = fmean(counts)
    spread = max(mean, variance(counts)) if len(counts) > 1 else mean
    return Forecast(mean, mean + MARGIN * math.sqrt(spread * (1 + 1 / len(counts))))


def needs(
    hours: Mapping[Hour, Forecast], handle_seconds: float, level: float, within_seconds: float
) -> dict[Hour, Need]:
    """Operators by hour of the week for this share answered within this time."""
    return {hour: _need(expected, handle_seconds, level, within_seconds) for hour, expected in hours.items()}


def _need(expected: Forecast, handle_seconds: float, level: float, within_seconds: float) -> Need:
    operators = erlang.operators_for(Traffic(expected.high, handle_seconds), level, within_seconds)
    return Need(expected, operators, erlang.c(Traffic(expected.mean, handle_seconds), operators, within_seconds))


def whole_weeks(offered: Mapping[tuple[dt.date, int], int], first: dt.date, count: int) -> list[dict[Hour, int]]:
    """Calls by (local date, hour) as so many weeks from the day first; a week without a call is one, too."""
    weeks: list[dict[Hour, int]] = [{} for _ in range(count)]
    for (day, hour), calls in offered.items():
        number = (day - first).days // 7
        if 0 <= number < count:
            place = day.weekday(), hour
            weeks[number][place] = weeks[number].get(place, 0) + calls
    return weeks


def simple_formula(traffic: Traffic, level: float) -> tuple[float, float, float]:
    """Full-time operators by the formula that is sold: load / level, then 15 % more, then 10 % more.

    What it calls a level divides the load; Erlang's is the share answered within a time, and depends on chance."""
    bare = traffic.load / level
    return bare, bare * (1 + SHRINKAGE), bare * (1 + SHRINKAGE) * (1 + ABSENCE)


def one_more(traffic: Traffic, shops: int, operators: int, level: float, within_seconds: float,
             cost_minor: int | None) -> OneMore:  # fmt: skip
    """What a shop more does to the wait of all and to an equal share of the month's costs; traffic: all shops' now."""
    more = Traffic(traffic.calls_per_hour * (shops + 1) / shops, traffic.handle_seconds)
    share_of = {number: None if cost_minor is None else -(-cost_minor // number) for number in (shops, shops + 1)}
    return OneMore(
        shops=shops,
        before=erlang.c(traffic, operators, within_seconds),
        after=erlang.c(more, operators, within_seconds),
        operators_before=erlang.operators_for(traffic, level, within_seconds),
        operators_after=erlang.operators_for(more, level, within_seconds),
        share_before_minor=share_of[shops],
        share_after_minor=share_of[shops + 1],
    )
