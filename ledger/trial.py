"""What a cost under a rule would have done to a whole month: tried, never written.

The month is planned twice by the rules of the close, as it was and with the change, so that fees, reserve and odd
kopecks come out as they would have. A closed month is tried with all its own facts, as if none had been counted.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from calls import usage
from ledger import cost_items, counted, periods, rules
from ledger.months import Month
from ledger.plan import Given, Plan, plan
from models import CostItem

UNWRITTEN = 0  # an id that no row has


@dataclass(frozen=True)
class Trial:
    """A month as it was and as it would have been."""

    before: Plan
    after: Plan

    @property
    def charges(self) -> list[tuple[int, int, int]]:
        """What each shop would have paid: (Shop.id, before, after), minor units, by Shop.id."""
        before, after = self.before.charges, self.after.charges
        return [(shop, before.get(shop, 0), after.get(shop, 0)) for shop in sorted(before.keys() | after.keys())]

    @property
    def notes(self) -> tuple[str, ...]:
        """Why something would have been shared otherwise than its rule says, where it was not before."""
        return tuple(sorted(_notes(self.after) - _notes(self.before)))


def _notes(planned: Plan) -> set[str]:
    return {note for accrual in planned.accruals for note in accrual.notes}


def of_item(month: Month, values: dict, rule: dict | None) -> Trial:
    """A new item by the columns of CostItem and its rule, as if it had been there the whole month. Raises Refused."""
    cost_items.check(values)
    return _tried(month, CostItem(**values), rule)


def of_rule(month: Month, item: CostItem, rule: dict) -> Trial:
    """Another rule for an item that is there. Raises Refused."""
    return _tried(month, item, rule)


def _tried(month: Month, item: CostItem, values: dict | None) -> Trial:
    tried = CostItem(**{**item.__data__, "id": item.id or UNWRITTEN, "starts_on": month.first, "ends_on": None})
    given = _whole(periods.collect(month))
    known, weights = dict(given.rules), dict(given.weights)
    if values is not None:
        rule, weights[UNWRITTEN] = rules.of_values(tried, {"starts_on": item.starts_on.replace(day=1), **values})
        rules.check(rule, weights[UNWRITTEN])
        rule.id, known[tried.id] = UNWRITTEN, rule
    others = [other for other in given.items if other.id != tried.id]
    return Trial(plan(given), plan(replace(given, items=[*others, tried], rules=known, weights=weights)))


def _whole(given: Given) -> Given:
    """With every fact of the month, whichever period has counted it."""
    facts = usage.facts(given.month.starts_at, given.month.ends_at)
    return replace(given, counted=counted.Counted(facts, given.month.zone))
