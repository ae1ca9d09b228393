"""What a month of calls was, told from Asterisk's own event file and nothing else of the box's making.

Rows are read by the csv module, a call is whatever shares a linkedid, and the rules it takes are written down here once
more: who was missed, by when he was to be called, who was spoken with. The fold and the letters' code are not used.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

EVENT, NAME, TIME, APP_DATA, UNIQUEID, LINKEDID = 0, 1, 2, 9, 11, 12
SHORT_SECONDS, WITHIN_SECONDS = 5, 10
PROMISE_MINUTES, TRIES = 20, 5  # of open hours; tries in vain before somebody is given up
MINUTE = dt.timedelta(minutes=1)

Week = dict[int, tuple[int, int]]  # weekday: from and to, minutes of the local day


@dataclass
class Promise:
    """That he is called before an instant; called: when his telephone rang."""

    made: float
    by: float
    called: float | None = None


@dataclass
class Owed:
    """What a customer is owed by a shop since he was missed: which days' calls, until when, and how it ended."""

    days: list[dt.date] = field(default_factory=list)
    reason: float = 0.0
    vain: int = 0
    promises: list[Promise] = field(default_factory=list)
    closed: float | None = None
    became: str = "waiting"


@dataclass(order=True)
class Happening:
    """at: seconds since the epoch. what: missed, rang, spoke."""

    at: float
    what: str = field(compare=False)
    begun: float = field(compare=False, default=0.0)


class Recount:
    """counts[local day, shop]: calls, answered, within, apart, called_back, waiting, lost, kept, promised."""

    def __init__(self, events: Path, weeks: dict[int, Week], zone: ZoneInfo, now: dt.datetime) -> None:
        self.weeks, self.zone, self.now = weeks, zone, now.timestamp()
        self.counts: dict[tuple[dt.date, int], Counter] = defaultdict(Counter)
        happened: dict[tuple[int, str], list[Happening]] = defaultdict(list)
        for linkedid, rows in self._calls(events):
            if (opening := _row(rows, "CALL_IN")) is not None:
                self._came_in(linkedid, rows, opening, happened)
            elif (opening := _row(rows, "CALLBACK")) is not None:
                self._went_out(rows, opening, happened)
        for (shop, _), told in happened.items():
            for owed in self._owed(shop, sorted(told)):
                self._note(shop, owed)

    @staticmethod
    def _calls(events: Path) -> Iterator[tuple[str, list[list[str]]]]:
        calls = defaultdict(list)
        with events.open(newline="") as file:
            for row in csv.reader(file):
                calls[row[LINKEDID]].append(row)
        yield from calls.items()

    # --- calls ------------------------------------------------------------------------------------------------

    def _came_in(self, linkedid: str, rows: list, opening: list[str], happened: dict) -> None:
        _, shop, _, number = opening[APP_DATA].partition(",")[2].split("|")
        arrived = next(_at(row) for row in rows if row[UNIQUEID] == linkedid)
        ended = next(_at(row) for row in rows if row[EVENT] == "HANGUP" and row[UNIQUEID] == linkedid)
        counts = self.counts[self._day(arrived), int(shop)]
        counts["calls"] += 1
        if _spoken(rows):
            line = _at(_row(rows, "LINE"))
            begins = max(_at(row) for row in rows if row[EVENT] == "BRIDGE_ENTER")
            counts.update(answered=1, within=int(int(begins - line + 0.5) <= WITHIN_SECONDS))
            happened[int(shop), number].append(Happening(ended, "spoke", arrived))
        elif _is_missed(rows, ended - arrived):
            happened[int(shop), number].append(Happening(ended, "missed", arrived))
        else:
            counts["apart"] += 1

    @staticmethod
    def _went_out(rows: list, opening: list[str], happened: dict) -> None:
        _, _, shop = opening[APP_DATA].partition(",")[2].split("|")
        dialled = next(row[APP_DATA] for row in rows if row[EVENT] == "APP_START")
        number = re.search(r"/(\+\d+)@", dialled)[1]
        begun, ended = _at(rows[0]), max(_at(row) for row in rows)
        what = "spoke" if _spoken(rows) else "rang"
        happened[int(shop), number].append(Happening(begun, "rang", begun))
        if what == "spoke":
            happened[int(shop), number].append(Happening(ended, "spoke", begun))
        else:
            happened[int(shop), number].append(Happening(ended, "vain", begun))

    # --- what was owed ----------------------------------------------------------------------------------------

    def _owed(self, shop: int, told: list[Happening]) -> Iterator[Owed]:
        """Everything a customer was owed, one after the other."""
        owed = None
        for one in told:
            if one.what == "missed":
                owed = owed or Owed()
                owed.days.append(self._day(one.begun))
                owed.reason, owed.vain = one.at, 0
                self._promise(shop, owed, one.at)
            elif owed:
                self._go_on(owed, one)
            if owed and owed.closed:
                yield owed
                owed = None
        if owed:
            yield owed

    def _promise(self, shop: int, owed: Owed, at: float) -> None:
        by = self._open_minutes_after(shop, at)
        last = owed.promises[-1] if owed.promises else None
        if last is None or last.called is not None or by < last.by:
            owed.promises.append(Promise(at, by))

    @staticmethod
    def _go_on(owed: Owed, one: Happening) -> None:
        if one.what == "vain":
            owed.vain += 1
        if one.what in ("rang", "spoke"):
            for promise in owed.promises:
                promise.called = promise.called if promise.called is not None else one.at
        if one.what == "spoke":
            owed.closed, owed.became = one.at, "called_back"
        elif owed.vain >= TRIES:
            owed.closed, owed.became = one.at, "lost"

    def _note(self, shop: int, owed: Owed) -> None:
        for day in owed.days:
            self.counts[day, shop][owed.became] += 1
        for promise in owed.promises:
            counts = self.counts[self._day(promise.by), shop]
            if promise.called is not None or promise.by <= (owed.closed or self.now):
                counts["promised"] += 1
                counts["kept"] += int(promise.called is not None and promise.called < promise.by)

    def _open_minutes_after(self, shop: int, at: float) -> float:
        """The instant at which the shop has been open for PROMISE_MINUTES since, a day after the other."""
        moment, left = dt.datetime.fromtimestamp(at, self.zone), PROMISE_MINUTES * MINUTE
        while True:
            midnight = dt.datetime.combine(moment.date(), dt.time(), self.zone)
            opens, closes = (midnight + minute * MINUTE for minute in self.weeks[shop].get(moment.weekday(), (0, 0)))
            moment = max(moment, opens)
            if closes - moment >= left:
                return (moment + left).timestamp()
            left -= max(closes - moment, 0 * MINUTE)
            moment = midnight + dt.timedelta(days=1)

    def _day(self, at: float) -> dt.date:
        return dt.datetime.fromtimestamp(at, self.zone).date()


def _row(rows: list, name: str) -> list[str] | None:
    return next((row for row in rows if row[NAME] == name), None)


def _at(row: list[str]) -> float:
    return float(row[TIME])


def _spoken(rows: list) -> bool:
    return len({row[UNIQUEID] for row in rows if row[EVENT] == "BRIDGE_ENTER"}) > 1


def _is_missed(rows: list, seconds: float) -> bool:
    """Whoever was not spoken with, unless he heard what he wanted or hung up at once."""
    if any(_row(rows, name) is not None for name in ("ASKED", "NOBODY")):
        return True
    steps = [row[APP_DATA].partition(",")[2].split("|")[0] for row in rows if row[NAME] == "MENU"]
    if "closed" in steps:
        return True
    return "information" not in steps and seconds >= SHORT_SECONDS
