"""What a waiting caller is told of his wait, and what he is told again.

Rules: a wait is said as a range of whole minutes. An end of the range, once said, is never said larger without a
cause he can understand: an operator has left the line, or somebody with an earlier place has come back to it. A
conversation that runs long is no such cause: the range stands. What he has heard last is not said twice.

Pure. The announcer keeps each Announcement as an `Announced` row; `previous` is the caller's last, or its row, which
names the same things.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

from calls.wait import LineNow, Wait

OPERATOR_LEFT, EARLIER_PLACE = "operator_left", "earlier_place"
CAUSES = (OPERATOR_LEFT, EARLIER_PLACE)
LONGEST = 60  # "an hour and more"
MINUTES = (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 20, 25, 30, 40, 50, LONGEST)  # what is said

GIVES_WAY = 0.1  # minutes by which the upper end is rounded down: words are never narrower than a minute, estimates are


@dataclass(frozen=True)
class Announcement:
    """What is said: the place, and a wait of low to high minutes from now; low 0 = less than high, high LONGEST = or more.

    cause: why it is longer than what he heard last, one of CAUSES, else "". on_duty: operators in the line.
    """

    place: int
    low_minutes: int
    high_minutes: int
    middle_seconds: int
    on_duty: int
    cause: str = ""


def next_announcement(previous: Announcement | None, place: int, line: LineNow, wait: Wait) -> Announcement | None:
    """What to tell the caller at this place (1 = first) now; None when he has heard it, or is about to be answered.

    line: with those only who may answer him (LineNow.serving)."""
    if line.ready >= place or wait.at_once:
        return None
    low, high = spoken(wait)
    cause = _cause(previous, place, line)
    if previous and not cause:
        low, high = min(low, previous.low_minutes), min(high, previous.high_minutes)
    if previous and (place, low, high) == (previous.place, previous.low_minutes, previous.high_minutes):
        return None
    grew = previous and (low > previous.low_minutes or high > previous.high_minutes)
    middle = min(max(round(wait.middle_seconds), low * 60), high * 60)
    return Announcement(place, low, high, middle, line.on_duty, cause if grew else "")


def _cause(previous: Announcement | None, place: int, line: LineNow) -> str:
    """Why the wait may have grown since he heard of it; "" when nothing happened that explains it."""
    if previous is None:
        return ""
    if line.on_duty < previous.on_duty:
        return OPERATOR_LEFT
    return EARLIER_PLACE if place > previous.place else ""


def spoken(wait: Wait) -> tuple[int, int]:
    """The range in MINUTES, each end the nearest, low below high."""
    low, high = _nearest(wait.low_seconds / 60), _nearest(wait.high_seconds / 60 - GIVES_WAY)
    if low < high:
        return low, high
    place = min(MINUTES.index(low), len(MINUTES) - 2)
    if wait.middle_seconds < low * 60 and place:
        place -= 1
    return MINUTES[place], MINUTES[place + 1]


def _nearest(minutes: float) -> int:
    above = min(bisect_left(MINUTES, minutes), len(MINUTES) - 1)
    below = max(above - 1, 0)
    return MINUTES[above] if MINUTES[above] - minutes <= minutes - MINUTES[below] else MINUTES[below]
