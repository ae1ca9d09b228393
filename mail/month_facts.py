"""What a shop's monthly letter tells of its calls and orders: a month of days beside the month before."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

from calls import call_log
from mail.stretch import Stretch
from models import Shop
from orders import funnel
from settings import Settings


@dataclass(frozen=True)
class MonthFacts(Stretch):
    """The month that begins on the day `first`, as it stands now."""

    shop: Shop
    first: dt.date
    now: dt.datetime
    settings: Settings

    @property
    def last(self) -> dt.date:
        return funnel.last_of(self.first)

    @cached_property
    def before(self) -> MonthFacts:
        first = (self.first - dt.timedelta(days=1)).replace(day=1)
        return MonthFacts(self.shop, first, self.now, self.settings)

    @cached_property
    def in_time(self) -> int:
        """Calls answered within answer_within_seconds."""
        return call_log.answered_within(self.shop, self.settings.answer_within_seconds, self.first, self.last)

    @cached_property
    def delivered(self) -> int:
        """Of the orders placed in these days, those that have reached the customer by now."""
        return funnel.whole(self.shop, self.first, self.last).delivered
