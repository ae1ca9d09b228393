"""The limit of any estimate of a wait: somebody who knows the true laws of a world, but not what will happen.

He sees what the line sees and also since when a signed-off operator has been away, draws everything that is still
open from the true laws, given how long it has lasted already, and plays it through many times.
"""

from __future__ import annotations

from functools import cache
from statistics import NormalDist

import numpy as np

from tests.benchmarks import call_centre
from tests.benchmarks.call_centre import AFTER, AWAY, OFF, SPEAKING, CallCentre, Caller, Law, Operator, World

GRID = 20_000


@cache
def _sorted(law: Law) -> np.ndarray:
    """The law as GRID equally likely durations, rising."""
    short = round(law.short_share * GRID)
    parts = ((call_centre.SHORT_SECONDS, call_centre.SHORT_SIGMA, short), (law.median, law.sigma, GRID - short))
    return np.sort(np.concatenate([_log_normal(*part) for part in parts]))


def _log_normal(median: float, sigma: float, count: int) -> np.ndarray:
    normal = NormalDist()
    return median * np.exp(sigma * np.array([normal.inv_cdf((n + 0.5) / count) for n in range(count)]))


class Oracle:
    """Draws of one world."""

    def __init__(self, world: World, seed: int, courses: int = 1500):
        self.world, self.chance, self.courses = world, np.random.default_rng(seed), courses

    def wait(self, centre: CallCentre, caller: Caller) -> tuple[float, float, float]:
        """Quantiles 0.5, 0.15 and 0.85 of the time until this caller is answered, if he stays."""
        now = centre.now
        begun = [self._operator(operator, now) for operator in centre.operators]
        free, wish = (np.array(part) for part in zip(*begun, strict=True))
        for other in centre.waiting():
            who, start = self._next_free(free, wish)
            if other is caller:
                return tuple(np.quantile(start + self._ringing(), (0.5, 0.15, 0.85)).tolist())
            stays = (
                np.full(self.courses, np.inf)
                if other.rung or other.kept
                else self._left(self.world.patience, now - other.came_at)
            )
            held = self._ringing() + self._new(self.world.held(other)) + self._rest()
            free[who, np.arange(self.courses)] += np.where(
                stays > start, start - free[who, np.arange(self.courses)] + held, 0
            )
        raise LookupError(caller)

    def _next_free(self, free: np.ndarray, wish: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Which operator takes the next, and when; whoever wished to leave before is away first."""
        courses = np.arange(self.courses)
        while True:
            who = free.argmin(axis=0)
            start = free[who, courses]
            leaving = wish[who, courses] <= start
            if not leaving.any():
                return who, start
            back = start + self._absence()
            free[who, courses] = np.where(leaving, back, start)
            wish[who, courses] = np.where(leaving, back + self._on_duty(), wish[who, courses])

    def _operator(self, operator: Operator, now: float) -> tuple[np.ndarray, np.ndarray]:
        """When she is free and when she wishes to leave, from now."""
        world, since = self.world, now - operator.since
        if operator.state == SPEAKING:
            free = self._left(world.held(operator), since) + self._rest()
            return free, self._on_duty() - since
        if operator.state == AFTER:
            fixed = np.full(self.courses, max(0.0, world.rest_seconds - since))
            own = self._left(world.after_call, since)
            lasting = world.after_call_share * (_sorted(world.after_call) > since).mean()
            chance = lasting / (lasting + 1 - world.after_call_share) if since < world.rest_seconds else 1.0
            return np.where(self.chance.random(self.courses) < chance, own, fixed), self._on_duty() - since
        if operator.state in (AWAY, OFF):
            back = self._left(world.break_ if operator.state == AWAY else world.off, since)
            return back, back + self._on_duty()
        return np.zeros(self.courses), np.maximum(self._on_duty(), 1e-9)

    def _rest(self) -> np.ndarray:
        own = self.chance.random(self.courses) < self.world.after_call_share
        return np.where(own, self._new(self.world.after_call), self.world.rest_seconds)

    def _absence(self) -> np.ndarray:
        off = self.chance.random(self.courses) < self.world.off_share
        return np.where(off, self._new(self.world.off), self._new(self.world.break_))

    def _on_duty(self) -> np.ndarray:
        if self.world.on_duty_seconds == np.inf:
            return np.full(self.courses, np.inf)
        return self.chance.exponential(self.world.on_duty_seconds, self.courses)

    def _ringing(self) -> np.ndarray:
        return self.chance.uniform(*self.world.ringing, self.courses)

    def _new(self, law: Law) -> np.ndarray:
        return _sorted(law)[self.chance.integers(0, GRID, self.courses)]

    def _left(self, law: Law, elapsed: float) -> np.ndarray:
        values = _sorted(law)
        first = min(int(np.searchsorted(values, elapsed, side="right")), GRID - 2)
        return np.maximum(0, values[self.chance.integers(first, GRID, self.courses)] - elapsed)
