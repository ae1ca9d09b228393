"""Transfers are carried out: the scheduler rings the owner's mobile and watches who speaks with whom.

Dialplan [transfer] offers the call to whoever picks up the mobile; the key pressed takes the caller out of the bridge
with the operator, whose telephone Asterisk then hangs up, into one with the owner. That is seen by the bridges, not by
an event: so a scheduler killed at any point finds out afterwards.
"""

from __future__ import annotations

import datetime as dt

from calls import mobile, transfers
from models import Transfer, utcnow
from pbx.ami import Ami, Channel
from settings import Settings


class Transferring:
    """Every method raises AmiError."""

    def __init__(self, ami: Ami, settings: Settings):
        self.ami, self.settings = ami, settings

    def step(self) -> None:
        """Bring every open transfer as far as it can come now."""
        if waiting := transfers.open_ones():
            channels = {channel.uniqueid: channel for channel in self.ami.channels()}
            for transfer in waiting:
                self.advance(transfer, channels)

    def advance(self, transfer: Transfer, channels: dict[str, Channel]) -> None:
        caller, phone = channels.get(transfer.call_key), channels.get(transfer.channel_id)
        if transfer.sent_at is None:
            self.send(transfer, caller)
        elif phone is None:
            if utcnow() - transfer.sent_at > mobile.APPEARS:
                mobile.end(transfer, utcnow())
        elif caller and caller.bridge and caller.bridge == phone.bridge:
            mobile.mark_taken(transfer, utcnow())
        elif transfer.withdrawn_at or caller is None:
            self.ami.hang_up(phone.name)

    def send(self, transfer: Transfer, caller: Channel | None) -> None:
        """Ring the mobile, once."""
        late = utcnow() - transfer.wanted_at > dt.timedelta(seconds=self.settings.attempt_unknown_seconds)
        if caller is None or late or transfer.withdrawn_at:
            mobile.end(transfer, utcnow(), "over")
        elif not transfers.has_mobile(transfer.did.shop) or transfers.mobile_fault(transfer.did.shop):
            mobile.end(transfer, utcnow(), "not_callable")
        elif transfers.mark_sent(transfer, utcnow()):
            mobile.ring_or_end(self.ami, transfer, caller, utcnow(), self.settings)
