"""Ukraine's public holidays, to be suggested. Under martial law none is a day off by law: nothing closes by itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

FIXED = {
    (1, 1): "new-year",
    (3, 8): "womens-day",
    (5, 1): "labour-day",
    (5, 8): "remembrance",
    (6, 28): "constitution",
    (7, 15): "statehood",
    (8, 24): "independence",
    (10, 1): "defenders",
    (12, 25): "christmas",
}
AHEAD = dt.timedelta(days=120)


def coming(today: dt.date, taken: Collection[dt.date] = ()) -> list[tuple[dt.date, str]]:
    """The holidays from today on for four months, in order, with their codes; taken: dates that need no suggestion."""
    days = [day for year in (today.year, today.year + 1) for day in of_year(year)]
    return sorted((date, code) for date, code in days if today <= date < today + AHEAD and date not in taken)


def of_year(year: int) -> list[tuple[dt.date, str]]:
    """A year's holidays."""
    feast = easter(year)
    moving = [(feast, "easter"), (feast + dt.timedelta(49), "trinity")]
    return [*((dt.date(year, *day), code) for day, code in FIXED.items()), *moving]


def easter(year: int) -> dt.date:
    """Orthodox Easter in our calendar, 1900–2099 (Meeus, Astronomical Algorithms, chapter 8, Julian calendar)."""
    d = (19 * (year % 19) + 15) % 30
    e = (2 * (year % 4) + 4 * (year % 7) - d + 34) % 7
    month, day = divmod(d + e + 114, 31)
    return dt.date(year, month, day + 1) + dt.timedelta(13)
