"""The scheduler's hand on kept places: for each that must be held, one channel waits in its queue, and no other does.

A placeholder is written down first, then asked of Asterisk by one Originate with its key as the channel's id. Killed
between the two, or with Asterisk itself, it is found missing and made anew, in the same place: the queue orders by
when the customer entered the line. What an operator has picked up is left alone.
"""

from __future__ import annotations

import datetime as dt
import logging
import secrets
import time
from collections.abc import Callable, Iterable

from calls import places, presence
from calls.dialling import dial_variables
from models import KeptPlace, Placeholder, database, utcnow
from pbx import names
from pbx.ami import Ami, AmiError
from pbx.config import label
from settings import Settings

log = logging.getLogger(__name__)
LOOK_SECONDS = 1.0  # how often the rules are asked when nothing was written: hours end, rests run out
UNSEEN_SECONDS = 3  # a placeholder that Asterisk does not know after this long was never made, or died with it
LONGEST_SECONDS = 12 * 3600


class Placeholders:
    """Every method raises AmiError. monotonic is the clock of waits; tests give their own."""

    def __init__(self, ami: Ami, settings: Settings, monotonic: Callable[[], float] = time.monotonic):
        self.ami, self.settings, self.monotonic = ami, settings, monotonic
        self.seen: tuple | None = None
        self.due = self.reconcile_due = 0.0

    def step(self) -> None:
        """End what must not wait, and hold every place that no channel holds."""
        self.ami.connect()
        seen = (database.version(), self.ami.connections)
        if seen == self.seen and self.monotonic() < self.due:
            return
        self.due = self.monotonic() + LOOK_SECONDS
        now = utcnow()
        self.forget_the_lost(now)
        wanted = {place.callback_id: place for place in self.wanted(now)}
        held = places.living()
        for placeholder in held:
            if placeholder.taken_at is None and not self.may_stay(placeholder, wanted):
                self.ami.hang_up(placeholder.channel_id)
        self.hold(wanted, {placeholder.callback_id for placeholder in held}, now)
        self.seen = seen

    def wanted(self, now: dt.datetime) -> list[KeptPlace]:
        """The places to hold, as long as anybody is signed on."""
        return places.holdable(now, self.settings) if presence.signed_on() else []

    def may_stay(self, placeholder: Placeholder, wanted: dict[int, KeptPlace]) -> bool:
        """Whether it is wanted still; one whose operator is being rung is judged without her own attempt."""
        return placeholder.callback_id in wanted or places.rings_for(placeholder, utcnow(), self.settings)

    def forget_the_lost(self, now: dt.datetime) -> None:
        """End the rows of placeholders that Asterisk does not know: asked on a new connection and now and then."""
        if self.seen and self.seen[1] == self.ami.connections and self.monotonic() < self.reconcile_due:
            return
        self.reconcile_due = self.monotonic() + self.settings.reconcile_seconds
        living = places.living()
        known = {channel.linkedid for channel in self.ami.channels()} if living else set()
        for placeholder in living:
            age = (now - placeholder.starts_at).total_seconds()
            if placeholder.channel_id not in known and age >= UNSEEN_SECONDS:
                log.info("placeholder %s is gone", placeholder.public_id)
                places.lost(placeholder, now)

    def hold(self, wanted: dict[int, KeptPlace], held: Iterable[int], now: dt.datetime) -> None:
        """Make a placeholder for each wanted place without one, who came first first."""
        for callback_id, place in wanted.items():
            rests_until = places.rests_until(place.callback, self.settings)
            if callback_id not in held and (rests_until is None or rests_until <= now):
                self.originate(place, Placeholder.create(public_id=secrets.token_hex(8), callback=place.callback))

    def originate(self, place: KeptPlace, placeholder: Placeholder) -> None:
        """Ask for its channel; one that Asterisk refuses is found missing later."""
        shop = place.callback.shop
        variables = dial_variables(place.callback, self.settings) | {
            names.ATTEMPT: placeholder.public_id,
            names.KEPT_SINCE: int(place.since.timestamp()),
        }
        try:
            self.ami.originate(
                f"Local/s@{names.PLACE}/n",
                LONGEST_SECONDS,
                variables,
                ChannelId=placeholder.channel_id,
                OtherChannelId=f"{placeholder.channel_id}-line",
                CallerID=f'"{label(shop.name)}" <{shop.id}>',
                Context=names.PLACE_TAKEN,
                Exten="s",
                Priority="1",
            )
        except AmiError as fault:
            if not fault.permanent:
                raise
            log.warning("placeholder %s: %s", placeholder.public_id, fault)
