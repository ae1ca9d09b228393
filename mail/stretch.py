"""What the letters of a week and of a month tell alike of their days, beside the days before them."""

from __future__ import annotations

import datetime as dt
from functools import cached_property

from calls import call_log, promises
from calls.call_log import Figures
from calls.promises import Kept
from models import Shop
from orders import order_list


class Stretch:
    """A shop's days from first to last, both included, as they stand now."""

    shop: Shop
    first: dt.date
    last: dt.date
    now: dt.datetime

    @cached_property
    def calls(self) -> Figures:
        return call_log.figures(self.shop, self.first, self.last)

    @cached_property
    def orders(self) -> tuple[int, int]:
        """How many were placed, and their sum in minor units."""
        return order_list.count(self.shop, order_list.Filter(self.first, self.last))

    @cached_property
    def kept(self) -> Kept:
        """The promises whose time was in these days."""
        return promises.counted(self.shop, *call_log.instants(self.shop, self.first, self.last), self.now)
