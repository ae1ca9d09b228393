"""A sum is divided to the last kopeck: largest remainder, and a published rotation where remainders are equal.

Each part is within one unit of its exact share, the parts sum to the whole, and who weighs nothing pays nothing:
the units left over are fewer than the shops with a remainder. In what order the shops are given changes nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Part:
    """One shop's part. odd_minor is the unit of it that came by rounding: 1, 0 or (of a negative sum) -1."""

    amount_minor: int
    odd_minor: int = 0


def rotation(month: dt.date, shop_ids: Iterable[int]) -> tuple[int, ...]:
    """In what order equal remainders are served in a month: by Shop.id, each month beginning with the next shop."""
    ids = sorted(set(shop_ids))
    first = (month.year * 12 + month.month) % len(ids) if ids else 0
    return tuple(ids[first:] + ids[:first])


def split(total_minor: int, weights: Mapping[int, int], order: Iterable[int]) -> dict[int, Part]:
    """total_minor divided by weights (Shop.id -> weight ≥ 0); order settles equal remainders and names every payer.

    Raises ValueError when nobody weighs anything or a weight is negative.
    """
    whole = sum(weights.values())
    if whole <= 0 or min(weights.values()) < 0:
        raise ValueError("a sum is divided among weights, of which one at least is above zero and none below")
    sign = 1 if total_minor >= 0 else -1
    floors = {shop_id: abs(total_minor) * weight // whole for shop_id, weight in weights.items()}
    remainders = {shop_id: abs(total_minor) * weight % whole for shop_id, weight in weights.items()}
    rank = {shop_id: place for place, shop_id in enumerate(order)}
    left = abs(total_minor) - sum(floors.values())
    payers = [shop_id for shop_id, weight in weights.items() if weight]
    lucky = set(sorted(payers, key=lambda shop_id: (-remainders[shop_id], rank[shop_id]))[:left])
    return {
        shop_id: Part(sign * (floor + (shop_id in lucky)), sign * (shop_id in lucky))
        for shop_id, floor in floors.items()
    }
