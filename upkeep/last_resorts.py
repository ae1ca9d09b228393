"""What Asterisk by itself would do for each shop's callers: read there, not in the files, and compared with the shop's.

Nobody is called and nothing is mended: a difference is a finding.
"""

from __future__ import annotations

from itertools import groupby

from calls import numbers
from models import Did, DrillFinding, Shop, Trunk
from pbx import apply
from pbx.config import number_values
from pbx.names import CALL_IN
from settings import Settings
from upkeep import exchange
from upkeep.stage import until

SETTLE_SECONDS = 5  # what a page has just changed is in Asterisk a moment later
WORST_FIRST = DrillFinding.FINDINGS[::-1]


def findings(settings: Settings) -> list[tuple[Shop, str]]:
    """Each shop that has a number, with the worst of DrillFinding.FINDINGS among its numbers, by name."""
    until(lambda: not any(word in DrillFinding.FAULTS for _, word in _look(settings)), SETTLE_SECONDS)
    return _look(settings)


def _look(settings: Settings) -> list[tuple[Shop, str]]:
    plans: dict[int, dict[str, list[str]]] = {}
    found = []
    for shop, dids in groupby(_dids(), key=lambda did: did.shop):
        words = {_finding(did, plans, settings) for did in dids}
        found.append((shop, min(words, key=WORST_FIRST.index)))
    return found


def _dids() -> list[Did]:
    query = Did.select(Did, Shop, Trunk).join(Shop).switch(Did).join(Trunk)
    return list(query.where(Did.ends_at.is_null(), Trunk.is_active, ~Shop.is_test).order_by(Shop.name, Shop.id, Did.id))


def _finding(did: Did, plans: dict[int, dict[str, list[str]]], settings: Settings) -> str:
    """What Asterisk does for those who call this number; plans: of the trunks that were asked already."""
    if did.trunk_id not in plans:
        plans[did.trunk_id] = exchange.dialplan(settings, f"numbers-{did.trunk_id}")
    steps = plans[did.trunk_id].get(did.number)
    if steps is None:
        return "unknown"
    values = number_values(apply.number(did, settings), did.trunk)
    if steps != [*(f"Set({name}={value})" for name, value in values.items()), f"Goto({CALL_IN},s,1)"]:
        return "differs"
    if not values["LIVE"]:
        return "not_live"
    if did.shop.last_resort == "message" or not did.shop.last_resort_number:
        return "message"
    allowed = did.shop.allowed_destinations.split()
    return "not_callable" if numbers.not_callable(did.shop.last_resort_number, allowed) else "mobile"
