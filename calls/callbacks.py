"""Callbacks: the promise to call a customer of a shop, who may take it, and what ends it.

One is open per shop and customer. A missed call opens it or adds a Miss; a conversation of this customer with this
shop that ends after his last miss closes it, or what she says of her attempt does. Nobody is owed a callback whose
number is not known, and what must not be dialled stays on the list with the reason.
"""

from __future__ import annotations

import datetime as dt

from peewee import Expression, fn

from calls import numbers
from calls.call_events import Call
from calls.opening_hours import timetable
from calls.own_numbers import own_numbers
from models import Attempt, Callback, Claim, Did, Miss, Shop, User, database
from models import Call as CallRow
from settings import Settings

MISSED = ("closed", "cut_off", "no_operator", "asked_callback")
ABANDONED = ("abandoned_greeting", "abandoned_menu", "abandoned_line")
RETRIES = ("machine", "busy", "no_answer")  # of an answered attempt: nobody was spoken to, it stays on the list
CLOSES = ("talked", "wrong_number", "given_up")


class Refused(Exception):
    """What was asked of a callback is not possible; reason is a word, detail what a person may want to know."""

    def __init__(self, reason: str, detail: str = ""):
        super().__init__(reason, detail)
        self.reason, self.detail = reason, detail


class AlreadyClaimed(Refused):
    """Another operator holds it; by is who."""

    def __init__(self, by: User):
        super().__init__("already_claimed", by.name)
        self.by = by


# --- what calls do to them -----------------------------------------------------------------------------------


def follow(call: Call, settings: Settings) -> None:
    """Open, add to or close a callback as an ended call demands; the same again changes nothing."""
    shop = Shop.get_by_id(call.shop_id)
    if shop.is_test or call.direction != "in":
        return
    if call.ending == "answered" and call.customer:
        _got_through(call)
    elif is_missed(call.ending, (call.ended_at - call.arrived_at).total_seconds(), shop.short_call_seconds):
        _missed(call, shop, settings)


def is_missed(ending: str, seconds: float, short_call_seconds: int) -> bool:
    """Whether a call that ended so, after so long, is owed a callback; a short abandoned one is counted apart."""
    return ending in MISSED or (ending in ABANDONED and seconds >= short_call_seconds)


def _missed(call: Call, shop: Shop, settings: Settings) -> None:
    number = call.callback_number
    if number is None or Miss.get_or_none(Miss.call_key == call.key) or _spoke_since(call, number):
        return
    if (callback := _open_for(shop.id, number)) is None:
        if (did := Did.get_or_none(Did.id == call.did_id)) is None:
            return
        callback = Callback.create(
            shop=shop, did=did, customer=number, opened_at=call.ended_at, due_at=due_at(shop, call.ended_at, settings),
            not_callable=numbers.not_callable(number, shop.allowed_destinations.split(), own_numbers()),
        )  # fmt: skip
    Miss.create(callback=callback, call_key=call.key, at=call.ended_at, why=call.ending)


def _got_through(call: Call) -> None:
    callback = _open_for(call.shop_id, call.customer)
    if callback and callback.misses.select(fn.MAX(Miss.at)).scalar() < call.ended_at:
        close(callback, "got_through", call.ended_at, call.key)


def _spoke_since(call: Call, number: str) -> bool:
    """Whether this customer and this shop have spoken after the call, and that was told first."""
    later = (CallRow.shop == call.shop_id) & (CallRow.customer == number) & (CallRow.ended_at > call.ended_at)
    return CallRow.select().where(later & (CallRow.direction == "in") & (CallRow.ending == "answered")).exists()


def _open_for(shop_id: int, number: str) -> Callback | None:
    return Callback.get_or_none(
        (Callback.shop == shop_id) & (Callback.customer == number) & Callback.closed_at.is_null()
    )


def due_at(shop: Shop, missed_at: dt.datetime, settings: Settings) -> dt.datetime:
    """By when a customer missed at this instant is promised a call: so many minutes of opening hours after it."""
    return timetable(shop).after_open(missed_at, dt.timedelta(minutes=settings.promise_minutes))


def close(callback: Callback, because: str, at: dt.datetime, call_key: str = "") -> None:
    """End a callback, its claim, and a wish to dial that was not carried out yet; what is being dialled goes on."""
    Callback.update(closed_at=at, closed_because=because, closing_call=call_key, to_confirm=False).where(
        (Callback.id == callback.id) & Callback.closed_at.is_null()
    ).execute()
    Claim.update(ends_at=at, ended_because="closed").where(
        (Claim.callback == callback) & Claim.ends_at.is_null()
    ).execute()
    Attempt.update(ended_at=at, result="not_dialled", reason=because).where(
        (Attempt.callback == callback) & Attempt.sent_at.is_null() & Attempt.ended_at.is_null()
    ).execute()


