"""What was used of what the shops share: figures that are paid or shared by. The test shop is in none of them."""

from __future__ import annotations

import datetime as dt
from collections import Counter

from models import Presence, User, utcnow


def presence_seconds(user: User | int, first: dt.datetime, last: dt.datetime) -> dict[str, int]:
    """How long she was at each kind of Presence.KINDS in [first, last), whole seconds, rounded down; what is still
    open counts until now."""
    last = min(last, utcnow())
    within = (Presence.starts_at < last) & (Presence.ends_at.is_null() | (Presence.ends_at > first))
    spent: Counter[str] = Counter()
    for row in Presence.select().where((Presence.user == user) & within):
        spent[row.kind] += (min(row.ends_at or last, last) - max(row.starts_at, first)) / dt.timedelta(seconds=1)
    return {kind: int(seconds) for kind, seconds in spent.items()}
