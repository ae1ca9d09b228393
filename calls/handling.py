"""What the last weeks tell of how long things last: a shop's conversations, after-call work, breaks, callers' patience.

A young shop is thought to be like the union until its own calls say otherwise, a young union like any small shop's
telephone. `read` is the rim (one reading takes a moment: read it every few minutes, not for every caller); `fit` is
pure. Calls of the test shop tell nothing.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from peewee import SQL, fn

from calls.laws import Believed, LogNormal, Patience, Sometimes, common_spread, fitted, patience
from calls.presence import BREAKS, UNANSWERED
from calls.wait import Handling
from models import Call, Leg, Presence, Shop
from settings import Settings

MOST = 5000  # of a kind, the latest: a union's last weeks

# What is believed of small shops before a single call. The weights say how many observations a belief is worth: of
# the middle of a shop's conversations few, because shops differ; of their spread more, because it differs little.
ANY_TALK = Believed(LogNormal(120, 0.9), 5, 10)
SHOP_MIDDLE_OF, SHOP_SPREAD_OF = 2, 10
CALLBACK = Believed(LogNormal(60, 1.2), 5, 10)
AFTER_CALL = Believed(LogNormal(45, 0.8), 3, 5)
BREAK = Believed(LogNormal(420, 0.8), 3, 5)
BREAKS_PER_TALK, TALKS_BELIEVED = 0.02, 50
PATIENCE, LEAVINGS_BELIEVED = Patience((0, 30, 90, 240), (1 / 400,) * 4), 2
ANSWERING_SECONDS, ANSWERS_BELIEVED = 5, 5


@dataclass(frozen=True)
class History:
    """What was seen, in seconds."""

    talks: Mapping[int, Sequence[float]] = field(default_factory=dict)  # by shop
    callbacks: Sequence[float] = ()  # from her answering until she was free
    after_calls: Sequence[float] = ()  # taken by her own key
    breaks: Sequence[float] = ()
    answering: Sequence[float] = ()  # her telephone's ringing before she answered
    waits: Sequence[tuple[float, bool]] = ()  # in the line; whether he left, rather than be answered


def read(now: dt.datetime, settings: Settings) -> Handling:
    """The laws of the last `history_days` before now."""
    since = now - dt.timedelta(days=settings.history_days)
    history = History(
        _talks(since),
        _callbacks(since),
        _presences(since, ("after_call",)),
        _presences(since, (*BREAKS, UNANSWERED)),
        _answering(since),
        _waits(since),
    )
    return fit(history, settings.wrapup_seconds)


def fit(history: History, wrapup_seconds: float) -> Handling:
    """The laws behind what was seen; the priors when nothing was."""
    everybody = [seconds for talks in history.talks.values() for seconds in talks]
    talks = len(everybody) or 1
    any_talk = fitted(everybody, ANY_TALK)
    one_shop = LogNormal(any_talk.law.median, common_spread(history.talks.values(), ANY_TALK))
    like_the_union = Believed(one_shop, SHOP_MIDDLE_OF, SHOP_SPREAD_OF)
    breaks = (len(history.breaks) + BREAKS_PER_TALK * TALKS_BELIEVED) / (len(everybody) + TALKS_BELIEVED)
    ringing = sum(history.answering) + ANSWERING_SECONDS * ANSWERS_BELIEVED
    return Handling(
        talk={shop: fitted(own, like_the_union) for shop, own in history.talks.items()},
        any_talk=any_talk,
        callback=fitted(history.callbacks, CALLBACK),
        after_call=Sometimes(
            min(1, len(history.after_calls) / talks), fitted(history.after_calls, AFTER_CALL), wrapup_seconds
        ),
        absence=Sometimes(min(1, breaks), fitted(history.breaks, BREAK)),
        patience=patience(history.waits, PATIENCE, LEAVINGS_BELIEVED),
        answering_seconds=ringing / (len(history.answering) + ANSWERS_BELIEVED),
    )


def _talks(since: dt.datetime) -> dict[int, list[float]]:
    spoken = (Call.direction == "in", Call.ending == "answered", Call.operator.is_null(False))
    by_shop = defaultdict(list)
    for shop, seconds in _calls(Call.shop, Call.talk_seconds).where(*spoken, Call.ended_at >= since).tuples():
        by_shop[shop].append(float(seconds))
    return dict(by_shop)


def _waits(since: dt.datetime) -> list[tuple[float, bool]]:
    waited = (Call.direction == "in", Call.wait_seconds.is_null(False), Call.ended_at >= since)
    rows = _calls(Call.wait_seconds, Call.ending).where(*waited).tuples()
    return [(float(seconds), ending == "abandoned_line") for seconds, ending in rows]


def _callbacks(since: dt.datetime) -> list[float]:
    calls = _calls(_seconds(Leg.answered_at, Leg.ended_at)).join(Leg, on=(Leg.call == Call.id))
    hers = (Call.direction == "callback", Leg.party == "operator", Leg.answered_at.is_null(False))
    return [seconds for (seconds,) in calls.where(*hers, Call.ended_at >= since).tuples()]


def _answering(since: dt.datetime) -> list[float]:
    calls = _calls(_seconds(Leg.rang_at, Leg.answered_at)).join(Leg, on=(Leg.call == Call.id))
    hers = (Call.direction == "in", Leg.party == "operator", Leg.answered_at.is_null(False))
    return [seconds for (seconds,) in calls.where(*hers, Call.ended_at >= since).tuples()]


def _presences(since: dt.datetime, kinds: Sequence[str]) -> list[float]:
    ended = Presence.kind.in_(kinds) & (Presence.ends_at >= since)
    rows = Presence.select(_seconds(Presence.starts_at, Presence.ends_at)).where(ended)
    return [seconds for (seconds,) in rows.order_by(Presence.ends_at.desc()).limit(MOST).tuples()]


def _calls(*what: object):
    return Call.select(*what).join(Shop).switch(Call).where(~Shop.is_test).order_by(Call.ended_at.desc()).limit(MOST)


def _seconds(begins: object, ends: object) -> fn:
    days = fn.julianday(ends) - fn.julianday(begins)
    return fn.max(0.0, days * SQL("86400.0"))
