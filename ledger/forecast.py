"""What the fee becomes with another number of shops, and how long the reserve lasts when some leave: pure.

The base is one month as it is planned or closed: its cost, what is charged, the reserve. Shops are taken as alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

LEAST, MOST = 10, 20


@dataclass(frozen=True)
class Fee:
    """With so many shops each would pay fee_minor a month for the same costs: the smallest that covers them."""

    shops: int
    fee_minor: int


@dataclass(frozen=True)
class Leaving:
    """If some leave and the others pay no more: the reserve after each month, and in which month (from 1) it no
    longer pays all; None when it lasts."""

    shops: int
    result_minor: int  # of a month, without them
    reserve_minor: tuple[int, ...]
    short_in: int | None


def fees(cost_minor: int, shops: Sequence[int] = range(LEAST, MOST + 1)) -> list[Fee]:
    return [Fee(number, -(-cost_minor // number)) for number in shops]


def leaving(cost_minor: int, charged_minor: int, shops: int, reserve_minor: int, leave: int = 3,
            months: int = 12) -> Leaving | None:  # fmt: skip
    """What happens when so many of the shops leave; None when none would be left."""
    if leave >= shops:
        return None
    result = charged_minor * (shops - leave) // shops - cost_minor
    course = tuple(max(0, reserve_minor + result * month) for month in range(1, months + 1))
    short = next((month for month in range(1, months + 1) if reserve_minor + result * month < 0), None)
    return Leaving(shops - leave, result, course, short)
