"""Handing a caller over to the owner's mobile: her wish, and what became of it.

Until the owner has pressed a key the caller stays hers, on hold; so whatever fails (the mobile, the trunk, the
scheduler) leaves the two as they are. The mobile's number stands in the shop's settings and on no page of hers.
"""

from __future__ import annotations

import datetime as dt
import secrets

from calls import caps, numbers
from calls.callbacks import Refused
from models import Call, Did, Leg, Shop, Transfer, Trunk, User, database
from settings import Settings


def want(user: User, key: str, now: dt.datetime, settings: Settings) -> Transfer:
    """Write the wish that the owner's mobile rings for the caller she speaks with.

    Raises Refused: no_call (she speaks with no such caller), no_mobile, not_callable (detail: why), no_trunk,
    wanted_already, cap_concurrent, cap_minutes.
    """
    with database.atomic():
        call = _spoken_with(user, key)
        _require_mobile(call)
        if Transfer.select().where(Transfer.call_key == key, Transfer.ended_at.is_null()).exists():
            raise Refused("wanted_already")
        minutes = caps.reserve(call.shop, now, settings)
        return Transfer.create(
            public_id=secrets.token_hex(8), call_key=key, did=call.did, user=user, wanted_at=now,
            minutes_reserved=minutes,
        )  # fmt: skip


def withdraw(transfer: Transfer, now: dt.datetime) -> None:
    """She takes the caller back; too late once the owner has taken him."""
    waiting = (Transfer.id == transfer.id) & Transfer.taken_at.is_null() & Transfer.ended_at.is_null()
    Transfer.update(withdrawn_at=now).where(waiting).execute()


def open_ones() -> list[Transfer]:
    """Wishes not yet ended, each with its DID, shop and trunk, oldest first."""
    query = Transfer.select(Transfer, Did, Shop, Trunk).join(Did).join(Shop).switch(Did).join(Trunk)
    return list(query.where(Transfer.ended_at.is_null()).order_by(Transfer.id))


def mark_sent(transfer: Transfer, now: dt.datetime) -> bool:
    """Take a wish to send it: True for exactly one who asks."""
    unsent = (Transfer.id == transfer.id) & Transfer.sent_at.is_null() & Transfer.ended_at.is_null()
    return Transfer.update(sent_at=now).where(unsent).execute() == 1


def mobile_fault(shop: Shop) -> str:
    """Why the owner's mobile must not be rung, "" when it may: asked again before the dial, whoever wrote the wish."""
    return numbers.not_callable(shop.last_resort_number, shop.allowed_destinations.split())


def has_mobile(shop: Shop) -> bool:
    return shop.last_resort == "mobile" and bool(shop.last_resort_number)


def _spoken_with(user: User, key: str) -> Call:
    """The living call that came in and that she is in. Raises Refused."""
    hers = Leg.user == user, Leg.answered_at.is_null(False), Leg.ended_at.is_null()
    living = Call.key == key, Call.direction == "in", Call.ended_at.is_null(), Call.did.is_null(False)
    call = Call.select(Call, Shop).join(Leg).switch(Call).join(Shop).where(*hers, *living).first()
    if call is None:
        raise Refused("no_call")
    return call


def _require_mobile(call: Call) -> None:
    if not has_mobile(call.shop):
        raise Refused("no_mobile")
    if why := mobile_fault(call.shop):
        raise Refused("not_callable", why)
    if call.did.ends_at or not call.did.trunk.is_active:
        raise Refused("no_trunk")
