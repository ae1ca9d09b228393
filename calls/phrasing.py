"""An announcement as the recorded pieces it is made of: static/prompts/waiting/<language>/<piece>.wav.

The wording of every piece is in static/prompts/waiting/WORDING.md. It is chosen so that a number has one form only
wherever it stands: places are neuter ordinals, both ends of a range are genitives ("від двох до чотирьох хвилин").

Pure.
"""

from __future__ import annotations

from calls.announced import LONGEST, MINUTES, Announcement

LAST_PLACE = 30  # who stands behind it hears so, not the number
BEYOND = "place-beyond"
CAUSES = {"operator_left": "operator-left", "earlier_place": "earlier-place"}
PIECES = (
    "place",  # your place in the line
    *(f"place-{place}" for place in range(1, LAST_PLACE + 1)),
    BEYOND,
    "wait",  # the wait is, before both ends of a range
    "wait-up",  # the wait is, before its upper end alone
    *(f"from-{minutes}" for minutes in MINUTES if 0 < minutes < LONGEST),
    *(f"to-{minutes}" for minutes in MINUTES if minutes),
    *CAUSES.values(),
    "keep-offer",  # what key 1 does
)


def pieces(said: Announcement, is_first: bool = False) -> list[str]:
    """The cause if there is one, the place, the wait; the first time, that he need not hold the line for it."""
    cause = [CAUSES[said.cause]] if said.cause else []
    offer = ["keep-offer"] if is_first else []
    return [*cause, "place", _place(said.place), *_wait(said.low_minutes, said.high_minutes), *offer]


def _place(place: int) -> str:
    return f"place-{place}" if place <= LAST_PLACE else BEYOND


def _wait(low: int, high: int) -> list[str]:
    return ["wait", f"from-{low}", f"to-{high}"] if low else ["wait-up", f"to-{high}"]
