"""Cards in words: their kinds, their prices, the age of what they say."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from babel.numbers import format_decimal, get_currency_symbol
from flask import g
from flask_babel import get_locale
from flask_babel import lazy_gettext as _l

from models import Union, utcnow

KINDS = {
    "goods": _l("Goods"),
    "delivery": _l("Delivery"),
    "payment": _l("Payment"),
    "returns": _l("Returns"),
    "other": _l("Other"),
}
OLD = dt.timedelta(days=30)  # said longer ago than this, it is marked


def price(minor: int | None) -> str:
    """1 250,50 ₴, without the part where it is whole; "" for none."""
    if minor is None:
        return ""
    figures = format_decimal(amount(minor), "#,##0.00" if minor % 100 else "#,##0", locale=get_locale())
    return f"{figures}\u00a0{_symbol()}"


def plain(minor: int | None) -> str:
    """1250,50 as it is typed into a field, and as a spreadsheet of this language reads it."""
    if minor is None:
        return ""
    return format_decimal(amount(minor), "0.00" if minor % 100 else "0", locale=get_locale())


def amount(minor: int) -> Decimal:
    return Decimal(minor) / 100


def is_old(at: dt.datetime) -> bool:
    """Whether it was said so long ago that somebody should look at it."""
    return utcnow() - at > OLD


def _symbol() -> str:
    """The union's currency as people here write it: ₴."""
    if "currency_symbol" not in g:
        union = Union.get_or_none()
        g.currency_symbol = get_currency_symbol(union.currency if union else "UAH", locale="uk")
    return g.currency_symbol
