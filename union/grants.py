"""What a shop lets the coordinator see or hear. He is a competitor: without a grant he sees no customer's number and
hears no recording. Giving and ending are rows with who and when, and stand in the journal.
"""

from __future__ import annotations

from models import Grant, Shop, database, utcnow
from union import audit
from union.audit import Actor
from union.faults import refuse_if


def given(shop: Shop) -> dict[str, Grant]:
    """What a shop grants now, by kind."""
    return {grant.kind: grant for grant in Grant.select().where(Grant.shop == shop, Grant.ends_at.is_null())}


def shops(kind: str) -> frozenset[int]:
    """The ids of the shops that grant this now."""
    granting = Grant.select(Grant.shop).where(Grant.kind == kind, Grant.ends_at.is_null())
    return frozenset(shop_id for (shop_id,) in granting.tuples())


def give(shop: Shop, kind: str, by: Actor) -> None:
    """Let the coordinator see this from now; given twice it is given once. Raises Refused."""
    refuse_if(kind=None if kind in Grant.KINDS else "unknown")
    with database.atomic():
        if kind not in given(shop):
            Grant.create(shop=shop, kind=kind, given_by=by.user)
            audit.note(by, "grant.create", f"shop:{shop.id}", shop=shop, detail=kind)


def end(shop: Shop, kind: str, by: Actor) -> None:
    """Take it back at once."""
    with database.atomic():
        open_one = Grant.shop == shop, Grant.kind == kind, Grant.ends_at.is_null()
        if Grant.update(ends_at=utcnow(), ended_by=by.user).where(*open_one).execute():
            audit.note(by, "grant.end", f"shop:{shop.id}", shop=shop, detail=kind)
