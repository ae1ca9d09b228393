"""When a customer will be called, in words that are recorded: pure.

"We will call you on Monday, at nine o'clock thirty": a piece for the day, one for the hour, one for the minutes. A
time between two fives is said as the later, so that nobody waits for a call before it can come.
"""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from pbx.names import WEEKDAYS

STEP_MINUTES = 5


def next_call(opens_at: dt.datetime | None, now: dt.datetime, zone: ZoneInfo) -> tuple[str, ...]:
    """The pieces, of names.TIMES, that say this instant to somebody in the zone; () when it is now or not known.

    A week and more ahead the name of a day would mislead, so it is "on the first working day" then.
    """
    if opens_at is None or opens_at <= now:
        return ()
    at = _in_fives(opens_at.astimezone(zone))
    days = (at.date() - now.astimezone(zone).date()).days
    if days >= len(WEEKDAYS):
        return ("will-call-first-day",)
    day = "today" if days == 0 else "tomorrow" if days == 1 else WEEKDAYS[at.weekday()]
    return (f"will-call-{day}", f"hour-{at.hour}", *([f"minute-{at.minute}"] if at.minute else []))


def _in_fives(local: dt.datetime) -> dt.datetime:
    return local + dt.timedelta(minutes=-local.minute % STEP_MINUTES)
