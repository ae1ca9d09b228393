"""Callers are sent to those of the reserve who must not answer everybody: the scheduler's hand.

Rules (see `reserve`): whoever is free gets the first she is released for whose time has come, and whom no operator is
about to answer; he leaves his place only while her telephone rings. Whom nobody who is there may answer is sent on as
if nobody were. Each is sent by a variable and a key pressed for him, which only one who still waits obeys: a caller
whom an operator answered a moment before stays with her. What was done is remembered for a moment only.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from calls import line, places, presence, reserve
from calls.line import InLine
from calls.reserve import Releases
from models import AutomaticMode, Placeholder, QueueOperator, Shop, utcnow
from pbx import names
from pbx.ami import Ami, AmiError, Channel, QueueEntry, QueueMember
from settings import Settings

log = logging.getLogger(__name__)
FREE = 1  # Asterisk's device state
UNDER_WAY_SECONDS = 2  # one who was sent may not have arrived before


@dataclass(frozen=True)
class Queues:
    """Asterisk's queues at one moment; rung: whom a telephone rings for, by uniqueid."""

    members: Sequence[QueueMember]
    entries: Sequence[QueueEntry]
    rung: Collection[str] = ()

    def free(self, queue: str, now: dt.datetime, rests_seconds: float) -> int:
        """How many members could be rung."""
        rested = now.timestamp() - rests_seconds
        able = (one for one in self.members if one.queue == queue and not one.paused and one.status == FREE)
        return sum(one.spoke_until <= rested for one in able)

    def length(self, queue: str) -> int:
        return sum(entry.queue == queue for entry in self.entries)


class Sending:
    """Every method raises AmiError. monotonic is the clock of waits; tests give their own."""

    def __init__(self, ami: Ami, settings: Settings, monotonic: Callable[[], float] = time.monotonic):
        self.ami, self.settings, self.monotonic = ami, settings, monotonic
        self.sent: dict[str, float] = {}  # a channel's uniqueid or a queue's name, and when

    def step(self) -> None:
        """Send whom it is time to send."""
        now = utcnow()
        here = {row.user_id for row in presence.patient(presence.signed_on(), now, self.settings)}
        released = reserve.releases()
        apart = reserve.apart(released)
        if not apart & here:
            return
        waiting, behind = line.line_order(), callbacks_behind()
        if not waiting and not behind:
            return
        queues = Queues(*self.ami.queues(), rung(self.ami.channels()))
        for key in nobodys(waiting, here, apart, released):
            self.send(key, names.SENT_TO_NOBODY, queues)
        for key, to in self.helped(waiting, behind, apart & here, released, queues, now):
            self.send(key, to, queues)

    def helped(
        self,
        waiting: Sequence[InLine],
        behind: Sequence[Placeholder],
        users: Iterable[int],
        released: Releases,
        queues: Queues,
        now: dt.datetime,
    ) -> list[tuple[str, str]]:
        """Who is to be sent where: callers first, then callbacks to who takes them while nobody waits."""
        own = own_queues(users)
        free = {user for user, queue in own.items() if self.may_be_sent(queue, queues, now)}
        callers = open_to(due_keys(waiting, now), queues, self.settings.wrapup_seconds, now)
        sent = chosen(callers, free, released, own)
        if not waiting:
            calls = [(row.line_id, row.callback.shop_id) for row in behind]
            sent = chosen(calls, free & willing(), released, own)
        return sent

    def may_be_sent(self, queue: str, queues: Queues, now: dt.datetime) -> bool:
        """Whether somebody may be sent to her whose queue it is."""
        free = queues.free(queue, now, self.settings.wrapup_seconds)
        return free > 0 and not queues.length(queue) and not self.is_under_way(queue)

    def is_under_way(self, what: str) -> bool:
        return self.monotonic() < self.sent.get(what, 0.0) + UNDER_WAY_SECONDS

    def send(self, key: str, to: str, queues: Queues) -> None:
        """Away from where he waits now; who is gone, or was sent a moment ago, is left alone."""
        entry = next((entry for entry in queues.entries if entry.uniqueid == key), None)
        if entry is None or self.is_under_way(key):
            return
        now = self.monotonic()
        self.sent = {what: at for what, at in self.sent.items() if now < at + UNDER_WAY_SECONDS} | {key: now, to: now}
        try:
            self.ami.set_variable(names.SENT_TO, to, entry.channel)
            self.ami.press(entry.channel, names.SENT_KEY)
        except AmiError as fault:
            if not fault.permanent:
                raise
            log.info("%s is not sent to %s: %s", key, to, fault)


