"""Who gets which digest, and when: what somebody chose, or else what comes by itself.

A digest is about whole days, so it comes the morning after: the shop's own clock, an hour the reader chooses. The
monthly one comes at that hour once its month is closed; who does not want it gets the bare statement, at once, until
he turns that off, too. One click in the letter ends it: the link is signed, good for that one digest of that one
person, and can do nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass

from itsdangerous import BadSignature, URLSafeSerializer

from models import DigestChoice, Shop, User, database
from settings import Settings
from union import audit
from union.audit import Actor
from union.faults import refuse_if

HOURS = range(5, 24)  # after the hour that comes twice on one night
EVERY_DAY = tuple(range(7))
MONDAY = (0,)


@dataclass(frozen=True)
class Choice:
    """hour: of the shop's or the union's clock; weekdays: 0 = Monday."""

    is_on: bool
    hour: int
    weekdays: tuple[int, ...]


OF_SHOP = ("daily", "weekly", "monthly", "statement")
BY_ITSELF = {
    "daily": Choice(True, 8, EVERY_DAY),
    "weekly": Choice(True, 8, MONDAY),
    "monthly": Choice(True, 8, EVERY_DAY),
    "statement": Choice(True, 8, EVERY_DAY),
    "hers": Choice(True, 8, EVERY_DAY),
    "health": Choice(True, 8, MONDAY),
}


def of(user: User, shop: Shop | None, kind: str) -> Choice:
    """What this person wants of this digest."""
    row = _row(user, shop, kind)
    return Choice(row.is_on, row.hour, tuple(map(int, row.weekdays.split()))) if row else BY_ITSELF[kind]


def _row(user: User, shop: Shop | None, kind: str) -> DigestChoice | None:
    whose = DigestChoice.shop.is_null() if shop is None else DigestChoice.shop == shop
    return DigestChoice.get_or_none(DigestChoice.user == user, DigestChoice.kind == kind, whose)


def choose(user: User, shop: Shop | None, kind: str, choice: Choice, by: Actor) -> None:
    """From now on this person gets this digest so. Raises Refused."""
    refuse_if(
        hour=None if choice.hour in HOURS else "out_of_range",
        weekdays="choose_one" if choice.is_on and not choice.weekdays else None,
    )
    values = {
        "is_on": choice.is_on,
        "hour": choice.hour,
        "weekdays": " ".join(map(str, sorted(set(choice.weekdays) & set(EVERY_DAY)))),
    }
    with database.atomic():
        if of(user, shop, kind) == choice:
            return
        row = _row(user, shop, kind) or DigestChoice(user=user, shop=shop, kind=kind)
        for name, value in values.items():
            setattr(row, name, value)
        row.save()
        detail = f"{kind}: {choice.hour}:00, {values['weekdays']}" if choice.is_on else f"{kind}: off"
        audit.note(by, "digest.choose", f"person:{user.id}", shop=shop, detail=detail)


def turn_off(user: User, shop: Shop | None, kind: str, by: Actor) -> None:
    """This person does not want this digest any more; hour and days stay as they were."""
    present = of(user, shop, kind)
    choose(user, shop, kind, Choice(False, present.hour, present.weekdays), by)


# --- the link ---------------------------------------------------------------------------------------------------


def token(user: User, shop: Shop | None, kind: str, settings: Settings) -> str:
    """What the link of a letter carries: whose digest, and which."""
    return _signer(settings).dumps([user.id, shop.id if shop else 0, kind])


def find(token: str, settings: Settings) -> tuple[User, Shop | None, str] | None:
    """Whose digest a link ends; None when it was not made by us or they are gone."""
    try:
        user_id, shop_id, kind = _signer(settings).loads(token)
    except (BadSignature, ValueError, TypeError):
        return None
    user, shop = User.get_or_none(User.id == user_id), Shop.get_or_none(Shop.id == shop_id)
    return (user, shop, kind) if user and kind in BY_ITSELF and bool(shop) == bool(shop_id) else None


def _signer(settings: Settings) -> URLSafeSerializer:
    return URLSafeSerializer(settings.secret_key, salt="digest")
