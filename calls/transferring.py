"""Transfers are carried out: the scheduler rings the owner's mobile and watches who speaks with whom.

Dialplan [transfer] offers the call to whoever picks up the mobile; the key pressed takes the caller out of the bridge
with the operator, whose telephone Asterisk then hangs up, into one with the owner. That is seen by the bridges, not by
an event: so a scheduler killed at any point finds out afterwards.
"""

from __future__ import annotations

import datetime as dt
import logging

from calls import transfers
from models import Transfer, utcnow
from pbx import apply, names
from pbx.ami import Ami, AmiError, Channel
from pbx.config import dial_string, number_values
from settings import Settings

log = logging.getLogger(__name__)
APPEARS = dt.timedelta(seconds=2)  # an Originate is answered before its channel exists


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
        caller, mobile = channels.get(transfer.call_key), channels.get(transfer.channel_id)
        if transfer.sent_at is None:
            self.send(transfer, caller)
        elif mobile is None:
            if utcnow() - transfer.sent_at > APPEARS:
                transfers.end(transfer, utcnow())
        elif caller and caller.bridge and caller.bridge == mobile.bridge:
            transfers.mark_taken(transfer, utcnow())
        elif transfer.withdrawn_at or caller is None:
            self.ami.hang_up(mobile.name)

    def send(self, transfer: Transfer, caller: Channel | None) -> None:
        """Ring the mobile, once."""
        late = utcnow() - transfer.wanted_at > dt.timedelta(seconds=self.settings.attempt_unknown_seconds)
        if caller is None or late or transfer.withdrawn_at:
            transfers.end(transfer, utcnow(), "over")
        elif not transfers.has_mobile(transfer.did.shop) or transfers.mobile_fault(transfer.did.shop):
            transfers.end(transfer, utcnow(), "not_callable")
        elif transfers.mark_sent(transfer, utcnow()):
            self.ring_or_give_up(transfer, caller)

    def ring_or_give_up(self, transfer: Transfer, caller: Channel) -> None:
        try:
            self.ring(transfer, caller)
        except AmiError as fault:
            if not fault.permanent:
                raise  # it may have been done: the channels will tell
            log.warning("transfer %s: %s", transfer.public_id, fault)
            transfers.end(transfer, utcnow(), "refused")

    def ring(self, transfer: Transfer, caller: Channel) -> None:
        did = transfer.did
        values = number_values(apply.number(did, self.settings), did.trunk) | {
            names.TRANSFER: transfer.public_id,
            names.CALLER_CHANNEL: caller.name,
            names.MAX_MS: transfers.max_seconds(transfer, self.settings) * 1000,
        }
        self.ami.originate(
            dial_string(did.trunk, did.shop.last_resort_number),
            self.settings.mobile_ring_seconds,
            values,
            ChannelId=transfer.channel_id,
            CallerID=f"<{values[names.DID_NUMBER]}>",
            Context=names.TRANSFER_CONTEXT,
            Exten="s",
            Priority="1",
        )
