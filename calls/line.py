"""The line as pages and announcements see it: told by facts, never asked of Asterisk, so at most a reading old.

How long its callers will wait is estimated in `calls/wait.py`, purely; its names are here too, as the line's own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from calls import places, presence
from calls.wait import Handling, LineNow, Speaking, Wait, Waiting, waits
from models import Call, Callback, Did, Leg, Shop
from settings import Settings

AFTER_CALL = "after_call"

__all__ = ["Handling", "LineNow", "Speaking", "Wait", "Waiting", "line_now", "line_order", "waiting", "waits"]


def waiting() -> list[Call]:
    """The callers in the line now, with shop and DID; who came first comes first."""
    alive = Call.line_at.is_null(False), Call.answered_at.is_null(), Call.ended_at.is_null()
    calls = Call.select(Call, Shop, Did).join(Shop).switch(Call).left_outer_join(Did).where(*alive)
    return list(calls.where(~Shop.is_test).order_by(Call.line_at, Call.id))


@dataclass(frozen=True)
class InLine:
    """Somebody's place in the line: a caller's, or that of a callback whose customer hung up and keeps it.

    since: when he entered the line, also in a call before; entered: when what waits for him now did.
    """

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
    callers = [InLine(call.shop, _since(call), call.line_at, call=call) for call in waiting()]
    here = {(caller.call.shop_id, caller.call.customer) for caller in callers}
    held = {row.callback_id: row.starts_at for row in places.living() if row.kind == places.KEPT and not row.taken_at}
    kept = [
        InLine(place.callback.shop, place.since, held[place.callback_id], callback=place.callback)
        for place in places.open_places()
        if place.callback_id in held and (place.callback.shop_id, place.callback.customer) not in here
    ]
    return sorted(callers + kept, key=lambda one: one.turn)


def _since(call: Call) -> dt.datetime:
    """When a caller entered the line, or whoever keeps a place and calls again entered it first."""
    kept = places.kept_since(call.shop_id, call.customer) if call.customer else None
    return kept or call.line_at


def line_now(waiting: Iterable[Waiting], now: dt.datetime, settings: Settings) -> LineNow:
    """These waiting, first to last, and every operator who is signed on, each as she is now."""
    talks, rests = _talks(), _rests(now - dt.timedelta(seconds=settings.wrapup_seconds))
    ready, speaking, after_call, away = 0, [], [], []
    for one in presence.signed_on():
        since = _seconds(one.starts_at, now)
        if leg := talks.get(one.user_id):
            kept = leg.call.direction == "callback"
            speaking.append(Speaking(leg.call.shop_id, _seconds(leg.answered_at, now), kept))
        elif one.kind == AFTER_CALL:
            after_call.append(since)
        elif one.kind != presence.READY:
            away.append(since)
        elif rest := rests.get(one.user_id):
            after_call.append(_seconds(rest, now))
        else:
            ready += 1
    return LineNow(tuple(waiting), ready, tuple(speaking), tuple(after_call), tuple(away))


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
