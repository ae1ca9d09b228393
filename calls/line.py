"""The line as pages and announcements see it: told by facts, never asked of Asterisk, so at most a reading old.

How long its callers will wait is estimated in `calls/wait.py`, purely; its names are here too, as the line's own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from calls import places, presence, reserve
from calls.wait import Handling, LineNow, Speaking, Trainee, Wait, Waiting, waits
from models import Call, Callback, Did, Leg, Placeholder, Presence, QueueOperator, Shop
from settings import Settings

AFTER_CALL = "after_call"

__all__ = [
    "Handling",
    "LineNow",
    "Speaking",
    "Trainee",
    "Wait",
    "Waiting",
    "line_now",
    "line_order",
    "waiting",
    "waits",
]


def waiting() -> list[Call]:
    """The callers in the line now, with shop and DID; who came first comes first."""
    alive = Call.line_at.is_null(False), Call.answered_at.is_null(), Call.ended_at.is_null()
    calls = Call.select(Call, Shop, Did).join(Shop).switch(Call).left_outer_join(Did).where(*alive)
    return list(calls.where(~Shop.is_test).order_by(Call.line_at, Call.id))


@dataclass(frozen=True)
class InLine:
    """Somebody's place in the line: a caller's, or that of a callback whose customer hung up and keeps it.

    uniqueid: of the channel that waits for him; since: when he entered the line, also in a call before; entered: when
    what waits for him now did.
    """

    uniqueid: str
    shop: Shop
    since: dt.datetime
    entered: dt.datetime
    call: Call | None = None
    callback: Callback | None = None

    @property
    def key(self) -> str:
        return f"call-{self.call.id}" if self.call else f"callback-{self.callback.id}"

    @property
    def customer(self) -> str | None:
        return (self.call or self.callback).customer

    @property
    def turn(self) -> tuple[int, dt.datetime]:
        """What the queue orders by: whole seconds, and in the same one who came to it first."""
        return int(self.since.timestamp()), self.entered


def line_order() -> list[InLine]:
    """The line as it is served, callers and kept places alike; who stands there in person is not counted twice."""
    callers = [InLine(call.key, call.shop, _since(call), call.line_at, call=call) for call in waiting()]
    here = {(caller.call.shop_id, caller.call.customer) for caller in callers}
    held = {row.callback_id: row for row in places.living() if row.kind == places.KEPT and not row.taken_at}
    kept = [
        _kept(held[place.callback_id], place.callback, place.since)
        for place in places.open_places()
        if place.callback_id in held and (place.callback.shop_id, place.callback.customer) not in here
    ]
    return sorted(callers + kept, key=lambda one: one.turn)


def _kept(held: Placeholder, callback: Callback, since: dt.datetime) -> InLine:
    return InLine(held.line_id, callback.shop, since, held.starts_at, callback=callback)


def _since(call: Call) -> dt.datetime:
    """When a caller entered the line, or whoever keeps a place and calls again entered it first."""
    kept = places.kept_since(call.shop_id, call.customer) if call.customer else None
    return kept or call.line_at


def line_now(queue_id: int, waiting: Iterable[Waiting], now: dt.datetime, settings: Settings) -> LineNow:
    """These waiting in one line, first to last, and everybody signed on who serves it, each as she is now.

    Who serves another line too counts in both."""
    waiting = tuple(waiting)
    standing = QueueOperator.select(QueueOperator.user, QueueOperator.penalty).where(QueueOperator.queue == queue_id)
    behind = dict(standing.tuples())
    at = _AtWork(_talks(), _rests(now - dt.timedelta(seconds=settings.wrapup_seconds)), now)
    here = [row for row in presence.signed_on() if row.user_id in behind]
    states = [at.state(row) for row in here if not behind[row.user_id]]
    rule, released = reserve.rule(), reserve.releases()
    after = reserve.after_seconds(queue_id, len(waiting), rule, reserve.manned())
    return LineNow(
        waiting,
        ready=states.count({}),
        speaking=_each("speaking", states),
        after_call=_each("after_call", states),
        away=_each("away", states),
        trainees=tuple(
            Trainee(_shops(row.user_id, released), after, **at.state(row)) for row in here if behind[row.user_id]
        ),
    )


@dataclass(frozen=True)
class _AtWork:
    """What the facts tell of those signed on: who speaks, who rests after a conversation."""

    talks: dict[int, Leg]
    rests: dict[int, dt.datetime]
    now: dt.datetime

    def state(self, one: Presence) -> dict[str, Speaking | float]:
        """What she is at, as a Trainee's: {} when she is free."""
        if leg := self.talks.get(one.user_id):
            kept = leg.call.direction == "callback"
            return {"speaking": Speaking(leg.call.shop_id, _seconds(leg.answered_at, self.now), kept)}
        if one.kind == AFTER_CALL:
            return {"after_call": _seconds(one.starts_at, self.now)}
        if one.kind != presence.READY:
            return {"away": _seconds(one.starts_at, self.now)}
        if rest := self.rests.get(one.user_id):
            return {"after_call": _seconds(rest, self.now)}
        return {}


def _each(what: str, states: Iterable[dict]) -> tuple:
    return tuple(state[what] for state in states if what in state)


def _shops(user: int, released: reserve.Releases) -> frozenset[int]:
    return frozenset(shop for one, shop in released if one == user)


def _talks() -> dict[int, Leg]:
    """The leg, with its call, on which each operator speaks."""
    going = (Leg.party == "operator", Leg.answered_at.is_null(False), Leg.ended_at.is_null(), Call.ended_at.is_null())
    return {leg.user_id: leg for leg in Leg.select(Leg, Call).join(Call).where(*going)}


def _rests(since: dt.datetime) -> dict[int, dt.datetime]:
    """When each operator's last conversation ended, of those that ended after since: the queue lets her rest."""
    ended = (Leg.party == "operator", Leg.answered_at.is_null(False), Leg.ended_at > since)
    return {leg.user_id: leg.ended_at for leg in Leg.select().where(*ended).order_by(Leg.ended_at)}


def _seconds(since: dt.datetime, now: dt.datetime) -> float:
    """Never below 0: Asterisk's clock is another process's."""
    return max(0.0, (now - since).total_seconds())
