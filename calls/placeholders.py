"""The scheduler's hand on places: for each that must be held, one channel waits in its queue, and no other does.

A placeholder is written down first, then asked of Asterisk by one Originate with its key as the channel's id. Killed
between the two, or with Asterisk itself, it is found missing and made anew, in the same place: the queue orders by
when the customer entered the line. What an operator has picked up is left alone.
"""

from __future__ import annotations

import datetime as dt
import logging
import secrets
import time
from collections.abc import Callable

from calls import automatic, places, presence
from calls.dialling import dial_variables
from calls.facts_mark import facts_late
from calls.members import Members
from calls.places import Wish
from models import Placeholder, database, utcnow
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

    def __init__(self, ami: Ami, members: Members, settings: Settings, monotonic: Callable[[], float] = time.monotonic):
        self.ami, self.members, self.settings, self.monotonic = ami, members, settings, monotonic
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
        leaving, coming = self.decide(now)
        for placeholder in leaving:
            self.ami.hang_up(placeholder.channel_id)
        for wish, placeholder in coming:
            self.originate(wish, placeholder)
        self.seen = seen

    def decide(self, now: dt.datetime) -> tuple[list[Placeholder], list[tuple[Wish, Placeholder]]]:
        """Who must not wait, and the rows of who shall, who came first first: one look at one state of the facts."""
        with database.atomic():
            if not self.members.are_right():
                return [], []
            held = places.living()
            wanted = {wish.callback.id: wish for wish in self.wanted(held, now)}
            leaving = [row for row in held if row.taken_at is None and not self.may_stay(row, wanted, now)]
            without = wanted.keys() - {row.callback_id for row in held}
            return leaving, [(wish, hold(wish)) for wish in wanted.values() if wish.callback.id in without]

    def wanted(self, held: list[Placeholder], now: dt.datetime) -> list[Wish]:
        """The places to hold, as long as anybody is signed on and facts arrive."""
        if not presence.signed_on() or facts_late(now, self.settings):
            return []
        return places.holdable(now, self.settings) + automatic.holdable(held, now, self.settings)

    def may_stay(self, placeholder: Placeholder, wanted: dict[int, Wish], now: dt.datetime) -> bool:
        """Whether it is wanted still; one whose operator is being rung is judged without her own attempt."""
        wish = wanted.get(placeholder.callback_id)
        return (wish and wish.kind == placeholder.kind) or places.rings_for(placeholder, now, self.settings)

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

    def originate(self, wish: Wish, placeholder: Placeholder) -> None:
        """Ask for its channel; one that Asterisk refuses is found missing later."""
        shop = wish.callback.shop
        variables = dial_variables(wish.callback, self.settings) | {
            names.QUEUE: wish.queue,
            names.ATTEMPT: placeholder.public_id,
            names.KEPT_SINCE: int(wish.since.timestamp()),
        }
        try:
            self.ami.originate(
                f"Local/s@{names.PLACE}/n",
                LONGEST_SECONDS,
                variables,
                ChannelId=placeholder.channel_id,
                OtherChannelId=placeholder.line_id,
                CallerID=f'"{label(shop.name)}" <{shop.id}>',
                Context=names.PLACE_TAKEN,
                Exten="s",
                Priority="1",
            )
        except AmiError as fault:
            if not fault.permanent:
                raise
            log.warning("placeholder %s: %s", placeholder.public_id, fault)


def hold(wish: Wish) -> Placeholder:
    """Write down that a channel is about to wait."""
    return Placeholder.create(public_id=secrets.token_hex(8), callback=wish.callback, kind=wish.kind)
