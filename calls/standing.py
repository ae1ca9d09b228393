"""Where each call stands with its customer: one word, one rule, asked by figures, list, CSV and page alike.

A call that came in is by_operator or by_mobile (answered, by one of the union's operators or, because none was there or
free or he asked for him, by the shop's owner on his mobile), called_back (missed, but the customer was spoken to since), waiting (missed, a
callback is open and may be dialled), lost (missed, and nobody has spoken or will speak with him), apart (no customer
was missed: he heard what he wanted, or hung up within the shop's short-call limit) or going. A callback of ours is out.
Whether a call with a known number was owed a callback was decided when it ended: its Miss says so, whatever the limit
is today.
"""

from __future__ import annotations

from peewee import SQL, Case, Expression, fn

from calls.callbacks import ABANDONED, MISSED
from calls.promises import SPOKEN
from models import MISSED_ENDINGS, Call, Callback, InstantField, Miss, Shop

SECOND = 1_000_000  # microseconds
STANDINGS = ("by_operator", "by_mobile", "called_back", "waiting", "lost", "apart", "going", "out")
GROUPS = {  # what may be asked for, and the standings it holds
    "lost": ("lost",),
    "waiting": ("waiting",),
    "called_back": ("called_back",),
    "answered": ("by_operator", "by_mobile"),
    "by_operator": ("by_operator",),
    "by_mobile": ("by_mobile",),
    "missed": ("lost", "waiting", "called_back"),
    "apart": ("apart",),
    "out": ("out",),
    "spoken": ("by_operator", "by_mobile", "out"),
}
# spelt out, not bound: so that SQLite knows its indexes of missed and of answered calls to hold them all
UNANSWERED = Call.ending.in_([SQL(f"'{ending}'") for ending in MISSED_ENDINGS])
_SPOKEN_WITH = Call.ending == SQL("'answered'")
ANSWERED = (Call.direction == "in") & _SPOKEN_WITH
BY_MOBILE = ANSWERED & Call.operator.is_null()
BY_ITSELF = {  # the same as standing() says, of a call's own row alone: it has an ending once it has ended
    "answered": [ANSWERED],
    "by_operator": [ANSWERED, Call.operator.is_null(False)],
    "by_mobile": [BY_MOBILE],
    "out": [Call.direction == "callback"],
    "spoken": [_SPOKEN_WITH],
}


def with_promise(query):
    """A query of calls, each with its Miss and its Callback where it led to one: what standing() looks at."""
    return (
        query.left_outer_join(Miss, on=(Miss.call_key == Call.key))
        .left_outer_join(Callback, on=(Callback.id == Miss.callback))
        .switch(Call)
    )


def standing(shop: Shop) -> Case:
    """The expression that gives one of STANDINGS for each call of a query made with with_promise()."""
    no_miss, number_known = Miss.id.is_null(), Call.customer.is_null(False)
    # without a Miss a known number was not owed a call: it was too short, or he had got through meanwhile
    had_spoken = no_miss & number_known & Call.ending.in_(MISSED)
    length = _microseconds(Call.ended_at) - _microseconds(Call.arrived_at)
    too_short = Call.ending.in_(ABANDONED) & no_miss & (number_known | (length < shop.short_call_seconds * SECOND))
    may_be_dialled = Callback.closed_at.is_null() & (Callback.not_callable == "")
    return Case(
        None,
        [
            (Call.direction == "callback", "out"),
            (Call.ended_at.is_null(), "going"),
            (BY_MOBILE, "by_mobile"),
            (Call.ending == "answered", "by_operator"),
            (Call.ending.not_in(MISSED + ABANDONED) | too_short, "apart"),
            (Callback.closed_because.in_(SPOKEN) | had_spoken, "called_back"),
            (Callback.id.is_null(False) & may_be_dialled, "waiting"),
        ],
        "lost",
    )


def _microseconds(at: InstantField) -> Expression:
    """Since 1970, exactly: a difference of julianday() is off by some, and five seconds would be less than five."""
    return fn.unixepoch(fn.substr(at, 1, 19)) * SECOND + fn.substr(at, 21, 6)


def is_one_of(shop: Shop, group: str) -> list:
    """The conditions under which a call belongs to one of GROUPS."""
    if group in BY_ITSELF:
        return BY_ITSELF[group]
    standings = GROUPS[group]
    conditions = [standing(shop).in_(standings)]
    if set(standings) <= {"lost", "waiting", "called_back"}:
        conditions.append(UNANSWERED)
    # what a call's own row tells is asked first, so that others are never joined
    return conditions + ([Call.ending != "answered"] if group == "apart" else [])
