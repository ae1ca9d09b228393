"""Attempts: the wish to dial a callback, the scheduler's one sending of it, and what became of it.

wanted → sent → ended. Everything that may forbid a dial is asked in the transaction that writes the wish, and what
is limited is reserved there: one open attempt per number across all shops, concurrent dials and minutes per shop
and day. Only call events, OriginateResponse or silence end a sent attempt, never the page.
"""

from __future__ import annotations

import datetime as dt
import secrets

from calls import callbacks, caps, numbers, opening_hours
from calls.call_events import Dialled
from calls.callbacks import Refused, require_claimed
from calls.facts_mark import facts_late
from calls.own_numbers import own_numbers
from calls.retries import RANG
from models import Attempt, Callback, CelRow, Claim, Did, Shop, Trunk, User, database
from settings import Settings


def want(callback: Callback, user: User, now: dt.datetime, settings: Settings) -> Attempt:
    """Write the wish that her telephone rings and then the customer's.

    Raises Refused: closed, not_claimed, to_confirm, not_callable (detail: why), no_trunk, shop_closed,
    busy_elsewhere, operator_dialling, cap_concurrent, cap_minutes, facts_late.
    """
    with database.atomic():
        callback = require_claimed(callback, user, now)
        _require_dialable(callback, now)
        _require_nobody_dialling(callback, user)
        if facts_late(now, settings):
            raise Refused("facts_late")
        return Attempt.create(
            public_id=secrets.token_hex(8), callback=callback, user=user, customer=callback.customer, wanted_at=now,
            minutes_reserved=caps.reserve(callback.shop, now, settings),
        )  # fmt: skip


PASSED_OVER = (  # why "next" goes on to the customer after this one
    "already_claimed", "closed", "not_claimed", "to_confirm", "not_callable", "no_trunk", "shop_closed",
    "busy_elsewhere", "cap_concurrent", "cap_minutes",
)  # fmt: skip


def next_due(user: User, now: dt.datetime, settings: Settings) -> Attempt:
    """Take the first customer who is due and may be dialled, and dial him; what she held idly goes back to the list.

    Of two who press at once each gets another one. Raises Refused: nothing_due, to_confirm (say first who answered),
    operator_dialling, facts_late.
    """
    with database.atomic():
        _require_ready_for_next(user)
        callbacks.release_all(user, now, "released")
        for callback in callbacks.due(now):
            try:
                with database.atomic():
                    callbacks.claim(callback, user, now, settings)
                    return want(callback, user, now, settings)
            except Refused as refused:
                if refused.reason not in PASSED_OVER:
                    raise
    raise Refused("nothing_due")


def _require_ready_for_next(user: User) -> None:
    held = Callback.select().join(Claim).where((Claim.user == user) & Claim.ends_at.is_null())
    if held.where(Callback.to_confirm).exists():
        raise Refused("to_confirm")
    if Attempt.select().where((Attempt.user == user) & Attempt.ended_at.is_null()).exists():
        raise Refused("operator_dialling")


def take(callback: Callback, user: User, public_id: str, now: dt.datetime, settings: Settings) -> None:
    """Reserve a dial for her whose telephone rings for this callback's placeholder; the callback is hers meanwhile.

    Raises Refused as `want` does, or AlreadyClaimed.
    """
    with database.atomic():
        callbacks.claim(callback, user, now, settings)
        callback = require_claimed(callback, user, now)
        _require_dialable(callback, now)
        _require_nobody_dialling(callback, user)
        values = {
            "callback": callback, "user": user, "customer": callback.customer, "wanted_at": now, "sent_at": now,
            "ended_at": None, "result": "", "minutes_reserved": caps.reserve(callback.shop, now, settings),
        }  # fmt: skip
        rung_before = Attempt.update(values).where(Attempt.public_id == public_id)
        if not rung_before.execute():
            Attempt.create(public_id=public_id, **values)


def forbids(callback: Callback, now: dt.datetime, settings: Settings) -> str | None:
    """Why this callback must not be dialled now, whoever would; None when it may be."""
    try:
        _require_dialable(callback, now)
        caps.reserve(callback.shop, now, settings)
    except Refused as refused:
        return refused.reason
    return None


