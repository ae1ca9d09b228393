"""A month of the union in five figures, the same whether it is closed or still runs: what every member may see."""

from __future__ import annotations

from dataclasses import dataclass

from peewee import fn

from ledger.plan import Plan
from models import Accrual, Period, Share


@dataclass(frozen=True)
class Totals:
    """What a month cost, what the shops were charged, and the reserve before and after it; minor units."""

    cost_minor: int
    charged_minor: int
    reserve_before_minor: int
    reserve_after_minor: int

    @property
    def to_reserve_minor(self) -> int:
        """What went to the reserve; below zero: what was taken out."""
        return self.reserve_after_minor - self.reserve_before_minor

    @property
    def lasts_months(self) -> int | None:
        """For how many months the reserve pays the whole costs if nobody pays any more; None without costs."""
        return self.reserve_after_minor // self.cost_minor if self.cost_minor > 0 else None


def of_plan(plan: Plan) -> Totals:
    """A month as it would be closed now."""
    return Totals(plan.cost_minor, plan.charged_minor, plan.reserve_before_minor, plan.reserve_after_minor)


def of_period(period: Period) -> Totals:
    """A closed month."""
    cost = Accrual.select(fn.SUM(Accrual.cost_minor)).where(Accrual.period == period).scalar() or 0
    charged = Share.select(fn.SUM(Share.fixed_minor + Share.split_minor)).join(Accrual)
    return Totals(cost, charged.where(Accrual.period == period).scalar() or 0,
                  period.reserve_before_minor, period.reserve_after_minor)  # fmt: skip
