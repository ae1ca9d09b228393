"""Opening hours in words: open until when, opens when; and what the suggested holidays are called."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from babel.dates import format_date
from flask_babel import get_locale, gettext
from flask_babel import lazy_gettext as _l

from calls.opening_hours import Timetable

ON = (
    _l("on Monday"), _l("on Tuesday"), _l("on Wednesday"), _l("on Thursday"), _l("on Friday"), _l("on Saturday"),
    _l("on Sunday"),
)  # fmt: skip
HOLIDAYS = {
    "new-year": _l("New Year"),
    "womens-day": _l("International Women's Day"),
    "labour-day": _l("Labour Day"),
    "remembrance": _l("Day of Remembrance and Victory"),
    "constitution": _l("Constitution Day"),
    "statehood": _l("Statehood Day"),
    "independence": _l("Independence Day"),
    "defenders": _l("Day of Defenders"),
    "christmas": _l("Christmas"),
    "easter": _l("Easter"),
    "trinity": _l("Trinity"),
}


def sentence(timetable: Timetable, now: dt.datetime) -> str:
    """How it stands at this instant, in the timetable's zone."""
    if not timetable.is_open(now):
        opens = timetable.next_opening(now)
        return (
            gettext("Closed now, opens %(when)s.", when=when(opens, now, timetable.zone))
            if opens
            else gettext("Closed.")
        )
    closes = timetable.closes_at(now)
    if closes is None:
        return gettext("Open now.")
    return gettext("Open now until %(when)s.", when=until(closes, now, timetable.zone))


def when(at: dt.datetime, now: dt.datetime, zone: ZoneInfo) -> str:
    """at 9:00, tomorrow at 9:00, on Monday at 9:00, on 7 January at 9:00."""
    local, days = at.astimezone(zone), _days(at, now, zone)
    time = f"{local:%-H:%M}"
    if days == 0:
        return gettext("at %(time)s", time=time)
    if days == 1:
        return gettext("tomorrow at %(time)s", time=time)
    return gettext("%(day)s at %(time)s", day=_day(local, days), time=time)


def after(at: dt.datetime, now: dt.datetime, zone: ZoneInfo) -> str:
    """after 9:00, tomorrow after 9:00, on Monday after 9:00, on 7 January after 9:00."""
    local, days = at.astimezone(zone), _days(at, now, zone)
    time = f"{local:%-H:%M}"
    if days == 0:
        return gettext("after %(time)s", time=time)
    if days == 1:
        return gettext("tomorrow after %(time)s", time=time)
    return gettext("%(day)s after %(time)s", day=_day(local, days), time=time)


def until(at: dt.datetime, now: dt.datetime, zone: ZoneInfo) -> str:
    """18:00, or with the day when it is another; midnight is the end of the day before it."""
    local = at.astimezone(zone)
    if (local.hour, local.minute) == (0, 0) and _days(at, now, zone) == 1:
        return "24:00"
    time = f"{local:%-H:%M}"
    return time if _days(at, now, zone) == 0 else f"{time}, {format_date(local, 'd MMMM', locale=get_locale())}"


def _day(local: dt.datetime, days: int) -> str:
    """on Monday, on 7 January."""
    return str(ON[local.weekday()]) if days < 7 else format_date(local, "d MMMM", locale=get_locale())


def _days(at: dt.datetime, now: dt.datetime, zone: ZoneInfo) -> int:
    return (at.astimezone(zone).date() - now.astimezone(zone).date()).days
