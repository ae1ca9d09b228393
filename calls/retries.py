"""When a customer who was not reached is tried again, by his shop's rule, and when no more.

A rule is kept as words, `15 60 morning`: minutes after each try, or the next morning; the last word repeats, until
`retry_tries` tries have rung his telephone. What never rang it (her own telephone, a dead trunk, a wish not carried
out) is no try. Tries are counted from his last reason: a customer who rings again is worth the whole rule again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from calls.calling_hours import CallingHours, calling_hours
from models import Attempt, Callback, Shop, database
from union import audit
from union.audit import Actor
from union.faults import refuse_if

RANG = ("busy", "declined", "no_answer", "machine", "wrong_number")  # his number was dialled, and he was not spoken to
REACHED = (*RANG, "answered", "talked")
MORNING = "morning"
WAITS = ("5", "15", "30", "60", "120", "240", MORNING)  # what an owner may choose from
TRIES_MOST = 10


def next_try(waits: Sequence[str], tries: int, at: dt.datetime, hours: CallingHours) -> dt.datetime:
    """When a customer is due again after so many tries (at least one), the last of them ended at `at`; UTC.

    A time outside the calling hours becomes the next minute within them; where there is none it stays as it is.
    """
    wait = waits[min(tries, len(waits)) - 1]
    if wait == MORNING:
        zone = hours.shop.zone
        tomorrow = at.astimezone(zone).date() + dt.timedelta(days=1)
        then = dt.datetime.combine(tomorrow, dt.time(), zone).astimezone(dt.UTC)
    else:
        then = at + dt.timedelta(minutes=int(wait))
    return hours.next_opening(then) or then


def due_again(callback: Callback, since: dt.datetime, at: dt.datetime) -> dt.datetime | None:
    """When a callback is due again after a try that ended at `at`; None: the rule's tries since `since` are used up."""
    shop, tries = callback.shop, tries_since(callback, since)
    if tries >= shop.retry_tries:
        return None
    return next_try(shop.retry_waits.split(), max(1, tries), at, calling_hours(shop, at))


def tries_since(callback: Callback, since: dt.datetime) -> int:
    """How often his telephone rang in vain since that instant."""
    rang = Attempt.result.in_(RANG) & (Attempt.ended_at >= since)
    return callback.attempts.where(rang).count()


def set_rule(shop: Shop, waits: Sequence[str], tries: int, by: Actor) -> None:
    """Change a shop's rule. Raises Refused."""
    refuse_if(
        waits="unknown" if not waits or set(waits) - set(WAITS) else None,
        tries="out_of_range" if not 1 <= tries <= TRIES_MOST else None,
    )
    values = {"retry_waits": " ".join(waits), "retry_tries": tries}
    with database.atomic():
        if altered := audit.changes(shop, values):
            Shop.update(**values).where(Shop.id == shop.id).execute()
            audit.note(by, "shop.update", f"shop:{shop.id}", shop=shop, detail=altered)
