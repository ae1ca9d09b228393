"""Owners' mobiles are rung for callers who waited long: the scheduler's hand.

Dialplan [overflow] offers the caller to whoever picks up; the key takes him out of the line into a bridge with the
mobile. The row is written before the dial, and what became of it is seen by the bridges: a scheduler killed between
finds no channel and ends it, so nobody's mobile is rung twice for one caller.
"""

from __future__ import annotations

from calls import mobile, overflow
from calls.callbacks import Refused
from calls.line import InLine
from models import Overflow, utcnow
from pbx.ami import Ami, Channel
from settings import Settings


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
        caller, phone = channels.get(one.call_key), channels.get(one.channel_id)
        if phone is None:
            if utcnow() - one.wanted_at > mobile.APPEARS:
                mobile.end(one, utcnow())
        elif caller and caller.bridge and caller.bridge == phone.bridge:
            mobile.mark_taken(one, utcnow())
        elif caller is None or caller.bridge:  # he has gone, or an operator has him
            self.ami.hang_up(phone.name)

    def begin(self, place: InLine, caller: Channel) -> None:
        try:
            one = overflow.want(place, utcnow(), self.settings)
        except Refused:
            return  # the next time, perhaps
        mobile.ring_or_end(self.ami, one, caller, utcnow(), self.settings)
