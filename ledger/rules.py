"""By which rule an item's cost comes back from the shops, from which month to which. Two never hold at once.

A rule holds for whole months, so that no month is divided two ways; one that begins later ends the one before it.
"""

from __future__ import annotations

import datetime as dt

from ledger.closed import is_closed
from ledger.money import MOST_MINOR
from ledger.months import Month
from models import CostItem, SplitRule, SplitWeight, database
from union import audit
from union.audit import Actor
from union.faults import refuse_if


def add(item: CostItem, values: dict, by: Actor) -> SplitRule:
    """A rule by the columns of SplitRule, with `weights` (Shop.id -> weight) where they are the basis. An open rule
    before it ends where it begins. Raises Refused."""
    rule, weights = of_values(item, values)
    check(rule, weights)
    with database.atomic():
        before = SplitRule.item == item, SplitRule.ends_on.is_null(), SplitRule.starts_on < rule.starts_on
        SplitRule.update(ends_on=rule.starts_on).where(*before).execute()
        refuse_if(starts_on="rules_overlap" if _overlapping(rule) else None)
        rule.save()
        SplitWeight.insert_many([(rule.id, shop_id, weight) for shop_id, weight in weights.items()],
                                [SplitWeight.rule, SplitWeight.shop, SplitWeight.weight]).execute() if weights else 0  # fmt: skip
        audit.note(by, "split_rule.create", f"cost_item:{item.id}", detail=f"{rule.kind} {rule.basis}")
    return rule


def of_values(item: CostItem, values: dict) -> tuple[SplitRule, dict[int, int]]:
    """The rule, not written, and its weights."""
    rule = SplitRule(item=item, **{name: value for name, value in values.items() if name != "weights"})
    return rule, values.get("weights") or {}


def check(rule: SplitRule, weights: dict[int, int]) -> None:
    """Raise Refused when such a rule may not be."""
    takes_sum = rule.kind in ("fee", "base")
    refuse_if(
        kind=None if rule.kind in SplitRule.KINDS else "unknown",
        basis=None if rule.basis in SplitRule.BASES else "unknown",
        amount_minor=_amount_fault(rule.amount_minor, takes_sum),
        starts_on=_start_fault(rule),
        ends_on="ends_before_start" if rule.ends_on and rule.ends_on <= rule.starts_on else _month_fault(rule.ends_on),
        weights=_weights_fault(weights) if rule.basis == "weights" else None,
        item="item_not_shared" if rule.item.shop_id or rule.item.method == "commission" else None,
    )


def _amount_fault(amount_minor: int, takes_sum: bool) -> str | None:
    if not 0 <= amount_minor <= MOST_MINOR:
        return "amount_negative"
    return None if bool(amount_minor) == takes_sum else "amount_missing" if takes_sum else "amount_unused"


def _start_fault(rule: SplitRule) -> str | None:
    if rule.starts_on is None:
        return "missing"
    return _month_fault(rule.starts_on) or ("period_closed" if is_closed(rule.starts_on) else None)


def _month_fault(day: dt.date | None) -> str | None:
    return "month_first" if day and day.day != 1 else None


def _weights_fault(weights: dict[int, int]) -> str | None:
    if any(weight < 0 for weight in weights.values()):
        return "amount_negative"
    return None if any(weights.values()) else "weights_zero"


def _overlapping(rule: SplitRule) -> bool:
    later = SplitRule.ends_on.is_null() | (SplitRule.ends_on > rule.starts_on)
    earlier = SplitRule.starts_on < rule.ends_on if rule.ends_on else True
    return SplitRule.select().where(SplitRule.item == rule.item, later, earlier).exists()


def of_month(month: Month) -> dict[int, SplitRule]:
    """The rule that holds in a month, by CostItem.id; an item without one is left out."""
    holds = (SplitRule.starts_on <= month.first) & (SplitRule.ends_on.is_null() | (SplitRule.ends_on > month.first))
    return {rule.item_id: rule for rule in SplitRule.select().where(holds)}


def weights() -> dict[int, dict[int, int]]:
    """Every weight: SplitRule.id -> Shop.id -> weight."""
    found: dict[int, dict[int, int]] = {}
    for row in SplitWeight.select():
        found.setdefault(row.rule_id, {})[row.shop_id] = row.weight
    return found
