"""What a shop's weekly digest tells: seven days beside the seven before, by hour and source, and what to change."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from zoneinfo import ZoneInfo

from calls import call_log, menu_remarks
from calls.call_log import Filter
from mail.stretch import Stretch
from models import Attempt, Callback, Did, Shop, utcnow
from orders import funnel, scripts

DAYS = 7
STALE_DAYS = 90  # a script nobody has touched for so long is worth a look
CAPS = ("cap_concurrent", "cap_minutes")
DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Week(Stretch):
    """The seven days up to `last`, included, as they stand now."""

    shop: Shop
    last: dt.date
    now: dt.datetime

    @property
    def first(self) -> dt.date:
        return self.last - (DAYS - 1) * DAY

    @cached_property
    def before(self) -> Week:
        return Week(self.shop, self.first - DAY, self.now)

    @cached_property
    def hours(self) -> dict[str, list[tuple[int, int]]]:
        """The three local hours in which most customers called, and those in which most were missed."""
        return {name: self._hours(group) for name, group in (("spoken", "answered"), ("missed", "missed"))}

    def _hours(self, group: str) -> list[tuple[int, int]]:
        zone = ZoneInfo(self.shop.timezone)
        calls = call_log.every(self.shop, Filter(self.first, self.last, group))
        return Counter(call.arrived_at.astimezone(zone).hour for call in calls).most_common(3)

    @cached_property
    def sources(self) -> list[tuple[Did, funnel.Row]]:
        """Each number that was rung, with its conversations and orders."""
        return [(did, row) for did, row in funnel.by_source(self.shop, self.first, self.last) if did]

    # --- what to change ---------------------------------------------------------------------------------------

    @cached_property
    def menu_remarks(self) -> int:
        return len(menu_remarks.published(self.shop))

    @cached_property
    def script_age(self) -> int | None:
        """Days since the script was written, once they are too many; None while it is fresh, or there is none."""
        script = scripts.latest(self.shop)
        age = (utcnow() - script.written_at).days if script else 0
        return age if age >= STALE_DAYS else None

    @cached_property
    def has_script(self) -> bool:
        return scripts.latest(self.shop) is not None

    @cached_property
    def capped(self) -> int:
        """How many attempts to call back were refused because a limit of the shop's lines was reached."""
        starts_at, ends_at = call_log.instants(self.shop, self.first, self.last)
        of_shop = Attempt.select().join(Callback).where(Callback.shop == self.shop, Attempt.reason.in_(CAPS))
        return of_shop.where(Attempt.wanted_at >= starts_at, Attempt.wanted_at < ends_at).count()
