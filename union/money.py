"""Money as people write it: integer minor units (kopecks) from what was typed, and back. Pure.

Never a float: a price is read digit by digit, and what is no price is None, not nearly one.
"""

from __future__ import annotations

import re
from decimal import Decimal

from babel.numbers import format_decimal, get_currency_symbol

MINOR = 100
MOST_MINOR = 10**10 - 1  # 99 999 999.99
TYPED = re.compile(r"([0-9]{1,3}(?:[ \u00a0\u202f][0-9]{3})+|[0-9]+)(?:[.,]([0-9]{1,2}))?", re.ASCII)
SPACES = re.compile("[ \u00a0\u202f]")


def parse(text: str) -> int | None:
    """`1 250,5` and `1250.50` are 125050; None for what is no amount, is negative or above MOST_MINOR."""
    found = TYPED.fullmatch(text.strip())
    if found is None:
        return None
    minor = int(SPACES.sub("", found[1])) * MINOR + int((found[2] or "").ljust(2, "0"))
    return minor if minor <= MOST_MINOR else None


def typed(minor: int) -> str:
    """An amount as it stands in a field: 1250,50 or 1250."""
    whole, rest = divmod(minor, MINOR)
    return f"{whole},{rest:02}" if rest else str(whole)


def written(minor: int, currency: str, language: str) -> str:
    """An amount as it is read: 1 250,50 ₴."""
    symbol = get_currency_symbol(currency, locale="uk")
    return f"{format_decimal(Decimal(minor) / MINOR, '#,##0.00', locale=language)}\u00a0{symbol}"
