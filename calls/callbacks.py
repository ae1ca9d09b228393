"""Callbacks: the promise to call a customer of a shop, who may take it, and what ends it.

One is open per shop and customer. A missed call opens it or adds a Miss, what is asked for otherwise a CallRequest;
a conversation of this customer with this shop that ends after the last of them closes it, or what she says of her
attempt, or the last try by the shop's rule (calls/retries.py). It is due at once, or when next the shop is open and
operators work; by when he is called is a Promise. Nobody is owed a callback whose number is not known, and what must
not be dialled stays on the list with the reason.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from peewee import Expression, fn

from calls import numbers, promises, retries, spans
from calls.call_events import Call
from calls.calling_hours import calling_hours
from calls.own_numbers import own_numbers
from calls.promises import SPOKEN
from calls.served import Served
from models import Attempt, Callback, CallRequest, Claim, Did, Miss, Promise, Shop, User, database
from models import Call as CallRow
from settings import Settings

MISSED = ("closed", "cut_off", "no_operator", "asked_callback")
ABANDONED = ("abandoned_greeting", "abandoned_menu", "abandoned_line")
RETRIES = ("machine", "busy", "no_answer")  # of an answered attempt: nobody was spoken to, it stays on the list
CLOSES = ("talked", "wrong_number", "given_up")
AGAIN_MOST = dt.timedelta(days=60)  # how far ahead a call may be promised


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
    did = Did.get_or_none(Did.id == call.did_id)
    if callback := _owe(shop, did, number, call.ended_at, None, settings):
        Miss.create(callback=callback, call_key=call.key, at=call.ended_at, why=call.ending)


def _got_through(call: Call) -> None:
    callback = _open_for(call.shop_id, call.customer)
    if callback and last_reason(callback) < call.ended_at and not asked_in(call.key):
        close(callback, "got_through", call.ended_at, call.key)


def _spoke_since(call: Call, number: str) -> bool:
    """Whether this customer and this shop have spoken after the call, and that was told first."""
    later = (CallRow.shop == call.shop_id) & (CallRow.customer == number) & (CallRow.ended_at > call.ended_at)
    if CallRow.select().where(later & (CallRow.direction == "in") & (CallRow.ending == "answered")).exists():
        return True
    settled = (Callback.shop == call.shop_id) & (Callback.customer == number) & (Callback.closed_at > call.ended_at)
    return Callback.select().where(settled & Callback.closed_because.in_(SPOKEN)).exists()


def _open_for(shop_id: int, number: str) -> Callback | None:
    return Callback.get_or_none(
        (Callback.shop == shop_id) & (Callback.customer == number) & Callback.closed_at.is_null()
    )


def last_reason(callback: Callback) -> dt.datetime:
    """When the last call was missed, or the last wish uttered, that it is there for."""
    reasons = (
        callback.misses.select(fn.MAX(Miss.at)).scalar(),
        callback.requests.select(fn.MAX(CallRequest.at)).scalar(),
    )
    return max([callback.opened_at, *filter(None, reasons)])


def asked_in(call_key: str) -> bool:
    """Whether another call was asked for in this conversation: it settles nothing by itself then."""
    return CallRequest.select().where(CallRequest.call_key == call_key).exists()


def _owe(
    shop: Shop, did: Did | None, number: str, at: dt.datetime, named: dt.datetime | None, settings: Settings
) -> Callback | None:
    """The open callback of a customer who has wanted a call since `at`, due and promised as is right for it.

    named: the time he named, if any. None without a DID: there is no number to call him from.
    """
    hours = calling_hours(shop, at)
    due_at = hours.next_opening(named or at) or named or at
    callback = _open_for(shop.id, number)
    if callback is None and did is None:
        return None
    if callback is None:
        callback = Callback.create(
            shop=shop, did=did, customer=number, opened_at=at, due_at=due_at,
            not_callable=numbers.not_callable(number, shop.allowed_destinations.split(), own_numbers()),
        )  # fmt: skip
    elif named or (due_at < callback.due_at and not _tried_since(callback, at)):
        callback.due_at = due_at
        callback.save(only=[Callback.due_at])
    promises.make(callback, at, hours.after_open(due_at, dt.timedelta(minutes=settings.promise_minutes)))
    return callback


def _tried_since(callback: Callback, at: dt.datetime) -> bool:
    """Whether he was dialled after this instant, which was told late."""
    return callback.attempts.where(Attempt.sent_at > at).exists()


# --- what is asked for -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Again:
    """A call that was promised in a conversation; is_moved: not for the time that was named, which is out of hours."""

    callback: Callback
    due_at: dt.datetime
    is_moved: bool


def ask(
    shop: Shop, did: Did, number: str, due: dt.datetime | None, source: str, page: str, now: dt.datetime,
    settings: Settings,
) -> Callback:  # fmt: skip
    """Open, or add to, the callback of somebody who asked for one; due: the time he named, None for at once.

    source is one of CallRequest's, page the address he stood on. Its due_at says when he will really be dialled.
    """
    with database.atomic():
        callback = _owe(shop, did, number, now, due, settings)
        CallRequest.create(callback=callback, source=source, at=now, wanted_at=due, page=page)
        return callback


def call_again(served: Served, at: dt.datetime, user: User, now: dt.datetime, settings: Settings) -> Again:
    """Promise the customer of her conversation another call at this instant, or the next minute within hours.

    What was owed to him before is settled if they have spoken. Raises Refused: number_unknown, no_number, time_past,
    time_far.
    """
    if not served.customer:
        raise Refused("number_unknown")
    if served.did is None:
        raise Refused("no_number")
    if not now < at < now + AGAIN_MOST:
        raise Refused("time_past" if at <= now else "time_far")
    with database.atomic():
        _settle_what_was_owed(served, now)
        callback = _owe(served.shop, served.did, served.customer, now, at, settings)
        CallRequest.create(
            callback=callback, source="conversation", at=now, wanted_at=at, user=user, call_key=served.key
        )
        Callback.update(to_confirm=False).where(Callback.id == callback.id).execute()
        release(callback, user, now)
        return Again(callback, callback.due_at, callback.due_at != at)


def _settle_what_was_owed(served: Served, now: dt.datetime) -> None:
    """They are speaking, or have spoken: what he waited for is done, and the new call is another matter."""
    attempt = Attempt.get_or_none(Attempt.public_id == served.key.removeprefix("cb-"))
    if attempt and attempt.result == "answered":
        Attempt.update(result="talked").where(Attempt.id == attempt.id).execute()
    has_spoken = (served.call and served.call.answered_at) or (attempt and attempt.result == "answered")
    owed = _open_for(served.shop.id, served.customer)
    if has_spoken and owed and not owed.requests.where(CallRequest.call_key == served.key).exists():
        close(owed, "talked" if attempt else "got_through", now, served.key)


# --- what ends them ---------------------------------------------------------------------------------------------


def tried(callback: Callback, at: dt.datetime) -> None:
    """His telephone rang in vain: he is due again by his shop's rule, or given up by it."""
    if callback.closed_at:
        return
    again = retries.due_again(callback, last_reason(callback), at)
    if again is None:
        close(callback, "given_up", at)
    else:
        Callback.update(due_at=again).where(Callback.id == callback.id).execute()


