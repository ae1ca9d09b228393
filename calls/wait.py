"""How long everybody in the line will wait: the middle and a range that holds the truth in about 70 cases of 100.

Many courses of events are played through at once: each conversation under way ends as conversations of its shop that
have lasted that long do, each caller ahead stays as long as callers do and talks as long as his shop's customers do,
and whoever is free takes the next. The courses are the same each time (no chance): in every one each duration takes
another of its equally likely values, paired by an inversive generator, so that two estimates of one line are equal.

Pure. Seconds everywhere. Nothing here is announced: `calls/announced.py` decides what is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from heapq import heapify, heapreplace
from math import inf
from operator import add, itemgetter

from calls.laws import SCENARIOS, Law, Patience, Sometimes, left

LOW, MIDDLE, HIGH = 0.135, 0.5, 0.865  # 73 %: the laws are estimates too, and the truth strays a little farther
COURSES = range(SCENARIOS)
FOREVER = (inf,) * SCENARIOS


@dataclass(frozen=True)
class Waiting:
    """One place in the line. kept: a callback that keeps its place, which nobody grows impatient of."""

    shop_id: int
    waited_seconds: float
    kept: bool = False


@dataclass(frozen=True)
class Speaking:
    """An operator in a conversation with a customer of this shop for so many seconds; kept: in a callback."""

    shop_id: int
    seconds: float
    kept: bool = False


@dataclass(frozen=True)
class Trainee:
    """One of the reserve: whom she may answer, how long he must have waited for that, and what she is at.

    Of speaking, after_call and away at most one is given, with the meaning it has for operators; else she is free.
    """

    shops: frozenset[int]
    after_seconds: float = 0
    speaking: Speaking | None = None
    after_call: float | None = None
    away: float | None = None


@dataclass(frozen=True)
class LineNow:
    """The line and its operators at one moment; numbers of seconds tell since when."""

    waiting: tuple[Waiting, ...]  # first to last
    ready: int = 0  # free, or being rung for the first in the line
    speaking: tuple[Speaking, ...] = ()
    after_call: tuple[float, ...] = ()  # at rest after a conversation, by the queue's pause or her own key
    away: tuple[float, ...] = ()  # on a break
    trainees: tuple[Trainee, ...] = ()

    @property
    def on_duty(self) -> int:
        """How many people serve the line; one on a break does not."""
        trainees = sum(one.away is None for one in self.trainees)
        return self.ready + len(self.speaking) + len(self.after_call) + trainees

    def serving(self, shop_id: int) -> LineNow:
        """The same line with those only who may answer this shop's callers."""
        return replace(self, trainees=tuple(one for one in self.trainees if shop_id in one.shops))


@dataclass(frozen=True)
class Handling:
    """What is known of how long things last. `calls/handling.py` reads it from the facts."""

    talk: dict[int, Law]  # by shop
    any_talk: Law  # of a shop without a law of its own
    callback: Law  # of a kept place, the customer's telephone ringing and all
    after_call: Sometimes
    absence: Sometimes  # between two conversations she may go on a break
    patience: Patience
    answering_seconds: float  # how long her telephone rings before she answers

    def of(self, one: Waiting | Speaking) -> Law:
        """How long he holds an operator."""
        return self.callback if one.kept else self.talk.get(one.shop_id, self.any_talk)

    @cached_property
    def between(self) -> tuple[float, ...]:
        """From the end of a conversation until she has answered the next, if one waits: SCENARIOS equal chances."""
        dice = Dice()
        parts = zip(dice.thrown(self.after_call.whole), dice.thrown(self.absence.whole), strict=True)
        return tuple(sorted(rest + gone + self.answering_seconds for rest, gone in parts))


@dataclass(frozen=True)
class Wait:
    """From now until an operator answers, if he stays: half of such waits are below middle, 70 % in [low, high].

    at_once: somebody is free for him."""

    middle_seconds: float
    low_seconds: float
    high_seconds: float
    at_once: bool = False


@dataclass
class Dice:
    """The equally likely values of a law in the order of the courses of events; each throw in another order."""

    throws: int = 0

    def thrown(self, values: Sequence[float]) -> tuple[float, ...]:
        self.throws += 1
        return _order(self.throws)(values)


