"""After-call work begins by itself, with the fact that a conversation of hers is over.

In the same transaction as that fact, so inside the queue's wrap-up: from the end of one conversation to her return no
call slips in between. News that come too late for it (the scheduler was away) change nothing.
"""

from __future__ import annotations

import datetime as dt

from calls import presence
from calls.call_events import Call
from models import utcnow
from settings import Settings


def follow(call: Call, settings: Settings) -> None:
    """Begin the work after each conversation that has just ended in a call; the same again changes nothing."""
    now = utcnow()
    for leg in call.legs:
        if leg.party != "operator" or not (call.answered_at and leg.answered_at and leg.ended_at):
            continue
        returns_at = leg.ended_at + dt.timedelta(seconds=settings.after_call_seconds)
        if leg.ended_at > call.answered_at and returns_at > now:
            presence.wind_up(leg.user_id, leg.ended_at, returns_at)
