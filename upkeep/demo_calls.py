"""The calls of the demonstration union: who rings when, how long he waits, who answers, who is called back.

Written day by day as call events into Asterisk's event file and taken in as any call is; callbacks are claimed,
dialled and closed by their own rules. Chance has a fixed seed, so that they are the same for everybody.
"""

from __future__ import annotations

import datetime as dt
import heapq
import random
from dataclasses import dataclass, field

from calls import attempts, callbacks, ingest, opening_hours
from models import Callback, Did, Presence, User
from pbx.names import CEL_FILE, EVENT_ASKED, EVENT_LAST_RESORT, EVENT_MENU, EVENT_NOBODY
from settings import Settings
from upkeep import demo_events as events
from upkeep import demo_smaller
from upkeep.demo import ZONE, Demo
from upkeep.demo_events import Tape

CALLS_A_DAY = {"tea": 15, "soap": 9, "tools": 16}
CALLS_A_DAY |= {name: demo_smaller.calls_a_day(place) for place, name in enumerate(demo_smaller.STAYING)}
HOURS = (8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20)
WEIGHTS = (2, 6, 10, 12, 10, 7, 9, 11, 9, 6, 4, 2, 1)  # how calls spread over them
SHIFTS = {"operator": (9, 19), "trainee": (10, 17)}  # local hours on weekdays; on Saturdays she alone until 16
LEFT_SECONDS = 5 * 3600  # who was missed so shortly before now is still to be called
SHORT, LONG = 6.0, 4.0  # seconds of a greeting and of the keys


@dataclass(order=True)
class Arrival:
    """Somebody rings; order is the order of time."""

    at: float
    number: str = field(compare=False)
    shop: str = field(compare=False)


def play(demo: Demo, settings: Settings, now: dt.datetime, days: int) -> int:
    """Write and take in the calls of so many days before now; how many rang."""
    settings.cel_dir.mkdir(parents=True, exist_ok=True)
    month = Month(demo, settings, now)
    first = now.astimezone(ZONE).date() - dt.timedelta(days=days)
    return sum(month.day(first + dt.timedelta(days=day)) for day in range(days + 1))


