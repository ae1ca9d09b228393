"""What the rows of a placeholder tell while it lives: whose telephone it rings, that she picked up, that it is over.

Pure. A placeholder (see `places`) is two channels with one linkedid, cb-<public id>; the operators it rings join it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from calls.call_legs import Event, is_placeholder, legs_of
from pbx import names

CALLBACK_KEY = "cb-"


@dataclass(frozen=True)
class Told:
    """rings: the operator whose telephone rings or who has picked up, and since when; None while it only waits.
    was_dialled: the customer was rung. Instants are None for what has not happened."""

    public_id: str
    rings: int | None
    rings_at: dt.datetime | None
    taken_at: dt.datetime | None
    was_dialled: bool
    ended_at: dt.datetime | None


def told(events: Sequence[Event]) -> Told | None:
    """The story so far of a connected set; None when it is no placeholder's."""
    first = events[0]
    if not is_placeholder(first) or not first.linkedid.startswith(CALLBACK_KEY):
        return None
    rung = [leg for leg in legs_of(events, first).values() if leg.party == "operator" and not leg.ended_at]
    return Told(
        public_id=first.linkedid.removeprefix(CALLBACK_KEY),
        rings=rung[-1].user_id if rung else None,
        rings_at=rung[-1].rang_at if rung else None,
        taken_at=_at(events, "USER_DEFINED", names.EVENT_CALLBACK),
        was_dialled=any(event.event == "APP_START" and event.app == "Dial" for event in events),
        ended_at=_at(events, "LINKEDID_END"),
    )


def _at(events: Iterable[Event], event: str, name: str = "") -> dt.datetime | None:
    return next((row.at for row in events if (row.event, row.name) == (event, name)), None)