# --- who has it -----------------------------------------------------------------------------------------------


def claim(callback: Callback, user: User, now: dt.datetime, settings: Settings) -> Claim:
    """Take a callback for claim_lease_seconds, or go on holding it; of two at once one wins.

    Raises AlreadyClaimed, Refused("closed").
    """
    with database.atomic():
        expire_claims(now, Claim.callback == callback)
        if Callback.get_by_id(callback.id).closed_at:
            raise Refused("closed")
        lease_until = now + dt.timedelta(seconds=settings.claim_lease_seconds)
        held = claim_of(callback)
        if held is None:
            return Claim.create(callback=callback, user=user, starts_at=now, lease_until=lease_until)
        if held.user_id != user.id:
            raise AlreadyClaimed(held.user)
        held.lease_until = lease_until
        held.save(only=[Claim.lease_until])
        return held


def release(callback: Callback, user: User, now: dt.datetime) -> bool:
    """Give a callback back to the list; False when it was not hers."""
    hers = (Claim.callback == callback) & (Claim.user == user) & Claim.ends_at.is_null()
    return Claim.update(ends_at=now, ended_because="released").where(hers).execute() == 1


def release_all(user: User, now: dt.datetime, because: str) -> int:
    """Give back all she holds, because she signed off or her session ended; how many."""
    hers = (Claim.user == user) & Claim.ends_at.is_null()
    return Claim.update(ends_at=now, ended_because=because).where(hers).execute()


def claim_of(callback: Callback) -> Claim | None:
    """The claim in force, None when the callback is free."""
    return Claim.get_or_none((Claim.callback == callback) & Claim.ends_at.is_null())


def expire_claims(now: dt.datetime, *which: Expression) -> int:
    """End the claims whose lease ran out while no attempt of hers was open; how many."""
    dialling = Attempt.select().where(
        (Attempt.callback == Claim.callback) & (Attempt.user == Claim.user) & Attempt.ended_at.is_null()
    )
    late = Claim.ends_at.is_null() & (Claim.lease_until <= now) & ~fn.EXISTS(dialling)
    return Claim.update(ends_at=now, ended_because="expired").where(late, *which).execute()


# --- what she says ---------------------------------------------------------------------------------------------


def outcome(callback: Callback, user: User, what: str, now: dt.datetime) -> None:
    """Record what she says of a callback she holds.

    talked, or one of RETRIES, says by whom her last attempt was answered; wrong_number and given_up need no attempt.
    Raises Refused: closed, not_claimed, attempt_open (she is still dialling), nothing_to_confirm, no_such_outcome.
    """
    if what not in (*CLOSES, *RETRIES):
        raise Refused("no_such_outcome", what)
    with database.atomic():
        require_claimed(callback, user, now)
        if callback.attempts.where(Attempt.ended_at.is_null()).exists():
            raise Refused("attempt_open")
        answered = callback.attempts.where((Attempt.user == user) & (Attempt.result == "answered"))
        attempt = answered.order_by(Attempt.id.desc()).first()
        if attempt is None and what not in ("wrong_number", "given_up"):
            raise Refused("nothing_to_confirm")
        if attempt:
            Attempt.update(result=_said(what)).where(Attempt.id == attempt.id).execute()
        if what in CLOSES:
            close(callback, what, now, attempt.channel_id if attempt else "")
        else:
            Callback.update(to_confirm=False).where(Callback.id == callback.id).execute()
            release(callback, user, now)


def require_claimed(callback: Callback, user: User, now: dt.datetime) -> Callback:
    """The callback as it stands, if it is open and hers. Raises Refused: closed, not_claimed."""
    expire_claims(now, Claim.callback == callback)
    fresh = Callback.get_by_id(callback.id)
    if fresh.closed_at:
        raise Refused("closed", fresh.closed_because)
    held = claim_of(callback)
    if held is None or held.user_id != user.id:
        raise Refused("not_claimed", held.user.name if held else "")
    return fresh


def _said(what: str) -> str:
    """The attempt's result for an outcome: giving up leaves it answered by somebody unknown."""
    return "answered" if what == "given_up" else what