class Month:
    """The line as it stands: who is free from when."""

    def __init__(self, demo: Demo, settings: Settings, now: dt.datetime) -> None:
        self.demo, self.settings, self.now = demo, settings, now.timestamp()
        self.chance = random.Random(2026)
        self.customers = {
            name: [f"+38{self.chance.choice(('050', '067', '093', '099'))}000{self.chance.randrange(10**4):04d}"
                   for _ in range(round(14 * calls))]
            for name, calls in CALLS_A_DAY.items()
        }  # fmt: skip
        self.free_at = {demo.operator.id: 0.0, demo.trainee.id: 0.0}
        self.timetables = {name: opening_hours.timetable(shop) for name, shop in (demo.shops | demo.smaller).items()}
        self.queue = next(iter(demo.shops.values())).queue.pbx_name

    def day(self, date: dt.date) -> int:
        """One day's calls, then the callbacks owed by its evening."""
        self.shifts = self._shifts(date)
        tape, ringing = Tape(), self._arrivals(date)
        rang = 0
        while ringing:
            arrival = heapq.heappop(ringing)
            if arrival.at > self.now - 900:
                break
            rang += 1
            again_at = self._call(tape, arrival)
            if again_at:
                heapq.heappush(ringing, Arrival(again_at, arrival.number, arrival.shop))
        self._take_in(tape)
        self._call_back()
        return rang

    # --- who rings ----------------------------------------------------------------------------------------------

    def _arrivals(self, date: dt.date) -> list[Arrival]:
        arrivals = []
        for shop, usual in CALLS_A_DAY.items():
            share = 1.0 if date.weekday() < 5 else 0.4 if date.weekday() == 5 else 0.12
            for _ in range(max(0, round(self.chance.gauss(usual * share, min(usual, 2))))):
                hour = self.chance.choices(HOURS, WEIGHTS)[0]
                at = self._at(date, hour) + self.chance.uniform(0, 3600)
                arrivals.append(Arrival(at, self.chance.choice(self.customers[shop]), shop))
        heapq.heapify(arrivals)
        return arrivals

    def _at(self, date: dt.date, hour: int) -> float:
        return dt.datetime.combine(date, dt.time(hour), ZONE).timestamp()

    def _shifts(self, date: dt.date) -> dict[int, tuple[float, float]]:
        """When each person is signed on; written down as presence."""
        shifts = {}
        if date.weekday() < 5:
            shifts = {getattr(self.demo, who).id: hours for who, hours in SHIFTS.items()}
        elif date.weekday() == 5:
            shifts = {self.demo.operator.id: (9, 16)}
        found = {user: (self._at(date, begin), self._at(date, end)) for user, (begin, end) in shifts.items()}
        for user, (begin, end) in found.items():
            if end < self.now:
                Presence.create(
                    user=user,
                    kind="ready",
                    starts_at=_instant(begin),
                    ends_at=_instant(end),
                    ended_because="signed-off",
                )
        return found

    # --- a call ---------------------------------------------------------------------------------------------------

    def _call(self, tape: Tape, arrival: Arrival) -> float | None:
        """One call; when he rings again because he was not served, else None."""
        did = self._did(arrival.shop)
        is_open = self.timetables[arrival.shop].is_open(_instant(arrival.at))
        caller = events.comes_in(tape, arrival.at, did, arrival.number, is_open)
        at = arrival.at + 0.02
        if not is_open:
            return self._closed(caller, at)
        caller.tell(at, EVENT_MENU, "greeting", "")
        fate = self.chance.random()
        if fate < 0.05:
            caller.end(at + self.chance.uniform(2, SHORT), caller.name)
            return self._again(at)
        caller.tell(at + SHORT, EVENT_MENU, "keys", "")
        at += SHORT + self.chance.uniform(0.5, LONG)
        if fate < 0.11:
            caller.end(at, caller.name)
            return self._again(at)
        if fate < 0.19:
            return self._informed(caller, at)
        if fate < 0.25:
            return self._asks(caller, at, "3")
        caller.tell(at, EVENT_MENU, "key", "1")
        caller.tell(at + 0.001, EVENT_MENU, "done", "operator")
        events.enters_line(caller, at + 0.01, self.queue)
        return self._waits(caller, at + 0.02)

    def _did(self, shop: str) -> Did:
        first, *others = self.demo.dids[shop]
        return self.chance.choice(others) if others and self.chance.random() < 0.3 else first

    def _again(self, at: float) -> float | None:
        return at + self.chance.uniform(120, 2400) if self.chance.random() < 0.4 else None

    def _closed(self, caller: events.Channel, at: float) -> float | None:
        caller.tell(at, EVENT_MENU, "closed", "")
        if self.chance.random() < 0.45:
            return self._asks(caller, at + self.chance.uniform(4, 9), "1")
        caller.tell(at + 9, EVENT_MENU, "done", "closed")
        caller.end(at + 9.01, "dialplan/builtin")
        return None

    def _asks(self, caller: events.Channel, at: float, key: str) -> None:
        caller.tell(at, EVENT_MENU, "key", key)
        caller.tell(at + 0.01, EVENT_ASKED, "")
        caller.tell(at + 3, EVENT_MENU, "done", "callback")
        caller.end(at + 3.01, "dialplan/builtin")

    def _informed(self, caller: events.Channel, at: float) -> None:
        caller.tell(at, EVENT_MENU, "key", "2")
        caller.tell(at + 0.001, EVENT_MENU, "information", "2")
        caller.end(at + self.chance.uniform(6, 16), caller.name)

    def _waits(self, caller: events.Channel, at: float) -> float | None:
        """In the line until somebody is free, his patience ends, or nobody is there."""
        there = {user: end for user, (begin, end) in self.shifts.items() if begin <= at < end}
        if not there:
            caller.tell(at + 0.01, EVENT_NOBODY, "JOINEMPTY")
            caller.tell(at + 0.02, EVENT_LAST_RESORT, "message")
            caller.end(at + 6, "dialplan/builtin")
            return None
        user = min(
            there, key=lambda user: max(self.free_at[user], at)
        )  # of two who are free the operator, listed first
        rings_at = max(at, self.free_at[user]) + 0.05
        gives_up_at = at + 8 + self.chance.expovariate(1 / 45)
        if gives_up_at < rings_at + 2:
            caller.end(gives_up_at, caller.name)
            return self._again(gives_up_at)
        begins = rings_at + self.chance.uniform(2.5, 9)
        ends = begins + min(900, self.chance.lognormvariate(4.9, 0.6))
        events.talk(caller, events.rings(caller, rings_at, User(id=user)), begins, ends, self.chance.random() < 0.7)
        self.free_at[user] = ends + 10
        return None

    # --- callbacks ----------------------------------------------------------------------------------------------

    def _call_back(self) -> None:
        """While she is there: each customer, some minutes after he was missed last; today's last hours stay on the list."""
        operator = self.demo.operator
        begin, end = self.shifts.get(operator.id, (0, 0))
        at = begin + 1200
        owed = sorted(Callback.select().where(Callback.closed_at.is_null()), key=callbacks.last_reason)
        for callback in owed:
            at = max(at, callbacks.last_reason(callback).timestamp() + self.chance.uniform(300, 1500))
            if at < min(end, self.now - LEFT_SECONDS):
                at = self._dial(callback, operator, at)

    def _dial(self, callback: Callback, operator: User, at: float) -> float:
        proof = Tape()
        events.tick(proof, at)  # nothing is dialled while facts are late
        self._take_in(proof)
        callbacks.claim(callback, operator, _instant(at), self.settings)
        try:
            attempt = attempts.want(callback, operator, _instant(at + 5), self.settings)
        except callbacks.Refused:  # what the list says of it is worth seeing, too
            callbacks.release(callback, operator, _instant(at + 6))
            return at + 30
        attempts.mark_sent(attempt, _instant(at + 5.2))
        tape, reached = Tape(), self.chance.random() < 0.8
        seconds = min(600, self.chance.lognormvariate(4.6, 0.6)) if reached else 0
        over = events.callback(tape, at + 5.3, attempt, callback.did, seconds, reached and self.chance.random() < 0.6)
        self._take_in(tape)
        if reached:
            callbacks.outcome(callback, operator, "talked", _instant(over))
        else:
            callbacks.release(callback, operator, _instant(over))
        return over + 60

    def _take_in(self, tape: Tape) -> None:
        with (self.settings.cel_dir / CEL_FILE).open("a") as file:
            file.write(tape.text())
        ingest.ingest_all(self.settings)


def _instant(at: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(at, dt.UTC)
