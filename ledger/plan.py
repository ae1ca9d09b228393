"""How a month's costs come back from the shops: pure, the same for a preview and for the close.

Each item is met in three ways: fixed (fees and bases, by days of membership), covered (by what others' fees leave
over and by the reserve), shared (by the rule's basis). The reserve never falls below zero: items it can't pay whole,
in the order of their ids, are shared for the rest. A basis that measures nothing this month falls back to equal, and
says so. Facts that came late, from months closed already, count in this one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from ledger import costs
from ledger.counted import MEASURES, Counted
from ledger.money import proportion
from ledger.months import Month
from ledger.splits import Part, rotation, split
from models import CostItem, Membership, SplitRule

NOTHING = Part(0)
EMPTY = {
    "equal": "no_members_then",
    "weights": "no_weights",
    "calls": "no_usage",
    "talk": "no_usage",
    "orders": "no_usage",
}
EQUALLY = SplitRule(kind="split", basis="equal")  # what an item without a rule falls back to


@dataclass(frozen=True)
class PlannedShare:
    """What a shop pays of an item; the columns of models.Share."""

    shop_id: int
    days: int
    weight: int
    fixed_minor: int
    split_minor: int
    odd_minor: int

    @property
    def amount_minor(self) -> int:
        return self.fixed_minor + self.split_minor


@dataclass(frozen=True)
class PlannedAccrual:
    """What an item costs and how it is met; the columns of models.Accrual. notes: no_rule, no_usage, no_weights,
    no_members_then (none in the item's own days), reserve_short, no_members (it can't be shared at all)."""

    item: CostItem
    rule: SplitRule
    cost: costs.Cost
    fixed: Mapping[int, int]  # Shop.id -> minor units
    covered_minor: int = 0
    shared_minor: int = 0
    basis: str = "equal"
    weight_total: int = 0
    notes: tuple[str, ...] = ()
    shares: tuple[PlannedShare, ...] = ()

    @property
    def fixed_minor(self) -> int:
        return sum(self.fixed.values())

    @property
    def rest_minor(self) -> int:
        """What the fixed parts leave to be met; below zero they bring more than the item costs."""
        return self.cost.cost_minor - self.fixed_minor


@dataclass(frozen=True)
class Plan:
    """A month as it would be closed. rotation: who is first served with an odd unit, Shop.id; late: how many facts
    of earlier months are in it; carried_minor: the result of reversals since the last close."""

    month: Month
    accruals: tuple[PlannedAccrual, ...]
    rotation: tuple[int, ...]
    reserve_before_minor: int
    carried_minor: int
    late: int

    @property
    def cost_minor(self) -> int:
        return sum(accrual.cost.cost_minor for accrual in self.accruals)

    @property
    def charged_minor(self) -> int:
        return sum(share.amount_minor for accrual in self.accruals for share in accrual.shares)

    @property
    def to_reserve_minor(self) -> int:
        """What goes to the reserve; below zero: what is taken out."""
        return self.carried_minor + self.charged_minor - self.cost_minor

    @property
    def reserve_after_minor(self) -> int:
        return self.reserve_before_minor + self.to_reserve_minor

    @property
    def charges(self) -> dict[int, int]:
        """What each shop pays in all, by Shop.id."""
        charges: dict[int, int] = {}
        for accrual in self.accruals:
            for share in accrual.shares:
                charges[share.shop_id] = charges.get(share.shop_id, 0) + share.amount_minor
        return charges

    @property
    def unshared(self) -> tuple[PlannedAccrual, ...]:
        """Items that nobody is there to pay for: such a month can't be closed."""
        return tuple(accrual for accrual in self.accruals if "no_members" in accrual.notes)


@dataclass(frozen=True)
class Given:
    """What a plan is made from. rules: CostItem.id -> its rule of this month; weights: SplitRule.id -> Shop.id ->
    weight; presence(from, to): seconds at work by User.id in these days."""

    month: Month
    items: Sequence[CostItem]
    rules: Mapping[int, SplitRule]
    weights: Mapping[int, Mapping[int, int]]
    memberships: Sequence[Membership]
    counted: Counted
    presence: Callable[[dt.date, dt.date], Mapping[int, int]]
    reserve_minor: int
    carried_minor: int


def plan(given: Given) -> Plan:
    """The month as it would be closed."""
    due = sorted((item for item in given.items if costs.is_due(item, given.month)), key=lambda item: item.id)
    order = rotation(given.month.first, everybody(given))
    met = _cover([_begin(item, given) for item in due], given.reserve_minor + given.carried_minor)
    accruals = tuple(_share(accrual, given, order) for accrual in met)
    late = given.counted.before(given.month.first)
    return Plan(given.month, accruals, order, given.reserve_minor, given.carried_minor, late)


def everybody(given: Given) -> set[int]:
    """Who may have to pay: members of the month, shops with late facts, and who bears an item of his own."""
    members = {row.shop_id for row in given.memberships if days(row.shop_id, given, *_whole(given.month))}
    owners = {item.shop_id for item in given.items if item.shop_id is not None}
    return members | {fact.shop_id for fact in given.counted.facts} | owners


# --- what it costs, and what is paid as a fixed sum -----------------------------------------------------------


