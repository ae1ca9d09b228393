"""How long things of the line last: conversations, after-call work, breaks, patience; and how little is known of them.

A law of durations is what was seen and, beside it, a log-normal one, as conversations in call centres mostly are
(Brown et al., Statistical Analysis of a Telephone Call Center, JASA 2005), with a prior for as long as little was seen.
Patience is a hazard in steps, counted from those who left and those who were answered first. Pure.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise
from statistics import NormalDist
from typing import Protocol

STANDARD = NormalDist()
SCENARIOS = 601  # a prime: how many courses of events an estimate looks at
SHARES = tuple((number + 0.5) / SCENARIOS for number in range(SCENARIOS))
TINY = 1e-300
SHORTEST_SECONDS = 1.0
WORTH = 20  # how many durations seen a fitted law counts as much as


class Law(Protocol):
    """The law of a duration in seconds, told from above: what is far out must not drown in 1 - share."""

    def beyond(self, seconds: float) -> float:
        """Share of durations longer than seconds."""

    def exceeded_by(self, share: float) -> float:
        """The duration that this share of all exceeds; share in (0, 1)."""

    @property
    def whole(self) -> Sequence[float]:
        """One that begins now: SCENARIOS equally likely values."""


def left(law: Law, elapsed: float) -> tuple[float, ...]:
    """How many seconds are left of something that has lasted elapsed already: SCENARIOS equally likely values."""
    lasting = law.beyond(elapsed)
    return tuple(max(0.0, law.exceeded_by(max(TINY, share * lasting)) - elapsed) for share in SHARES)


@dataclass(frozen=True)
class LogNormal:
    """A duration whose logarithm is normal; median in seconds, sigma of the logarithm."""

    median: float
    sigma: float

    def beyond(self, seconds: float) -> float:
        if seconds <= 0:
            return 1.0
        return math.erfc((math.log(seconds) - math.log(self.median)) / self.sigma / math.sqrt(2)) / 2

    def exceeded_by(self, share: float) -> float:
        return self.median * math.exp(-self.sigma * STANDARD.inv_cdf(share))

    @cached_property
    def whole(self) -> tuple[float, ...]:
        return tuple(map(self.exceeded_by, SHARES))


@dataclass(frozen=True)
class Observed:
    """The durations seen, each as likely as another, and beside them a law that counts as much as `worth` of them.

    Wrong numbers and orders make two hills where a log-normal law has one; where little was seen, and farther out than
    anything seen, the law speaks alone.
    """

    law: LogNormal
    seen: tuple[float, ...]  # rising
    worth: float

    def beyond(self, seconds: float) -> float:
        longer = len(self.seen) - bisect_right(self.seen, seconds)
        return (self.worth * self.law.beyond(seconds) + longer) / (self.worth + len(self.seen))

    def exceeded_by(self, share: float) -> float:
        durations, shares = self._falling
        place = bisect_right(shares, share)
        if place > 1:
            return durations[place - 1]
        farther = self.law.exceeded_by(share * (self.worth + len(self.seen)) / self.worth)
        return max(farther, self.seen[-1]) if self.seen else farther

    @cached_property
    def whole(self) -> tuple[float, ...]:
        return tuple(map(self.exceeded_by, SHARES))

    @cached_property
    def _falling(self) -> tuple[list[float], list[float]]:
        """Durations, falling, of the seen and of the law, and the share of all that is longer than each."""
        whole = self.worth + len(self.seen)
        weighed = [(seconds, 1 / whole) for seconds in self.seen]
        weighed += [(seconds, self.worth / SCENARIOS / whole) for seconds in self.law.whole]
        weighed.sort(reverse=True)
        return [seconds for seconds, _ in weighed], [0.0, *accumulate(weight for _, weight in weighed[:-1])]


@dataclass(frozen=True)
class Sometimes:
    """The law in a share of cases (0.0–1.0), otherwise always the same number of seconds."""

    share: float
    law: Law
    otherwise: float = 0.0

    def beyond(self, seconds: float) -> float:
        fixed = 1 - self.share if seconds < self.otherwise else 0.0
        return fixed + self.share * self.law.beyond(seconds)

    def exceeded_by(self, share: float) -> float:
        longer, fixed = self.share * self.law.beyond(self.otherwise), 1 - self.share
        if share < longer:
            return self.law.exceeded_by(share / self.share)
        if share <= longer + fixed:
            return self.otherwise
        return self.law.exceeded_by((share - fixed) / self.share)

    @cached_property
    def whole(self) -> tuple[float, ...]:
        return tuple(map(self.exceeded_by, SHARES))


@dataclass(frozen=True)
class Believed:
    """What is believed before looking: a law, worth `middle_of` observations of its middle, `spread_of` of its spread."""

    law: LogNormal
    middle_of: float
    spread_of: float


def fitted(durations: Iterable[float], prior: Believed) -> Observed:
    """These durations in seconds with the log-normal law that they and the prior make; the prior's own without any."""
    seen = sorted(max(SHORTEST_SECONDS, duration) for duration in durations)
    return Observed(_log_normal(seen, prior), tuple(seen), WORTH)


