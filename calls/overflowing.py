"""Owners' mobiles are rung for callers who waited long: the scheduler's hand.

Dialplan [overflow] offers the caller to whoever picks up; the key takes him out of the line into a bridge with the
mobile. The row is written before the dial, and what became of it is seen by the bridges: a scheduler killed between
finds no channel and ends it, so nobody's mobile is rung twice for one caller.
"""

from __future__ import annotations

import datetime as dt
import logging

from calls import overflow
from calls.callbacks import Refused
from calls.line import InLine
from models import Overflow, utcnow
from pbx import apply, names
from pbx.ami import Ami, AmiError, Channel
from pbx.config import dial_string, number_values
from settings import Settings

log = logging.getLogger(__name__)
APPEARS = dt.timedelta(seconds=2)  # an Originate is answered before its channel exists


class Overflowing:
    """Every method raises AmiError."""

    def __init__(self, ami: Ami, settings: Settings):
        self.ami, self.settings = ami, settings

    def step(self) -> None:
        """Ring for whom it is time; bring what is open as far as it can come now."""
        going, late = overflow.open_ones(), overflow.due(utcnow())
        if not going and not late:
            return
        channels = {channel.uniqueid: channel for channel in self.ami.channels()}
        for one in going:
            self.advance(one, channels)
        for place in late:
            if caller := channels.get(place.call.key):
                self.begin(place, caller)

    def advance(self, one: Overflow, channels: dict[str, Channel]) -> None:
        caller, mobile = channels.get(one.call_key), channels.get(one.channel_id)
        if mobile is None:
            if utcnow() - one.wanted_at > APPEARS:
                overflow.end(one, utcnow())
        elif caller and caller.bridge and caller.bridge == mobile.bridge:
            overflow.mark_taken(one, utcnow())
        elif caller is None or caller.bridge:  # he has gone, or an operator has him
            self.ami.hang_up(mobile.name)

    def begin(self, place: InLine, caller: Channel) -> None:
        try:
            one = overflow.want(place, utcnow(), self.settings)
        except Refused:
            return  # the next time, perhaps
        try:
            self.ring(one, caller)
        except AmiError as fault:
            if not fault.permanent:
                raise  # it may have been done: the channels will tell
            log.warning("overflow %s: %s", one.public_id, fault)
            overflow.end(one, utcnow(), "refused")

    def ring(self, one: Overflow, caller: Channel) -> None:
        did = one.did
        values = number_values(apply.number(did, self.settings), did.trunk) | {
            names.OVERFLOW: one.public_id,
            names.CALLER_CHANNEL: caller.name,
            names.MAX_MS: overflow.max_seconds(one, self.settings) * 1000,
        }
        self.ami.originate(
            dial_string(did.trunk, did.shop.last_resort_number),
            self.settings.mobile_ring_seconds,
            values,
            ChannelId=one.channel_id,
            CallerID=f"<{values[names.DID_NUMBER]}>",
            Context=names.OVERFLOW_CONTEXT,
            Exten="s",
            Priority="1",
        )
