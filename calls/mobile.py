"""An owner's mobile is rung for a caller: the hand's part that is the same for a transfer and for an overflow.

A context of the dialplan offers the caller to whoever picks up, and takes him from where he is once the key is pressed
there. Of the minutes that a wish reserved, those that were spoken stay used.
"""

from __future__ import annotations

import datetime as dt
import logging

from calls import caps
from models import Overflow, Transfer
from pbx import apply, names
from pbx.ami import Ami, AmiError, Channel
from pbx.config import dial_string, number_values
from settings import Settings

Wish = Transfer | Overflow

log = logging.getLogger(__name__)
APPEARS = dt.timedelta(seconds=2)  # an Originate is answered before its channel exists
RUNS = {  # the context that runs on the mobile, and the variable that names the wish there
    Transfer: (names.TRANSFER_CONTEXT, names.TRANSFER),
    Overflow: (names.OVERFLOW_CONTEXT, names.OVERFLOW),
}


def ring_or_end(ami: Ami, wish: Wish, caller: Channel, now: dt.datetime, settings: Settings) -> None:
    """Ring the mobile; what Asterisk refuses is over. Raises AmiError when it may have been done: channels will tell."""
    try:
        ring(ami, wish, caller, settings)
    except AmiError as fault:
        if not fault.permanent:
            raise
        log.warning("%s: %s", wish.channel_id, fault)
        end(wish, now, "refused")


def ring(ami: Ami, wish: Wish, caller: Channel, settings: Settings) -> None:
    did, (context, name) = wish.did, RUNS[type(wish)]
    values = number_values(apply.number(did, settings), did.trunk) | {
        name: wish.public_id,
        names.CALLER_CHANNEL: caller.name,
        names.MAX_MS: caps.max_seconds(wish.minutes_reserved, settings) * 1000,
    }
    ami.originate(
        dial_string(did.trunk, did.shop.last_resort_number),
        settings.mobile_ring_seconds,
        values,
        ChannelId=wish.channel_id,
        CallerID=f"<{values[names.DID_NUMBER]}>",
        Context=context,
        Exten="s",
        Priority="1",
    )


def mark_taken(wish: Wish, now: dt.datetime) -> None:
    """The owner speaks with the caller."""
    table = type(wish)
    table.update(taken_at=now).where(table.id == wish.id, table.taken_at.is_null()).execute()


def end(wish: Wish, now: dt.datetime, reason: str = "") -> None:
    """It is over."""
    table = type(wish)
    ended = table.update(ended_at=now, reason=reason, minutes_reserved=caps.spoken_minutes(wish.taken_at, now))
    ended.where(table.id == wish.id, table.ended_at.is_null()).execute()