# --- what the rows say -------------------------------------------------------------------------------------------


def callbacks_behind() -> list[Placeholder]:
    """The callbacks that wait behind the line, who came first first."""
    waits = Placeholder.kind == places.AUTOMATIC, Placeholder.taken_at.is_null(), Placeholder.ends_at.is_null()
    return list(Placeholder.select().where(*waits).order_by(Placeholder.id))


def willing() -> frozenset[int]:
    """Who takes callbacks while nobody waits."""
    return frozenset(
        u for (u,) in AutomaticMode.select(AutomaticMode.user).where(AutomaticMode.ends_at.is_null()).tuples()
    )


def own_queues(users: Iterable[int]) -> dict[int, str]:
    """The queue of her own of each of the reserve."""
    standing = QueueOperator.select().where(reserve.behind(), QueueOperator.user.in_(list(users)))
    return {one.user_id: one.reserve_name for one in standing}


def due_keys(waiting: Sequence[InLine], now: dt.datetime) -> list[tuple[str, int]]:
    """(Uniqueid, Shop.id) of those in the line for whom the reserve may be rung now."""
    due = reserve.due(waiting, reserve.rule(), reserve.manned(), now)
    return [(place.uniqueid, place.shop.id) for place in due]


def nobodys(waiting: Sequence[InLine], here: Collection[int], apart: Collection[int], released: Releases) -> list[str]:
    """The callers of shops for which nobody who is there may answer."""
    standing = QueueOperator.select(QueueOperator.queue, QueueOperator.user).where(QueueOperator.user.in_(list(here)))
    standing = list(standing.tuples())

    def is_served(shop: Shop) -> bool:
        there = (user for queue, user in standing if queue == shop.queue_id)
        return any(user not in apart or (user, shop.id) in released for user in there)

    return [place.call.key for place in waiting if place.call and not is_served(place.shop)]


def rung(channels: Sequence[Channel]) -> frozenset[str]:
    """The channels of calls in which there is a telephone of ours: ringing still, or just picked up."""
    ringing = {channel.linkedid for channel in channels if presence.user_of(channel.name.rpartition("-")[0])}
    return frozenset(channel.uniqueid for channel in channels if channel.linkedid in ringing)


# --- pure ----------------------------------------------------------------------------------------------------------


def open_to(
    keys: Sequence[tuple[str, int]], queues: Queues, rests_seconds: float, now: dt.datetime
) -> list[tuple[str, int]]:
    """Those of them whom the members of the line itself are not about to answer: no telephone rings for them, and
    not so many stand before them as are free."""
    waiting = [entry for entry in queues.entries if entry.uniqueid not in queues.rung]
    free = {queue: queues.free(queue, now, rests_seconds) for queue in {entry.queue for entry in waiting}}
    before: Counter[str] = Counter()
    left = set()
    for entry in waiting:
        if before[entry.queue] >= free[entry.queue]:
            left.add(entry.uniqueid)
        before[entry.queue] += 1
    return [(key, shop) for key, shop in keys if key in left]


def chosen(
    keys: Sequence[tuple[str, int]], free: Collection[int], released: Releases, own: dict[int, str]
) -> list[tuple[str, str]]:
    """(Uniqueid, queue) of each who is sent."""
    answers = reserve.pairs([shop for _, shop in keys], free, released)
    return [(keys[number][0], own[user]) for user, number in answers.items()]
