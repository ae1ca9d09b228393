"""The letter to a shop's owners about a customer who was given up, after the last try by the shop's rule or by hand.

It tells what an owner needs to ring himself: who, since when, what was tried. Nobody else gets it.
"""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from peewee import fn

from calls import numbers
from mail import letters, outbox
from models import Attempt, Callback, Outbox, Shop, User, database
from settings import Settings
from union import people

KIND = "given_up"
BACK = dt.timedelta(days=3)  # a box that was off for longer wakes nobody with old news


def queue_due(now: dt.datetime, settings: Settings) -> int:
    """Queue the letters about callbacks given up lately that have none yet; how many callbacks."""
    told = Outbox.select().where(Outbox.kind == KIND, Outbox.about == fn.PRINTF("callback:%d", Callback.id))
    lately = Callback.closed_because == "given_up", Callback.closed_at > now - BACK, Callback.not_callable == ""
    query = Callback.select(Callback, Shop, User).join(Shop).switch(Callback)
    query = query.left_outer_join(User, on=(User.id == Callback.closed_by))
    untold = list(query.where(*lately, ~Shop.is_test, ~fn.EXISTS(told)))
    for callback in untold:
        with database.atomic():
            for role in people.owners(callback.shop):
                send(callback, role.user, settings)
    return len(untold)


def send(callback: Callback, owner: User, settings: Settings) -> Outbox:
    """Queue the letter to one owner, in his language."""
    shop = callback.shop
    tries = callback.attempts.where(Attempt.sent_at.is_null(False)).order_by(Attempt.id)
    letter = letters.write(
        KIND,
        owner.language,
        name=owner.name,
        shop=shop.name,
        customer=numbers.national(callback.customer),
        masked=numbers.masked(callback.customer),  # subjects are seen by more than the reader
        since=_moment(callback.opened_at, shop, owner),
        tries=[(_moment(attempt.sent_at, shop, owner), attempt.result) for attempt in tries],
        by=callback.closed_by.name if callback.closed_by else "",
        link=f"https://{settings.public_host}/shops/{shop.id}/callbacks" if settings.public_host else "",
    )
    about = f"callback:{callback.id}"
    return outbox.queue(KIND, about, owner.email, letter.subject, letter.text, settings, letter.html)


def _moment(at: dt.datetime, shop: Shop, owner: User) -> str:
    return format_datetime(at.astimezone(ZoneInfo(shop.timezone)), "d MMM, HH:mm", locale=owner.language)
