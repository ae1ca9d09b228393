"""Shops and their membership of the union.

A shop joins on a day and leaves on a day; it is never deleted, because its calls and its bills refer to it.
"""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from peewee import IntegrityError

from models import Did, Invitation, Membership, Queue, Shop, database, utcnow
from settings import LANGUAGES, is_zone
from union import audit, dids, invitations, people
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
OWN_PAY_MOST_MINOR = 100_000_000
SECRET = frozenset({"own_pay_minor"})  # what a shop pays its people is no business of the coordinator's, a competitor


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
            if altered := audit.changes(shop, values, SECRET):
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
        "own_pay_minor": lambda minor: "amount_negative" if not 0 < (minor or 1) <= OWN_PAY_MOST_MINOR else None,
        "allowed_destinations": lambda kinds: None if kinds.strip() else "choose_one",
    }
    faults = {name: rules[name](value) for name, value in values.items() if name in rules}
    if values.get("last_resort") == "mobile" and not values.get("last_resort_number"):
        faults["last_resort_number"] = "mobile_missing"
    refuse_if(**faults)


def _range_fault(value: int | None, least: int, most: int) -> str | None:
    return None if value is not None and least <= value <= most else "out_of_range"


# --- membership ------------------------------------------------------------------------------------------


def membership(shop: Shop) -> Membership | None:
    """A shop's last membership, over or not."""
    return shop.memberships.order_by(Membership.starts_on.desc(), Membership.id.desc()).first()


def local_day(shop: Shop, at: dt.datetime) -> dt.date:
    """The date it is at a shop."""
    return at.astimezone(ZoneInfo(shop.timezone)).date()


def has_left(shop: Shop, at: dt.datetime) -> bool:
    """Whether a shop was a member and is none any more."""
    last = membership(shop)
    return bool(last and last.ends_on and last.ends_on <= local_day(shop, at))


def left(at: dt.datetime) -> dict[int, dt.date]:
    """The last day of every shop that was a member and is none any more, by Shop.id."""
    last: dict[int, Membership] = {}
    for row in Membership.select(Membership, Shop).join(Shop).order_by(Membership.starts_on, Membership.id):
        last[row.shop_id] = row
    return {
        shop_id: row.last_day for shop_id, row in last.items() if row.ends_on and row.ends_on <= local_day(row.shop, at)
    }


def leave(shop: Shop, last_day: dt.date, by: Actor) -> None:
    """The shop is a member to the end of last_day; what comes with that ends then, or now when it is over already.

    Raises Refused."""
    last = membership(shop)
    refuse_if(last_day=_leaving_fault(last, last_day))
    with database.atomic():
        Membership.update(ends_on=last_day + dt.timedelta(days=1)).where(Membership.id == last.id).execute()
        audit.note(by, "shop.leave", f"shop:{shop.id}", shop=shop, detail=last_day.isoformat())
        end_what_has_left(utcnow())


def _leaving_fault(last: Membership | None, last_day: dt.date) -> str | None:
    if last is None or last.ends_on:
        return "not_member"
    return None if last_day >= last.starts_on else "ends_before_start"


def stay(shop: Shop, by: Actor) -> None:
    """A shop whose last day is still to come stays after all. Raises Refused."""
    last = membership(shop)
    refuse_if(last_day=None if last and last.ends_on and not has_left(shop, utcnow()) else "still_member")
    with database.atomic():
        Membership.update(ends_on=None).where(Membership.id == last.id).execute()
        audit.note(by, "shop.stay", f"shop:{shop.id}", shop=shop)


def rejoin(shop: Shop, starts_on: dt.date, by: Actor) -> None:
    """A shop that left is a member again from starts_on; its numbers and owners are given anew. Raises Refused."""
    last = membership(shop)
    refuse_if(starts_on="still_member" if last and not has_left(shop, utcnow()) else None)
    refuse_if(starts_on="joins_before_end" if last and starts_on < last.ends_on else None)
    with database.atomic():
        Membership.create(shop=shop, starts_on=starts_on)
        audit.note(by, "shop.join", f"shop:{shop.id}", shop=shop, detail=starts_on.isoformat())


def end_what_has_left(now: dt.datetime) -> None:
    """End the numbers, the owners' roles and the open invitations of shops whose last day is over. Nothing is deleted,
    and a shop that was ended already is left as it is."""
    for shop in list(current()):
        if has_left(shop, now):
            with database.atomic():
                _end_what_is_open(shop, now)


def _end_what_is_open(shop: Shop, now: dt.datetime) -> None:
    for did in list(dids.open_dids().where(Did.shop == shop)):
        dids.end(did, audit.BOX)
    for role in list(people.owners(shop)):
        people.end_role(role, audit.BOX)
    for invitation in list(invitations.open_invitations(now).where(Invitation.shop == shop)):
        invitations.withdraw(invitation, audit.BOX)
