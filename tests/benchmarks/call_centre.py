"""A small call centre as a discrete-event simulation: who calls, who waits, who answers, who gives up, hour after hour.

Poisson calls of several shops, one line, log-normal conversations, telephones that ring before they are answered,
rests after a conversation, breaks that the line sees and signings off that it does not. A caller who gives up stays as
a ghost that holds nobody up: his true wait is known too, the wait he would have had. Seeded: a run can be repeated.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count

READY, RINGING, SPEAKING, AFTER, AWAY, OFF = "ready", "ringing", "speaking", "after", "away", "off"
FIRST_SECONDS, AGAIN_SECONDS = 10, 37  # when the waiting are told


SHORT_SECONDS, SHORT_SIGMA = 15, 0.4  # a wrong number, a line that drops


@dataclass(frozen=True)
class Law:
    """Log-normal: median in seconds and sigma; but a share of short ones apart, where it is not log-normal at all."""

    median: float
    sigma: float
    short_share: float = 0.0

    @property
    def mean(self) -> float:
        short = SHORT_SECONDS * math.exp(SHORT_SIGMA**2 / 2)
        return self.short_share * short + (1 - self.short_share) * self.median * math.exp(self.sigma**2 / 2)

    def draw(self, dice: random.Random) -> float:
        if dice.random() < self.short_share:
            return SHORT_SECONDS * math.exp(SHORT_SIGMA * dice.gauss(0, 1))
        return self.median * math.exp(self.sigma * dice.gauss(0, 1))


@dataclass(frozen=True)
class World:
    """What is true, and known to the oracle alone."""

    name: str
    operators: int
    talk: dict[int, Law]  # by shop
    load: float  # offered conversations and rests per operator on duty; 1.0 = as much as they can do
    patience: Law = Law(240, 1.0)
    share: dict[int, float] = field(default_factory=dict)  # of the calls, by shop; equal where not said
    ringing: tuple[float, float] = (2, 8)
    rest_seconds: float = 10
    after_call: Law = Law(40, 0.7)
    after_call_share: float = 0.2
    on_duty_seconds: float = math.inf  # mean time until she takes a break or signs off
    break_: Law = Law(480, 0.5)
    off_share: float = 0.0  # of the leavings: signs off, which the line does not see
    off: Law = Law(1500, 0.6)
    kept_share: float = 0.0  # of callers, who ask to be called back and keep their place
    callback: Law = Law(70, 1.1)  # how long a kept place holds an operator
    warm_hours: float = 40  # before anybody is told anything
    young: tuple[int, ...] = ()  # shops that join when the warming up is over

    def held(self, one: Caller | Operator) -> Law:
        """How long this caller, or the one she speaks with, holds an operator."""
        return self.callback if one.kept else self.talk[one.shop]

    @property
    def calls_per_second(self) -> float:
        weights = {shop: self.share.get(shop, 1.0) for shop in self.talk}
        talk = sum(weights[shop] * law.mean for shop, law in self.talk.items()) / sum(weights.values())
        between = sum(self.ringing) / 2 + self.rest_seconds + self.after_call_share * self.after_call.mean
        away = (1 - self.off_share) * self.break_.mean + self.off_share * self.off.mean
        on_duty = 1 if self.on_duty_seconds == math.inf else self.on_duty_seconds / (self.on_duty_seconds + away)
        return self.load * self.operators * on_duty / (talk + between)


@dataclass
class Operator:
    state: str = READY
    since: float = 0.0
    shop: int = 0
    kept: bool = False
    wish_at: float = math.inf  # when she next wants a break


@dataclass
class Caller:
    number: int
    shop: int
    came_at: float
    leaves_at: float
    kept: bool = False
    gone: bool = False
    rung: bool = False
    answered_at: float = math.nan


@dataclass
class Seen:
    """What the facts would hold: the history an estimate may learn from."""

    talks: dict[int, list[float]] = field(default_factory=dict)
    callbacks: list[float] = field(default_factory=list)
    after_calls: list[float] = field(default_factory=list)
    breaks: list[float] = field(default_factory=list)
    answering: list[float] = field(default_factory=list)
    waits: list[tuple[float, bool]] = field(default_factory=list)  # and whether he left
    hold_seconds: int = 0  # app_queue's running average of waits


class CallCentre:
    """One run of a world. `telling` is called for each caller each time he is to be told of his wait."""

    def __init__(self, world: World, seed: int, telling: Callable[[CallCentre, Caller], None]):
        self.world, self.telling, self.dice = world, telling, random.Random(seed)
        self.now, self.events, self.number = 0.0, [], count()
        self.line: list[Caller] = []
        self.seen, self.told = Seen(), False
        self.operators = [Operator() for _ in range(world.operators)]
        for operator in self.operators:
            operator.wish_at = self._on_duty()
            self._at(operator.wish_at, self._wishes, operator)

    def run(self, seconds: float) -> None:
        warm_seconds = self.world.warm_hours * 3600
        self._at(0, self._calls)
        self._at(warm_seconds, self._begin)
        while self.events and self.now < warm_seconds + seconds:
            self._next()
        self.told = False
        while any(not caller.answered_at >= 0 for caller in self.line):  # everybody's truth becomes known
            self._next()

    def _begin(self) -> None:
        self.told = True

    def waiting(self) -> list[Caller]:
        """Who really waits, first to last."""
        return [caller for caller in self.line if not caller.gone]

    # --- events ----------------------------------------------------------------------------------------------

    def _at(self, moment: float, what: Callable, *about: object) -> None:
        if moment < math.inf:
            heappush(self.events, (moment, next(self.number), what, about))

    def _next(self) -> None:
        self.now, _, what, about = heappop(self.events)
        what(*about)

    def _calls(self) -> None:
        self._at(self.now + self.dice.expovariate(self.world.calls_per_second), self._calls)
        shops = [shop for shop in self.world.talk if self.told or shop not in self.world.young]
        shop = self.dice.choices(shops, [self.world.share.get(shop, 1.0) for shop in shops])[0]
        leaves_at = self.now + self.world.patience.draw(self.dice)
        caller = Caller(next(self.number), shop, self.now, leaves_at)
        self.line.append(caller)
        self._at(leaves_at, self._leaves, caller)
        self._at(self.now + FIRST_SECONDS, self._tell, caller)
        self._serve()

    def _leaves(self, caller: Caller) -> None:
        if caller in self.line and not caller.rung and not caller.kept:
            caller.gone = True
            self.seen.waits.append((self.now - caller.came_at, True))

    def _tell(self, caller: Caller) -> None:
        if caller.gone or caller.rung or caller.kept or caller not in self.line:
            return
        if self.dice.random() < self.world.kept_share and self.now - caller.came_at <= FIRST_SECONDS:
            caller.kept = True
            self.seen.waits.append((self.now - caller.came_at, False))
            return
        if self.told:
            self.telling(self, caller)
        self._at(self.now + AGAIN_SECONDS, self._tell, caller)

    # --- operators -------------------------------------------------------------------------------------------

    def _serve(self) -> None:
        """Whoever is ready is rung for the first in the line; ghosts before him would have been answered now."""
        for operator in self.operators:
            if operator.state == READY:
                caller = next(self._first(), None)
                if caller is None:
                    return
                caller.rung = True
                self._becomes(operator, RINGING)
                self._at(self.now + self.dice.uniform(*self.world.ringing), self._answers, operator, caller)

    def _first(self) -> Iterator[Caller]:
        for caller in list(self.line):
            if caller.gone:
                caller.answered_at = self.now + self.dice.uniform(*self.world.ringing)
                self.line.remove(caller)
            elif not caller.rung:
                yield caller

    def _answers(self, operator: Operator, caller: Caller) -> None:
        self.line.remove(caller)
        caller.answered_at = self.now
        waited = self.now - caller.came_at
        if not caller.kept:
            self.seen.waits.append((waited, False))
        self.seen.answering.append(self.now - operator.since)
        self.seen.hold_seconds = (3 * self.seen.hold_seconds + int(waited)) >> 2
        self._becomes(operator, SPEAKING)
        operator.shop, operator.kept = caller.shop, caller.kept
        self._at(self.now + self.world.held(caller).draw(self.dice), self._ends, operator)

    def _ends(self, operator: Operator) -> None:
        kind = self.seen.callbacks if operator.kept else self.seen.talks.setdefault(operator.shop, [])
        kind.append(self.now - operator.since)
        rest = self.world.rest_seconds
        if self.dice.random() < self.world.after_call_share:
            rest = self.world.after_call.draw(self.dice)
            self.seen.after_calls.append(rest)
        self._becomes(operator, AFTER)
        self._at(self.now + rest, self._is_free, operator)

    def _is_free(self, operator: Operator) -> None:
        self._becomes(operator, READY)
        if operator.wish_at <= self.now:
            self._goes(operator)
        self._serve()

    def _wishes(self, operator: Operator) -> None:
        if operator.state == READY:
            self._goes(operator)

    def _goes(self, operator: Operator) -> None:
        off = self.dice.random() < self.world.off_share
        absence = (self.world.off if off else self.world.break_).draw(self.dice)
        if not off:
            self.seen.breaks.append(absence)
        self._becomes(operator, OFF if off else AWAY)
        operator.wish_at = self.now + absence + self._on_duty()
        self._at(operator.wish_at, self._wishes, operator)
        self._at(self.now + absence, self._is_free, operator)

    def _on_duty(self) -> float:
        return (
            self.dice.expovariate(1 / self.world.on_duty_seconds) if self.world.on_duty_seconds < math.inf else math.inf
        )

    def _becomes(self, operator: Operator, state: str) -> None:
        operator.state, operator.since = state, self.now
