"""How an amount in integer minor units (kopecks) is written, to the kopeck and in the reader's language. Pure."""

from __future__ import annotations

from decimal import Decimal

from babel.numbers import format_decimal, get_currency_symbol

MINOR = 100


def typed(minor: int) -> str:
    """An amount as it stands in a field: 1250,50 or 1250."""
    whole, rest = divmod(minor, MINOR)
    return f"{whole},{rest:02}" if rest else str(whole)


def written(minor: int, currency: str, language: str) -> str:
    """An amount as it is read: 1 250,50 ₴."""
    symbol = get_currency_symbol(currency, locale="uk")
    return f"{format_decimal(Decimal(minor) / MINOR, '#,##0.00', locale=language)}\u00a0{symbol}"
