"""The reserve: people who stand in a line behind its operators, and for which shops they may be rung.

Who is released for every shop of her line stands in it as an operator does, only later: Asterisk rings her by itself.
Who is released for some cannot, because app_queue counts free members without asking for whom: one whom the first in
the line may not reach would keep all behind him waiting. She stands apart: in the line she is always paused, so that it
is open while she is there, and `sending` sends her, into a queue of her own, the first caller she is released for whose
time has come. Nobody else's place changes by that.

Here are the rows and the pure rules; nothing here speaks to Asterisk.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING

from calls import presence
from models import Did, Presence, QueueOperator, Release, Shop, Union, User

if TYPE_CHECKING:
    from calls.line import InLine

Releases = frozenset[tuple[int, int]]  # (user id, shop id)


# --- what the rows say -------------------------------------------------------------------------------------------


def releases() -> Releases:
    """Who may be rung for which shops now."""
    open_ones = Release.select(Release.user, Release.shop).join(User).where(Release.ends_at.is_null(), User.is_active)
    return frozenset(open_ones.tuples())


def lines() -> dict[int, set[int]]:
    """For each of the reserve (User.id) the lines (Queue.id) in which she stands."""
    standing = defaultdict(set)
    for user, queue in QueueOperator.select(QueueOperator.user, QueueOperator.queue).where(behind()).tuples():
        standing[user].add(queue)
    return dict(standing)


def behind():
    """That a QueueOperator is of the reserve."""
    return QueueOperator.penalty > 0


def apart(released: Releases) -> frozenset[int]:
    """Those of the reserve who are not released for every shop that a number rings in their lines."""
    if not (standing := lines()):
        return frozenset()
    shops = defaultdict(set)
    rung = Did.select(Shop.queue, Shop.id).join(Shop).where(Did.ends_at.is_null(), ~Shop.is_test).distinct()
    for queue, shop in rung.tuples():
        shops[queue].add(shop)
    return frozenset(
        user
        for user, queues in standing.items()
        if any((user, shop) not in released for q in queues for shop in shops[q])
    )


def manned() -> frozenset[int]:
    """The lines (Queue.id) at which an operator is at work, be she speaking."""
    ready = Presence.select(Presence.user).where(Presence.kind == presence.READY, Presence.ends_at.is_null())
    at_work = QueueOperator.select(QueueOperator.queue).where(~behind(), QueueOperator.user.in_(ready))
    return frozenset(queue for (queue,) in at_work.distinct().tuples())


def rule() -> Union | None:
    """After how long a wait, or from what length of the line, the reserve helps; None: at once."""
    union = Union.get_or_none()
    return union if union and union.reserve_after_seconds else None


# --- pure ----------------------------------------------------------------------------------------------------------


def due(waiting: Sequence[InLine], rule: Union | None, manned: Collection[int], now: dt.datetime) -> list[InLine]:
    """Those in their lines for whom the reserve may be rung now, in the same order."""
    lengths = Counter(place.shop.queue_id for place in waiting)
    after = {queue: after_seconds(queue, length, rule, manned) for queue, length in lengths.items()}
    return [place for place in waiting if after[place.shop.queue_id] <= _waited(place, now)]


def after_seconds(queue_id: int, length: int, rule: Union | None, manned: Collection[int]) -> float:
    """How long one must have waited in a line of this length for the reserve to be rung for him."""
    at_once = rule is None or queue_id not in manned or length > rule.reserve_line_length
    return 0 if at_once else rule.reserve_after_seconds


def _waited(place: InLine, now: dt.datetime) -> float:
    return max(0.0, (now - place.since).total_seconds())


def pairs(shops: Sequence[int], free: Iterable[int], released: Releases) -> dict[int, int]:
    """Whom of these waiting, by their number (0 = first), each of the free is to answer: {User.id: number}.

    Who came first is answered if anybody may answer him, and then as many after him, each in turn, as can be: one who
    may answer several makes room for him whom only she may answer. Kuhn, The Hungarian method, 1955.
    """
    free, answers = sorted(free), {}

    def place(number: int, asked: set[int]) -> bool:
        for user in free:
            if (user, shops[number]) in released and user not in asked:
                asked.add(user)
                if user not in answers or place(answers[user], asked):
                    answers[user] = number
                    return True
        return False

    for number in range(len(shops)):
        place(number, set())
    return answers