def sendable(now: dt.datetime, settings: Settings) -> list[Attempt]:
    """Wishes to be carried out, oldest first, each with its callback, shop, DID, trunk and user."""
    fresh = now - dt.timedelta(seconds=settings.attempt_unknown_seconds)
    query = Attempt.select(Attempt, Callback, Shop, Did, Trunk, User)
    query = query.join(Callback).join(Shop).switch(Callback).join(Did).join(Trunk).switch(Attempt).join(User)
    waiting = Attempt.sent_at.is_null() & Attempt.ended_at.is_null() & (Attempt.wanted_at > fresh)
    return list(query.where(waiting & Callback.closed_at.is_null()).order_by(Attempt.id))


def mark_sent(attempt: Attempt, now: dt.datetime) -> bool:
    """Take a wish to send it: True for exactly one who asks. Dial only after this, and never again."""
    unsent = (Attempt.id == attempt.id) & Attempt.sent_at.is_null() & Attempt.ended_at.is_null()
    return Attempt.update(sent_at=now).where(unsent).execute() == 1


def end(dialled: Dialled, settings: Settings) -> bool:
    """Note what became of an attempt; False when that was known. An answered one waits for her to say by whom.

    News that come after the silence was taken for an end are believed.
    """
    with database.atomic():
        taken_for_silence = (Attempt.result == "not_dialled") & Attempt.sent_at.is_null(False)
        is_news = Attempt.ended_at.is_null() | (taken_for_silence & (dialled.result != "not_dialled"))
        minutes = -(-dialled.talk_seconds // 60)
        ended = Attempt.update(ended_at=dialled.at, result=dialled.result, minutes_reserved=minutes)
        if ended.where((Attempt.public_id == dialled.attempt) & is_news).execute() != 1:
            return False
        attempt = Attempt.get(Attempt.public_id == dialled.attempt)
        _follow(attempt, dialled)
        lease_until = dialled.at + dt.timedelta(seconds=settings.claim_lease_seconds)
        hers = (Claim.callback == attempt.callback_id) & (Claim.user == attempt.user_id) & Claim.ends_at.is_null()
        Claim.update(lease_until=lease_until).where(hers).execute()
        return True


def _follow(attempt: Attempt, dialled: Dialled) -> None:
    """What an ended attempt means for its callback: she has yet to say who answered, or he is tried again later.

    One during which another call was promised has said both.
    """
    asked_again = callbacks.asked_in(attempt.channel_id)
    if dialled.result == "answered" and asked_again:
        Attempt.update(result="talked").where(Attempt.id == attempt.id).execute()
    elif dialled.result == "answered":
        still_open = (Callback.id == attempt.callback_id) & Callback.closed_at.is_null()
        Callback.update(to_confirm=True).where(still_open).execute()
    elif dialled.result in RANG and not asked_again:
        callbacks.tried(attempt.callback, dialled.at)


def expire(now: dt.datetime, settings: Settings) -> int:
    """End as not dialled what was never sent, or sent and not heard of for attempt_unknown_seconds; how many."""
    limit = now - dt.timedelta(seconds=settings.attempt_unknown_seconds)
    unheard = (Attempt.sent_at <= limit) | (Attempt.sent_at.is_null() & (Attempt.wanted_at <= limit))
    with database.atomic():
        silent = [
            attempt
            for attempt in Attempt.select().where(Attempt.ended_at.is_null() & unheard)
            if not CelRow.select().where(CelRow.linkedid == attempt.channel_id).exists()
        ]
        return sum(end(Dialled(attempt.public_id, "not_dialled", now), settings) for attempt in silent)


def _require_dialable(callback: Callback, now: dt.datetime) -> None:
    if callback.to_confirm:
        raise Refused("to_confirm")
    allowed = callback.shop.allowed_destinations.split()
    if why := callback.not_callable or numbers.not_callable(callback.customer, allowed, own_numbers()):
        raise Refused("not_callable", why)
    if callback.did.ends_at or not callback.did.trunk.is_active:
        raise Refused("no_trunk")
    if not opening_hours.timetable(callback.shop_id).is_open(now):
        raise Refused("shop_closed", callback.shop.name)


def _require_nobody_dialling(callback: Callback, user: User) -> None:
    """One open attempt per number, whichever shop, and one per operator."""
    dialling = Attempt.select().where(Attempt.ended_at.is_null())
    if dialling.where(Attempt.customer == callback.customer).exists():
        raise Refused("busy_elsewhere")
    if dialling.where(Attempt.user == user).exists():
        raise Refused("operator_dialling")
