"""One call told step by step, from the Call, its Legs and what the dialplan and the menu said while it lasted.

A step is a code and its values; pages put it into words. What a caller typed or said is in none of them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from calls.call_legs import words
from calls.promises import SPOKEN
from models import Attempt, Call, Callback, CelRow, Leg, MenuOption, Miss, Recording, User
from pbx import names

MENU_STEPS = ("greeting", "announcement", "wrong", "silence", "information", "closed")


@dataclass(frozen=True)
class Step:
    """What happened at an instant; detail and seconds as the code needs them."""

    at: dt.datetime
    code: str
    detail: str = ""
    seconds: int | None = None
    result: str = ""


def tell(call: Call) -> list[Step]:
    """The steps of a call and of the promise it led to, in the order of time."""
    said = CelRow.select().where(CelRow.linkedid == call.key, CelRow.event == "USER_DEFINED").order_by(CelRow.id)
    legs = call.legs.select(Leg, User).left_outer_join(User).order_by(Leg.rang_at, Leg.id)
    steps = [Step(call.arrived_at, "arrived" if call.direction == "in" else "callback_began")]
    steps += _said(said)
    steps += [step for leg in legs for step in _rang(leg)]
    steps += [Step(call.answered_at or call.ended_at, "waited", seconds=call.wait_seconds)] if _waited(call) else []
    if call.ended_at:
        steps.append(Step(call.ended_at, "ended", call.ended_by))
    steps += [*_promise(call), *_deleted(call)]
    return sorted(steps, key=lambda step: (step.at, _LATE.get(step.code, 1)))


_LATE = {"waited": 0, "ended": 2, "promised": 3, "tried": 4, "kept": 5, "dropped": 5}  # of steps at the same instant


def _waited(call: Call) -> bool:
    """Whether it is known how long he waited in the line; with nobody there he did not wait until the end."""
    return bool(call.wait_seconds and (call.answered_at or call.ending == "abandoned_line"))


def _promise(call: Call) -> Iterator[Step]:
    """The callback that a missed call led to: promised, each attempt at it, and how it ended."""
    miss = Miss.select(Miss, Callback).join(Callback).where(Miss.call_key == call.key).first()
    if miss is None:
        return
    promise = miss.callback
    yield Step(miss.at, "promised")
    attempts = promise.attempts.select(Attempt, User).join(User).where(Attempt.wanted_at >= miss.at)
    for attempt in attempts.order_by(Attempt.id):
        yield Step(attempt.sent_at or attempt.wanted_at, "tried", attempt.user.name, result=attempt.result)
    if promise.closed_at:
        spoken = promise.closed_because in SPOKEN
        yield Step(promise.closed_at, "kept" if spoken else "dropped", promise.closed_because)


def _deleted(call: Call) -> Iterator[Step]:
    recording = Recording.get_or_none(Recording.call_key == call.key, Recording.deleted_at.is_null(False))
    if recording:
        yield Step(recording.deleted_at, "recording_deleted")


def _said(rows: Iterable[CelRow]) -> Iterator[Step]:
    """The steps that user events tell."""
    place = _Place()
    for row in rows:
        first, second = words(row, 2)
        if row.name == names.EVENT_ROUTE:
            place.menu = int(second) if second.isdecimal() else None
            if first == "closed":
                yield Step(row.at, "was_closed")
        elif row.name == names.EVENT_MENU and first == "key":
            yield Step(row.at, "key", place.press(second))
        elif row.name == names.EVENT_MENU and first in MENU_STEPS:
            yield Step(row.at, first, second if first == "wrong" else "")
        elif row.name == names.EVENT_DIALLED:
            yield Step(row.at, "dialled", second)
        elif row.name in _PLAIN:
            yield Step(row.at, row.name.lower(), first if row.name in _WITH_WORD else "")


_PLAIN = {
    names.EVENT_ASKED, names.EVENT_LINE, names.EVENT_NOBODY, names.EVENT_LAST_RESORT, names.EVENT_OPERATOR_LOST,
    names.EVENT_AGI_FAILED, names.EVENT_VOICEMAIL, names.EVENT_CAPPED,
}  # fmt: skip
_WITH_WORD = {names.EVENT_LAST_RESORT, names.EVENT_AGI_FAILED}


class _Place:
    """Where in the menu a caller stands, to name the keys he presses."""

    def __init__(self) -> None:
        self.menu: int | None = None
        self.parent: MenuOption | None = None

    def press(self, key: str) -> str:
        """The key and what it is for: `1 Delivery`."""
        option = MenuOption.get_or_none(
            MenuOption.menu == self.menu,
            MenuOption.key == key,
            MenuOption.parent.is_null() if self.parent is None else MenuOption.parent == self.parent,
        )
        if option and option.kind == "menu":
            self.parent = option
        return f"{key} {option.label}".strip() if option else key


def _rang(leg: Leg) -> Iterator[Step]:
    """A telephone that rang: who, for how long, and whether somebody picked up."""
    who = leg.user.name if leg.user else ""
    until = leg.answered_at or leg.ended_at
    rang = round((until - leg.rang_at).total_seconds()) if until else None
    if leg.party == "customer":
        yield Step(leg.rang_at, "customer_rang", seconds=rang)
    else:
        yield Step(leg.rang_at, "rang_mobile" if leg.party == "mobile" else "rang", who, rang)
    if leg.answered_at:
        yield Step(leg.answered_at, "picked_up", who or leg.party)
