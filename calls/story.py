"""One call told step by step, from the Call, its Legs and what the dialplan and the menu said while it lasted.

A step is a code and its values; pages put it into words. What a caller typed or said is in none of them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from calls.call_legs import words
from models import Call, CelRow, Leg, MenuOption, User
from pbx import names

MENU_STEPS = ("greeting", "announcement", "wrong", "silence", "information", "closed")


@dataclass(frozen=True)
class Step:
    """What happened at an instant; detail and seconds as the code needs them."""

    at: dt.datetime
    code: str
    detail: str = ""
    seconds: int | None = None


def tell(call: Call) -> list[Step]:
    """The steps of a call in the order of time."""
    said = CelRow.select().where(CelRow.linkedid == call.key, CelRow.event == "USER_DEFINED").order_by(CelRow.id)
    legs = call.legs.select(Leg, User).left_outer_join(User).order_by(Leg.rang_at, Leg.id)
    steps = [Step(call.arrived_at, "arrived" if call.direction == "in" else "callback_began")]
    steps += _said(said)
    steps += [step for leg in legs for step in _rang(leg)]
    if call.ended_at:
        steps.append(Step(call.ended_at, "ended", call.ended_by))
    return sorted(steps, key=lambda step: (step.at, step.code == "ended"))


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
    names.EVENT_AGI_FAILED,
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
