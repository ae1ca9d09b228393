"""A shop's share of the costs beside what a person of its own would cost it: for its owner alone."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from ledger import charged, months
from mail.digest_facts import Costs
from models import Shop


@dataclass(frozen=True)
class OwnPerson:
    """pay_minor: of a person of its own, a month; None: its owner has not said. first: of the month of the share."""

    pay_minor: int | None
    share_minor: int
    first: dt.date


def beside(shop: Shop, day: dt.date, costs: Costs) -> OwnPerson | None:
    """With the share of the last whole month before this day, else of the month of it; None: it pays nothing yet."""
    running = months.of(day)
    for month in (running.back(1), running):
        so_far = costs.so_far(shop, month.first)
        share_minor = charged.of_shop(shop, month)[0] if so_far is None else so_far
        if share_minor > 0:
            return OwnPerson(shop.own_pay_minor, share_minor, month.first)
    return None
