"""What a conversation came to, as its operator says: one of Outcome.KINDS, and whether it was solved at once.

Each saying is a row; the latest of a call counts and the earlier ones stay. Saying the same again says nothing new.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from calls.served import Served
from models import Outcome, User, database


class NotSayable(Exception):
    """There is no such outcome, or whether it was solved is told before what it was."""


def say(served: Served, user: User, kind: str, now: dt.datetime) -> Outcome:
    """The conversation came to this; what was said of its being solved stays said. Raises NotSayable."""
    if kind not in Outcome.KINDS:
        raise NotSayable
    with database.atomic():
        last = latest(served.key)
        return _say(served, user, kind, last and last.solved, now)


def say_solved(served: Served, user: User, solved: bool, now: dt.datetime) -> Outcome:
    """It was solved at once, or not. Raises NotSayable before an outcome."""
    with database.atomic():
        last = latest(served.key)
        if last is None:
            raise NotSayable
        return _say(served, user, last.kind, solved, now)


def latest(call_key: str) -> Outcome | None:
    """What counts for a call; None until somebody says."""
    return Outcome.select().where(Outcome.call_key == call_key).order_by(Outcome.id.desc()).first()


def of(call_keys: Iterable[str]) -> dict[str, Outcome]:
    """What counts for each of these calls, by call."""
    rows = Outcome.select().where(Outcome.call_key.in_(list(call_keys))).order_by(Outcome.id)
    return {row.call_key: row for row in rows}


def _say(served: Served, user: User, kind: str, solved: bool | None, now: dt.datetime) -> Outcome:
    last = latest(served.key)
    if last and (last.kind, last.solved) == (kind, solved):
        return last
    return Outcome.create(call_key=served.key, shop=served.shop, user=user, kind=kind, solved=solved, at=now)
