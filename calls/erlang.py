"""Erlang's three formulas for telephones that share a stream of calls: pure, and checked against published values.

Calls come at random (Poisson) and last at random (exponential); `load` is calls a second × seconds a call, in erlangs.
B: who finds all busy is gone (lines of a trunk). C: he waits, however long. A: he waits until his patience ends
(Palm, 1946; Garnett, Mandelbaum, Reiman, 2002), which is how people are. Times are seconds, shares 0.0–1.0.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

STEPS = 400  # of Simpson's rule; must be even
NEGLIGIBLE = 1e-15


@dataclass(frozen=True)
class Traffic:
    """Calls as they come: so many an hour, each of which takes so many seconds (talk and after-call work)."""

    calls_per_hour: float
    handle_seconds: float

    @property
    def load(self) -> float:
        return self.calls_per_hour * self.handle_seconds / 3600

    @property
    def per_second(self) -> float:
        return self.calls_per_hour / 3600


@dataclass(frozen=True)
class Service:
    """What callers meet. waiting: share of those who wait at all; wait_seconds: mean wait of all; level: share answered
    within the time asked for; abandoned: share of those who leave; occupancy: share of their time operators work."""

    waiting: float
    wait_seconds: float
    level: float
    abandoned: float
    occupancy: float


OVERWHELMED = Service(waiting=1.0, wait_seconds=math.inf, level=0.0, abandoned=0.0, occupancy=1.0)
IDLE = Service(waiting=0.0, wait_seconds=0.0, level=1.0, abandoned=0.0, occupancy=0.0)


def b(load: float, servers: int) -> float:
    """Share of calls that find all servers busy and are gone; by the recursion that can't overflow."""
    blocked = 1.0
    for server in range(1, servers + 1):
        blocked = load * blocked / (server + load * blocked)
    return blocked


def b_load(blocked: float, servers: int) -> float:
    """The load that so many servers carry with this share of calls blocked (0 < blocked < 1), in erlangs."""
    low, high = 0.0, servers / (1 - blocked)  # what is carried, load × (1 - blocked), is below servers
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if b(middle, servers) < blocked else (low, middle)
    return low


def c(traffic: Traffic, operators: int, within_seconds: float) -> Service:
    """Everybody waits until he is answered; OVERWHELMED when the operators can't keep up for ever."""
    load, spare = traffic.load, operators - traffic.load
    if not load:
        return IDLE
    if spare <= 0:
        return OVERWHELMED
    blocked = b(load, operators)
    waiting = operators * blocked / (operators - load * (1 - blocked))
    late = waiting * math.exp(-spare * within_seconds / traffic.handle_seconds)
    return Service(waiting, waiting * traffic.handle_seconds / spare, 1 - late, 0.0, load / operators)


def a(traffic: Traffic, operators: int, within_seconds: float, patience_seconds: float) -> Service:
    """Everybody waits until he is answered or his patience (exponential, with this mean) ends; level is of all calls.

    Holds for any load, and with no operators too: then nobody is answered."""
    if not traffic.load:
        return IDLE
    if not operators:
        return Service(1.0, patience_seconds, 0.0, 1.0, 1.0)
    arriving, leaving, served = traffic.per_second, 1 / patience_seconds, operators / traffic.handle_seconds
    blocked = b(traffic.load, operators)
    waiting, queueing = 1.0, 0.0  # states from "all busy" on, in units of that state; the mean number that waits
    state, ahead = 1.0, 0
    while state > NEGLIGIBLE * waiting or served + ahead * leaving < arriving:
        ahead += 1
        state *= arriving / (served + ahead * leaving)
        waiting, queueing = waiting + state, queueing + ahead * state
    all_busy = blocked / (1 - blocked + blocked * waiting)

    def answered_at(wait: float) -> float:
        """The density of answers after such a wait: the offered wait's, of those who are still there."""
        gone = 1 - math.exp(-leaving * wait)
        return all_busy * served * math.exp(arriving / leaving * gone - served * wait - leaving * wait)

    abandoned = leaving * all_busy * queueing / arriving
    level = 1 - all_busy * waiting + _integral(answered_at, within_seconds)
    busy = traffic.load * (1 - abandoned) / operators
    return Service(all_busy * waiting, all_busy * queueing / arriving, level, abandoned, busy)


def operators_for(traffic: Traffic, level: float, within_seconds: float) -> int:
    """The fewest operators with whom this share of calls is answered within this time, by Erlang C; 0 without calls.

    level is below 1: no number of operators answers everybody at once."""
    operators = math.floor(traffic.load)
    while c(traffic, operators, within_seconds).level < level:
        operators += 1
    return operators


def _integral(density: Callable[[float], float], until: float) -> float:
    """The integral over [0, until], by Simpson's rule."""
    step = until / STEPS
    weights = (1 if point in (0, STEPS) else 4 if point % 2 else 2 for point in range(STEPS + 1))
    return sum(weight * density(point * step) for point, weight in enumerate(weights)) * step / 3
