"""The union's own telephone numbers: a caller who shows one is a forwarded call, and none is ever called back."""

from __future__ import annotations

from calls import numbers
from models import Did, Shop, Trunk


def own_numbers() -> set[str]:
    """Every number that is ours now, E.164: DIDs, trunks' accounts that are numbers, owners' mobiles."""
    dids = (did.number for did in Did.select(Did.number).where(Did.ends_at.is_null()))
    mobiles = (shop.last_resort_number for shop in Shop.select(Shop.last_resort_number))
    accounts = (numbers.normalise(trunk.username) for trunk in Trunk.select(Trunk.username))
    return {number for number in (*dids, *mobiles, *accounts) if number}
