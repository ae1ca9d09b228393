"""Shops and their membership of the union.

A shop joins on a day and leaves on a day; it is never deleted, because its calls and its bills refer to it.
"""

from __future__ import annotations

import datetime as dt

from peewee import IntegrityError

from models import Did, Membership, Queue, Shop, database, utcnow
from settings import LANGUAGES, is_zone
from union import audit
from union.audit import Actor
from union.faults import Refused, refuse_if

# Told apart at a glance, by colour-blind people too where it is possible, and clear on white and on black.
PALETTE = (
    "#3b6ea5", "#c2571a", "#2f855a", "#b83280", "#7a5af8", "#b7860b",
    "#0e8ea0", "#c53030", "#6b7f12", "#8a5a3c", "#6e7a8a", "#d0589a",
)  # fmt: skip
SHORT_CALL_MOST = 60
CONCURRENT_MOST = 10
MINUTES_MOST = 1440
RECORDING_DAYS_MOST = 1095


def current():
    """The shops of the union, test-call's own left out, in the order of their names."""
    return Shop.select().where(~Shop.is_test).order_by(Shop.name)


def next_colour() -> str:
    """The first colour of the palette that no shop bears, or the first."""
    taken = {shop.colour for shop in Shop.select(Shop.colour)}
    return next((colour for colour in PALETTE if colour not in taken), PALETTE[0])


def add(values: dict, starts_on: dt.date, by: Actor) -> Shop:
    """A new shop of the union's line, member from starts_on. Raises Refused."""
    _check(values)
    try:
        with database.atomic():
            shop = Shop.create(queue=Queue.select().order_by(Queue.id).get(), **values)
            Membership.create(shop=shop, starts_on=starts_on)
            audit.note(by, "shop.create", f"shop:{shop.id}", shop=shop, detail=shop.name)
            return shop
    except IntegrityError:
        raise Refused(name="name_taken")


def update(shop: Shop, values: dict, by: Actor) -> None:
    """Change what a shop's callers meet and what is allowed in its name. Raises Refused."""
    _check(values)
    try:
        with database.atomic():
            if altered := audit.changes(shop, values):
                Shop.update(**values).where(Shop.id == shop.id).execute()
                audit.note(by, "shop.update", f"shop:{shop.id}", shop=shop, detail=altered)
    except IntegrityError:
        raise Refused(name="name_taken")


def _check(values: dict) -> None:
    rules = {
        "name": lambda name: None if name.strip() else "missing",
        "colour": lambda colour: None if colour in PALETTE else "unknown",
        "timezone": lambda zone: None if is_zone(zone) else "unknown",
        "language": lambda language: None if language in LANGUAGES else "unknown",
        "short_call_seconds": lambda seconds: _range_fault(seconds, 0, SHORT_CALL_MOST),
        "recording_days": lambda days: _range_fault(days, 1, RECORDING_DAYS_MOST),
        "cap_concurrent": lambda calls: _range_fault(calls, 1, CONCURRENT_MOST),
        "cap_minutes_per_day": lambda minutes: _range_fault(minutes, 0, MINUTES_MOST),
        "allowed_destinations": lambda kinds: None if kinds.strip() else "choose_one",
    }
    faults = {name: rules[name](value) for name, value in values.items() if name in rules}
    if values.get("last_resort") == "mobile" and not values.get("last_resort_number"):
        faults["last_resort_number"] = "mobile_missing"
    refuse_if(**faults)


def _range_fault(value: int | None, least: int, most: int) -> str | None:
    return None if value is not None and least <= value <= most else "out_of_range"


# --- membership ------------------------------------------------------------------------------------------


def open_membership(shop: Shop) -> Membership | None:
    """The membership that has no end, or None when the shop has left."""
    return Membership.get_or_none(Membership.shop == shop, Membership.ends_on.is_null())


def leave(shop: Shop, ends_on: dt.date, by: Actor) -> None:
    """The shop is a member until ends_on (exclusive); its numbers stop being answered now. Raises Refused."""
    membership = open_membership(shop)
    refuse_if(ends_on=_leaving_fault(membership, ends_on))
    with database.atomic():
        Membership.update(ends_on=ends_on).where(Membership.id == membership.id).execute()
        Did.update(ends_at=utcnow()).where(Did.shop == shop, Did.ends_at.is_null()).execute()
        audit.note(by, "shop.leave", f"shop:{shop.id}", shop=shop, detail=ends_on.isoformat())


def _leaving_fault(membership: Membership | None, ends_on: dt.date) -> str | None:
    if membership is None:
        return "not_member"
    return None if ends_on > membership.starts_on else "ends_before_start"


def rejoin(shop: Shop, starts_on: dt.date, by: Actor) -> None:
    """A shop that left is a member again from starts_on. Raises Refused."""
    refuse_if(starts_on="still_member" if open_membership(shop) else None)
    with database.atomic():
        Membership.create(shop=shop, starts_on=starts_on)
        audit.note(by, "shop.join", f"shop:{shop.id}", shop=shop, detail=starts_on.isoformat())
