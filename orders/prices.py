"""Prices as people write them: "1 250,50", "1250.5 грн", "₴ 950". Kept in minor units of the union's currency."""

from __future__ import annotations

import re

MOST_MINOR = 10**11
_PRICE = re.compile(r"(\d[\d\s\u00a0\u202f']*)(?:[.,](\d{1,2}))?")
_CURRENCY = re.compile(
    r"(?:грн|uah|₴|гривень|гривні|гривня|гривен|гривны|гривна|eur|€|usd|\$|zł|pln)\.?", re.IGNORECASE
)


def minor(text: str) -> int | None:
    """The price in minor units; None when it isn't one."""
    written = _PRICE.fullmatch(_CURRENCY.sub("", text).strip())
    if not written:
        return None
    whole, part = re.sub(r"\D", "", written[1]), written[2] or ""
    amount = int(whole) * 100 + int(part.ljust(2, "0"))
    return amount if amount <= MOST_MINOR else None