def _log_normal(durations: Sequence[float], prior: Believed) -> LogNormal:
    """Normal-inverse-gamma (Gelman et al., Bayesian Data Analysis, 3.3), the middle's own uncertainty in the spread."""
    logs = [math.log(duration) for duration in durations]
    count, prior_middle = len(logs), math.log(prior.law.median)
    mean = math.fsum(logs) / count if logs else prior_middle
    weight = prior.middle_of + count
    middle = (prior.middle_of * prior_middle + count * mean) / weight
    squares = (
        prior.spread_of * prior.law.sigma**2
        + math.fsum((value - mean) ** 2 for value in logs)
        + prior.middle_of * count / weight * (mean - prior_middle) ** 2
    )
    return LogNormal(math.exp(middle), math.sqrt(squares / (prior.spread_of + count) * (1 + 1 / weight)))


def common_spread(groups: Iterable[Sequence[float]], prior: Believed) -> float:
    """The sigma of durations around the middle of their own group, drawn towards the prior's."""
    squares, freedom = prior.spread_of * prior.law.sigma**2, prior.spread_of
    for group in groups:
        logs = [math.log(max(SHORTEST_SECONDS, duration)) for duration in group]
        if logs:
            mean = math.fsum(logs) / len(logs)
            squares += math.fsum((value - mean) ** 2 for value in logs)
            freedom += len(logs) - 1
    return math.sqrt(squares / freedom)


@dataclass(frozen=True)
class Patience:
    """How long a caller stays in the line: leavings per second of waiting, in steps that begin at `begins`."""

    begins: tuple[float, ...]
    hazards: tuple[float, ...]  # each > 0

    def left(self, waited: float) -> tuple[float, ...]:
        """For how many seconds one who has waited so long stays yet: SCENARIOS equally likely values."""
        waited = max(0.0, waited)
        risk = self._risk(waited)
        return tuple(self._moment(risk + more) - waited for more in RISKS)

    def _risk(self, waited: float) -> float:
        step = bisect_right(self.begins, waited) - 1
        return self._sums[step] + self.hazards[step] * (waited - self.begins[step])

    def _moment(self, risk: float) -> float:
        step = bisect_right(self._sums, risk) - 1
        return self.begins[step] + (risk - self._sums[step]) / self.hazards[step]

    @cached_property
    def _sums(self) -> tuple[float, ...]:
        """The risk run through before each step begins."""
        steps = (hazard * (end - begin) for (begin, end), hazard in zip(pairwise(self.begins), self.hazards))  # noqa: B905
        return tuple(accumulate(steps, initial=0.0))


RISKS = tuple(-math.log1p(-share) for share in SHARES)


def patience(waits: Iterable[tuple[float, bool]], prior: Patience, prior_leavings: float) -> Patience:
    """The hazard of leaving, from waits (seconds, and whether he left); prior counts as so many leavings in each step.

    One who was answered says only that he would have stayed longer: he adds waiting, no leaving.
    """
    begins, waits = prior.begins, list(waits)
    leavings = [prior_leavings] * len(begins)
    waiting = [prior_leavings / hazard for hazard in prior.hazards]
    for seconds, he_left in waits:
        for step, (begin, end) in enumerate(_steps(begins)):
            waiting[step] += max(0.0, min(seconds, end) - begin)
        if he_left:
            leavings[bisect_right(begins, max(0.0, seconds)) - 1] += 1
    return Patience(begins, tuple(left / spent for left, spent in zip(leavings, waiting, strict=True)))


def _steps(begins: Sequence[float]) -> Iterable[tuple[float, float]]:
    return pairwise((*begins, math.inf))
