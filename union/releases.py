"""For which shops a person of the reserve may be rung: given and ended by the shop's owner or the coordinator.

Rows with who and when, and they stand in the journal.
"""

from __future__ import annotations

from models import QueueOperator, Release, Shop, User, database, utcnow
from union import audit
from union.audit import Actor


def reserve() -> list[User]:
    """Everybody who stands in a line behind its operators."""
    standing = User.select().join(QueueOperator).where(QueueOperator.penalty > 0, User.is_active)
    return list(standing.distinct().order_by(User.name))


def given(shop: Shop) -> dict[int, Release]:
    """A shop's open releases, by User.id."""
    return {release.user_id: release for release in Release.select().where(_open(shop))}


def give(shop: Shop, user: User, by: Actor) -> None:
    """Let her be rung for the shop's callers from now; given twice it is given once."""
    with database.atomic():
        if user.id not in given(shop):
            Release.create(shop=shop, user=user, given_by=by.user)
            audit.note(by, "release.create", f"user:{user.id}", shop=shop, detail=user.name)


def end(shop: Shop, user: User, by: Actor) -> None:
    """Take it back at once."""
    with database.atomic():
        ended = Release.update(ends_at=utcnow(), ended_by=by.user).where(_open(shop), Release.user == user)
        if ended.execute():
            audit.note(by, "release.end", f"user:{user.id}", shop=shop, detail=user.name)


def _open(shop: Shop):
    return (Release.shop == shop) & Release.ends_at.is_null()