def _begin(item: CostItem, given: Given) -> PlannedAccrual:
    starts_on, ends_on = costs.window(item, given.month)
    presence = given.presence(starts_on, ends_on) if item.method == "hours" else {}
    cost = costs.cost(item, given.month, given.counted.within(*costs.fact_days(item)), presence)
    rule = given.rules.get(item.id)
    if item.shop_id is not None or item.method == "commission":
        return PlannedAccrual(item, EQUALLY, cost, {}, basis="own")
    if rule is None:
        return PlannedAccrual(item, EQUALLY, cost, {}, notes=("no_rule",))
    return PlannedAccrual(item, rule, cost, _fixed(rule, given), basis=rule.basis)


def _fixed(rule: SplitRule, given: Given) -> dict[int, int]:
    """Fees and bases: a month's sum by days of membership."""
    if rule.kind not in ("fee", "base"):
        return {}
    month = given.month
    members = {row.shop_id: days(row.shop_id, given, *_whole(month)) for row in given.memberships}
    return {shop_id: proportion(rule.amount_minor, spent, month.days) for shop_id, spent in members.items() if spent}


def days(shop_id: int, given: Given, starts_on: dt.date, ends_on: dt.date) -> int:
    """How many of the days [starts_on, ends_on) a shop is a member."""
    return sum(
        max(0, (min(row.ends_on or ends_on, ends_on) - max(row.starts_on, starts_on)).days)
        for row in given.memberships
        if row.shop_id == shop_id
    )


def _whole(month: Month) -> tuple[dt.date, dt.date]:
    return month.first, month.next_first


# --- what fees and reserve cover ------------------------------------------------------------------------------


def _cover(accruals: Sequence[PlannedAccrual], pot_minor: int) -> list[PlannedAccrual]:
    """What is left over of fees goes into the pot first; then each item that lives on it takes what it needs."""
    surplus = {id(accrual) for accrual in accruals if _lives_on_pot(accrual) and accrual.rest_minor < 0}
    pot_minor -= sum(accrual.rest_minor for accrual in accruals if id(accrual) in surplus)
    met = []
    for accrual in accruals:
        covered = accrual.rest_minor if id(accrual) in surplus else 0
        if accrual.rule.kind in ("fee", "fees") and accrual.rest_minor > 0:
            covered = max(0, min(pot_minor, accrual.rest_minor))
            pot_minor -= covered
        met.append(_met(accrual, covered))
    return met


def _lives_on_pot(accrual: PlannedAccrual) -> bool:
    return accrual.rule.kind != "split"


def _met(accrual: PlannedAccrual, covered_minor: int) -> PlannedAccrual:
    shared = accrual.rest_minor - covered_minor
    is_short = shared and accrual.rule.kind in ("fee", "fees")
    notes = accrual.notes + (("reserve_short",) if is_short else ())
    return replace(accrual, covered_minor=covered_minor, shared_minor=shared, notes=notes)


# --- who pays the rest ----------------------------------------------------------------------------------------


def _share(accrual: PlannedAccrual, given: Given, order: Sequence[int]) -> PlannedAccrual:
    if accrual.basis == "own":
        return _with_shares(accrual, given, {shop_id: Part(own) for shop_id, own in accrual.cost.own.items()}, {})
    if not accrual.shared_minor:
        return _with_shares(accrual, given, {}, {})
    basis, notes, weights = weigh(accrual, given)
    accrual = replace(accrual, basis=basis, notes=accrual.notes + notes)
    return _with_shares(accrual, given, split(accrual.shared_minor, weights, order) if weights else {}, weights)


def weigh(accrual: PlannedAccrual, given: Given) -> tuple[str, tuple[str, ...], dict[int, int]]:
    """By which basis, with which notes, and with what weight each shop bears an item; without weights nobody can."""
    wanted = accrual.rule.basis
    tries = [
        (wanted, (), _measured(wanted, accrual, given)),
        ("equal", (EMPTY[wanted],), _member_days(given, *costs.window(accrual.item, given.month))),
        ("equal", ("no_members_then",), _member_days(given, *_whole(given.month))),
    ]
    return next((tried for tried in tries if any(tried[2].values())), ("equal", ("no_members",), {}))


def _measured(basis: str, accrual: PlannedAccrual, given: Given) -> dict[int, int]:
    if basis in MEASURES:
        return given.counted.measure(basis, *costs.fact_days(accrual.item))
    spent = _member_days(given, *costs.window(accrual.item, given.month))
    if basis == "equal":
        return spent
    weights = given.weights.get(accrual.rule.id, {})
    return {shop_id: weights.get(shop_id, 0) * count for shop_id, count in spent.items()}


def _member_days(given: Given, starts_on: dt.date, ends_on: dt.date) -> dict[int, int]:
    return {row.shop_id: days(row.shop_id, given, starts_on, ends_on) for row in given.memberships}


def _with_shares(
    accrual: PlannedAccrual, given: Given, parts: Mapping[int, Part], weights: Mapping[int, int]
) -> PlannedAccrual:
    """The shares of everybody who pays or weighs anything, by Shop.id."""
    payers = {shop_id for shop_id, weight in weights.items() if weight} | set(parts) | set(accrual.fixed)
    shares = tuple(
        PlannedShare(
            shop_id, days(shop_id, given, *_whole(given.month)), weights.get(shop_id, 0),
            accrual.fixed.get(shop_id, 0), parts.get(shop_id, NOTHING).amount_minor,
            parts.get(shop_id, NOTHING).odd_minor,
        )
        for shop_id in sorted(payers)
    )  # fmt: skip
    return replace(accrual, shares=tuple(share for share in shares if share.weight or share.amount_minor),
                   weight_total=sum(weights.values()))  # fmt: skip
