"""The line as pages see it: told by facts, never asked of Asterisk, so at most a reading of the event file old.

How long its callers will wait is estimated in `calls/wait.py`, purely; its names are here too, as the line's own.
"""

from __future__ import annotations

from calls.wait import Handling, LineNow, Speaking, Wait, Waiting, waits
from models import Call, Did, Shop

__all__ = ["Handling", "LineNow", "Speaking", "Wait", "Waiting", "waiting", "waits"]


def waiting() -> list[Call]:
    """The callers in the line now, with shop and DID; who came first comes first."""
    alive = Call.line_at.is_null(False), Call.answered_at.is_null(), Call.ended_at.is_null()
    calls = Call.select(Call, Shop, Did).join(Shop).switch(Call).left_outer_join(Did).where(*alive)
    return list(calls.where(~Shop.is_test).order_by(Call.line_at, Call.id))
