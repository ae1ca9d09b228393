"""Kept places: a customer who asked to be called back stands in the line where he stood.

A placeholder, a channel of ours, waits in the queue for him; the customer is dialled only after an operator has
picked up. Rules: the wish, the placeholder and the attempt are three rows, and the attempt is reserved by the facts
of her ringing telephone, so that all that may forbid a dial is asked by one writer, and nothing is dialled while
facts do not come. His place ends when he was dialled: busy or silent, he is a retry of the list like any other.
Here are the rules and the rows; `placeholders` is the scheduler's hand, `place_events` reads the channels' rows.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from peewee import IntegrityError

from calls import attempts, callbacks, caps, numbers
from calls.call_events import Call as Folded
from calls.callbacks import Refused
from calls.facts_mark import facts_late
from calls.own_numbers import own_numbers
from calls.place_events import Told
from models import Attempt, Call, Callback, Claim, Did, KeptPlace, Miss, Placeholder, Queue, Shop, Trunk, User, database
from settings import Settings

KEPT, AUTOMATIC = "kept", "automatic"  # Placeholder.kind
RANG_OUT, NOT_DIALLED = "operator_no_answer", "not_dialled"


@dataclass(frozen=True)
class Wish:
    """A customer for whom a channel must wait: in which of Asterisk's queues, before all who came after `since`."""

    callback: Callback
    kind: str
    queue: str
    since: dt.datetime


# --- the wish --------------------------------------------------------------------------------------------------


def keep(call: Folded) -> None:
    """Note the place a caller asked to keep, once his call has ended and opened his callback; again changes nothing."""
    if call.kept_since is None or call.callback_number is None:
        return
    if KeptPlace.select().where(KeptPlace.call_key == call.key).exists():
        return
    callback = Callback.get_or_none(_open_of(call.shop_id, call.callback_number))
    if callback is None or callback.misses.where(Miss.call_key == call.key).first() is None:
        return  # he and the shop have spoken since
    if not callback.kept_places.where(KeptPlace.ends_at.is_null()).exists():
        KeptPlace.create(callback=callback, call_key=call.key, since=call.kept_since)


def kept_since(shop_id: int, customer: str) -> dt.datetime | None:
    """Since when this customer of the shop keeps a place in the line; None when he keeps none."""
    query = KeptPlace.select().join(Callback)
    place = query.where(KeptPlace.ends_at.is_null() & _open_of(shop_id, customer)).first()
    return place and place.since


def _open_of(shop_id: int | None, customer: str):
    return (Callback.shop == shop_id) & (Callback.customer == customer) & Callback.closed_at.is_null()


# --- the line --------------------------------------------------------------------------------------------------


def open_places() -> list[KeptPlace]:
    """The places kept now, each with callback, shop, queue, DID and trunk; who entered the line first comes first."""
    query = KeptPlace.select(KeptPlace, Callback, Shop, Queue, Did, Trunk)
    query = query.join(Callback).join(Shop).join(Queue).switch(Callback).join(Did).join(Trunk)
    kept = KeptPlace.ends_at.is_null() & Callback.closed_at.is_null() & ~Callback.to_confirm
    return list(query.where(kept).order_by(KeptPlace.since, KeptPlace.id))


def holdable(now: dt.datetime, settings: Settings) -> list[Wish]:
    """The places that a channel must hold in the line now."""
    return [
        Wish(place.callback, KEPT, place.callback.shop.queue.pbx_name, place.since)
        for place in open_places()
        if may_wait(place.callback, now, settings)
    ]


def may_wait(callback: Callback, now: dt.datetime, settings: Settings) -> bool:
    """Whether this customer may be dialled if an operator picked up now, and nobody has taken him from the list."""
    return (
        not _talks_to_us(callback.customer)
        and not _is_in_other_hands(callback)
        and not _rests(callback, now, settings)
        and attempts.forbids(callback, now, settings) is None
    )


def _talks_to_us(customer: str) -> bool:
    """Whether he is on the telephone with any shop of the union: rung now he would be busy."""
    return Call.select().where((Call.customer == customer) & Call.ended_at.is_null()).exists()


def _is_in_other_hands(callback: Callback) -> bool:
    """Whether an operator took it from the list, or somebody is dialling this customer."""
    dialled = Attempt.select().where((Attempt.customer == callback.customer) & Attempt.ended_at.is_null())
    return callbacks.claim_of(callback) is not None or dialled.exists()


