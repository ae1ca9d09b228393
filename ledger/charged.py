"""What a shop pays for a month: as it was closed, or as it would be closed today."""

from __future__ import annotations

from peewee import fn

from ledger import periods
from ledger.months import Month
from models import Accrual, Period, Share, Shop


def of_shop(shop: Shop, month: Month) -> tuple[int, bool]:
    """(the shop's share of the month's costs in minor units, whether the month is closed)."""
    closed = Period.get_or_none(Period.month == month.first)
    if closed is None:
        return periods.preview(month).charges.get(shop.id, 0), False
    shares = Share.select(fn.SUM(Share.fixed_minor + Share.split_minor)).join(Accrual)
    return shares.where(Accrual.period == closed, Share.shop == shop).scalar() or 0, True
