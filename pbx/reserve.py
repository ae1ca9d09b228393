"""Whom of the reserve a shop's callers may reach: pure.

app_queue knows one number for a member, her penalty, and one for a caller, the highest penalty he may reach. So the
people of the reserve stand in one order, whoever is released for more shops before the others, and a caller reaches as
many of them, from the first on, as are all released for his shop. With one trainee that is exact; with several, one who
stands behind somebody not released for a shop is not rung for it. Nobody is ever rung for a shop she is not released for.
"""

from __future__ import annotations

from collections import Counter
from itertools import takewhile

NOT_RELEASED = 99  # beyond every caller's reach

Releases = frozenset[tuple[int, int]]  # (user id, shop id)


def ranks(releases: Releases) -> dict[int, int]:
    """The penalty of everybody who is released for a shop, from 1, in order."""
    shops = Counter(user for user, _ in releases)
    order = sorted(shops, key=lambda user: (-shops[user], user))
    return {user: rank for rank, user in enumerate(order, 1)}


def reach(shop: int, releases: Releases) -> int:
    """The highest penalty a shop's callers may reach; 0: the operators' alone."""
    return len(list(takewhile(lambda user: (user, shop) in releases, ranks(releases))))
