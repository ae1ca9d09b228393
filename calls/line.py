"""The line as pages and announcements see it: told by facts, never asked of Asterisk, so at most a reading old.

How long its callers will wait is estimated in `calls/wait.py`, purely; its names are here too, as the line's own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from calls import presence
from calls.wait import Handling, LineNow, Speaking, Wait, Waiting, waits
from models import Call, Did, Leg, Shop
from settings import Settings

AFTER_CALL = "after_call"

__all__ = ["Handling", "LineNow", "Speaking", "Wait", "Waiting", "line_now", "waiting", "waits"]


def waiting() -> list[Call]:
    """The callers in the line now, with shop and DID; who came first comes first."""
    alive = Call.line_at.is_null(False), Call.answered_at.is_null(), Call.ended_at.is_null()
    calls = Call.select(Call, Shop, Did).join(Shop).switch(Call).left_outer_join(Did).where(*alive)
    return list(calls.where(~Shop.is_test).order_by(Call.line_at, Call.id))


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
