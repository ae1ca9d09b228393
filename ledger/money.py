"""Money is a whole number of minor units (kopecks); nothing here or above it ever holds a fraction or a float.

How money looks to a person is the pages' affair; here it is read from a person or a bank, and written for a program.
"""

from __future__ import annotations

import re

MINOR = 100  # minor units in one
MOST_MINOR = 10**12  # more is a slip of the hand
GROUPED = re.compile(r"[+-]?\d{1,3}(?:[  \u202f'](?:\d{3}))+(?:[.,]\d{1,2})?|[+-]?\d+(?:[.,]\d{1,2})?")


class NotMoney(ValueError):
    """This text is no sum of money."""


def minor(text: str) -> int:
    """`1 234,50`, `1234.5` and `-7` in minor units. Raises NotMoney; a third decimal is never rounded away."""
    text = text.strip().replace("\u2212", "-")
    if not GROUPED.fullmatch(text):
        raise NotMoney(text)
    whole, _, cents = re.sub(r"[  \u202f']", "", text).replace(",", ".").partition(".")
    value = abs(int(whole)) * MINOR + int(cents.ljust(2, "0") or 0)
    if value > MOST_MINOR:
        raise NotMoney(text)
    return -value if text.startswith("-") else value


def plain(amount_minor: int) -> str:
    """-1234.50: always two decimals and a point, no grouping."""
    whole, cents = divmod(abs(amount_minor), MINOR)
    return f"{'-' if amount_minor < 0 else ''}{whole}.{cents:02}"


def proportion(amount_minor: int, part: int, whole: int) -> int:
    """amount_minor × part / whole to the nearest unit, halves away from zero. part ≥ 0, whole > 0."""
    size = (2 * abs(amount_minor) * part + whole) // (2 * whole)
    return size if amount_minor >= 0 else -size