def settle(callback: Callback, owner: User, now: dt.datetime) -> None:
    """The shop's owner has called the customer himself. Raises Refused: closed, attempt_open."""
    with database.atomic():
        fresh = Callback.get_by_id(callback.id)
        if fresh.closed_at:
            raise Refused("closed", fresh.closed_because)
        if fresh.attempts.where(Attempt.sent_at.is_null(False), Attempt.ended_at.is_null()).exists():
            raise Refused("attempt_open")
        close(fresh, "owner_called", now, by=owner)


def close(callback: Callback, because: str, at: dt.datetime, call_key: str = "", by: User | None = None) -> None:
    """End a callback, its claim, and a wish to dial that was not carried out yet; what is being dialled goes on."""
    Callback.update(closed_at=at, closed_because=because, closing_call=call_key, closed_by=by, to_confirm=False).where(
        (Callback.id == callback.id) & Callback.closed_at.is_null()
    ).execute()
    Claim.update(ends_at=at, ended_because="closed").where(
        (Claim.callback == callback) & Claim.ends_at.is_null()
    ).execute()
    Attempt.update(ended_at=at, result="not_dialled", reason=because).where(
        (Attempt.callback == callback) & Attempt.sent_at.is_null() & Attempt.ended_at.is_null()
    ).execute()
    missed = CallRow.select(CallRow.arrived_at).join(Miss, on=(Miss.call_key == CallRow.key))
    for (arrived_at,) in missed.where(Miss.callback == callback).tuples():
        spans.forget(callback.shop_id, arrived_at)


# --- which are due ----------------------------------------------------------------------------------------------


def due(now: dt.datetime) -> list[Callback]:
    """The open callbacks of all shops that are due and can be called: by what was promised, then by age."""
    last = fn.MAX(Promise.call_by)
    query = Callback.select(Callback, Shop).join(Shop).switch(Callback).left_outer_join(Promise)
    open_now = Callback.closed_at.is_null(), Callback.due_at <= now, Callback.not_callable == "", ~Shop.is_test
    by_promise = fn.COALESCE(last, Callback.due_at), Callback.opened_at, Callback.id
    return list(query.where(*open_now).group_by(Callback.id).order_by(*by_promise))


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

    talked, or one of RETRIES, says by whom the last attempt was answered, whose ever it was: one who left without a
    word must not hold the customer up. wrong_number and given_up need no attempt.
    Raises Refused: closed, not_claimed, attempt_open (she is still dialling), nothing_to_confirm, no_such_outcome.
    """
    if what not in (*CLOSES, *RETRIES):
        raise Refused("no_such_outcome", what)
    with database.atomic():
        require_claimed(callback, user, now)
        if callback.attempts.where(Attempt.ended_at.is_null()).exists():
            raise Refused("attempt_open")
        answered = callback.attempts.where(Attempt.result == "answered")
        attempt = answered.order_by(Attempt.id.desc()).first()
        if attempt is None and what not in ("wrong_number", "given_up"):
            raise Refused("nothing_to_confirm")
        if attempt:
            Attempt.update(result=_said(what)).where(Attempt.id == attempt.id).execute()
        if what in CLOSES:
            close(callback, what, now, attempt.channel_id if attempt else "", user)
        else:
            Callback.update(to_confirm=False).where(Callback.id == callback.id).execute()
            release(callback, user, now)
            tried(Callback.get_by_id(callback.id), now)


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
