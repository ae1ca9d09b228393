"""Automatic mode: due callbacks come to her by themselves whenever she is ready and nobody waits in the line.

Rules: she turns it on herself, only while she is ready, and signing off ends it. Placeholders of the callbacks that
are due wait in a queue behind the line, whose weight is lower, so every caller and every kept place goes first; there
are never more of them than operators to serve them, and the queue rings only who is free. The rest (leave, attempt,
what becomes of it) is as with a kept place: see `places`.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable

from calls import callbacks, places, presence
from calls.places import AUTOMATIC, Wish
from calls.presence import NotAllowed
from models import (
    AutomaticMode,
    Callback,
    KeptPlace,
    Placeholder,
    Presence,
    QueueOperator,
    User,
    database,
)
from settings import Settings

SOON_FREE = (presence.READY, "after_call")
HERSELF = "herself"


# --- what she does -----------------------------------------------------------------------------------------------


def current(user: User | int) -> AutomaticMode | None:
    """Her open row; None when callbacks do not come by themselves."""
    return AutomaticMode.get_or_none((AutomaticMode.user == user) & AutomaticMode.ends_at.is_null())


def start(user: User | int, now: dt.datetime) -> AutomaticMode:
    """Let due callbacks come; pressing twice changes nothing. Raises NotAllowed("not-ready")."""
    with database.atomic():
        mine = presence.current(user)
        if mine is None or mine.kind != presence.READY:
            raise NotAllowed("not-ready")
        return current(user) or AutomaticMode.create(user=user, starts_at=now)


def stop(user: User | int, now: dt.datetime, because: str = HERSELF) -> bool:
    """Let no more come; False when none did. What rings or is spoken goes on."""
    open_row = (AutomaticMode.user == user) & AutomaticMode.ends_at.is_null()
    return AutomaticMode.update(ends_at=now, ended_because=because).where(open_row).execute() == 1


# --- what must wait behind the line --------------------------------------------------------------------------------


def holdable(held: Iterable[Placeholder], now: dt.datetime, settings: Settings) -> list[Wish]:
    """For each queue as many due callbacks as operators could take: those held already, then by their order."""
    room, waiting, wishes = serving(), set(), []
    for placeholder in (placeholder for placeholder in held if placeholder.kind == AUTOMATIC):
        if placeholder.taken_at or places.rings_for(placeholder, now, settings):
            room[placeholder.callback.shop.queue_id] -= 1
        else:
            waiting.add(placeholder.callback_id)
    for callback in sorted(due(now), key=lambda callback: callback.id not in waiting):
        if max(room.values(), default=0) <= 0:
            break
        queue = callback.shop.queue
        if room[queue.id] > 0 and places.may_wait(callback, now, settings):
            room[queue.id] -= 1
            wishes.append(Wish(callback, AUTOMATIC, queue.automatic_name, callback.due_at))
    return wishes


def serving() -> Counter[int]:
    """How many operators in automatic mode are ready or about to be, by the id of the queue they serve."""
    query = QueueOperator.select(QueueOperator.queue).join(User).join(AutomaticMode)
    query = query.switch(User).join(Presence)
    willing = AutomaticMode.ends_at.is_null(), Presence.ends_at.is_null(), Presence.kind.in_(SOON_FREE)
    return Counter(queue for (queue,) in query.where(*willing).tuples())


def due(now: dt.datetime) -> list[Callback]:
    """The callbacks that are due, in the list's own order, save those that keep a place in the line."""
    keeps = {
        callback for (callback,) in KeptPlace.select(KeptPlace.callback).where(KeptPlace.ends_at.is_null()).tuples()
    }
    return [callback for callback in callbacks.due(now) if not callback.to_confirm and callback.id not in keeps]
