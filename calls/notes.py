"""What an operator writes down during a call. One text per call and operator, kept as she types.

What she sends last is what stands: her page sends one text after the other, never two at once.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from calls.served import Served
from models import CallNote, User

MOST = 4000  # characters


class TooLong(Exception):
    """More than MOST characters; nothing was kept."""


def write(served: Served, user: User, text: str, now: dt.datetime) -> CallNote:
    """Keep text as her note of this call. Raises TooLong."""
    text = text.replace("\r\n", "\n").strip()
    if len(text) > MOST:
        raise TooLong
    values = {CallNote.text: text, CallNote.changed_at: now}
    kept = CallNote.insert(call_key=served.key, shop=served.shop, user=user, text=text, changed_at=now)
    kept.on_conflict(conflict_target=[CallNote.call_key, CallNote.user], update=values).execute()
    return mine(served.key, user)


def mine(call_key: str, user: User) -> CallNote | None:
    """What she wrote down in this call; None when she has not written yet."""
    return CallNote.get_or_none((CallNote.call_key == call_key) & (CallNote.user == user))


def of(call_keys: Iterable[str]) -> dict[str, list[CallNote]]:
    """The notes of these calls that say anything, by call, the latest first, each with its writer."""
    said = CallNote.call_key.in_(list(call_keys)) & (CallNote.text != "")
    found = defaultdict(list)
    for note in CallNote.select(CallNote, User).join(User).where(said).order_by(CallNote.changed_at.desc()):
        found[note.call_key].append(note)
    return dict(found)