def _rests(callback: Callback, now: dt.datetime, settings: Settings) -> bool:
    """Whether its last placeholder has just ended: whatever went wrong is not repeated at once."""
    last = callback.placeholders.order_by(Placeholder.id.desc()).first()
    if last is None or last.ends_at is None:
        return False
    seconds = settings.place_refused_seconds if last.taken_at else settings.place_again_seconds
    return now < last.ends_at + dt.timedelta(seconds=seconds)


def rings_for(placeholder: Placeholder, now: dt.datetime, settings: Settings) -> bool:
    """Whether an operator's telephone rings for it by right: with her attempt, and he not on the line."""
    callback = placeholder.callback
    hers = Attempt.select().where((Attempt.public_id == placeholder.public_id) & Attempt.ended_at.is_null())
    return (
        callback.closed_at is None
        and hers.exists()
        and not _talks_to_us(callback.customer)
        and not facts_late(now, settings)
    )


def living() -> list[Placeholder]:
    """The placeholders whose end is not known."""
    return list(Placeholder.select(Placeholder, Callback).join(Callback).where(Placeholder.ends_at.is_null()))


# --- what the facts say ------------------------------------------------------------------------------------------


def follow(news: Told, now: dt.datetime, settings: Settings) -> None:
    """Take in what a placeholder's rows tell: reserve the attempt of whom it rings, or end what is over."""
    place = Placeholder.get_or_none(Placeholder.public_id == news.public_id)
    if place is None:
        return
    Placeholder.update(taken_at=news.taken_at, ends_at=news.ended_at).where(Placeholder.id == place.id).execute()
    if news.rings and not news.was_dialled:
        _reserve(place, news.rings, now, settings)
    elif not news.rings and not news.taken_at:
        _give_back(place, now, NOT_DIALLED if news.ended_at else RANG_OUT)
    if news.was_dialled:
        kept = (KeptPlace.callback == place.callback) & KeptPlace.ends_at.is_null()
        KeptPlace.update(ends_at=news.taken_at).where(kept).execute()


def _reserve(place: Placeholder, user_id: int, now: dt.datetime, settings: Settings) -> None:
    """Make the attempt hers whose telephone rings; when that is refused she will have no leave to dial."""
    attempt = Attempt.get_or_none(Attempt.public_id == place.public_id)
    if attempt and (attempt.result not in ("", RANG_OUT) or (attempt.user_id == user_id and not attempt.ended_at)):
        return
    if (user := User.get_or_none(User.id == user_id)) is None:
        return
    if attempt and attempt.ended_at is None:
        _give_back(place, now)  # another was rung before her
    try:
        with database.atomic():
            attempts.take(place.callback, user, place.public_id, now, settings)
    except (Refused, IntegrityError):
        return


def _give_back(place: Placeholder, now: dt.datetime, result: str = RANG_OUT) -> None:
    """She let it ring out, or it was taken from her: nobody has him."""
    hers = (Attempt.public_id == place.public_id) & Attempt.ended_at.is_null()
    if Attempt.update(ended_at=now, result=result, minutes_reserved=0).where(hers).execute():
        _release(place, now)


def lost(place: Placeholder, now: dt.datetime) -> None:
    """Asterisk knows its channel no more, and no row said so."""
    Placeholder.update(ends_at=now).where((Placeholder.id == place.id) & Placeholder.ends_at.is_null()).execute()
    if place.taken_at is None:
        _give_back(place, now, NOT_DIALLED)  # of one that was taken the facts tell the end


def release_unreached(public_id: str, now: dt.datetime) -> None:
    """After an attempt that nobody answered the callback is the list's again."""
    place = Placeholder.get_or_none(Placeholder.public_id == public_id)
    reached = Attempt.select().where((Attempt.public_id == public_id) & (Attempt.result == "answered")).exists()
    if place and not reached:
        _release(place, now)


def _release(place: Placeholder, now: dt.datetime) -> None:
    held = (Claim.callback == place.callback) & Claim.ends_at.is_null()
    Claim.update(ends_at=now, ended_because="released").where(held).execute()


# --- the leave to dial -------------------------------------------------------------------------------------------


def permitted_seconds(public_id: str, now: dt.datetime, settings: Settings) -> int | None:
    """How long she who picked up may speak with him; 0: he must not be dialled; None: the facts do not say yet."""
    query = Attempt.select(Attempt, Callback, Shop).join(Callback).join(Shop)
    attempt = query.where((Attempt.public_id == public_id) & Attempt.ended_at.is_null()).first()
    if attempt is None:
        return None
    callback = attempt.callback
    why = numbers.not_callable(callback.customer, callback.shop.allowed_destinations.split(), own_numbers())
    if why or callback.closed_at or facts_late(now, settings) or _talks_to_us(callback.customer):
        return 0
    return caps.max_seconds(attempt.minutes_reserved, settings)