@cache
def _order(throw: int) -> itemgetter:
    """x -> 1/(ax + b) modulo the prime SCENARIOS: for each throw an order that has nothing to do with the others'.

    Eichenauer-Herrmann, Inversive congruential pseudorandom numbers: a tutorial, 1992. Of the multipliers below
    60, the powers of 18 kept the quantiles of sums of 2 to 20 exponential durations nearest to Erlang's.
    """
    factor, start = pow(18, throw, SCENARIOS), throw * throw
    return itemgetter(*(_INVERSES[(factor * course + start) % SCENARIOS] for course in range(SCENARIOS)))


_INVERSES = [pow(number, SCENARIOS - 2, SCENARIOS) for number in range(SCENARIOS)]  # modulo the prime; 0 stays 0


def waits(line: LineNow, handling: Handling) -> tuple[Wait | None, ...] | None:
    """The wait of each place in the line, first to last, None for one whom nobody there may answer; None when there is
    nobody at all, not even on a break."""
    if not line.on_duty and not line.away and not line.trainees:
        return None
    dice = Dice()
    operators = _operators(line, handling, dice)
    trainees = [(one, _trainee(one, handling, dice)) for one in line.trainees]
    answers = _answers(line.waiting, handling, dice, operators, trainees)
    return tuple(_wait(moments, handling.answering_seconds) for moments in answers)


def _operators(line: LineNow, handling: Handling, dice: Dice) -> list[list[float]]:
    """For each course of events, when each operator could answer next, as a heap; without any, never."""
    columns = [[handling.answering_seconds] * SCENARIOS] * line.ready
    columns += [_after_talk(one, handling, dice) for one in line.speaking]
    rests = [left(handling.after_call, seconds) for seconds in line.after_call]
    breaks = [left(handling.absence.law, seconds) for seconds in line.away]
    columns += [_after_rest(values, handling, dice) for values in rests + breaks]
    courses = [list(moments) for moments in zip(*(columns or [FOREVER]), strict=True)]
    for moments in courses:
        heapify(moments)
    return courses


def _trainee(one: Trainee, handling: Handling, dice: Dice) -> list[float]:
    """In each course of events, when she could answer next."""
    if one.speaking:
        return _after_talk(one.speaking, handling, dice)
    if one.after_call is not None:
        return _after_rest(left(handling.after_call, one.after_call), handling, dice)
    if one.away is not None:
        return _after_rest(left(handling.absence.law, one.away), handling, dice)
    return [handling.answering_seconds] * SCENARIOS


def _after_talk(one: Speaking, handling: Handling, dice: Dice) -> list[float]:
    talk = dice.thrown(left(handling.of(one), one.seconds))
    return [*map(add, talk, dice.thrown(handling.between))]


def _after_rest(values: Sequence[float], handling: Handling, dice: Dice) -> list[float]:
    return [seconds + handling.answering_seconds for seconds in dice.thrown(values)]


def _answers(
    waiting: Sequence[Waiting],
    handling: Handling,
    dice: Dice,
    operators: list[list[float]],
    trainees: Sequence[tuple[Trainee, list[float]]],
) -> Iterator[list[float]]:
    """For each place, when in each course of events it would be answered."""
    for one in waiting:
        helps = _helpers(one, handling, trainees)
        helped = [min(max(hers[course], least) for hers, least in helps) for course in COURSES] if helps else FOREVER
        yield [min(moments[0], moment) for moments, moment in zip(operators, helped, strict=True)]
        talk = dice.thrown(handling.of(one).whole)
        between = dice.thrown(handling.between)
        stays = FOREVER if one.kept else dice.thrown(handling.patience.left(one.waited_seconds))
        for course, moments, moment, talked, rest, leaves in zip(
            COURSES, operators, helped, talk, between, stays, strict=True
        ):
            if leaves <= min(moments[0], moment):
                continue
            if moment < moments[0]:
                hers = min((hers for hers, least in helps), key=itemgetter(course))
                hers[course] = moment + talked + rest
            else:
                heapreplace(moments, moments[0] + talked + rest)


def _helpers(
    one: Waiting, handling: Handling, trainees: Sequence[tuple[Trainee, list[float]]]
) -> list[tuple[list[float], float]]:
    """Those of the reserve who may answer him: when each could answer next, and how long he must still wait for that."""
    asked = handling.answering_seconds - one.waited_seconds
    return [(hers, asked + who.after_seconds) for who, hers in trainees if one.shop_id in who.shops]


def _wait(moments: list[float], ringing: float) -> Wait | None:
    moments.sort()
    middle, low, high = (moments[int(share * SCENARIOS)] for share in (MIDDLE, LOW, HIGH))
    return None if middle == inf else Wait(middle, low, high, at_once=high <= ringing)
