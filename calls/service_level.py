"""How well callers are answered: the figures of reports and digests, each with one definition.

    report = service_level.read([shop], first, last, settings)   # local dates of each shop, both included
    report.whole.level                                           # a Counts: sums, and the questions about them
    report.by("operator")     # or did, shop, day, month: {key: Counts}; key None: nobody answered, or no DID
    report.hours              # {(weekday, hour): Counts}, Monday 0, the shop's local hour; arrived and offered only

Offered are the calls that came into the line, for an operator: not those that heard what they wanted from the menu,
asked there for a callback, came out of hours or gave up before. One abandoned in the line after less than its shop's
short-call limit is `short`: apart, not offered. Answered is what the list of calls calls answered,
whoever answered: `handled` by an operator of the union, or else `by_mobile`, by the shop's owner, to whose mobile the
caller came out of the line, by a key of the menu or as the last resort. So shares, levels and waits tell what callers
met; what operators did (handling time, occupancy, the bill) tells of the handled alone. Called back, waiting and lost
are what the list of calls calls so. All waits are those in the line. `within` is `settings.answer_within_seconds`. A
call belongs to the hour of its arrival; one that lives is
not counted yet; a test shop is nowhere: who asks for shops leaves it out (`shops_of_union`).

Service level, by both usual formulas:
    level            answered within the time / offered                                (everybody counts)
    level_patient    answered within the time / (offered − abandoned within the time)  (who left at once gave no chance)
A share of fewer than RELIABLE_LEAST calls moves by more than three points with a single one: not yet reliable.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Iterable, Mapping
from functools import cached_property

from calls import tallies
from calls.counting import RELIABLE_LEAST, Counts, grouped, total
from calls.tallies import Sums
from models import Shop, database
from settings import Settings

__all__ = ["RELIABLE_LEAST", "Counts", "Report", "read", "shops_of_union"]

KEYS = {"shop": lambda shop, _: shop, "day": lambda _, day: day, "month": lambda _, day: day.replace(day=1)}


class Report:
    """The figures of some shops in some days, asked one at a time."""

    def __init__(self, sums: Sums, is_by_day: bool) -> None:
        self.sums, self.is_by_day = sums, is_by_day

    @cached_property
    def whole(self) -> Counts:
        return total(self.sums.whole.values())

    def by(self, what: str) -> dict[Hashable, Counts]:
        """By shop, operator, did, day or month, in the order of these; None comes last."""
        if what in ("operator", "did"):
            return _in_order(self.sums.operators if what == "operator" else self.sums.dids)
        if what == "day":
            self._require_days()
        return _in_order(grouped((KEYS[what](*key), counts) for key, counts in self.sums.whole.items()))

    @property
    def shop_days(self) -> dict[tuple[dt.date, int], Counts]:
        """By (day, shop)."""
        self._require_days()
        return _in_order({(day, shop): counts for (shop, day), counts in self.sums.whole.items()})

    @property
    def day_hours(self) -> dict[tuple[dt.date, int], Counts]:
        """Arrived and offered by (day, hour)."""
        self._require_days()
        return _in_order({(day, hour): counts for (day, _, hour), counts in self.sums.hours.items()})

    @cached_property
    def hours(self) -> dict[tuple[int, int], Counts]:
        """Arrived and offered by (weekday, hour)."""
        return _in_order(grouped((key[1:], counts) for key, counts in self.sums.hours.items()))

    def _require_days(self) -> None:
        if not self.is_by_day:
            raise ValueError("read without days")


def read(shops: Iterable[Shop], first: dt.date, last: dt.date, settings: Settings, by_day: bool = True) -> Report:
    """The figures of these shops from the day first to the day last, days of each shop's own zone.

    by_day: whether it will be asked by day or (day, hour); without, whole months are read at once."""
    with database.atomic("DEFERRED"):  # one moment for tallies and calls alike; nobody who writes waits for it
        return Report(tallies.read(shops, first, last, settings, by_day), by_day)


def shops_of_union() -> list[Shop]:
    """Every shop that counts, by name."""
    return list(Shop.select().where(~Shop.is_test).order_by(Shop.name))


def _in_order(groups: Mapping[Hashable, Counts]) -> dict[Hashable, Counts]:
    return {name: groups[name] for name in sorted(groups, key=lambda name: (name is None, name or 0))}
