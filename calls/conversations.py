"""The calls of one operator: the one she has now, those of her working day. Told by facts, like the line.

A call is hers when it rang at her telephone or when she dialled it; one of the test shop is nobody's.
"""

from __future__ import annotations

import datetime as dt

from peewee import JOIN

from models import Attempt, Call, Did, Leg, Shop, User


def at_her_telephone(user: User | int) -> Call | None:
    """The call that rings at her telephone or that she is in, with shop and DID."""
    hers = Leg.call == Call.id, Leg.user == user, Leg.ended_at.is_null()
    living = _calls(JOIN.CROSS).where(Call.ended_at.is_null())  # crossed: the few that live, not all she ever had
    return living.where(*hers).order_by(Leg.rang_at.desc()).first()


def is_busy(user: User | int) -> bool:
    """Whether her telephone rings or she speaks, or a callback of hers is being dialled."""
    dialling = Attempt.select().where((Attempt.user == user) & Attempt.ended_at.is_null())
    return at_her_telephone(user) is not None or dialling.exists()


def recent(user: User | int, since: dt.datetime, most: int) -> list[Call]:
    """The last calls she had since then, the newest first, with shop and DID."""
    hers = Leg.user == user, Leg.rang_at >= since, ~Shop.is_test
    return list(_calls().where(*hers).group_by(Call.id).order_by(Call.id.desc()).limit(most))


def _calls(join: str = JOIN.INNER):
    return Call.select(Call, Shop, Did).join(Leg, join).switch(Call).join(Shop).switch(Call).left_outer_join(Did)
