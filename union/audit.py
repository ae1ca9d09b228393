"""Who did what to which thing. Written in the same transaction as the deed; never changed, never deleted.

No entry holds a secret, a password or a customer's number: the journal is read by people who may not see them.
"""

from __future__ import annotations

from dataclasses import dataclass

from models import AuditEntry, Shop, User


@dataclass(frozen=True)
class Actor:
    """The person behind a change and the address he came from; user None for the box itself."""

    user: User | None = None
    address: str = ""


BOX = Actor()


def note(by: Actor, action: str, about: str = "", shop: Shop | None = None, detail: str = "") -> AuditEntry:
    """Record that `by` did `action` (noun.verb) to `about` (did:7); shop None when it concerns the union."""
    return AuditEntry.create(user=by.user, address=by.address, action=action, about=about, shop=shop, detail=detail)


def changes(row, values: dict, hidden: frozenset[str] = frozenset()) -> str:
    """What an update of row by values alters, as `field: old → new`; fields in hidden only by name."""
    altered = {name: new for name, new in values.items() if getattr(row, name) != new}
    return "; ".join(
        name if name in hidden else f"{name}: {getattr(row, name)} → {new}" for name, new in altered.items()
    )
