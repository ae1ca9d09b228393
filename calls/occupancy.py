"""How much of their time operators are busy: talk and after-call work, of the time they were there for calls.

There for calls is presence `ready` (in it she talks, too) and `after_call`; breaks, training and a telephone that was
left ringing are not. Talk is of calls that arrived, and callbacks that were dialled, in the same time.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from calls.service_level import Counts
from models import Presence

AT_CALLS = ("ready", "after_call")


@dataclass(frozen=True)
class Work:
    """An operator's time in seconds."""

    talk_seconds: int = 0
    after_call_seconds: int = 0
    ready_seconds: int = 0  # ready for calls or in one

    @property
    def present_seconds(self) -> int:
        return self.ready_seconds + self.after_call_seconds

    @property
    def occupancy(self) -> float | None:
        """Share of her time at work in which she was busy (0.0–1.0); None when she was not there."""
        present = self.present_seconds
        return min(1.0, (self.talk_seconds + self.after_call_seconds) / present) if present else None


def of_operators(counts: Mapping[int | None, Counts], spent: Mapping[int, tuple[int, int]]) -> dict[int, Work]:
    """Each operator's time, from the counts of all shops by operator and from what presence() says; by User.id."""
    users = sorted(spent.keys() | counts.keys() - {None})
    return {user: _work(counts.get(user, Counts()), *spent.get(user, (0, 0))) for user in users}


def _work(counts: Counts, ready_seconds: int, after_call_seconds: int) -> Work:
    return Work(counts.talk_seconds + counts.called_talk_seconds, after_call_seconds, ready_seconds)


def presence(starts_at: dt.datetime, ends_at: dt.datetime) -> dict[int, tuple[int, int]]:
    """Seconds of (ready, after-call work) in [starts_at, ends_at), by User.id; an open presence lasts to the end."""
    overlapping = (Presence.starts_at < ends_at) & (Presence.ends_at.is_null() | (Presence.ends_at > starts_at))
    rows = Presence.select(Presence.user, Presence.kind, Presence.starts_at, Presence.ends_at)
    spent: dict[int, list[float]] = {}
    for user, kind, begins, ends in rows.where(overlapping, Presence.kind.in_(AT_CALLS)).tuples():
        seconds = (min(ends or ends_at, ends_at) - max(begins, starts_at)).total_seconds()
        spent.setdefault(user, [0.0, 0.0])[AT_CALLS.index(kind)] += seconds
    return {user: (round(ready), round(after)) for user, (ready, after) in spent.items()}
